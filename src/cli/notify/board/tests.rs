use serde_json::{Value, json};

use super::*;
use crate::cli::doubles::{connection, rotation};
use crate::core::cause::Cause;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Level, Rows};

const NOW: &str = "2026-11-25T12:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().expect("valid")
}

fn row(name: &str, state: &str, phase: &str, changes: Value) -> RotationView {
    let mut row = *rotation(changes);
    row.state = serde_json::from_value(json!(state)).expect("a state");
    phase.clone_into(&mut row.phase);
    name.clone_into(&mut row.name);
    row.id = id(name);
    row
}

fn id(name: &str) -> Uuid {
    let hash = name.bytes().fold(7_u128, |hash, byte| hash * 31 + u128::from(byte));
    Uuid::from_u128(hash)
}

fn needy(name: &str, phase: &str) -> RotationView {
    let attention = json!({"cause": "the app is gone", "next": "delete it", "since": NOW});
    row(name, "ATTENTION", phase, json!({"attention": attention}))
}

fn failing(name: &str, tries: u32) -> RotationView {
    let fault = json!({"code": "serverError", "message": "Okta answered 503", "hint": "see status.okta.com",
                       "httpStatus": 503, "oktaCode": null, "requestId": null, "retryAt": null});
    row(name, "FAILING", "waiting", json!({"fault": fault, "tries": tries}))
}

fn well(name: &str) -> RotationView {
    row(name, "OK", "idle", json!({}))
}

fn view(rows: Vec<RotationView>, connections: Vec<ConnectionView>) -> View {
    let engine = json!({
        "version": "0", "pid": 1, "user": "ana", "host": "bastion", "role": "serve", "startedAt": NOW, "now": NOW,
        "schedules": true, "trouble": null, "connections": 0, "rotations": 0,
    });
    let engine = serde_json::from_value(engine).expect("an engine");
    View { engine, app_connections: connections, secret_rotations: rows }
}

fn event(kind: &str, row: RotationView) -> Event {
    Event {
        cursor: "e-1".into(),
        at: now(),
        level: Level::Error,
        kind: kind.into(),
        rotation: Some(row.name.clone()),
        connection: None,
        attempt: Some(Uuid::from_u128(9)),
        notice: Notice::RotationBroke,
        rows: Rows { secret_rotations: vec![row], ..Rows::default() },
    }
}

/// All that there is to report, as `event whose`.
fn reported(board: &mut Board) -> Vec<String> {
    let next = || board.next(now(), "bastion").map(|tell| tell.message);
    let each = |message: Message| {
        let name = message.rotation.map(|it| it.name).or(message.connection.map(|it| it.name));
        format!("{} {}", message.event.word(), name.unwrap_or_else(|| message.count.to_string()))
    };
    std::iter::from_fn(next).map(each).collect()
}

fn changed(board: &mut Board, row: RotationView) -> Vec<String> {
    board.event(&event("wait", row));
    reported(board)
}

#[test]
fn a_spell_is_reported_once_and_its_end_once_nothing_is_open() {
    let mut board = Board::default();
    board.view(&view(vec![well("pay")], vec![]), true);
    assert_eq!(reported(&mut board), [""; 0]);
    assert_eq!(changed(&mut board, needy("pay", "waiting")), ["attention pay"]);
    assert_eq!(changed(&mut board, needy("pay", "waiting")), [""; 0]);
    let mut other = needy("pay", "waiting");
    other.attention.as_mut().expect("set").problem.cause = Cause::Words("the clock is 301 s off".into());
    assert_eq!(changed(&mut board, other), [""; 0], "another cause within the spell");
    assert_eq!(changed(&mut board, row("pay", "ROTATING", "creating", json!({}))), [""; 0], "a try ends nothing");
    assert_eq!(changed(&mut board, needy("pay", "waiting")), [""; 0]);
    assert_eq!(changed(&mut board, well("pay")), ["recovered pay"]);
    assert_eq!(changed(&mut board, well("pay")), [""; 0]);
    assert_eq!(changed(&mut board, needy("pay", "idle")), ["attention pay"], "a new spell");
}

#[test]
fn the_third_failed_try_is_reported_and_worse_is_reported_on_top_but_not_the_way_back() {
    let mut board = Board::default();
    for tries in [1, 2] {
        assert_eq!(changed(&mut board, failing("pay", tries)), [""; 0]);
    }
    assert_eq!(changed(&mut board, failing("pay", 3)), ["failing pay"]);
    assert_eq!(changed(&mut board, failing("pay", 4)), [""; 0]);
    assert_eq!(changed(&mut board, needy("pay", "waiting")), ["attention pay"]);
    assert_eq!(changed(&mut board, failing("pay", 5)), [""; 0]);
    assert_eq!(changed(&mut board, well("pay")), ["recovered pay"]);
}

#[test]
fn what_came_and_went_before_it_could_be_reported_is_not_reported() {
    let mut board = Board::default();
    board.event(&event("wait", needy("pay", "waiting")));
    board.event(&event("attempt", well("pay")));
    assert_eq!(reported(&mut board), [""; 0]);
}

