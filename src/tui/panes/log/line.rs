//! One line of the log, made harmless once, where it comes in.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use crate::core::history::Entry;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Event, Level};
use crate::text::sanitize;

/// The longest message, in characters. Okta's own are shorter; what is longer stands whole in the history.
const MAX_MESSAGE_CHARS: usize = 2_000;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: DateTime<Utc>,
    /// How loud.
    pub level: Level,
    /// What kind: a step's name, `connection`, `settings` …
    pub kind: String,
    /// Name of the rotation.
    pub rotation: Option<String>,
    /// Name of the connection.
    pub connection: Option<String>,
    /// The attempt that it belongs to.
    pub attempt: Option<Uuid>,
    /// In a sentence.
    pub message: String,
}

impl Line {
    /// What an event says.
    pub fn of_event(event: &Event) -> Self {
        Self {
            at: event.at,
            level: event.level,
            kind: sanitize(&event.kind, 32),
            rotation: event.rotation.as_deref().map(|name| sanitize(name, 64)),
            connection: event.connection.as_deref().map(|name| sanitize(name, 64)),
            attempt: event.attempt,
            message: sanitize(&event.notice.say().to_string(), MAX_MESSAGE_CHARS),
        }
    }

    /// What an attempt of the past said while it ran: its steps, and its end.
    pub fn of_attempt(entry: &Entry) -> Vec<Self> {
        let line = |at, notice: &Notice| Self {
            at,
            level: notice.level(),
            kind: sanitize(notice.kind(), 32),
            rotation: entry.rotation_name.as_ref().map(ToString::to_string),
            connection: None,
            attempt: Some(entry.id),
            message: sanitize(&notice.say().to_string(), MAX_MESSAGE_CHARS),
        };
        let steps = entry.steps.iter().map(|step| line(step.at, &Notice::Step(step.clone())));
        let ended = || Notice::Ended { outcome: entry.outcome, ending: entry.ending.clone() };
        steps.chain(entry.ended_at.map(|at| line(at, &ended()))).collect()
    }

    /// A line of the log's own.
    pub fn own(at: DateTime<Utc>, level: Level, text: &str) -> Self {
        let message = sanitize(text, MAX_MESSAGE_CHARS);
        Self { at, level, kind: "log".into(), rotation: None, connection: None, attempt: None, message }
    }

    /// Whom it is about, for the column of names.
    pub fn name(&self) -> &str {
        self.rotation.as_deref().or(self.connection.as_deref()).unwrap_or_default()
    }

    /// What it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let names = [&self.rotation, &self.connection].into_iter().flatten().map(String::capacity).sum::<usize>();
        size_of::<Self>() + self.kind.capacity() + self.message.capacity() + names
    }

    /// As it stands in a file, with its end.
    pub fn written(&self) -> String {
        let name = if self.name().is_empty() { "-" } else { self.name() };
        format!("{} {:<5} {name} {} {}\n", stamp(self.at), self.level_word(), self.kind, self.message)
    }

    /// Its level in a word of at most five letters.
    pub fn level_word(&self) -> &'static str {
        match self.level {
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }
}

/// One row's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A rotation, by name.
    Rotation(String),
    /// A connection, by name.
    Connection(String),
    /// One attempt; the name is what it is called by.
    Attempt(Uuid, String),
}

impl About {
    /// Whether a line is one of them.
    pub fn is_of(&self, line: &Line) -> bool {
        match self {
            Self::Rotation(name) => line.rotation.as_ref() == Some(name),
            Self::Connection(name) => line.connection.as_ref() == Some(name),
            Self::Attempt(id, _) => line.attempt == Some(*id),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Rotation(name) | Self::Connection(name) | Self::Attempt(_, name) => name,
        }
    }
}

/// An instant as it stands in a file.
pub fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
