//! Delivering: a pure machine for one target. `handle(target, wanted, event, now) -> (target, effects)`.
//!
//! ```text
//!  rest ─published anew / daily look / asked─▶ read ─▶ judge ─▶ write, on condition of that read ─▶ read back ─▶ command ─▶ rest
//!                                               ▲                    │ doubtful, or something changed since
//!                                               └───── back off ◀────┘
//! ```
//!
//! The rule is that of the protocol: **look, take one step, look again.** Every write is decided on a look taken just
//! before, names what was seen there, is on disk before it goes out, and counts for nothing until another look shows what it
//! wrote. A lost answer and a crash therefore need no case of their own: the next look finds out. Only what can still arrive
//! late needs one: after a write that was not answered a look counts once its minute is over.
//!
//! This module may not know the time, the places or the store: it returns [`Effect`]s.

use chrono::{DateTime, Duration, Utc};

use super::found::Found;
use super::judge::{Marker, Seen, agreed, judge, leftovers};
use super::{Confirmed, Drift, Phase, State, Target, Wanted, document};
use crate::core::cause::TargetCause;
use crate::core::fault::{Code, Fault};
use crate::core::history::noted::Noted;
use crate::core::history::{Step, StepOutcome};
use crate::core::remedy::{Automatic, OnTarget};
use crate::core::rotation::Unanswered;

mod turn;

use turn::Turn;

/// How long a write that was not answered may still arrive.
pub const MAY_ARRIVE: Duration = Duration::seconds(60);

/// From one look to the next where nothing is to be done.
pub const LOOK: Duration = Duration::hours(24);

/// From one try to the next where someone else has to act: the connection's owner, or this target's.
const ASK_AGAIN: (Duration, Duration) = (Duration::minutes(10), Duration::hours(1));

/// What was changed by others is not delivered again before this is over: who changes it more often means it.
const CONTESTED: Duration = Duration::hours(24);

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come, or it was asked for.
    Wake,
    /// The place was read.
    Read(Result<Seen, Fault>),
    /// It was written. What the place calls what it holds now.
    Written(Result<String, Fault>),
    /// What is ours was taken off.
    Stripped(Result<(), Fault>),
    /// The command has run.
    Ran(Result<(), Fault>),
}

/// Something to be done, in the order given.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Write the record. What follows waits until it is on disk.
    Journal,
    /// Read the place.
    Read,
    /// Write what is wanted, on condition that the place is as it was seen.
    Write(Box<Seen>),
    /// Take off the marker, and with `true` what is ours.
    Strip(Box<Seen>, bool),
    /// Run the command.
    Run,
    /// The delivery is over, or needs attention: an entry of the history, with the steps that led there.
    Close(Closed, Vec<Step>),
    /// The target is over: it goes from the record.
    Remove,
}

/// What a delivery came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The current credentials are there.
    Delivered {
        /// They are there again, over what others had written.
        restored: bool,
    },
    /// It needs attention.
    Attention(Fault),
}

/// A step: the target as it is now, and what is to be done.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The target after the event.
    pub target: Target,
    /// What is to be done.
    pub effects: Vec<Effect>,
}

/// Takes one event. One that does not fit the phase leaves everything as it is.
pub fn handle(target: &Target, wanted: &Wanted, event: Event, now: DateTime<Utc>) -> Transition {
    let mut turn = Turn::new(target.clone(), now);
    match (turn.state().phase, event) {
        (Phase::Resting, Event::Wake) => turn.look(wanted),
        (Phase::Reading | Phase::ReadingBack, Event::Read(Ok(seen))) => read(&mut turn, wanted, seen),
        (Phase::Reading | Phase::ReadingBack, Event::Read(Err(fault))) => {
            turn.note("read", StepOutcome::Refused, fault.problem.cause.clone());
            turn.fail(&fault);
        }
        (Phase::Writing, Event::Written(answer)) => written(&mut turn, wanted, answer),
        (Phase::Hooking, Event::Ran(Ok(()))) => {
            turn.note("command", StepOutcome::Ok, Noted::CommandRan);
            turn.state().hook_due = false;
            // It ran for what was current when it was started.
            if turn.target.state.doing == Some(wanted.key) { turn.confirm(wanted) } else { turn.look(wanted) }
        }
        (Phase::Hooking, Event::Ran(Err(fault))) => {
            turn.note("command", StepOutcome::Refused, fault.problem.cause.clone());
            turn.fail(&fault);
        }
        (Phase::Stripping, Event::Stripped(Ok(()))) => turn.effects.push(Effect::Remove),
        (Phase::Stripping, Event::Stripped(Err(fault))) => turn.fail(&fault),
        _ => {}
    }
    turn.end()
}

