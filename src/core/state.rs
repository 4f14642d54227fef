//! The one word for a rotation's state, worst first.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::fault::Class;
use super::protocol::open::opening;
use super::protocol::phase::Phase;
use super::protocol::retire::{hold, needs_fetch};
use super::rotation::hold::Hold;
use super::rotation::{Kind, Rotation};

/// A rotation's state. The order is the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// An operator has to look.
    Attention,
    /// Failing, and trying again by itself.
    Failing,
    /// Waiting for its connection, for room at Okta, or for a consumer.
    Waiting,
    /// Being rotated.
    Rotating,
    /// Due within seven days.
    Due,
    /// All is well.
    Ok,
    /// Auto-rotation is off, or paused until a date.
    Paused,
}

impl State {
    /// All of them, worst first.
    pub const ALL: [Self; 7] =
        [Self::Attention, Self::Failing, Self::Waiting, Self::Rotating, Self::Due, Self::Ok, Self::Paused];

    /// The word itself.
    pub fn word(self) -> &'static str {
        match self {
            Self::Attention => "ATTENTION",
            Self::Failing => "FAILING",
            Self::Waiting => "WAITING",
            Self::Rotating => "ROTATING",
            Self::Due => "DUE",
            Self::Ok => "OK",
            Self::Paused => "PAUSED",
        }
    }
}

/// The state of a rotation; `down` tells whether its connection is refused, `reached` whether its consumers have the current
/// secret.
pub fn state(rotation: &Rotation, down: bool, reached: bool, now: DateTime<Utc>) -> State {
    if rotation.attention().is_some() {
        return State::Attention;
    }
    if let Some(operation) = &rotation.operation {
        let waits = operation.phase == Phase::Waiting;
        match operation.fault.as_ref().map(super::fault::Fault::class) {
            Some(Class::Connection) if waits => return State::Waiting,
            Some(_) if waits => return State::Failing,
            _ if matches!(operation.kind, Kind::Rotate | Kind::Rollback | Kind::Adopt) => return State::Rotating,
            _ => {}
        }
    }
    let due = rotation.auto && rotation.leaving.is_none();
    let late = due && opening(rotation) <= now;
    if late && (rotation.previous.is_some() || down) {
        return State::Waiting;
    }
    if rotation.is_paused(now) {
        return State::Paused;
    }
    // The overlap is over, and the old secret waits for a consumer or a target.
    let ended = rotation.previous.and_then(|previous| previous.deactivate_at).is_some_and(|at| at <= now);
    if ended && (needs_fetch(rotation, reached) || hold(rotation, reached, now) == Some(Hold::Behind)) {
        return State::Waiting;
    }
    if due && opening(rotation) <= now + Duration::days(7) { State::Due } else { State::Ok }
}

/// What an operation is doing, in a word for the `phase` field; `idle` where nothing is open.
pub fn phase(rotation: &Rotation) -> &'static str {
    let Some(operation) = &rotation.operation else { return "idle" };
    let withdrawing = operation.withdrawing.is_some();
    match (&operation.phase, operation.kind) {
        (Phase::Waiting, _) => "waiting",
        (Phase::ReadingApp | Phase::ReadingSecrets, _) => "observing",
        (_, Kind::Rollback) => "rolling back",
        (Phase::Drawing | Phase::Creating | Phase::Activating { .. }, _) => "creating",
        (Phase::Verifying | Phase::Controlling, _) => "verifying",
        (Phase::Deactivating { .. } | Phase::Deleting { .. }, Kind::Rotate) if withdrawing => "withdrawing",
        (Phase::Deactivating { .. } | Phase::Deleting { .. }, Kind::Rotate) => "making room",
        (Phase::Deactivating { .. } | Phase::Deleting { .. }, Kind::Retire | Kind::Delete | Kind::Adopt) => "retiring",
    }
}
