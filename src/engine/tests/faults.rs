//! Lost answers, refused tokens, full disks.

use super::*;
use crate::core::history::Outcome;
use crate::core::state::State;
use crate::engine::events::notice::Notice;
use crate::engine::refusal::Kind;
use crate::store::{Recovery, StoreError};
use crate::words::voice::Shell;

#[tokio::test]
async fn a_lost_answer_is_adopted_and_not_repeated() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.order(serde_json::json!({"on": "create", "times": 1, "when": "after", "kind": {"type": "drop"}}));
    bench.create("payments", "Payments").await.expect("created all the same");
    assert_eq!(bench.calls("create"), 1);
    bench.published_works("payments", "Payments").await;
    let steps = &bench.history("payments").await[0].steps;
    assert!(steps.iter().any(|step| step.step == "create" && step.http_status.is_none()), "the loss is on the record");
}

#[tokio::test]
async fn an_unreachable_org_leaves_no_trace_of_a_create() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.order(serde_json::json!({"on": "app", "kind": {"type": "status", "status": 503}}));
    let refusal = bench.create("payments", &bench.app("Payments").id).await.expect_err("503");
    assert_eq!(refusal.error, Kind::Unavailable);
    assert!(bench.call(Request::RotationShow { id: "payments".into() }).await.is_err());
}

#[tokio::test]
async fn a_rotation_that_is_refused_at_its_first_look_ends_with_what_refused_it() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.sandbox.org().inside().token_valid = false;
    let refusal = bench.rotate("payments", true).await.expect_err("the token is refused");
    assert_eq!((refusal.error, refusal.okta_error_code.as_deref()), (Kind::Refused, Some("E0000011")), "{refusal}");
    assert!(
        refusal.hint().contains("connection update") && refusal.hint().contains("nothing was changed"),
        "{refusal:?}"
    );
    assert_eq!(bench.history("payments").await[0].outcome, Outcome::Failed, "it is on the record all the same");
}

#[tokio::test]
async fn rotating_past_a_published_secret_that_is_off_is_refused_with_the_advice_to_switch_it_on() {
    let bench = Bench::new().await;
    bench.connect().await;
    let row = bench.create("payments", "Payments").await.expect("created");
    let current = row.current.and_then(|current| current.secret_id).expect("published");
    for app in &mut bench.sandbox.org().inside().apps {
        for secret in app.secrets.iter_mut().filter(|secret| secret.id == current) {
            secret.active = false;
        }
    }
    let refusal = bench.rotate("payments", true).await.expect_err("the original is the only one that works");
    assert_eq!(refusal.error, Kind::Conflict);
    assert!(refusal.hint().contains("activate") && !refusal.hint().contains("or rotate"), "{}", refusal.hint());
    assert_eq!(bench.app("Payments").secrets.len(), 2, "nothing was cut");
}

#[tokio::test]
async fn a_token_revoked_between_create_and_verify_finishes_by_itself_once_it_is_back() {
    let bench = Bench::new().await;
    bench.connect().await;
    // The create's answer is lost and the token goes with it: the look that must follow is refused.
    bench.order(serde_json::json!({"on": "create", "times": 1, "when": "after", "kind": {"type": "hold"}}));
    let org = bench.sandbox.org().clone();
    let revoke = async {
        let held = bench.parked().await;
        bench.order(serde_json::json!({"on": "introspect", "times": 1, "kind": {"type": "status", "status": 500}}));
        org.inside().token_valid = false;
        org.release(held);
    };
    let (created, ()) = tokio::join!(bench.create("payments", "Payments"), revoke);
    let refusal = created.expect_err("the token is refused");
    assert_eq!(refusal.error, Kind::Refused, "{refusal}");
    assert_eq!(bench.show("payments").await.state, State::Waiting);
    let mut events = bench.follow();
    bench.sandbox.org().inside().token_valid = true;
    bench.call(Request::act("acme", TestTerms::default(), Mode::Ask)).await.expect("works again");
    until(&mut events, |event| event.kind == "attempt").await;
    assert_eq!(bench.show("payments").await.state, State::Ok);
    assert_eq!(bench.calls("create"), 1, "no second secret was made");
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn a_refused_secret_is_withdrawn_and_the_old_one_stays() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 60.0)).await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let before = bench.value("payments").await.expect("published").value;
    bench.sandbox.org().inside().propagation = Duration::days(2000);
    // The control probe is a secret older than that.
    for app in &mut bench.sandbox.org().inside().apps {
        for secret in &mut app.secrets {
            secret.created -= Duration::days(4000);
        }
    }
    let refusal = bench.rotate("payments", true).await.expect_err("Okta refuses it");
    assert_eq!(refusal.error, Kind::Failed, "{refusal}");
    assert!(bench.value("payments").await.expect("published").value == before, "the old one stays current");
    assert_eq!(bench.app("Payments").secrets.len(), 1, "the refused one is withdrawn");
    assert_eq!(bench.history("payments").await[0].outcome, Outcome::Failed);
    bench.published_works("payments", "Payments").await;
    bench.stop().await;
}

