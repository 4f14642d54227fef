//! The drift check: what counts as drift, what is said of it, and when it is over.

use super::days;
use super::model::{Maker, Way, fault};
use super::world::World;
use super::{start, value};
use crate::core::fault::Code;
use crate::core::history::Outcome;
use crate::core::protocol::call::Record;
use crate::core::protocol::drift::{instant, refused};
use crate::core::rotation::{Consent, Rotation, Status};

/// Checks, as the engine does: the record is kept.
fn check(world: &mut World) -> String {
    world.check();
    world.judge.assert();
    said(world.rotation())
}

fn said(rotation: &Rotation) -> String {
    rotation.attention.as_ref().map(|attention| attention.problem.message()).unwrap_or_default()
}

fn previous_id(world: &World) -> String {
    world.rotation().previous_secret().and_then(|secret| secret.okta_id.clone()).expect("there is one")
}

/// Two days after a rotation: the previous secret is ACTIVE.
fn overlapping() -> World {
    let mut world = World::running();
    world.pass_until(start() + days(32));
    world
}

#[test]
fn where_all_is_as_it_should_be_nothing_is_said_or_changed() {
    let mut world = overlapping();
    let before = serde_json::to_string(world.rotation()).expect("JSON");
    assert_eq!(check(&mut world), "");
    assert_eq!(serde_json::to_string(world.rotation()).expect("JSON"), before);
}

#[test]
fn a_published_secret_that_others_switched_off_is_said_and_taken_back_once_it_is_on() {
    let mut world = overlapping();
    let current = world.current_id();
    world.okta.switch(&current, false, world.now);
    assert!(check(&mut world).contains(&format!("{current}, the published secret, was deactivated")));
    let next = world.rotation().attention.as_ref().map(|it| it.problem.hint()).unwrap_or_default();
    // A new one would need room, and nothing is cut while the published one is off.
    assert!(next.contains("rollback payments`") && !next.contains("rotation rotate"), "{next}");
    let since = world.rotation().attention.as_ref().map(|it| it.since);
    world.now += days(1);
    check(&mut world);
    assert_eq!(world.rotation().attention.as_ref().map(|it| it.since), since, "since when stays");
    world.okta.switch(&current, true, world.now);
    assert_eq!(check(&mut world), "");
}

#[test]
fn what_is_advised_where_the_published_secret_is_off_can_be_done() {
    for (drops_previous, drops_current) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut world = overlapping();
        let (current, previous) = (world.current_id(), previous_id(&world));
        if drops_previous {
            world.okta.drop_secret(&previous);
        }
        if drops_current {
            world.okta.drop_secret(&current);
        } else {
            world.okta.switch(&current, false, world.now);
        }
        check(&mut world);
        let next = world.rotation().attention.as_ref().map(|it| it.problem.hint()).unwrap_or_default();
        assert_eq!(next.contains("rotation rollback payments`"), !drops_previous, "{next}");
        assert_eq!(next.contains("rotation rotate payments`"), drops_previous || drops_current, "{next}");
        assert_eq!(next.contains("activate the published one again at Okta"), !drops_current, "{next}");
        if next.contains("rotation rotate") {
            world.ask(Consent::default());
            world.run();
            assert_eq!((world.judge.publications, said(world.rotation()).as_str()), (3, ""), "{next}");
        }
    }
}

#[test]
fn a_published_secret_that_others_deleted_keeps_its_value_here() {
    let mut world = overlapping();
    let current = world.current_id();
    world.okta.drop_secret(&current);
    assert!(check(&mut world).contains(&format!("{current}, the published secret, was deleted")));
    assert!(world.rotation().current_secret().is_some_and(|secret| secret.value.is_some()));
    world.ask(Consent::default());
    world.run();
    assert_eq!((world.judge.publications, said(world.rotation()).as_str()), (3, ""), "rotating fixes it");
}

#[test]
fn what_is_refused_before_anything_changes_is_reported_to_who_asked_and_a_check_puts_what_is_wrong_on_the_record() {
    let mut world = World::running();
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.ask(Consent::default());
    world.run();
    assert!(world.reported.take().is_some_and(|fault| fault.message().contains(&stranger)));
    let (outcome, message) = world.ended();
    assert!(outcome == Outcome::Attention && message.contains(&stranger), "on the record: {message}");
    assert_eq!(said(world.rotation()), "", "the refusal alone asks for no attention");
    assert!(check(&mut world).contains(&stranger));
    world.okta.drop_secret(&stranger);
    assert_eq!(check(&mut world), "", "and it is over once it is fixed");
    // Where only the agreement to a cut was missing there is nothing to fix.
    let mut world = overlapping();
    world.ask(Consent::default());
    world.run();
    assert!(world.reported.take().is_some_and(|fault| fault.hint().contains("--yes")));
    assert_eq!(check(&mut world), "");
}

#[test]
fn an_old_secret_that_others_deleted_makes_room_and_its_value_goes() {
    let mut world = overlapping();
    let key = world.rotation().previous.expect("the one before").key;
    let id = world.rotation().previous_secret().and_then(|secret| secret.okta_id.clone()).expect("known");
    world.okta.drop_secret(&id);
    assert_eq!(check(&mut world), "");
    assert!(world.rotation().previous.is_none());
    assert!(world.rotation().secret(key).is_some_and(|it| it.value.is_none() && it.status == Status::Gone));
    assert!(world.disk.versions.iter().all(|(from, _)| *from != key));
}

#[test]
fn an_old_secret_that_others_switched_on_again_is_theirs_until_someone_decides() {
    let mut world = overlapping();
    world.stop_before("deactivate");
    world.run();
    let id = world.rotation().previous_secret().and_then(|secret| secret.okta_id.clone()).expect("known");
    world.okta.switch(&id, true, world.now);
    assert!(check(&mut world).contains("reactivated outside windlass"));
    assert!(check(&mut world).contains("reactivated outside windlass"), "a later look does not end that");
    world.pass_until(world.now + days(20));
    assert!(world.okta.find(&id).is_some_and(|held| held.active));
    world.retire(true);
    world.run();
    assert!(world.okta.find(&id).is_some_and(|held| !held.active));
    assert_eq!(said(world.rotation()), "");
}

#[test]
fn what_needs_someone_for_another_reason_is_not_ended_by_a_look() {
    let mut world = overlapping();
    world.ask(crate::core::rotation::Consent { cut_previous: true, ..Default::default() });
    for _ in 0..2 {
        world.meet("create", Way::ValueRefused);
    }
    world.run();
    let before = said(world.rotation());
    assert!(!before.is_empty());
    assert_eq!(check(&mut world), before);
}

#[test]
fn an_app_that_cannot_be_read_any_more_is_said() {
    let mut world = overlapping();
    let after = refused(world.rotation(), &fault(Code::AppGone, Some(404)), world.now);
    assert!(said(&after).contains("is not there at Okta"));
    world.settings(|rotation| *rotation = after.clone());
    assert_eq!(check(&mut world), "", "and taken back once it can");
}

#[test]
fn a_look_under_a_clock_that_is_off_goes_by_oktas() {
    let now = start();
    let record = |by| Record { skew: Some(by), ..Record::default() };
    assert_eq!(instant(&record(days(365)), now), now + days(365));
    assert_eq!(instant(&record(chrono::Duration::seconds(40)), now), now, "a little apart is no matter");
    assert_eq!(instant(&Record::default(), now), now);
}
