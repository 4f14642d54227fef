//! The parts of a rotation as it is shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::rotation::hold::Hold;
use crate::core::rotation::{AuthMethod, Kept, Status};

/// A connection by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct NamedConnection {
    pub app: String,
    pub name: String,
    pub id: Uuid,
}

/// Something known by its slug.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct Slugged {
    pub slug: String,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct Folder {
    pub path: String,
}

/// The app of a rotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct ParametersView {
    pub client_id: String,
    pub app_id: String,
    pub app_label: String,
    /// How the app authenticates; `hidden` where Okta does not show it.
    #[serde(default)]
    pub auth_method: Option<AuthMethod>,
    /// Okta does not show the client id: it is the app id, or what was given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub client_id_hidden: bool,
}

/// The default for an engine that does not say it.
fn active() -> Status {
    Status::Active
}

/// The published secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct CurrentView {
    pub secret_id: Option<String>,
    /// As it was last seen at Okta.
    #[serde(default = "active")]
    pub status: Status,
    pub created_at: DateTime<Utc>,
    pub fetched_at: Option<DateTime<Utc>>,
    pub version: u32,
}

/// The secret that an open attempt has made, or is about to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct PendingView {
    pub secret_id: Option<String>,
    pub status: Status,
    pub created_at: DateTime<Utc>,
}

/// The secret on its way out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct PreviousView {
    pub secret_id: Option<String>,
    pub status: Status,
    pub deactivate_at: Option<DateTime<Utc>>,
    pub delete_at: Option<DateTime<Utc>>,
    pub held_by: Option<Hold>,
    /// What took its dates away, where something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// When it is deactivated and deleted by the forecast; `None` where that is past, or where something holds it.
    #[serde(default)]
    pub goes_off_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub gone_at: Option<DateTime<Utc>>,
    /// What will hold it then, where it has no date.
    #[serde(default)]
    pub stays_by: Option<Hold>,
}
