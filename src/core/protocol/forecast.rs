//! What is coming: the machine itself, run ahead of time against an Okta that answers well.
//!
//! Every screen, plan, command and notice reads this one forecast, so that none can say another date. A pause, a spread
//! first date and waiting for room are in it by themselves, because the machine knows them. Two things are assumed: each
//! call succeeds at the instant at which it is made, and consumers read, and targets are delivered to, as they were so far. Those of a rotation
//! that has published its first version have had nothing to read before: they are taken to fetch it in time, until the
//! date of the original secret has passed. Whoever shows a date that depends on a fetch says so.
//!
//! This module may not know a rule of the protocol: it opens what [`agenda`] says and answers what [`handle`] asks.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::call::{Answer, Call, Holds, Record, Reply, SeenApp, SeenSecret, Verdict};
use super::event::{Effect, Event, Write};
use super::handle;
use super::open::{Act, Ask, agenda, open};
use super::phase::Phase;
use super::retire::hold;
use crate::core::history::{Actor, Trigger};
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Attention, Kind, OktaSecret, Rotation, Status, Verify};
use crate::core::secret::SecretValue;

/// One thing that will happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
}

/// What will happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A scheduled rotation starts. `due` is the instant that the schedule names: earlier, where a pause or the lack of
    /// room lets it wait.
    Rotates {
        /// The nominal due time.
        due: DateTime<Utc>,
    },
    /// The previous secret is deactivated.
    Deactivated {
        /// Okta's id; empty for a secret that is yet to be made.
        secret: String,
    },
    /// The previous secret is deleted.
    Deleted {
        /// Okta's id; empty for a secret that is yet to be made.
        secret: String,
    },
    /// The previous secret's next step has no date: this holds it, from this instant on. Nothing comes after it.
    Held {
        /// What holds it.
        by: Hold,
    },
}

/// The next of each kind: what a row and a plan show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ahead {
    /// The secret that goes, by Okta's id; empty where that is yet to be made, or where none goes.
    pub secret: String,
    /// When it is deactivated.
    pub off_at: Option<DateTime<Utc>>,
    /// When it is deleted.
    pub gone_at: Option<DateTime<Utc>>,
    /// When a scheduled rotation starts, and when it is due by its schedule.
    pub starts: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What holds the old secret, and with it the next rotation.
    pub held: Option<Hold>,
}

/// How the ids of secrets begin that Okta has yet to make; none of its own does.
const YET_TO_COME: &str = "forecast-";

/// The steps of one operation at the most; the longest on a good day takes a dozen.
const STEPS: usize = 64;

/// Turns without anything to show at the most.
const SILENT: usize = 8;

/// What came of one entry of the agenda.
enum Turned {
    Shows(Coming),
    /// Nothing that is shown.
    Silent,
    /// Nothing comes by itself any more.
    Over,
}

/// What is coming for one rotation, in order; without an end where it keeps rotating.
pub struct Forecast {
    rotation: Rotation,
    okta: Vec<SeenSecret>,
    /// Whether the published version was fetched.
    fetched: bool,
    /// Whether consumers fetch what is published.
    reads: bool,
    now: DateTime<Utc>,
    made: u128,
    over: bool,
}

impl Forecast {
    /// From `now` on. `fetched` tells whether the published version was fetched, `reads` whether its consumers
    /// read at all: they are then taken to fetch each version before the previous secret's date. Once that date has passed
    /// unread, it waits for them.
    pub fn new(rotation: &Rotation, fetched: bool, reads: bool, now: DateTime<Utc>) -> Self {
        let okta = rotation.secrets.iter().filter_map(|secret| shown(secret, rotation.verify)).collect();
        Self::of(rotation, okta, (fetched, reads), now)
    }

    /// The same, where the open operation has still to see what the app has: a creation, or a plan. What it is to
    /// publish has not been fetched.
    pub fn planned(rotation: &Rotation, there: Vec<SeenSecret>, reads: bool, now: DateTime<Utc>) -> Self {
        Self::of(rotation, there, (false, reads), now)
    }

