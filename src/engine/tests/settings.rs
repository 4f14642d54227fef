//! Changing, pausing, deleting.

use super::*;
use crate::core::protocol::plan::step::{PlanStep, Wait};
use crate::core::rotation::Mapping;
use crate::engine::answer::names::read_mapping;
use crate::engine::form::Form;
use crate::engine::refusal::Kind;
use crate::engine::request::MappingBody;

fn patch(json: serde_json::Value) -> Box<RotationPatch> {
    Box::new(serde_json::from_value(json).expect("a patch"))
}

#[tokio::test]
async fn renamed_secrets_are_found_under_their_new_names_alone() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let patch = patch(serde_json::json!({"secretsMapping": {"clientId": "ID", "clientSecret": "OKTA_CLIENT_ID"}}));
    bench.call(Request::RotationUpdate { id: "payments".into(), patch }).await.expect("renamed, even onto each other");
    let get = |name: &str| {
        let query = VersionQuery { path: Some("/payments".into()), ..VersionQuery::default() };
        bench.call(Request::SecretGet { name: name.into(), query })
    };
    let Ok(Reply::Secret { secret }) = get("OKTA_CLIENT_ID").await else { panic!("the new name") };
    assert_eq!(secret.value.expose().len(), 64);
    assert!(get("ID").await.is_ok());
    assert_eq!(get("OKTA_CLIENT_SECRET").await.expect_err("the old name is gone").error, Kind::Unknown);
}

#[tokio::test]
async fn names_that_steer_programs_are_given_to_no_secret_and_kept_where_they_are() {
    let bench = Bench::new().await;
    bench.connect().await;
    let mapped = |id: &str, secret: &str| Some(MappingBody { client_id: id.into(), client_secret: secret.into() });
    let body =
        RotationBody { secrets_mapping: mapped("BASH_ENV", "LD_PRELOAD"), ..Bench::body("payments", "Payments") };
    let refusal = bench.call(Request::RotationCreate(Box::new(body.clone()))).await.expect_err("both are refused");
    let fields: Vec<&str> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["secretsMapping.clientId", "secretsMapping.clientSecret"], "{refusal:?}");
    assert!(refusal.message().contains("OKTA_LD_PRELOAD would do"), "{refusal:?}");
    let asked = bench.call(Request::RotationCreate(Box::new(RotationBody { dry_run: true, ..body }))).await;
    assert_eq!(asked.expect_err("asked beforehand").error, Kind::Invalid);
    bench.create("payments", "Payments").await.expect("created");
    let patch = patch(serde_json::json!({"secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "PATH"}}));
    let refusal = bench.call(Request::RotationUpdate { id: "payments".into(), patch }).await.expect_err("refused");
    assert_eq!(refusal.fields.len(), 1, "{refusal:?}");
    // A rotation from before may have one; that is no reason against another change.
    let known =
        Mapping { client_id: "ID".parse().expect("valid"), client_secret: "LD_PRELOAD".parse().expect("valid") };
    for (id, secret, faults) in [("ID2", "LD_PRELOAD", 0), ("LD_PRELOAD", "SECRET", 1), ("ID", "LD_AUDIT", 1)] {
        let mut form = Form::default();
        read_mapping(&mut form, mapped(id, secret).as_ref(), Some(&known));
        let found = form.done().err().map_or(0, |refusal| refusal.fields.len());
        assert_eq!(found, faults, "{id} and {secret}");
    }
}

#[tokio::test]
async fn a_shorter_interval_never_rotates_at_once() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.restart_after(Duration::days(20)).await;
    let patch = patch(serde_json::json!({"rotationInterval": 2}));
    let row = row(bench.call(Request::RotationUpdate { id: "payments".into(), patch }).await.expect("changed"));
    assert!(row.next_rotation_at.is_some_and(|at| at > bench.now()), "the next opening from now");
    assert_eq!((row.overlap_seconds, row.soak_seconds), (86_400, 43_200), "spans that were never chosen follow");
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 1);
}

#[tokio::test]
async fn a_pause_holds_start_and_retirement_and_resuming_takes_the_next_opening() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.fetch("payments").await;
    bench.call(Request::act("payments", PauseTerms::default(), Mode::Ask)).await.expect("paused");
    bench.restart_after(Duration::days(60)).await;
    bench.all_done().await;
    assert_eq!((bench.calls("create"), bench.calls("deactivate")), (1, 0));
    let resumed = bench.call(Request::act("payments", ResumeTerms::default(), Mode::Ask)).await;
    assert!(row(resumed.expect("resumed")).next_rotation_at.is_some_and(|at| at > bench.now()));
    let until = bench.now() + Duration::days(90);
    bench.call(Request::act("payments", PauseTerms { until: Some(until) }, Mode::Ask)).await.expect("paused");
    let terms = RotateTerms { ..RotateTerms::default() };
    let Ok(Reply::Plan { plan }) = bench.call(Request::act("payments", terms, Mode::Plan)).await else {
        panic!("no plan")
    };
    let next = plan.next_rotation_at.expect("after the pause");
    assert!(next >= until, "{next}");
    let Some(PlanStep::RotateNext { at, waits_for, .. }) = plan.steps.last() else { panic!("{plan:?}") };
    assert_eq!((*at, waits_for.first()), (next, Some(&Wait::Pause)), "{plan:?}");
    let past = bench.now() - Duration::days(1);
    let refusal = bench.call(Request::act("payments", PauseTerms { until: Some(past) }, Mode::Ask)).await;
    assert_eq!(refusal.expect_err("in the past").error, Kind::Invalid);
    bench.stop().await;
}

