//! The driver: executes effects one by one against [`Okta`] and a disk that holds what was last journalled, so that
//! anything can happen between any two of them.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::judge::Judge;
use super::model::{Okta, Way};
use super::{blank, operator, start, value};
use crate::core::fault::{Class, Code, Fault};
use crate::core::history::{Actor, Entry, Outcome, Trigger};
use crate::core::protocol::call::{Answer, Call, Record, Reply, SeenSecret};
use crate::core::protocol::event::{Effect, Event, Write};
use crate::core::protocol::handle;
use crate::core::protocol::open::{Act, Ask, agenda, open, waits_for_connection};
use crate::core::protocol::phase::Phase;
use crate::core::rotation::{Attention, Consent, Kind, Operation, Rotation};
use crate::core::secret::SecretValue;

/// How often a refused connection is tried.
const PROBE_EVERY: Duration = Duration::minutes(10);

/// A driver that keeps the rules, or one that breaks one of them: the judge has to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    Sound,
    /// Sends a create whose intent it did not write.
    ForgetsIntents,
    /// Shows the machine an old list before a cut.
    KeepsOldLists,
    /// Believes that every secret was fetched.
    IgnoresReaders,
    /// Continues after a crash as if the call that was out had never been made.
    RepeatsAfterCrash,
    /// Forgets that a cut without an answer can still arrive.
    ForgetsCuts,
    /// Makes room for a due rotation.
    CutsOnSchedule,
    /// Does not compare its clock with Okta's.
    TrustsItsClock,
    /// Counts secrets as gone where the app is.
    TakesAGoneAppForGoneSecrets,
}

#[derive(Clone, Debug, Default)]
pub struct Disk {
    pub rotation: Option<Rotation>,
    /// What consumers read, newest last.
    pub versions: Vec<(Uuid, SecretValue)>,
    pub history: Vec<Entry>,
    pub removed: bool,
}

#[derive(Clone)]
pub struct World {
    pub okta: Okta,
    pub memory: Option<Rotation>,
    pub disk: Disk,
    pub queue: VecDeque<Effect>,
    pub now: DateTime<Utc>,
    pub driver: Driver,
    /// Whether the published version was fetched.
    pub fetched: bool,
    /// Whether someone fetches each version as soon as it is published.
    pub readers: bool,
    /// The connection was refused: when it is probed next. Only a call with its own credential can tell that.
    pub down: Option<DateTime<Utc>>,
    /// Steps and history are dropped as they come.
    pub lean: bool,
    /// What the operator who asked was shown.
    pub reported: Option<Fault>,
    pub calls: Vec<&'static str>,
    /// The newest list that the machine was shown, and whether it was the last call.
    pub list: Vec<SeenSecret>,
    pub list_is_fresh: bool,
    /// Okta's clock less ours when it was read.
    pub list_skew: Duration,
    /// The value of the create that was sent since the newest list.
    pub sent: Option<SecretValue>,
    /// What a list showed at the newest publication.
    old_list: Vec<SeenSecret>,
    /// Due dates by attempt.
    pub dues: BTreeMap<Uuid, chrono::NaiveDate>,
    pub judge: Judge,
    pub revoked: bool,
    pub attempts: u32,
    pub drawn: u32,
    /// Calls since the machine last rested.
    pub busy: u32,
}

impl World {
    pub fn new(originals: u32) -> Self {
        Self {
            okta: Okta::new(originals),
            memory: Some(blank()),
            disk: Disk::default(),
            queue: VecDeque::new(),
            now: start(),
            driver: Driver::Sound,
            fetched: false,
            readers: true,
            down: None,
            lean: false,
            reported: None,
            calls: Vec::new(),
            list: Vec::new(),
            list_is_fresh: false,
            list_skew: Duration::zero(),
            sent: None,
            old_list: Vec::new(),
            dues: BTreeMap::new(),
            judge: Judge::default(),
            revoked: false,
            attempts: 0,
            drawn: 0,
            busy: 0,
        }
    }

    /// A rotation that was created on an app with one secret, whose original secret is gone by now.
    pub fn running() -> Self {
        let mut world = Self::new(1);
        world.create(Consent { original_off_at: Some(world.now + Duration::days(20)), ..Consent::default() });
        world.run();
        world.pass_until(start() + Duration::days(25));
        assert!(world.rotation().previous.is_none() && world.rotation().current.is_some());
        world.calls.clear();
        world
    }

    pub fn rotation(&self) -> &Rotation {
        self.memory.as_ref().expect("there is a rotation")
    }

    pub fn rotation_mut(&mut self) -> &mut Rotation {
        self.memory.as_mut().expect("there is a rotation")
    }

    pub fn operation(&self) -> Option<&Operation> {
        self.memory.as_ref()?.operation.as_ref()
    }

