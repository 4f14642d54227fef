//! What is wrong now, what was reported of it, and what is to be reported next. Pure: it neither follows the log nor
//! sends anything.
//!
//! The rules. The trouble of each rotation, each connection and the store is reported once for a spell (from the first
//! message until it is over), and once more where a failing rotation comes to need attention. A spell of a rotation is
//! over when nothing is open any more and nothing needs attention; a try that is under way ends none. What began and
//! ended before it could be known is not reported at all. There is no queue: what is next is the difference between
//! what stands and what was reported, so there is at most one message for each, however long the command takes. More
//! than [`CROWD`] at once become one message.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::message::{Message, What};
use crate::cli::status::problem::{NamedRotation, Problem, Word, of_connection, of_rotation, of_store};
use crate::core::fault;
use crate::engine::events::Event;
use crate::engine::view::{ConnectionView, RotationView, View};
use crate::text::sanitize;
use crate::words::sentence::Sentence;

/// Messages of one kind that are reported singly.
const CROWD: usize = 20;

/// After so many failed tries in a row a message is sent.
const TRIES: u32 = 3;

/// The longest text in a message, in characters.
const LONGEST: usize = 1000;

/// Whose trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// The engine's: its store.
    Engine,
    /// A connection's.
    Connection(Uuid),
    /// A rotation's.
    Rotation(Uuid),
}

/// Something that stands, or that was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Whose.
    pub whose: Whose,
    /// [`What::Failing`] or [`What::Attention`].
    pub what: What,
    /// In words.
    pub problem: Problem,
    /// The attempt that met it.
    pub attempt: Option<Uuid>,
}

/// What to report next.
#[derive(Clone, Debug, PartialEq)]
pub struct Tell {
    /// The message.
    pub message: Message,
    /// All of it stood when the engine started.
    pub stood_at_start: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Board {
    now: BTreeMap<Whose, Standing>,
    reported: BTreeMap<Whose, Standing>,
    at_start: BTreeSet<Whose>,
    /// Rotations that the engine leaves alone after a fault of its own.
    broken: BTreeMap<Uuid, (DateTime<Utc>, Sentence)>,
    /// The attempt that was last heard of.
    attempts: BTreeMap<Uuid, Uuid>,
}

impl Board {
    /// Begins with what an earlier engine reported. It stands until a view says otherwise.
    pub fn new(reported: Vec<Standing>) -> Self {
        let reported: BTreeMap<Whose, Standing> = reported.into_iter().map(|it| (it.whose, it)).collect();
        Self { now: reported.clone(), reported, ..Self::default() }
    }

    /// What was reported and is not over: what the next engine should know.
    pub fn reported(&self) -> Vec<&Standing> {
        self.reported.values().collect()
    }

    /// Takes all rows in; the first view is how things stood at the start.
    pub fn view(&mut self, view: &View, first: bool) {
        self.engine(view.engine.trouble.as_ref());
        let mut there = BTreeSet::from([Whose::Engine]);
        for row in &view.app_connections {
            there.insert(Whose::Connection(row.id));
            self.connection(row);
        }
        for row in &view.secret_rotations {
            there.insert(Whose::Rotation(row.id));
            self.rotation(row, view.engine.now);
        }
        self.now.retain(|whose, _| there.contains(whose));
        if first {
            self.at_start = self.now.keys().copied().collect();
        }
    }

    /// Takes in what an event changed.
    pub fn event(&mut self, event: &Event) {
        for row in &event.rows.app_connections {
            self.connection(row);
        }
        for row in &event.rows.secret_rotations {
            match event.kind.as_str() {
                "fault" => drop(self.broken.insert(row.id, (event.at, event.say()))),
                "attempt" => drop(self.broken.remove(&row.id)),
                _ => {}
            }
            if let Some(attempt) = event.attempt {
                self.attempts.insert(row.id, attempt);
            }
            self.rotation(row, event.at);
        }
        for id in &event.rows.gone {
            self.now.remove(&Whose::Rotation(*id));
            self.now.remove(&Whose::Connection(*id));
            self.attempts.remove(id);
        }
    }

    fn engine(&mut self, trouble: Option<&fault::Problem>) {
        self.stands(Whose::Engine, trouble.map(|it| (What::Attention, of_store(it))), None, true);
    }

