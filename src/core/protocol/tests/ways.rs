//! The ways to test a new secret, and the one that tests nothing.

use chrono::Duration;
use uuid::Uuid;

use super::model::{Maker, Way};
use super::world::World;
use super::{days, operator, start};
use crate::core::fault::Code;
use crate::core::history::noted::Noted;
use crate::core::history::{Outcome, StepOutcome, Trigger};
use crate::core::protocol::call::{Call, Probe};
use crate::core::protocol::event::Effect;
use crate::core::protocol::open::{Ask, open};
use crate::core::protocol::plan::make::plan;
use crate::core::rotation::{AuthMethod, Consent, Kind, Verify};
use crate::core::secret::SecretValue;
use crate::words::voice::Shell;

fn running(verify: Verify) -> World {
    let mut world = World::running();
    world.settings(|rotation| rotation.verify = verify);
    world
}

/// The test that goes out next.
fn probe(world: &World) -> (Probe, AuthMethod) {
    match world.queue.front() {
        Some(Effect::Call(_, Call::Authenticate { probe, method, .. })) => (probe.clone(), *method),
        other => panic!("{other:?}"),
    }
}

fn token(world: &World) -> Probe {
    Probe::Token { redirect_uri: world.okta.app.redirect_uri.clone().expect("it has one") }
}

/// The new secret, which is at Okta and not published.
fn pending_id(world: &World) -> String {
    let current = world.current_id();
    world.okta.held.iter().find(|held| held.id != current).map(|held| held.id.clone()).expect("a new one")
}

#[test]
fn a_test_at_the_token_endpoint_and_its_control_both_go_there() {
    let mut world = running(Verify::Token);
    let before = world.current_id();
    world.ask(Consent::default());
    for _ in 0..6 {
        world.stop_before("verify");
        assert_eq!(probe(&world).0, token(&world));
        world.execute(Way::Refused);
    }
    world.stop_before("verify");
    assert_eq!(probe(&world).0, token(&world), "the control");
    world.run();
    assert_eq!((world.current_id(), world.ended().0, world.okta.held.len()), (before, Outcome::Failed, 1));
}

#[test]
fn what_works_at_the_token_endpoint_is_published() {
    let mut world = running(Verify::Token);
    world.ask(Consent::default());
    world.run();
    assert_eq!((world.judge.publications, world.ended().0), (2, Outcome::Success));
    assert!(world.calls.contains(&"verify"));
}

#[test]
fn an_app_that_may_not_use_codes_is_refused_before_anything_changes() {
    let mut world = running(Verify::Token);
    world.okta.app.redirect_uri = None;
    world.ask(Consent::default());
    world.run();
    assert_eq!(world.calls, ["read app"]);
    let reported = world.reported.expect("the refusal is reported");
    assert!(
        reported.message().contains("authorization codes") && reported.hint().contains("introspect"),
        "{reported:?}"
    );
}

#[test]
fn an_app_that_loses_its_codes_in_between_keeps_the_new_secret_until_it_is_tested_another_way() {
    let mut world = running(Verify::Token);
    world.ask(Consent::default());
    world.meet("verify", Way::Fails);
    world.okta.app.redirect_uri = None;
    world.pass_until(world.now + days(2));
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains("authorization codes")));
    assert_eq!((world.judge.publications, world.okta.held.len()), (1, 2));
    world.settings(|rotation| rotation.verify = Verify::Introspect);
    world.pass_until(world.now + days(2));
    assert_eq!((world.judge.publications, world.drawn), (2, 2));
}

#[test]
fn a_client_secret_jwt_app_is_rotated_and_tested_by_that_method() {
    let mut world = running(Verify::Introspect);
    world.okta.app.auth_method = AuthMethod::ClientSecretJwt;
    world.ask(Consent::default());
    world.stop_before("verify");
    assert_eq!(probe(&world), (Probe::Introspect, AuthMethod::ClientSecretJwt));
    world.run();
    assert_eq!(world.judge.publications, 2);
}

#[test]
fn listed_publishes_on_a_list_read_after_the_create_and_says_that_nothing_was_tested() {
    let mut world = running(Verify::Listed);
    world.ask(Consent::default());
    world.run();
    assert_eq!(world.calls, ["read app", "read secrets", "create", "read secrets"]);
    assert_eq!((world.judge.publications, world.ended().0), (2, Outcome::Success));
    assert!(world.ended().1.contains("was not tested"), "{}", world.ended().1);
    let steps = &world.disk.history.last().expect("an entry").steps;
    let said = steps.iter().find(|step| step.step == "verify").expect("it is on the record");
    assert_eq!(said.outcome, StepOutcome::Note);
    assert!(matches!(said.noted, Noted::ListedOnly { .. }), "{:?}", said.noted);
}

