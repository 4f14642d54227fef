//! Pictures of every pane and overlay, with their colours.

use crate::core::remedy::OnStore;
use serde_json::json;

use crate::engine::refusal::{Kind, Refusal};
use crate::tui::demo::DemoView;
use crate::tui::fixture::{model, press, rotation, rows, send, view_of};
use crate::tui::msg::{Effect, Msg};
use crate::tui::picture::{drawn, look, picture, styled_snapshot};
use crate::tui::theme::{Depth, Glyph, Glyphs, Tone};

mod keys;

#[test]
fn main_screens() {
    for (columns, lines) in [(80, 24), (120, 40), (200, 50), (40, 10), (60, 18)] {
        let mut model = model(columns, lines);
        press(&mut model, "jj");
        insta::assert_snapshot!(format!("main-{columns}x{lines}"), picture(&model));
    }
}

#[test]
fn without_colours_and_with_plain_signs() {
    let mut model = model(80, 24);
    press(&mut model, "jj");
    let plain = look(Depth::None, Glyphs::Unicode);
    insta::assert_snapshot!("main-no-colour", styled_snapshot(&drawn(&model, &plain)));
    let ascii = look(Depth::None, Glyphs::Ascii);
    let frame = drawn(&model, &ascii);
    insta::assert_snapshot!("main-ascii", styled_snapshot(&frame));
    assert!(frame.content.iter().all(|cell| cell.symbol().is_ascii()));
    model.size = (120, 40);
    assert!(drawn(&model, &ascii).content.iter().all(|cell| cell.symbol().is_ascii()));
}

#[test]
fn every_sign_has_its_plain_one_in_every_picture() {
    let (signs, plain) = (look(Depth::Sixteen, Glyphs::Unicode), look(Depth::Sixteen, Glyphs::Ascii));
    for (columns, lines) in [(80, 24), (120, 40), (40, 10), (20, 5)] {
        let mut model = model(columns, lines);
        let demo = DemoView { header: "1,204 logins · 0 refused".into(), ..DemoView::default() };
        for keys in [
            "",
            "?",
            ":pa",
            "y",
            "p",
            "pu",
            "r",
            "d",
            "2⏎",
            "1w",
            "T",
            "3",
            "4",
            "1jjj⏎",
            "+",
            "/a",
            " jp",
            "⎋⎋⎋⎋⎋q",
            "qb",
        ] {
            model.overlays.clear();
            (model.session.demo, model.session.own) = (None, true);
            press(&mut model, keys);
            for demo in [None, Some(demo.clone())] {
                model.session.demo = demo;
                let pairs = drawn(&model, &signs).content.into_iter().zip(drawn(&model, &plain).content);
                for (sign, plain) in pairs {
                    let (sign, plain) = (sign.symbol(), plain.symbol());
                    let mut known = Glyph::ALL.iter().filter(|it| Glyphs::Unicode.text(**it) == sign).peekable();
                    let same = match known.peek() {
                        None if sign.is_ascii() => plain == sign,
                        // Names from outside.
                        None => plain == "?" || plain == "??",
                        Some(_) => known.any(|it| Glyphs::Ascii.text(*it) == plain),
                    };
                    assert!(same, "{keys:?} at {columns}x{lines}: {sign:?} became {plain:?}");
                }
            }
        }
    }
}

#[test]
fn bad_days() {
    let refusal = Refusal::new(Kind::Unavailable, "gone", "");
    let mut lost = model(80, 24);
    send(&mut lost, Msg::Lost(refusal));
    insta::assert_snapshot!("lost", picture(&lost));

    let mut barred = model(80, 24);
    let hint = "give the key that it was made with (--key-file), or restore the backup of that key";
    send(&mut barred, Msg::Barred(Refusal::new(Kind::Store, "the store is sealed with another key", hint)));
    insta::assert_snapshot!("barred", picture(&barred));
    barred.size = (40, 10);
    let low = picture(&barred);
    assert!(low.contains("sealed with another") && low.contains("q quit"), "{low}");

    let mut quarantined = model(80, 24);
    let mut view = view_of(rows(), Vec::new());
    view.engine.trouble = serde_json::from_value(json!({
        "message": "the store is quarantined: it is older than its ledger", "hint": "nothing is started; compare each \
        rotation with Okta", "cause": {"quarantined": {"reason": "it is older than its ledger"}}}))
    .ok();
    send(&mut quarantined, Msg::View(view));
    insta::assert_snapshot!("quarantine", picture(&quarantined));
    press(&mut quarantined, "r");
    let shown = picture(&quarantined);
    assert!(shown.contains("! not now: the store is quarantined"), "short, for all of it stands above: {shown}");
    let trouble = quarantined.session.who.as_mut().and_then(|who| who.trouble.as_mut()).expect("trouble");
    trouble.remedies = vec![OnStore::ConfirmEach.into()];
    assert!(picture(&quarantined).contains(": `confirm it as it is at Okta`"), "there is a way without a shell");

    let mut recovered = model(160, 24);
    let mut view = view_of(rows(), Vec::new());
    let note = json!({"at": "2026-01-01T00:00:00Z", "what": "the ledger was damaged", "lost": null, "kept": "/data/ledger.damaged-1"});
    view.engine.recovered = serde_json::from_value(json!([note])).expect("what an engine sends");
    send(&mut recovered, Msg::View(view));
    let shown = picture(&recovered);
    let banner = "! the ledger was damaged; the damaged files are kept as /data/ledger.damaged-1; `windlass confirm`";
    assert!(shown.contains(banner), "{shown}");
}

