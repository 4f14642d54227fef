//! How operations begin, wait and end: what is journalled, what is abandoned, who is informed.

use chrono::Duration;
use uuid::Uuid;

use super::model::{Maker, Way};
use super::world::World;
use super::{blank, days, start, value};
use crate::core::cause::SecretCause;
use crate::core::fault::Problem;
use crate::core::history::{Outcome, Trigger};
use crate::core::protocol::call::{Answer, Record, Reply};
use crate::core::protocol::event::{Effect, Event};
use crate::core::protocol::open::{Act, agenda, opening};
use crate::core::protocol::phase::Phase;
use crate::core::remedy::OnRotation;
use crate::core::rotation::Attention;
use crate::core::rotation::{Consent, Kind};

#[test]
fn a_creation_that_cannot_work_does_not_come_to_exist_and_says_why() {
    for step in ["read app", "read secrets"] {
        for way in [Way::TokenRefused, Way::Fails] {
            let mut world = World::new(1);
            world.create(Consent::default());
            for _ in 0..4 {
                if world.memory.is_some() && world.reported.is_none() {
                    world.meet(step, way);
                    world.run();
                }
            }
            assert!(world.reported.is_some() && world.memory.is_none(), "{step}, {way:?}");
            assert!(world.disk.rotation.is_none(), "{step}, {way:?}");
        }
    }
}

#[test]
fn a_creation_is_not_put_on_disk_because_an_original_secret_went_away_between_two_looks() {
    let mut world = World::new(2);
    world.create(Consent::default());
    world.meet("read secrets", Way::Fails);
    world.stop_before("read secrets");
    world.execute(Way::Clear);
    world.run();
    assert!(world.disk.rotation.is_none() && world.memory.is_none(), "two secrets, and none named to be replaced");
}

#[test]
fn a_rotation_that_was_asked_for_is_abandoned_before_it_changed_anything_and_never_after() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("read app", Way::TokenRefused);
    world.run();
    assert!(world.reported.take().is_some());
    assert_eq!(world.ended().0, Outcome::Failed);
    world.ask(Consent::default());
    world.meet("create", Way::TokenRefused);
    world.run();
    assert!(world.reported.is_none() && world.operation().is_some(), "the intent is kept");
}

#[test]
fn a_creation_that_made_room_already_is_kept_when_it_cannot_continue() {
    let mut world = World::new(2);
    world.create(Consent { replace: Some("ocs2".into()), ..Consent::default() });
    world.stop_before("delete");
    world.execute(Way::Clear);
    world.meet("read secrets", Way::TokenRefused);
    world.run();
    assert!(world.reported.is_none() && world.disk.rotation.is_some());
    world.pass_until(world.now + days(1));
    assert_eq!(world.judge.publications, 1);
    assert!(world.okta.find("ocs1").is_some() && world.okta.find("ocs2").is_none());
}

#[test]
fn a_secret_named_to_be_replaced_stays_where_there_is_room() {
    let mut world = World::new(1);
    world.create(Consent { replace: Some("ocs1".into()), ..Consent::default() });
    world.run();
    assert_eq!((world.judge.publications, world.okta.held.len()), (1, 2));
    assert!(world.rotation().previous.is_some(), "and has to go before the next rotation");
}

#[test]
fn who_comes_after_the_first_step_of_a_creation_is_a_stranger() {
    let mut world = World::new(2);
    world.create(Consent { replace: Some("ocs2".into()), ..Consent::default() });
    world.stop_before("delete");
    world.execute(Way::Clear);
    world.stop_before("read secrets");
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.run();
    assert!(world.rotation().secrets.iter().all(|secret| secret.okta_id.as_ref() != Some(&stranger)));
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains(&stranger)));
}

#[test]
fn the_published_secret_cannot_be_named_to_be_replaced() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.run();
    let current = world.current_id();
    world.ask(Consent { replace: Some(current.clone()), ..Consent::default() });
    world.run();
    assert!(world.reported.as_ref().is_some_and(|fault| fault.message().contains("published")), "{:?}", world.reported);
    assert!(world.okta.find(&current).is_some_and(|held| held.active));
}

#[test]
fn what_the_schedule_opens_is_on_disk_before_its_first_call() {
    let mut world = World::running();
    assert!(matches!(world.next(), Some(Act::Rotate)));
    assert!(matches!(world.queue.front(), Some(Effect::Journal(_))), "{:?}", world.queue);
    world.run();
    assert!(matches!(world.next(), Some(Act::Retire)));
    assert!(matches!(world.queue.front(), Some(Effect::Journal(_))));
}

#[test]
fn a_retirement_that_meets_an_outage_stays_one_attempt() {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    let before = world.disk.history.len();
    for _ in 0..12 {
        world.meet("read secrets", Way::Fails);
        world.run();
    }
    assert_eq!(world.disk.history.len(), before);
    world.pass_until(start() + days(45));
    let entries: Vec<_> = world.disk.history[before..].iter().map(|entry| entry.trigger).collect();
    assert_eq!(entries, [Trigger::Retire, Trigger::Retire], "deactivated, and deleted");
}

