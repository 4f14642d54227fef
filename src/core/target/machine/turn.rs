//! One step of the machine while it is made.

use chrono::{DateTime, Duration, Utc};

use super::{ASK_AGAIN, Closed, Confirmed, Effect, LOOK, Phase, State, Target, Transition, Wanted};
use crate::core::fault::{Class, Fault};
use crate::core::history::noted::Noted;
use crate::core::history::{Step, StepOutcome};
use crate::core::schedule::backoff;

/// So many steps are kept for the history; of those between the first and the last the oldest go.
const MOST: usize = 30;

/// The step.
pub(super) struct Turn {
    pub target: Target,
    pub now: DateTime<Utc>,
    pub effects: Vec<Effect>,
    /// What the place called what it holds, at the last look.
    pub remote: String,
    /// What stood in the way before: the same once more is no news.
    before: Option<Fault>,
}

impl Turn {
    pub fn new(target: Target, now: DateTime<Utc>) -> Self {
        let before = target.state.fault.clone();
        Self { target, now, effects: Vec::new(), remote: String::new(), before }
    }

    pub fn state(&mut self) -> &mut State {
        &mut self.target.state
    }

    pub fn end(self) -> Transition {
        Transition { target: self.target, effects: self.effects }
    }

    pub fn go(&mut self, phase: Phase, effect: Effect) {
        self.state().phase = phase;
        self.effects.push(effect);
    }

    /// Begins with a look.
    pub fn look(&mut self, wanted: &Wanted) {
        self.state().doing = Some(wanted.key);
        self.go(Phase::Reading, Effect::Read);
    }

    /// Whether what is wanted was confirmed already.
    pub fn has(&self, wanted: &Wanted) -> bool {
        self.target.state.confirmed.as_ref().is_some_and(|it| it.key == wanted.key)
    }

    pub fn note(&mut self, step: &str, outcome: StepOutcome, noted: impl Into<Noted>) {
        let (at, noted) = (self.now, noted.into());
        let steps = &mut self.state().steps;
        if steps.len() >= MOST {
            steps.remove(1);
        }
        let step = step.to_owned();
        steps.push(Step { at, step, outcome, noted, http_status: None, duration_ms: None, okta_request_id: None });
    }

    /// Waits until an instant, with what is known so far on disk.
    pub fn rest(&mut self, at: DateTime<Utc>) {
        let state = self.state();
        (state.phase, state.wake_at) = (Phase::Resting, Some(at));
        self.effects.push(Effect::Journal);
    }

    /// What is wanted is there, and the command has run for it.
    pub fn confirm(&mut self, wanted: &Wanted) {
        let (now, remote) = (self.now, std::mem::take(&mut self.remote));
        let news = !self.has(wanted);
        let state = self.state();
        if news {
            state.confirmed = Some(Confirmed { key: wanted.key, version: wanted.version, at: now, remote });
            state.first_at.get_or_insert(now);
        }
        state.keys = wanted.document.keys().cloned().collect();
        let restored = std::mem::take(&mut state.restoring);
        if restored {
            state.restored_at = Some(now);
        }
        // Nothing that was sent before can arrive any more; of what cannot be read nothing better is known.
        state.out = None;
        let worked = state.steps.iter().any(|step| step.step != "read");
        (state.tries, state.since, state.fault, state.consent) = (0, None, None, None);
        if news || worked {
            self.close(Closed::Delivered { restored });
        } else {
            state.steps.clear();
        }
        // Spread over two hours, so that a thousand of them do not look at once.
        let spread = i64::from(backoff::spread(self.target.id, 0) % 7200);
        self.rest(now + LOOK - Duration::seconds(spread));
    }

    fn close(&mut self, closed: Closed) {
        let steps = std::mem::take(&mut self.state().steps);
        self.effects.push(Effect::Close(closed, steps));
    }

    /// It is tried again, after a while that depends on who can fix it.
    pub fn fail(&mut self, fault: &Fault) {
        let (now, id, class) = (self.now, self.target.id, fault.class());
        let same = self.before.as_ref().is_some_and(|it| it.problem.cause == fault.problem.cause);
        let state = self.state();
        state.tries += 1;
        state.since.get_or_insert(now);
        state.fault = Some(fault.clone());
        let wait = match class {
            Class::Passing => backoff::passing(state.tries, id),
            Class::Connection => ASK_AGAIN.0,
            Class::Person => ASK_AGAIN.1,
        };
        if class == Class::Person && !same {
            self.close(Closed::Attention(fault.clone()));
        }
        self.rest((now + wait).max(fault.retry_at.unwrap_or(now)));
    }
}
