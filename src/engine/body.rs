//! The bodies of requests and replies, in the API's own types.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::history::Outcome;
use crate::core::secret::{SecretValue, exposed};

pub mod command;
mod fetch;
pub mod parts;
mod reply;

pub use fetch::{Acknowledgement, ConsumersQuery, HowRead, ReadVersion, reader};
pub use parts::{MappingBody, RotateAt, TimeOfDay};
pub use reply::Reply;

/// `POST /api/v1/app-connections/okta`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionBody {
    /// Unique slug.
    pub name: String,
    /// `api-token` or `oauth-service-app`.
    #[serde(default = "api_token")]
    pub method: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// The org and the credential.
    pub credentials: CredentialsBody,
    /// Save it even where the test fails (ours).
    #[serde(default)]
    pub no_test: bool,
}

fn api_token() -> String {
    "api-token".into()
}

/// The org and the credential; never returned.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialsBody {
    /// The org's URL.
    pub instance_url: String,
    /// The API token, for `api-token`.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub api_token: Option<SecretValue>,
    /// The service app's client id, for `oauth-service-app`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Its private key, as PEM or as a JWK.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub private_key: Option<SecretValue>,
    /// Okta's id of that key, `kid`; a JWK may bring it along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// `PATCH /api/v1/app-connections/okta/{id}`. Absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConnectionPatch {
    /// New name.
    pub name: Option<String>,
    /// New description.
    pub description: Option<String>,
    /// New credential; tested before it replaces the old one.
    pub credentials: Option<CredentialsPatch>,
    /// Save it even where the test fails.
    pub no_test: bool,
}

/// The changeable parts of a credential.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CredentialsPatch {
    /// New URL of the same org.
    pub instance_url: Option<String>,
    /// New API token.
    #[serde(with = "exposed::option")]
    pub api_token: Option<SecretValue>,
    /// Another service app's client id; its private key has to come with it.
    pub client_id: Option<String>,
    /// New private key, as PEM or as a JWK.
    #[serde(with = "exposed::option")]
    pub private_key: Option<SecretValue>,
    /// Okta's id of the key.
    pub key_id: Option<String>,
}

/// `POST /api/v2/secret-rotations/okta-client-secret`: the peer's request body, plus ours. Unknown fields are ignored,
/// because the peer has more of them than mean anything here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotationBody {
    /// Unique slug.
    #[serde(default)]
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// Id or name of the connection.
    #[serde(default)]
    pub connection_id: String,
    /// Environment slug.
    #[serde(default)]
    pub environment: Option<String>,
    /// Folder.
    #[serde(default)]
    pub secret_path: Option<String>,
    /// Whether due times run by themselves; true by default.
    #[serde(default)]
    pub is_auto_rotation_enabled: Option<bool>,
    /// Days from one due date to the next. A number, so that 1.5 can be refused by name.
    #[serde(default)]
    pub rotation_interval: Option<serde_json::Number>,
    /// Time of day in UTC.
    #[serde(default)]
    pub rotate_at_utc: Option<TimeOfDay>,
    /// Time of day in a zone; wins over `rotateAtUtc`.
    #[serde(default)]
    pub rotate_at: Option<RotateAt>,
    /// When it is due at first (ours): a local date in the schedule's zone, or an instant, which means the first time of
    /// day that is not before it. An interval from today by default.
    #[serde(default)]
    pub first_rotation_at: Option<String>,
    /// The app.
    pub parameters: Parameters,
    /// The two names.
    #[serde(default)]
    pub secrets_mapping: Option<MappingBody>,
    /// How long the old secret stays ACTIVE.
    #[serde(default)]
    pub overlap_seconds: Option<u64>,
    /// How long it stays INACTIVE before it is deleted.
    #[serde(default)]
    pub soak_seconds: Option<u64>,
    /// Retire the old secret even where not all consumers have the new one.
    #[serde(default)]
    pub retire_unread: Option<bool>,
    /// Okta's id of a secret that may be deleted to make room.
    #[serde(default)]
    pub replace_secret_id: Option<String>,
    /// How a new secret is tested: `introspect`, `token` or `listed`, or the method of an app that Okta hides it of.
    #[serde(default)]
    pub verify: Option<String>,
    /// Take the app's existing secret over instead of issuing one (ours): it is tested and published as version 1.
    #[serde(default)]
    pub adopt: bool,
    /// Okta's id of the secret to adopt, where the app has two.
    #[serde(default)]
    pub adopt_secret_id: Option<String>,
    /// Its value, where the connection's role does not show it.
    #[serde(default, with = "exposed::option")]
    pub adopt_client_secret: Option<SecretValue>,
    /// Only say what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// How long to wait for the first secret, in seconds; 90 by default.
    #[serde(default)]
    pub wait_seconds: Option<u64>,
}