#[tokio::test]
async fn a_disk_that_fills_up_at_any_write_loses_nothing_and_reading_continues() {
    for full_from in 1.. {
        let mut bench = Bench::new().await;
        bench.disk.lock().expect("no panic").full_from = None;
        bench.connect().await;
        bench.create("payments", "Payments").await.expect("created");
        let before = bench.value("payments").await.expect("published").value;
        let so_far = bench.disk.lock().expect("no panic").batches;
        bench.disk.lock().expect("no panic").full_from = Some(so_far + full_from - 1);
        let result = bench.rotate("payments", true).await;
        bench.nothing_lost("Payments");
        if let Ok(row) = result {
            assert_eq!(row.state, State::Ok);
            assert!(
                full_from > 4,
                "a rotation is at least an intent, an id, a deactivation, a deletion, a publication"
            );
            return;
        }
        let refusal = result.expect_err("the disk is full");
        assert_eq!(refusal.error, Kind::Store, "{refusal}");
        assert!(bench.value("payments").await.expect("reading continues").value == before, "as it is on disk");
        bench.published_works("payments", "Payments").await;
        // Room again: the next start brings it to its end.
        bench.disk.lock().expect("no panic").full_from = None;
        bench.restart_after(Duration::seconds(1)).await;
        bench.all_done().await;
        if bench.show("payments").await.current.map(|it| it.version) == Some(1) {
            bench.rotate("payments", true).await.expect("rotates");
        }
        bench.nothing_lost("Payments");
        bench.published_works("payments", "Payments").await;
        assert_eq!(
            bench.app("Payments").secrets.iter().filter(|secret| secret.active).count(),
            bench.app("Payments").secrets.len()
        );
    }
}

#[tokio::test]
async fn a_disk_with_room_again_is_written_again_without_a_restart() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 600.0)).await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let mut events = bench.follow();
    let full = {
        let disk = bench.disk.lock().expect("no panic");
        disk.batches
    };
    bench.disk.lock().expect("no panic").full_from = Some(full);
    let refusal = bench.rotate("payments", true).await.expect_err("the disk is full");
    assert!(refusal.hint().contains("every minute"), "{}", refusal.hint());
    bench.disk.lock().expect("no panic").full_from = None;
    until(&mut events, |event| event.notice == Notice::StoreReopened { quarantined: false }).await;
    bench.rotate("payments", true).await.expect("rotates");
    bench.published_works("payments", "Payments").await;
    bench.nothing_lost("Payments");
    bench.stop().await;
}

#[tokio::test]
async fn a_store_that_only_stands_in_for_one_is_not_taken_for_success() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 600.0)).await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let mut events = bench.follow();
    {
        let mut disk = bench.disk.lock().expect("no panic");
        disk.full_from = Some(disk.batches);
    }
    bench.rotate("payments", true).await.expect_err("the disk is full");
    {
        let mut disk = bench.disk.lock().expect("no panic");
        (disk.full_from, disk.stands_in) = (None, Some(StoreError::ReadOnly));
    }
    // It is opened, and cannot be written for another reason by now.
    until(&mut events, |event| event.kind == "store" && event.message().contains("read-only")).await;
    let refusal = bench.rotate("payments", true).await.expect_err("nothing can be written");
    assert!(refusal.error == Kind::Store && refusal.hint().contains("every minute"), "{refusal}");
    bench.value("payments").await.expect("reading continues");
    bench.disk.lock().expect("no panic").stands_in = None;
    until(&mut events, |event| event.notice == Notice::StoreReopened { quarantined: false }).await;
    bench.rotate("payments", true).await.expect("rotates");
    bench.nothing_lost("Payments");
    bench.stop().await;
}

#[tokio::test]
async fn an_engine_that_started_on_a_full_disk_comes_back_by_itself() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 600.0)).await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.disk.lock().expect("no panic").stands_in = Some(StoreError::Full);
    // Its clock stays fast.
    bench.stop().await;
    bench.start();
    let refusal = bench.rotate("payments", true).await.expect_err("nothing can be written");
    assert!(
        refusal.hint().contains("every minute") && !refusal.hint().contains("start windlass"),
        "{}",
        refusal.hint()
    );
    bench.value("payments").await.expect("reading continues");
    let mut events = bench.follow();
    bench.disk.lock().expect("no panic").stands_in = None;
    until(&mut events, |event| event.notice == Notice::StoreReopened { quarantined: false }).await;
    bench.rotate("payments", true).await.expect("rotates");
    bench.stop().await;
}

#[tokio::test]
async fn what_was_recovered_is_shown_until_someone_has_read_it() {
    let mut bench = Bench::new().await;
    let recovery = Recovery { at: bench.now(), what: "it was damaged".into(), lost: None, kept: Some("/kept".into()) };
    bench.disk.lock().expect("no panic").loaded.recovered = vec![recovery.clone()];
    bench.restart_after(Duration::seconds(1)).await;
    let shown = async |bench: &Bench| {
        let Ok(Reply::Engine { engine }) = bench.call(Request::Engine).await else { panic!("it answers") };
        engine.recovered
    };
    assert_eq!(shown(&bench).await, [recovery]);
    let asked = bench.call(Request::act("", ConfirmTerms {}, Mode::Ask)).await.expect_err("it asks");
    assert_eq!(asked.error, Kind::NeedsConsent);
    assert!(asked.plan.expect("what is to be read").sentences(&Shell)[0].contains("kept as /kept"));
    bench.call(Request::act("", ConfirmTerms {}, Mode::Agreed)).await.expect("read");
    assert_eq!(shown(&bench).await, []);
    bench.restart_after(Duration::seconds(1)).await;
    assert_eq!(shown(&bench).await, [], "and not again");
    bench.stop().await;
}

