//! What an operator decides about the secrets: back to the previous one, off now, kept, published untested or withdrawn.

use chrono::Duration;

use super::model::Way;
use super::world::World;
use super::{days, start};
use crate::core::history::Outcome;
use crate::core::protocol::retire::hold;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Consent, Status};

/// Two days after a rotation: the previous secret is ACTIVE.
fn overlapping() -> World {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    world.calls.clear();
    world
}

/// The previous secret is off, and soaks.
fn soaking() -> World {
    let mut world = overlapping();
    world.stop_before("deactivate");
    world.run();
    world.calls.clear();
    world
}

fn previous_id(world: &World) -> String {
    world.rotation().previous_secret().and_then(|secret| secret.okta_id.clone()).expect("a previous secret")
}

#[test]
fn a_secret_whose_deactivation_may_still_arrive_is_published_only_after_that() {
    let mut world = overlapping();
    world.stop_before("deactivate");
    world.execute(Way::Late);
    world.run();
    let before = world.now;
    world.roll_back();
    world.run();
    assert_eq!(world.judge.publications, 2, "not yet");
    world.pass_until(before + Duration::minutes(3));
    assert_eq!(world.judge.publications, 3);
    assert!(world.calls.contains(&"activate"), "it did arrive: {:?}", world.calls);
}

#[test]
fn one_that_does_not_authenticate_is_not_published_and_is_retired_on_its_dates_again() {
    let mut world = soaking();
    let (previous, current) = (previous_id(&world), world.current_id());
    world.roll_back();
    for _ in 0..6 {
        world.meet("verify", Way::Refused);
        world.run();
    }
    world.run();
    assert_eq!(world.current_id(), current);
    assert_eq!(world.ended().0, Outcome::Attention);
    world.pass_until(world.now + days(3));
    assert!(world.okta.find(&previous).is_none(), "{:?}", world.calls);
}

#[test]
fn there_is_no_way_back_to_a_secret_that_others_deleted() {
    let mut world = overlapping();
    let back = previous_id(&world);
    world.okta.drop_secret(&back);
    world.roll_back();
    world.run();
    assert_eq!(world.judge.publications, 2);
    assert!(world.operation().is_none() && world.rotation().auto, "nothing was changed");
}

#[test]
fn off_now_is_off_now_whoever_has_not_read_and_though_it_is_paused() {
    let mut world = overlapping();
    world.fetched = false;
    world.rotation_mut().auto = false;
    let previous = previous_id(&world);
    world.retire(true);
    world.run();
    assert!(world.okta.find(&previous).is_some_and(|held| !held.active));
    assert_eq!(hold(world.rotation(), false, world.now), Some(Hold::Paused), "the pause holds the deletion again");
    world.settings(|rotation| rotation.auto = true);
    world.pass_until(world.now + Duration::hours(23));
    assert!(world.okta.find(&previous).is_some(), "the soak stays");
    world.pass_until(world.now + Duration::hours(2));
    assert!(world.okta.find(&previous).is_none());
}

#[test]
fn what_is_kept_stays_as_it_is_also_when_a_call_was_out() {
    let mut world = overlapping();
    let previous = previous_id(&world);
    world.stop_before("deactivate");
    world.settings(|rotation| {
        let previous = rotation.previous.as_mut().expect("the one before");
        (previous.deactivate_at, previous.delete_at) = (None, None);
    });
    world.run();
    world.pass_until(world.now + days(200));
    assert!(world.okta.find(&previous).is_some_and(|held| !held.active), "off, and not deleted");
    assert_eq!(hold(world.rotation(), true, world.now), Some(Hold::NoDate));
}

#[test]
fn a_retirement_that_waits_for_okta_makes_way_for_whoever_wants_the_secret_kept() {
    let mut world = overlapping();
    world.meet("read secrets", Way::Fails);
    world.run();
    world.retire(false);
    assert!(world.operation().is_none());
    world.pass_until(world.now + days(20));
    assert!(!world.calls.contains(&"deactivate"));
}

#[test]
fn a_secret_that_others_switched_on_goes_only_when_asked_for_again() {
    let mut world = soaking();
    let previous = previous_id(&world);
    world.okta.switch(&previous, true, world.now);
    world.retire(true);
    world.run();
    assert_eq!(world.ended().0, Outcome::Attention);
    assert!(world.okta.find(&previous).is_some_and(|held| held.active));
    world.retire(true);
    world.run();
    assert!(world.okta.find(&previous).is_some_and(|held| !held.active), "{:?}", world.calls);
}

#[test]
fn what_cannot_be_verified_is_published_or_withdrawn_as_an_operator_says() {
    for publish in [true, false] {
        let mut world = World::running();
        let current = world.current_id();
        world.okta.refuses_all = true;
        world.ask(Consent::default());
        world.run();
        world.pass_until(world.now + Duration::hours(3));
        assert!(world.rotation().attention.is_some(), "no one can tell");
        world.resolve(publish);
        world.run();
        assert_eq!(world.current_id() != current, publish);
        assert_eq!(world.okta.held.len(), if publish { 2 } else { 1 });
        assert!(world.operation().is_none());
        assert!(world.okta.find(&current).is_some_and(|held| held.active));
    }
}

#[test]
fn a_decision_while_the_next_test_is_awaited_is_followed_at_once() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("verify", Way::Refused);
    world.run();
    world.resolve(false);
    world.run();
    assert_eq!(world.ended().0, Outcome::Failed);
    assert!(world.rotation().secrets.iter().filter(|secret| secret.status == Status::Active).count() == 1);
}

#[test]
fn withdrawing_never_takes_the_last_secret_that_works() {
    let mut world = World::running();
    let current = world.current_id();
    world.okta.refuses_all = true;
    world.ask(Consent::default());
    world.meet("verify", Way::Refused);
    world.run();
    world.okta.switch(&current, false, world.now);
    world.resolve(false);
    world.run();
    assert!(world.okta.held.iter().any(|held| held.active), "{:?}", world.calls);
    assert!(world.rotation().attention.is_some());
}
