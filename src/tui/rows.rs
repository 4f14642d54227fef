//! The rows as the engine last reported them: its view, and the events folded into it.
//!
//! Nothing here asks; what is missed comes back with the next whole view.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::core::state::State;
use crate::engine::events;
use crate::engine::view::{ConnectionView, RotationView, View};
use crate::text::when;

/// All rows, by id.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The rotations.
    pub rotations: BTreeMap<Uuid, RotationView>,
    /// The connections.
    pub connections: BTreeMap<Uuid, ConnectionView>,
    /// What the header counts, as of the last [`Rows::count`].
    pub counts: Counts,
}

/// The counts in the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In each state, in the order of [`State::ALL`]: each rotation once, in the state that its row shows.
    states: [usize; State::ALL.len()],
    /// All of them.
    pub total: usize,
    /// When the next one that is well comes due, and is to be counted anew.
    until: Option<DateTime<Utc>>,
}

impl Counts {
    /// How many are in a state.
    pub fn of(&self, state: State) -> usize {
        self.states[state as usize]
    }

    /// Whether they were true until now only.
    pub fn are_over(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Rows {
    /// Takes a whole view: what it does not name is gone.
    pub fn take(&mut self, view: View) {
        self.connections = view.app_connections.into_iter().map(|row| (row.id, row)).collect();
        self.rotations = view.secret_rotations.into_iter().map(|row| (row.id, row)).collect();
    }

    /// Folds the rows of an event in.
    pub fn fold(&mut self, rows: events::Rows) {
        for row in rows.app_connections {
            self.connections.insert(row.id, row);
        }
        for row in rows.secret_rotations {
            self.rotations.insert(row.id, row);
        }
        for id in rows.gone {
            self.rotations.remove(&id);
            self.connections.remove(&id);
        }
    }

    /// Counts, once for all frames until something changes.
    pub fn count(&mut self, now: DateTime<Utc>) {
        let mut counts = Counts { total: self.rotations.len(), ..Counts::default() };
        for row in self.rotations.values() {
            let shown = state(row, now);
            counts.states[shown as usize] += 1;
            let due = row.next_rotation_at.filter(|_| shown == State::Ok).map(|at| at - DUE);
            counts.until = counts.until.into_iter().chain(due).min();
        }
        self.counts = counts;
    }

    /// The connections that are refused, by name.
    pub fn faults(&self) -> Vec<&ConnectionView> {
        let mut faults: Vec<_> = self.connections.values().filter(|row| row.fault.is_some()).collect();
        faults.sort_by(|a, b| a.name.cmp(&b.name));
        faults
    }

    /// How many rotations wait for a connection, and when the first of them was or is due.
    pub fn waiting(&self, connection: Uuid) -> (usize, Option<DateTime<Utc>>) {
        let through = self.rotations.values().filter(|row| row.connection_id == connection);
        let waiting = through.clone().filter(|row| row.state == State::Waiting).count();
        (waiting, through.filter_map(|row| row.due_at.or(row.next_rotation_at)).min())
    }
}

/// The state that is shown: a row that no one touched comes due all the same.
pub fn state(row: &RotationView, now: DateTime<Utc>) -> State {
    if row.state == State::Ok && is_due(row, now) { State::Due } else { row.state }
}

/// How long before it a rotation counts as due.
const DUE: Duration = Duration::days(7);

fn is_due(row: &RotationView, now: DateTime<Utc>) -> bool {
    row.next_rotation_at.is_some_and(|at| at <= now + DUE)
}

/// When a refused connection is tried next. A try that changed nothing is not reported, and the next is soon.
pub fn tried_again(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at > now { format!("tried again {}", when::relative(at, now)) } else { "tried every 10 minutes".into() }
}
