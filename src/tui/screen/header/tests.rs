use serde_json::json;

use super::*;
use crate::tui::fixture::{connection, id, model, now, press, rotation, send, view_of, with};
use crate::tui::msg::Msg;
use crate::tui::theme::Look;
use crate::tui::theme::{Depth, Glyphs, TerminalCaps, Themes};

const STATES: [&str; 7] = ["ATTENTION", "FAILING", "WAITING", "ROTATING", "DUE", "OK", "PAUSED"];

/// The first row of a screen with these numbers of rotations in the states, worst first.
fn shown(counts: [u128; 7], columns: u16) -> String {
    let mut model = model(columns, 24);
    let each = STATES.iter().zip(counts).enumerate();
    let rows = each.flat_map(|(place, (state, count))| {
        (0..count).map(move |number| {
            let number = u128::try_from(place).unwrap_or(0) * 100 + number;
            let due = if *state == "OK" { 24 * 20 } else { 24 };
            let row = rotation(number, &format!("r{number}"), "App", state, due, 3);
            with(&row, json!({"id": id(number)}))
        })
    });
    let view = view_of(rows.collect(), vec![connection(1000, "acme", None)]);
    send(&mut model, Msg::Linked { own: false, notes: Vec::new(), view });
    drawn(&model)
}

fn drawn(model: &Model) -> String {
    let caps = TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Ascii };
    let look = Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps);
    let area = Rect::new(0, 0, model.size.0, 1);
    let mut buf = Buffer::empty(area);
    draw(model, &model.scene(&look), area, &mut buf);
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn each_rotation_is_counted_once_in_the_state_that_its_row_shows() {
    let all = shown([1, 2, 3, 1, 2, 4, 1], 160);
    let counts = "1 attention  2 failing  3 waiting  1 rotating  2 due<7d  1 paused  14 in all";
    assert!(all.contains(counts) && all.contains("engine: service"), "{all}");
    assert!(shown([0, 0, 0, 0, 0, 4, 0], 80).contains("  4 in all"));
    assert!(shown([0, 1, 0, 0, 0, 4, 0], 80).contains("  1 failing  5 in all"), "a failing one is never left out");
}

#[test]
fn where_words_have_no_room_the_signs_of_the_list_take_their_place_and_no_state_is_left_out() {
    let narrow = shown([1, 2, 3, 1, 2, 4, 1], 80);
    for count in ["!1", "x2", "?3", "~2", "=1", "14 in all"] {
        assert!(narrow.contains(count), "{count}: {narrow}");
    }
    for columns in 40..=200 {
        let line = shown([11, 12, 13, 11, 12, 14, 11], columns);
        assert!(line.contains("84 in all") && (columns < 48 || line.contains(" windlass ")), "{columns}: {line}");
        assert!(line.contains("12 failing") || line.contains("x12"), "{columns}: {line}");
    }
}

#[test]
fn one_that_comes_due_while_nothing_happens_is_counted_as_its_row_shows_it() {
    let mut model = model(160, 24);
    let row = rotation(1, "crm", "CRM", "OK", 24 * 7 + 1, 3);
    send(&mut model, Msg::Linked { own: false, notes: Vec::new(), view: view_of(vec![row], Vec::new()) });
    assert!(!drawn(&model).contains("due"), "{}", drawn(&model));
    model.session.now = now() + chrono::Duration::hours(2);
    model.settle();
    assert!(drawn(&model).contains("1 due<7d"), "{}", drawn(&model));
}

/// The row of the tabs in so many columns.
fn tabs_in(columns: u16, keys: &str) -> String {
    let mut model = model(80, 24);
    press(&mut model, keys);
    let look = crate::tui::picture::look(Depth::None, Glyphs::Ascii);
    let area = Rect::new(0, 0, columns, 1);
    let mut buf = Buffer::empty(area);
    tabs(&model, &model.scene(&look), area, &mut buf);
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn the_names_of_the_panes_are_as_long_as_there_is_room_for_them_and_the_one_that_is_shown_is_never_left_out() {
    let rows = [80, 62, 60, 48, 40, 30, 16].map(|columns| {
        let marked = tabs_in(columns, " j ");
        format!("{columns}\n{}\n{}", tabs_in(columns, "").trim_end(), marked.trim_end())
    });
    insta::assert_snapshot!("tabs", rows.join("\n"));
    for columns in 17..=200 {
        for (pane, tab) in Pane::tabs() {
            for (marks, name) in [("", tab.short), (" ", "1 marked")] {
                let row = tabs_in(columns, &format!("{}{marks}", tab.key));
                let here = row.find('[').and_then(|from| row[from..].split_once(']'));
                let name = if pane.is_list() { name } else { tab.short };
                assert!(here.is_some_and(|(here, _)| here.contains(name)), "{columns}: {row}");
            }
        }
    }
}
