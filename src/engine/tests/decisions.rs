//! What people decide about secrets: off now, on a date, kept, back to the one before, untested or withdrawn; and skips.

use super::*;
use crate::core::history::{Outcome, Trigger};
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::{LastUse, PlanStep};
use crate::core::rotation::Status;
use crate::engine::refusal::Kind;
use crate::words::voice::Shell;

/// A rotation whose original secret stands beside the published one.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench
}

impl Bench {
    async fn retire(&self, terms: RetireTerms, mode: Mode) -> Result<RotationView, Refusal> {
        self.call(Request::act("payments", terms, mode)).await.map(row)
    }

    async fn roll_back(&self) -> Result<RotationView, Refusal> {
        self.call(Request::act("payments", RollbackTerms::default(), Mode::Ask)).await.map(row)
    }

    async fn skip(&self, undo: bool) -> Result<RotationView, Refusal> {
        self.call(Request::act("payments", SkipTerms { undo }, Mode::Ask)).await.map(row)
    }

    async fn plan(&self, request: Request) -> Plan {
        match self.call(request).await.expect("a plan") {
            Reply::Plan { plan } => plan,
            other => panic!("{other:?}"),
        }
    }

    fn secret(&self, id: &str) -> Option<bool> {
        self.app("Payments").secrets.iter().find(|secret| secret.id == id).map(|secret| secret.active)
    }
}

fn old(row: &RotationView) -> String {
    row.previous.as_ref().and_then(|previous| previous.secret_id.clone()).expect("an old secret")
}

const NOW: RetireTerms = RetireTerms { now: true, at: None, hold: false, wait_seconds: Some(600) };

