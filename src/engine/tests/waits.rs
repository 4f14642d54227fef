//! No rotation sticks: whatever it waits for comes, also after a restart, a test of its connection, or a missed word.

use crate::core::cause::Cause;
use crate::core::history::deed::Deed;
use crate::core::remedy::AtOkta;
use crate::engine::events::notice::Notice;
use serde_json::json;

use super::*;
use crate::core::fault::{Code, Fault};
use crate::core::protocol::phase::Phase;
use crate::core::state::State;
use crate::engine::refusal::Kind;
use crate::engine::state::{Parts, Setup, Shared};
use crate::engine::view::ConnectionView;
use crate::engine::work::scheduler;
use crate::engine::work::unwoken::unwoken;

/// What turns a test away, and would be the connection's matter were it another call.
fn turned_away() -> Vec<serde_json::Value> {
    let body = |code: &str| {
        let okta = json!({"errorCode": code, "errorSummary": "x", "errorCauses": []});
        let oauth = json!({"error": code, "error_description": "outside of the network zone"});
        if code.starts_with('E') { okta.to_string() } else { oauth.to_string() }
    };
    let status = |status: u16, code: &str| json!({"type": "status", "status": status, "body": body(code)});
    vec![
        status(403, "access_denied"),
        status(403, "E0000005"),
        status(401, "E0000011"),
        json!({"type": "redirect", "to": "https://sign-in.example/"}),
    ]
}

impl Bench {
    async fn connection(&self) -> ConnectionView {
        match self.call(Request::ConnectionShow { id: "acme".into() }).await {
            Ok(Reply::Connection { app_connection, .. }) => *app_connection,
            other => panic!("{other:?}"),
        }
    }

    /// A rotation whose attempt waits for its connection, which is refused.
    async fn waiting(&self) {
        self.order(json!({"on": "create", "times": 1, "when": "after", "kind": {"type": "hold"}}));
        let org = self.sandbox.org().clone();
        let revoke = async {
            let held = self.parked().await;
            self.order(json!({"on": "introspect", "times": 1, "kind": {"type": "status", "status": 500}}));
            org.inside().token_valid = false;
            org.release(held);
        };
        let (created, ()) = tokio::join!(self.create("payments", "Payments"), revoke);
        created.expect_err("the token is refused");
        assert_eq!(self.show("payments").await.state, State::Waiting);
    }

    /// The only rotation on disk, changed while no engine runs.
    fn change(&self, change: impl FnOnce(&mut crate::core::rotation::Rotation)) {
        change(self.disk.lock().expect("no panic").loaded.rotations.first_mut().expect("it is there"));
    }
}

#[tokio::test]
async fn a_test_that_is_turned_away_once_is_made_again_and_its_connection_is_fine() {
    for kind in turned_away() {
        let mut bench = Bench::with(7, None, Clock::fast(test_now(), 60.0)).await;
        bench.connect().await;
        bench.order(json!({"on": "introspect", "times": 1, "kind": kind}));
        let row = bench.create("payments", "Payments").await.unwrap_or_else(|refusal| panic!("{kind}: {refusal}"));
        assert_eq!((row.state, bench.connection().await.status.as_str()), (State::Ok, "ok"), "{kind}");
        assert_eq!((bench.calls("create"), bench.calls("introspect")), (1, 2), "{kind}");
        bench.published_works("payments", "Payments").await;
        bench.stop().await;
    }
}