fn read(turn: &mut Turn, wanted: &Wanted, mut seen: Seen) {
    seen.former = leftovers(&seen, wanted, &turn.target.state);
    // Where another secret was published meanwhile, what was written is one of the older ones.
    let back = turn.state().phase == Phase::ReadingBack && turn.target.state.doing == Some(wanted.key);
    let blind = turn.target.destination.is_blind();
    let found = if blind { Found::Unknown } else { judge(&seen, wanted, &turn.target.state) };
    let now = turn.now;
    let state = turn.state();
    (state.doing, state.looked_at, state.found) = (Some(wanted.key), Some(now), Some(found.clone()));
    // What had it has lost it: an old secret waits for it again.
    if turn.has(wanted) && !matches!(found, Found::Current { .. } | Found::Unknown) {
        turn.state().confirmed = None;
    }
    if let Some(leaving) = turn.target.leaving {
        return strip(turn, seen, &found, leaving.purge);
    }
    if !back {
        turn.note("read", StepOutcome::Ok, Noted::TargetFound { found: found.clone() });
    }
    match found {
        Found::Current { tidy: true } => current(turn, wanted, &seen),
        Found::Unknown if turn.has(wanted) => turn.confirm(wanted),
        // It was written, and that is all that can be known of it.
        Found::Unknown if back || turn.target.state.written == Some(wanted.key) => run_or_confirm(turn, wanted, &seen),
        _ if back => turn.fail(&Fault::new(Code::Unreadable, TargetCause::NotThere).and(Automatic::LooksAgain)),
        Found::Absent | Found::Current { .. } | Found::Behind { .. } | Found::Adoptable { .. } | Found::Unknown => {
            write(turn, wanted, seen);
        }
        Found::Drifted { keys } => drifted(turn, wanted, seen, keys),
        Found::Foreign { .. } | Found::Clash { .. } if agreed(&seen, &turn.target.state) => write(turn, wanted, seen),
        Found::Foreign { keys } => {
            let cause = TargetCause::Foreign { place: turn.target.destination.to_string(), keys };
            turn.fail(&Fault::precondition(cause).and(OnTarget::adopt(&turn.target.name)));
        }
        Found::Clash { target } => {
            let cause = TargetCause::Clash { place: turn.target.destination.to_string(), target };
            turn.fail(&Fault::precondition(cause).and(OnTarget::SettleClash).and(OnTarget::adopt(&turn.target.name)));
        }
    }
}

/// The current credentials are there.
fn current(turn: &mut Turn, wanted: &Wanted, seen: &Seen) {
    // It may still bring back an older value.
    if let Some(over) = may_arrive(turn) {
        return turn.rest(over);
    }
    turn.state().out = None;
    run_or_confirm(turn, wanted, seen);
}

/// Until when a write that was not answered may still arrive, from the first look after it.
fn may_arrive(turn: &mut Turn) -> Option<DateTime<Utc>> {
    let now = turn.now;
    let since = turn.target.state.out?.counted(now);
    turn.state().out = Some(Unanswered::Since(since));
    Some(since + MAY_ARRIVE).filter(|over| now < *over)
}

fn run_or_confirm(turn: &mut Turn, wanted: &Wanted, seen: &Seen) {
    turn.remote.clone_from(&seen.remote);
    let hooked = !turn.target.after.is_empty();
    // Whether the consumer noticed a value that others put there is not known.
    if hooked && (turn.target.state.hook_due || !turn.has(wanted)) {
        turn.state().hook_due = true;
        turn.effects.push(Effect::Journal);
        return turn.go(Phase::Hooking, Effect::Run);
    }
    turn.confirm(wanted);
}

