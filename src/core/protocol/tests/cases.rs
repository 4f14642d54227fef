//! The cases of the design that must hold, by their numbers, as far as a rotation alone can meet them.

use chrono::Duration;

use super::model::{Maker, Way};
use super::world::World;
use super::{days, start, value};
use crate::core::history::Outcome;
use crate::core::protocol::event::Effect;
use crate::core::protocol::forecast::Forecast;
use crate::core::protocol::open::{Act, agenda};
use crate::core::protocol::phase::Phase;
use crate::core::rotation::{AuthMethod, Consent, Status};
use crate::core::state::{State, state};

/// How often a call of this name was made.
fn made(world: &World, step: &str) -> usize {
    world.calls.iter().filter(|call| **call == step).count()
}

#[test]
fn a_creation_and_two_rotations_on_a_good_day() {
    let mut world = World::running();
    world.pass_until(start() + days(62));
    assert_eq!(world.judge.publications, 3);
    assert_eq!(world.okta.held.len(), 2, "the newest and the one before");
    assert_eq!(world.ended().0, Outcome::Success);
    assert!(world.rotation().attention.is_none());
    let versions: Vec<_> =
        world.disk.rotation.iter().flat_map(|it| &it.secrets).filter_map(|it| it.published).collect();
    assert_eq!(versions.iter().map(|published| published.version).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn case_1_a_kill_between_any_two_effects_converges() {
    for point in 0..80 {
        let mut world = World::running();
        world.ask(Consent::default());
        for _ in 0..point {
            if world.queue.is_empty() && world.next().is_none() {
                break;
            }
            world.execute(Way::Clear);
        }
        let begun = world.disk.rotation.as_ref().is_some_and(|it| it.operation.is_some());
        world.crash();
        world.run();
        world.pass_until(world.now + days(1));
        let rotated = world.judge.publications >= 2;
        assert!(rotated || !begun, "killed after {point} effects: {:?}", world.calls);
        assert!(world.rotation().attention.is_none() && world.rotation().operation.is_none());
    }
}

#[test]
fn case_2_and_3_a_create_whose_answer_was_lost_or_garbled_is_adopted_and_not_repeated() {
    for way in [Way::LostAfter, Way::FailsAfter, Way::GarbledAfter] {
        let mut world = World::running();
        world.ask(Consent::default());
        world.meet("create", way);
        world.stop_before("verify");
        world.run();
        assert_eq!(made(&world, "create"), 1);
        assert_eq!(world.judge.publications, 2);
        assert_eq!(world.rotation().current_secret().map(|secret| secret.status), Some(Status::Active));
    }
}

#[test]
fn case_2_a_create_that_never_arrived_is_sent_again_with_the_same_value_after_a_look() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("create", Way::LostBefore);
    world.stop_before("create");
    assert_eq!(&world.calls[world.calls.len() - 2..], ["read app", "read secrets"]);
    world.run();
    assert_eq!((world.drawn, world.judge.publications), (2, 2), "one value for each publication");
}

#[test]
fn case_4_a_rate_limit_at_each_call_waits_for_its_reset_and_then_goes_on() {
    for step in ["read app", "read secrets", "create", "verify"] {
        let mut world = World::running();
        world.pass_until(start() + days(29));
        world.meet(step, Way::Limited);
        world.run();
        let operation = world.operation().expect("it waits");
        assert!(operation.wake_at >= Some(world.now + Duration::seconds(29)), "{step}: {:?}", operation.wake_at);
        world.pass_until(world.now + Duration::minutes(5));
        assert_eq!((world.judge.publications, world.drawn), (2, 2), "{step}");
    }
}

#[test]
fn case_5_a_token_revoked_after_the_create_waits_for_its_connection_and_makes_no_second_secret() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    world.meet("create", Way::LostAfter);
    world.meet("read app", Way::TokenRefused);
    world.run();
    let operation = world.operation().expect("it waits");
    assert_eq!((&operation.phase, operation.wake_at), (&Phase::Waiting, None), "only its connection wakes it");
    world.crash();
    world.run();
    world.pass_until(world.now + days(1));
    assert_eq!((world.judge.publications, made(&world, "create")), (2, 1));
}

