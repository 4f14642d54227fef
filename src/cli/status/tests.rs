use crate::core::cause::Cause;
use serde_json::{Value, json};

use super::*;
use crate::cli::Global;
use crate::cli::ask::Answers;
use crate::cli::doubles::{Capture, captured, connection, rotation, settings};
use crate::engine::view::{ConnectionView, RotationView};

const NOW: &str = "2026-11-25T12:00:00Z";

/// How a view of these rows is reported: the exit status, and what stands on stdout.
fn reported(json: bool, engine: Value, connections: Vec<ConnectionView>, rows: Vec<RotationView>) -> (u8, String) {
    let Capture { output, out, .. } = captured(json);
    let ctx = Context::new(settings(&Global::default()), output, Answers::Terminal, None);
    let done = report(&ctx, view(engine, connections, rows), false);
    (done.as_ref().map_or_else(Failure::status, |()| 0), out.text())
}

fn view(changes: Value, connections: Vec<ConnectionView>, rows: Vec<RotationView>) -> View {
    let mut engine = json!({
        "version": env!("CARGO_PKG_VERSION"), "pid": 1, "user": "ana", "host": "bastion", "role": "serve", "startedAt": NOW, "now": NOW,
        "schedules": true, "trouble": null, "connections": connections.len(), "rotations": rows.len(),
    });
    if let (Value::Object(engine), Value::Object(changes)) = (&mut engine, changes) {
        engine.extend(changes);
    }
    let engine = serde_json::from_value(engine).expect("an engine");
    View { engine, app_connections: connections, secret_rotations: rows }
}

fn row(name: &str, state: &str, changes: Value) -> RotationView {
    let mut row = *rotation(changes);
    row.state = serde_json::from_value(json!(state)).expect("a state");
    name.clone_into(&mut row.name);
    row.id = uuid::Uuid::new_v4();
    row
}

fn fault(code: &str, message: &str, hint: &str) -> Value {
    json!({"code": code, "message": message, "hint": hint, "httpStatus": 403, "oktaCode": null, "requestId": null,
           "retryAt": null})
}

fn refused() -> ConnectionView {
    connection(json!({"status": "refused", "rotations": 2, "refusedSince": "2026-11-25T10:00:00Z",
                      "fault": fault("tokenRefused", "Okta refuses the token", "put a new one in")}))
}

fn attention() -> RotationView {
    let attention = json!({"cause": "the app is gone", "next": "delete it", "since": "2026-11-23T12:00:00Z"});
    row("billing", "ATTENTION", json!({"attention": attention, "nextRotationAt": "2026-11-24T01:30:00Z"}))
}

#[test]
fn nothing_wrong_is_one_line_with_the_next_due_time_and_exit_0() {
    let rows = vec![
        row("later", "OK", json!({"nextRotationAt": "2026-12-25T01:30:00Z"})),
        row("sooner", "DUE", json!({"nextRotationAt": "2026-11-28T12:00:00Z"})),
    ];
    let (status, out) = reported(false, json!({}), vec![connection(json!({}))], rows);
    assert_eq!((status, out.as_str()), (0, "OK         2 rotations; next sooner in 3d (Sat 28 Nov 13:00 CET)\n"));
    let alone = json!({"role": "one-shot", "schedules": false});
    assert_eq!(reported(false, alone, vec![], vec![]), (0, "OK         no rotations yet; no engine runs\n".into()));
}

