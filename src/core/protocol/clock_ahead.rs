//! A scheduled rotation that was begun before its time, because this machine's clock was ahead.
//!
//! This only looks at the clock and the schedule: nothing of such an attempt has been at Okta yet.

use super::turn::{MAX_SKEW, Turn};
use crate::core::history::Outcome;
use crate::core::history::ending::What;

/// The clock is right now. Where it was ahead when the due time was consumed, that one has not come yet: it is due again,
/// and nothing was done. Where it has come, the next one is reckoned from it and not from the clock that was ahead.
pub fn gives_up(turn: &mut Turn) -> bool {
    let Some(date) = turn.operation().due else { return false };
    let now = turn.now;
    let schedule = &turn.rotation.schedule;
    let before = schedule.due_on(date);
    if turn.pending().is_none() && before.due() > now + MAX_SKEW {
        let due = before.due();
        if schedule.anchor >= date {
            turn.rotation.schedule = before;
        }
        turn.close(Outcome::Failed, What::ClockWasAhead { due }, Vec::new());
        return true;
    }
    if schedule.sane(now) != *schedule {
        turn.rotation.schedule = before.consumed(now);
    }
    false
}