#[test]
fn that_a_rotation_failed_stays_said_while_an_old_secret_is_retired_on_its_date() {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    world.ask(Consent { cut_previous: true, ..Consent::default() });
    for _ in 0..2 {
        world.meet("create", Way::ValueRefused);
    }
    world.run();
    let attention = world.rotation().attention.clone().expect("it failed");
    let mut world = World::running();
    world.pass_until(start() + days(32));
    world.rotation_mut().attention = Some(attention.clone());
    let last = world.rotation_mut().last.as_mut().expect("an attempt");
    (last.outcome, last.attempt) = (Outcome::Attention, attention.attempt);
    world.pass_until(start() + days(41));
    assert!(world.rotation().previous.is_none(), "{:?}", world.calls);
    assert_eq!(world.rotation().attention.as_ref().map(|it| &it.problem), Some(&attention.problem));
}

#[test]
fn a_notice_ends_with_its_old_secret_whatever_an_older_version_wrote_of_the_last_attempt() {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    let problem = Problem::because(SecretCause::Unfetched { previous: "ocs1".into(), missing: Vec::new() })
        .and(OnRotation::HaveFetched);
    let since = world.now;
    world.rotation_mut().attention = Some(Attention { problem, since, drift: false, attempt: None });
    let last = world.rotation_mut().last.as_mut().expect("an attempt");
    (last.outcome, last.attempt) = (Outcome::Failed, None);
    world.pass_until(start() + days(41));
    assert!(world.rotation().previous.is_none(), "{:?}", world.calls);
    assert!(world.rotation().attention.is_none());
}

#[test]
fn a_late_or_repeated_answer_has_no_transition() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.stop_before("verify");
    let Some(Effect::Call(number, call)) = world.queue.front().cloned() else { panic!("a call is next") };
    world.execute(Way::Refused);
    let refusals = world.operation().map(|operation| operation.refusals);
    for number in [number, number - 1] {
        let answer = world.okta.perform(&call, Way::Refused, world.now);
        world.tell(Event::Answered { call: number, answer });
    }
    assert_eq!(world.operation().map(|operation| operation.refusals), refusals);
    world.rotation_mut().operation = None;
    let answer = Answer { record: Record::default(), result: Ok(Reply::Deleted) };
    world.tell(Event::Answered { call: number, answer });
    world.tell(Event::Wake);
    world.tell(Event::Drawn { key: Uuid::nil(), value: value(7) });
    assert!(world.queue.is_empty() && world.operation().is_none());
}

#[test]
fn a_wake_up_while_a_call_is_out_has_no_transition() {
    let mut world = World::running();
    world.ask(Consent::default());
    for step in ["read app", "read secrets", "create", "verify"] {
        world.stop_before(step);
        let before = world.queue.len();
        world.tell(Event::Wake);
        assert_eq!(world.queue.len(), before, "{step}");
    }
}

#[test]
fn after_fifty_secrets_the_oldest_records_go_and_never_the_published_one() {
    let mut world = World::running();
    let current = world.current_id();
    let key = world.rotation().current.expect("published");
    world.okta.drop_secret(&current);
    for number in 0..60 {
        world.pass_until(world.now + Duration::minutes(1));
        world.ask(Consent::default());
        for _ in 0..2 {
            world.meet("create", Way::ValueRefused);
        }
        world.run();
        assert!(world.rotation().secret(key).is_some(), "after {number} failures");
    }
    assert!(world.rotation().secrets.len() <= 52, "{}", world.rotation().secrets.len());
    assert!(world.rotation().current_secret().is_some_and(|secret| secret.value.is_some()));
}

#[test]
fn a_pause_that_ends_after_a_due_time_leads_to_the_first_opening_after_it() {
    let mut rotation = blank();
    let due = rotation.schedule.due();
    assert_eq!(opening(&rotation), due);
    rotation.paused_until = Some(due - Duration::hours(1));
    assert_eq!(opening(&rotation), due, "a pause that ends before changes nothing");
    rotation.paused_until = Some(due);
    assert_eq!(opening(&rotation), due);
    rotation.paused_until = Some(due + Duration::hours(30));
    assert_eq!(opening(&rotation), due + days(2), "not in the middle of a day");
    rotation.auto = false;
    assert_eq!(agenda(&rotation, true, due + days(9)), None);
}

#[test]
fn resuming_keeps_a_wait_and_ends_a_call() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    world.stop_before("create");
    world.crash();
    let operation = world.operation().expect("journalled with its intent");
    assert_eq!((&operation.phase, operation.kind), (&Phase::Waiting, Kind::Rotate));
    assert_eq!(operation.wake_at, Some(world.now));
    world.run();
    world.meet("read app", Way::Fails);
    world.run();
    let waits = world.operation().and_then(|operation| operation.wake_at);
    world.crash();
    assert_eq!(world.operation().and_then(|operation| operation.wake_at), waits);
}
