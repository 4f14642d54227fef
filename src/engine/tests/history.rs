//! What people decide stands in the history, with who decided it; and so does what an attempt deletes on its way.

use serde_json::json;

use super::*;
use crate::core::history::Trigger;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::rotation::WhyKept;
use crate::engine::Handle as _;
use crate::store::Quarantine;

/// A rotation whose original secret stands beside the published one.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench
}

fn id() -> String {
    "payments".into()
}

impl Bench {
    /// Everything in the history, also what is about no rotation, newest first.
    async fn everything(&self) -> Vec<Entry> {
        match self.call(Request::History(HistoryQuery::default())).await.expect("history") {
            Reply::History { history, .. } => history,
            other => panic!("{other:?}"),
        }
    }

    async fn newest(&self, trigger: Trigger) -> Entry {
        let found = self.everything().await.into_iter().find(|entry| entry.trigger == trigger);
        found.unwrap_or_else(|| panic!("nothing of {}", trigger.word()))
    }
}

#[tokio::test]
async fn each_decision_about_a_rotation_is_an_entry_with_who_took_it() {
    let bench = bench().await;
    let patch = json!({"rotationInterval": 14, "rotateAt": {"hours": 3, "minutes": 15, "timeZone": "Europe/Berlin"}});
    let patch = Box::new(serde_json::from_value::<RotationPatch>(patch).expect("a patch"));
    let tomorrow = bench.now() + Duration::days(1);
    let hold = RetireTerms { hold: true, ..RetireTerms::default() };
    let dated = RetireTerms { at: Some(tomorrow), ..RetireTerms::default() };
    let acts = [
        (
            Request::RotationUpdate { id: id(), patch: patch.clone() },
            Trigger::Edit,
            "every 14 days instead of 30, at 03:15 Europe/Berlin instead of 00:00 UTC",
        ),
        (Request::act(id(), SkipTerms::default(), Mode::Ask), Trigger::Skip, "is skipped; rotates next"),
        (Request::act(id(), SkipTerms { undo: true }, Mode::Ask), Trigger::Skip, "a skipped due time is back"),
        (Request::act(id(), hold, Mode::Ask), Trigger::Hold, "keep ocs"),
        (Request::act(id(), dated, Mode::Ask), Trigger::Retire, "deactivate ocs"),
        (Request::act(id(), PauseTerms { until: Some(tomorrow) }, Mode::Ask), Trigger::Pause, "paused until 20"),
        (Request::act(id(), PauseTerms::default(), Mode::Ask), Trigger::Pause, "paused until resumed"),
        (Request::act(id(), ResumeTerms::default(), Mode::Ask), Trigger::Resume, "resumed; "),
    ];
    let actor = Actor { user: "root".into(), login_user: None, sudo_user: Some("ann".into()), via: Via::Cli };
    let handle = bench.engine.as_ref().expect("started").handle(actor.clone());
    let mut follower = bench.follow();
    for (request, trigger, words) in acts {
        let text = format!("{request:?}");
        handle.call(request).await.expect(&text);
        let entry = bench.history("payments").await.remove(0);
        assert_eq!((entry.trigger, &entry.actor), (trigger, &actor), "{text}");
        assert!(entry.message().contains(words), "{}", entry.message());
        assert!(entry.ended_at.is_some() && entry.steps.is_empty(), "{text}");
        let event = until(&mut follower, |event| event.kind == "settings").await;
        assert_eq!(event.attempt, Some(entry.id), "who follows the history learns that there is more");
        assert!(event.message().ends_with("(root (sudo by ann))"), "{}", event.message());
    }
    let before = bench.history("payments").await.len();
    handle.call(Request::RotationUpdate { id: id(), patch }).await.expect("the same again");
    assert_eq!(bench.history("payments").await.len(), before, "what changes nothing is no entry");
    let by_ann = HistoryQuery { actor: Some("ann".into()), ..HistoryQuery::default() };
    match bench.call(Request::History(by_ann)).await.expect("history") {
        Reply::History { history, .. } => assert_eq!(history.len(), before - 1, "all but the creation"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn decisions_about_connections_and_named_secrets_are_entries_without_a_rotation() {
    let bench = bench().await;
    let made = bench.newest(Trigger::Connection).await;
    assert!(
        made.message().contains("the connection acme to http") && made.message().contains("was created"),
        "{made:?}"
    );
    assert_eq!((made.rotation_id, made.whose(), made.actor.user.as_str()), (None, "-", "ana"));
    assert!(made.connection_id.is_some());
    let patch = ConnectionPatch { name: Some("corp".into()), ..ConnectionPatch::default() };
    bench.call(Request::ConnectionUpdate { id: "acme".into(), patch: Box::new(patch) }).await.expect("renamed");
    let changed = bench.newest(Trigger::Connection).await;
    assert_eq!(changed.message(), "the connection acme was changed: renamed to corp");
    let terms = DeleteTerms { revoke_generated_credentials: false, delete_secrets: false, force: true };
    bench.call(Request::act(id(), terms, Mode::Ask)).await.expect("deleted");
    let query = VersionQuery { path: Some("/payments".into()), ..VersionQuery::default() };
    bench.call(Request::SecretDelete { name: "OKTA_CLIENT_ID".into(), query }).await.expect("plain by now");
    let secret = bench.newest(Trigger::Secret).await;
    assert!(secret.message().contains("OKTA_CLIENT_ID") && secret.rotation_id.is_none(), "{secret:?}");
    let to = RetireStoreTerms { to: Some("new-host".into()), ..RetireStoreTerms::default() };
    bench.call(Request::act("", to, Mode::Agreed)).await.expect("retired");
    let retired = bench.newest(Trigger::Store).await;
    assert!(retired.message().contains("new-host") && retired.actor.user == "ana", "{retired:?}");
}

#[tokio::test]
async fn a_deletion_that_waits_stands_in_the_history_while_it_waits() {
    let bench = bench().await;
    let terms = DeleteTerms::default();
    bench.call(Request::act(id(), terms, Mode::Ask)).await.expect("asked for");
    let entry = bench.history("payments").await.remove(0);
    assert_eq!((entry.trigger, entry.actor.user.as_str()), (Trigger::Delete, "ana"));
    assert!(entry.message().contains("once its old secret is gone"), "{}", entry.message());
}

#[tokio::test]
async fn an_original_that_is_deleted_on_the_way_is_named() {
    let bench = bench().await;
    let original = bench.show("payments").await.previous.and_then(|old| old.secret_id).expect("the original");
    bench.rotate("payments", true).await.expect("room is made");
    let entry = bench.history("payments").await.remove(0);
    let named = format!("; {original} was deleted at Okta (the app's original secret)");
    assert!(entry.message().ends_with(&named), "{}", entry.message());
    let second = bench.show("payments").await.previous.and_then(|old| old.secret_id).expect("ours");
    bench.rotate("payments", true).await.expect("again");
    let entry = bench.history("payments").await.remove(0);
    assert!(entry.message().ends_with(&format!("; {second} was deleted at Okta")), "{}", entry.message());
}

#[tokio::test]
async fn a_rollback_leaves_a_pause_that_says_so_until_it_is_resumed() {
    let bench = bench().await;
    bench.rotate("payments", true).await.expect("rotated");
    bench.call(Request::act(id(), RollbackTerms::default(), Mode::Ask)).await.expect("back");
    let paused = bench.show("payments").await.paused.expect("paused");
    assert_eq!((paused.by.as_str(), paused.rolled_back), ("ana", true));
    let until = Some(bench.now() + Duration::days(1));
    bench.call(Request::act(id(), PauseTerms { until }, Mode::Ask)).await.expect("paused as well");
    assert!(bench.show("payments").await.is_rolled_back(), "a date ends no rollback");
    bench.call(Request::act(id(), ResumeTerms::default(), Mode::Ask)).await.expect("resumed");
    assert_eq!(bench.show("payments").await.paused, None);
    bench.call(Request::act(id(), PauseTerms::default(), Mode::Ask)).await.expect("paused");
    let row = bench.show("payments").await;
    assert!(!row.is_rolled_back());
    assert_eq!(row.why_paused().as_deref(), Some("paused by ana"));
}

#[tokio::test]
async fn after_a_confirmation_it_is_said_which_old_secrets_lost_their_date() {
    let mut bench = bench().await;
    bench.stop().await;
    bench.disk.lock().expect("no panic").loaded.quarantine = Some(Quarantine {
        since: bench.now(),
        reason: "it was damaged".into(),
        next: "confirm".into(),
        confirmed: Vec::new(),
    });
    bench.start();
    let ask = |yes| Request::act(id(), ConfirmTerms {}, Mode::with(yes));
    let plan = bench.call(ask(false)).await.expect_err("asks").plan.expect("a plan");
    let held = |step: &PlanStep| matches!(step, PlanStep::HoldRestored { rotation, .. } if rotation == "payments");
    assert!(plan.steps.iter().any(held), "{plan:?}");
    bench.call(ask(true)).await.expect("confirmed");
    let entry = bench.history("payments").await.remove(0);
    assert_eq!((entry.trigger, entry.actor.user.as_str()), (Trigger::Confirm, "ana"));
    assert!(
        entry.message().contains("held without a date until `windlass rotation retire payments --at WHEN`"),
        "{}",
        entry.message()
    );
    let old = bench.show("payments").await.previous.expect("the old one");
    assert!(old.lost_its_date());
    assert_eq!(old.kept.map(|kept| kept.why), Some(WhyKept::Restored));
    let hold = RetireTerms { hold: true, ..RetireTerms::default() };
    bench.call(Request::act(id(), hold, Mode::Ask)).await.expect("held by request");
    assert!(!bench.show("payments").await.previous.expect("kept").lost_its_date(), "that is decided now");
    let dated = RetireTerms { at: Some(bench.now() + Duration::days(1)), ..RetireTerms::default() };
    bench.call(Request::act(id(), dated, Mode::Ask)).await.expect("dated");
    let old = bench.show("payments").await.previous.expect("dated");
    assert_eq!((old.kept, old.why_undated()), (None, None));
}
