//! The live log: what happened, numbered, with the rows that it changed.
//!
//! A cursor is the engine's epoch and a sequence number. One that this engine cannot serve (another engine's, or older
//! than what is kept) starts with a `reset`, and the frontend reads the view again. Events carry no secret values.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use uuid::Uuid;

use self::notice::Notice;
use super::view::{ConnectionView, RotationView};
use crate::core::known::Known;

pub mod notice;

/// The kind of the event by which whoever is attached learns that another engine is coming.
pub const YIELDS: &str = "yield";

/// How many events are kept for those who come later or read slowly. Each has its row with it, some two kilobytes.
const KEPT: usize = 2_000;

/// How loud an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something was done.
    Info,
    /// Something was put off.
    Warn,
    /// An operator has to look.
    Error,
}

/// Something that happened. JSON has what it says twice: as a sentence in `message`, and as data in `notice`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "EventWire")]
pub struct Event {
    /// Where to continue from.
    pub cursor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// How loud.
    pub level: Level,
    /// What kind: a step's name, `connection`, `settings`, `reset` …
    pub kind: String,
    /// Name of the rotation.
    pub rotation: Option<String>,
    /// Name of the connection.
    pub connection: Option<String>,
    /// The attempt that it belongs to.
    pub attempt: Option<Uuid>,
    /// What it says.
    pub notice: Notice,
    /// The rows as they are now.
    pub rows: Rows,
}

/// An event as JSON has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventWire {
    cursor: String,
    at: DateTime<Utc>,
    level: Level,
    kind: String,
    rotation: Option<String>,
    connection: Option<String>,
    attempt: Option<Uuid>,
    message: String,
    notice: Option<Known<Notice>>,
    rows: Rows,
}

impl From<EventWire> for Event {
    fn from(wire: EventWire) -> Self {
        let EventWire { cursor, at, level, kind, rotation, connection, attempt, message, notice, rows } = wire;
        let notice = notice.and_then(Known::here);
        let notice = notice.unwrap_or_else(|| Notice::Said { level, event: kind.clone(), message });
        Self { cursor, at, level, kind, rotation, connection, attempt, notice, rows }
    }
}

/// The rows that an event changed, and the ids of those that are gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rows {
    /// Changed connections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub app_connections: Vec<ConnectionView>,
    /// Changed rotations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secret_rotations: Vec<RotationView>,
    /// Ids of rows that are gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Uuid>,
}

/// What an event says; its cursor and instant come with its turn.
#[derive(Clone, Debug)]
pub struct News {
    /// Name of the rotation.
    pub rotation: Option<String>,
    /// Name of the connection.
    pub connection: Option<String>,
    /// The attempt.
    pub attempt: Option<Uuid>,
    /// What it says, how loud, and of what kind it is.
    pub notice: Notice,
    /// The rows as they are now.
    pub rows: Rows,
}

/// The events of one engine. Clones share them.
#[derive(Clone, Debug)]
pub struct Events {
    epoch: String,
    kept: Arc<Mutex<Kept>>,
    newest: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<Event>,
    /// Sequence number of the newest event; 0 before the first.
    newest: u64,
    /// The engine has ended: there will be no more.
    closed: bool,
}

impl Events {
    /// No events yet.
    pub fn new(epoch: Uuid) -> Self {
        Self { epoch: epoch.simple().to_string(), kept: Arc::default(), newest: watch::Sender::new(0) }
    }

    /// Where someone stands who has seen everything up to now.
    pub fn cursor(&self) -> String {
        self.cursor_at(self.kept().newest)
    }

