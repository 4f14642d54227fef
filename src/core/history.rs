//! What happened: attempts and their steps. Never a secret value.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::known::known;
use super::name::Slug;

mod act;
pub mod deed;
pub mod ending;
pub mod noted;
mod trigger;

use ending::Ending;
use noted::Noted;
pub use trigger::Trigger;

/// Through which frontend it was asked.
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
    /// Through which frontend.
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

/// A user's name as it is claimed: a name, and nothing that would show as something else.
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
    /// Under way.
    Running,
    /// Needs attention.
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
    /// No answer, or an unclear one: it may have taken effect.
    Doubtful,
    /// A note without a call.
    Note,
}

/// One call and its answer, or one decision. JSON has what it came to twice: as a sentence in `detail`, and as data in
/// `noted`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "StepWire")]
pub struct Step {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Which step, for instance `create` or `verify`.
    pub step: String,
    /// How it went.
    pub outcome: StepOutcome,
    /// What it came to.
    pub noted: Noted,
    /// HTTP status, where there was an answer.
    pub http_status: Option<u16>,
    /// How long the call took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Okta's request id.
    pub okta_request_id: Option<String>,
}

/// One attempt, from its start to success, withdrawal or attention; retries are steps in it. Or a decision, which is over at
/// once. JSON has what it came to twice: as a sentence in `message`, and as data in `ending`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "EntryWire")]
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
    /// What it came to.
    pub ending: Ending,
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

/// A step as JSON has it; `detail` counts where what it came to is not known here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StepWire {
    at: DateTime<Utc>,
    step: String,
    outcome: StepOutcome,
    detail: String,
    #[serde(default, deserialize_with = "known")]
    noted: Option<Noted>,
    http_status: Option<u16>,
    duration_ms: Option<u64>,
    okta_request_id: Option<String>,
}

impl From<StepWire> for Step {
    fn from(wire: StepWire) -> Self {
        let StepWire { at, step, outcome, detail, noted, http_status, duration_ms, okta_request_id } = wire;
        let noted = noted.unwrap_or(Noted::Said { message: detail });
        Self { at, step, outcome, noted, http_status, duration_ms, okta_request_id }
    }
}

/// An entry as JSON has it; `message` counts where what it came to is not known here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryWire {
    id: Uuid,
    rotation_id: Option<Uuid>,
    rotation_name: Option<Slug>,
    connection_id: Option<Uuid>,
    app_id: String,
    trigger: Trigger,
    actor: Actor,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    outcome: Outcome,
    message: String,
    #[serde(default, deserialize_with = "known")]
    ending: Option<Ending>,
    new_secret_id: Option<String>,
    previous_secret_id: Option<String>,
    steps: Vec<Step>,
}

impl From<EntryWire> for Entry {
    fn from(wire: EntryWire) -> Self {
        Self {
            id: wire.id,
            rotation_id: wire.rotation_id,
            rotation_name: wire.rotation_name,
            connection_id: wire.connection_id,
            app_id: wire.app_id,
            trigger: wire.trigger,
            actor: wire.actor,
            started_at: wire.started_at,
            ended_at: wire.ended_at,
            outcome: wire.outcome,
            ending: wire.ending.unwrap_or_else(|| Ending::said(wire.message)),
            new_secret_id: wire.new_secret_id,
            previous_secret_id: wire.previous_secret_id,
            steps: wire.steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_newer_version_knows_makes_no_entry_unreadable() {
        assert_eq!(serde_json::from_str::<Trigger>("\"annotate\"").expect("read"), Trigger::Other);
    }

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
