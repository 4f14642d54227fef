//! What can go wrong, and where: what happens to a call, what others do at Okta and to the clock, what an operator decides.

use chrono::Duration;

use super::super::model::{Maker, Way};
use super::super::world::World;
use crate::core::cause::MachineCause;
use crate::core::fault::Fault;
use crate::core::protocol::call::Call;
use crate::core::protocol::event::{Effect, Event};
use crate::core::remedy::OnMachine;
use crate::core::rotation::{AuthMethod, Consent, Kind, Rotation, Verify};

/// Something that goes wrong just before, or with, the next effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    Crash,
    /// The effect happens, and then the process ends before it knows.
    CrashAfter,
    Call(Way),
    /// This machine gives no random bytes.
    NothingIsDrawn,
    StrangerComes,
    Others(Whose, Deed),
    /// No one fetches what is published from now on.
    ReadersSleep,
    /// An operator rotates, and agrees that the previous secret is cut short.
    PersonRotates,
    /// An operator rotates, and has the old secret deactivated at once.
    PersonReplacesALeak,
    /// An operator goes back to the previous secret.
    PersonRollsBack,
    /// An operator has the previous secret deactivated now, or kept.
    PersonRetires(bool),
    /// An operator decides what becomes of a secret that cannot be verified: published, or withdrawn.
    PersonResolves(bool),
    /// An operator has new secrets published untested from now on.
    PersonTestsNoMore,
    /// An operator pauses for two days, or until resumed.
    PersonPauses(bool),
    /// An operator resumes.
    PersonResumes,
    /// An operator deletes the rotation, with or without revoking its secrets.
    PersonDeletes(bool),
    /// An operator has what waits tried again.
    PersonRetries,
    /// This machine's clock jumps by so many hours.
    ClockJumps(i64),
    /// It is set right.
    ClockIsSet,
    /// The app is changed at Okta.
    App(Change),
    /// The daily look comes.
    Check,
}

/// What can become of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Inactive,
    Deleted,
    Uses(AuthMethod),
    Back,
}

/// An hour and a year.
const JUMPS: [i64; 4] = [1, -1, 365 * 24, -365 * 24];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Current,
    Previous,
    Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Off,
    On,
    Delete,
}

/// An effect in a word.
pub fn named(effect: &Effect) -> &'static str {
    match effect {
        Effect::Journal(_) => "journal",
        Effect::Draw => "draw",
        Effect::Call(_, call) => call.step(),
        Effect::Abandon(_) => "abandon",
    }
}

impl Mishap {
    /// What can go wrong here.
    pub fn at(world: &World) -> Vec<Self> {
        let mut all = vec![Self::Crash];
        if let Some(rotation) = &world.disk.rotation
            && rotation.leaving.is_none()
        {
            all.extend([Self::PersonDeletes(false), Self::PersonDeletes(true)]);
            if rotation.operation.is_none() && world.queue.is_empty() {
                all.extend([Self::PersonRotates, Self::PersonReplacesALeak]);
            }
            all.extend(Self::of_previous(world, rotation));
            if rotation.operation.as_ref().is_some_and(|it| it.kind == Kind::Rotate && it.pending.is_some()) {
                all.extend([Self::PersonResolves(true), Self::PersonResolves(false)]);
                if rotation.verify != Verify::Listed {
                    all.push(Self::PersonTestsNoMore);
                }
            }
            if rotation.auto && rotation.paused_until.is_none() {
                all.extend([Self::PersonPauses(false), Self::PersonPauses(true)]);
            } else {
                all.push(Self::PersonResumes);
            }
        }
        if world.queue.is_empty() {
            all.extend(Self::at_rest(world));
        }
        if let Some(Effect::Draw) = world.queue.front() {
            all.push(Self::NothingIsDrawn);
        }
        let Some(Effect::Call(_, call)) = world.queue.front() else { return all };
        all.extend([Way::Fails, Way::Limited, Way::TokenRefused].map(Self::Call));
        if call.changes() {
            all.extend([Way::LostBefore, Way::LostAfter, Way::FailsAfter].map(Self::Call));
            all.push(Self::CrashAfter);
        }
        match call {
            Call::Create { .. } => all.extend([Way::Late, Way::ValueRefused].map(Self::Call)),
            Call::Deactivate { .. } | Call::Delete { .. } => all.extend([Way::Late, Way::Later].map(Self::Call)),
            Call::Authenticate { .. } => all.push(Self::Call(Way::Refused)),
            Call::App { .. } => all.push(Self::ReadersSleep),
            _ => {}
        }
        // A secret that appears before the first step of a creation counts as one of the app's originals.
        if world.okta.held.len() < 2 && world.disk.rotation.is_some() {
            all.push(Self::StrangerComes);
        }
        for whose in [Whose::Current, Whose::Previous, Whose::Pending] {
            let held = whose.id(world).and_then(|id| world.okta.find(&id));
            match held.map(|held| held.active) {
                Some(true) => all.extend([Self::Others(whose, Deed::Off), Self::Others(whose, Deed::Delete)]),
                Some(false) => all.extend([Self::Others(whose, Deed::On), Self::Others(whose, Deed::Delete)]),
                None => {}
            }
        }
        all.extend(Self::of_clock_and_app(world));
        all
    }

