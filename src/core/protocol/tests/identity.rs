//! Which secret at Okta is ours: late creates, double creates, hidden values, and hashes of another formula.

use chrono::Duration;

use super::model::{Maker, Way};
use super::world::World;
use super::{days, start, value};
use crate::core::protocol::identify::reconcile;
use crate::core::rotation::{Consent, Origin, Status};

fn created(originals: u32) -> World {
    let mut world = World::new(originals);
    world.create(Consent { original_off_at: Some(start() + days(20)), ..Consent::default() });
    world
}

#[test]
fn a_value_that_was_given_up_unseen_is_kept_and_known_again_when_it_arrives_late() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("create", Way::LostAfter);
    let late = world.okta.held.pop().expect("the new secret");
    for _ in 0..2 {
        world.meet("create", Way::ValueRefused);
    }
    world.run();
    assert!(world.operation().is_none(), "given up");
    world.okta.held.push(late.clone());
    let mut rotation = world.rotation().clone();
    let sight = reconcile(&mut rotation, &world.okta.list(), world.now);
    assert_eq!(sight.foreign, Vec::<String>::new());
    let known = rotation.secrets.iter().find(|secret| secret.okta_id.as_ref() == Some(&late.id)).expect("ours");
    assert_eq!((known.value.as_ref(), known.status), (Some(&late.value), Status::Active));
}

#[test]
fn a_stray_of_ours_that_was_never_published_is_cleared_away_even_by_a_scheduled_rotation() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("create", Way::LostAfter);
    let late = world.okta.held.pop().expect("the new secret");
    for _ in 0..2 {
        world.meet("create", Way::ValueRefused);
    }
    world.run();
    world.okta.held.push(late.clone());
    world.pass_until(start() + days(31));
    assert!(world.okta.find(&late.id).is_none(), "{:?}", world.calls);
    assert_eq!(world.judge.publications, 2);
}

#[test]
fn on_an_empty_app_a_create_is_not_sent_again_while_the_first_can_still_arrive() {
    let mut world = created(0);
    world.meet("create", Way::Late);
    world.stop_before("verify");
    world.run();
    assert_eq!((world.okta.held.len(), world.judge.publications), (1, 1), "{:?}", world.calls);
}

#[test]
fn a_double_of_our_value_is_ours_and_never_a_strangers() {
    let mut world = created(0);
    world.run();
    let published = world.rotation().current_secret().and_then(|secret| secret.value.clone()).expect("a value");
    let double = world.okta.make(published, Maker::Us);
    let mut rotation = world.rotation().clone();
    let sight = reconcile(&mut rotation, &world.okta.list(), world.now);
    assert!(sight.foreign.is_empty());
    let known = rotation.secrets.iter().find(|secret| secret.okta_id.as_ref() == Some(&double)).expect("ours");
    assert_eq!((known.origin, known.published), (Origin::Ours, None));
    assert_eq!(rotation.current_secret().map(|secret| secret.status), Some(Status::Active));
}

#[test]
fn a_double_that_is_listed_first_is_not_taken_for_the_published_one_which_is_known_by_its_id() {
    let mut world = created(0);
    world.run();
    let published = world.current_id();
    let value = world.rotation().current_secret().and_then(|secret| secret.value.clone()).expect("a value");
    let double = world.okta.make(value, Maker::Us);
    world.okta.held.reverse();
    world.pass_until(start() + days(31));
    assert!(world.okta.find(&published).is_some_and(|held| held.active), "{:?}", world.calls);
    assert!(world.okta.find(&double).is_none(), "no one uses it, and it made room");
    assert_eq!(world.judge.publications, 2);
}

#[test]
fn a_secret_that_a_list_missed_once_is_known_again_by_its_id() {
    let mut world = World::running();
    let mut rotation = world.rotation().clone();
    let held = std::mem::take(&mut world.okta.held);
    assert_eq!(reconcile(&mut rotation, &[], world.now).vanished, [rotation.current.expect("published")]);
    world.okta.held = held;
    assert!(reconcile(&mut rotation, &world.okta.list(), world.now).foreign.is_empty());
    assert_eq!(rotation.current_secret().map(|secret| secret.status), Some(Status::Active));
    assert_eq!(rotation.current_secret().and_then(|secret| secret.deleted_at), None);
}

#[test]
fn where_all_is_hidden_the_one_new_id_is_ours_once_our_value_authenticates_and_a_second_look_agrees() {
    let mut world = World::running();
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    world.ask(Consent::default());
    world.meet("create", Way::LostAfter);
    world.stop_before("verify");
    world.calls.clear();
    world.run();
    assert_eq!(world.calls, ["verify", "read secrets"]);
    assert_eq!(world.judge.publications, 2);
}

#[test]
fn where_all_is_hidden_a_strangers_secret_does_not_become_ours_because_our_late_one_authenticates() {
    let mut world = created(0);
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    world.meet("create", Way::LostBefore);
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.stop_before("verify");
    let pending = world.operation().and_then(|operation| operation.pending).expect("an intent");
    let value = world.rotation().secret(pending).and_then(|secret| secret.value.clone()).expect("a value");
    world.okta.make(value, Maker::Us);
    world.run();
    world.pass_until(world.now + days(3));
    assert_eq!(world.judge.publications, 0, "two could be ours");
    assert!(world.rotation().attention.is_some());
    world.okta.drop_secret(&stranger);
    world.pass_until(world.now + days(2));
    assert_eq!(world.judge.publications, 1);
    assert_ne!(world.current_id(), stranger);
}

#[test]
fn a_strangers_secret_that_was_taken_for_ours_and_goes_takes_no_value_with_it() {
    let mut world = created(0);
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    world.meet("create", Way::LostBefore);
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.meet("verify", Way::Refused);
    for _ in 0..5 {
        world.meet("verify", Way::Clear);
    }
    world.run();
    assert!(
        world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains(&stranger)),
        "{:?}",
        world.calls
    );
    world.okta.drop_secret(&stranger);
    world.pass_until(world.now + days(2));
    assert_eq!((world.judge.publications, world.drawn), (1, 1), "the same value is made then");
}

#[test]
fn a_secret_that_cannot_be_distinguished_from_a_strangers_is_neither_switched_on_nor_off() {
    let mut world = World::running();
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    world.ask(Consent::default());
    world.meet("create", Way::LostBefore);
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.okta.switch(&stranger, false, world.now);
    world.run();
    world.pass_until(world.now + days(2));
    assert!(world.rotation().attention.is_some());
    world.okta.switch(&stranger, true, world.now);
    world.pass_until(world.now + days(2));
    assert!(world.okta.find(&stranger).is_some_and(|held| held.active));
}

#[test]
fn hashes_of_another_formula_make_no_second_secret_and_lose_none() {
    for originals in [0, 1] {
        let mut world = created(originals);
        (world.okta.hide_values, world.okta.other_hashes) = (true, true);
        world.meet("create", Way::LostAfter);
        world.stop_before("verify");
        world.run();
        world.pass_until(world.now + Duration::hours(1));
        assert_eq!((world.judge.publications, world.drawn), (1, 1), "{:?}", world.calls);
        assert_eq!(world.okta.held.len(), 1 + originals as usize);
    }
}

#[test]
fn another_hash_than_ours_is_a_strangers_where_the_formula_was_confirmed() {
    let mut world = World::running();
    world.okta.hide_values = true;
    world.ask(Consent::default());
    world.meet("create", Way::LostBefore);
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.run();
    world.pass_until(world.now + Duration::minutes(1));
    assert!(!world.calls.contains(&"verify"), "{:?}", world.calls);
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains(&stranger)));
}
