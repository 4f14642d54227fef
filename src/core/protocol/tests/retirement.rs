//! Retiring an old secret on its dates.

use chrono::{DateTime, Duration, Utc};

use super::model::{Okta, Way};
use super::world::World;
use super::{days, start};
use crate::core::fault::Problem;
use crate::core::protocol::retire::hold;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Consent, Origin};

fn overlapping() -> World {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    world.calls.clear();
    world
}

fn delete_at(world: &World) -> DateTime<Utc> {
    world.rotation().previous.and_then(|previous| previous.delete_at).expect("a date")
}

fn off_at(world: &World) -> DateTime<Utc> {
    world.rotation().previous_secret().and_then(|secret| secret.deactivated_at).expect("it is off")
}

#[test]
fn the_soak_counts_from_the_answer_however_late_the_step_was() {
    let mut world = overlapping();
    world.okta.skew = Duration::zero();
    world.now = start() + days(48); // Nothing ran for more than a week.
    world.stop_before("deactivate");
    world.run();
    assert_eq!(delete_at(&world), off_at(&world) + days(1));
    assert!(world.now - off_at(&world) < Duration::seconds(1));
}

#[test]
fn a_deactivation_whose_answer_was_lost_soaks_from_when_it_was_seen() {
    let mut world = overlapping();
    world.meet("deactivate", Way::LostAfter);
    world.run();
    world.stop_before("read secrets");
    world.run();
    assert_eq!(delete_at(&world), off_at(&world) + days(1));
    assert!(world.now - off_at(&world) < Duration::seconds(1));
    assert_eq!(world.calls.iter().filter(|call| **call == "deactivate").count(), 1);
}

#[test]
fn a_deletion_whose_answer_was_lost_is_closed_by_the_list_and_its_value_erased() {
    let mut world = overlapping();
    let key = world.rotation().previous.expect("the one before").key;
    world.meet("delete", Way::LostAfter);
    world.run();
    assert!(world.disk.versions.iter().any(|(from, _)| *from == key), "no list has shown it gone yet");
    world.pass_until(world.now + Duration::minutes(1));
    assert!(world.rotation().previous.is_none());
    assert!(world.rotation().secret(key).is_some_and(|secret| secret.value.is_none() && secret.deleted_at.is_some()));
    assert!(!world.disk.versions.iter().any(|(from, _)| *from == key));
    assert_eq!(world.calls.iter().filter(|call| **call == "delete").count(), 1);
}

#[test]
fn a_pause_holds_both_steps_also_while_one_waits_for_okta() {
    let mut world = overlapping();
    world.meet("read secrets", Way::Fails);
    world.run();
    world.rotation_mut().paused_until = Some(world.now + days(5));
    world.pass_until(world.now + days(4));
    assert!(!world.calls.contains(&"deactivate"), "{:?}", world.calls);
    assert_eq!(hold(world.rotation(), true, world.now), Some(Hold::Paused));
    world.pass_until(world.now + days(2));
    assert!(world.calls.contains(&"deactivate"));
}

#[test]
fn unread_holds_whatever_else_holds_too() {
    let mut world = overlapping();
    world.rotation_mut().previous.as_mut().expect("the one before").look_at = Some(world.now);
    world.rotation_mut().attention = Some(crate::core::rotation::Attention {
        problem: Problem::said("something", "look"),
        since: world.now,
        drift: false,
        attempt: None,
    });
    assert_eq!(hold(world.rotation(), false, world.now), Some(Hold::Unread));
    assert_eq!(hold(world.rotation(), true, world.now), Some(Hold::Attention));
    world.rotation_mut().retire_unread = true;
    assert_eq!(hold(world.rotation(), false, world.now), Some(Hold::Attention));
}

#[test]
fn an_original_secret_is_retired_on_the_terms_that_were_shown_and_stays_where_none_were() {
    for off_at in [None, Some(start() + days(20))] {
        let mut world = World::new(1);
        world.create(Consent { original_off_at: off_at, ..Consent::default() });
        world.run();
        let previous = world.rotation().previous.expect("the original");
        assert_eq!((previous.deactivate_at, previous.delete_at), (off_at, None));
        assert_eq!(world.rotation().secret(previous.key).map(|secret| secret.origin), Some(Origin::Original));
        world.pass_until(start() + days(25));
        assert_eq!(world.okta.held.len(), if off_at.is_some() { 1 } else { 2 });
    }
}

#[test]
fn an_original_secret_that_was_off_from_the_start_and_is_switched_on_is_kept() {
    let mut world = World::new(2);
    world.okta.held.swap(0, 1);
    world.okta.switch("ocs1", false, world.now);
    world.okta.held.retain(|held| held.id == "ocs1");
    world.okta.touched.clear();
    world.create(Consent { original_off_at: Some(start() + days(20)), ..Consent::default() });
    world.run();
    assert_eq!(world.judge.publications, 1);
    world.okta.switch("ocs1", true, world.now);
    world.pass_until(start() + days(29));
    assert!(world.okta.find("ocs1").is_some_and(|held| held.active), "{:?}", world.calls);
    assert!(world.rotation().attention.is_some());
}

#[test]
fn a_deactivation_that_changes_nothing_though_okta_says_yes_is_not_repeated_in_a_tight_loop() {
    use crate::core::protocol::call::{Answer, Record, Reply};
    use crate::core::protocol::event::{Effect, Event};
    let mut world = overlapping();
    world.stop_before("deactivate");
    let Some(Effect::Call(number, _)) = world.queue.pop_front() else { panic!("it is next") };
    let seen = Okta::new(1).list().remove(0);
    let answer = Answer { record: Record::default(), result: Ok(Reply::Secret(seen)) };
    world.tell(Event::Answered { call: number, answer });
    assert!(world.operation().is_some_and(|operation| operation.wake_at.is_some()), "it waits a while");
}

#[test]
fn an_answer_under_a_clock_that_jumped_back_does_not_shorten_the_soak() {
    let mut world = overlapping();
    world.stop_before("deactivate");
    world.now -= days(300);
    world.okta.skew = days(300);
    world.execute(Way::Clear);
    assert!(delete_at(&world) >= world.now + days(301));
}
