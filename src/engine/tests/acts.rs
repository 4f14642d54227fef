//! What people ask for.

use super::*;
use crate::core::history::{Outcome, Trigger};
use crate::core::protocol::plan::step::PlanStep;
use crate::core::state::State;
use crate::engine::refusal::Kind;

#[tokio::test]
async fn a_created_rotation_publishes_a_secret_that_authenticates() {
    let bench = Bench::new().await;
    bench.connect().await;
    let row = bench.create("payments", "Payments").await.expect("created");
    assert_eq!((row.state, row.phase.as_str()), (State::Ok, "idle"));
    let value = bench.value("payments").await.expect("published");
    assert_eq!((value.version, value.value.expose().len()), (1, 64));
    bench.published_works("payments", "Payments").await;
    let app = bench.app("Payments");
    assert_eq!(app.secrets.len(), 2, "the original is still there");
    assert!(app.secrets.iter().all(|secret| secret.active));
    let history = bench.history("payments").await;
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].trigger, history[0].outcome), (Trigger::Create, Outcome::Success));
    let steps: Vec<&str> = history[0].steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(steps, ["read app", "read secrets", "create", "verify"]);
    assert!(history[0].steps.iter().all(|step| step.okta_request_id.is_some() && step.http_status.is_some()));
}

#[tokio::test]
async fn a_client_id_that_is_not_the_app_id_is_found_and_published() {
    let bench = Bench::new().await;
    bench.connect().await;
    let app = bench.app("Billing API");
    assert_ne!(app.id, app.client_id);
    let row = bench.create("billing", &app.client_id).await.expect("created");
    assert_eq!((&row.parameters.app_id, &row.parameters.client_id), (&app.id, &app.client_id));
    let query = VersionQuery { path: Some("/billing".into()), ..VersionQuery::default() };
    let reply = bench.call(Request::SecretGet { name: "OKTA_CLIENT_ID".into(), query }).await.expect("published");
    let Reply::Secret { secret } = reply else { panic!("{reply:?}") };
    assert_eq!(secret.value.expose(), app.client_id);
}

#[tokio::test]
async fn rotating_asks_before_it_cuts_and_does_as_it_said() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let original = bench.app("Payments").secrets[0].id.clone();
    let refusal = bench.rotate("payments", false).await.expect_err("the original would have to go");
    assert_eq!(refusal.error, Kind::NeedsConsent);
    let plan = refusal.plan.expect("with a plan");
    assert!(plan.asks && plan.deletes(), "{plan:?}");
    assert_eq!(bench.app("Payments").secrets.len(), 2, "nothing was changed");
    bench.rotate("payments", true).await.expect("agreed");
    assert!(bench.app("Payments").secrets.iter().all(|secret| secret.id != original), "the original made room");
    bench.published_works("payments", "Payments").await;
    bench.nothing_lost("Payments");
    assert_eq!(bench.value("payments").await.expect("published").version, 2);
}

#[tokio::test]
async fn two_requests_at_once_are_one_attempt() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let (one, two) = tokio::join!(bench.rotate("payments", true), bench.rotate("payments", true));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!(bench.calls("create"), 2, "one at creation, one for both requests");
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_would_go() {
    let bench = Bench::new().await;
    bench.connect().await;
    let body = RotationBody { dry_run: true, ..Bench::body("payments", "Payments") };
    let Reply::Plan { plan } = bench.call(Request::RotationCreate(Box::new(body))).await.expect("a plan") else {
        panic!("no plan")
    };
    assert!(plan.blockers.is_empty() && plan.secrets.len() == 1, "{plan:?}");
    assert!(bench.call(Request::RotationShow { id: "payments".into() }).await.is_err(), "nothing was made");
    assert_eq!(bench.calls("create"), 0);
}

#[tokio::test]
async fn a_plan_has_the_terms_of_an_original_that_was_named_to_be_replaced() {
    let bench = Bench::new().await;
    bench.connect().await;
    let only = bench.app("Payments").secrets[0].id.clone();
    let replaced = RotationBody { replace_secret_id: Some(only.clone()), ..Bench::body("payments", "Payments") };
    let reply = bench.call(Request::RotationCreate(Box::new(RotationBody { dry_run: true, ..replaced }))).await;
    let Ok(Reply::Plan { plan }) = reply else { panic!("{reply:?}") };
    let stays = |step: &PlanStep| matches!(step, PlanStep::StaysActive { secret_id, off_at: Some(_), .. } if *secret_id == only);
    assert!(plan.steps.iter().any(stays), "{plan:?}");
}