    /// Okta's id of the published secret.
    pub fn current_id(&self) -> String {
        self.rotation().current_secret().and_then(|secret| secret.okta_id.clone()).expect("something is published")
    }

    /// Creates the rotation.
    pub fn create(&mut self, consent: Consent) {
        self.open(Kind::Rotate, Trigger::Create, operator(), consent);
    }

    pub fn open(&mut self, kind: Kind, trigger: Trigger, actor: Actor, consent: Consent) {
        self.attempts += 1;
        let attempt = Uuid::from_u128(0xa000 + u128::from(self.attempts));
        let rotation = self.rotation();
        if trigger == Trigger::Schedule {
            let date = rotation.schedule.local_date(rotation.schedule.due());
            self.dues.insert(attempt, date);
        }
        self.memory = Some(open(self.rotation(), kind, Ask { attempt, trigger, actor, consent }, self.now));
        self.tell(Event::Wake);
    }

    /// Gives the machine an event, and queues what it wants done.
    pub fn tell(&mut self, event: Event) {
        let transition = handle(self.rotation(), event, self.now);
        let calls = transition.effects.iter().filter(|effect| matches!(effect, Effect::Call(..))).count();
        let last = matches!(transition.effects.last(), Some(Effect::Call(..)));
        self.judge.expect(calls == 0 || (calls == 1 && last), "a call is the last effect, and the only one");
        self.queue.extend(transition.effects);
        let waits = waits_for_connection(&transition.rotation) && !waits_for_connection(self.rotation());
        self.judge.expect(!waits || self.down.is_some(), "8: it waits for a connection that is fine");
        self.memory = Some(transition.rotation);
        if self.driver == Driver::ForgetsCuts {
            self.rotation_mut().secrets.iter_mut().for_each(|secret| secret.cut_out = None);
        }
        if self.lean
            && let Some(operation) = self.memory.as_mut().and_then(|rotation| rotation.operation.as_mut())
        {
            operation.steps.clear();
        }
    }

    /// Executes the next effect; a call goes this way.
    pub fn execute(&mut self, way: Way) {
        self.now += Duration::milliseconds(200);
        match self.queue.pop_front().expect("an effect is queued") {
            Effect::Journal(writes) => self.write(writes),
            Effect::Draw => {
                self.drawn += 1;
                let key = Uuid::from_u128(0xd000 + u128::from(self.drawn));
                self.tell(Event::Drawn { key, value: value(self.drawn) });
            }
            Effect::Call(number, call) => {
                let answer = self.call(&call, way);
                self.judge_disk();
                self.tell(Event::Answered { call: number, answer });
            }
            Effect::Abandon(fault) => {
                self.reported = Some(fault);
                if self.disk.rotation.is_none() {
                    self.memory = None;
                }
            }
        }
        self.judge_disk();
    }

    fn call(&mut self, call: &Call, way: Way) -> Answer {
        self.busy += 1;
        self.judge.expect(self.busy < 60, "the machine comes to rest");
        self.calls.push(call.step());
        self.judge_call(call);
        if let Call::Create { value, .. } = call {
            self.sent = Some(value.clone());
        }
        let is_list = matches!(call, Call::Secrets { .. });
        let retiring = self.operation().is_some_and(|operation| operation.kind == Kind::Retire);
        if is_list && retiring && self.driver == Driver::KeepsOldLists {
            let record = Record { status: Some(200), skew: Some(Duration::zero()), ..Record::default() };
            return Answer { record, result: Ok(Reply::Secrets(self.old_list.clone())) };
        }
        let mut answer = self.okta.perform(call, way, self.now);
        if self.driver == Driver::TrustsItsClock {
            answer.record.skew = answer.record.skew.map(|_| Duration::zero());
        }
        let gone = answer.result.as_ref().is_err_and(|fault| fault.code == Code::AppGone);
        if is_list && gone && self.driver == Driver::TakesAGoneAppForGoneSecrets {
            answer.result = Ok(Reply::Secrets(Vec::new()));
        }
        let refused = answer.result.as_ref().is_err_and(|fault| fault.class() == Class::Connection);
        if refused && !matches!(call, Call::Authenticate { .. }) {
            self.down = Some(self.now + PROBE_EVERY);
        }
        self.list_is_fresh = false;
        if let Ok(Reply::Secrets(list)) = &answer.result {
            self.list.clone_from(list);
            self.list_is_fresh = true;
            self.list_skew = self.okta.skew;
            self.sent = None;
        }
        answer
    }

