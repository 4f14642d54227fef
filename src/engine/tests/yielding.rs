//! An engine that makes way for another, and one that does not.

use futures_util::StreamExt;

use super::*;
use crate::core::history::Outcome;
use crate::engine::events::YIELDS;
use crate::engine::events::notice::Notice;
use crate::engine::refusal::Kind;

#[tokio::test]
async fn a_screens_engine_finishes_the_call_in_flight_and_leaves_the_rest_to_the_next() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.stop().await;
    bench.role = Role::Ui;
    bench.start();
    bench.order(serde_json::json!({"on": "create", "kind": {"type": "hold"}}));
    let handle = bench.handle();
    let mut events = bench.follow();
    let terms = RotateTerms { wait_seconds: Some(600), ..RotateTerms::default() };
    let rotation = tokio::spawn(async move { handle.call(Request::act("payments", terms, Mode::Agreed)).await });
    let parked = bench.parked().await;
    match bench.call(Request::Yield).await {
        Ok(Reply::Engine { engine }) => assert_eq!(engine.role, "ui"),
        other => panic!("{other:?}"),
    }
    let reported = until(&mut events, |event| event.kind == YIELDS).await;
    assert!(matches!(reported.notice, Notice::MakesWay { .. }), "{reported:?}");
    bench.sandbox.org().release(parked);
    while events.next().await.is_some() {}
    rotation.await.expect("answered").expect_err("the engine has ended");
    // What came back is on disk before the store is given up, and is continued, not begun anew.
    bench.role = Role::Serve;
    bench.restart_after(Duration::zero()).await;
    bench.all_done().await;
    let last = bench.history("payments").await.remove(0);
    assert_eq!((last.outcome, bench.calls("create")), (Outcome::Success, 2), "{last:?}");
    bench.published_works("payments", "Payments").await;
    bench.nothing_lost("Payments");
}

#[tokio::test]
async fn no_other_engine_makes_way_and_it_continues() {
    for role in [Role::Serve, Role::Once, Role::OneShot] {
        let mut bench = Bench::new().await;
        bench.connect().await;
        bench.stop().await;
        bench.role = role;
        bench.start();
        let refusal = bench.call(Request::Yield).await.expect_err(role.word());
        assert_eq!((refusal.error, refusal.status_code), (Kind::Conflict, 409));
        assert!(refusal.message().contains(&format!("`{}`", role.word())), "{refusal}");
        bench.create("payments", "Payments").await.expect("it is there");
    }
}

#[tokio::test]
async fn a_session_that_only_reads_makes_way_and_never_asks_for_it() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.stop().await;
    (bench.role, bench.read_only) = (Role::Ui, true);
    bench.start();
    assert!(Request::Yield.only_reads().is_err() && !Request::Yield.is_harmless());
    let mut events = bench.handle().events(None).await.expect("a live log");
    bench.call(Request::Yield).await.expect("it keeps no service from its store");
    while events.next().await.is_some() {}
    assert!(events.next().await.is_none(), "its end can be asked for once more");
}
