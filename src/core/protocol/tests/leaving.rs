//! Case 14: a rotation that is deleted, also in the middle of an attempt.

use chrono::Duration;

use super::model::{Maker, Way};
use super::world::World;
use super::{days, leaving, start};
use crate::core::history::Outcome;
use crate::core::protocol::open::{Act, agenda};
use crate::core::rotation::{Consent, Status};

#[test]
fn case_14_a_create_whose_answer_was_lost_is_looked_for_until_it_cannot_arrive_any_more() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("create", Way::Late);
    world.delete(false);
    world.run();
    world.pass_until(world.now + Duration::minutes(5));
    assert!(world.disk.removed);
    assert_eq!(world.okta.held.len(), 1, "it arrived after the first look: {:?}", world.calls);
}

#[test]
fn case_14_before_anything_was_made_the_attempt_just_ends() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    world.stop_before("read secrets");
    world.delete(false);
    world.run();
    assert_eq!(world.ended(), (Outcome::Failed, "the rotation is being deleted".into()));
    assert!(!world.calls.contains(&"create"));
    assert_eq!(agenda(world.rotation(), true, world.now).map(|(_, act)| act), Some(Act::Remove));
}

#[test]
fn revoking_asked_for_while_a_retirement_is_open_still_revokes() {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    world.stop_before("delete");
    world.delete(true);
    world.run();
    world.pass_until(world.now + days(1));
    assert!(world.disk.removed && world.ended().1.starts_with("revoked"), "{:?}", world.ended());
}

#[test]
fn revoking_leaves_the_original_alone_and_may_then_switch_the_published_one_off() {
    let mut world = World::new(1);
    world.create(Consent::default());
    world.run();
    world.delete(true);
    world.run();
    world.pass_until(world.now + days(1));
    assert!(world.disk.removed);
    assert_eq!(world.okta.held.iter().map(|held| held.maker).collect::<Vec<_>>(), [Maker::Original]);
}

#[test]
fn a_deleted_rotation_whose_original_secret_has_no_date_goes_at_once_and_leaves_that() {
    let mut world = World::new(1);
    world.create(Consent::default());
    world.run();
    world.delete(false);
    world.run();
    world.pass_until(world.now + days(1));
    assert!(world.disk.removed);
    assert_eq!(world.okta.held.len(), 2);
}

#[test]
fn a_deleted_rotation_retires_its_previous_secret_on_its_dates_once_the_new_one_was_fetched() {
    let mut world = World::running();
    world.readers = false;
    world.pass_until(start() + days(32));
    world.delete(false);
    world.pass_until(start() + days(50));
    assert_eq!(
        world.okta.held.iter().filter(|held| held.active).count(),
        2,
        "no consumer is cut off that was not reached"
    );
    assert!(world.rotation().attention.is_some(), "and that is said");
    world.fetched = true;
    world.pass_until(start() + days(55));
    assert!(world.disk.removed, "{:?}", world.calls);
    assert_eq!(world.okta.held.len(), 1);
}

#[test]
fn withdrawing_the_only_active_secret_of_a_deleted_rotation_needs_attention() {
    let mut world = World::new(0);
    world.create(Consent::default());
    world.stop_before("verify");
    world.rotation_mut().leaving = Some(leaving(false));
    world.run();
    assert!(world.rotation().attention.is_some());
    assert!(world.rotation().secrets.iter().all(|secret| secret.status == Status::Active && secret.value.is_some()));
}