#[test]
fn case_5_a_scheduled_rotation_that_meets_a_refused_token_first_is_not_lost() {
    let mut world = World::running();
    world.meet("read app", Way::TokenRefused);
    world.run();
    assert!(world.operation().is_some(), "its due time is consumed, so it must be kept");
    world.pass_until(world.now + days(1));
    assert_eq!((world.judge.publications, world.dues.len()), (2, 1));
}

#[test]
fn case_6_an_app_that_is_switched_off_or_to_a_key_between_two_steps_is_waited_for() {
    for step in ["create", "verify", "read secrets"] {
        for key in [false, true] {
            let mut world = World::running();
            world.pass_until(start() + days(29));
            world.stop_before(step);
            if key {
                world.okta.app.auth_method = AuthMethod::PrivateKeyJwt;
            } else {
                world.okta.app.status = "INACTIVE".into();
            }
            world.run();
            world.pass_until(world.now + days(3));
            let works = world.judge.publications == 2;
            let told = world.rotation().attention.is_some();
            assert!(works || told, "{step}, {key}: a person is told");
            world.okta.app = super::app();
            world.pass_until(world.now + days(3));
            assert_eq!((world.judge.publications, world.drawn), (2, 2), "{step}, {key}: goes on by itself");
            assert!(world.rotation().attention.is_none());
        }
    }
}

#[test]
fn case_6_a_deleted_app_is_told_to_a_person_and_nothing_is_forgotten() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    world.stop_before("create");
    world.okta.app_gone = true;
    world.run();
    let attention = world.rotation().attention.as_ref().expect("a person is told");
    assert!(attention.cause.contains("AppGone") || attention.cause.contains("not there"), "{}", attention.cause);
    assert_eq!(world.rotation().secrets.iter().filter(|secret| secret.value.is_some()).count(), 2);
}

#[test]
fn case_8_a_strangers_secret_between_looking_and_creating_is_told_and_left_alone() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    world.stop_before("create");
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.run();
    world.pass_until(world.now + days(2));
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.cause.contains(&stranger)), "{:?}", world.calls);
    world.okta.drop_secret(&stranger);
    world.pass_until(world.now + days(2));
    assert_eq!((world.judge.publications, world.drawn), (2, 2), "once it is gone, the same value is made");
    assert!(world.rotation().attention.is_none());
}

#[test]
fn case_9_an_introspection_that_refuses_for_seconds_delays_and_changes_nothing() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    for _ in 0..3 {
        world.meet("verify", Way::Refused);
    }
    world.pass_until(world.now + Duration::minutes(1));
    assert_eq!((world.judge.publications, world.drawn), (2, 2));
}

#[test]
fn case_9_a_new_secret_that_is_refused_while_the_old_one_works_is_withdrawn() {
    let mut world = World::running();
    let before = world.current_id();
    world.pass_until(start() + days(29));
    for _ in 0..6 {
        world.meet("verify", Way::Refused);
    }
    world.run();
    assert_eq!(world.okta.held.len(), 1, "{:?}", world.calls);
    assert_eq!((world.current_id(), world.ended().0), (before, Outcome::Failed));
    assert!(world.rotation().attention.is_some());
}

#[test]
fn case_9_an_introspection_that_refuses_everything_for_a_week_withdraws_nothing_and_tells_after_an_hour() {
    let mut world = World::running();
    world.pass_until(start() + days(29));
    world.okta.refuses_all = true;
    world.stop_before("verify");
    world.pass_until(world.now + Duration::minutes(50));
    assert!(world.rotation().attention.is_none());
    world.pass_until(world.now + days(7));
    assert!(world.rotation().attention.is_some());
    assert_eq!(world.okta.held.len(), 2);
    world.okta.refuses_all = false;
    world.pass_until(world.now + Duration::hours(2));
    assert_eq!((world.judge.publications, world.drawn), (2, 2));
}

#[test]
fn case_12_while_the_clock_is_off_nothing_starts_and_nothing_goes_and_each_minute_it_is_compared() {
    for off in [Duration::hours(1), Duration::hours(-1), days(365), days(-365)] {
        let mut world = World::running();
        world.okta.skew = off;
        world.pass_until(start() + days(29));
        world.stop_before("read secrets");
        world.run();
        world.pass_until(world.now + Duration::hours(3));
        assert_eq!(world.judge.publications, 1, "off by {off}");
        let operation = world.operation().expect("it waits");
        assert!(operation.fault.as_ref().is_some_and(|fault| fault.message.contains("clock")), "{:?}", operation.fault);
        assert!(operation.wake_at <= Some(world.now + Duration::minutes(1)), "compared each minute");
        world.okta.skew = Duration::zero();
        world.pass_until(world.now + Duration::minutes(2));
        assert_eq!((world.judge.publications, world.dues.len()), (2, 1));
    }
}

