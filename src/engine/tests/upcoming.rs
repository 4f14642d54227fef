//! One forecast: what a row, `upcoming` and its events say is what happens.

use super::*;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::rotation::hold::Hold;
use crate::engine::foreseen;
use crate::engine::view::{ComingRow, Happens, UpcomingRow};
use crate::text::when::instant;
use crate::words::voice::Shell;

impl Bench {
    async fn upcoming(&self, query: UpcomingQuery) -> (Vec<UpcomingRow>, Vec<ComingRow>) {
        match self.call(Request::Upcoming(query)).await.expect("what is coming") {
            Reply::Upcoming { upcoming, events } => (upcoming, events),
            other => panic!("{other:?}"),
        }
    }

    /// A rotation that is due every day at 03:15.
    async fn daily(&self) -> RotationView {
        self.connect().await;
        row(self.call(Request::RotationCreate(Box::new(every_day()))).await.expect("created"))
    }

    async fn would(&self, request: Request) -> Plan {
        match self.call(request).await.expect("planned") {
            Reply::Plan { plan } => plan,
            other => panic!("{other:?}"),
        }
    }
}

fn every_day() -> RotationBody {
    let body = serde_json::json!({
        "name": "payments", "connectionId": "acme", "environment": "prod", "secretPath": "/payments",
        "rotationInterval": 1, "rotateAt": {"hours": 3, "minutes": 15, "timeZone": "UTC"},
        "parameters": {"clientId": "Payments"}, "waitSeconds": 600,
    });
    serde_json::from_value(body).expect("a body")
}

#[tokio::test]
async fn plans_rows_lists_and_messages_say_the_same_instants() {
    let folder = tempfile::tempdir().expect("a directory");
    let mut bench = Bench::new().await;
    bench.connect().await;
    // At an hour from which the next 03:15 comes before the original can be gone.
    let now = (bench.now() + Duration::days(1)).date_naive().and_hms_opt(13, 0, 0).expect("an hour").and_utc();
    bench.restart_standing(&folder, now, Duration::zero()).await;
    let body = every_day();
    let typed = foreseen::first(&body, &[], chrono_tz::Tz::UTC, now);
    let plan = bench.would(Request::RotationCreate(Box::new(RotationBody { dry_run: true, ..body.clone() }))).await;
    let row = row(bench.call(Request::RotationCreate(Box::new(body))).await.expect("created"));
    let next = row.next_rotation_at.expect("it rotates");
    assert!(row.due_at.is_some_and(|due| due < next), "there is no room before: {row:?}");
    let previous = row.previous.clone().expect("the original");
    let (off_at, gone_at) = (previous.goes_off_at.expect("a date"), previous.gone_at.expect("a date"));
    assert_eq!((typed, plan.next_rotation_at), (Some(next), Some(next)));
    let steps = plan.sentences(&Shell).join("; ");
    assert!(steps.contains(&format!("stays ACTIVE until {}, is deactivated then if", instant(off_at))), "{steps}");
    assert!(steps.contains(&format!("is deleted at {}", instant(gone_at))), "{steps}");
    assert!(steps.contains(&format!("rotate next at {}: due ", instant(next))), "{steps}");
    let (rows, events) = bench.upcoming(UpcomingQuery::default()).await;
    let at: Vec<_> = events.iter().map(|event| (event.what, event.at, event.if_fetched)).take(3).collect();
    let wanted = [(Happens::Deactivated, off_at), (Happens::Deleted, gone_at), (Happens::Rotates, next)];
    assert_eq!(at, wanted.map(|(what, at)| (what, at, true)), "and each only if it is fetched");
    assert_eq!((rows[0].due_at, rows[0].nominal_due_at), (next, row.due_at));
    let second = events.iter().filter(|event| event.at > next);
    let after: Vec<_> = second.take(2).map(|event| Some(event.at)).collect();
    assert_eq!([rows[0].deactivate_at, rows[0].delete_at], *after, "when the one that it replaces goes");

    bench.fetch("payments").await;
    let mut follower = bench.follow();
    bench.call(Request::act("payments", SkipTerms::default(), Mode::Ask)).await.expect("skipped");
    let skipped = bench.show("payments").await.next_rotation_at.expect("it rotates");
    let said = until(&mut follower, |event| event.kind == "settings").await.message();
    assert!(said.contains(&format!("rotates next at {}", instant(skipped))), "{said}");
    let change = serde_json::json!({"rotateAt": {"hours": 14, "minutes": 0, "timeZone": "UTC"}, "dryRun": true});
    let patch = |change| Request::RotationUpdate {
        id: "payments".into(),
        patch: Box::new(serde_json::from_value(change).expect("a patch")),
    };
    let would = super::row(bench.call(patch(change.clone())).await.expect("only shown")).next_rotation_at;
    assert_eq!(bench.show("payments").await.next_rotation_at, Some(skipped), "nothing was changed");
    let mut change = change;
    change["dryRun"] = false.into();
    let is = super::row(bench.call(patch(change)).await.expect("changed")).next_rotation_at;
    assert!(would == is && would != Some(skipped), "{would:?}, {is:?}");
    bench.stop().await;
}

