//! What is to be done to a row.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::engine::request::{Act, Mode, Request};
use crate::text::when::day_time;
use crate::words::voice::Voice;

/// A row that an act is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Rows by name, or by number where they are many.
pub fn called(targets: &[Target]) -> String {
    match targets {
        [only] => only.name.clone(),
        many => format!("{} rotations", many.len()),
    }
}

/// An act on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The row.
    pub target: Target,
    /// What is done.
    pub act: Act,
    /// Whether its plan is agreed to.
    pub mode: Mode,
}

impl Task {
    /// An act whose plan nothing agreed to.
    pub fn new(target: Target, act: impl Into<Act>) -> Self {
        Self { target, act: act.into(), mode: Mode::Ask }
    }

    /// The same act on each row.
    pub fn each(targets: &[Target], act: impl Into<Act>) -> Vec<Self> {
        let act = act.into();
        targets.iter().map(|target| Self::new(target.clone(), act.clone())).collect()
    }

    /// The request.
    pub fn request(&self) -> Request {
        Request::act(self.target.id.to_string(), self.act.clone(), self.mode)
    }
}

/// The voice of what was done: by commands, for the row has a name there whatever the cursor is on by then; instants by the
/// reader's clock.
pub struct Clock {
    /// The reader's zone.
    pub zone: Tz,
    /// Now, for how much of a date is said.
    pub now: DateTime<Utc>,
}

impl Voice for Clock {
    fn at(&self, at: DateTime<Utc>) -> String {
        day_time(at, self.zone, self.now)
    }
}
