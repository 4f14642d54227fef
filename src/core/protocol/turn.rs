//! One turn of the machine: the record being changed, and the effects gathered so far.
//!
//! The steps of all operations are built from these few moves, so that each keeps the rules: a changing call is on
//! disk before it goes out, every answer is on the record, every fault ends in a wait with its time or in attention.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::call::{Call, Record};
use super::event::{Effect, Transition, Write};
use super::phase::Phase;
use crate::core::cause::Cause;
use crate::core::fault::{Class, Fault, Problem};
use crate::core::history::ending::{Ending, OfApp, What};
use crate::core::history::noted::Noted;
use crate::core::history::{Entry, Outcome, Step, StepOutcome, Trigger};
use crate::core::rotation::{Attention, Kind, LastAttempt, OktaSecret, Operation, Origin, RetiredBy, Rotation, Status};
use crate::core::schedule::backoff;

/// How far our clock may be from Okta's before nothing scheduled starts and nothing is destroyed (`clock.max_skew`).
pub const MAX_SKEW: Duration = Duration::minutes(5);

/// How long a new secret may be without a verdict before it needs attention.
pub const VERIFY_PATIENCE: Duration = Duration::hours(1);

/// When something that needs attention is checked again by itself.
pub const CHECK_AGAIN: Duration = Duration::hours(24);

/// How long a change whose answer was lost can still be on its way to Okta.
pub const MAY_ARRIVE: Duration = Duration::seconds(60);

/// The working state of one turn.
pub struct Turn {
    /// The record being changed.
    pub rotation: Rotation,
    /// The instant of this turn.
    pub now: DateTime<Utc>,
    /// Okta's clock less ours, from the answer that this turn is about.
    pub skew: Option<Duration>,
    /// Okta's id of the secret that this turn retired, for the history.
    pub retired: Option<String>,
    effects: Vec<Effect>,
}

impl Turn {
    /// Starts a turn.
    pub fn new(rotation: Rotation, now: DateTime<Utc>) -> Self {
        Self { rotation, now, skew: None, retired: None, effects: Vec::new() }
    }

    /// Ends it. What is said names the rotation from here on, so that its commands can be taken as they stand.
    pub fn end(mut self) -> Transition {
        let name = self.rotation.name.as_str();
        let named = |problem: &mut Problem| problem.names.rotation = Some(name.to_owned());
        if let Some(attention) = &mut self.rotation.attention {
            named(&mut attention.problem);
        }
        if let Some(fault) = self.rotation.operation.as_mut().and_then(|operation| operation.fault.as_mut()) {
            named(&mut fault.problem);
        }
        for effect in &mut self.effects {
            if let Effect::Abandon(fault) = effect {
                named(&mut fault.problem);
            }
        }
        Transition { rotation: self.rotation, effects: self.effects }
    }

    /// The open operation. Only called while there is one.
    pub fn operation(&mut self) -> &mut Operation {
        self.rotation.operation.as_mut().expect("a turn is only taken for an open operation")
    }

    /// What the open operation is for; `None` once a turn has closed it.
    pub fn kind(&self) -> Option<Kind> {
        self.rotation.operation.as_ref().map(|operation| operation.kind)
    }

    /// The secret that the operation is making.
    pub fn pending(&self) -> Option<&OktaSecret> {
        let key = self.rotation.operation.as_ref()?.pending?;
        self.rotation.secret(key)
    }

    /// A secret to change.
    pub fn secret_mut(&mut self, key: Uuid) -> Option<&mut OktaSecret> {
        self.rotation.secrets.iter_mut().find(|secret| secret.key == key)
    }

    /// Okta's id of the app.
    pub fn app_id(&self) -> String {
        self.rotation.app.id.clone()
    }

    /// Puts the record on disk before what follows.
    pub fn journal(&mut self, writes: Vec<Write>) {
        if let Some(operation) = &mut self.rotation.operation {
            operation.journaled = true;
        }
        self.effects.push(Effect::Journal(writes));
    }

    /// Asks for a fresh value.
    pub fn draw(&mut self) {
        self.operation().phase = Phase::Drawing;
        self.effects.push(Effect::Draw);
    }

    /// Issues a call. One that changes something at Okta is on disk before it goes out.
    pub fn call(&mut self, phase: Phase, call: Call) {
        let operation = self.operation();
        operation.phase = phase;
        operation.wake_at = None;
        operation.call += 1;
        let number = operation.call;
        if call.changes() {
            // Nothing stands in the way any more, else this call would not go out.
            self.clear_attention();
            self.journal(Vec::new());
        }
        self.effects.push(Effect::Call(number, call));
    }

    /// Nothing stands in this operation's way any more. That the last attempt to rotate failed is another matter: only
    /// a new attempt ends that, not the retirement of an old secret.
    pub fn clear_attention(&mut self) {
        if let Some(kind) = self.kind() {
            self.clear_attention_of(kind);
        }
    }

