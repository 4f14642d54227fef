//! The forecast against the machine in its world: what was said is what happens.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use proptest::prelude::*;

use super::world::World;
use super::{days, operator, start};
use crate::core::history::Trigger;
use crate::core::protocol::forecast::{Forecast, What};
use crate::core::protocol::open::{Act, Ask, agenda, open};
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::make::plan;
use crate::core::protocol::plan::step::{Deletion, PlanStep, Whose};
use crate::core::protocol::retire::{Decision, decide};
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Consent, Kind, Rotation, Status};

/// What happens by itself, in a word, and when.
type Seen = (DateTime<Utc>, &'static str);

fn said(world: &World, until: DateTime<Utc>) -> Vec<Seen> {
    let word = |what: &What| match what {
        What::Rotates { .. } => "rotates",
        What::Deactivated { .. } => "off",
        What::Deleted { .. } => "deleted",
        What::Held { .. } => "held",
    };
    let coming = Forecast::new(world.rotation(), world.fetched, world.readers, world.now);
    let dated = coming.take_while(|coming| coming.at <= until);
    dated.map(|coming| (coming.at, word(&coming.what))).filter(|(_, word)| *word != "held").collect()
}

fn happened(world: &mut World, until: DateTime<Utc>) -> Vec<Seen> {
    let mut seen = Vec::new();
    let previous =
        |rotation: &Rotation| rotation.previous_secret().map(|secret| (secret.key, secret.status == Status::Active));
    for _ in 0..20_000 {
        let Some((at, _)) = agenda(world.rotation(), world.fetched, world.now).filter(|(at, _)| *at <= until) else {
            return seen;
        };
        let at = at.max(world.now);
        let before = previous(world.rotation());
        if world.next() == Some(Act::Rotate) {
            seen.push((at, "rotates"));
        }
        world.run();
        match (before, previous(world.rotation())) {
            (Some((key, true)), Some((same, false))) if key == same => seen.push((at, "off")),
            (Some((key, _)), after) if after.is_none_or(|(other, _)| other != key) => seen.push((at, "deleted")),
            _ => {}
        }
    }
    panic!("it never comes to {until}");
}

/// A rotation that was just created on an app with one secret.
fn created(change: impl FnOnce(&mut Rotation)) -> World {
    let mut world = World::new(1);
    change(world.rotation_mut());
    let off_at = world.rotation().schedule.due() - Duration::seconds(3_600 + world.rotation().soak.cast_signed());
    world.create(Consent { original_off_at: Some(off_at.max(world.now)), ..Consent::default() });
    world.run();
    world
}

/// The same instants; a call takes a moment in the world, and none in the forecast.
fn same(said: &[Seen], happened: &[Seen]) {
    assert_eq!(said.len(), happened.len(), "said {said:#?}, happened {happened:#?}");
    for (said, happened) in said.iter().zip(happened) {
        let apart = (said.0 - happened.0).abs();
        assert!(said.1 == happened.1 && apart < Duration::minutes(1), "said {said:?}, happened {happened:?}");
    }
}

#[test]
fn a_daily_rotation_waits_for_room_and_the_forecast_says_until_when() {
    // Created at 09:30 and due at 03:15: the original goes off at once, soaks six hours, and all the rest follows.
    let mut world = created(|rotation| {
        rotation.schedule.interval_days = 1;
        rotation.schedule.at = NaiveTime::from_hms_opt(3, 15, 0).expect("a time");
        (rotation.overlap, rotation.soak) = (43_200, 21_600);
    });
    let until = world.now + days(4);
    let said = said(&world, until);
    assert!(said.iter().filter(|(_, word)| *word == "rotates").count() >= 3, "{said:?}");
    same(&said, &happened(&mut world, until));
}

#[test]
fn what_waits_for_a_fetch_is_held_and_has_no_date() {
    let mut world = created(|_| {});
    (world.fetched, world.readers) = (false, false);
    let coming: Vec<_> = Forecast::new(world.rotation(), false, false, world.now).collect();
    assert!(matches!(coming[..], [ref held] if held.what == What::Held { by: Hold::Unread }), "{coming:?}");
    let off_at = world.rotation().previous.and_then(|previous| previous.deactivate_at).expect("a date");
    let start = |reads, now| Forecast::new(world.rotation(), false, reads, now).start().map(|coming| coming.at);
    assert_eq!(start(true, world.now), Some(world.rotation().schedule.due()), "they read as they did so far");
    assert_eq!(start(true, off_at), None, "and where they did not, it waits for them");
}

#[test]
fn a_pause_and_a_hold_are_in_it() {
    let mut world = created(|_| {});
    world.rotation_mut().auto = false;
    let coming: Vec<_> = Forecast::new(world.rotation(), true, true, world.now).collect();
    assert!(matches!(coming[..], [ref held] if held.what == What::Held { by: Hold::Paused }), "{coming:?}");
    world.rotation_mut().auto = true;
    world.rotation_mut().paused_until = Some(world.now + days(45));
    let coming = Forecast::new(world.rotation(), true, true, world.now).start().expect("it rotates");
    let What::Rotates { due } = coming.what else { panic!("{coming:?}") };
    assert!(due < coming.at && coming.at > start() + days(45), "{coming:?}");
}

/// The plan of a rotation that is asked for, with what it takes agreed to.
fn planned(world: &World, kind: Kind, reads: bool) -> Plan {
    let consent = Consent { cut_previous: true, ..Consent::default() };
    let ask = Ask { attempt: uuid::Uuid::from_u128(9), trigger: Trigger::Manual, actor: operator(), consent };
    plan(&open(world.rotation(), kind, ask, world.now), world.okta.app.clone(), &world.okta.list(), reads, world.now)
}

#[test]
fn a_plan_says_what_the_row_says_once_it_is_done() {
    for (auto, unread, reads) in [(true, false, true), (true, false, false), (true, true, false), (false, false, true)]
    {
        let mut world = created(|rotation| (rotation.auto, rotation.retire_unread) = (auto, unread));
        let plan = planned(&world, Kind::Rotate, reads);
        let current = world.current_id();
        world.readers = reads;
        world.ask(Consent { cut_previous: true, ..Consent::default() });
        world.run();
        let rotation = world.rotation();
        let ahead = Forecast::new(rotation, reads, reads, world.now).ahead();
        let near = |at: Option<DateTime<Utc>>| at.map(|at| at - world.now);
        let apart = near(plan.next_rotation_at).zip(near(ahead.starts.map(|(at, _)| at)));
        assert!(apart.is_none_or(|(said, shown)| (said - shown).abs() < Duration::minutes(1)), "{plan:?}, {ahead:?}");
        assert_eq!(plan.next_rotation_at.is_some(), ahead.starts.is_some(), "{plan:?}, {ahead:?}");
        let stays = plan.steps.iter().find_map(|step| match step {
            PlanStep::StaysActive { secret_id, whose: Whose::Current, off_at, if_fetched, held_by, .. } => {
                Some((secret_id, off_at.is_some(), *if_fetched, *held_by))
            }
            _ => None,
        });
        assert_eq!(stays, Some((&current, ahead.off_at.is_some(), !unread, ahead.held)), "{plan:?}");
        let rotates = |step: &PlanStep| matches!(step, PlanStep::RotateNext { .. } | PlanStep::RotateOnceGone { .. });
        assert_eq!(plan.steps.iter().any(rotates), auto, "{plan:?}");
    }
}

#[test]
fn a_plan_to_retire_says_when_the_secret_is_deleted_and_the_next_rotation_starts() {
    let world = created(|_| {});
    let mut decided = world.rotation().clone();
    decided = decide(&decided, Decision::Now, world.now);
    let ask = Ask {
        attempt: uuid::Uuid::from_u128(9),
        trigger: Trigger::Retire,
        actor: operator(),
        consent: Consent::default(),
    };
    let opened = open(&decided, Kind::Retire, ask, world.now);
    let plan = plan(&opened, world.okta.app.clone(), &world.okta.list(), true, world.now);
    let gone = world.now + Duration::seconds(world.rotation().soak.cast_signed());
    assert!(
        matches!(plan.steps[1], PlanStep::Delete { deletion: Deletion { at, .. }, .. } if at == Some(gone)),
        "{plan:?}"
    );
    let due = world.rotation().schedule.due();
    assert_eq!(plan.steps[2], PlanStep::RotateNext { first: false, at: due, due, waits_for: Vec::new() });
}

#[test]
fn a_secret_that_is_published_again_is_not_forecast_as_deleted() {
    let mut world = created(|_| {});
    world.ask(Consent { cut_previous: true, ..Consent::default() });
    world.run();
    let ask = Ask {
        attempt: uuid::Uuid::from_u128(9),
        trigger: Trigger::Rollback,
        actor: operator(),
        consent: Consent::default(),
    };
    let opened = open(world.rotation(), Kind::Rollback, ask, world.now);
    let coming: Vec<_> = Forecast::new(&opened, true, true, world.now).collect();
    assert!(matches!(coming[..], [ref held] if held.what == What::Held { by: Hold::Paused }), "{coming:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn what_is_forecast_is_what_happens(
        interval in 1_u32..40,
        (hour, minute) in (0_u32..24, 0_u32..60),
        shares in (0_u64..=90, 1_u64..=50),
        (readers, unread) in (any::<bool>(), any::<bool>()),
        pause in proptest::option::of(1_i64..60),
        started in 0_i64..40,
    ) {
        let mut world = created(|rotation| {
            rotation.schedule.interval_days = interval;
            rotation.schedule.at = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
            let room = u64::from(interval) * 86_400 - 3_600;
            rotation.overlap = room * shares.0 / 100;
            rotation.soak = (room - rotation.overlap) * shares.1 / 100;
            rotation.retire_unread = unread;
        });
        // Those who read have read what is published.
        (world.readers, world.fetched) = (readers, readers);
        happened(&mut world, start() + days(started));
        if let Some(pause) = pause {
            world.rotation_mut().paused_until = Some(world.now + days(pause));
        }
        let until = world.now + days(365);
        same(&said(&world, until), &happened(&mut world, until));
    }
}
