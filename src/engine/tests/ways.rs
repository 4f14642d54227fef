//! Every way to test a new secret, and every method of an app, over HTTP.

use super::*;
use crate::core::history::{Outcome, StepOutcome};
use crate::core::rotation::Verify;
use crate::engine::refusal::Kind;

impl Bench {
    fn method(&self, label: &str, method: &str) {
        for app in self.sandbox.org().inside().apps.iter_mut().filter(|app| app.label == label) {
            app.token_endpoint_auth_method = method.into();
        }
    }

    async fn create_with(&self, verify: &str) -> Result<RotationView, Refusal> {
        let body = RotationBody { verify: Some(verify.into()), ..Bench::body("payments", "Payments") };
        self.call(Request::RotationCreate(Box::new(body))).await.map(row)
    }

    async fn update(&self, patch: serde_json::Value) -> Result<RotationView, Refusal> {
        let patch = Box::new(serde_json::from_value(patch).expect("a patch"));
        self.call(Request::RotationUpdate { id: "payments".into(), patch }).await.map(row)
    }
}

#[tokio::test]
async fn each_way_works_with_each_method_and_calls_only_its_own_endpoint() {
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt"] {
        for (verify, introspections, tokens) in [("introspect", 2, 0), ("token", 0, 2), ("listed", 0, 0)] {
            let bench = Bench::new().await;
            bench.connect().await;
            bench.method("Payments", method);
            let made = bench.create_with(verify).await.expect("created");
            assert_eq!(made.verify.as_str(), verify);
            bench.rotate("payments", true).await.expect("rotated");
            assert_eq!(
                (bench.calls("introspect"), bench.calls("token")),
                (introspections, tokens),
                "{method}, {verify}"
            );
            bench.published_works("payments", "Payments").await;
            bench.nothing_lost("Payments");
        }
    }
}

#[tokio::test]
async fn an_app_that_signs_is_rotated_though_our_clock_is_hours_off() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.method("Payments", "client_secret_jwt");
    bench.sandbox.org().inside().date_offset = Duration::hours(-5);
    bench.create_with("introspect").await.expect("created");
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn what_was_not_tested_says_so_on_the_record() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create_with("listed").await.expect("created");
    let entry = bench.history("payments").await.remove(0);
    assert_eq!(entry.outcome, Outcome::Success);
    assert!(entry.message().contains("was not tested"), "{}", entry.message());
    let note = entry.steps.iter().find(|step| step.step == "verify").expect("a note");
    assert_eq!((note.outcome, note.http_status), (StepOutcome::Note, None));
}

#[tokio::test]
async fn an_app_without_codes_is_refused_the_token_way_and_nothing_is_saved() {
    let bench = Bench::new().await;
    bench.connect().await;
    for app in &mut bench.sandbox.org().inside().apps {
        app.application_type = "service".into();
    }
    let refusal = bench.create_with("token").await.expect_err("it would tell nothing");
    assert_eq!(refusal.error, Kind::Conflict, "{refusal}");
    assert!(refusal.message().contains("authorization codes") && refusal.hint().contains("introspect"), "{refusal:?}");
    assert_eq!(bench.calls("create"), 0);
    assert!(bench.call(Request::RotationShow { id: "payments".into() }).await.is_err());
}

#[tokio::test]
async fn what_the_token_endpoint_says_besides_is_no_verdict_and_is_asked_again() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 60.0)).await;
    bench.connect().await;
    let body = serde_json::json!({"error": "unauthorized_client", "error_description": "x"}).to_string();
    let kind = serde_json::json!({"type": "status", "status": 400, "body": body});
    bench.order(serde_json::json!({"on": "token", "times": 2, "kind": kind}));
    let mut events = bench.follow();
    let refusal = bench.create_with("token").await.expect_err("whoever waits sees what stands in the way");
    assert!(refusal.message().contains("unauthorized_client"), "{refusal}");
    until(&mut events, |event| event.kind == "attempt").await;
    let steps = bench.history("payments").await.remove(0).steps;
    let tests: Vec<_> = steps.iter().filter(|step| step.step == "verify").map(|step| step.outcome).collect();
    assert_eq!(tests, [StepOutcome::Doubtful, StepOutcome::Doubtful, StepOutcome::Ok]);
    assert_eq!(bench.calls("create"), 1);
    bench.stop().await;
}

#[tokio::test]
async fn the_way_is_changed_and_shown_and_another_word_is_refused_by_name() {
    let bench = Bench::new().await;
    bench.connect().await;
    let refusal = bench.create_with("guess").await.expect_err("no such way");
    assert_eq!((refusal.error, refusal.fields[0].field.as_str()), (Kind::Invalid, "verify"), "{refusal}");
    bench.create_with("introspect").await.expect("created");
    let refusal = bench.update(serde_json::json!({"verify": "Token"})).await.expect_err("no such way");
    assert!(refusal.fields[0].message.contains("introspect, token or listed"), "{refusal:?}");
    assert_eq!(bench.show("payments").await.verify, Verify::Introspect);
    assert_eq!(bench.update(serde_json::json!({"verify": "token"})).await.expect("changed").verify, Verify::Token);
    bench.rotate("payments", true).await.expect("rotated");
    assert_eq!((bench.calls("introspect"), bench.calls("token")), (1, 1));
    assert_eq!(bench.update(serde_json::json!({"overlapSeconds": 3600})).await.expect("changed").verify, Verify::Token);
}

#[tokio::test]
async fn the_same_create_again_joins_it_only_where_it_is_tested_alike() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create_with("listed").await.expect("created");
    bench.create_with("listed").await.expect("the same again");
    assert_eq!(bench.create_with("token").await.expect_err("another").error, Kind::Conflict);
}

#[tokio::test]
async fn a_secret_that_waits_for_an_operator_is_tested_at_once_when_it_may_be_tested_again() {
    let bench = Bench::new().await;
    bench.connect().await;
    {
        let role = &mut bench.sandbox.org().inside().role;
        (role.hide_values, role.hide_hashes) = (true, true);
    }
    bench.order(serde_json::json!({"on": "create", "times": 1, "when": "after", "kind": {"type": "drop"}}));
    let refusal = bench.create_with("listed").await.expect_err("which of the two is ours no list tells");
    assert_eq!(refusal.error, Kind::Conflict, "{refusal}");
    let mut events = bench.follow();
    bench.update(serde_json::json!({"verify": "introspect"})).await.expect("changed");
    until(&mut events, |event| event.kind == "attempt").await;
    assert_eq!((bench.calls("create"), bench.calls("introspect")), (1, 1));
    bench.published_works("payments", "Payments").await;
    bench.nothing_lost("Payments");
}