#[test]
fn each_problem_is_a_line_worst_first_and_a_refused_connection_is_one() {
    let waiting = json!({"fault": fault("tokenRefused", "Okta refuses the token", "put a new one in")});
    let failing = json!({"fault": fault("serverError", "Okta answered 503", "see status.okta.com"), "tries": 4,
                         "nextTryAt": "2026-11-25T12:05:00Z", "stuckSince": "2026-11-25T11:40:00Z"});
    let held = json!({"previous": {"secretId": "ocs1", "status": "ACTIVE", "deactivateAt": "2026-11-20T12:00:00Z",
                                   "deleteAt": null, "heldBy": "unread"}});
    let late = json!({"nextRotationAt": "2026-11-25T10:59:00Z"});
    let begun = json!({"nextRotationAt": "2026-11-25T10:59:00Z", "phase": "retiring"});
    let just = json!({"nextRotationAt": "2026-11-25T11:01:00Z"});
    let mut waits = row("waits-too", "WAITING", waiting);
    waits.connection_id = refused().id;
    let rows = vec![
        row("held", "OK", held),
        row("failing", "FAILING", failing),
        waits,
        row("late", "DUE", late),
        row("just-due", "DUE", just),
        row("under-way", "DUE", begun),
        row("rotating", "ROTATING", json!({})),
        row("off", "PAUSED", json!({"isAutoRotationEnabled": false})),
        attention(),
    ];
    let (status, out) = reported(false, json!({}), vec![refused()], rows);
    let lines = [
        "ATTENTION  billing   2d  the app is gone; delete it",
        "REFUSED    acme      2h  Okta refuses the token; its 2 rotations wait; put a new one in",
        "OVERDUE    late      1h  it is due, and no engine has begun it; see that an engine runs: `windlass serve`, or \
         `windlass serve --once` from cron",
        "FAILING    failing  20m  Okta answered 503 (4 tries in a row); it is retried automatically in 5m; see \
         status.okta.com",
        "HELD       held      5d  no consumer has fetched the current secret, so the old one, ocs1, is kept; have its \
         consumers read the new one (a look does not count), or `windlass rotation retire held --now`",
    ];
    assert_eq!((status, out), (1, lines.map(|line| line.to_owned() + "\n").concat()));
}

#[test]
fn a_rotation_that_waits_for_room_or_for_a_connection_that_works_again_is_a_line_of_its_own() {
    let room = json!({"nextRotationAt": "2026-11-25T18:00:00Z", "dueAt": "2026-11-25T10:00:00Z", "previous": {"secretId": "ocs1", "status": "INACTIVE",
                      "deactivateAt": null, "deleteAt": "2026-11-25T18:00:00Z", "heldBy": null,
                      "goneAt": "2026-11-25T18:00:00Z"}});
    let (status, out) =
        reported(false, json!({}), vec![connection(json!({}))], vec![row("tight", "WAITING", room.clone())]);
    assert_eq!(status, 0, "it continues automatically, and says when");
    let line = "WAITING    tight   2h  it is due, but ocs1 is still there, and Okta allows no third secret; the old one \
                goes first; it rotates by itself on 2026-11-25 19:00 CET\n";
    assert_eq!(out, line);
    let (_, out) = reported(true, json!({}), vec![], vec![row("tight", "WAITING", room.clone())]);
    let object: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&object["ok"], &object["problems"][0]["until"]), (&json!(true), &json!("2026-11-25T18:00:00Z")));
    // What does not end by itself, or what cron has let pass, needs an operator.
    let mut undated = room.clone();
    undated["nextRotationAt"] = Value::Null;
    let (status, out) = reported(false, json!({}), vec![], vec![row("tight", "WAITING", undated)]);
    assert!(status == 1 && out.contains("`windlass rotation retire tight --now`"), "{out}");
    let mut passed = room;
    passed["previous"]["deleteAt"] = json!("2026-11-25T10:59:00Z");
    passed["previous"]["goneAt"] = json!("2026-11-25T10:59:00Z");
    let cron = view(json!({"role": "one-shot", "schedules": false}), vec![], vec![row("tight", "WAITING", passed)]);
    assert!(StatusView::of(cron, true).exit_status() == 1, "cron has not done it");
}

