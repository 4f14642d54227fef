use serde_json::json;

use super::*;
use crate::tui::fixture::{model, press, rows, send, view_of, with};
use crate::tui::msg::Msg;
use crate::tui::screen::{Memory, draw as draw_all};
use crate::tui::theme::{Depth, Glyphs, TerminalCaps, Themes};

/// The text of a screen, its lines joined by blanks.
fn screen(columns: u16, lines: u16, changes: serde_json::Value) -> String {
    let mut model = model(columns, lines);
    let view = view_of(vec![with(&rows()[0], changes)], Vec::new());
    send(&mut model, Msg::Linked { own: false, notes: Vec::new(), view });
    let caps = TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Unicode };
    let look = Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps);
    let mut buf = Buffer::empty(Rect::new(0, 0, columns, lines));
    draw_all(&model, &look, &mut Memory::default(), &mut buf);
    let text = |y: u16| (0..columns).map(|x| buf[(x, y)].symbol()).collect::<String>();
    (0..lines)
        .map(text)
        .flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect::<Vec<_>>()
        .join(" ")
}

fn attention(cause: &str, next: &str) -> serde_json::Value {
    json!({"attention": {"cause": cause, "next": next, "since": "2026-11-23T18:00:00Z"}})
}

#[test]
fn what_to_do_is_whole_at_80_columns_and_names_keys() {
    let cause = "ocs4f1n9, the published secret, was deactivated outside windlass: Okta refuses its consumers";
    let next = "activate it again at Okta, or roll back to the previous one with `windlass rotation rollback hr`; or this is an old \
                copy of a store that runs elsewhere: then `windlass retire-store --to HOST` here";
    let said = "to do activate it again at Okta, or roll back to the previous one with u (roll back); or this is an old copy of a \
                store that runs elsewhere: then `windlass retire-store --to HOST` here";
    for (columns, lines) in [(80, 24), (80, 30), (100, 24)] {
        let shown = screen(columns, lines, attention(cause, next));
        assert!(shown.contains(said), "{columns}x{lines}: {shown}");
    }
}

#[test]
fn the_longest_advice_of_the_protocol_can_be_read_at_the_design_size() {
    let whose = crate::core::remedy::AtOkta::FindOutWhose.say().to_string();
    let shown = screen(80, 24, attention("the app has a secret, ocsx, that windlass does not know", &whose));
    let end = whose.split_whitespace().rev().take(6).collect::<Vec<_>>();
    let end = end.into_iter().rev().collect::<Vec<_>>().join(" ");
    assert!(shown.contains(&end), "{shown}");
    assert!(shown.contains("billing-api"), "the list keeps its rows");
}

#[test]
fn the_published_secret_is_shown_as_okta_has_it() {
    let secret = |status: &str| {
        let current = json!({"secretId": "ocs4f", "status": status, "createdAt": "2026-10-25T12:00:00Z", "fetchedAt": null, "version": 7});
        screen(130, 40, json!({"current": current, "state": "OK", "attention": null}))
    };
    assert!(secret("ACTIVE").contains("ocs4f ACTIVE since"), "{}", secret("ACTIVE"));
    assert!(secret("INACTIVE").contains("ocs4f INACTIVE at Okta, made"), "{}", secret("INACTIVE"));
    assert!(secret("GONE").contains("ocs4f DELETED at Okta, made"), "{}", secret("GONE"));
}

#[test]
fn details() {
    for (columns, lines) in [(80, 24), (120, 40)] {
        let mut model = model(columns, lines);
        press(&mut model, "jjj⏎");
        insta::assert_snapshot!(format!("detail-{columns}x{lines}"), crate::tui::picture::picture(&model));
    }
    let mut model = model(80, 24);
    press(&mut model, "⏎");
    insta::assert_snapshot!("detail-attention", crate::tui::picture::picture(&model));
}

#[test]
fn who_has_the_current_secret_is_said_and_who_has_not_is_named() {
    let consumer = json!({"consumer": "payroll.service", "claimed": false, "uid": 1000, "user": "pay", "version": 6,
        "firstFetchedAt": "2026-10-25T12:00:00Z", "lastFetchedAt": "2026-10-25T12:00:00Z", "fetches": 4, "stands": "missing"});
    let consumers = |missing: &[&serde_json::Value], reached: bool| {
        let consumers = json!({"have": 2, "of": 2 + missing.len(), "reached": reached, "missing": missing});
        screen(130, 40, json!({"consumers": consumers, "state": "OK", "attention": null}))
    };
    let late = consumers(&[&consumer], false);
    assert!(late.contains("2 of 3 have version 7; payroll.service reads 6, last"), "{late}");
    let all = consumers(&[], true);
    assert!(all.contains("all 2 have version 7"), "{all}");
}
