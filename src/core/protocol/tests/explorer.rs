//! Looks for what no one thought of: a creation and two scheduled rotations with their retirements (three secrets that
//! are published one after another), with a few mishaps anywhere, each state visited once. After every effect the judge
//! looks at the promises; once the mishaps are over the run must reach its goal, or stand still and need attention.
//!
//! It tries no mishap, then one, then two, so that what it reports is a shortest schedule. Two are tried with every test
//! run. Three take minutes, and are to be tried after a change of the protocol:
//!
//! ```text
//! WINDLASS_EXPLORE=3 cargo test --release --lib explorer::as_many -- --nocapture
//! ```
//!
//! With WINDLASS_PUBLISHED=4 it continues through one more rotation, and so on.

mod mishap;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::Duration;

use super::model::Way;
use super::start;
use super::world::{Driver, World};
use crate::core::protocol::turn::MAY_ARRIVE;
use crate::core::rotation::{Consent, Unanswered, Verify};
use mishap::{Mishap, named};

/// A creation and two scheduled rotations.
const PUBLISHED: u32 = 3;

/// What the search has seen, and what it found.
struct Search {
    /// How many secrets are published, one after another, until it is over.
    published: u32,
    /// The most mishaps that were left when a state was visited.
    visited: HashMap<u64, u32>,
    found: Option<String>,
    runs: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Role {
    originals: u32,
    hide_values: bool,
    hide_hashes: bool,
    verify: Verify,
}

/// Every role there can be, with and without an original secret.
fn roles() -> impl Iterator<Item = Role> {
    let hidden = [(false, false), (true, false), (true, true)];
    let role = move |originals| {
        hidden.map(|(hide_values, hide_hashes)| Role { originals, hide_values, hide_hashes, verify: Verify::default() })
    };
    [0, 1].into_iter().flat_map(role)
}

/// Tries no mishap, one, and so on.
fn search(driver: Driver, role: Role, mishaps: u32, published: u32) -> Search {
    let mut world = World::new(role.originals);
    world.driver = driver;
    world.lean = true;
    world.rotation_mut().verify = role.verify;
    world.okta.hide_values = role.hide_values;
    world.okta.hide_hashes = role.hide_hashes;
    world.create(Consent { original_off_at: Some(start() + Duration::days(20)), ..Consent::default() });
    let mut search = Search { published, visited: HashMap::new(), found: None, runs: 0 };
    for mishaps in 0..=mishaps {
        search.visited.clear();
        search.runs = 0;
        search.explore(world.clone(), mishaps, &mut Vec::new());
        if search.found.is_some() {
            break;
        }
    }
    search
}

/// Searches with each role, two at a time.
fn with_each_role(mishaps: u32, published: u32) {
    let roles: Vec<Role> = roles().collect();
    std::thread::scope(|scope| {
        for half in roles.chunks(roles.len() / 2) {
            scope.spawn(move || {
                for role in half {
                    let search = search(Driver::Sound, *role, mishaps, published);
                    println!("{role:?}: {} states, {} schedules", search.visited.len(), search.runs);
                    assert_eq!(search.found, None, "{role:?}");
                    assert!(search.runs > 5_000, "{} runs: the search has lost its way", search.runs);
                }
            });
        }
    });
}

impl Search {
    fn explore(&mut self, mut world: World, mishaps: u32, path: &mut Vec<String>) {
        self.runs += 1;
        let mut here = HashSet::new();
        while self.found.is_none() {
            let state = digest(&world);
            if self.visited.get(&state).is_some_and(|left| *left >= mishaps) {
                if here.contains(&state) && world.memory.as_ref().is_some_and(|rotation| rotation.attention.is_none()) {
                    world.judge.violations.push("8: it goes round in circles, and asks for no attention".into());
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
            if !advance(&mut world, self.published) || self.note(&world, path) {
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
fn advance(world: &mut World, published: u32) -> bool {
    if !world.queue.is_empty() {
        world.execute(Way::Clear);
        return true;
    }
    if world.waits_for_clock() {
        world.clock_is_set(); // Which it has said that it needs.
        return true;
    }
    let done = world.judge.publications >= published || world.dues.len() > published as usize;
    if done && world.memory.as_ref().is_none_or(|it| it.operation.is_none() && it.previous.is_none()) {
        return false;
    }
    world.next().is_some()
}

/// What tells two states apart: all that decides what happens next, with times in hours from now.
fn digest(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    let into = &mut hasher;
    // What lies more than two days back is past, however long.
    let hours = |at: chrono::DateTime<chrono::Utc>| (at - world.now).num_hours().max(-48);
    // Settled, or by a clock that was ahead.
    let on_its_way = |out: Unanswered| match out {
        Unanswered::Unseen => None,
        Unanswered::Since(at) => Some((world.now - at >= MAY_ARRIVE, at > world.now)),
    };
    for rotation in [&world.memory, &world.disk.rotation].into_iter().flatten() {
        for secret in &rotation.secrets {
            (secret.key, secret.value.is_some(), &secret.okta_id, secret.status as u8, secret.origin as u8).hash(into);
            let cut = secret.cut_out.map(on_its_way);
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
        let settled = operation.create_out.map(on_its_way);
        (operation.unproven, operation.authenticated, operation.wake_at.map(hours), settled).hash(into);
        let consent = &operation.consent;
        (consent.retire_now, consent.publish_unverified, consent.withdraw, consent.cut_previous).hash(into);
    }
    let skew = world.okta.skew.num_hours();
    // Whether it has said so decides whether someone sets the clock.
    (skew, world.waits_for_clock(), world.down.map(hours)).hash(into);
    (world.okta.app_gone, world.okta.app.status.len(), world.okta.app.auth_method as u8).hash(into);
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
fn two_mishaps_anywhere_break_no_promise_whatever_the_role_hides() {
    with_each_role(2, PUBLISHED);
}

#[test]
fn two_mishaps_anywhere_break_no_promise_however_a_new_secret_is_tested() {
    for (verify, hidden) in [(Verify::Token, false), (Verify::Listed, false), (Verify::Listed, true)] {
        let role = Role { originals: 1, hide_values: hidden, hide_hashes: hidden, verify };
        let search = search(Driver::Sound, role, 2, PUBLISHED);
        assert_eq!(search.found, None, "{verify:?}, {hidden}");
    }
}

#[test]
fn as_many_mishaps_as_asked_for_break_no_promise() {
    let asked = |name: &str| std::env::var(name).ok().and_then(|count| count.parse().ok());
    if let Some(mishaps) = asked("WINDLASS_EXPLORE") {
        with_each_role(mishaps, asked("WINDLASS_PUBLISHED").unwrap_or(PUBLISHED));
    }
}

#[test]
fn the_explorer_notices_a_driver_that_breaks_a_rule() {
    let role = Role { originals: 1, ..Role::default() };
    for (driver, mishaps, promise) in [
        (Driver::ForgetsIntents, 0, "2: the value of"),
        (Driver::KeepsOldLists, 0, "list read just before"),
        (Driver::CutsOnSchedule, 0, "a scheduled rotation never cuts"),
        (Driver::IgnoresReaders, 1, "6: nothing is deactivated"),
        (Driver::RepeatsAfterCrash, 1, "a create is not sent again"),
        (Driver::TrustsItsClock, 1, "no cut while the clock is off"),
        (Driver::TakesAGoneAppForGoneSecrets, 1, "2: the value of"),
        (Driver::ForgetsCuts, 2, "1: the published secret works"),
    ] {
        let found = search(driver, role, mishaps, PUBLISHED).found.unwrap_or_default();
        assert!(found.contains(promise), "{driver:?}: {found}");
    }
}
