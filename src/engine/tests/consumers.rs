//! Consumers by name: an old secret waits for each that had it.

use super::*;
use crate::core::consumer::Caller;
use crate::core::history::deed::Deed;
use crate::core::history::ending::What;
use crate::core::rotation::Status;
use crate::core::rotation::hold::Hold;
use crate::core::state::State;
use crate::engine::refusal::Kind;

impl Bench {
    /// A consumer fetches what is current, or this version.
    async fn fetch_as(&self, consumer: &str, version: Option<u32>) {
        let query = VersionQuery { environment: None, path: Some("/payments".into()), version };
        let reply = self.call(Request::SecretGet { name: "OKTA_CLIENT_SECRET".into(), query }).await.expect("read");
        let Reply::Secret { secret } = reply else { panic!("{reply:?}") };
        let group = format!("/system.slice/{consumer}");
        let caller =
            Caller { uid: 1000, user: "pay".into(), group, programs: vec!["systemd".into()], ..Caller::default() };
        let read = Acknowledgement::of(std::slice::from_ref(&secret), None).by(caller);
        self.call(Request::Acknowledge(read)).await.expect("noted");
    }

    /// The consumers as `NAME VERSION STANDS`, and whether all have the current secret.
    async fn consumers(&self, all: bool) -> (bool, Vec<String>) {
        let query = ConsumersQuery { all };
        let reply = self.call(Request::Consumers { id: "payments".into(), query }).await.expect("listed");
        let Reply::Consumers { consumers, reach, .. } = reply else { panic!("{reply:?}") };
        let said = consumers.iter().map(|it| format!("{} {} {:?}", it.consumer, it.version, it.stands)).collect();
        (reach.reached, said)
    }

    async fn dismiss(&self, consumer: &str) -> Result<RotationView, Refusal> {
        let act = DismissTerms { consumer: consumer.into() };
        self.call(Request::act("payments", act, Mode::Ask)).await.map(row)
    }
}

/// A rotation whose first secret was fetched by two, and that was rotated since.
async fn rotated() -> Bench {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.fetch_as("pay@1.service", None).await;
    bench.fetch_as("payroll.service", None).await;
    bench.rotate("payments", true).await.expect("rotated");
    bench
}

#[tokio::test]
async fn an_old_secret_stays_until_each_consumer_that_had_it_has_the_new_one() {
    let mut bench = rotated().await;
    bench.fetch_as("pay@2.service", None).await;
    let before = bench.calls("deactivate");
    bench.restart_after(Duration::days(29)).await;
    bench.all_done().await;
    let row = bench.show("payments").await;
    let previous = row.previous.clone().expect("kept");
    assert_eq!((previous.status, previous.held_by, row.state), (Status::Active, Some(Hold::Unread), State::Attention));
    assert_eq!((row.consumers.have, row.consumers.of), (1, 2));
    let missing: Vec<&str> = row.consumers.missing.iter().map(|it| it.consumer.as_str()).collect();
    assert_eq!((missing, bench.calls("deactivate")), (vec!["payroll.service"], before));
    let (_, shown) = bench.consumers(false).await;
    assert_eq!(shown, ["payroll.service 1 Missing", "pay@.service 2 Current"]);
    bench.fetch_as("payroll.service", None).await;
    bench.all_done().await;
    assert_eq!(bench.show("payments").await.previous.expect("soaking").status, Status::Inactive);
}

#[tokio::test]
async fn at_the_end_of_the_overlap_it_waits_and_says_for_whom() {
    let mut bench = rotated().await;
    bench.fetch_as("pay@1.service", None).await;
    bench.restart_after(Duration::days(8)).await;
    bench.all_done().await;
    let row = bench.show("payments").await;
    assert_eq!((row.state, row.attention.is_none()), (State::Waiting, true), "{row:?}");
}

#[tokio::test]
async fn a_dismissed_consumer_is_waited_for_again_once_it_fetches() {
    let mut bench = rotated().await;
    bench.fetch_as("pay@1.service", None).await;
    let row = bench.dismiss("payroll.service").await.expect("dismissed");
    assert!(row.consumers.reached && row.consumers.missing.is_empty(), "{:?}", row.consumers);
    // Once more changes nothing, and is no second decision.
    bench.dismiss("payroll.service").await.expect("as it is");
    let decisions = |entries: Vec<Entry>| {
        let is = |entry: &&Entry| matches!(&entry.ending.what, What::Decided { deed: Deed::ConsumerDismissed { .. } });
        entries.iter().filter(is).count()
    };
    assert_eq!(decisions(bench.history("payments").await), 1);
    bench.restart_after(Duration::hours(1)).await;
    assert!(bench.consumers(false).await.0, "it is kept");
    bench.fetch_as("payroll.service", Some(1)).await;
    let (reached, shown) = bench.consumers(false).await;
    assert!(!reached && shown[0].starts_with("payroll.service 1 Missing"), "{shown:?}");
}

#[tokio::test]
async fn a_consumer_that_is_not_known_is_refused_with_the_nearest() {
    let bench = rotated().await;
    let refusal = bench.dismiss("payrol.service").await.expect_err("unknown");
    assert_eq!(refusal.error, Kind::Unknown);
    assert!(refusal.hint().contains("payroll.service"), "{refusal}");
}

#[tokio::test]
async fn a_plan_that_cuts_an_old_secret_says_who_still_reads_it() {
    let bench = rotated().await;
    bench.fetch_as("pay@1.service", None).await;
    let act = RetireTerms { now: true, ..RetireTerms::default() };
    let refusal = bench.call(Request::act("payments", act, Mode::Ask)).await.expect_err("asks");
    let plan = refusal.plan.expect("a plan");
    assert_eq!(plan.unread().expect("unread").missing, ["payroll.service"]);
    // Where the current one has leaked, whoever has that is cut off.
    let act = RotateTerms { retire_now: true, ..RotateTerms::default() };
    let refusal = bench.call(Request::act("payments", act, Mode::Ask)).await.expect_err("asks");
    let plan = refusal.plan.expect("a plan");
    let of_current = |cut: &&crate::core::protocol::plan::Cut| cut.unread == Some(3);
    assert_eq!(plan.cuts.iter().find(of_current).expect("the current one").missing, ["pay@.service"]);
}

#[tokio::test]
async fn the_first_fetch_of_a_consumer_is_written_and_the_next_ones_within_a_minute_are_not() {
    let bench = rotated().await;
    let batches = || bench.disk.lock().expect("no panic").batches;
    let before = batches();
    bench.fetch_as("pay@1.service", None).await;
    assert_eq!(batches(), before + 1);
    bench.fetch_as("pay@2.service", None).await;
    assert_eq!(batches(), before + 1, "the same consumer, in the same minute");
    bench.fetch_as("payroll.service", None).await;
    assert_eq!(batches(), before + 2);
}