#[test]
fn listed_switches_a_new_secret_on_that_someone_switched_off() {
    let mut world = running(Verify::Listed);
    world.ask(Consent::default());
    world.meet("create", Way::Clear);
    let new = pending_id(&world);
    world.okta.switch(&new, false, world.now);
    world.run();
    assert_eq!(world.calls[3..], ["read secrets", "activate", "read secrets"]);
    assert_eq!(world.current_id(), new);
}

#[test]
fn listed_publishes_nothing_that_the_list_shows_with_another_value() {
    for hide_values in [false, true] {
        let mut world = running(Verify::Listed);
        let before = world.current_id();
        world.okta.hide_values = hide_values;
        world.ask(Consent::default());
        world.meet("create", Way::Clear);
        let new = pending_id(&world);
        for held in world.okta.held.iter_mut().filter(|held| held.id == new) {
            held.value = SecretValue::new("what Okta made of it");
        }
        world.execute(Way::Clear);
        world.execute(Way::Clear);
        let attention = world.rotation().attention.clone().expect("it needs attention");
        assert!(
            attention.problem.message().contains("does not list") && attention.problem.hint().contains("introspect"),
            "{attention:?}"
        );
        assert_eq!((world.current_id(), world.okta.held.len()), (before, 2), "nothing is withdrawn on a list alone");
    }
}

#[test]
fn listed_does_not_take_a_secret_for_ours_that_only_elimination_tells() {
    let mut world = running(Verify::Listed);
    let before = world.current_id();
    (world.okta.hide_values, world.okta.hide_hashes) = (true, true);
    world.ask(Consent::default());
    world.meet("create", Way::LostAfter);
    world.pass_until(world.now + days(7));
    assert_eq!((world.current_id(), world.okta.held.len()), (before, 2));
    assert!(world.rotation().attention.as_ref().is_some_and(|it| it.problem.message().contains("Okta hides")));
    world.settings(|rotation| rotation.verify = Verify::Introspect);
    world.pass_until(world.now + days(2));
    assert_eq!((world.judge.publications, world.drawn), (2, 2), "a test tells");
}

#[test]
fn listed_does_not_outweigh_a_refusal_and_an_operator_does() {
    let mut world = running(Verify::Introspect);
    let before = world.current_id();
    world.ask(Consent::default());
    world.meet("verify", Way::Refused);
    world.settings(|rotation| rotation.verify = Verify::Listed);
    world.pass_until(world.now + days(2));
    let cause = world.rotation().attention.as_ref().map(|it| it.problem.message()).unwrap_or_default();
    assert!(cause.contains("refused"), "{cause}");
    assert_eq!((world.current_id(), world.okta.held.len()), (before.clone(), 2), "neither published nor withdrawn");
    world.resolve(true);
    world.run();
    assert_ne!(world.current_id(), before);
}

#[test]
fn a_refusal_that_came_before_the_control_is_no_ground_to_withdraw_once_nothing_is_tested() {
    let mut world = running(Verify::Introspect);
    world.ask(Consent::default());
    for _ in 0..5 {
        world.meet("verify", Way::Refused);
    }
    world.stop_before("verify");
    world.settings(|rotation| rotation.verify = Verify::Listed);
    world.execute(Way::Refused);
    world.pass_until(world.now + days(3));
    assert_eq!(world.okta.held.len(), 2, "there was no control, so nothing is withdrawn: {:?}", world.calls);
    assert_eq!(world.judge.publications, 1);
}

#[test]
fn going_back_without_a_test_publishes_what_is_listed_with_our_value_and_nothing_else() {
    for known in [true, false] {
        let mut world = running(Verify::Listed);
        world.ask(Consent::default());
        world.run();
        let current = world.current_id();
        let back = pending_id(&world);
        if !known {
            for held in world.okta.held.iter_mut().filter(|held| held.id == back) {
                held.maker = Maker::Stranger;
                held.value = SecretValue::new("someone else's value");
            }
        }
        world.calls.clear();
        world.roll_back();
        world.run();
        assert_eq!(world.calls, ["read app", "read secrets"]);
        assert_eq!(world.current_id(), if known { back } else { current });
        assert_eq!(world.reported.is_some(), !known, "the refusal is reported at once");
    }
}