/// Others changed what we had delivered.
fn drifted(turn: &mut Turn, wanted: &Wanted, seen: Seen, keys: Vec<String>) {
    let now = turn.now;
    // Where nothing is there, as after a start of the machine, no one is overruled.
    let theirs = !keys.is_empty();
    let recent = |at: Option<DateTime<Utc>>| theirs && at.is_some_and(|at| at <= now && now < at + CONTESTED);
    let again = recent(turn.target.state.restored_at);
    if agreed(&seen, &turn.target.state) {
        return write(turn, wanted, seen);
    }
    let place = turn.target.destination.to_string();
    if recent(turn.target.state.doubted_at) {
        let cause = TargetCause::MayBeNewer { place, keys };
        return turn.fail(&Fault::precondition(cause).and(OnTarget::adopt(&turn.target.name)));
    }
    if turn.target.drift == Drift::Attend || again {
        let cause = TargetCause::Drifted { place, keys, again };
        return turn.fail(&Fault::precondition(cause).and(OnTarget::adopt(&turn.target.name)));
    }
    turn.state().restoring = theirs;
    write(turn, wanted, seen);
}

fn write(turn: &mut Turn, wanted: &Wanted, seen: Seen) {
    let hooked = !turn.target.after.is_empty();
    let state = turn.state();
    state.wrote = document::hashes(&wanted.document);
    // Known as ours until it is gone.
    state.wrote.extend(document::hashes(&seen.former));
    state.hook_due = hooked;
    turn.effects.push(Effect::Journal);
    turn.go(Phase::Writing, Effect::Write(Box::new(seen)));
}

fn written(turn: &mut Turn, wanted: &Wanted, answer: Result<String, Fault>) {
    match answer {
        Ok(remote) => {
            turn.state().written = turn.target.state.doing;
            turn.note("write", StepOutcome::Ok, Noted::TargetWritten { version: wanted.version, remote });
            turn.go(Phase::ReadingBack, Effect::Read);
        }
        Err(fault) => {
            let doubtful = fault.code.doubtful();
            let outcome = if doubtful { StepOutcome::Doubtful } else { StepOutcome::Refused };
            turn.note("write", outcome, fault.problem.cause.clone());
            if doubtful {
                turn.state().out = Some(Unanswered::Unseen);
            }
            turn.fail(&fault);
        }
    }
}

/// It is being removed: what is there stays, but for its marker, and what is ours goes where that was asked.
fn strip(turn: &mut Turn, seen: Seen, found: &Found, purge: bool) {
    // It may still bring back what is taken off, once nothing is known of it here.
    if !turn.target.destination.is_blind()
        && let Some(over) = may_arrive(turn)
    {
        return turn.rest(over);
    }
    // Only where all that stands there is known to come from this rotation.
    let ours = matches!(found, Found::Current { .. } | Found::Behind { .. } | Found::Adoptable { .. });
    let marked = seen.marker == Marker::Ours;
    if !(marked || (purge && ours)) {
        return turn.effects.push(Effect::Remove);
    }
    turn.effects.push(Effect::Journal);
    turn.go(Phase::Stripping, Effect::Strip(Box::new(seen), purge && ours));
}

/// It cannot be delivered to, for a reason of our own.
pub fn refuse(target: &Target, fault: &Fault, now: DateTime<Utc>) -> Transition {
    let mut turn = Turn::new(target.clone(), now);
    turn.fail(fault);
    turn.end()
}

/// A target found on disk at start: whatever call was out, its answer is lost.
#[must_use]
pub fn resume(target: &Target) -> Target {
    let mut target = target.clone();
    let state = &mut target.state;
    if matches!(state.phase, Phase::Writing | Phase::Stripping) {
        state.out = Some(Unanswered::Unseen);
    }
    // What is on this machine may have gone with its last start, as all of `/run` does: it is looked at now.
    if state.phase != Phase::Resting || target.destination.is_local() {
        (state.phase, state.wake_at) = (Phase::Resting, None);
    }
    target
}

/// When a target does something by itself: at once where another secret is published than it was confirmed for.
/// One that `goes` is removed now.
pub fn due(target: &Target, goes: bool, current: Option<uuid::Uuid>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if target.state.phase != Phase::Resting || (current.is_none() && !goes) {
        return None;
    }
    let State { confirmed, fault, .. } = &target.state;
    // A fault is tried again at its own time, whatever was published meanwhile, and no longer wait is believed than there
    // is: the clock may have been set back.
    let latest = now + LOOK + Duration::hours(3);
    let at = target.state.wake_at.filter(|at| *at <= latest).unwrap_or(now);
    let behind = goes || confirmed.as_ref().map(|it| it.key) != current;
    let waits = fault.is_some() || target.state.out.is_some();
    Some(if behind && !waits { now } else { at })
}

#[cfg(test)]
mod tests;
