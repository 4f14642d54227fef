use chrono_tz::Europe::Berlin;
use serde_json::{Value, json};

use super::*;
use crate::core::cause::Cause;
use crate::core::fault::Fault;
use crate::core::history::StepOutcome;
use crate::core::history::noted::Noted;
use crate::core::remedy::Remedy;
use crate::words::voice::Page;

fn event(notice: Notice) -> Event {
    let (level, kind) = (notice.level(), notice.kind().to_owned());
    let at = DateTime::UNIX_EPOCH;
    let rows = Rows::default();
    Event { cursor: "e-1".into(), at, level, kind, rotation: None, connection: None, attempt: None, notice, rows }
}

#[test]
fn a_notice_is_said_with_its_dates_on_the_readers_clock() {
    let fault = Fault::precondition(Cause::Words("Okta is not reachable".into()))
        .and(Remedy::Words("check the network".into()));
    let at = "2026-12-01T01:30:00Z".parse().expect("valid");
    let step = Notice::Step(Step {
        at,
        step: "create".into(),
        outcome: StepOutcome::Ok,
        noted: Noted::Created { secret_id: "ocs1".into() },
        http_status: Some(201),
        duration_ms: Some(12),
        okta_request_id: None,
    });
    for (notice, level, said) in [
        (
            Notice::Waits { fault: fault.clone(), attention: false, retry_at: Some(at) },
            Level::Warn,
            "Okta is not reachable; retried at 2026-12-01 02:30 CET",
        ),
        (
            Notice::Waits { fault, attention: true, retry_at: None },
            Level::Error,
            "Okta is not reachable; needs attention: check the network",
        ),
        (Notice::Asked { actor: Actor::schedule(), wish: Wish::Rotate }, Level::Info, "schedule asked to rotate"),
        (step, Level::Info, "create: Okta created ocs1 (12 ms)"),
    ] {
        let event = event(notice);
        assert_eq!((event.level, event.say().by(&Page(Berlin)).as_str()), (level, said));
    }
}

#[test]
fn an_event_is_read_back_as_it_was_and_a_newer_or_older_one_by_its_sentence() {
    let due = event(Notice::Overdue { count: 9, at_once: 4, minutes: 3 });
    let mut written = serde_json::to_value(&due).expect("JSON");
    assert_eq!((&written["kind"], &written["level"]), (&json!("due"), &json!("warn")));
    assert_eq!(written["notice"], json!({"kind": "overdue", "count": 9, "atOnce": 4, "minutes": 3}));
    let read = |value: &Value| serde_json::from_value::<Event>(value.clone()).expect("an event");
    assert_eq!(read(&written), due);
    written["notice"] = json!({"kind": "sung", "by": ["all"]});
    assert_eq!((read(&written).level, read(&written).message()), (Level::Warn, due.message()));
    written.as_object_mut().expect("an object").remove("notice");
    assert_eq!((read(&written).kind.as_str(), read(&written).message()), ("due", due.message()));
}
