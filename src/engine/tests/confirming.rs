//! The way out of a quarantine.

use super::*;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::state::State;
use crate::engine::refusal::Kind;
use crate::store::Quarantine;
use crate::words::voice::Shell;

impl Bench {
    /// The same disk, quarantined.
    pub async fn quarantine(&mut self) {
        self.stop().await;
        self.disk.lock().expect("no panic").loaded.quarantine = Some(Quarantine {
            since: self.now(),
            reason: "it was damaged".into(),
            next: "confirm".into(),
            confirmed: Vec::new(),
        });
        self.start();
    }

    pub async fn confirm(&self, rotation: &str, yes: bool) -> Result<Reply, Refusal> {
        self.call(Request::act(rotation, ConfirmTerms {}, Mode::with(yes))).await
    }

    async fn comparison(&self, rotation: &str) -> Plan {
        let refusal = self.confirm(rotation, false).await.expect_err("asks");
        assert_eq!(refusal.error, Kind::NeedsConsent, "{refusal}");
        *refusal.plan.expect("with what it found")
    }

    fn trouble(&self) -> Option<Quarantine> {
        self.disk.lock().expect("no panic").loaded.quarantine.clone()
    }
}

#[tokio::test]
async fn nothing_acts_before_the_last_rotation_is_confirmed_and_then_all_does() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.create("hr", "HR Sync").await.expect("created");
    bench.fetch("payments").await;
    bench.quarantine().await;
    assert_eq!(bench.rotate("payments", true).await.expect_err("quarantined").error, Kind::Store);
    let everything = bench.call(Request::act("", ConfirmTerms {}, Mode::Ask)).await;
    assert_eq!(everything.expect_err("each has its turn").error, Kind::Conflict);
    let plan = bench.comparison("payments").await;
    assert!(matches!(plan.steps[0], PlanStep::Continue { version: 1, .. }) && plan.secrets.len() == 2, "{plan:?}");
    assert!(plan.steps.iter().any(|step| matches!(step, PlanStep::HoldRestored { .. })), "{plan:?}");
    bench.confirm("payments", true).await.expect("confirmed");
    assert_eq!(bench.trouble().map(|quarantine| quarantine.confirmed.len()), Some(1));
    assert_eq!(bench.rotate("payments", true).await.expect_err("the other one").error, Kind::Store);
    bench.restart_after(Duration::days(40)).await;
    bench.confirm("hr", true).await.expect("confirmed, and after a restart");
    assert_eq!(bench.trouble(), None);
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 2, "a due time that passed does not run at once");
    let row = bench.show("payments").await;
    assert!(row.due_at.is_some_and(|at| at > bench.now()));
    assert_eq!(row.next_rotation_at, None, "there is no room before its old secret has a date");
    assert_eq!(bench.calls("deactivate"), 0, "and no old secret goes without a new date");
    bench.rotate("payments", true).await.expect("it acts again");
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_shown_and_needs_attention_afterwards() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let row = bench.create("payments", "Payments").await.expect("created");
    let current = row.current.and_then(|current| current.secret_id).expect("published");
    for app in &mut bench.sandbox.org().inside().apps {
        app.secrets.retain(|secret| secret.id != current);
    }
    bench.quarantine().await;
    let plan = bench.comparison("payments").await;
    assert!(plan.sentences(&Shell)[0].contains("deleted"), "{plan:?}");
    bench.confirm("payments", true).await.expect("confirmed");
    assert_eq!(bench.show("payments").await.state, State::Attention);
    bench.value("payments").await.expect("no value is let go");
    bench.rotate("payments", true).await.expect("and can be fixed");
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn where_okta_cannot_be_asked_nothing_is_confirmed_and_the_connection_can_be_fixed() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.sandbox.org().inside().token_valid = false;
    bench.quarantine().await;
    assert_eq!(bench.confirm("payments", true).await.expect_err("refused").error, Kind::Refused);
    bench.sandbox.org().inside().token_valid = true;
    let patch = ConnectionPatch { description: Some("fixed".into()), ..ConnectionPatch::default() };
    bench.call(Request::ConnectionUpdate { id: "acme".into(), patch: Box::new(patch) }).await.expect("fixed");
    bench.confirm("payments", true).await.expect("confirmed");
    assert_eq!(bench.trouble(), None);
    assert_eq!(bench.confirm("payments", true).await.expect_err("there is nothing").error, Kind::Conflict);
}

#[tokio::test]
async fn a_store_without_rotations_is_confirmed_as_a_whole() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.quarantine().await;
    bench.call(Request::act("", ConfirmTerms {}, Mode::Ask)).await.expect("nothing to compare");
    bench.create("payments", "Payments").await.expect("it acts");
}
