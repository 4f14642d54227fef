//! The cases of the design that must hold, by their numbers, as far as a rotation alone can meet them.

use chrono::Duration;

use super::model::Way;
use super::world::World;
use super::{days, start};
use crate::core::protocol::forecast::Forecast;
use crate::core::rotation::{AuthMethod, Consent};
use crate::core::state::{State, state};

/// How often a call of this name was made.
fn made(world: &World, step: &str) -> usize {
    world.calls.iter().filter(|call| **call == step).count()
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
            let reported = world.rotation().attention.is_some();
            assert!(works || reported, "{step}, {key}: it needs attention");
            world.okta.app = super::app();
            world.pass_until(world.now + days(3));
            assert_eq!((world.judge.publications, world.drawn), (2, 2), "{step}, {key}: continues automatically");
            assert!(world.rotation().attention.is_none());
        }
    }
}

#[test]
fn case_9_an_introspection_that_refuses_everything_for_a_week_withdraws_nothing_and_needs_attention_after_an_hour() {
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
        assert!(
            operation.fault.as_ref().is_some_and(|fault| fault.message().contains("clock")),
            "{:?}",
            operation.fault
        );
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
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains("clock")));
    world.okta.skew = Duration::zero();
    world.pass_until(world.now + Duration::minutes(2));
    assert_eq!(made(&world, "deactivate"), 1);
    assert!(world.rotation().attention.is_none());
}

#[test]
fn what_goes_by_itself_needs_no_one_however_late_it_is() {
    for off in [days(31), days(33), days(45), days(400)] {
        let mut world = World::running();
        world.pass_until(start() + days(32));
        // Nothing runs for a while.
        world.now = start() + days(32) + off;
        let begun = world.now;
        let at = Forecast::new(world.rotation(), true, true, world.now).start().map(|coming| coming.at);
        assert_eq!(state(world.rotation(), false, world.fetched, world.now), State::Waiting, "{off}");
        for hours in 0..40 {
            world.pass_until(begun + Duration::hours(hours));
            assert!(world.rotation().attention.is_none(), "{off}, {hours} h after: {:?}", world.rotation().attention);
        }
        assert_eq!(world.judge.publications, 3, "{off}: rotated by itself");
        assert!(at.is_some_and(|at| at > begun && at < begun + Duration::hours(40)), "{off}: as it was forecast");
    }
}
