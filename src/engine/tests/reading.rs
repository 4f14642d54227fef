//! An engine that was started with `--read-only`.

use super::*;
use crate::engine::refusal::Kind;

impl Bench {
    /// The same disk, an interval later, for an engine that may change nothing.
    async fn only_reads(&mut self) {
        self.read_only = true;
        self.restart_after(Duration::days(31)).await;
    }

    /// All records, as they are on disk.
    fn records(&self) -> String {
        let disk = self.disk.lock().expect("no panic");
        format!("{:?}", (&disk.loaded.connections, &disk.loaded.rotations, &disk.loaded.secrets, &disk.entries))
    }

    fn changing_calls(&self) -> usize {
        ["create", "activate", "deactivate", "delete"].map(|operation| self.calls(operation)).iter().sum()
    }
}

#[tokio::test]
async fn nothing_runs_on_its_own_and_no_one_changes_anything() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let made = bench.changing_calls();
    bench.only_reads().await;
    let records = bench.records();
    bench.all_done().await;
    let refusal = bench.rotate("payments", true).await.expect_err("refused");
    assert_eq!((refusal.error, refusal.error.exit_status()), (Kind::Refused, 5));
    assert!(refusal.message().contains("started with --read-only"), "{refusal}");
    assert_eq!(bench.create("ledger", "Ledger").await.expect_err("refused").error, Kind::Refused);
    bench.all_done().await;
    assert_eq!((bench.changing_calls(), bench.records()), (made, records));
    let Reply::Engine { engine } = bench.call(Request::Engine).await.expect("known") else { panic!("another reply") };
    assert_eq!((engine.schedules, engine.read_only), (false, true));
}

#[tokio::test]
async fn tests_plans_and_looks_that_change_nothing_continue() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.only_reads().await;
    let records = bench.records();
    let id = || "payments".to_owned();
    let dry = Box::new(RotationBody { dry_run: true, ..Bench::body("mobile", "Mobile BFF") });
    for request in [
        Request::act("acme", TestTerms::default(), Mode::Ask),
        Request::ConnectionApps { id: "acme".into(), query: AppsQuery::default() },
        Request::act(id(), RotateTerms::default(), Mode::Plan),
        Request::RotationCreate(dry),
        Request::RotationShow { id: id() },
    ] {
        let reported = format!("{request:?}");
        bench.call(request).await.unwrap_or_else(|refusal| panic!("{reported}: {refusal:?}"));
    }
    let secret = bench.value("payments").await.expect("a secret is read as ever");
    let read = Acknowledgement::of(&[secret], None);
    let refusal = bench.call(Request::Acknowledge(read)).await.expect_err("that it was fetched would be written");
    assert_eq!(refusal.error, Kind::Refused);
    assert_eq!(bench.records(), records);
}

#[tokio::test]
async fn a_dry_run_of_a_create_that_is_under_way_drives_nothing_on() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.order(serde_json::json!({"on": "create", "kind": {"type": "status", "status": 503}}));
    let body = RotationBody { wait_seconds: Some(0), ..Bench::body("payments", "Payments") };
    let mut log = bench.follow();
    bench.call(Request::RotationCreate(Box::new(body.clone()))).await.ok();
    until(&mut log, |event| event.rows.secret_rotations.iter().any(|row| row.fault.is_some())).await;
    bench.stop().await;
    bench.role = Role::OneShot;
    bench.start();
    let calls = bench.calls("create");
    let again = Box::new(RotationBody { dry_run: true, ..body });
    let refusal = bench.call(Request::RotationCreate(again)).await.expect_err("its name is taken");
    assert_eq!(refusal.error, Kind::Conflict);
    bench.all_done().await;
    assert_eq!(bench.calls("create"), calls);
}
