//! What Okta answered. Which answer it is, and what is to be done then, is decided by the table of
//! `crate::okta::answers`, whose rows are the examples.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// An answer of Okta's that refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub answer: Answer,
    /// HTTP status.
    pub status: u16,
    /// Okta's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Okta's own text, sanitised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// What Okta answered, distinguished as far as it makes a difference to whoever has to act on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::VariantNames))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Answer {
    /// 429.
    RateLimited,
    /// 5xx with `E0000010`.
    ReadOnlyOrg,
    /// 503.
    NotAvailable,
    /// Any other 5xx.
    ServerError,
    /// 401 on a call with an API token.
    TokenRefused,
    /// 401 on a call with an access token of a service app.
    AccessTokenRefused,
    /// 403 `E0000005`.
    NoCredential,
    /// 403 `access_denied`.
    OutsideNetwork,
    /// Any other 403 that is about the connection.
    NotAllowed,
    /// 403 `insufficient_scope`.
    ScopeMissing {
        /// The scope that the call needs.
        scope: String,
    },
    /// 3xx.
    Redirected,
    /// 403 `E0000006`.
    Forbidden,
    /// 404 on the app.
    AppUnknown,
    /// 404 on a secret.
    SecretUnknown,
    /// `E0000001`: two secrets already.
    SecretLimit,
    /// `E0000001`: an ACTIVE secret is not deleted.
    DeleteActive,
    /// `E0000001`: the only ACTIVE secret is not deactivated.
    OnlyActive,
    /// `E0000001`: the value breaks a rule.
    ValueRefused,
    /// `E0000001`: the app authenticates by a key.
    AuthenticatesByKey,
    /// A 4xx without Okta's own error code.
    NotOktas,
    /// Any other 4xx.
    Refused,
    /// `invalid_client`: no such client id.
    ClientUnknown {
        /// The service app's client id.
        client_id: String,
    },
    /// `invalid_client`: the assertion's key is not the app's.
    KeyUnknown {
        /// What the key is called: its `kid`, or its thumbprint.
        key: String,
        /// The service app's client id.
        client_id: String,
    },
    /// `invalid_client`: the assertion's instants are refused.
    ClockDiffers,
    /// `invalid_client`: the assertion's audience is refused.
    OtherDomain,
    /// `invalid_client`: the app does not authenticate by a key.
    KeyLoginOff {
        /// The service app's client id.
        client_id: String,
    },
    /// `invalid_scope`: the scopes are not granted.
    ScopesNotGranted {
        /// The service app's client id.
        client_id: String,
        /// The scopes that are asked for.
        scopes: Vec<String>,
    },
    /// `access_denied` of the token endpoint: outside the app's network zone.
    OutsideAppZone,
    /// `invalid_dpop_proof`, `use_dpop_nonce`.
    ProofRefused,
    /// `unauthorized_client`, `unsupported_grant_type`.
    GrantNotAllowed {
        /// The service app's client id.
        client_id: String,
    },
    /// Any other refusal of a service app.
    ServiceAppRefused {
        /// The service app's client id.
        client_id: String,
    },
}

impl Answered {
    /// What was refused, then Okta's own words, then what its support asks for.
    pub fn say(&self) -> Sentence {
        let (what, status) = (self.answer.say(), self.status);
        match (&self.said, &self.code) {
            (Some(said), Some(code)) => say!("{}: {} ({} {})", what, said, status, code),
            (Some(said), None) => say!("{}: {} ({})", what, said, status),
            (None, Some(code)) => say!("{} ({} {})", what, status, code),
            (None, None) => say!("{} ({})", what, status),
        }
    }
}

impl Answer {
    /// What was refused.
    pub fn say(&self) -> Sentence {
        match self {
            Self::RateLimited => say!("Okta's rate limit is used up"),
            Self::ReadOnlyOrg => say!("the org is in read-only mode"),
            Self::NotAvailable => say!("Okta is not available"),
            Self::ServerError => say!("Okta failed to answer"),
            Self::TokenRefused => say!("Okta refused the connection's token"),
            Self::AccessTokenRefused => say!("Okta refused the access token"),
            Self::NoCredential => say!("Okta saw no credential that it can use"),
            Self::OutsideNetwork => say!("Okta rejects requests from this network"),
            Self::NotAllowed => say!("Okta does not let this connection call"),
            Self::ScopeMissing { scope } => say!("the access token lacks the scope {}", scope),
            Self::Redirected => say!("the org's address answers with a redirect"),
            Self::Forbidden => say!("the connection's role may not do this at Okta"),
            Self::AppUnknown => say!("Okta does not know this app"),
            Self::SecretUnknown => say!("Okta does not know this secret any more"),
            Self::SecretLimit => say!("the app has two secrets already"),
            Self::DeleteActive => say!("Okta does not delete an ACTIVE secret"),
            Self::OnlyActive => say!("Okta keeps an app's only ACTIVE secret"),
            Self::ValueRefused => say!("Okta rejected the secret's value"),
            Self::AuthenticatesByKey => say!("the app authenticates with a key, not with a secret"),
            Self::NotOktas => say!("an answer that is not Okta's own"),
            Self::Refused => say!("Okta refused"),
            Self::ClientUnknown { client_id } => say!("unknown client ID {}", format!("{client_id:?}")),
            Self::KeyUnknown { key, client_id } => {
                say!("Okta does not know the key {} of the app {}", key, client_id)
            }
            Self::ClockDiffers => say!("windlass's estimate of Okta's clock is wrong"),
            Self::OtherDomain => say!("Okta knows itself by another address than the org URL"),
            Self::KeyLoginOff { client_id } => say!("the app {} may not authenticate with a key", client_id),
            Self::ScopesNotGranted { client_id, scopes } => {
                say!("the app {} may not have the scopes {}", client_id, scopes.join(" and "))
            }
            Self::OutsideAppZone => say!("this machine's address is outside the app's network zone"),
            Self::ProofRefused => say!("Okta refuses the DPoP proof"),
            Self::GrantNotAllowed { client_id } => say!("the app {} may not ask for tokens by itself", client_id),
            Self::ServiceAppRefused { client_id } => say!("Okta refuses the app {}", client_id),
        }
    }
}
