//! Due times: on time, once, a thousand at once.

use super::*;
use crate::core::history::{Outcome, Trigger};
use crate::core::rotation::Status;

#[tokio::test]
async fn a_due_rotation_runs_once_and_its_old_secret_goes_in_steps() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let original = bench.app("Payments").secrets[0].id.clone();
    bench.fetch("payments").await;

    // The original's overlap is the longest that fits: a day of soak and an hour before the first due time.
    bench.restart_after(Duration::days(29)).await;
    bench.all_done().await;
    let previous = bench.show("payments").await.previous.expect("soaking");
    assert_eq!((previous.secret_id, previous.status), (Some(original.clone()), Status::Inactive));
    bench.restart_after(Duration::days(1)).await;
    bench.all_done().await;
    assert!(bench.app("Payments").secrets.iter().all(|secret| secret.id != original), "deleted after its soak");

    bench.restart_after(Duration::days(1)).await;
    bench.all_done().await;
    assert_eq!(bench.value("payments").await.expect("published").version, 2);
    bench.published_works("payments", "Payments").await;
    let scheduled: Vec<Entry> =
        bench.history("payments").await.into_iter().filter(|entry| entry.trigger == Trigger::Schedule).collect();
    assert_eq!(scheduled.len(), 1);
    assert_eq!(scheduled[0].outcome, Outcome::Success);

    bench.restart_after(Duration::minutes(1)).await;
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 2, "a due time runs once");
}

#[tokio::test]
async fn a_previous_secret_stays_while_no_one_fetched_its_successor() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.restart_after(Duration::days(45)).await;
    bench.all_done().await;
    let app = bench.app("Payments");
    assert!(app.secrets.len() == 2 && app.secrets.iter().all(|secret| secret.active), "nothing was deactivated");
    assert_eq!(bench.calls("deactivate"), 0);
    assert_eq!(bench.calls("create"), 1, "the due time waits for room");
    let row = bench.show("payments").await;
    assert!(row.attention.is_some_and(|attention| attention.problem.message().contains("fetched")), "and says why");
}

#[tokio::test]
async fn downtime_over_many_due_times_is_caught_up_on_once() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let body = RotationBody { retire_unread: Some(true), ..Bench::body("payments", "Payments") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("created");
    for days in [200, 1, 1] {
        bench.restart_after(Duration::days(days)).await;
        bench.all_done().await;
    }
    let scheduled = bench.history("payments").await.iter().filter(|entry| entry.trigger == Trigger::Schedule).count();
    assert_eq!(scheduled, 1);
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn a_clock_far_from_oktas_starts_and_retires_nothing() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.fetch("payments").await;
    bench.stop().await;
    // Ours jumps a year ahead, Okta's does not.
    bench.sandbox.org().inside().date_offset = Duration::days(-365);
    bench.restart_after(Duration::days(365)).await;
    let mut events = bench.follow();
    until(&mut events, |event| event.message().contains("clock")).await;
    bench.all_done().await;
    assert_eq!((bench.calls("create"), bench.calls("deactivate"), bench.calls("delete")), (1, 0, 0));
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn a_thousand_due_at_once_against_a_hundred_a_minute_finish_without_one_refusal() {
    const MANY: usize = 1000;
    let now = test_now();
    let mut bench = Bench::with(MANY, None, Clock::fast(now, 1.0)).await;
    bench.connect().await;
    let apps: Vec<String> = {
        let mut inside = bench.sandbox.org().inside();
        for app in &mut inside.apps {
            app.status = "ACTIVE".into();
            app.token_endpoint_auth_method = "client_secret_basic".into();
            app.secrets.truncate(1);
        }
        inside.apps.iter().map(|app| app.id.clone()).collect()
    };
    let handle = bench.handle();
    let creates = apps.iter().enumerate().map(|(index, app)| {
        let body = RotationBody { retire_unread: Some(true), ..Bench::body(&format!("r{index}"), app) };
        handle.call(Request::RotationCreate(Box::new(body)))
    });
    for created in futures_util::future::join_all(creates).await {
        created.expect("created");
    }
    // The originals are deactivated; a day later they are to be deleted, and all are due in the same minute, with
    // Okta's limit in force.
    bench.restart_after(Duration::days(29)).await;
    bench.all_done().await;
    bench.stop().await;
    bench.sandbox.org().inside().log.clear();
    bench.sandbox.org().inside().limits.per_minute = Some(100);
    let now = bench.now();
    *bench.clock.lock().expect("no panic") = Clock::fast(now + Duration::days(1), 600.0);
    bench.start();
    bench.all_done().await;
    let inside = bench.sandbox.org().inside();
    assert_eq!(inside.log.iter().filter(|line| line.answered == "429").count(), 0, "not one call over the limit");
    assert_eq!(inside.log.iter().filter(|line| line.operation == "create" && line.effect).count(), MANY);
    drop(inside);
    let disk = bench.disk.lock().expect("no panic");
    let scheduled: Vec<&Entry> = disk.entries.iter().filter(|entry| entry.trigger == Trigger::Schedule).collect();
    assert_eq!(scheduled.len(), MANY, "none lost, none twice");
    assert!(scheduled.iter().all(|entry| entry.outcome == Outcome::Success));
}

#[tokio::test]
async fn a_stop_waits_for_the_call_in_flight_and_for_no_call_that_waits_for_its_turn() {
    let mut bench = Bench::with(7, Some(8), Clock::test()).await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let handle = bench.handle();
    let mut events = bench.follow();
    // The minute's calls are used up in the middle of this one, which then waits for the next minute.
    let terms = RotateTerms { wait_seconds: Some(600), ..RotateTerms::default() };
    let rotation = tokio::spawn(async move { handle.call(Request::act("payments", terms, Mode::Agreed)).await });
    until(&mut events, |event| event.kind == "deactivate").await;
    let org = bench.sandbox.org().clone();
    bench.stop().await;
    let refusal = rotation.await.expect("answered").expect_err("the engine stopped");
    assert_eq!(refusal.error, crate::engine::refusal::Kind::Unavailable);
    bench.nothing_lost("Payments");
    org.inside().limits.per_minute = None;
    bench.start();
    bench.all_done().await;
    bench.published_works("payments", "Payments").await;
}