#[test]
fn what_waits_for_a_connection_is_not_said_to_wait_for_a_secret_that_is_not_there() {
    let due = json!({"nextRotationAt": "2026-11-25T10:00:00Z", "dueAt": "2026-11-25T10:00:00Z"});
    let (status, out) =
        reported(false, json!({}), vec![connection(json!({}))], vec![row("crm", "WAITING", due.clone())]);
    assert!(status == 1 && out.contains("it is due, and waits for its connection acme"), "{out}");
    let held =
        connection(json!({"status": "held", "fault": fault("precondition", "3 in a row were refused", "see why")}));
    let (status, out) = reported(false, json!({}), vec![held], vec![row("crm", "WAITING", due)]);
    assert_eq!((status, out.as_str()), (1, "ATTENTION  acme    -  3 in a row were refused; see why\n"));
}

#[test]
fn without_an_engine_what_is_due_within_a_day_is_a_problem_unless_cron_does_it() {
    let alone = || json!({"role": "one-shot", "schedules": false});
    let due = |at: &str| row("payments", "DUE", json!({"nextRotationAt": at}));
    let (status, out) =
        reported(false, alone(), vec![], vec![due("2026-11-26T11:00:00Z"), due("2026-11-26T11:30:00Z")]);
    assert_eq!(status, 1);
    assert!(
        out.starts_with("ENGINE     -    -  no engine runs: the rotation of payments is due in 23h, and 1 more"),
        "{out}"
    );
    assert_eq!(reported(false, alone(), vec![], vec![due("2026-11-26T13:00:00Z")]).0, 0, "more than a day ahead");
    let old = json!({"previous": {"secretId": "o", "status": "ACTIVE", "deactivateAt": "2026-11-25T10:00:00Z",
                     "goesOffAt": "2026-11-25T12:00:00Z", "deleteAt": null, "heldBy": null}, "nextRotationAt": "2026-12-26T13:00:00Z"});
    let (_, out) = reported(false, alone(), vec![], vec![row("payments", "OK", old)]);
    assert!(out.contains("the old secret of payments was due 2h ago"), "{out}");
    let reads = json!({"role": "ui", "schedules": false, "readOnly": true});
    let (_, out) = reported(false, reads, vec![], vec![due("2026-11-26T11:00:00Z")]);
    assert!(
        out.contains("the engine was started with --read-only: ") && out.contains("session of ana (pid 1)"),
        "{out}"
    );
    let cron = |row| problems(&view(alone(), vec![], vec![row]), false);
    assert_eq!(cron(due("2026-11-26T11:00:00Z")), []);
    assert_eq!(cron(due("2026-11-25T10:00:00Z"))[0].state, Word::Overdue, "cron has not done it");
}

#[test]
fn a_store_that_cannot_be_trusted_is_first_and_exit_7() {
    let trouble = json!({"trouble": {"message": "the store is quarantined: a commit is lost", "hint": "compare it"},
                         "schedules": false});
    let (status, out) = reported(false, trouble, vec![], vec![attention()]);
    assert_eq!(status, 7);
    let first = "STORE      -          -  the store is quarantined: a commit is lost; compare it\nATTENTION  billing";
    assert!(out.starts_with(first) && !out.contains("ENGINE"), "{out}");
}

#[test]
fn on_a_terminal_a_line_keeps_to_its_width_and_no_text_from_outside_reaches_it() {
    let mut long = attention();
    long.name = "a-name-of-as-many-letters-as-a-name-can-have".into();
    if let Some(attention) = &mut long.attention {
        attention.problem.cause = Cause::Words(format!("東京\x1b[2J {}", "x".repeat(200)));
    }
    let Capture { output, .. } = captured(false);
    let ctx = Context::new(settings(&Global::default()), output, Answers::Terminal, None);
    let status = StatusView::of(view(json!({}), vec![refused()], vec![long, attention()]), false);
    let text = lines(&status, &ctx, Some(80));
    assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    assert!(text.lines().any(|line| line.width() > 77), "{text}");
    assert!(text.contains("a-name-of-as-many-lette…   2d  東京\\u{1b}[2J xxx"), "{text}");
    assert_eq!(
        more(&status.problems[0]).map(|more| more.to_string()).as_deref(),
        Some("`windlass rotation show a-name-of-as-many-letters-as-a-name-can-have` says what to do")
    );
}

