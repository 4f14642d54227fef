//! What the director sees: whether the engine rests, when it will move next, and what the orgs logged.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::super::cast::CAST;
use super::{Director, PATIENCE};
use crate::api::client::connect;
use crate::engine::Handle;
use crate::engine::request::{Reply, Request};
use crate::engine::view::View;
use crate::sandbox::org::Logged;

/// An operation that made no call for so long waits for its turn in Okta's limit: time may pass.
const STALL: Duration = Duration::from_secs(3);

/// When the engine will do something by itself next, as far as its view tells.
pub fn next_instant(view: &View, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let rotations = view.secret_rotations.iter().flat_map(|row| {
        // Also where it is held: that is to be seen.
        let retirement = row.previous.as_ref().and_then(|previous| previous.delete_at.or(previous.deactivate_at));
        [row.next_rotation_at, row.next_try_at, retirement]
    });
    let probes = view.app_connections.iter().map(|connection| connection.next_probe_at);
    rotations.chain(probes).flatten().filter(|at| *at > now).min()
}

impl Director {
    /// The engine's view, where it rests.
    pub(super) async fn rested(&mut self) -> Option<Box<View>> {
        let calls = self.board.pace.calls();
        let seen = *calls.borrow();
        let engine = connect(&self.board.socket).ok()?;
        let reply = tokio::time::timeout(PATIENCE, engine.call(Request::View)).await.ok()?.ok()?;
        let Reply::View { view, .. } = reply else { return None };
        if *calls.borrow() != seen {
            return None;
        }
        let now = self.board.clock.now();
        let under_way = view.secret_rotations.iter().any(|row| match row.phase.as_str() {
            "idle" => false,
            "waiting" => row.next_try_at.is_some_and(|at| at <= now),
            _ => true,
        });
        if !under_way {
            return Some(view);
        }
        let (calls, since) = self.stuck.get_or_insert((seen, Instant::now()));
        if *calls != seen {
            (*calls, *since) = (seen, Instant::now());
        }
        (since.elapsed() >= STALL).then_some(view)
    }

    /// Takes what the orgs logged, which also keeps their logs short. `all` takes calls that got no answer as well: those
    /// of an engine that is dead.
    pub(super) fn harvest(&mut self, all: bool) {
        for (index, org) in self.board.orgs.iter().enumerate() {
            let mut inside = org.org().inside();
            let (done, open) =
                std::mem::take(&mut inside.log).into_iter().partition(|line| all || line.answered != "pending");
            inside.log = open;
            let done: Vec<Logged> = done;
            for line in done.iter().filter(|line| line.effect) {
                let label = inside.apps.iter().find(|app| Some(&app.id) == line.app_id.as_ref()).map(|app| &app.label);
                if let Some(part) =
                    CAST.iter().find(|part| part.org == index && Some(part.label) == label.map(String::as_str))
                {
                    self.tallies.entry(part.name).or_default().add(line);
                }
            }
        }
    }

    /// Whether a call of the engine is being answered right now.
    pub(super) fn is_called(&self) -> bool {
        let called = |line: &Logged| line.answered == "pending" && line.operation != "introspect";
        self.board.orgs.iter().any(|org| org.org().inside().log.iter().any(called))
    }
}