/// The app of a rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    /// An app id, a client id, or the app's exact label. Beside `appId` it is the client id that is published, where Okta
    /// does not show the app's own.
    pub client_id: String,
    /// The app, in any of these ways (ours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
}

impl Parameters {
    /// An app, by whatever was typed for it.
    pub fn of(app: impl Into<String>) -> Self {
        Self { client_id: app.into(), app_id: None }
    }

    /// An app, and its client id where that was given apart from it.
    pub fn with(app: impl Into<String>, client_id: Option<String>) -> Self {
        match client_id {
            Some(client_id) => Self { client_id, app_id: Some(app.into()) },
            None => Self::of(app),
        }
    }

    /// What was typed for the app.
    pub fn app(&self) -> &str {
        self.app_id.as_deref().unwrap_or(&self.client_id).trim()
    }

    /// The client id, where it was given apart from the app.
    pub fn given_client_id(&self) -> Option<&str> {
        self.app_id.as_ref().map(|_| self.client_id.trim())
    }
}

/// `PATCH …/{id}`. Absent fields stay; anything else is refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RotationPatch {
    /// New name.
    pub name: Option<String>,
    /// New description.
    pub description: Option<String>,
    /// Pause or resume.
    pub is_auto_rotation_enabled: Option<bool>,
    /// New interval in days.
    pub rotation_interval: Option<serde_json::Number>,
    /// New time of day.
    pub rotate_at: Option<RotateAt>,
    /// New time of day in UTC.
    pub rotate_at_utc: Option<TimeOfDay>,
    /// New overlap.
    pub overlap_seconds: Option<u64>,
    /// New soak.
    pub soak_seconds: Option<u64>,
    /// Retire the old secret even where not all consumers have the new one.
    pub retire_unread: Option<bool>,
    /// How a new secret is tested from now on.
    pub verify: Option<String>,
    /// The app's client id, where Okta does not show it; the app stays what it is.
    pub parameters: Option<Parameters>,
    /// New names; the old ones go in the same transaction.
    pub secrets_mapping: Option<MappingBody>,
    /// Only show the row as it would be.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// `GET /api/v1/app-connections/okta/{id}/apps`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppsQuery {
    /// Only apps whose label, id or client id contains this.
    pub filter: Option<String>,
    /// Only this app, by its id, client id or exact label, with its secrets.
    pub app: Option<String>,
    /// One page of the list instead of all of it: an org may have thousands.
    pub paged: bool,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// `GET /api/v1/upcoming`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UpcomingQuery {
    /// Only this rotation.
    pub rotation: Option<String>,
    /// How many rows; of all rotations together.
    pub count: Option<usize>,
    /// Up to how many days ahead.
    pub days: Option<u32>,
    /// Only due times later than this; now by default.
    pub from: Option<DateTime<Utc>>,
}

/// An environment and a folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FolderQuery {
    /// Environment slug; all where absent.
    pub environment: Option<String>,
    /// Folder; all where absent.
    pub path: Option<String>,
}

/// An environment, a folder and a version.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VersionQuery {
    /// Environment slug; `prod` where absent.
    pub environment: Option<String>,
    /// Folder; `/` where absent.
    pub path: Option<String>,
    /// The version; the current one where absent.
    pub version: Option<u32>,
}

/// `GET /api/v1/history`, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HistoryQuery {
    /// Only this rotation, by id or name.
    pub rotation: Option<String>,
    /// Started at or after.
    pub since: Option<DateTime<Utc>>,
    /// Started before.
    pub until: Option<DateTime<Utc>>,
    /// Only entries before this one: the cursor from `next`.
    pub before: Option<Uuid>,
    /// Only this outcome.
    pub outcome: Option<Outcome>,
    /// Only this actor's.
    pub actor: Option<String>,
    /// How many; 50 by default, 1000 at most.
    pub limit: Option<usize>,
}