#[test]
fn case_12_an_old_secret_is_not_cut_while_the_clock_is_off_and_goes_within_minutes_once_it_is_right() {
    let mut world = World::running();
    world.pass_until(start() + days(33));
    world.okta.skew = Duration::hours(-2);
    world.pass_until(start() + days(38));
    assert_eq!(made(&world, "deactivate"), 0);
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.cause.contains("clock")));
    world.okta.skew = Duration::zero();
    world.pass_until(world.now + Duration::minutes(2));
    assert_eq!(made(&world, "deactivate"), 1);
    assert!(world.rotation().attention.is_none());
}

#[test]
fn case_12_what_is_published_under_a_clock_that_is_a_year_slow_keeps_its_whole_overlap() {
    let mut world = World::running();
    world.okta.skew = days(365);
    world.ask(Consent::default());
    world.run();
    let off_at = world.rotation().previous.and_then(|previous| previous.deactivate_at).expect("a date");
    assert!(off_at >= world.now + days(365 + 7) - Duration::seconds(5), "{off_at}");
}

#[test]
fn case_13_while_nobody_fetches_the_previous_is_kept_the_next_due_time_waits_and_says_so() {
    let mut world = World::running();
    world.readers = false;
    world.pass_until(start() + days(50));
    assert_eq!((world.judge.publications, made(&world, "deactivate")), (2, 0));
    assert!(world.rotation().attention.is_none());
    world.pass_until(start() + days(54));
    let attention = world.rotation().attention.clone().expect("told a week before the next due time");
    assert!(attention.cause.contains("fetched"), "{}", attention.cause);
    world.pass_until(start() + days(90));
    assert_eq!((world.judge.publications, made(&world, "deactivate")), (2, 0), "and the next due time waits");
    world.fetched = true;
    world.readers = true;
    world.pass_until(start() + days(93));
    assert_eq!(world.judge.publications, 3, "one catch-up");
    assert!(world.rotation().attention.is_none());
}

#[test]
fn what_goes_by_itself_needs_nobody_however_late_it_is() {
    for off in [days(31), days(33), days(45), days(400)] {
        let mut world = World::running();
        world.pass_until(start() + days(32));
        // Nothing runs for a while.
        world.now = start() + days(32) + off;
        let begun = world.now;
        let at = Forecast::new(world.rotation(), true, true, world.now).start().map(|coming| coming.at);
        assert_eq!(state(world.rotation(), false, world.now), State::Waiting, "{off}");
        for hours in 0..40 {
            world.pass_until(begun + Duration::hours(hours));
            assert!(world.rotation().attention.is_none(), "{off}, {hours} h after: {:?}", world.rotation().attention);
        }
        assert_eq!(world.judge.publications, 3, "{off}: rotated by itself");
        assert!(at.is_some_and(|at| at > begun && at < begun + Duration::hours(40)), "{off}: as it was forecast");
    }
}

#[test]
fn a_due_time_that_waits_for_room_that_nothing_makes_is_told_after_a_day() {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    let rotation = world.rotation_mut();
    rotation.previous.as_mut().expect("the one before").deactivate_at = None;
    world.pass_until(start() + days(60));
    assert!(world.rotation().attention.is_none());
    let due = world.rotation().schedule.due();
    let (at, act) = agenda(world.rotation(), true, world.now).expect("a notice");
    assert_eq!(at, due + Duration::hours(24));
    assert!(matches!(act, Act::Attend { cause, .. } if cause.contains("no third")));
}

#[test]
fn a_value_that_okta_refuses_is_drawn_anew_once_and_then_a_person_looks() {
    let mut world = World::running();
    world.ask(Consent::default());
    world.meet("create", Way::ValueRefused);
    assert!(matches!(world.queue.front(), Some(Effect::Draw)));
    world.meet("create", Way::ValueRefused);
    world.run();
    assert_eq!((world.drawn, world.ended().0), (3, Outcome::Attention));
    assert!(world.rotation().attention.is_some());
}
