//! The calls that the protocol asks for, and what comes back. Data only: the okta ring makes them.

use chrono::{DateTime, Duration, Utc};

use crate::core::fault::Fault;
use crate::core::rotation::AuthMethod;
use crate::core::secret::SecretValue;

/// One call to Okta.
#[derive(Clone, Debug)]
pub enum Call {
    /// `GET /api/v1/apps/{app}`.
    App {
        /// Okta's id of the app.
        app_id: String,
    },
    /// `GET /api/v1/apps/{app}/credentials/secrets`.
    Secrets {
        /// Okta's id of the app.
        app_id: String,
    },
    /// `POST /api/v1/apps/{app}/credentials/secrets` with our own value. Not idempotent at Okta.
    Create {
        /// Okta's id of the app.
        app_id: String,
        /// The value, on disk in two places by now.
        value: SecretValue,
    },
    /// `POST …/secrets/{secret}/lifecycle/activate`.
    Activate {
        /// Okta's id of the app.
        app_id: String,
        /// Okta's id of the secret.
        secret_id: String,
    },
    /// `POST …/secrets/{secret}/lifecycle/deactivate`.
    Deactivate {
        /// Okta's id of the app.
        app_id: String,
        /// Okta's id of the secret.
        secret_id: String,
    },
    /// `DELETE …/secrets/{secret}`.
    Delete {
        /// Okta's id of the app.
        app_id: String,
        /// Okta's id of the secret.
        secret_id: String,
    },
    /// Authenticates as the app.
    Authenticate {
        /// Where, and with what.
        probe: Probe,
        /// The OAuth client id.
        client_id: String,
        /// How the app authenticates.
        method: AuthMethod,
        /// The secret to try.
        value: SecretValue,
    },
}

/// A request that only tells whether the client that makes it authenticates: no token is touched and none is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// `/oauth2/v1/introspect` with a random token.
    Introspect,
    /// `/oauth2/v1/token` with a random authorization code.
    Token {
        /// One of the app's own.
        redirect_uri: String,
    },
}

impl Call {
    /// The step's name in the history.
    pub fn step(&self) -> &'static str {
        match self {
            Self::App { .. } => "read app",
            Self::Secrets { .. } => "read secrets",
            Self::Create { .. } => "create",
            Self::Activate { .. } => "activate",
            Self::Deactivate { .. } => "deactivate",
            Self::Delete { .. } => "delete",
            Self::Authenticate { .. } => "verify",
        }
    }

    /// Whether the call changes something at Okta: after a doubtful end it may have, or may not have.
    pub fn changes(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Activate { .. } | Self::Deactivate { .. } | Self::Delete { .. })
    }
}

/// What came back of a call.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The facts of the exchange, for the record.
    pub record: Record,
    /// What Okta said, or what went wrong.
    pub result: Result<Reply, Fault>,
}

/// The facts of one exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Okta's `x-okta-request-id`.
    pub request_id: Option<String>,
    /// From the first byte sent to the last byte read, in milliseconds. Waiting for a turn does not count.
    pub duration_ms: u64,
    /// Okta's clock less ours, by the answer's `Date` header. Zero where that lies between the sending of the request and the
    /// arrival of the answer, so a slow call or a suspended machine is no clock that is off.
    pub skew: Option<Duration>,
}

/// A successful answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To [`Call::App`].
    App(SeenApp),
    /// To [`Call::Secrets`]: the whole list; Okta does not page it.
    Secrets(Vec<SeenSecret>),
    /// To [`Call::Create`], [`Call::Activate`] and [`Call::Deactivate`].
    Secret(SeenSecret),
    /// To [`Call::Delete`].
    Deleted,
    /// To [`Call::Authenticate`]. Anything but a clear yes or no is a fault.
    Verdict(Verdict),
}

/// An app as Okta shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenApp {
    /// Okta's id.
    pub id: String,
    /// Its label, sanitised.
    pub label: String,
    /// The OAuth client id; empty for an app that is no OAuth client.
    pub client_id: String,
    /// Okta does not show the client id of this OAuth client, so that it is taken to be the app id. That they are the same
    /// for an app of Okta's catalogue is not confirmed.
    pub client_id_hidden: bool,
    /// How it authenticates.
    pub auth_method: AuthMethod,
    /// How Okta calls that; empty where it does not show it.
    pub method_name: String,
    /// How one signs in to it, in Okta's word; empty for an app that one does not sign in to.
    pub sign_on: String,
    /// What it has to authenticate with.
    pub holds: Holds,
    /// Okta's status, `ACTIVE` where it can be used.
    pub status: String,
    /// The first of its redirect URIs, where it may use authorization codes at all.
    pub redirect_uri: Option<String>,
}

/// What Okta links to as an app's own credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Client secrets, perhaps keys as well.
    Secrets,
    /// Public keys alone.
    Keys,
    /// Neither is linked to.
    Nothing,
}

/// A client secret as Okta shows it. Roles may hide the value, the hash, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenSecret {
    /// Okta's id.
    pub id: String,
    /// Whether it works.
    pub active: bool,
    /// The value in plain text.
    pub value: Option<SecretValue>,
    /// Okta's hash of the value.
    pub hash: Option<String>,
    /// When it was made, by Okta's clock.
    pub created: Option<DateTime<Utc>>,
}

/// Whether a secret authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Okta took the client for authenticated.
    Works,
    /// 401 `invalid_client`.
    Refused,
}