    fn connection(&mut self, row: &ConnectionView) {
        let found = of_connection(row).map(|problem| (What::Attention, problem));
        self.stands(Whose::Connection(row.id), found, None, true);
    }

    fn rotation(&mut self, row: &RotationView, now: DateTime<Utc>) {
        let problem = of_rotation(row, now);
        let found = match (problem, self.broken.get(&row.id)) {
            (Some(problem), _) if problem.state == Word::Attention => Some((What::Attention, problem)),
            (_, Some((since, message))) => Some((What::Attention, broken(row, *since, message))),
            (Some(problem), None) if problem.state == Word::Failing && row.tries >= TRIES => {
                Some((What::Failing, problem))
            }
            _ => None,
        };
        let attempt = row.attempt.or_else(|| self.attempts.get(&row.id).copied());
        self.stands(Whose::Rotation(row.id), found, attempt, row.phase == "idle");
    }

    /// Puts down what was found; where nothing was, it is over once nothing is open.
    fn stands(&mut self, whose: Whose, found: Option<(What, Problem)>, attempt: Option<Uuid>, idle: bool) {
        if let Some((what, problem)) = found {
            self.now.insert(whose, Standing { whose, what, problem, attempt });
        } else if idle {
            self.now.remove(&whose);
            self.at_start.remove(&whose);
        }
    }

    /// What to report next, the most urgent first. It counts as reported from now on.
    pub fn next(&mut self, at: DateTime<Utc>, host: &str) -> Option<Tell> {
        for what in [What::Attention, What::Failing, What::Recovered] {
            let mut due = self.due(what);
            let Some(first) = due.first().cloned() else { continue };
            let crowd = due.len() > CROWD;
            if !crowd {
                due.truncate(1);
            }
            let stood_at_start = due.iter().all(|it| self.at_start.contains(&it.whose)) && what != What::Recovered;
            let message = message(what, &first, if crowd { due.len() } else { 1 }, (at, host));
            for standing in due {
                match what {
                    What::Recovered => drop(self.reported.remove(&standing.whose)),
                    _ => drop(self.reported.insert(standing.whose, standing)),
                }
            }
            return Some(Tell { message, stood_at_start });
        }
        None
    }

    fn due(&self, what: What) -> Vec<Standing> {
        if what == What::Recovered {
            return self.reported.values().filter(|it| !self.now.contains_key(&it.whose)).cloned().collect();
        }
        let reported = |whose: &Whose| self.reported.get(whose).map(|reported| reported.what);
        let unreported = |it: &&Standing| it.what == what && reported(&it.whose).is_none_or(|known| known < what);
        self.now.values().filter(unreported).cloned().collect()
    }
}

fn broken(row: &RotationView, since: DateTime<Utc>, message: &Sentence) -> Problem {
    Problem {
        state: Word::Attention,
        rotation: Some(NamedRotation { id: row.id, name: row.name.clone() }),
        connection: Some(row.connection.clone()),
        since: Some(since),
        cause: message.clone(),
        next: "restart the engine, which checks before it acts; the published secret keeps working".into(),
        until: None,
    }
}

fn message(what: What, first: &Standing, count: usize, (at, host): (DateTime<Utc>, &str)) -> Message {
    let Standing { problem, attempt, .. } = first;
    let over = what == What::Recovered;
    let state = if over { "OK" } else { problem.state.word() };
    let one = Message {
        event: what,
        at,
        host: host.to_owned(),
        state: state.to_owned(),
        rotation: problem.rotation.clone(),
        connection: problem.connection.clone(),
        attempt: *attempt,
        since: problem.since,
        cause: sanitize(&problem.cause.to_string(), LONGEST),
        next: if over { "nothing: it is over".into() } else { sanitize(&problem.next.to_string(), LONGEST) },
        count,
    };
    if count == 1 {
        return one;
    }
    let verb = match what {
        What::Attention => "need attention",
        What::Failing => "fail",
        What::Recovered => "recovered",
    };
    Message {
        rotation: None,
        connection: None,
        attempt: None,
        since: None,
        cause: format!("{count} rotations or connections {verb}; of {}: {}", problem.whose(), one.cause),
        next: "`windlass status` lists what is wrong".into(),
        ..one
    }
}

#[cfg(test)]
mod tests;
