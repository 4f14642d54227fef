//! Case 7: the previous, the current or the new secret switched or deleted by someone else.

use chrono::Duration;

use super::model::{Maker, Way};
use super::world::World;
use super::{days, start, value};
use crate::core::protocol::call::Call;
use crate::core::protocol::event::Effect;
use crate::core::rotation::{Consent, Status};

fn overlapping() -> World {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    assert_eq!((world.judge.publications, world.okta.held.len()), (2, 2));
    world.calls.clear();
    world
}

fn previous_id(world: &World) -> String {
    world.rotation().previous_secret().and_then(|secret| secret.okta_id.clone()).expect("there is one")
}

#[test]
fn case_7_a_current_secret_that_others_deleted_does_not_orphan_the_previous_one() {
    let mut world = overlapping();
    let (current, previous) = (world.current_id(), previous_id(&world));
    world.okta.drop_secret(&current);
    world.ask(Consent::default());
    world.run();
    assert_eq!(world.judge.publications, 3);
    assert_eq!(previous_id(&world), previous, "it stays the one that has to go");
    world.pass_until(start() + days(120));
    assert!(world.okta.find(&previous).is_none(), "{:?}", world.calls);
    assert!(world.judge.publications > 3 && world.rotation().attention.is_none());
}

#[test]
fn case_7_a_current_secret_that_was_off_and_on_again_retires_later_like_any_other() {
    let mut world = overlapping();
    let current = world.current_id();
    world.okta.switch(&current, false, world.now);
    world.pass_until(start() + days(38));
    world.okta.switch(&current, true, world.now);
    world.pass_until(start() + days(80));
    assert_eq!(world.judge.publications, 3);
    assert!(world.okta.find(&current).is_none(), "{:?}", world.rotation().attention);
}

#[test]
fn case_7_a_previous_secret_that_was_on_in_between_soaks_anew() {
    let mut world = overlapping();
    let previous = previous_id(&world);
    world.stop_before("deactivate");
    world.run();
    let off_at = world.now;
    world.okta.switch(&previous, true, world.now);
    world.ask(Consent::default());
    world.run();
    assert!(world.reported.is_some(), "there is no room, and no one agreed to a cut");
    world.pass_until(off_at + Duration::hours(12));
    world.okta.switch(&previous, false, world.now);
    world.ask(Consent::default());
    world.run();
    let off_again = world.now;
    world.stop_before("delete");
    assert!(world.now >= off_again + Duration::hours(24), "off for {} only", world.now - off_again);
}

#[test]
fn case_7_a_previous_secret_that_others_switched_off_is_not_deleted_before_its_successor_was_fetched() {
    let mut world = World::running();
    let old = world.current_id();
    world.okta.switch(&old, false, world.now);
    world.readers = false;
    world.pass_until(start() + days(45));
    assert_eq!(world.judge.publications, 2);
    assert!(world.okta.find(&old).is_some(), "it can still be reactivated");
    world.fetched = true;
    world.pass_until(start() + days(50));
    assert!(world.okta.find(&old).is_none());
}

#[test]
fn a_secret_that_stays_off_though_okta_says_otherwise_is_not_switched_on_in_a_tight_loop() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("create", Way::LostAfter);
    let new = world.okta.held.last().map(|held| held.id.clone()).expect("just made");
    world.okta.switch(&new, false, world.now);
    world.stop_before("activate");
    let Some(Effect::Call(number, Call::Activate { .. })) = world.queue.pop_front() else { panic!("it is next") };
    let seen = world.okta.list().into_iter().find(|seen| seen.id == new).expect("it is there");
    let answer = crate::core::protocol::call::Answer {
        record: crate::core::protocol::call::Record::default(),
        result: Ok(crate::core::protocol::call::Reply::Secret(seen)),
    };
    world.tell(crate::core::protocol::event::Event::Answered { call: number, answer });
    assert!(world.operation().is_some_and(|operation| operation.wake_at.is_some()), "it waits a while");
}

#[test]
fn case_7_a_refused_new_secret_is_tested_again_where_the_published_one_went_off_meanwhile() {
    let mut world = World::running();
    let current = world.current_id();
    world.ask(Consent::default());
    for _ in 0..6 {
        world.meet("verify", Way::Refused);
    }
    world.meet("verify", Way::Clear);
    world.okta.switch(&current, false, world.now);
    world.run();
    world.pass_until(world.now + days(1));
    assert_eq!(world.judge.publications, 2, "the new one is all there is: {:?}", world.calls);
    assert!(!world.calls.contains(&"deactivate"));
}

#[test]
fn case_8_a_strangers_second_secret_holds_the_retirement() {
    let mut world = overlapping();
    let previous = previous_id(&world);
    world.stop_before("deactivate");
    world.run();
    world.okta.drop_secret(&previous);
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.pass_until(start() + days(70));
    assert!(world.okta.find(&stranger).is_some());
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains(&stranger)));
    assert_eq!(world.rotation().current_secret().map(|secret| secret.status), Some(Status::Active));
}