#[test]
fn a_refused_connection_is_reported_for_all_its_rotations() {
    let fault = json!({"code": "tokenRefused", "message": "Okta refuses the token", "hint": "put a new one in",
                       "httpStatus": 401, "oktaCode": "E0000011", "requestId": null, "retryAt": null});
    let refused = connection(json!({"status": "refused", "fault": fault, "refusedSince": NOW, "rotations": 3}));
    let mut board = Board::default();
    let waiting = row("pay", "WAITING", "waiting", json!({"fault": fault}));
    board.view(&view(vec![waiting], vec![refused]), false);
    assert_eq!(reported(&mut board), ["attention acme"]);
    board.view(&view(vec![], vec![connection(json!({}))]), false);
    assert_eq!(reported(&mut board), ["recovered acme"]);
}

#[test]
fn a_store_that_cannot_be_written_and_a_fault_of_our_own_need_an_operator() {
    let mut board = Board::default();
    let mut bad = view(vec![], vec![]);
    bad.engine.trouble = Some(fault::Problem::said("the disk is full", "make room"));
    board.view(&bad, false);
    let message = board.next(now(), "bastion").expect("reported").message;
    assert_eq!((message.event, message.state.as_str()), (What::Attention, "STORE"));
    assert_eq!((message.rotation, message.connection), (None, None));
    board.view(&view(vec![row("pay", "ROTATING", "creating", json!({}))], vec![]), false);
    assert_eq!(reported(&mut board), ["recovered 1"]);
    board.event(&event("fault", row("pay", "ROTATING", "creating", json!({}))));
    assert_eq!(reported(&mut board), ["attention pay"]);
    board.event(&event("attempt", well("pay")));
    assert_eq!(reported(&mut board), ["recovered pay"]);
}

#[test]
fn a_deleted_rotation_is_over() {
    let mut board = Board::default();
    assert_eq!(changed(&mut board, needy("pay", "waiting")), ["attention pay"]);
    let mut gone = event("deleted", well("other"));
    gone.rows.gone = vec![id("pay")];
    board.event(&gone);
    assert_eq!(reported(&mut board), ["recovered pay"]);
}

#[test]
fn another_engine_reports_nothing_twice_and_the_end_all_the_same() {
    let mut board = Board::default();
    board.view(&view(vec![needy("pay", "waiting"), needy("crm", "idle")], vec![]), true);
    assert_eq!(reported(&mut board).len(), 2, "never reported before");
    let kept = serde_json::to_vec(&board.reported()).expect("JSON");
    let restarted = || Board::new(serde_json::from_slice(&kept).expect("the same type"));

    let mut board = restarted();
    board.view(&view(vec![needy("pay", "waiting"), well("crm")], vec![]), true);
    assert_eq!(reported(&mut board), ["recovered crm"]);
    let mut board = restarted();
    board.view(&view(vec![row("pay", "ROTATING", "observing", json!({}))], vec![]), true);
    assert_eq!(reported(&mut board), ["recovered crm"], "pay is being tried, and crm was deleted");
}

#[test]
fn what_stood_at_the_start_is_reported_apart() {
    let mut board = Board::default();
    board.view(&view(vec![needy("pay", "idle")], vec![]), true);
    assert!(board.next(now(), "bastion").expect("reported").stood_at_start);
    board.event(&event("wait", needy("crm", "idle")));
    assert!(!board.next(now(), "bastion").expect("reported").stood_at_start);
    board.event(&event("attempt", well("pay")));
    assert!(!board.next(now(), "bastion").expect("reported").stood_at_start, "an end is always reported");
    board.event(&event("wait", needy("pay", "idle")));
    assert!(!board.next(now(), "bastion").expect("reported").stood_at_start, "a new spell");
}

#[test]
fn a_crowd_is_one_message_for_each_kind() {
    let mut board = Board::default();
    let names: Vec<String> = (0..=CROWD).map(|n| format!("app-{n}")).collect();
    let rows = |of: &dyn Fn(&str) -> RotationView| names.iter().map(|name| of(name)).collect();
    board.view(&view(rows(&|name| needy(name, "idle")), vec![]), false);
    let message = board.next(now(), "bastion").expect("reported").message;
    assert_eq!((message.count, message.rotation), (21, None));
    assert!(message.cause.starts_with("21 rotations or connections need attention; of app-"), "{}", message.cause);
    assert_eq!(reported(&mut board), [""; 0]);
    board.view(&view(rows(&well), vec![]), false);
    assert_eq!(reported(&mut board), ["recovered 21"]);
}

#[test]
fn the_message_is_an_object_of_these_names() {
    let mut board = Board::default();
    let mut long = needy("pay", "waiting");
    long.attention.as_mut().expect("set").problem.cause = Cause::Words(format!("\x1b[2J{}", "x".repeat(5000)));
    board.event(&event("wait", long));
    let message = board.next(now(), "bastion").expect("reported").message;
    assert!(message.cause.starts_with("\\u{1b}[2J") && message.cause.chars().count() < 1100);
    let mut object = serde_json::to_value(&message).expect("JSON");
    object["cause"] = json!("");
    let expected = json!({
        "event": "attention", "at": NOW, "host": "bastion", "state": "ATTENTION",
        "rotation": {"id": id("pay"), "name": "pay"},
        "connection": {"app": "okta", "name": "acme", "id": "018f0000-0000-7000-8000-000000000001"},
        "attempt": Uuid::from_u128(9), "since": NOW, "cause": "", "next": "delete it", "count": 1,
    });
    assert_eq!(object, expected);
}
