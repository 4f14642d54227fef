//! What happened: attempts and their steps. Never a secret value.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::name::Slug;

mod act;

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
    /// Somebody paused it.
    Pause,
    /// Somebody ended its pause.
    Resume,
    /// Somebody skipped a due time, or took that back.
    Skip,
    /// Somebody wants its old secret kept.
    Hold,
    /// Somebody changed its settings.
    Edit,
    /// Somebody decided about a new secret that could not be tested.
    Resolve,
    /// Somebody confirmed what was restored or recovered.
    Confirm,
    /// A connection was made, changed or deleted.
    Connection,
    /// A named secret was deleted.
    Secret,
    /// The store was retired, or put to use again.
    Store,
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
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Skip => "skip",
            Self::Hold => "hold",
            Self::Edit => "edit",
            Self::Resolve => "resolve",
            Self::Confirm => "confirm",
            Self::Connection => "connection",
            Self::Secret => "secret",
            Self::Store => "store",
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
    /// The user that `sudo` or `doas` was called by, as root's process says it: the kernel does not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudo_user: Option<String>,
    /// Through which face.
    pub via: Via,
}

impl Actor {
    /// The scheduler itself.
    pub fn schedule() -> Self {
        Self { user: "windlass".into(), login_user: None, sudo_user: None, via: Via::Schedule }
    }

    /// All names that it goes by.
    pub fn users(&self) -> impl Iterator<Item = &String> {
        [Some(&self.user), self.login_user.as_ref(), self.sudo_user.as_ref()].into_iter().flatten()
    }
}

/// A user's name as somebody claims it: a name, and nothing that would show as something else.
pub fn claimed(user: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+' | '\\' | '$');
    let is_name = (1..=128).contains(&user.chars().count()) && user.chars().all(plain);
    is_name.then(|| user.to_owned())
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.via == Via::Schedule {
            return f.write_str("schedule");
        }
        match &self.login_user {
            Some(login) if *login != self.user => write!(f, "{login} as {}", self.user)?,
            _ => f.write_str(&self.user)?,
        }
        // What the kernel says already is not said twice.
        match &self.sudo_user {
            Some(sudo) if *sudo != self.user && self.login_user.as_ref() != Some(sudo) => {
                write!(f, " (sudo by {sudo})")
            }
            _ => Ok(()),
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

/// One attempt, from its start to success, withdrawal or attention; retries are steps in it. Or what somebody decided, which
/// is over at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// UUIDv7: sorts by start.
    pub id: Uuid,
    /// The rotation, which may be gone by now; `None` where it was about a connection, a named secret or the store.
    pub rotation_id: Option<Uuid>,
    /// Its name at the time.
    pub rotation_name: Option<Slug>,
    /// The connection.
    pub connection_id: Option<Uuid>,
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

impl Entry {
    /// The rotation's name, or a dash.
    pub fn whose(&self) -> &str {
        self.rotation_name.as_ref().map_or("-", Slug::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_named_with_whom_sudo_was_called_by() {
        let actor = |login: Option<&str>, sudo: Option<&str>| Actor {
            user: "root".into(),
            login_user: login.map(Into::into),
            sudo_user: sudo.map(Into::into),
            via: Via::Cli,
        };
        assert_eq!(actor(None, Some("ann")).to_string(), "root (sudo by ann)");
        assert_eq!(actor(None, Some("root")).to_string(), "root");
        assert_eq!(actor(Some("ann"), Some("ann")).to_string(), "ann as root");
        assert_eq!(actor(Some("ann"), Some("bob")).to_string(), "ann as root (sudo by bob)");
        assert_eq!(actor(Some("root"), Some("ann")).to_string(), "root (sudo by ann)");
        let known = actor(None, Some("ann"));
        assert_eq!(known.users().collect::<Vec<_>>(), ["root", "ann"]);
        let json = serde_json::to_value(&known).expect("JSON");
        assert_eq!(json["sudoUser"], "ann");
        let before = serde_json::json!({"user": "ana", "loginUser": null, "via": "cli"});
        let old: Actor = serde_json::from_value(before.clone()).expect("one of before");
        assert_eq!((old.sudo_user.clone(), serde_json::to_value(&old).expect("JSON")), (None, before));
    }
}
