//! What happened: attempts and their steps. Never a secret value.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::name::Slug;

/// Why an attempt was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trigger {
    /// A due time came.
    Schedule,
    /// Somebody asked.
    Manual,
    /// The rotation was created.
    Create,
    /// A start after an interruption found something unfinished.
    Recovery,
    /// Back to the previous secret.
    Rollback,
    /// An old secret's deactivation or deletion on its own date.
    Retire,
    /// The rotation is being deleted.
    Delete,
}

impl Trigger {
    /// It in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Manual => "manual",
            Self::Create => "create",
            Self::Recovery => "recovery",
            Self::Rollback => "rollback",
            Self::Retire => "retire",
            Self::Delete => "delete",
        }
    }
}

/// Through which face somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Via {
    /// The terminal UI.
    Ui,
    /// A command.
    Cli,
    /// A request on the socket by another program.
    Api,
    /// The scheduler.
    Schedule,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The Unix user of the calling process, by name where it has one.
    pub user: String,
    /// The user who logged in, where the kernel knows it (`sudo` and `su` do not change it).
    pub login_user: Option<String>,
    /// Through which face.
    pub via: Via,
}

impl Actor {
    /// The scheduler itself.
    pub fn schedule() -> Self {
        Self { user: "windlass".into(), login_user: None, via: Via::Schedule }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.login_user, self.via) {
            (_, Via::Schedule) => f.write_str("schedule"),
            (Some(login), _) if *login != self.user => write!(f, "{login} as {}", self.user),
            _ => f.write_str(&self.user),
        }
    }
}

/// How an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Done.
    Success,
    /// Given up, with the old secret still current.
    Failed,
    /// Still going on.
    Running,
    /// Needs a person.
    Attention,
}

/// How one step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepOutcome {
    /// As wanted.
    Ok,
    /// A definite no.
    Refused,
    /// No answer, or one that does not tell: it may have taken effect.
    Doubtful,
    /// A note without a call.
    Note,
}

/// One call and its answer, or one decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Which step, for instance `create` or `verify`.
    pub step: String,
    /// How it went.
    pub outcome: StepOutcome,
    /// In a sentence; names ids, never values.
    pub detail: String,
    /// HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// How long the call took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Okta's request id.
    pub okta_request_id: Option<String>,
}

/// One attempt, from its start to success, withdrawal or attention; retries are steps in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// UUIDv7: sorts by start.
    pub id: Uuid,
    /// The rotation, which may be gone by now.
    pub rotation_id: Uuid,
    /// Its name at the time.
    pub rotation_name: Slug,
    /// The connection.
    pub connection_id: Uuid,
    /// Okta's id of the app.
    pub app_id: String,
    /// Why.
    pub trigger: Trigger,
    /// By whom.
    pub actor: Actor,
    /// When it was opened.
    pub started_at: DateTime<Utc>,
    /// When it ended; absent while it runs.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub outcome: Outcome,
    /// In a sentence.
    pub message: String,
    /// Okta's id of the secret that became current.
    pub new_secret_id: Option<String>,
    /// Okta's id of the secret that was replaced, deactivated or deleted.
    pub previous_secret_id: Option<String>,
    /// What was done, in order.
    pub steps: Vec<Step>,
}
