use serde_json::{Value, json};

use super::*;
use crate::cli::doubles::scene;
use crate::core::history::ending::Ending;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Event, Level, Rows};

fn entry(id: u32, outcome: &str, message: &str) -> Entry {
    let object = json!({
        "id": format!("018f0000-0000-7000-8000-{id:012}"), "rotationId": "018f0000-0000-7000-8000-000000000002",
        "rotationName": "payments", "connectionId": "018f0000-0000-7000-8000-000000000001", "appId": "0oa1",
        "trigger": "manual", "actor": {"user": "root", "loginUser": "ada", "via": "cli"},
        "startedAt": "2026-11-25T01:30:00Z", "endedAt": "2026-11-25T01:30:01.900Z", "outcome": outcome,
        "message": message, "newSecretId": null, "previousSecretId": null, "steps": [],
    });
    serde_json::from_value(object).expect("an entry")
}

fn event(attempt: Option<u128>) -> Event {
    Event {
        cursor: "e-1".into(),
        at: DateTime::UNIX_EPOCH,
        level: Level::Info,
        kind: "publish".into(),
        rotation: Some("payments".into()),
        connection: None,
        attempt: attempt.map(Uuid::from_u128),
        notice: Notice::Ended { outcome: Outcome::Success, ending: Ending::said("published") },
        rows: Rows::default(),
    }
}

#[test]
fn a_page_is_a_table_with_who_and_how_long() {
    let reply = Reply::History { history: vec![entry(1, "success", "done")], next: Some(Uuid::nil()), unreadable: 2 };
    let ended = scene([Ok(reply.clone())]).run("windlass history payments --limit 1");
    let row = ended.out.lines().nth(1).expect("a row");
    for word in ["2026-11-25 02:30:00 CET", "payments", "manual", "ada as root", "success", "1.9s", "done"] {
        assert!(row.contains(word), "{word} is not in {row}");
    }
    assert!(ended.err.contains("--before 00000000-0000-0000-0000-000000000000"), "{}", ended.err);
    let ended = scene([Ok(reply)]).run("windlass history --json");
    let object: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(object["history"][0]["startedAt"], "2026-11-25T01:30:00Z");
    assert_eq!(ended.err, "");
}

#[test]
fn what_is_asked_for_reaches_the_engine() {
    let reply = Reply::History { history: vec![], next: None, unreadable: 0 };
    let line =
        "windlass history payments --since 2026-11-01 --until 2026-11-25T00:00:00Z --outcome attention --actor ada";
    let ended = scene([Ok(reply)]).run(line);
    let Some(Request::History(query)) = ended.asked.last() else { panic!("{:?}", ended.asked) };
    assert_eq!(query.rotation.as_deref(), Some("payments"));
    assert_eq!(query.since.map(|since| since.to_rfc3339()).as_deref(), Some("2026-10-31T23:00:00+00:00"));
    assert_eq!(query.until.map(|until| until.to_rfc3339()).as_deref(), Some("2026-11-25T00:00:00+00:00"));
    assert_eq!((query.outcome, query.actor.as_deref(), query.limit), (Some(Outcome::Attention), Some("ada"), None));
}

#[test]
fn following_prints_each_attempt_once_when_it_is_over() {
    let page = |entries: Vec<Entry>| Ok(Reply::History { history: entries, next: None, unreadable: 0 });
    let (one, two) = (entry(1, "success", "one"), entry(2, "failed", "two"));
    let running = entry(2, "running", "under way");
    let engine =
        scene([page(vec![running.clone(), one.clone()]), page(vec![running, one.clone()]), page(vec![two, one])]);
    let ended =
        engine.events(vec![event(Some(2)), event(None), event(Some(2))]).run("windlass history --follow --json");
    let messages: Vec<Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("one object a line")["message"].clone())
        .collect();
    assert_eq!(messages, ["one", "two"]);
    assert_eq!((ended.asked.len(), ended.status()), (3, 6), "the engine's end is said");
}

#[test]
fn following_keeps_the_columns_of_the_first_page() {
    let page = |entries: Vec<Entry>| Ok(Reply::History { history: entries, next: None, unreadable: 0 });
    let long =
        Entry { rotation_name: Some("a-rather-long-name".parse().expect("a name")), ..entry(1, "success", "one") };
    let (two, three) = (entry(2, "failed", "two"), entry(3, "attention", "three"));
    let engine = scene([page(vec![long]), page(vec![two]), page(vec![three])]);
    let ended = engine.events(vec![event(Some(2)), event(Some(3))]).run("windlass history --follow");
    let at = |word: &str| ended.out.lines().find_map(|line| line.find(word)).unwrap_or_else(|| panic!("{}", ended.out));
    assert_eq!([at("one"), at("two"), at("three")], [at("MESSAGE"); 3], "{}", ended.out);
}

#[test]
fn a_limit_of_none_is_refused() {
    let ended = scene([]).run("windlass history --limit 0");
    assert_eq!((ended.status(), ended.asked.len()), (2, 0));
}
