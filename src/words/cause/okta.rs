//! What Okta answered, in words.

use crate::core::cause::Answer;
use crate::words::sentence::{Sentence, say};

/// What was refused, then Okta's own words, then what its support asks for.
pub fn okta(answer: &Answer, status: u16, code: Option<&str>, said: Option<&str>) -> Sentence {
    let what = answer.say();
    match (said, code) {
        (Some(said), Some(code)) => say!("{}: {} ({} {})", what, said, status, code),
        (Some(said), None) => say!("{}: {} ({})", what, said, status),
        (None, Some(code)) => say!("{} ({} {})", what, status, code),
        (None, None) => say!("{} ({})", what, status),
    }
}

impl Answer {
    /// What was refused.
    pub fn say(&self) -> Sentence {
        match self {
            Answer::RateLimited => say!("Okta's rate limit is used up"),
            Answer::ReadOnlyOrg => say!("the org is in read-only mode"),
            Answer::NotAvailable => say!("Okta is not available"),
            Answer::ServerError => say!("Okta failed to answer"),
            Answer::TokenRefused => say!("Okta refused the connection's token"),
            Answer::AccessTokenRefused => say!("Okta refused the access token"),
            Answer::NoCredential => say!("Okta saw no credential that it can use"),
            Answer::OutsideNetwork => say!("Okta rejects requests from this network"),
            Answer::NotAllowed => say!("Okta does not let this connection call"),
            Answer::ScopeMissing { scope } => say!("the access token lacks the scope {}", scope),
            Answer::Redirected => say!("the org's address answers with a redirect"),
            Answer::Forbidden => say!("the connection's role may not do this at Okta"),
            Answer::AppUnknown => say!("Okta does not know this app"),
            Answer::SecretUnknown => say!("Okta does not know this secret any more"),
            Answer::SecretLimit => say!("the app has two secrets already"),
            Answer::DeleteActive => say!("Okta does not delete an ACTIVE secret"),
            Answer::OnlyActive => say!("Okta keeps an app's only ACTIVE secret"),
            Answer::ValueRefused => say!("Okta rejected the secret's value"),
            Answer::AuthenticatesByKey => say!("the app authenticates with a key, not with a secret"),
            Answer::NotOktas => say!("an answer that is not Okta's own"),
            Answer::Refused => say!("Okta refused"),
            Answer::ClientUnknown { client_id } => say!("unknown client ID {}", format!("{client_id:?}")),
            Answer::KeyUnknown { key, client_id } => {
                say!("Okta does not know the key {} of the app {}", key, client_id)
            }
            Answer::ClockDiffers => say!("windlass's estimate of Okta's clock is wrong"),
            Answer::OtherDomain => say!("Okta knows itself by another address than the org URL"),
            Answer::KeyLoginOff { client_id } => say!("the app {} may not authenticate with a key", client_id),
            Answer::ScopesNotGranted { client_id, scopes } => {
                say!("the app {} may not have the scopes {}", client_id, scopes.join(" and "))
            }
            Answer::OutsideAppZone => say!("this machine's address is outside the app's network zone"),
            Answer::ProofRefused => say!("Okta refuses the DPoP proof"),
            Answer::GrantNotAllowed { client_id } => say!("the app {} may not ask for tokens by itself", client_id),
            Answer::ServiceAppRefused { client_id } => say!("Okta refuses the app {}", client_id),
        }
    }
}