    /// The same, for a kind of operation that need not be open.
    pub fn clear_attention_of(&mut self, kind: Kind) {
        let rotation = &self.rotation;
        let Some(attention) = &rotation.attention else { return };
        if attention.drift {
            return; // That others changed something ends with a drift check, or with a new secret.
        }
        // An older version named no attempt; what it wrote is a sentence.
        let of_attempt = attention.attempt.is_some() || matches!(attention.problem.cause, Cause::Written(_));
        let failed =
            |last: &LastAttempt| of_attempt && last.outcome != Outcome::Success && attention.attempt == last.attempt;
        if !matches!(kind, Kind::Retire | Kind::Rollback) || !rotation.last.as_ref().is_some_and(failed) {
            self.rotation.attention = None;
        }
    }

    /// The instant of this turn for what is reckoned from it: Okta's, where our own clock is plainly wrong, so that no
    /// overlap and no soak is shortened once it is set right.
    pub fn instant(&self) -> DateTime<Utc> {
        self.skew.filter(|skew| skew.abs() > MAX_SKEW).map_or(self.now, |skew| self.now + skew)
    }

    /// Reads the app, the start of every look before a rotation.
    pub fn read_app(&mut self) {
        let app_id = self.app_id();
        self.call(Phase::ReadingApp, Call::App { app_id });
    }

    /// Reads the app's secrets, the start of every decision.
    pub fn read_secrets(&mut self) {
        let app_id = self.app_id();
        self.call(Phase::ReadingSecrets, Call::Secrets { app_id });
    }

    /// Puts an exchange on the operation's record.
    pub fn record(&mut self, step: &str, record: &Record, outcome: StepOutcome, noted: impl Into<Noted>) {
        let step = Step {
            at: self.now,
            step: step.into(),
            outcome,
            noted: noted.into(),
            http_status: record.status,
            duration_ms: Some(record.duration_ms),
            okta_request_id: record.request_id.clone(),
        };
        self.push_step(step);
    }

    /// Puts a decision on the operation's record.
    pub fn note(&mut self, step: &str, noted: impl Into<Noted>) {
        let step = Step {
            at: self.now,
            step: step.into(),
            outcome: StepOutcome::Note,
            noted: noted.into(),
            http_status: None,
            duration_ms: None,
            okta_request_id: None,
        };
        self.push_step(step);
    }

    fn push_step(&mut self, step: Step) {
        // A week of hourly retries must not make a record that outgrows the store; the first and the latest tell most.
        const KEPT: usize = 120;
        let steps = &mut self.operation().steps;
        if steps.len() >= KEPT {
            steps.remove(KEPT / 2);
        }
        steps.push(step);
    }

    /// Something was achieved: the faults in a row are over. A mere read is no achievement, or a create that always
    /// fails between two good reads would be tried every second.
    pub fn progressed(&mut self) {
        let operation = self.operation();
        operation.tries = 0;
        operation.fault = None;
        operation.stuck_since = None;
    }

    /// A call failed: wait as its class says.
    pub fn fail_call(&mut self, fault: Fault) {
        match fault.class() {
            Class::Passing => self.back_off(fault),
            Class::Connection => self.wait_for_connection(fault),
            Class::Person => self.need_attention(fault),
        }
    }

    /// Waits for a passing fault to pass: three quick tries, then slow ones.
    pub fn back_off(&mut self, fault: Fault) {
        let now = self.now;
        let operation = self.operation();
        operation.tries += 1;
        let (tries, attempt) = (operation.tries, operation.attempt);
        if !operation.journaled && tries > backoff::QUICK {
            return self.abandon(fault);
        }
        let wake_at = (now + backoff::passing(tries, attempt)).max(fault.retry_at.unwrap_or(now));
        self.wait(wake_at, fault);
    }

    /// Waits for the connection: the one wait without an instant. It is only for a call with the connection's credential
    /// that was refused, and from then until a probe succeeds the connection is known as down (see [`super::open::agenda`]).
    fn wait_for_connection(&mut self, fault: Fault) {
        if !self.operation().journaled {
            return self.abandon(fault);
        }
        self.rest(None, fault);
    }

    /// Asks for attention, and looks again in a day, or when the fault says so, or when asked.
    pub fn need_attention(&mut self, fault: Fault) {
        if !self.operation().journaled {
            return self.abandon(fault);
        }
        self.attend(fault.problem.clone());
        self.wait(fault.retry_at.unwrap_or(self.now + CHECK_AGAIN), fault);
    }

    /// Waits without counting a try: what is waited for is no failure of a call.
    pub fn wait(&mut self, wake_at: DateTime<Utc>, fault: Fault) {
        self.rest(Some(wake_at), fault);
    }

    /// The same, for something that is over by itself within minutes.
    pub fn wait_a_while(&mut self, until: DateTime<Utc>, fault: Fault) {
        self.wait(until, Fault { retry_at: Some(until), ..fault });
    }

    fn rest(&mut self, wake_at: Option<DateTime<Utc>>, fault: Fault) {
        let now = self.now;
        let operation = self.operation();
        operation.phase = Phase::Waiting;
        operation.wake_at = wake_at;
        operation.fault = Some(fault);
        operation.authenticated = false;
        operation.stuck_since.get_or_insert(now);
        if self.operation().journaled {
            self.journal(Vec::new());
        }
    }