#[tokio::test]
async fn a_test_that_is_turned_away_for_hours_has_its_next_try_and_names_the_apps_own_zone() {
    for kind in turned_away() {
        let mut bench = Bench::with(7, None, Clock::fast(test_now(), 60.0)).await;
        bench.connect().await;
        bench.create("payments", "Payments").await.expect("created");
        bench.order(json!({"on": "introspect", "kind": kind}));
        let terms = RotateTerms { wait_seconds: Some(1), ..RotateTerms::default() };
        let refusal = bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect_err("no verdict");
        assert_eq!(refusal.error, Kind::Unavailable, "{kind}: {refusal}");
        assert!(refusal.hint().contains("settings.oauthClient.network"), "{kind}: {}", refusal.hint());
        assert!(refusal.hint().contains("--verify listed"), "{kind}: {}", refusal.hint());
        bench.all_done().await;
        let row = bench.show("payments").await;
        assert_eq!((row.state, row.fault.map(|fault| fault.code)), (State::Failing, Some(Code::NoVerdict)), "{kind}");
        assert!(row.next_try_at.is_some(), "{kind}");
        for _ in 0..2 {
            bench.restart_after(Duration::hours(2)).await;
            bench.all_done().await;
        }
        let row = bench.show("payments").await;
        let attention = row.attention.expect("it needs attention after an hour");
        assert!(attention.problem.hint().contains("settings.oauthClient.network"), "{kind}: {attention:?}");
        assert!(
            attention.problem.hint().contains("--verify listed") && attention.problem.hint().contains("resolve"),
            "{attention:?}"
        );
        assert!(row.next_try_at.is_some() && bench.connection().await.status == "ok", "{kind}");
        bench.sandbox.org().inside().faults.clear();
        bench.restart_after(Duration::hours(2)).await;
        bench.all_done().await;
        assert_eq!(bench.value("payments").await.expect("published").version, 2, "{kind}");
        assert_eq!(bench.calls("create"), 2);
        bench.published_works("payments", "Payments").await;
        bench.stop().await;
    }
}

#[tokio::test]
async fn what_a_store_says_waits_for_a_connection_that_is_fine_continues_at_the_next_start() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.order(json!({"on": "introspect", "kind": {"type": "status", "status": 503}}));
    let terms = RotateTerms { wait_seconds: Some(1), ..RotateTerms::default() };
    bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect_err("no verdict");
    bench.stop().await;
    bench.sandbox.org().inside().faults.clear();
    bench.change(|rotation| {
        let operation = rotation.operation.as_mut().expect("open");
        (operation.phase, operation.wake_at) = (Phase::Waiting, None);
        operation.fault = Some(
            Fault::new(Code::NotAllowed, Cause::Words("Okta rejects requests from this network".into()))
                .and(AtOkta::AllowAddress),
        );
    });
    bench.start();
    bench.all_done().await;
    assert_eq!(bench.value("payments").await.expect("published").version, 2);
    bench.published_works("payments", "Payments").await;
    bench.stop().await;
}

#[tokio::test]
async fn a_connection_that_was_tested_while_no_engine_ran_holds_nothing_at_the_next_start() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.waiting().await;
    let row = bench.show("payments").await;
    assert_eq!(row.next_try_at, bench.connection().await.next_probe_at, "what it waits for has its time");
    bench.stop().await;
    bench.role = Role::OneShot;
    bench.start();
    bench.sandbox.org().inside().token_valid = true;
    bench.call(Request::act("acme", TestTerms::default(), Mode::Ask)).await.expect("works again");
    bench.stop().await;
    bench.role = Role::Serve;
    bench.start();
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 1, "no second secret was made");
    bench.published_works("payments", "Payments").await;
    bench.stop().await;
}

#[tokio::test]
async fn a_refused_connection_is_probed_by_itself_and_what_waited_for_it_continues() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 600.0)).await;
    bench.connect().await;
    bench.waiting().await;
    let mut events = bench.follow();
    bench.sandbox.org().inside().token_valid = true;
    until(&mut events, |event| event.kind == "attempt").await;
    bench.published_works("payments", "Payments").await;
    bench.stop().await;
}

