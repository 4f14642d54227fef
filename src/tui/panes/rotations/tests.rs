use serde_json::json;

use crate::engine::request::{Act, Request};
use crate::tui::fixture::{model, press, rows, send, view_of, with, with_one_missing};
use crate::tui::model::Model;
use crate::tui::msg::{Ask, Effect, Msg};
use crate::tui::picture::{drawn, look, picture, styled_snapshot};
use crate::tui::theme::{Depth, Glyphs};

/// mobile-bff misses a consumer before its old secret goes, hr-sync after.
fn one_missing(columns: u16, lines: u16) -> Model {
    let mut model = model(columns, lines);
    let mut rows = rows();
    rows[4] = with_one_missing(&rows[4]);
    let held =
        json!({"secretId": "ocsold", "status": "ACTIVE", "deactivateAt": null, "deleteAt": null, "heldBy": "unread"});
    rows[2] = with(&with_one_missing(&rows[2]), json!({"state": "WAITING", "previous": held, "dueAt": null}));
    let connections = model.session.rows.connections.values().cloned().collect();
    send(&mut model, Msg::Linked { own: false, notes: Vec::new(), view: view_of(rows, connections) });
    press(&mut model, "/mobile⏎");
    model
}

#[test]
fn a_consumer_that_is_missing_shows_in_the_list() {
    for (columns, lines) in [(80, 24), (120, 40), (60, 18)] {
        let mut model = one_missing(columns, lines);
        press(&mut model, "⎋");
        insta::assert_snapshot!(format!("missing-{columns}x{lines}"), picture(&model));
    }
    let plain = look(Depth::None, Glyphs::Unicode);
    insta::assert_snapshot!("missing-no-colour", styled_snapshot(&drawn(&one_missing(80, 24), &plain)));
}

#[test]
fn it_is_dismissed_by_a_key_that_its_line_names() {
    let mut model = one_missing(80, 24);
    press(&mut model, "⏎");
    let shown = picture(&model).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("reads 6, last 24h ago; c dismisses one that is gone"), "{shown}");
    press(&mut model, "c");
    insta::assert_snapshot!("dismiss-80x24", picture(&model));
    let effects = press(&mut model, "1");
    let dismissed = effects.iter().any(|effect| {
        matches!(effect, Effect::Call(_, Ask(Request::Act { act: Act::Dismiss(terms), .. })) if terms.consumer == "payroll.service")
    });
    assert!(dismissed, "{effects:?}");
}

#[test]
fn where_none_is_missing_the_key_says_so() {
    let mut model = model(80, 24);
    press(&mut model, "jc");
    let said = model.session.toasts.back().map(|toast| toast.text.to_string());
    assert!(said.as_deref().is_some_and(|said| said.contains("is missing")), "{said:?}");
}