#[tokio::test]
async fn what_is_taken_is_refused_before_anything_changes() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let same_name = bench.create("payments", "HR Sync").await.expect_err("the name is taken");
    assert_eq!(same_name.error, Kind::Conflict);
    let same_app = bench.create("other", "Payments").await.expect_err("the app is taken");
    assert!(same_app.message().contains("payments"), "{same_app}");
    let body = RotationBody { secret_path: Some("/payments".into()), ..Bench::body("hr", "HR Sync") };
    let same_place = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("the place is taken");
    assert!(same_place.message().contains("OKTA_CLIENT_SECRET (of the rotation payments)"), "{same_place}");
    assert!(same_place.hint().contains("--path /payments/hr`"), "{}", same_place.hint());
    assert_eq!(same_place.free_path.as_deref(), Some("/payments/hr"));
    assert_eq!(bench.calls("create"), 1);
    // What is proposed is free itself.
    let body = RotationBody { secret_path: Some("/payments/hr".into()), ..Bench::body("billing", "Billing API") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("created");
    let body = RotationBody { secret_path: same_place.free_path, ..Bench::body("hr", "HR Sync") };
    let taken = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("taken meanwhile");
    assert_eq!(taken.free_path.as_deref(), Some("/payments/hr/hr"));
    let body = RotationBody { secret_path: Some("/payments".into()), ..Bench::body("hr", "HR Sync") };
    let taken = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("the place is taken");
    assert_eq!(taken.free_path.as_deref(), Some("/payments/hr-2"));
}

#[tokio::test]
async fn a_place_with_secrets_of_no_rotation_says_how_they_are_removed() {
    let bench = Bench::new().await;
    bench.connect().await;
    // Nothing of it is left at Okta that it would wait for.
    let adopts = RotationBody { adopt: true, ..Bench::body("payments", "Payments") };
    let id = row(bench.call(Request::RotationCreate(Box::new(adopts))).await.expect("created")).id.to_string();
    bench.call(Request::act(id, DeleteTerms::default(), Mode::Ask)).await.expect("deleted");
    let body = RotationBody { secret_path: Some("/payments".into()), ..Bench::body("hr", "HR Sync") };
    let taken = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("the place is taken");
    assert!(taken.message().contains("kept current by no rotation"), "{taken}");
    let delete = "`windlass secret delete OKTA_CLIENT_SECRET --environment prod --path /payments`";
    assert!(taken.hint().contains(delete), "{}", taken.hint());
    assert_eq!(taken.free_path.as_deref(), Some("/payments/hr"));
}

#[tokio::test]
async fn an_app_that_cannot_be_rotated_is_refused_with_the_reason() {
    let bench = Bench::new().await;
    bench.connect().await;
    for (label, reason) in
        [("Checkout Web", "private_key_jwt"), ("IdP Admin", "two secrets"), ("Legacy ERP", "INACTIVE")]
    {
        let label =
            bench.sandbox.apps().iter().find(|app| app.label == label).map_or(label.to_owned(), |app| app.id.clone());
        let refusal = bench.create("x", &label).await.expect_err("cannot be rotated");
        assert!(refusal.message().contains(reason), "{label}: {refusal}");
    }
    let unknown = bench.create("x", "No Such App").await.expect_err("unknown");
    assert_eq!(unknown.error, Kind::Unknown);
    let mistyped = bench.create("x", "Paymnts").await.expect_err("unknown");
    let right = bench.app("Payments").id;
    assert!(mistyped.hint().contains(&right) && mistyped.hint().contains("nothing was saved"), "{}", mistyped.hint());
    assert_eq!(bench.calls("create"), 0);
}