    /// Sets what needs attention; the time since when stays while the cause does.
    pub fn attend(&mut self, problem: Problem) {
        let since = match &self.rotation.attention {
            Some(attention) if attention.problem.cause == problem.cause => attention.since,
            _ => self.now,
        };
        let attempt = self.rotation.operation.as_ref().map(|operation| operation.attempt);
        self.rotation.attention = Some(Attention { problem, since, drift: false, attempt });
    }

    /// Ends an operation that has changed nothing and that the store knows nothing of. Whoever asked learns why, and the
    /// history. It sets no attention: often there only was no agreement to a cut, and nothing is wrong; what is wrong with
    /// the app is found by a drift check, which also takes it back once it is fixed.
    pub fn abandon(&mut self, fault: Fault) {
        if self.operation().trigger == Trigger::Create {
            self.rotation.operation = None;
        } else {
            let outcome = if fault.class() == Class::Person { Outcome::Attention } else { Outcome::Failed };
            self.close(outcome, fault.problem.cause.clone(), Vec::new());
        }
        self.effects.push(Effect::Abandon(fault));
    }

    /// A secret for the history, with what makes it another than those that we made.
    pub fn of_app(&self, id: &str) -> OfApp {
        let known = self.rotation.secrets.iter().find(|secret| secret.okta_id.as_deref() == Some(id));
        let original = known.is_some_and(|secret| secret.origin == Origin::Original);
        OfApp { secret_id: id.to_owned(), original }
    }

    /// What an operation deleted besides what it is for: to make room, or to revoke it.
    fn also_deleted(&self, operation: &Operation) -> Vec<OfApp> {
        if operation.kind == Kind::Retire {
            return Vec::new();
        }
        let by = Some(RetiredBy::Actor(operation.actor.to_string()));
        let ours = |secret: &&OktaSecret| {
            operation.pending != Some(secret.key)
                && secret.retired_by == by
                && secret.deleted_at.is_some_and(|at| at >= operation.opened_at)
        };
        let ids = self.rotation.secrets.iter().filter(ours).filter_map(|secret| secret.okta_id.as_deref());
        ids.map(|id| self.of_app(id)).collect()
    }

    /// Ends the operation: the history entry and what else there is to write go to disk with the record.
    pub fn close(&mut self, outcome: Outcome, what: impl Into<What>, mut writes: Vec<Write>) {
        let Some(operation) = self.rotation.operation.take() else { return };
        let ending = Ending { what: what.into(), also_deleted: self.also_deleted(&operation) };
        if operation.kind == Kind::Rotate {
            self.rotation.last = Some(LastAttempt {
                at: self.now,
                outcome,
                ending: ending.clone(),
                manual: operation.trigger != Trigger::Schedule,
                attempt: Some(operation.attempt),
            });
        }
        let published = operation.pending.filter(|key| self.rotation.current == Some(*key));
        let new_secret_id = published.and_then(|key| self.rotation.secret(key)?.okta_id.clone());
        let previous = || self.rotation.previous_secret().and_then(|secret| secret.okta_id.clone());
        let previous_secret_id = self.retired.clone().or_else(previous);
        writes.push(Write::Close(Box::new(Entry {
            started_at: operation.opened_at,
            outcome,
            new_secret_id,
            previous_secret_id,
            steps: operation.steps,
            ..Entry::act(operation.attempt, Some(&self.rotation), operation.trigger, operation.actor, self.now, ending)
        })));
        self.prune();
        self.journal(writes);
    }

    /// Forgets the oldest of the secrets that are long gone: the history keeps their ids. The published one stays even
    /// if it is gone at Okta, for consumers have it.
    fn prune(&mut self) {
        const GONE_KEPT: usize = 50;
        let current = self.rotation.current;
        let old = |secret: &OktaSecret| secret.status == Status::Gone && current != Some(secret.key);
        let mut gone = self.rotation.secrets.iter().filter(|secret| old(secret)).count();
        self.rotation.secrets.retain(|secret| {
            let drop = old(secret) && gone > GONE_KEPT;
            gone -= usize::from(drop);
            !drop
        });
    }

    /// Erases the values of secrets that a list showed gone. The published one keeps its value: it is what consumers
    /// were given, and the only thing left to compare with.
    pub fn mark_gone(&mut self, vanished: &[Uuid]) {
        let gone: Vec<Uuid> = vanished.iter().copied().filter(|key| self.rotation.current != Some(*key)).collect();
        if gone.is_empty() {
            return;
        }
        for key in &gone {
            if let Some(secret) = self.secret_mut(*key) {
                secret.value = None;
            }
        }
        if self.rotation.previous.is_some_and(|previous| gone.contains(&previous.key)) {
            self.rotation.previous = None;
        }
        let operation = self.operation();
        if operation.trigger == Trigger::Create && !operation.journaled {
            return; // Nothing of this is on disk yet, and a look alone must not put it there.
        }
        self.journal(gone.into_iter().map(Write::Erase).collect());
    }
}
