//! One forecast: what a row, `upcoming` and its events say is what happens.

use super::*;
use crate::core::protocol::retire::Hold;
use crate::engine::view::{ComingRow, Happens, UpcomingRow};

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
        let body = serde_json::json!({
            "name": "payments", "connectionId": "acme", "environment": "prod", "secretPath": "/payments",
            "rotationInterval": 1, "rotateAt": {"hours": 3, "minutes": 15, "timeZone": "UTC"},
            "parameters": {"clientId": "Payments"}, "waitSeconds": 600,
        });
        let body = serde_json::from_value(body).expect("a body");
        row(self.call(Request::RotationCreate(Box::new(body))).await.expect("created"))
    }
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
    assert_eq!(row.next_rotation_at, None, "nobody fetched it");
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