    /// What can come while nothing is out.
    fn at_rest(world: &World) -> Vec<Self> {
        let Some(rotation) = &world.memory else { return Vec::new() };
        let mut all = Self::of_clock_and_app(world);
        if rotation.operation.is_some() {
            all.push(Self::PersonRetries);
        } else if rotation.current.is_some() && rotation.leaving.is_none() {
            all.push(Self::Check);
        }
        all
    }

    fn of_clock_and_app(world: &World) -> Vec<Self> {
        let mut all = Vec::new();
        if world.okta.skew == Duration::zero() {
            all.extend(JUMPS.map(Self::ClockJumps));
        } else {
            all.push(Self::ClockIsSet);
        }
        if world.disk.rotation.is_none() {
            return all; // An app that cannot be rotated is refused before anything exists.
        }
        let good = crate::core::protocol::tests::app();
        if !world.okta.app_gone && world.okta.app == good {
            all.extend([Change::Inactive, Change::Deleted].map(Self::App));
            all.extend([AuthMethod::PrivateKeyJwt, AuthMethod::None].map(|method| Self::App(Change::Uses(method))));
        } else {
            all.push(Self::App(Change::Back));
        }
        all
    }

    /// What an operator can want of the previous secret while nothing is out.
    fn of_previous(world: &World, rotation: &Rotation) -> Vec<Self> {
        let retiring = rotation.operation.as_ref().is_none_or(|operation| operation.kind == Kind::Retire);
        if rotation.previous.is_none() || !world.queue.is_empty() || !retiring {
            return Vec::new();
        }
        vec![Self::PersonRollsBack, Self::PersonRetires(true), Self::PersonRetires(false)]
    }

    pub fn strike(self, world: &mut World) {
        match self {
            Self::Crash => world.crash(),
            Self::CrashAfter => world.crash_after(),
            Self::Call(way) => world.execute(way),
            Self::NothingIsDrawn => {
                world.queue.pop_front();
                world.tell(Event::Failed(
                    Fault::precondition(MachineCause::NoRandom(None)).and(OnMachine::SeeKernelLog),
                ));
            }
            Self::StrangerComes => {
                let value = crate::core::secret::SecretValue::new("made-by-a-stranger");
                world.okta.make(value, Maker::Stranger);
            }
            Self::Others(whose, deed) => {
                let id = whose.id(world).expect("it is there");
                match deed {
                    Deed::Off => world.okta.switch(&id, false, world.now),
                    Deed::On => world.okta.switch(&id, true, world.now),
                    Deed::Delete => world.okta.drop_secret(&id),
                }
            }
            Self::ReadersSleep => world.readers = false,
            Self::PersonRotates => world.ask(Consent { cut_previous: true, ..Consent::default() }),
            Self::PersonReplacesALeak => {
                world.ask(Consent { cut_previous: true, retire_now: true, ..Consent::default() });
            }
            Self::PersonRollsBack => world.roll_back(),
            Self::PersonRetires(now) => world.retire(now),
            Self::PersonResolves(publish) => world.resolve(publish),
            Self::PersonTestsNoMore => world.settings(|rotation| rotation.verify = Verify::Listed),
            Self::PersonPauses(for_good) => {
                let until = (!for_good).then(|| world.now + Duration::days(2));
                world.settings(|rotation| {
                    rotation.auto = !for_good;
                    rotation.paused_until = until;
                });
            }
            Self::PersonResumes => world.resume(),
            Self::PersonDeletes(revoke) => world.delete(revoke),
            Self::PersonRetries => world.tell(Event::Wake),
            Self::ClockJumps(hours) => world.clock_jumps(Duration::hours(hours)),
            Self::ClockIsSet => world.clock_is_set(),
            Self::App(change) => match change {
                Change::Inactive => world.okta.app.status = "INACTIVE".into(),
                Change::Deleted => world.okta.app_gone = true,
                Change::Uses(method) => world.okta.use_method(method),
                Change::Back => world.okta.restore_app(),
            },
            Self::Check => world.check(),
        }
    }
}

impl Whose {
    fn id(self, world: &World) -> Option<String> {
        let rotation = world.memory.as_ref()?;
        match self {
            Self::Current => rotation.current_secret()?.okta_id.clone(),
            Self::Previous => rotation.previous_secret()?.okta_id.clone(),
            Self::Pending => {
                let pending = rotation.operation.as_ref()?.pending?;
                let value = rotation.secret(pending)?.value.as_ref()?;
                world.okta.held.iter().find(|held| held.value == *value).map(|held| held.id.clone())
            }
        }
    }
}