#[test]
fn the_plan_says_how_the_new_secret_is_tested_or_that_it_is_not() {
    let ask = || Ask {
        attempt: Uuid::from_u128(9),
        trigger: Trigger::Manual,
        actor: operator(),
        consent: Consent::default(),
    };
    for (verify, word) in [
        (Verify::Introspect, "test that it authenticates, then publish"),
        (Verify::Token, "authenticates at the token endpoint"),
        (Verify::Listed, "is not tested"),
    ] {
        let mut world = running(verify);
        let planned = |world: &World, kind| {
            let opened = open(world.rotation(), kind, ask(), world.now);
            plan(&opened, world.okta.app.clone(), &world.okta.list(), true, world.now)
        };
        let steps = planned(&world, Kind::Rotate).sentences(&Shell).join("; ");
        assert!(steps.contains(word), "{verify:?}: {steps}");
        world.ask(Consent::default());
        world.run();
        let steps = planned(&world, Kind::Rollback).sentences(&Shell);
        assert_eq!(steps.len(), 2, "{steps:?}");
        assert_eq!(steps[0].contains("is not tested"), verify == Verify::Listed, "{steps:?}");
        assert!(steps[0].contains(&pending_id(&world)), "{steps:?}");
    }
    let mut world = running(Verify::Token);
    world.okta.app.redirect_uri = None;
    let opened = open(world.rotation(), Kind::Rotate, ask(), world.now);
    let planned = plan(&opened, world.okta.app.clone(), &world.okta.list(), true, world.now);
    assert!(planned.blockers[0].message().contains("authorization codes"), "{planned:?}");
}

#[test]
fn an_answer_that_is_no_verdict_withdraws_nothing_at_the_token_endpoint_either() {
    let mut world = running(Verify::Token);
    world.pass_until(start() + days(29));
    world.stop_before("verify");
    for _ in 0..4 {
        world.meet("verify", Way::Fails);
    }
    assert_eq!(world.operation().and_then(|it| it.fault.as_ref()).map(|fault| fault.code), Some(Code::ServerError));
    world.pass_until(world.now + Duration::hours(2));
    assert_eq!((world.judge.publications, world.drawn), (2, 2));
}

#[test]
fn the_ways_have_the_names_that_are_typed_and_stored() {
    for name in Verify::NAMES {
        let way: Verify = name.parse().expect("one of them");
        assert_eq!((way.as_str(), serde_json::to_value(way).expect("JSON")), (name, name.into()));
    }
    assert!("guess".parse::<Verify>().is_err_and(|bad| bad.0.contains("introspect, token or listed")));
}

#[test]
fn a_method_that_okta_hides_or_that_is_new_is_named_before_anything_changes() {
    for (shown, said) in [
        (AuthMethod::Hidden, "does not show how the app Payments authenticates"),
        (AuthMethod::Unknown, "a method of the app Payments that windlass does not know"),
    ] {
        let mut world = running(Verify::Introspect);
        world.okta.app.auth_method = shown;
        world.ask(Consent::default());
        world.run();
        assert_eq!(world.calls, ["read app"]);
        let reported = world.reported.take().expect("the refusal is reported");
        assert!(
            reported.message().contains(said) && reported.hint().contains("--verify client_secret_basic"),
            "{reported:?}"
        );
        world.settings(|rotation| rotation.verify = Verify::ClientSecretPost);
        world.ask(Consent::default());
        world.stop_before("verify");
        assert_eq!(probe(&world), (Probe::Introspect, AuthMethod::ClientSecretPost));
    }
}

#[test]
fn a_client_id_that_okta_comes_to_show_goes_before_the_one_that_was_taken_for_it() {
    let mut world = running(Verify::Introspect);
    let shown = world.okta.app.client_id.clone();
    world.settings(|rotation| {
        rotation.app.client_id = rotation.app.id.clone();
        rotation.app.client_id_hidden = true;
    });
    world.ask(Consent::default());
    world.run();
    let app = &world.rotation().app;
    assert_eq!((&app.client_id, app.client_id_hidden), (&shown, false));
    assert_eq!(world.judge.publications, 2, "it was tested as that client");
}
