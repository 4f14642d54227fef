use serde_json::json;

use super::*;
use crate::engine::request::Act;
use crate::tui::fixture::{connection, id, model as plain, press, rows, send, view_of, with_targets};
use crate::tui::msg::{Ask, Msg};
use crate::tui::picture::{drawn, look, picture, styled_snapshot};
use crate::tui::theme::{Depth, Glyphs};

/// hr-sync with its three targets, under the cursor.
fn model(columns: u16, lines: u16) -> Model {
    let mut model = plain(columns, lines);
    let mut rows = rows();
    rows[2] = with_targets(&rows[2]);
    send(&mut model, Msg::View(view_of(rows, vec![connection(1000, "okta-prod", None)])));
    press(&mut model, "/hr⏎");
    model
}

fn said(model: &Model) -> String {
    model.session.toasts.back().map(|toast| toast.text.to_string()).unwrap_or_default()
}

fn calls(effects: &[Effect]) -> Vec<&Request> {
    let call = |effect| match effect {
        &Effect::Call(_, Ask(ref request)) => Some(request),
        _ => None,
    };
    effects.iter().filter_map(call).collect()
}

/// What is at the place of the target under the cursor, as the engine answers.
fn answered(model: &mut Model, number: u128, fault: bool) {
    let fault = model.session.rows.rotations[&id(3)].targets.list[2].fault.clone().filter(|_| fault);
    let found = if fault.is_some() {
        json!({"is": "foreign", "keys": ["OKTA_CLIENT_SECRET"]})
    } else {
        json!({"is": "behind", "version": 6})
    };
    let plan = json!({
        "rotation": "hr-sync", "target": "json", "destination": "file", "place": "/etc/pay/okta.json",
        "found": found, "version": 7, "writes": ["OKTA_CLIENT_SECRET"],
        "after": ["systemctl", "restart", "pay"], "gates": true, "fault": fault, "seen": "mark",
    });
    let target_plan = serde_json::from_value(plan).expect("a plan");
    send(model, Msg::Replied(Purpose::TargetPlan(id(number)), Ok(Reply::TargetPlan { target_plan })));
}

#[test]
fn they_are_seen_at_any_size() {
    for (columns, lines) in [(80, 24), (120, 40), (60, 20), (40, 10)] {
        let mut model = model(columns, lines);
        press(&mut model, "D");
        insta::assert_snapshot!(format!("list-{columns}x{lines}"), picture(&model));
        press(&mut model, "⏎");
        insta::assert_snapshot!(format!("one-{columns}x{lines}"), picture(&model));
        press(&mut model, "⎋⎋⏎");
        insta::assert_snapshot!(format!("detail-{columns}x{lines}"), picture(&model));
    }
    let mut model = model(80, 24);
    insta::assert_snapshot!("row", picture(&model));
    press(&mut model, "D");
    insta::assert_snapshot!("list-plain", styled_snapshot(&drawn(&model, &look(Depth::None, Glyphs::Ascii))));
    model.session.preferences.read_only = true;
    insta::assert_snapshot!("list-read-only", picture(&model));
}

#[test]
fn what_is_there_is_seen_before_it_is_overwritten_and_nothing_else_is_agreed_to() {
    let mut model = model(80, 24);
    let effects = press(&mut model, "Da");
    assert!(
        matches!(calls(&effects)[..], [Request::TargetPlan { id: it }] if *it == id(53).to_string()),
        "{effects:?}"
    );
    answered(&mut model, 53, true);
    insta::assert_snapshot!("adopt", picture(&model));
    assert!(calls(&press(&mut model, "⏎")).is_empty(), "the focus is on Close");
    press(&mut model, "a");
    answered(&mut model, 53, true);
    let effects = press(&mut model, "a");
    let [Request::Act { id: it, act: Act::Adopt(terms), .. }] = calls(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((it.clone(), terms.seen.as_deref()), (id(53).to_string(), Some("mark")));
    // An answer for a target that is not looked at any more opens nothing.
    press(&mut model, "tj");
    answered(&mut model, 53, true);
    assert!(matches!(model.overlays[..], [Overlay::Targets(_)]));
}

#[test]
fn where_nothing_is_in_the_way_it_is_delivered_from_the_plan_or_at_once() {
    let mut model = model(80, 24);
    press(&mut model, "Dt");
    answered(&mut model, 53, false);
    insta::assert_snapshot!("plan", picture(&model));
    for keys in ["R", "R"] {
        let effects = press(&mut model, keys);
        assert!(matches!(calls(&effects)[..], [Request::Act { act: Act::Deliver(_), .. }]), "{effects:?}");
    }
}

#[test]
fn a_target_is_deleted_after_a_question_and_what_is_ours_there_on_request() {
    let mut model = model(80, 24);
    assert!(calls(&press(&mut model, "Dd")).is_empty());
    insta::assert_snapshot!("delete", picture(&model));
    assert!(calls(&press(&mut model, "⏎")).is_empty(), "the focus is on Cancel");
    for (keys, purge) in [("dd", false), ("dp", true)] {
        let effects = press(&mut model, keys);
        let [Request::Act { act: Act::DeleteTarget(terms), .. }] = calls(&effects)[..] else { panic!("{effects:?}") };
        assert_eq!(terms.purge, purge);
    }
    let effects = press(&mut model, "jdp");
    assert!(calls(&effects).is_empty(), "a command takes nothing back: {effects:?}");
}

#[test]
fn whether_the_old_secret_waits_is_one_key_and_the_history_another() {
    let mut model = model(80, 24);
    let effects = press(&mut model, "Dw");
    let [Request::TargetUpdate { patch, .. }] = calls(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(patch.gates, Some(false));
    press(&mut model, "h");
    assert!(model.overlays.is_empty() && model.focus == Pane::History);
    assert_eq!(model.history.attempts.filter().rotation.as_deref(), Some("hr-sync"));
}

#[test]
fn a_session_that_only_reads_looks_and_changes_nothing() {
    let mut model = model(80, 24);
    model.session.preferences.read_only = true;
    for keys in ["DR", "d", "w"] {
        assert!(calls(&press(&mut model, keys)).is_empty(), "{keys}");
        assert!(said(&model).contains("this session only reads"), "{keys}: {}", said(&model));
    }
    assert_eq!(calls(&press(&mut model, "a")).len(), 1, "looking changes nothing");
    answered(&mut model, 53, true);
    assert!(calls(&press(&mut model, "a")).is_empty());
}

#[test]
fn a_rotation_without_targets_offers_one_and_one_that_is_gone_leaves_no_box() {
    let mut model = plain(80, 24);
    press(&mut model, "D");
    insta::assert_snapshot!("none", picture(&model));
    press(&mut model, "jt");
    assert!(matches!(model.overlays[..], [Overlay::Targets(_)]));
    let mut model = self::model(80, 24);
    press(&mut model, "D⏎");
    send(&mut model, Msg::View(view_of(Vec::new(), Vec::new())));
    picture(&model);
    press(&mut model, "j");
    assert!(model.overlays.is_empty());
}
