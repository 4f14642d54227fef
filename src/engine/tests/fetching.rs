//! What counts as fetched, and what follows.

use super::*;
use crate::core::rotation::Status;
use crate::engine::refusal::Kind;
use crate::engine::view::SecretRow;

impl Bench {
    /// When each version of a rotation's client secret was first fetched.
    fn fetched(&self, rotation: &str) -> Vec<Option<DateTime<Utc>>> {
        let disk = self.disk.lock().expect("no panic");
        let here = |key: &crate::core::secret::SecretKey| {
            key.path.as_str() == format!("/{rotation}") && key.name.as_str() == "OKTA_CLIENT_SECRET"
        };
        let secret = disk.loaded.secrets.iter().find(|secret| here(&secret.key)).expect("published");
        secret.versions.iter().map(|version| version.fetched_at).collect()
    }

    async fn acknowledge(&self, read: serde_json::Value) -> Result<usize, Refusal> {
        let read = serde_json::from_value(read).expect("a body");
        match self.call(Request::Acknowledge(read)).await? {
            Reply::Acknowledged { acknowledged } => Ok(acknowledged),
            other => panic!("{other:?}"),
        }
    }
}

/// A body that acknowledges versions of the secret of payments.
fn read(versions: &[u32]) -> serde_json::Value {
    let read = |version: &u32| serde_json::json!({"name": "OKTA_CLIENT_SECRET", "environment": "prod", "path": "/payments", "version": version});
    serde_json::json!({"as": "payments-api", "secrets": versions.iter().map(read).collect::<Vec<_>>()})
}

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench
}

#[tokio::test]
async fn no_read_counts_by_itself_and_none_writes() {
    let bench = bench().await;
    let batches = || bench.disk.lock().expect("no panic").batches;
    let before = batches();
    let folder = FolderQuery { environment: None, path: Some("/payments".into()) };
    bench.value("payments").await.expect("read");
    for request in [
        Request::Export(folder.clone()),
        Request::Credentials { id: "payments".into() },
        Request::OktaSecrets { id: "payments".into() },
        Request::SecretList(folder),
    ] {
        bench.call(request).await.expect("read");
    }
    assert_eq!(batches(), before);
    assert_eq!(bench.show("payments").await.current.expect("published").fetched_at, None);
}

#[tokio::test]
async fn a_look_whether_a_connection_works_notes_neither_answer() {
    let mut bench = bench().await;
    bench.restart_after(Duration::hours(1)).await;
    bench.all_done().await;
    let batches = |bench: &Bench| bench.disk.lock().expect("no panic").batches;
    let before = batches(&bench);
    let look = || Request::act("acme", TestTerms::default(), Mode::Ask).only_reads();
    bench.call(look().expect("a look")).await.expect("works");
    bench.sandbox.org().inside().token_valid = false;
    bench.call(look().expect("a look")).await.expect_err("refused");
    let Ok(Reply::Connection { app_connection, .. }) = bench.call(Request::ConnectionShow { id: "acme".into() }).await
    else {
        panic!("another reply")
    };
    assert_eq!((batches(&bench), app_connection.status.as_str()), (before, "ok"));
}

#[tokio::test]
async fn an_old_secret_is_retired_on_its_date_after_a_fetch_and_after_no_number_of_looks() {
    let mut bench = bench().await;
    bench.value("payments").await.expect("read");
    bench.call(Request::Credentials { id: "payments".into() }).await.expect("read");
    bench.restart_after(Duration::days(29)).await;
    bench.all_done().await;
    let previous = bench.show("payments").await.previous.expect("kept");
    assert_eq!((previous.status, bench.calls("deactivate")), (Status::Active, 0));
    bench.fetch("payments").await;
    bench.all_done().await;
    assert_eq!(bench.show("payments").await.previous.expect("soaking").status, Status::Inactive);
}

#[tokio::test]
async fn what_counts_is_the_version_that_was_read_though_another_was_published_since() {
    let bench = bench().await;
    let secret = bench.value("payments").await.expect("read");
    bench.rotate("payments", true).await.expect("rotated");
    let read = Acknowledgement::of(&[secret], None);
    bench.call(Request::Acknowledge(read)).await.expect("noted");
    assert!(matches!(bench.fetched("payments")[..], [Some(_), None]), "{:?}", bench.fetched("payments"));
    assert_eq!(bench.show("payments").await.current.expect("published").fetched_at, None);
}

#[tokio::test]
async fn a_version_of_another_secret_under_the_same_name_or_one_that_is_gone_is_passed_over() {
    let bench = bench().await;
    let other = serde_json::json!({"secrets": [
        {"name": "OKTA_CLIENT_SECRET", "path": "/payments", "version": 1, "createdAt": "2020-01-01T00:00:00Z"},
        {"name": "OKTA_CLIENT_SECRET", "path": "/payments", "version": 9},
        {"name": "GONE", "version": 1},
    ]});
    assert_eq!(bench.acknowledge(other).await.expect("nothing to note"), 0);
    assert_eq!(bench.fetched("payments"), [None]);
}

#[tokio::test]
async fn many_versions_of_one_secret_are_noted_together_and_the_log_names_the_reader() {
    let bench = bench().await;
    bench.rotate("payments", true).await.expect("rotated");
    let mut log = bench.follow();
    assert_eq!(bench.acknowledge(read(&[1, 2, 2])).await.expect("noted"), 3);
    assert!(matches!(bench.fetched("payments")[..], [Some(_), Some(_)]), "{:?}", bench.fetched("payments"));
    let event = until(&mut log, |event| event.kind == "fetched").await;
    assert!(event.message().contains("ana") && event.message().ends_with("as payments-api"), "{}", event.message());
}

#[tokio::test]
async fn a_reader_whose_name_breaks_the_rule_is_refused_and_nothing_is_noted() {
    let bench = bench().await;
    let mut body = read(&[1]);
    body["as"] = "Pay ments".into();
    let refusal = bench.acknowledge(body).await.expect_err("no name");
    assert_eq!((refusal.error, refusal.fields[0].field.as_str()), (Kind::Invalid, "as"));
    assert_eq!(bench.fetched("payments"), [None]);
}

#[tokio::test]
async fn on_a_full_disk_reading_continues_and_a_fetch_says_that_it_is_not_noted() {
    let bench = bench().await;
    let batches = bench.disk.lock().expect("no panic").batches;
    bench.disk.lock().expect("no panic").full_from = Some(batches);
    let refusal = bench.acknowledge(read(&[1])).await.expect_err("full");
    assert_eq!(refusal.error, Kind::Store, "{refusal}");
    bench.value("payments").await.expect("reading continues");
    let list = bench.call(Request::SecretList(FolderQuery::default())).await.expect("listed");
    let Reply::Secrets { secrets } = list else { panic!("{list:?}") };
    assert!(secrets.iter().all(|row: &SecretRow| row.fetched_at.is_none()), "{secrets:?}");
}