#[tokio::test]
async fn a_certificate_file_that_is_gone_refuses_the_connection_and_is_tried_again() {
    let mut bench = Bench::with(7, None, Clock::fast(test_now(), 600.0)).await;
    bench.connect().await;
    let body = RotationBody { adopt: true, ..Bench::body("payments", "Payments") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("adopted");
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("ca.pem");
    bench.ca_file = Some(file.clone());
    bench.stop().await;
    *bench.clock.lock().expect("no panic") = Clock::fast(test_now() + Duration::days(31), 600.0);
    bench.start();
    bench.all_done().await;
    let known = bench.connection().await;
    assert!(known.status == "refused" && known.fault.is_some_and(|fault| fault.message().contains("ca.pem")));
    assert_eq!(bench.show("payments").await.state, State::Waiting);
    let mut events = bench.follow();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/tls/ca.pem"), &file).expect("put back");
    until(&mut events, |event| event.kind == "attempt").await;
    assert_eq!(bench.value("payments").await.expect("published").version, 2);
    bench.stop().await;
}

#[tokio::test]
async fn two_rotations_that_are_refused_in_the_middle_do_not_wake_each_other_for_ever() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    for (name, app) in [("one", "Payments"), ("two", "HR Sync")] {
        let body = RotationBody { adopt: true, ..Bench::body(name, app) };
        bench.call(Request::RotationCreate(Box::new(body))).await.expect("adopted");
    }
    let before = bench.calls("app");
    bench.order(json!({"on": "list", "kind": {"type": "redirect", "to": "https://sign-in.example/"}}));
    bench.restart_after(Duration::days(31)).await;
    bench.all_done().await;
    assert!(bench.calls("app") - before <= 4, "{} calls", bench.calls("app") - before);
    assert_eq!(bench.connection().await.status, "refused");
    bench.stop().await;
}

#[tokio::test]
async fn a_new_credential_that_works_lets_go_what_three_refusals_held() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.stop().await;
    for connection in &mut bench.disk.lock().expect("no panic").loaded.connections {
        connection.refusals = 3;
    }
    bench.start();
    assert_eq!(bench.connection().await.status, "held");
    let credentials =
        CredentialsBody { api_token: Some(SecretValue::new(bench.sandbox.token())), ..CredentialsBody::default() };
    let patch = ConnectionPatch { credentials: Some(credentials), ..ConnectionPatch::default() };
    bench.call(Request::ConnectionUpdate { id: "acme".into(), patch: Box::new(patch) }).await.expect("it works");
    assert_eq!(bench.connection().await.status, "ok");
    bench.stop().await;
}

#[tokio::test]
async fn withdrawing_what_is_published_by_then_is_refused_with_that_reason() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.order(json!({"on": "introspect", "times": 1, "kind": {"type": "hold"}}));
    let terms = ResolveTerms { withdraw: true, wait_seconds: Some(20), ..ResolveTerms::default() };
    let mut log = bench.follow();
    let withdraw = async {
        let held = bench.parked().await;
        let resolve = bench.call(Request::act("payments", terms, Mode::Agreed));
        let release = async {
            until(&mut log, |event| matches!(event.notice, Notice::Decided { deed: Deed::Withdraw { .. }, .. })).await;
            bench.sandbox.org().release(held);
        };
        tokio::join!(resolve, release).0
    };
    let (rotated, withdrawn) = tokio::join!(bench.rotate("payments", true), withdraw);
    rotated.expect("published");
    let refusal = withdrawn.expect_err("too late");
    assert_eq!(refusal.error, Kind::Conflict, "{refusal}");
    assert!(refusal.message().contains("is published") && refusal.hint().contains("rollback"), "{refusal:?}");
    bench.stop().await;
}

#[tokio::test]
async fn the_checker_notices_what_nothing_wakes() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.waiting().await;
    bench.stop().await;
    let down = bench.disk.lock().expect("no panic").loaded.clone();
    let mut fine = down.clone();
    fine.connections[0].down = None;
    for loaded in [down, fine] {
        let disk = bench.disk.clone();
        let clock = *bench.clock.lock().expect("no panic");
        let model = taken_up(loaded, clock);
        tokio::task::LocalSet::new()
            .run_until(async move {
                let setup = Setup {
                    role: Role::Serve,
                    network: Network::default(),
                    clock,
                    zone: chrono_tz::Tz::UTC,
                    drift_every: None,
                    read_only: false,
                    events: Events::new(uuid::Uuid::nil()),
                    reopen: None,
                    in_place: Box::new(|| Ok(())),
                    keep_retired: std::sync::Arc::new(|_| Ok(())),
                    credential_socket: "/run/windlass/credentials.sock".into(),
                };
                let store = store::Handle::start(Box::new(disk::Memory(disk))).expect("threads are there");
                let engine = Shared::new(Parts { setup, model, store, stands_in: None });
                assert!(!unwoken(&engine).is_empty(), "nothing is on the agenda yet");
                scheduler::begin(&engine);
                assert_eq!(unwoken(&engine), Vec::<String>::new());
            })
            .await;
    }
}
