//! Adopting what an app has already.

use super::model::{Maker, Way};
use super::world::World;
use super::{days, operator, start, value};
use crate::core::history::Trigger;
use crate::core::rotation::{Consent, Kind, OktaSecret, Origin, Status, Verify};
use crate::core::secret::SecretValue;

fn adopt(world: &mut World, named: Option<&str>) {
    let consent = Consent { adopt: named.map(Into::into), ..Consent::default() };
    world.open(Kind::Adopt, Trigger::Create, operator(), consent);
    world.run();
}

/// A value that someone gave, as the engine puts it into the draft.
fn give(world: &mut World, value: SecretValue) {
    let secret = OktaSecret {
        key: uuid::Uuid::from_u128(0xadad),
        hash: Some(value.okta_hash()),
        value: Some(value),
        okta_id: None,
        origin: Origin::Original,
        status: Status::Intended,
        created_at: world.now,
        published: None,
        deactivated_at: None,
        deleted_at: None,
        retired_by: None,
        request_ids: Vec::new(),
        cut_out: None,
    };
    world.rotation_mut().secrets.push(secret);
}

fn refusal(world: &World) -> String {
    assert!(world.memory.is_none() && world.disk.rotation.is_none(), "nothing is left of it");
    world
        .reported
        .as_ref()
        .map(|fault| format!("{}; {}", fault.message(), fault.hint()))
        .expect("the refusal was reported")
}

#[test]
fn the_only_secret_is_tested_and_published_and_nothing_changes_at_okta() {
    let mut world = World::new(1);
    adopt(&mut world, None);
    assert_eq!(world.calls, ["read app", "read secrets", "verify"]);
    assert_eq!((world.current_id().as_str(), world.judge.publications), ("ocs1", 1));
    assert_eq!(world.rotation().current_secret().map(|secret| secret.origin), Some(Origin::Original));
    assert!(world.rotation().previous.is_none());
    world.pass_until(start() + days(31));
    assert_eq!((world.judge.publications, world.okta.held.len()), (2, 2), "the first due time replaces it");
    world.pass_until(start() + days(45));
    assert!(world.okta.find("ocs1").is_none(), "and it is retired on its dates");
}

#[test]
fn of_two_the_one_that_is_meant_has_to_be_named_and_the_other_is_kept() {
    let mut world = World::new(2);
    adopt(&mut world, None);
    assert!(refusal(&world).contains("--adopt-secret"), "{}", refusal(&world));
    let mut world = World::new(2);
    adopt(&mut world, Some("ocs7"));
    assert!(refusal(&world).contains("ocs1 and ocs2"));
    let mut world = World::new(2);
    adopt(&mut world, Some("ocs2"));
    assert_eq!(world.current_id(), "ocs2");
    let previous = world.rotation().previous.expect("the other one");
    assert!(!previous.dated(), "it stays until an operator decides otherwise");
    world.pass_until(start() + days(40));
    assert_eq!(world.okta.held.len(), 2);
}

#[test]
fn a_hidden_value_is_asked_for_and_a_given_one_is_proven() {
    let mut world = World::new(1);
    world.okta.hide_values = true;
    adopt(&mut world, None);
    assert!(refusal(&world).contains("--secret-file"));
    for (hide_hashes, originals) in [(false, 1), (true, 1), (false, 2)] {
        let mut world = World::new(originals);
        (world.okta.hide_values, world.okta.hide_hashes) = (true, hide_hashes);
        give(&mut world, SecretValue::new("original-0-of-the-app"));
        adopt(&mut world, None);
        assert_eq!((world.current_id().as_str(), world.judge.publications), ("ocs1", 1), "{hide_hashes}, {originals}");
    }
}

#[test]
fn a_value_that_is_wrong_or_could_be_either_is_refused_and_nothing_is_left() {
    for (originals, hide_hashes) in [(1, true), (1, false), (2, true), (2, false)] {
        let mut world = World::new(originals);
        (world.okta.hide_values, world.okta.hide_hashes) = (true, hide_hashes);
        give(&mut world, value(900));
        adopt(&mut world, None);
        for _ in 0..8 {
            if world.memory.is_some() && world.reported.is_none() {
                world.next();
                world.run();
            }
        }
        assert!(!refusal(&world).is_empty(), "{originals}, {hide_hashes}");
    }
    let mut world = World::new(2);
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    give(&mut world, SecretValue::new("original-0-of-the-app"));
    adopt(&mut world, None);
    assert!(refusal(&world).contains("which of them"));
}

#[test]
fn what_is_switched_off_or_not_there_is_not_adopted() {
    let mut world = World::new(1);
    world.okta.held.clear();
    adopt(&mut world, None);
    assert!(refusal(&world).contains("no ACTIVE secret"));
    let mut world = World::new(2);
    world.okta.switch("ocs1", false, world.now);
    adopt(&mut world, Some("ocs1"));
    assert!(refusal(&world).contains("INACTIVE"));
}

#[test]
fn faults_on_the_way_leave_no_trace() {
    for (step, way) in [("read app", Way::TokenRefused), ("read secrets", Way::Fails), ("verify", Way::Fails)] {
        let mut world = World::new(1);
        world.open(Kind::Adopt, Trigger::Create, operator(), Consent::default());
        for _ in 0..4 {
            if world.memory.is_some() && world.reported.is_none() {
                world.meet(step, way);
                world.run();
            }
        }
        assert!(!refusal(&world).is_empty(), "{step}");
    }
}

#[test]
fn a_stranger_s_secret_that_comes_later_is_not_taken_for_the_adopted_one() {
    let mut world = World::new(1);
    adopt(&mut world, None);
    let stranger = world.okta.make(value(900), Maker::Stranger);
    world.pass_until(start() + days(35));
    assert_eq!(world.current_id(), "ocs1");
    assert!(world.okta.find(&stranger).is_some());
}

#[test]
fn untested_only_what_okta_shows_is_adopted() {
    let mut world = World::new(1);
    world.settings(|rotation| rotation.verify = Verify::Listed);
    adopt(&mut world, None);
    assert_eq!((world.calls.as_slice(), world.judge.publications), (&["read app", "read secrets"][..], 1));
    let mut world = World::new(1);
    world.settings(|rotation| rotation.verify = Verify::Listed);
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    give(&mut world, SecretValue::new("original-0-of-the-app"));
    adopt(&mut world, None);
    assert!(refusal(&world).contains("--verify introspect"));
}
