use serde_json::{Value, json};

use super::*;
use crate::cli::doubles::{rotation, scene};
use crate::engine::events::Rows;
use crate::engine::events::notice::Notice;

fn event(level: Level, message: &str) -> Event {
    Event {
        cursor: "e-1".into(),
        at: DateTime::<Utc>::UNIX_EPOCH,
        level,
        kind: "verify".into(),
        rotation: Some("payments".into()),
        connection: Some("acme".into()),
        attempt: None,
        notice: Notice::Said { level, event: "verify".into(), message: message.into() },
        rows: Rows { secret_rotations: vec![*rotation(json!({}))], ..Rows::default() },
    }
}

#[test]
fn an_event_is_one_line_whatever_is_in_it() {
    let event = event(Level::Warn, "refused:\n\x1b[2J");
    assert_eq!(sentence(&event, Tz::UTC, false), "1970-01-01 00:00:00 UTC warn  payments: refused:\\u{a}\\u{1b}[2J");
    assert_eq!(sentence(&event, Tz::UTC, true), "<4>payments: refused:\\u{a}\\u{1b}[2J");
}

#[test]
fn an_event_for_programs_leaves_the_rows_out() {
    let object: Value = serde_json::from_str(&object(&event(Level::Info, "verified"))).expect("JSON");
    assert_eq!(object["message"], "verified");
    assert!(object.get("rows").is_none());
}

#[test]
fn an_engine_is_not_started_read_only() {
    assert_eq!(scene([]).run("windlass serve --read-only").status(), 5);
}