    fn cursor_at(&self, sequence: u64) -> String {
        format!("{}-{sequence}", self.epoch)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives it to every follower.
    pub fn tell(&self, at: DateTime<Utc>, news: News) {
        let News { rotation, connection, attempt, notice, rows } = news;
        let (level, kind) = (notice.level(), notice.kind().to_owned());
        let mut kept = self.kept();
        kept.newest += 1;
        let sequence = kept.newest;
        let cursor = self.cursor_at(sequence);
        if kept.events.len() == KEPT {
            kept.events.pop_front();
        }
        kept.events.push_back(Event { cursor, at, level, kind, rotation, connection, attempt, notice, rows });
        drop(kept);
        self.newest.send_replace(sequence);
    }

    /// Ends the log: those who follow get what there is, and no more.
    pub fn close(&self) {
        self.kept().closed = true;
        self.newest.send_modify(|_| {});
    }

    /// Follows from a cursor; from now where there is none.
    pub fn follow(&self, cursor: Option<&str>) -> Follower {
        let kept = self.kept();
        let oldest = kept.newest - kept.events.len() as u64;
        let wanted = match cursor {
            None => Some(kept.newest),
            Some(cursor) => cursor
                .rsplit_once('-')
                .filter(|(epoch, _)| *epoch == self.epoch)
                .and_then(|(_, sequence)| sequence.parse().ok())
                .filter(|sequence| (oldest..=kept.newest).contains(sequence)),
        };
        let seen = wanted.unwrap_or(kept.newest);
        drop(kept);
        Follower { events: self.clone(), seen, reset: wanted.is_none(), newest: self.newest.subscribe() }
    }
}

/// Reads the events one after the other.
#[derive(Debug)]
pub struct Follower {
    events: Events,
    seen: u64,
    reset: bool,
    newest: watch::Receiver<u64>,
}

impl Follower {
    /// The next event; waits for one where there is none. `None` once the engine is gone.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.at_hand() {
                return Some(event);
            }
            if self.events.kept().closed {
                return None;
            }
            self.newest.changed().await.ok()?;
        }
    }

    fn at_hand(&mut self) -> Option<Event> {
        let kept = self.events.kept();
        let oldest = kept.newest - kept.events.len() as u64;
        if self.reset || self.seen < oldest {
            self.reset = false;
            self.seen = kept.newest;
            let cursor = self.events.cursor_at(self.seen);
            let at = kept.events.back().map_or(DateTime::UNIX_EPOCH, |event| event.at);
            return Some(Event::reset(cursor, at));
        }
        let index = usize::try_from(self.seen - oldest).ok()?;
        let event = kept.events.get(index).cloned()?;
        self.seen += 1;
        Some(event)
    }
}

impl Event {
    /// What a follower gets instead of events that it cannot be given.
    pub fn reset(cursor: String, at: DateTime<Utc>) -> Self {
        Self {
            cursor,
            at,
            level: Notice::Reset.level(),
            kind: Notice::Reset.kind().to_owned(),
            rotation: None,
            connection: None,
            attempt: None,
            notice: Notice::Reset,
            rows: Rows::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(message: &str) -> News {
        News {
            rotation: None,
            connection: None,
            attempt: None,
            notice: Notice::Said { level: Level::Info, event: "test".into(), message: message.into() },
            rows: Rows::default(),
        }
    }

    #[tokio::test]
    async fn a_cursor_continues_where_it_stood_and_a_foreign_one_resets() {
        let events = Events::new(Uuid::nil());
        events.tell(DateTime::UNIX_EPOCH, news("one"));
        let cursor = events.cursor();
        events.tell(DateTime::UNIX_EPOCH, news("two"));
        let mut follower = events.follow(Some(&cursor));
        assert_eq!(follower.next().await.map(|event| event.message()), Some("two".into()));
        let mut foreign = events.follow(Some("ffff-1"));
        assert_eq!(foreign.next().await.map(|event| event.kind), Some("reset".into()));
        events.tell(DateTime::UNIX_EPOCH, news("three"));
        assert_eq!(foreign.next().await.map(|event| event.message()), Some("three".into()));
        assert_eq!(follower.next().await.map(|event| event.message()), Some("three".into()));
    }

    #[tokio::test]
    async fn the_end_of_the_engine_is_the_end_of_the_events() {
        let events = Events::new(Uuid::nil());
        let mut follower = events.follow(None);
        events.tell(DateTime::UNIX_EPOCH, news("last"));
        events.close();
        assert_eq!(follower.next().await.map(|event| event.message()), Some("last".into()));
        assert_eq!(follower.next().await, None);
    }

    #[tokio::test]
    async fn one_who_reads_too_slowly_is_reset_and_never_misled() {
        let events = Events::new(Uuid::nil());
        let mut slow = events.follow(None);
        for n in 0..=KEPT {
            events.tell(DateTime::UNIX_EPOCH, news(&n.to_string()));
        }
        assert_eq!(slow.next().await.map(|event| event.kind), Some("reset".into()));
    }
}
