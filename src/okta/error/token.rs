//! What the token endpoint refuses a service app, told apart by the texts of Okta's catalogue of OAuth errors.
//!
//! The call that needed the token was not made: nothing here is in doubt.

use crate::core::fault::{Code, Fault};
use crate::okta::authority::SCOPES;

const STANDS: &str = "the secrets issued so far go on working";

/// The fault of the call that needed a token. `key` is what the app's key is called.
pub fn refused(fault: Fault, client_id: &str, key: &str) -> Fault {
    let said = fault.message.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    // What the table of calls says before Okta's own words is about a call, and this is none.
    let own = fault.message.split_once(": ").map_or(fault.message.as_str(), |(_, own)| own);
    let client = |code: Code, what: String, hint: String| Fault {
        code,
        message: format!("{what}: {own}"),
        hint: format!("{hint}; {STANDS}"),
        ..fault.clone()
    };
    match (fault.code, fault.okta_code.as_deref()) {
        (Code::TimedOut | Code::Broken | Code::Unreadable | Code::ServerError, _) => Fault {
            code: Code::Unreachable,
            message: format!("Okta gave no access token: {}", fault.message),
            hint: "the call itself was not made; it is tried again by itself, see status.okta.com".into(),
            ..fault
        },
        (_, Some("invalid_client")) if has(&["'client_id' parameter", "not a valid client_id"]) => client(
            Code::TokenRefused,
            format!("Okta knows no client {client_id:?}"),
            "check the client id, and that the app is of this org and ACTIVE".into(),
        ),
        (_, Some("invalid_client")) if has(&["kid is invalid", "signature is invalid", "signature algorithm is invalid", "jwkset"]) => client(
            Code::TokenRefused,
            format!("Okta does not know the key {key} of the app {client_id}"),
            "add its public key to the app at Okta (General > Client Credentials > PUBLIC KEYS), or give the key that is there \
             with `windlass connection update NAME --private-key-file FILE [--key-id KID]`"
                .into(),
        ),
        (_, Some("invalid_client")) if has(&["is expired", "before the current time", "too far into the future"]) => {
            client(
                Code::TokenRefused,
                "Okta's clock and what windlass takes for it differ".into(),
                "set this machine's clock (NTP)".into(),
            )
        }
        (_, Some("invalid_client")) if has(&["audience"]) => client(
            Code::TokenRefused,
            "Okta goes by another name than the org URL".into(),
            "give the address that Okta knows itself by: the okta.com domain instead of a custom one, or the other way round".into(),
        ),
        (_, Some("invalid_client")) if has(&["private_key_jwt", "generic", "client authentication failed"]) => client(
            Code::TokenRefused,
            format!("Okta does not let the app {client_id} in with a key"),
            "check that it is an API Services app, ACTIVE, with \"Public key / Private key\" as its client authentication".into(),
        ),
        (_, Some("invalid_scope")) => client(
            Code::NotAllowed,
            format!("the app {client_id} may not have the scopes {}", SCOPES.join(" and ")),
            "grant both at Okta (the app > Okta API Scopes; takes a Super Admin)".into(),
        ),
        (_, Some("access_denied")) if has(&["network zone"]) => client(
            Code::NotAllowed,
            "this machine's address is outside the app's network zone".into(),
            "add it at Okta (Security > Networks), or let the app in from anywhere".into(),
        ),
        (_, Some("invalid_dpop_proof" | "use_dpop_nonce")) => client(
            Code::TokenRefused,
            "Okta refuses the DPoP proof".into(),
            "set this machine's clock (NTP), then test the connection; report it if that does not help".into(),
        ),
        (_, Some("unauthorized_client" | "unsupported_grant_type")) => client(
            Code::NotAllowed,
            format!("the app {client_id} may not ask for tokens by itself"),
            "make an API Services app at Okta, whose grant type is Client Credentials".into(),
        ),
        (Code::TokenRefused, _) => client(
            Code::TokenRefused,
            format!("Okta refuses the app {client_id}"),
            "check the app and its key at Okta".into(),
        ),
        _ => fault,
    }
}

/// A token that came without a scope that was asked for.
pub fn lacks(scope: &str, client_id: &str) -> Fault {
    Fault::new(
        Code::NotAllowed,
        format!("Okta's token lacks the scope {scope}"),
        format!(
            "grant {scope} to the app {client_id} at Okta (the app > Okta API Scopes; takes a Super Admin); {STANDS}"
        ),
    )
}
