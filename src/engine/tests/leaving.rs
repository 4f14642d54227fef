//! Rotations that are deleted.

use super::*;
use crate::core::rotation::Status;
use crate::core::rotation::hold::Hold;
use crate::engine::refusal::Kind;

impl Bench {
    async fn delete(&self, name: &str, delete_secrets: bool) -> RotationView {
        let terms = DeleteTerms { delete_secrets, revoke_generated_credentials: false, force: false };
        row(self.call(Request::act(name, terms, Mode::Ask)).await.expect("deleted"))
    }
}

#[tokio::test]
async fn without_a_date_to_wait_for_a_rotation_goes_at_once_even_without_a_scheduler() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let body = RotationBody { is_auto_rotation_enabled: Some(false), ..Bench::body("payments", "Payments") };
    bench.call(Request::RotationCreate(Box::new(body))).await.expect("created");
    bench.role = Role::OneShot;
    bench.restart_after(Duration::zero()).await;
    let gone = bench.delete("payments", false).await;
    assert_eq!(gone.deleting_since, None);
    let refusal = bench.call(Request::RotationShow { id: "payments".into() }).await.expect_err("gone");
    assert_eq!(refusal.error, Kind::Unknown);
    assert!(bench.value("payments").await.is_ok(), "its secret stays as a plain one");
    assert!(bench.app("Payments").secrets.iter().all(|secret| secret.active), "nothing was touched at Okta");
}

#[tokio::test]
async fn one_that_waits_for_its_old_secret_says_so_and_so_does_its_connection() {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    let row = bench.delete("payments", false).await;
    assert!(row.deleting_since.is_some() && row.next_rotation_at.is_none(), "{row:?}");
    let refusal = bench.call(Request::act("acme", DeleteConnectionTerms {}, Mode::Ask)).await.expect_err("still used");
    assert!(refusal.hint().contains("being deleted"), "{}", refusal.hint());
}

#[tokio::test]
async fn that_the_current_secret_was_fetched_outlives_its_names() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    for (name, app, fetched) in [("payments", "Payments", true), ("hr", "HR Sync", false)] {
        bench.create(name, app).await.expect("created");
        if fetched {
            bench.fetch(name).await;
        }
        bench.delete(name, true).await;
    }
    bench.restart_after(Duration::days(29)).await;
    bench.all_done().await;
    let previous = bench.show("payments").await.previous.expect("it soaks");
    assert_eq!(previous.status, Status::Inactive);
    let previous = bench.show("hr").await.previous.expect("it is kept");
    assert_eq!((previous.status, previous.held_by), (Status::Active, Some(Hold::Unread)));
}

#[tokio::test]
async fn by_force_it_goes_while_okta_is_out_of_reach_and_its_values_are_kept_for_a_while() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let row = bench.create("payments", "Payments").await.expect("created");
    let value = bench.value("payments").await.expect("published").value;
    bench.sandbox.org().inside().token_valid = false;
    let terms = DeleteTerms { force: true, ..DeleteTerms::default() };
    bench.call(Request::act("payments", terms, Mode::Ask)).await.expect("gone");
    assert!(bench.call(Request::RotationShow { id: "payments".into() }).await.is_err());
    assert_eq!(bench.value("payments").await.expect("a plain secret by now").value.expose(), value.expose());
    let entry = &bench.history(&row.id.to_string()).await;
    assert!(entry.is_empty() || entry[0].message().contains("by force"));
    bench.sandbox.org().inside().token_valid = true;
    bench.call(Request::act("acme", TestTerms::default(), Mode::Ask)).await.expect("works again");
    let other = RotationBody { secret_path: Some("/other".into()), ..Bench::body("payments", "HR Sync") };
    bench.call(Request::RotationCreate(Box::new(other))).await.expect("its name is free");
    let kept = |id: String| bench.call(Request::Credentials { id });
    let Ok(Reply::Credentials { generated_credentials, .. }) = kept(row.id.to_string()).await else { panic!("kept") };
    assert!(generated_credentials.iter().any(|row| row.client_secret.expose() == value.expose()));
    bench.restart_after(Duration::days(91)).await;
    bench.all_done().await;
    assert!(bench.call(Request::Credentials { id: row.id.to_string() }).await.is_err(), "their time is over");
    assert_eq!(bench.calls("delete"), 0, "nothing of it was touched at Okta");
}