    fn of(rotation: &Rotation, okta: Vec<SeenSecret>, (fetched, reads): (bool, bool), now: DateTime<Utc>) -> Self {
        let mut rotation = rotation.clone();
        // Each turn takes a copy, and what is long gone has no part in what comes.
        rotation.secrets.retain(|secret| secret.status != Status::Gone);
        for secret in &mut rotation.secrets {
            secret.request_ids.clear();
        }
        if let Some(operation) = &mut rotation.operation {
            operation.steps.clear();
            // A call that is out is answered well, and a connection that is waited for is back: it looks, and continues.
            if operation.wake_at.is_none() {
                operation.phase = Phase::Waiting;
                operation.wake_at = Some(now);
                operation.create_out = None;
            }
        }
        let in_time = rotation.previous.and_then(|previous| previous.deactivate_at).is_none_or(|at| at > now);
        // So are the targets, which are delivered to in time.
        if in_time {
            rotation.targets.clear();
        }
        Self {
            rotation,
            okta,
            fetched: fetched || (reads && in_time),
            reads: reads || fetched,
            now,
            made: 0,
            over: false,
        }
    }

    /// The next scheduled rotation.
    pub fn start(mut self) -> Option<Coming> {
        self.find(|coming| matches!(coming.what, What::Rotates { .. }))
    }

    /// The next of each kind, up to the next scheduled rotation.
    pub fn ahead(&mut self) -> Ahead {
        let mut ahead = Ahead::default();
        for coming in self {
            match coming.what {
                What::Rotates { due } => {
                    ahead.starts = Some((coming.at, due));
                    break;
                }
                What::Deactivated { secret } => (ahead.off_at, ahead.secret) = (Some(coming.at), secret),
                What::Deleted { secret } => (ahead.gone_at, ahead.secret) = (Some(coming.at), secret),
                What::Held { by } => ahead.held = Some(by),
            }
        }
        ahead
    }

    /// Takes what is under way to its end, and shows the record as it is then.
    pub fn done(&mut self) -> &Rotation {
        if self.rotation.operation.is_some() {
            self.turn();
        }
        &self.rotation
    }

    /// Takes what the agenda says is next.
    fn turn(&mut self) -> Turned {
        let Some((at, act)) = agenda(&self.rotation, self.fetched, self.now) else { return Turned::Over };
        self.now = self.now.max(at);
        let actor = Actor::schedule();
        let ask = |trigger| Ask::new(trigger, actor);
        let before = self.rotation.previous.map(|previous| (previous.key, self.previous()));
        match act {
            Act::Wake => {}
            Act::Rotate => {
                let what = What::Rotates { due: self.rotation.schedule.due() };
                // It is run once what comes after it is asked for.
                self.rotation = open(&self.rotation, Kind::Rotate, ask(Trigger::Schedule), self.now);
                return Turned::Shows(Coming { at: self.now, what });
            }
            Act::Retire => self.rotation = open(&self.rotation, Kind::Retire, ask(Trigger::Retire), self.now),
            Act::Attend(problem) => {
                let since = self.now;
                self.rotation.attention = Some(Attention { problem, since, drift: false, attempt: None });
                return Turned::Silent;
            }
            Act::Revoke | Act::Remove => return Turned::Over,
        }
        self.run();
        let Some((key, (active, secret))) = before else { return Turned::Silent };
        // A secret that was published again is not the previous one any more, and was not deleted.
        let now = self.rotation.secret(key).map_or(Status::Gone, |secret| secret.status);
        let what = match (now == Status::Gone, active && now == Status::Inactive) {
            (true, _) => What::Deleted { secret },
            (false, true) => What::Deactivated { secret },
            (false, false) => return Turned::Silent,
        };
        Turned::Shows(Coming { at: self.now, what })
    }

    /// Whether the previous secret is ACTIVE, and its id at Okta.
    fn previous(&self) -> (bool, String) {
        let secret = self.rotation.previous_secret();
        let id = secret.and_then(|secret| secret.okta_id.clone()).filter(|id| !id.starts_with(YET_TO_COME));
        let id = id.unwrap_or_default();
        (secret.is_some_and(|secret| secret.status == Status::Active), id)
    }