#[tokio::test]
async fn where_nothing_was_ever_fetched_plan_and_row_say_held_until_fetched() {
    let bench = Bench::new().await;
    bench.daily().await;
    let terms = RotateTerms { wait_seconds: Some(600), ..RotateTerms::default() };
    let plan = bench.would(Request::act("payments", terms.clone(), Mode::Plan)).await;
    assert_eq!(plan.next_rotation_at, None, "{plan:?}");
    assert!(
        plan.steps.iter().any(|step| matches!(step, PlanStep::StaysActive { held_by: Some(Hold::Unread), .. })),
        "{plan:?}"
    );
    let row = row(bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect("rotated"));
    assert_eq!((row.next_rotation_at, row.undated()), (None, "held until fetched"));
    let previous = row.previous.expect("the one before");
    assert_eq!((previous.goes_at(), previous.holds()), (None, Some(Hold::Unread)), "it is so from the start");
}

#[tokio::test]
async fn each_thing_that_is_coming_happens_at_its_instant_and_not_before() {
    let mut bench = Bench::new().await;
    bench.daily().await;
    bench.fetch("payments").await;
    let query = || UpcomingQuery { days: Some(3), ..UpcomingQuery::default() };
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let (rows, events) = bench.upcoming(query()).await;
        let row = bench.show("payments").await;
        let next = events.first().expect("something is coming").clone();
        let starts = events.iter().find(|event| event.what == Happens::Rotates).expect("it rotates");
        assert_eq!((row.next_rotation_at, rows[0].due_at), (Some(starts.at), starts.at));
        let (creates, secrets) = (bench.calls("create"), bench.app("Payments").secrets);
        bench.restart_after(next.at - Duration::minutes(1) - bench.now()).await;
        bench.all_done().await;
        assert_eq!(bench.calls("create"), creates, "not before: {next:?}");
        bench.restart_after(next.at + Duration::seconds(5) - bench.now()).await;
        bench.all_done().await;
        let id = next.secret_id.as_deref();
        let found = bench.app("Payments").secrets.into_iter().find(|secret| Some(secret.id.as_str()) == id);
        match next.what {
            Happens::Rotates => assert_eq!(bench.calls("create"), creates + 1, "{next:?}"),
            Happens::Deactivated => assert!(found.is_some_and(|secret| !secret.active), "{next:?}"),
            Happens::Deleted => assert!(found.is_none() && secrets.len() == 2, "{next:?}"),
            Happens::Held => panic!("{next:?}"),
        }
        // What waited for room starts in the moment in which there is some.
        bench.fetch("payments").await;
        kinds.push(next.what);
    }
    // A rotation that waited for room starts in the moment of a deletion, and is then not seen by itself.
    assert!(kinds.contains(&Happens::Deactivated) && kinds.contains(&Happens::Deleted), "{kinds:?}");
    assert!(bench.calls("create") > 1, "it rotated: {kinds:?}");
}

#[tokio::test]
async fn what_waits_for_a_fetch_has_no_date_and_its_row_stays() {
    let mut bench = Bench::new().await;
    let row = bench.daily().await;
    assert!(row.next_rotation_at.is_some(), "the first version may still be fetched in time");
    let off_at = row.previous.and_then(|previous| previous.deactivate_at).expect("a date");
    bench.restart_after(off_at + Duration::minutes(1) - bench.now()).await;
    bench.all_done().await;
    let row = bench.show("payments").await;
    assert_eq!(row.next_rotation_at, None, "no one fetched it");
    let due = row.due_at.expect("the schedule is due all the same");
    let (rows, events) = bench.upcoming(UpcomingQuery::default()).await;
    assert_eq!((rows[0].due_at, rows[0].held_by.as_deref()), (due, Some("unread")));
    assert_eq!((events[0].what, events[0].held_by), (Happens::Held, Some(Hold::Unread)));
    bench.fetch("payments").await;
    let row = bench.show("payments").await;
    assert!(row.next_rotation_at.is_some_and(|next| next >= due), "also while a call is out: {row:?}");
    let (rows, _) = bench.upcoming(UpcomingQuery { count: Some(3), ..UpcomingQuery::default() }).await;
    assert_eq!(rows.len(), 3);
}