#[test]
fn for_programs_it_is_one_object() {
    let (status, out) = reported(true, json!({}), vec![refused()], vec![attention()]);
    assert_eq!(status, 1);
    let object: Value = serde_json::from_str(&out).expect("JSON");
    let first = &object["problems"][0];
    assert_eq!((&first["state"], &first["rotation"]["name"]), (&json!("ATTENTION"), &json!("billing")));
    assert_eq!((&first["connection"]["name"], &first["since"]), (&json!("acme"), &json!("2026-11-23T12:00:00Z")));
    assert_eq!((&first["cause"], &first["next"]), (&json!("the app is gone"), &json!("delete it")));
    assert_eq!(object["problems"][1]["rotation"], Value::Null);
    assert_eq!((&object["ok"], &object["engine"]["role"]), (&json!(false), &json!("serve")));
    assert_eq!(object["nextRotation"]["name"], "billing");
    let _: StatusView = serde_json::from_str(&out).expect("the same type");
}

#[test]
fn an_engine_of_another_version_is_noted_and_is_no_problem() {
    let Capture { output, out, err } = captured(false);
    let ctx = Context::new(settings(&Global::default()), output, Answers::Terminal, None);
    assert!(report(&ctx, view(json!({"version": "0.0.1"}), vec![], vec![]), false).is_ok());
    assert!(err.text().contains("version 0.0.1") && out.text().starts_with("OK  "), "{}", err.text());
}

#[test]
fn what_a_rollback_paused_and_what_a_restore_took_the_date_of_are_problems_and_what_people_decided_is_not() {
    let pause = |rolled_back: bool| json!({"since": "2026-11-23T12:00:00Z", "by": "ana", "rolledBack": rolled_back});
    let old = |kept: Value| json!({"secretId": "ocs1", "status": "ACTIVE", "deactivateAt": null, "deleteAt": null, "heldBy": "noDate", "kept": kept});
    let kept = |why: &str| json!({"since": "2026-11-24T12:00:00Z", "why": why});
    let off = json!({"isAutoRotationEnabled": false, "nextRotationAt": null, "dueAt": null});
    let with = |mut base: Value, more: Value| {
        if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
            base.extend(more);
        }
        base
    };
    let back = row("back", "PAUSED", with(off.clone(), json!({"paused": pause(true), "previous": old(Value::Null)})));
    let restored = row("restored", "OK", json!({"previous": old(kept("restored"))}));
    let asleep = row("asleep", "PAUSED", with(off.clone(), json!({"paused": pause(false)})));
    let held = row("held", "OK", json!({"previous": old(kept("asked"))}));
    let by_hand = row("by-hand", "PAUSED", off);
    let (status, out) = reported(false, json!({}), vec![], vec![back.clone(), restored.clone(), asleep.clone()]);
    let lines = [
        "HELD       restored  24h  ocs1, its old secret, has no date: its date was taken away when the store was restored and \
         confirmed; nothing rotates until it has gone: `windlass rotation retire restored --at WHEN`, or --now; --hold keeps it",
        "PAUSED     back       2d  paused by the rollback of ana: nothing rotates, and ocs1, the newer secret, is kept; once its \
         consumers work with a new secret: `windlass rotation resume back`",
    ];
    assert_eq!((status, out), (1, lines.map(|line| line.to_owned() + "\n").concat()));
    let (status, out) = reported(false, json!({}), vec![], vec![asleep.clone(), held.clone(), by_hand]);
    assert_eq!(status, 0);
    assert!(out.contains("; paused: asleep; old secret held without a date: held"), "{out}");
    let (_, out) = reported(true, json!({}), vec![], vec![back, asleep, held]);
    let object: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        object["paused"],
        json!([{"id": object["paused"][0]["id"], "name": "asleep"}]),
        "the other is a problem"
    );
    assert_eq!(object["held"][0]["name"], "held");
}
