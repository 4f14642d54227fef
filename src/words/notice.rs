//! The live log in sentences.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::sentence::{Sentence, say};
use super::{voice, written};
use crate::core::history::deed::Deed;
use crate::core::history::{Actor, Outcome, Step};
use crate::engine::events::notice::{Notice, Wish};
use crate::engine::events::{Event, Level, Rows};

impl Event {
    /// In a sentence; a step's begins with its name.
    pub fn say(&self) -> Sentence {
        let said = match &self.notice {
            Notice::Step(_) | Notice::Notify { .. } => say!("{}: {}", &self.kind, self.notice.say()),
            notice => notice.say(),
        };
        said.about(self.rotation.as_deref(), self.connection.as_deref())
    }

    /// The sentence as a log has it, for tests.
    #[cfg(test)]
    pub fn message(&self) -> String {
        self.say().to_string()
    }
}

impl Notice {
    /// In a sentence, for where the kind stands beside it.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Reset => say!("take the view again"),
            Self::Started { role } => say!("the engine started ({})", role),
            Self::MakesWay { actor } => say!(
                "makes way for `windlass serve`, started by {}: this engine ends once the call in flight is over",
                actor.to_string()
            ),
            Self::SchedulerBroke => {
                say!("internal error in the scheduler; scheduling resumes in a minute. Please report it")
            }
            Self::RotationBroke => {
                say!("internal error in windlass; this rotation is retried automatically. Please report it")
            }
            Self::ClockSetBack => say!("the system clock was set back; due times stay as they are"),
            Self::DueCorrected => say!(
                "the due time lay further off than the interval, because the clock was ahead when it was set; it is due one \
                 interval from today"
            ),
            Self::Overdue { count, at_once, minutes } => say!(
                "{} rotations are overdue at once: {} begin now, the others one after the other within {} min",
                *count,
                *at_once,
                *minutes
            ),
            Self::Due => say!("the rotation is due"),
            Self::Step(Step { noted, duration_ms: Some(ms), .. }) => say!("{} ({} ms)", noted.say(), *ms),
            Self::Step(Step { noted, duration_ms: None, .. }) => noted.say(),
            Self::Ended { outcome, ending } => {
                let word = match outcome {
                    Outcome::Success | Outcome::Running => "done",
                    Outcome::Failed => "failed",
                    Outcome::Attention => "needs attention",
                };
                say!("{}: {}", word, ending.say())
            }
            Self::Waits { fault, attention: true, .. } => {
                say!("{}; needs attention: {}", fault.problem.what(), fault.problem.todo())
            }
            Self::Waits { fault, retry_at: Some(at), .. } => say!("{}; retried at {}", fault.problem.what(), *at),
            Self::Waits { fault, .. } => say!("{}; waiting for its connection", fault.problem.what()),
            Self::Attention { attention } => attention.problem.whole(),
            Self::Resolved { cause } => say!("resolved: {}", cause.say()),
            Self::Drifted => say!("its secrets were changed at Okta outside windlass"),
            Self::Deleted => say!("the rotation is deleted"),
            Self::ConnectionWorks => say!("the connection works again"),
            Self::ConnectionFails { fault } => fault.problem.whole(),
            Self::ConnectionResumes => say!("rotations on this connection resume"),
            Self::StoreFails { trouble } => trouble.whole(),
            Self::StoreReopened { quarantined: false } => {
                say!("the store can be written again; what was under way resumes")
            }
            Self::StoreReopened { quarantined: true } => say!("the store was opened again, and is quarantined"),
            Self::QuarantineOver => say!("every rotation is confirmed: the quarantine is over"),
            Self::Asked { actor, wish } => say!("{} asked to {}", actor.to_string(), wish.say()),
            Self::Decided { deed, actor } => decided(deed, actor),
            Self::NotRecorded { deed, actor, error } => {
                say!("{}; it could not be added to the history: {}", decided(deed, actor), error)
            }
            Self::Fetched { actor, reader } => {
                let reader = reader.as_ref().map(|reader| format!(" as {reader}")).unwrap_or_default();
                say!("{} fetched the current secret{}", actor.to_string(), reader)
            }
            Self::Withheld { unit: Some(unit), credential: Some(credential), problem } => {
                say!("{} did not get the credential {}: {}", unit, credential, problem.whole())
            }
            Self::Withheld { problem, .. } => say!("no credential was handed out: {}", problem.whole()),
            Self::StoreNote { message } | Self::Notify { message, .. } => Sentence::text(message),
            Self::Said { message, .. } => written::read(message),
        }
    }
}

impl Wish {
    /// After "asked to".
    pub fn say(&self) -> Sentence {
        match self {
            Self::Rotate => say!("rotate"),
            Self::RollBack => say!("roll back"),
            Self::Deactivate { secret_id } => say!("deactivate {} now", secret_id),
            Self::Delete => say!("delete it"),
        }
    }
}

fn decided(deed: &Deed, actor: &Actor) -> Sentence {
    say!("{} ({})", deed.say(), actor.to_string())
}

/// An event as JSON has it: what it says as a sentence in the current voice, and as data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventJson<'a> {
    cursor: &'a str,
    at: DateTime<Utc>,
    level: Level,
    kind: &'a str,
    rotation: Option<&'a str>,
    connection: Option<&'a str>,
    attempt: Option<Uuid>,
    message: String,
    notice: &'a Notice,
    rows: &'a Rows,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { cursor, at, level, kind, rotation, connection, attempt, notice, rows } = self;
        let (rotation, connection) = (rotation.as_deref(), connection.as_deref());
        let (at, level, attempt, message) = (*at, *level, *attempt, self.say().by(voice::current()));
        EventJson { cursor, at, level, kind, rotation, connection, attempt, message, notice, rows }
            .serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