#[tokio::test]
async fn two_secrets_make_room_only_for_the_one_that_was_named() {
    let bench = Bench::new().await;
    bench.connect().await;
    let app = bench.app("IdP Admin");
    let (goes, stays) = (app.secrets[0].id.clone(), app.secrets[1].id.clone());
    let body = RotationBody { replace_secret_id: Some(goes.clone()), ..Bench::body("idp", "IdP Admin") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("created");
    let ids: Vec<String> = bench.app("IdP Admin").secrets.into_iter().map(|secret| secret.id).collect();
    assert!(!ids.contains(&goes) && ids.contains(&stays) && ids.len() == 2, "{ids:?}");
    bench.published_works("idp", "IdP Admin").await;
}

#[tokio::test]
async fn a_foreign_second_secret_goes_only_when_it_is_named() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.rotate("payments", true).await.expect("rotates");
    // Ours is the only one left once the previous is gone; then someone makes another at Okta.
    let foreign = {
        let mut inside = bench.sandbox.org().inside();
        let app = inside.apps.iter_mut().find(|app| app.label == "Payments").expect("seeded");
        let mut stranger = app.secrets[0].clone();
        let ours = app.secrets.pop().expect("the new one");
        stranger.id = "ocsStranger0000000000".into();
        stranger.client_secret = "a value that no one here ever saw".into();
        app.secrets = vec![ours, stranger.clone()];
        stranger.id
    };
    let refusal = bench.rotate("payments", true).await.expect_err("it is not ours to touch");
    assert!(refusal.message().contains(&foreign), "{refusal}");
    assert_eq!(refusal.error, Kind::Conflict);
    let terms =
        RotateTerms { replace_secret_id: Some(foreign.clone()), wait_seconds: Some(600), ..RotateTerms::default() };
    bench.call(Request::act("payments", terms, Mode::Ask)).await.expect("named");
    assert!(bench.app("Payments").secrets.iter().all(|secret| secret.id != foreign));
    bench.published_works("payments", "Payments").await;
    bench.nothing_lost("Payments");
}

#[tokio::test]
async fn the_same_create_again_is_the_same_rotation_and_another_under_its_name_is_refused() {
    let bench = Bench::new().await;
    bench.connect().await;
    let first = bench.create("payments", "Payments").await.expect("created");
    let again = bench.create("payments", "Payments").await.expect("its answer may have been lost");
    assert_eq!((again.id, bench.calls("create")), (first.id, 1));
    let other = RotationBody { overlap_seconds: Some(3600), ..Bench::body("payments", "Payments") };
    let refusal = bench.call(Request::RotationCreate(Box::new(other))).await.expect_err("not the same");
    assert_eq!(refusal.error, Kind::Conflict);
}

#[tokio::test]
async fn a_mistyped_secret_to_replace_is_refused_and_nothing_goes_instead() {
    let bench = Bench::new().await;
    bench.connect().await;
    let body = RotationBody { replace_secret_id: Some("ocsMistyped".into()), ..Bench::body("idp", "IdP Admin") };
    let refusal = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("mistyped");
    assert!(
        refusal.error == Kind::Unknown && refusal.hint().contains(&bench.app("IdP Admin").secrets[0].id),
        "{refusal:?}"
    );
    bench.create("payments", "Payments").await.expect("created");
    for dry in [false, true] {
        let terms = RotateTerms {
            replace_secret_id: Some("ocsMistyped".into()),
            wait_seconds: Some(600),
            ..RotateTerms::default()
        };
        let request = Request::act("payments", terms, if dry { Mode::Plan } else { Mode::Agreed });
        assert_eq!(bench.call(request).await.expect_err("mistyped").error, Kind::Unknown);
    }
    assert_eq!((bench.calls("deactivate"), bench.calls("delete")), (0, 0));
}

#[tokio::test]
async fn a_read_that_fails_once_is_read_again_before_a_create_gives_up() {
    let bench = Bench::with(7, None, Clock::fast(test_now(), 60.0)).await;
    bench.connect().await;
    bench.order(serde_json::json!({"on": "apps", "times": 2, "kind": {"type": "status", "status": 503}}));
    bench.create("payments", "Payments").await.expect("created");
}

#[tokio::test]
async fn a_refused_token_is_reported_with_the_name_of_the_connection_in_its_command_whatever_was_asked() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.sandbox.org().inside().token_valid = false;
    let id = || "payments".to_owned();
    let other = RotationBody { secret_path: Some("/other".into()), ..Bench::body("other", "HR Sync") };
    let asked = [
        Request::act(id(), RotateTerms::default(), Mode::Plan),
        Request::act(id(), CheckTerms {}, Mode::Ask),
        Request::RotationCreate(Box::new(other)),
        Request::ConnectionApps { id: "acme".into(), query: AppsQuery::default() },
        Request::act(id(), RotateTerms::default(), Mode::Agreed),
    ];
    for request in asked {
        let reported = format!("{request:?}");
        let refusal = bench.call(request).await.expect_err("refused");
        assert!(!refusal.hint().contains("NAME"), "{reported}: {}", refusal.hint());
        assert!(refusal.hint().contains("`windlass connection update acme"), "{reported}: {refusal:?}");
    }
}
