//! Looks for what nobody thought of: a creation and two scheduled rotations with their retirements, with up to two
//! faults anywhere, each state visited once. After every effect the judge looks at the promises; once the faults are
//! over the run must reach its goal, or stand still with a person told.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::Duration;

use super::model::{Maker, Way};
use super::start;
use super::world::{Driver, World};
use crate::core::protocol::call::Call;
use crate::core::protocol::event::Effect;
use crate::core::protocol::turn::SETTLES;
use crate::core::rotation::{Consent, Kind, Rotation, Verify};

/// Something that goes wrong just before, or with, the next effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    Crash,
    /// The effect happens, and then the process ends before it knows.
    CrashAfter,
    Call(Way),
    StrangerComes,
    Others(Whose, Deed),
    /// Nobody fetches what is published from now on.
    ReadersSleep,
    /// A person rotates, and agrees that the previous secret is cut short.
    PersonRotates,
    /// A person rotates, and has the old secret switched off at once.
    PersonReplacesALeak,
    /// A person goes back to the previous secret.
    PersonRollsBack,
    /// A person has the previous secret switched off now, or kept.
    PersonRetires(bool),
    /// A person decides what becomes of a secret that cannot be verified: published, or withdrawn.
    PersonResolves(bool),
    /// A person has new secrets published untested from now on.
    PersonTestsNoMore,
    /// A person pauses for two days, or until resumed.
    PersonPauses(bool),
    /// A person resumes.
    PersonResumes,
    /// A person deletes the rotation, with or without revoking its secrets.
    PersonDeletes(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Current,
    Previous,
    Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Off,
    On,
    Delete,
}

/// What the search has seen, and what it found.
#[derive(Default)]
struct Search {
    /// The most mishaps that were left when a state was visited.
    visited: HashMap<u64, u32>,
    found: Option<String>,
    runs: u32,
}

#[derive(Clone, Copy, Default)]
struct Role {
    originals: u32,
    hide_values: bool,
    hide_hashes: bool,
    verify: Verify,
}

fn search(driver: Driver, role: Role, mishaps: u32) -> Search {
    let mut world = World::new(role.originals);
    world.driver = driver;
    world.lean = true;
    world.rotation_mut().verify = role.verify;
    world.okta.hide_values = role.hide_values;
    world.okta.hide_hashes = role.hide_hashes;
    world.create(Consent { original_off_at: Some(start() + Duration::days(20)), ..Consent::default() });
    let mut search = Search::default();
    search.explore(world, mishaps, &mut Vec::new());
    search
}

impl Search {
    fn explore(&mut self, mut world: World, mishaps: u32, path: &mut Vec<String>) {
        self.runs += 1;
        let mut here = HashSet::new();
        while self.found.is_none() {
            let state = digest(&world);
            if self.visited.get(&state).is_some_and(|left| *left >= mishaps) {
                if here.contains(&state) && world.memory.as_ref().is_some_and(|rotation| rotation.attention.is_none()) {
                    world.judge.violations.push("8: it goes round in circles, and nobody is told".into());
                    self.note(&world, path);
                }
                return;
            }
            self.visited.insert(state, mishaps);
            here.insert(state);
            if mishaps > 0 {
                for mishap in Mishap::at(&world) {
                    path.push(format!(
                        "{:?} at {:?}, day {}",
                        mishap,
                        world.queue.front().map(named),
                        (world.now - start()).num_days()
                    ));
                    let mut other = world.clone();
                    mishap.strike(&mut other);
                    if !self.note(&other, path) {
                        self.explore(other, mishaps - 1, path);
                    }
                    path.pop();
                }
            }
            if !advance(&mut world) || self.note(&world, path) {
                return;
            }
        }
    }

    /// Whether the judge found something.
    fn note(&mut self, world: &World, path: &[String]) -> bool {
        let broken = !world.judge.violations.is_empty();
        if broken && self.found.is_none() {
            let end = world.calls.iter().rev().take(12).rev().collect::<Vec<_>>();
            self.found = Some(format!("{:#?} after {path:#?}, then {end:?}", world.judge.violations));
        }
        broken
    }
}

/// The next effect, or what happens next by itself; `false` at the end.
fn advance(world: &mut World) -> bool {
    if !world.queue.is_empty() {
        world.execute(Way::Clear);
        return true;
    }
    let done = world.judge.publications >= 3 || world.dues.len() >= 4;
    if done && world.memory.as_ref().is_none_or(|it| it.operation.is_none() && it.previous.is_none()) {
        return false;
    }
    world.next().is_some()
}

fn named(effect: &Effect) -> &'static str {
    match effect {
        Effect::Journal(_) => "journal",
        Effect::Draw => "draw",
        Effect::Call(_, call) => call.step(),
        Effect::Abandon(_) => "abandon",
    }
}

impl Mishap {
    /// What can go wrong here.
    fn at(world: &World) -> Vec<Self> {
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
        // Who comes before the first step of a creation is one of the app's originals.
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
        all
    }

    /// What a person can want of the previous secret while nothing is out.
    fn of_previous(world: &World, rotation: &Rotation) -> Vec<Self> {
        let retiring = rotation.operation.as_ref().is_none_or(|operation| operation.kind == Kind::Retire);
        if rotation.previous.is_none() || !world.queue.is_empty() || !retiring {
            return Vec::new();
        }
        vec![Self::PersonRollsBack, Self::PersonRetires(true), Self::PersonRetires(false)]
    }

