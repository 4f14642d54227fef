//! What is shown of secrets. Only [`CredentialView`] and [`SecretView`] carry values.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::core::rotation::{OktaSecret, Origin, Status};
use crate::core::secret::{Credential, Secret, SecretValue, SecretVersion, exposed};

/// A pair of credentials with its values.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct CredentialView {
    pub client_id: String,
    #[serde(with = "exposed")]
    pub client_secret: SecretValue,
    pub secret_id: Option<String>,
    pub status: Status,
}

/// One Okta secret of a rotation, past or present, without its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct OktaSecretView {
    pub secret_id: Option<String>,
    pub origin: Origin,
    pub status: Status,
    pub created_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
    pub version: Option<u32>,
    pub deactivated_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub retired_by: Option<String>,
    pub okta_request_ids: Vec<String>,
    /// Whether its value is kept here, sealed.
    pub value_kept: bool,
}

impl OktaSecretView {
    /// Shows a secret.
    pub fn of(secret: &OktaSecret) -> Self {
        Self {
            secret_id: secret.okta_id.clone(),
            origin: secret.origin,
            status: secret.status,
            created_at: secret.created_at,
            published_at: secret.published.map(|published| published.at),
            version: secret.published.map(|published| published.version),
            deactivated_at: secret.deactivated_at,
            deleted_at: secret.deleted_at,
            retired_by: secret.retired_by.as_ref().map(|by| by.as_str().to_owned()),
            okta_request_ids: secret.request_ids.clone(),
            value_kept: secret.value.is_some(),
        }
    }
}

/// A named secret without its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct SecretRow {
    pub name: String,
    pub environment: String,
    pub path: String,
    pub credential: Credential,
    /// The rotation that keeps it current; absent for a plain secret.
    pub rotation: Option<String>,
    pub version: u32,
    pub created_at: DateTime<Utc>,
    pub fetched_at: Option<DateTime<Utc>>,
}

/// A named secret with its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct SecretView {
    pub name: String,
    pub environment: String,
    pub path: String,
    pub version: u32,
    pub created_at: DateTime<Utc>,
    #[serde(with = "exposed")]
    pub value: SecretValue,
}

impl SecretView {
    /// Shows a version with its value.
    pub fn of(secret: &Secret, version: &SecretVersion, value: &SecretValue) -> Self {
        Self {
            name: secret.key.name.to_string(),
            environment: secret.key.environment.to_string(),
            path: secret.key.path.to_string(),
            version: version.number,
            created_at: version.created_at,
            value: value.clone(),
        }
    }
}