#[tokio::test]
async fn off_now_asks_with_the_plan_does_it_and_leaves_the_soak() {
    let bench = bench().await;
    let id = old(&bench.show("payments").await);
    let refusal = bench.retire(NOW, Mode::Ask).await.expect_err("asks");
    assert_eq!(refusal.error, Kind::NeedsConsent);
    let plan = refusal.plan.expect("with a plan");
    assert_eq!(plan.steps[0], PlanStep::DeactivateNow { secret_id: id.clone() });
    assert!(plan.steps.contains(&PlanStep::NotFetched) && !plan.deletes(), "{plan:?}");
    assert_eq!(bench.secret(&id), Some(true), "nothing was changed");
    let row = bench.retire(NOW, Mode::Agreed).await.expect("agreed");
    assert_eq!(bench.secret(&id), Some(false));
    let previous = row.previous.expect("it soaks");
    assert_eq!(previous.status, Status::Inactive);
    assert!(previous.delete_at.is_some_and(|at| at > bench.now() + Duration::hours(23)));
    let entry = &bench.history("payments").await[0];
    assert_eq!((entry.trigger, entry.outcome, entry.actor.user.as_str()), (Trigger::Retire, Outcome::Success, "ana"));
    bench.retire(NOW, Mode::Agreed).await.expect("said twice it is one");
    assert_eq!(bench.calls("deactivate"), 1);
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn what_was_agreed_to_for_one_old_secret_is_not_done_to_the_one_that_took_its_place_meanwhile() {
    let bench = bench().await;
    let first = old(&bench.show("payments").await);
    let second = bench.show("payments").await.current.and_then(|current| current.secret_id).expect("published");
    // While Okta is asked what deactivating it means, someone else rotates: now the old secret is another one.
    bench.order(serde_json::json!({"on": "list", "times": 1, "kind": {"type": "hold"}}));
    let rotate = async {
        let held = bench.parked().await;
        let row = bench.rotate("payments", true).await;
        bench.sandbox.org().release(held);
        row
    };
    let (retired, rotated) = tokio::join!(bench.retire(NOW, Mode::Agreed), rotate);
    assert_eq!(old(&rotated.expect("rotated")), second);
    let refusal = retired.expect_err("no one agreed to that");
    assert_eq!(refusal.error, Kind::Conflict, "{refusal}");
    assert!(refusal.message().contains(&second) && !refusal.message().contains(&first), "{refusal}");
    assert_eq!((bench.secret(&first), bench.secret(&second)), (None, Some(true)), "its consumers have their overlap");
    let previous = bench.show("payments").await.previous.expect("the second");
    assert!(previous.deactivate_at.is_some_and(|at| at > bench.now() + Duration::days(1)), "{previous:?}");
}

#[tokio::test]
async fn a_secret_that_is_kept_stays_until_it_is_given_a_date() {
    let mut bench = bench().await;
    bench.fetch("payments").await;
    let hold = RetireTerms { hold: true, ..RetireTerms::default() };
    let row = bench.retire(hold, Mode::Ask).await.expect("kept");
    let id = old(&row);
    assert!(row.previous.is_some_and(|previous| previous.deactivate_at.is_none() && previous.held_by.is_some()));
    bench.restart_after(Duration::days(40)).await;
    bench.all_done().await;
    assert_eq!((bench.secret(&id), bench.calls("create")), (Some(true), 1), "and the due time waits for room");
    let at = bench.now() + Duration::hours(5);
    bench
        .retire(RetireTerms { at: Some(at), ..RetireTerms::default() }, Mode::Ask)
        .await
        .expect("no date before, so there is no question");
    bench.restart_after(Duration::hours(6)).await;
    bench.all_done().await;
    assert_eq!(bench.secret(&id), Some(false));
    let sooner = RetireTerms { at: Some(bench.now() + Duration::minutes(1)), ..RetireTerms::default() };
    let row = bench.retire(sooner, Mode::Ask).await.expect("it is off already");
    let delete_at = row.previous.and_then(|previous| previous.delete_at).expect("a date");
    assert!(delete_at > bench.now() + Duration::hours(20), "never before its soak is over: {delete_at}");
}

#[tokio::test]
async fn a_date_earlier_than_was_said_asks_and_one_in_the_past_is_refused() {
    let bench = bench().await;
    let at = |hours| RetireTerms { at: Some(bench.now() + Duration::hours(hours)), ..RetireTerms::default() };
    assert_eq!(bench.retire(at(-1), Mode::Ask).await.expect_err("past").error, Kind::Invalid);
    assert_eq!(bench.retire(RetireTerms::default(), Mode::Ask).await.expect_err("which?").error, Kind::Invalid);
    let both = RetireTerms { hold: true, ..NOW };
    assert_eq!(bench.retire(both, Mode::Ask).await.expect_err("which?").error, Kind::Invalid);
    let refusal = bench.retire(at(5), Mode::Ask).await.expect_err("the original's date was later");
    assert_eq!(refusal.error, Kind::NeedsConsent);
    bench.retire(at(5), Mode::Agreed).await.expect("agreed");
    let previous = bench.show("payments").await.previous.expect("still there");
    assert!(previous.deactivate_at.is_some_and(|at| at < bench.now() + Duration::hours(6)));
}

#[tokio::test]
async fn going_back_publishes_the_original_again_keeps_both_and_pauses() {
    let bench = bench().await;
    let original = old(&bench.show("payments").await);
    let plan = bench.plan(Request::act("payments", RollbackTerms::default(), Mode::Plan)).await;
    assert!(plan.blockers.is_empty() && plan.sentences(&Shell)[0].contains(&original), "{plan:?}");
    bench.retire(NOW, Mode::Agreed).await.expect("off");
    let row = bench.roll_back().await.expect("back, reactivated");
    assert_eq!(row.current.and_then(|current| current.secret_id).as_ref(), Some(&original));
    assert!(!row.is_auto_rotation_enabled);
    assert_eq!(bench.secret(&original), Some(true));
    let value = bench.value("payments").await.expect("published");
    assert_eq!(value.version, 2);
    bench.published_works("payments", "Payments").await;
    bench.nothing_lost("Payments");
    assert_eq!(bench.history("payments").await[0].trigger, Trigger::Rollback);
    let forth = bench.roll_back().await.expect("and forth again");
    assert_eq!(bench.value("payments").await.expect("published").version, 3);
    assert_eq!(old(&forth), original);
}

#[tokio::test]
async fn a_retirement_that_waits_for_okta_makes_way_for_going_back() {
    let mut bench = bench().await;
    bench.fetch("payments").await;
    let off = bench.show("payments").await.previous.and_then(|previous| previous.deactivate_at).expect("a date");
    bench.restart_after(off - Duration::days(1) - bench.now()).await;
    bench.order(serde_json::json!({"on": "deactivate", "kind": {"type": "status", "status": 503}}));
    let mut log = bench.follow();
    bench
        .call(Request::act("payments", RetireTerms { wait_seconds: Some(0), ..NOW }, Mode::Agreed))
        .await
        .expect("begun");
    until(&mut log, |event| event.kind == "wait").await;
    bench.sandbox.org().inside().faults.clear();
    // The 503 may still take effect: it is published a minute later, not at once.
    let refusal = bench.roll_back().await.expect_err("it waits");
    assert!(refusal.message().contains("still be on its way"), "{refusal}");
    assert_eq!(bench.show("payments").await.phase, "waiting");
    bench.restart_after(Duration::minutes(2)).await;
    bench.all_done().await;
    assert_eq!(bench.value("payments").await.expect("published").version, 2);
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn after_a_leak_the_old_secret_goes_with_the_same_command() {
    let bench = bench().await;
    bench.rotate("payments", true).await.expect("the original is gone");
    let leaked = bench.show("payments").await.current.and_then(|current| current.secret_id).expect("published");
    let terms = RotateTerms { retire_now: true, wait_seconds: Some(600), ..RotateTerms::default() };
    let rotate = |mode| bench.call(Request::act("payments", terms.clone(), mode));
    let refusal = rotate(Mode::Ask).await.expect_err("asks");
    assert_eq!(refusal.error, Kind::NeedsConsent);
    let plan = refusal.plan.expect("with a plan");
    let cut = |step: &PlanStep| matches!(step, PlanStep::DeactivateOnPublish { secret_id, .. } if *secret_id == leaked);
    assert!(plan.steps.iter().any(cut), "{plan:?}");
    rotate(Mode::Agreed).await.expect("agreed");
    assert_eq!(bench.secret(&leaked), Some(false));
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn what_cannot_be_tested_is_published_or_withdrawn_as_someone_says() {
    for publish in [true, false] {
        let bench = bench().await;
        bench.order(serde_json::json!({"on": "introspect", "kind": {"type": "status", "status": 503}}));
        let terms = RotateTerms { wait_seconds: Some(1), ..RotateTerms::default() };
        bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect_err("no verdict");
        let terms = ResolveTerms { publish_unverified: publish, withdraw: !publish, wait_seconds: Some(600) };
        let resolve = |mode| bench.call(Request::act("payments", terms, mode));
        if publish {
            assert_eq!(resolve(Mode::Ask).await.expect_err("asks").error, Kind::NeedsConsent);
        }
        let row = row(resolve(Mode::Agreed).await.expect("decided"));
        assert_eq!(row.current.map(|current| current.version), Some(if publish { 2 } else { 1 }));
        bench.published_works("payments", "Payments").await;
        assert_eq!(resolve(Mode::Ask).await.expect_err("nothing is open").error, Kind::Conflict);
    }
}

#[tokio::test]
async fn a_skipped_due_time_is_not_run_also_after_a_restart_and_can_be_brought_back() {
    let mut bench = bench().await;
    bench.fetch("payments").await;
    let first = bench.show("payments").await.next_rotation_at.expect("due");
    let row = bench.skip(false).await.expect("skipped");
    assert_eq!((row.skipped, row.next_rotation_at), (1, Some(first + Duration::days(30))));
    assert_eq!(bench.skip(true).await.expect("brought back").next_rotation_at, Some(first));
    assert_eq!(bench.skip(true).await.expect_err("there is no other").error, Kind::Conflict);
    bench.skip(false).await.expect("skipped");
    bench.restart_after(Duration::days(45)).await;
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 1, "the first due time was dropped");
    bench.restart_after(Duration::days(20)).await;
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 2);
    bench.call(Request::act("payments", PauseTerms::default(), Mode::Ask)).await.expect("paused");
    assert_eq!(bench.skip(false).await.expect_err("nothing is due").error, Kind::Conflict);
}

#[tokio::test]
async fn an_adopted_secret_is_published_as_it_is_and_rotated_when_it_is_due() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    let before = bench.app("Payments").secrets;
    let body = || RotationBody { adopt: true, ..Bench::body("payments", "Payments") };
    let create = |body: RotationBody| bench.call(Request::RotationCreate(Box::new(body)));
    let Ok(Reply::Plan { plan }) = create(RotationBody { dry_run: true, ..body() }).await else { panic!("no plan") };
    assert!(plan.blockers.is_empty() && plan.sentences(&Shell)[0].contains(&before[0].id), "{plan:?}");
    let refused = RotationBody { adopt_secret_id: Some("ocs9".into()), ..body() };
    assert_eq!(create(refused).await.expect_err("it has no such").error, Kind::Conflict);
    let odd = RotationBody { adopt: false, adopt_secret_id: Some("ocs9".into()), ..body() };
    assert_eq!(create(odd).await.expect_err("only with adopt").error, Kind::Invalid);
    let wrong = RotationBody { adopt_client_secret: Some(SecretValue::new("not-this-apps-secret")), ..body() };
    assert_eq!(create(wrong).await.expect_err("not its value").error, Kind::Conflict);
    assert!(bench.call(Request::RotationShow { id: "payments".into() }).await.is_err(), "nothing is left of these");
    create(body()).await.expect("adopted");
    assert_eq!(bench.value("payments").await.expect("published").value.expose(), before[0].client_secret);
    assert_eq!(bench.app("Payments").secrets.len(), 1, "nothing changed at Okta");
    create(body()).await.expect("asked for again it is the same");
    bench.restart_after(Duration::days(31)).await;
    bench.all_done().await;
    assert_eq!(bench.calls("create"), 1);
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn a_plan_says_what_no_consumer_can_do_without_and_a_rotation_can_wait_for_it() {
    let mut bench = bench().await;
    let id = old(&bench.show("payments").await);
    let asked = || Request::act("payments", RotateTerms::default(), Mode::Plan);
    let plan = bench.plan(asked()).await;
    let cut = plan.unread().expect("no consumer has the new one");
    assert_eq!((cut.secret_id.as_str(), cut.deletes, cut.unread), (id.as_str(), true, Some(1)), "{plan:?}");
    assert_eq!(cut.last_use, Some(LastUse::Unknown), "{cut:?}");
    let waits = cut.rotates_at.expect("the old one has a date");
    let shown = bench.show("payments").await;
    assert!(waits >= shown.previous.and_then(|old| old.deactivate_at).expect("dated") + Duration::days(1), "{cut:?}");
    let off = bench.plan(Request::act("payments", NOW, Mode::Plan)).await;
    assert!(off.unread().is_some_and(|cut| cut.secret_id == id && !cut.deletes), "{off:?}");

    bench.fetch("payments").await;
    let plan = bench.plan(asked()).await;
    assert!(plan.asks && plan.unread().is_none() && plan.cuts.len() == 1, "its consumers have the next one: {plan:?}");
    // After a leak the next one is not there yet.
    let leak = RotateTerms { retire_now: true, ..RotateTerms::default() };
    let plan = bench.plan(Request::act("payments", leak, Mode::Plan)).await;
    let current = bench.show("payments").await.current.and_then(|current| current.secret_id);
    assert!(plan.cuts.iter().any(|cut| Some(&cut.secret_id) == current.as_ref() && cut.unread == Some(2)), "{plan:?}");

    let soon = bench.now() + Duration::hours(2);
    bench.retire(RetireTerms { at: Some(soon), ..RetireTerms::default() }, Mode::Agreed).await.expect("agreed");
    let later = RotateTerms { after_previous: true, ..RotateTerms::default() };
    let request = || Request::act("payments", later.clone(), Mode::Ask);
    let row = bench.call(request()).await.map(row).expect("set");
    let next = row.next_rotation_at.expect("a date");
    assert!(next >= soon + Duration::days(1) && next <= soon + Duration::days(3), "{next} for {soon}");
    assert_eq!((bench.calls("delete"), bench.secret(&id)), (0, Some(true)), "nothing was cut");
    bench.restart_after(Duration::hours(3)).await;
    bench.all_done().await;
    bench.restart_after(Duration::days(3)).await;
    bench.all_done().await;
    assert_eq!((bench.secret(&id), bench.calls("create")), (None, 2), "it went by itself, and then it rotated");
    bench.published_works("payments", "Payments").await;

    bench.call(Request::act("payments", PauseTerms::default(), Mode::Ask)).await.expect("paused");
    let refusal = bench.call(request()).await.expect_err("it is held");
    assert!(refusal.error == Kind::Conflict && refusal.hint().contains("resume"), "{refusal}");
}