    fn strike(self, world: &mut World) {
        match self {
            Self::Crash => world.crash(),
            Self::CrashAfter => {
                if let Some(Effect::Call(_, call)) = world.queue.front().cloned() {
                    world.judge_call(&call);
                    let _ = world.okta.perform(&call, Way::Clear, world.now);
                    if let Call::Create { value, .. } = call {
                        world.sent = Some(value);
                    }
                }
                world.crash();
                world.judge_disk();
            }
            Self::Call(way) => world.execute(way),
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
            Self::PersonResumes => {
                let now = world.now;
                world.settings(|rotation| {
                    rotation.auto = true;
                    rotation.paused_until = None;
                    rotation.schedule = rotation.schedule.settled(now);
                });
            }
            Self::PersonDeletes(revoke) => world.delete(revoke),
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

/// What tells two states apart: all that decides what happens next, with times in hours from now.
fn digest(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    let into = &mut hasher;
    // What lies more than two days back is past, however long.
    let hours = |at: chrono::DateTime<chrono::Utc>| (at - world.now).num_hours().max(-48);
    for rotation in [&world.memory, &world.disk.rotation].into_iter().flatten() {
        for secret in &rotation.secrets {
            (secret.key, secret.value.is_some(), &secret.okta_id, secret.status as u8, secret.origin as u8).hash(into);
            let cut = secret.cut_sent_at.map(|at| world.now - at >= SETTLES);
            (secret.published.is_some(), secret.deactivated_at.is_some(), cut).hash(into);
        }
        let leaving = rotation.leaving.as_ref().map(|leaving| leaving.revoke);
        (rotation.current, rotation.attention.is_some(), rotation.schedule.anchor, leaving).hash(into);
        (rotation.auto, rotation.paused_until.map(hours), rotation.verify as u8).hash(into);
        if let Some(previous) = &rotation.previous {
            let at = [previous.deactivate_at, previous.delete_at, previous.look_at].map(|at| at.map(hours));
            (previous.key, at, previous.asked).hash(into);
        }
        let Some(operation) = &rotation.operation else { continue };
        std::mem::discriminant(&operation.phase).hash(into);
        (operation.kind as u8, operation.pending, &operation.known_before, operation.journaled).hash(into);
        (operation.withdrawing.is_some(), operation.redrawn, operation.refusals.min(6), operation.tries.min(12))
            .hash(into);
        let settled = operation.sent_at.map(|at| world.now - at >= SETTLES);
        (operation.unproven, operation.authenticated, operation.wake_at.map(hours), settled).hash(into);
        let consent = &operation.consent;
        (consent.retire_now, consent.publish_unverified, consent.withdraw, consent.cut_previous).hash(into);
    }
    for held in &world.okta.held {
        (&held.id, held.active, held.off_since.map(hours), world.okta.touched.contains(&held.id)).hash(into);
    }
    for effect in &world.queue {
        named(effect).hash(into);
    }
    (
        world.disk.versions.len(),
        world.okta.late.len(),
        world.okta.later.len(),
        world.fetched,
        world.readers,
        world.busy,
    )
        .hash(into);
    (world.judge.publications, world.dues.len(), world.list_is_fresh).hash(into);
    hasher.finish()
}

#[test]
fn two_faults_anywhere_break_no_promise_whatever_the_role_hides() {
    for originals in [0, 1] {
        for (hide_values, hide_hashes) in [(false, false), (true, false), (true, true)] {
            let search = search(Driver::Sound, Role { originals, hide_values, hide_hashes, ..Role::default() }, 2);
            assert_eq!(search.found, None, "{originals} originals, {hide_values}, {hide_hashes}");
            assert!(search.runs > 5_000, "{} runs: the search has lost its way", search.runs);
        }
    }
}

#[test]
fn two_faults_anywhere_break_no_promise_however_a_new_secret_is_tested() {
    for verify in [Verify::Token, Verify::Listed] {
        for hidden in [false, true] {
            let search =
                search(Driver::Sound, Role { originals: 1, hide_values: hidden, hide_hashes: hidden, verify }, 2);
            assert_eq!(search.found, None, "{verify:?}, {hidden}");
            assert!(search.runs > 5_000, "{} runs: the search has lost its way", search.runs);
        }
    }
}

#[test]
fn three_faults_anywhere_break_no_promise() {
    let search = search(Driver::Sound, Role { originals: 1, ..Role::default() }, 3);
    assert_eq!(search.found, None);
}

#[test]
fn the_explorer_notices_a_driver_that_breaks_a_rule() {
    let role = Role { originals: 1, ..Role::default() };
    for (driver, mishaps, promise) in [
        (Driver::ForgetsIntents, 0, "2: the value of"),
        (Driver::KeepsOldLists, 0, "list read just before"),
        (Driver::IgnoresReaders, 1, "6: nothing is switched off"),
        (Driver::RepeatsAfterCrash, 1, "a create is not sent again"),
        (Driver::ForgetsCuts, 2, "1: the published secret works"),
    ] {
        let found = search(driver, role, mishaps).found.unwrap_or_default();
        assert!(found.contains(promise), "{driver:?}: {found}");
    }
}