    /// Drives the open operation until it rests.
    fn run(&mut self) {
        let mut event = Event::Wake;
        for _ in 0..STEPS {
            let step = handle(&self.rotation, event, self.now);
            self.rotation = step.rotation;
            let mut next = None;
            for effect in step.effects {
                match effect {
                    Effect::Journal(writes) => self.written(&writes),
                    Effect::Draw => next = Some(self.drawn()),
                    Effect::Call(call, asked) => {
                        let record = Record { skew: Some(Duration::zero()), ..Record::default() };
                        next =
                            Some(Event::Answered { call, answer: Answer { record, result: Ok(self.answer(asked)) } });
                    }
                    Effect::Abandon(_) => self.over = true,
                }
            }
            match next {
                Some(next) => event = next,
                None => return,
            }
        }
        self.over = true;
    }

    fn written(&mut self, writes: &[Write]) {
        for write in writes {
            match write {
                Write::Publish(_) => {
                    self.fetched = self.reads;
                    self.rotation.targets.clear();
                }
                Write::Remove => self.over = true,
                Write::Erase(_) | Write::Close(_) => {}
            }
        }
    }

    fn drawn(&mut self) -> Event {
        self.made += 1;
        Event::Drawn { key: Uuid::from_u128(self.made), value: SecretValue::new(format!("{:064}", self.made)) }
    }

    fn answer(&mut self, call: Call) -> Reply {
        let app = &self.rotation.app;
        match call {
            Call::App { .. } => Reply::App(SeenApp {
                id: app.id.clone(),
                label: app.label.clone(),
                client_id: app.client_id.clone(),
                client_id_hidden: app.client_id_hidden,
                auth_method: app.auth_method,
                method_name: app.auth_method.as_str().into(),
                sign_on: "OPENID_CONNECT".into(),
                holds: Holds::Secrets,
                status: "ACTIVE".into(),
                redirect_uri: app.redirect_uri.clone(),
            }),
            Call::Secrets { .. } => Reply::Secrets(self.okta.clone()),
            Call::Create { value, .. } => {
                let value = Some(value).filter(|_| self.rotation.verify == Verify::Listed);
                let id = format!("{YET_TO_COME}{}", self.made);
                let made = SeenSecret { id, active: true, value, hash: None, created: Some(self.now) };
                self.okta.push(made.clone());
                Reply::Secret(made)
            }
            Call::Activate { secret_id, .. } => self.switched(&secret_id, true),
            Call::Deactivate { secret_id, .. } => self.switched(&secret_id, false),
            Call::Delete { secret_id, .. } => {
                self.okta.retain(|seen| seen.id != secret_id);
                Reply::Deleted
            }
            Call::Authenticate { .. } => Reply::Verdict(Verdict::Works),
        }
    }

    fn switched(&mut self, id: &str, on: bool) -> Reply {
        match self.okta.iter_mut().find(|seen| seen.id == id) {
            Some(seen) => {
                seen.active = on;
                Reply::Secret(seen.clone())
            }
            None => Reply::Deleted,
        }
    }

    /// What holds the previous secret where nothing more comes by itself.
    fn held(&self) -> Option<Coming> {
        let by = hold(&self.rotation, self.fetched, self.now)?;
        let at = self.rotation.previous?.deactivate_at.unwrap_or(self.now);
        Some(Coming { at: at.max(self.now), what: What::Held { by } })
    }
}

impl Iterator for Forecast {
    type Item = Coming;

    fn next(&mut self) -> Option<Coming> {
        for _ in 0..SILENT {
            if self.over {
                return None;
            }
            match self.turn() {
                Turned::Shows(coming) => return Some(coming),
                Turned::Silent => {}
                Turned::Over => {
                    self.over = true;
                    return self.held();
                }
            }
        }
        self.over = true;
        None
    }
}

/// A secret as Okta shows it to a role that hides values and hashes: it is known by its id. Where its listing is all the
/// test there is, its value is shown.
fn shown(secret: &OktaSecret, verify: Verify) -> Option<SeenSecret> {
    let active = match secret.status {
        Status::Active => true,
        Status::Inactive => false,
        Status::Intended | Status::Gone => return None,
    };
    let value = secret.value.clone().filter(|_| verify == Verify::Listed);
    let id = secret.okta_id.clone()?;
    Some(SeenSecret { id, active, value, hash: None, created: Some(secret.created_at) })
}
