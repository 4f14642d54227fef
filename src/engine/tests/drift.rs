//! Drift checks, by themselves and when asked for.

use super::*;
use crate::clock::Staged;
use crate::core::state::State;
use crate::engine::refusal::Kind;

impl Bench {
    async fn check(&self) -> Result<RotationView, Refusal> {
        self.call(Request::act("payments", CheckTerms {}, Mode::Ask)).await.map(row)
    }

    /// Others switch the published secret.
    async fn switch_current(&self, active: bool) {
        let id = self.show("payments").await.current.and_then(|current| current.secret_id).expect("published");
        for app in &mut self.sandbox.org().inside().apps {
            for secret in app.secrets.iter_mut().filter(|secret| secret.id == id) {
                secret.active = active;
            }
        }
    }
}

#[tokio::test]
async fn what_others_did_to_the_published_secret_is_noticed_and_over_once_it_is_undone() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    assert_eq!(bench.check().await.expect("looked").state, State::Ok);
    bench.switch_current(false).await;
    let row = bench.check().await.expect("looked");
    assert_eq!(row.state, State::Attention);
    assert!(row.attention.is_some_and(|attention| attention.problem.message().contains("the published secret")));
    bench.switch_current(true).await;
    assert_eq!(bench.check().await.expect("looked").state, State::Ok);
    assert_eq!((bench.calls("deactivate"), bench.calls("activate")), (0, 0), "a check changes nothing");
}

#[tokio::test]
async fn it_is_noticed_by_itself_within_the_span_and_survives_a_restart() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.switch_current(false).await;
    // An hour in a second: each row's turn comes within two.
    bench.stop().await;
    bench.drift_every = Some(std::time::Duration::from_hours(1));
    *bench.clock.lock().expect("no panic") = Clock::fast(bench.now(), 3_600.0);
    bench.start();
    let mut log = bench.follow();
    until(&mut log, |event| event.kind == "attention" && event.message().contains("deactivated")).await;
    bench.restart_after(Duration::zero()).await;
    assert_eq!(bench.show("payments").await.state, State::Attention);
}

impl Bench {
    /// Starts it again with a check a day, and with a clock that stands still until it is turned.
    async fn restart_looking(&mut self, folder: &tempfile::TempDir) -> &'static Staged {
        self.stop().await;
        self.drift_every = Some(std::time::Duration::from_hours(24));
        let staged = Staged::make(folder.path().join("clock"), self.now()).expect("made");
        staged.turn(None, 0.0, None).expect("turned");
        *self.clock.lock().expect("no panic") = Clock::Staged(staged);
        self.start();
        self.show("payments").await; // It has begun.
        staged
    }
}

#[tokio::test]
async fn a_data_directory_that_was_put_back_from_an_old_copy_is_noticed_soon_after_the_start() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let row = bench.create("payments", "Payments").await.expect("created");
    let copy = bench.disk.lock().expect("no panic").loaded.clone();
    for _ in 0..2 {
        bench.rotate("payments", true).await.expect("rotated");
    }
    bench.stop().await;
    bench.disk.lock().expect("no panic").loaded = copy;
    let folder = tempfile::tempdir().expect("a directory");
    let staged = bench.restart_looking(&folder).await;
    let mut log = bench.follow();
    staged.turn(Some(bench.now() + Duration::minutes(5)), 0.0, None).expect("five minutes later");
    let event = until(&mut log, |event| event.kind == "attention").await;
    let stale = row.current.and_then(|current| current.secret_id).expect("published then");
    assert!(event.message().contains(&stale) && event.message().contains("published secret"), "{}", event.message());
    assert_eq!(bench.show("payments").await.state, State::Attention);
    assert_eq!(bench.app("Payments").secrets.len(), 2, "nothing was touched");
}

#[tokio::test]
async fn what_keeps_a_rotation_from_starting_is_seen_by_all_when_no_one_waits_for_its_end() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.rotate("payments", true).await.expect("the original is gone");
    let folder = tempfile::tempdir().expect("a directory");
    bench.restart_looking(&folder).await;
    for app in &mut bench.sandbox.org().inside().apps {
        app.status = "INACTIVE".into();
    }
    bench.switch_current(false).await;
    let mut log = bench.follow();
    let terms = RotateTerms { wait_seconds: Some(0), ..RotateTerms::default() };
    bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect("begun, and no one waits");
    until(&mut log, |event| event.kind == "attention").await;
    assert_eq!(bench.show("payments").await.state, State::Attention);
}

#[tokio::test]
async fn a_connection_without_rotations_is_called_too_so_that_its_token_lives() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.stop().await;
    bench.drift_every = Some(std::time::Duration::from_hours(1));
    *bench.clock.lock().expect("no panic") = Clock::fast(bench.now(), 3_600.0);
    bench.sandbox.org().inside().token_valid = false;
    bench.start();
    let mut log = bench.follow();
    until(&mut log, |event| event.kind == "connection" && event.connection.is_some()).await;
    let reply = bench.call(Request::ConnectionShow { id: "acme".into() }).await.expect("shown");
    let Reply::Connection { app_connection, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(app_connection.status, "refused");
}

#[tokio::test]
async fn a_look_that_okta_refuses_says_so_and_one_at_what_is_being_rotated_stands_back() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.order(serde_json::json!({"on": "introspect", "kind": {"type": "status", "status": 503}}));
    let terms = RotateTerms { wait_seconds: Some(1), ..RotateTerms::default() };
    bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect_err("no verdict");
    assert_eq!(bench.check().await.expect_err("busy").error, Kind::Unavailable);
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.sandbox.org().inside().token_valid = false;
    assert_eq!(bench.check().await.expect_err("refused").error, Kind::Refused);
}