#[tokio::test]
async fn a_deleted_rotation_leaves_its_secrets_and_a_revoked_one_leaves_none() {
    let bench = Bench::new().await;
    bench.connect().await;
    let manual =
        |name: &str, app: &str| RotationBody { is_auto_rotation_enabled: Some(false), ..Bench::body(name, app) };
    bench.call(Request::RotationCreate(Box::new(manual("payments", "Payments")))).await.expect("created");
    bench.call(Request::RotationCreate(Box::new(manual("hr", "HR Sync")))).await.expect("created");

    let terms = DeleteTerms { delete_secrets: false, revoke_generated_credentials: true, force: false };
    let made = bench.value("hr").await.expect("published").value;
    bench.call(Request::act("hr", terms, Mode::Ask)).await.expect("revoked");
    let app = bench.app("HR Sync");
    assert!(app.secrets.len() == 1 && app.secrets[0].foreign, "ours is gone, the original stays");
    assert!(!app.secrets.iter().any(|secret| secret.client_secret == made.expose()));
    assert_eq!(bench.value("hr").await.expect_err("revoking deletes them").error, Kind::Unknown);
    assert_eq!(bench.call(Request::RotationShow { id: "hr".into() }).await.expect_err("gone").error, Kind::Unknown);

    let query = HistoryQuery { rotation: Some("hr".into()), ..HistoryQuery::default() };
    let Ok(Reply::History { history, .. }) = bench.call(Request::History(query)).await else { panic!("history") };
    assert_eq!(history[0].trigger, crate::core::history::Trigger::Delete, "and it is on the record");

    let refusal = bench.call(Request::act("acme", DeleteConnectionTerms {}, Mode::Ask)).await.expect_err("in use");
    assert!(refusal.message().contains("payments"), "{refusal}");
}

#[tokio::test]
async fn all_faults_of_a_form_are_reported_at_once() {
    let bench = Bench::new().await;
    bench.connect().await;
    let body = serde_json::json!({
        "name": "Not A Slug", "connectionId": "acme", "rotationInterval": 1.5,
        "rotateAt": {"hours": 25, "minutes": 0, "timeZone": "Europe/Berlln"},
        "parameters": {"clientId": "x"}, "secretsMapping": {"clientId": "A B", "clientSecret": "C/D"},
    });
    let body: RotationBody = serde_json::from_value(body).expect("a body");
    let refusal = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("nothing is valid");
    assert_eq!(refusal.error, Kind::Invalid);
    let fields: Vec<&str> = refusal.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "name",
            "secretsMapping.clientId",
            "secretsMapping.clientSecret",
            "rotationInterval",
            "rotateAt",
            "rotateAt.timeZone"
        ]
    );
}

#[tokio::test]
async fn resuming_now_runs_what_was_missed_even_in_a_command_alone() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let body = RotationBody { retire_unread: Some(true), ..Bench::body("payments", "Payments") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("created");
    // The original goes an hour before the first due time.
    let due = bench.show("payments").await.next_rotation_at.expect("scheduled");
    for later in [due - Duration::hours(25) - bench.now(), Duration::hours(24)] {
        bench.restart_after(later + Duration::minutes(1)).await;
        bench.all_done().await;
    }
    let created = bench.calls("create");
    bench.call(Request::act("payments", PauseTerms::default(), Mode::Ask)).await.expect("paused");
    bench.role = Role::OneShot;
    bench.restart_after(Duration::days(60)).await;
    let terms = ResumeTerms { now: true };
    let row = row(bench.call(Request::act("payments", terms, Mode::Ask)).await.expect("ran"));
    assert_eq!(bench.calls("create"), created + 1);
    assert!(row.next_rotation_at.is_some_and(|at| at > bench.now()), "and the rhythm continues");
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn a_first_due_date_stays_over_a_restart_and_the_same_create_without_it_joins() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let first = (bench.now() + Duration::days(3)).date_naive();
    let body = |first: String| RotationBody { first_rotation_at: Some(first), ..Bench::body("payments", "Payments") };
    let far = body((bench.now() + Duration::days(40)).date_naive().to_string());
    let refusal = bench.call(Request::RotationCreate(Box::new(far))).await.expect_err("too far");
    assert_eq!(refusal.fields[0].field, "firstRotationAt");
    bench.call(Request::RotationCreate(Box::new(body(first.to_string())))).await.expect("created");
    bench.restart_after(Duration::zero()).await;
    let row = bench.show("payments").await;
    let due = row.due_at.expect("scheduled");
    assert_eq!(due.date_naive(), first);
    assert!(row.next_rotation_at.is_some_and(|next| next > due), "the original has its overlap all the same: {row:?}");
    bench.create("payments", "Payments").await.expect("it is there");
    assert_eq!(bench.show("payments").await.due_at, Some(due));
}