#[tokio::test]
async fn after_three_refused_in_a_row_the_rest_of_the_connection_waits_for_an_operator() {
    let mut bench = Bench::with(5, None, Clock::test()).await;
    bench.connect().await;
    let create = |name: &str, app: &str, days: u32| {
        let body = RotationBody { adopt: true, rotation_interval: Some(days.into()), ..Bench::body(name, app) };
        bench.call(Request::RotationCreate(Box::new(body)))
    };
    for (name, app) in [("one", "Payments"), ("two", "HR Sync"), ("three", "Billing API")] {
        create(name, app, 30).await.expect("adopted");
    }
    create("four", "Checkout Web", 32).await.expect("adopted");
    let refusal = r#"{"errorCode":"E0000001","errorSummary":"Api validation failed: client_secret","errorId":"oae1",
        "errorCauses":[{"errorSummary":"client_secret must be at least 14 characters"}]}"#;
    bench.order(serde_json::json!({"on": "create", "kind": {"type": "status", "status": 400, "body": refusal}}));
    bench.restart_after(Duration::days(31)).await;
    bench.all_done().await;
    let asked = bench.calls("create");
    bench.restart_after(Duration::days(2)).await;
    bench.all_done().await;
    assert_eq!(bench.calls("create"), asked, "the fourth is due, and waits");
    assert_eq!(bench.show("four").await.state, State::Waiting);
    let Ok(Reply::Connection { app_connection, .. }) = bench.call(Request::ConnectionShow { id: "acme".into() }).await
    else {
        panic!("it is there")
    };
    assert_eq!(app_connection.status, "held");
    assert!(app_connection.fault.is_some_and(|fault| fault.message().contains("3 scheduled rotations in a row")));
    bench.sandbox.org().inside().faults.clear();
    bench.call(Request::act("acme", TestTerms::default(), Mode::Ask)).await.expect("works");
    bench.all_done().await;
    assert_eq!(bench.value("four").await.expect("published").version, 2, "and continues once someone tested it");
    bench.published_works("four", "Checkout Web").await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_has_everything_planned_anew() {
    let folder = tempfile::tempdir().expect("a directory");
    let right = test_now();
    let staged = crate::clock::Staged::make(folder.path().join("clock"), right + Duration::days(400)).expect("made");
    staged.turn(None, 1.0, None).expect("turned");
    let bench = Bench::with(5, None, Clock::Staged(staged)).await;
    bench.connect().await;
    let body = RotationBody { adopt: true, ..Bench::body("payments", "Payments") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("adopted, a year ahead");
    let mut log = bench.follow();
    staged.turn(Some(right), 1.0, None).expect("set right");
    until(&mut log, |event| event.kind == "clock").await;
    let due = bench.show("payments").await.next_rotation_at.expect("due");
    assert!(due < right + Duration::days(32), "{due}");
    staged.turn(Some(right + Duration::days(33)), 1.0, None).expect("a month later");
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 1, "it runs when it is due by the clock as it is");
}

#[tokio::test]
async fn attempts_that_a_wrong_clock_began_are_no_refusals() {
    let folder = tempfile::tempdir().expect("a directory");
    let right = test_now();
    let staged = crate::clock::Staged::make(folder.path().join("clock"), right).expect("made");
    staged.turn(None, 1.0, None).expect("turned");
    let bench = Bench::with(5, None, Clock::Staged(staged)).await;
    bench.connect().await;
    for (name, app) in [("one", "Payments"), ("two", "HR Sync"), ("three", "Billing API")] {
        let body = RotationBody { adopt: true, ..Bench::body(name, app) };
        bench.call(Request::RotationCreate(Box::new(body))).await.expect("adopted");
    }
    let mut log = bench.follow();
    let ahead = Duration::days(31);
    bench.sandbox.org().inside().date_offset = -ahead;
    staged.turn(Some(right + ahead), 1.0, None).expect("ahead");
    for _ in 0..3 {
        until(&mut log, |event| event.kind == "wait" && event.message().contains("clock")).await;
    }
    bench.sandbox.org().inside().date_offset = Duration::zero();
    staged.turn(Some(right + Duration::minutes(1)), 1.0, None).expect("set right");
    for _ in 0..3 {
        until(&mut log, |event| event.kind == "attempt" && event.message().contains("was ahead")).await;
    }
    let reply = bench.call(Request::ConnectionShow { id: "acme".into() }).await.expect("there");
    let Reply::Connection { app_connection, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(app_connection.status, "ok", "{:?}", app_connection.fault);
}