    fn write(&mut self, writes: Vec<Write>) {
        let memory = self.rotation().clone();
        let creating = memory.operation.as_ref().is_some_and(|operation| operation.phase == Phase::Creating);
        if creating && self.driver == Driver::ForgetsIntents {
            return;
        }
        let attempt = memory.operation.as_ref().map(|operation| operation.attempt);
        let (schedule, now) = (memory.schedule.clone(), self.okta_now());
        self.disk.rotation = Some(memory);
        for write in writes {
            match write {
                Write::Publish(key) => {
                    let secret = self.rotation().secret(key).expect("what is published is known").clone();
                    let at = self.okta_now();
                    self.judge.published(&secret, at);
                    self.disk.versions.push((key, secret.value.expect("what is published has a value")));
                    self.fetched = self.readers;
                    self.old_list = self.okta.list();
                }
                Write::Erase(key) => self.disk.versions.retain(|(from, _)| *from != key),
                Write::Close(entry) => {
                    if entry.new_secret_id.is_none() {
                        self.judge.gave_up(entry.id, |date| schedule.due_on(date).due() > now);
                    }
                    if !self.lean {
                        self.disk.history.push(*entry);
                    }
                }
                Write::Remove => self.remove(),
            }
        }
        if let Some(attempt) = attempt
            && let Some(date) = self.dues.get(&attempt)
        {
            self.judge.consumed(attempt, *date);
        }
    }

    pub fn remove(&mut self) {
        self.disk.removed = true;
        // A revoked rotation takes its published secrets with it; else they stay, as plain ones.
        if self.rotation().leaving.as_ref().is_some_and(|leaving| leaving.revoke) {
            self.judge_revoked();
            self.disk.versions.clear();
        }
        self.disk.rotation = None;
        self.memory = None;
        self.queue.clear();
    }

    /// Executes effects until the machine rests.
    pub fn run(&mut self) {
        while !self.queue.is_empty() {
            self.execute(Way::Clear);
        }
        self.busy = 0;
        self.judge_rest();
        self.judge.assert();
    }

    /// Executes effects until a call of this name is next, which then goes this way.
    pub fn meet(&mut self, step: &str, way: Way) {
        self.stop_before(step);
        self.execute(way);
    }

    /// Executes effects, and lets time pass, until a call of this name is next.
    pub fn stop_before(&mut self, step: &str) {
        for _ in 0..500 {
            match self.queue.front() {
                Some(Effect::Call(_, call)) if call.step() == step => return,
                Some(_) => self.execute(Way::Clear),
                None => assert!(self.next().is_some(), "nothing leads to {step:?} any more; made {:?}", self.calls),
            }
        }
        panic!("{step:?} is never called; made {:?}", self.calls);
    }

    /// What happens next by itself, once the machine rests.
    pub fn next(&mut self) -> Option<Act> {
        assert!(self.queue.is_empty(), "first the effects");
        self.judge_rest();
        self.busy = 0;
        let (at, act, held) = self.due()?;
        self.now = self.now.max(at);
        if held {
            self.down = None; // The connection was probed, and is well again.
            return Some(act);
        }
        match &act {
            Act::Wake => self.tell(Event::Wake),
            Act::Rotate => self.open(Kind::Rotate, Trigger::Schedule, Actor::schedule(), Consent::default()),
            Act::Retire if self.driver == Driver::CutsOnSchedule => {
                let consent = Consent { cut_previous: true, ..Consent::default() };
                self.open(Kind::Rotate, Trigger::Schedule, Actor::schedule(), consent);
            }
            Act::Retire => self.open(Kind::Retire, Trigger::Retire, Actor::schedule(), Consent::default()),
            Act::Revoke => self.open(Kind::Delete, Trigger::Delete, operator(), Consent::default()),
            Act::Attend(problem) => {
                let since = self.now;
                let attention = Attention { problem: problem.clone(), since, drift: false, attempt: None };
                self.rotation_mut().attention = Some(attention);
                self.disk.rotation = self.memory.clone();
            }
            Act::Remove => self.remove(),
        }
        Some(act)
    }

    /// What happens by itself next, and when; or when the connection is probed that holds it back.
    fn due(&self) -> Option<(DateTime<Utc>, Act, bool)> {
        let rotation = self.memory.as_ref()?;
        let fetched = self.fetched || self.driver == Driver::IgnoresReaders;
        let (at, act) = agenda(rotation, fetched, self.now)?;
        let needs = match act {
            Act::Wake => waits_for_connection(rotation),
            Act::Rotate | Act::Retire => true,
            Act::Attend { .. } | Act::Revoke | Act::Remove => false,
        };
        Some(match self.down.filter(|_| needs) {
            Some(probe_at) => (at.max(probe_at), act, true),
            None => (at, act, false),
        })
    }

    /// Lets time pass, with all that happens by itself in it.
    pub fn pass_until(&mut self, until: DateTime<Utc>) {
        for _ in 0..2_000 {
            self.run();
            match self.due() {
                Some((at, ..)) if at <= until => self.next(),
                Some(_) | None => break,
            };
        }
        self.now = self.now.max(until);
    }

    /// How the newest attempt ended.
    pub fn ended(&self) -> (Outcome, String) {
        self.disk.history.last().map(|entry| (entry.outcome, entry.message())).expect("an attempt has ended")
    }
}
