//! What is shown of the engine, of an org, and of what is to come. Never a value.

use std::ops::Not;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ConnectionView, Note, RotationView};
use crate::core::connection::Connection;
use crate::core::fault::Problem;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{AuthMethod, Status};
use crate::store::{Recovery, Retired};

/// An app of the org, and whether it can be rotated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct AppRow {
    pub id: String,
    pub label: String,
    /// Empty for what is no OAuth client.
    pub client_id: String,
    /// Okta does not show the client id: it is taken to be the app id.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub client_id_hidden: bool,
    /// Okta's word; `hidden` where Okta does not show it, `not-oauth` for what is no OAuth client.
    pub auth_method: String,
    /// It has secrets, and `verify` has to name the method by which one is tested.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub method_open: bool,
    /// Okta's `signOnMode`.
    #[serde(default)]
    pub sign_on_mode: Option<String>,
    pub status: String,
    /// How many secrets it has, where that was counted: each costs a call, so only short lists are.
    pub secrets: Option<usize>,
    /// The secrets themselves, where they were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<ListedSecret>,
    /// The rotation that it has already.
    pub rotation: Option<String>,
    pub rotatable: bool,
    /// Why not.
    pub reason: Option<String>,
}

impl AppRow {
    /// Whether it has client secrets, whatever else may be in the way.
    pub fn has_secrets(&self) -> bool {
        self.method_open || AuthMethod::of(&self.auth_method).takes_secret()
    }

    /// Whether it is an OAuth client at all.
    pub fn is_oauth(&self) -> bool {
        self.auth_method != "not-oauth"
    }

    /// How it authenticates, or where that is no OAuth client how one signs in to it, for a column.
    pub fn method(&self) -> &str {
        if self.is_oauth() { &self.auth_method } else { self.sign_on_mode.as_deref().unwrap_or("no sign-on") }
    }
}

/// A secret of an app, without its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct ListedSecret {
    pub id: String,
    pub status: Status,
    pub created_at: Option<DateTime<Utc>>,
    /// Whether Okta shows its value to this connection.
    pub readable: bool,
}

/// What a test of a connection found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct TestView {
    pub connection: String,
    pub instance_url: String,
    pub org_id: Option<String>,
    /// Okta's clock less ours, in seconds.
    pub clock_skew_seconds: Option<i64>,
    /// What the rate headers said last: calls a minute, and how many of them are left.
    pub rate_limit: Option<u32>,
    pub rate_remaining: Option<u32>,
    /// Whether a service app's calls carry DPoP proofs, which Okta asks for where it wants them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop: Option<bool>,
    /// Whose a server is that is no Okta org: the account at AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The version of a server that is no Okta org.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// How long its token lasts, in seconds; absent where it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_ttl_seconds: Option<u64>,
    /// Whom it takes the caller for, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// What works all the same, and should be known.
    #[serde(default)]
    pub notes: Vec<Note>,
}

impl TestView {
    /// That a connection was tested, and nothing that was found out.
    pub fn of(connection: &Connection) -> Self {
        Self { connection: connection.name.to_string(), instance_url: connection.url.to_string(), ..Self::default() }
    }
}

/// A kind of rotation that can be created; there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct RotationOption {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub connection: String,
    pub template: serde_json::Value,
}

/// One due time to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct UpcomingRow {
    pub rotation: String,
    /// When it starts.
    pub due_at: DateTime<Utc>,
    /// When the schedule would have it start, where that is another instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nominal_due_at: Option<DateTime<Utc>>,
    pub local: String,
    pub deactivate_at: Option<DateTime<Utc>>,
    pub delete_at: Option<DateTime<Utc>>,
    pub held_by: Option<String>,
}

/// What happens to a rotation by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Happens {
    /// It rotates.
    Rotates,
    /// Its old secret is deactivated.
    Deactivated,
    /// Its old secret is deleted.
    Deleted,
    /// Its old secret's date passes, and something holds it.
    Held,
}

/// One thing to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct ComingRow {
    pub at: DateTime<Utc>,
    pub local: String,
    pub rotation: String,
    pub what: Happens,
    /// Okta's id of the old secret; absent for one that is yet to be made.
    pub secret_id: Option<String>,
    pub held_by: Option<Hold>,
    /// Only if the consumers have fetched the current secret by then; else it is held.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub if_fetched: bool,
}

/// The engine that answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct EngineView {
    pub version: String,
    pub pid: u32,
    pub user: String,
    pub host: String,
    /// `serve`, `ui`, `once` or `one-shot`.
    pub role: String,
    pub started_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
    /// Whether scheduled rotations run.
    pub schedules: bool,
    /// Whether it refuses whatever would change something.
    #[serde(default)]
    pub read_only: bool,
    /// Why not, where the store is quarantined or failed.
    pub trouble: Option<Problem>,
    /// What was damaged and put right again, until an operator has acknowledged it.
    #[serde(default)]
    pub recovered: Vec<Recovery>,
    /// Since when the store is retired, and where its rotations run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<Retired>,
    pub connections: usize,
    pub rotations: usize,
    /// The socket where systemd fetches credentials, while an engine runs that stays. Empty where the engine does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub credential_socket: String,
}

/// All rows, without history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct View {
    pub engine: EngineView,
    pub app_connections: Vec<ConnectionView>,
    pub secret_rotations: Vec<RotationView>,
}