#[test]
fn labels_in_any_script_keep_the_columns_and_send_no_control_character() {
    let labels = [
        "Zürich Büro",
        "東京都庁のアプリ",
        "ｹﾞｰﾄｳｪｲ",
        "🚀🚀🚀🚀🚀🚀🚀🚀",
        "👩‍👩‍👧 family",
        "e\u{301}e\u{301}e\u{301} combining",
    ];
    let bad = ["\x1b[31mred\x07", "a\u{202e}evil\u{200b}", "tab\tand\nline", "\u{9b}2J"];
    for (columns, glyphs) in [(80, Glyphs::Unicode), (80, Glyphs::Ascii), (200, Glyphs::Unicode)] {
        let mut model = model(columns, 40);
        let rows = labels.iter().chain(&bad).enumerate();
        let rows = rows.map(|(n, label)| rotation(n as u128 + 1, &format!("row-{n}"), label, "OK", 200, 3)).collect();
        send(&mut model, Msg::View(view_of(rows, Vec::new())));
        let frame = drawn(&model, &look(Depth::Sixteen, glyphs));
        let wide = usize::from(frame.area.width);
        let rows: Vec<_> = frame.content.chunks(wide).collect();
        let text = |row: &[ratatui::buffer::Cell], at: usize| {
            row.get(at..at + 2).map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>())
        };
        let head =
            rows.iter().position(|row| (0..wide).any(|at| text(row, at).as_deref() == Some("ST"))).expect("headed");
        let at = (0..wide).find(|at| text(rows[head], *at).as_deref() == Some("ST")).expect("the state's column");
        for row in &rows[head + 1..=head + labels.len() + bad.len()] {
            assert_eq!(text(row, at).as_deref(), Some("OK"), "{columns} {glyphs:?}");
        }
        assert!(frame.content.iter().all(|cell| !cell.symbol().chars().any(char::is_control)));
    }
}

#[test]
fn too_small_still_says_how_to_leave() {
    let mut model = model(20, 5);
    insta::assert_snapshot!("notice-20x5", picture(&model));
    model.session.own = true;
    press(&mut model, "q");
    insta::assert_snapshot!("notice-20x5-quit", picture(&model));
    let effects = press(&mut model, "y");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Quit)), "{effects:?}");
}

#[test]
fn a_demo_says_so_in_every_frame() {
    let mut model = model(80, 24);
    let demo = DemoView {
        header: "consumer 1,204 logins · 0 refused".into(),
        strip: vec![(Tone::Plain, "a lost answer: looked up, not repeated".into())],
        slots: vec![("hr-sync".into(), "hr-sync at Okta: ocs4f ACTIVE · ocs1a INACTIVE".into())],
    };
    send(&mut model, Msg::Demo(Box::new(demo)));
    let shown = picture(&model);
    assert!(shown.contains("DEMO"));
    insta::assert_snapshot!("demo", shown);
}

#[test]
fn no_size_makes_a_fault() {
    for columns in (0..=130).step_by(7) {
        for lines in (0..=45).step_by(3) {
            let mut model = model(columns, lines);
            for keys in ["", "?", "⎋:a", "⎋y", "⎋p", "⎋r", "⎋d", "⎋⏎", "⎋⎋2", "⎋w", "⎋T"] {
                press(&mut model, keys);
                drawn(&model, &look(Depth::None, Glyphs::Unicode));
            }
        }
    }
}

#[test]
fn the_count_of_marks_stands_in_the_title_at_every_size() {
    for (columns, lines) in [(40, 10), (50, 12), (60, 20), (80, 24), (120, 40), (200, 50)] {
        for list in ["1", "2"] {
            let mut model = model(columns, lines);
            press(&mut model, list);
            press(&mut model, " ");
            let shown = picture(&model);
            assert!(shown.contains("1 marked"), "{columns}x{lines}, {list}: {shown}");
        }
        let mut model = model(columns, lines);
        press(&mut model, "   /hr⏎");
        let shown = picture(&model);
        assert!(shown.contains("3 marked"), "{columns}x{lines}: {shown}");
        assert!(columns < 80 || shown.contains("3 marked, 2 hidden"), "{columns}x{lines}: {shown}");
        press(&mut model, "r");
        let shown = picture(&model);
        assert!(shown.contains("show them") && shown.contains("act on the 1 shown"), "{columns}x{lines}: {shown}");
    }
}
