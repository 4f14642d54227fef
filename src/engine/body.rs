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
mod target;

pub use fetch::{Acknowledgement, Asks, ConsumersQuery, HowRead, ReadVersion, reader};
pub use parts::{MappingBody, RotateAt, TimeOfDay};
pub use reply::Reply;
pub use target::{ConfigBody, TargetBody, TargetPatch, TargetsQuery};

/// `POST /api/v1/app-connections/{app}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionBody {
    /// Unique slug.
    pub name: String,
    /// What it leads to: `okta`, `hashicorp-vault`, `kubernetes`, `aws` or `infisical`. The path says it.
    #[serde(skip)]
    pub app: String,
    /// How to log in there; the app's usual way by default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// Free text.
    #[serde(default)]
    pub description: Option<String>,
    /// The server and the credential.
    pub credentials: CredentialsBody,
    /// Save it even where the test fails (ours).
    #[serde(default)]
    pub no_test: bool,
}

/// `PATCH /api/v1/app-connections/{app}/{id}`. Absent fields stay.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConnectionPatch {
    /// New name.
    pub name: Option<String>,
    /// New description.
    pub description: Option<String>,
    /// New credential; tested before it replaces the old one.
    pub credentials: Option<CredentialsBody>,
    /// Save it even where the test fails.
    pub no_test: bool,
}

/// A server and a credential, or what is new of them; never returned.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CredentialsBody {
    /// The org's URL, or the server's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_url: Option<String>,
    /// The API token, for `api-token`.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub api_token: Option<SecretValue>,
    /// The service app's client id, for `oauth-service-app`; the machine identity's, for `universal-auth`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The machine identity's client secret, for `universal-auth`.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretValue>,
    /// Its private key, as PEM or as a JWK.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub private_key: Option<SecretValue>,
    /// Okta's id of that key, `kid`; a JWK may bring it along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The token, for `token`.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<SecretValue>,
    /// The namespace; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Where the auth method is mounted (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_mount: Option<String>,
    /// The role's id, for `app-role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_id: Option<String>,
    /// Its secret id.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub secret_id: Option<SecretValue>,
    /// The region, for `aws` (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The access key's id, for `access-key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The access key.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<SecretValue>,
    /// The token of a temporary one (ours); empty for none.
    #[serde(with = "exposed::option", skip_serializing_if = "Option::is_none")]
    pub session_token: Option<SecretValue>,
    /// The role that the token is for, for `web-identity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The role that is assumed then (ours); empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume_role_arn: Option<String>,
    /// What its trust policy wants to be told (ours); empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The role's name, for `kubernetes` (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The file with the service account's token (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_file: Option<String>,
    /// The certificate of the caller as PEM, for `client-certificate` (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<String>,
    /// Certificates as PEM that alone are trusted there; empty for the system's (ours).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_certificate: Option<String>,
}

impl CredentialsBody {
    /// The names of what is given, but for the address and whom it is trusted by.
    pub fn given(&self) -> Vec<&'static str> {
        let named = [
            ("apiToken", self.api_token.is_some()),
            ("clientId", self.client_id.is_some()),
            ("clientSecret", self.client_secret.is_some()),
            ("privateKey", self.private_key.is_some()),
            ("keyId", self.key_id.is_some()),
            ("accessToken", self.access_token.is_some()),
            ("namespace", self.namespace.is_some()),
            ("authMount", self.auth_mount.is_some()),
            ("roleId", self.role_id.is_some()),
            ("secretId", self.secret_id.is_some()),
            ("region", self.region.is_some()),
            ("accessKeyId", self.access_key_id.is_some()),
            ("secretAccessKey", self.secret_access_key.is_some()),
            ("sessionToken", self.session_token.is_some()),
            ("roleArn", self.role_arn.is_some()),
            ("assumeRoleArn", self.assume_role_arn.is_some()),
            ("externalId", self.external_id.is_some()),
            ("role", self.role.is_some()),
            ("jwtFile", self.jwt_file.is_some()),
            ("clientCertificate", self.client_certificate.is_some()),
        ];
        named.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }
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
