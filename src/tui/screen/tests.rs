//! Pictures of every pane and overlay, with their colours.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use crate::core::protocol::plan::step::PlanStep;
use crate::core::protocol::plan::{Plan, PlannedSecret};
use crate::core::rotation::Status;
use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::engine::view::SecretView;
use crate::tui::demo::DemoView;
use crate::tui::fixture::{id, model, now, press, rotation, rows, send, view_of};
use crate::tui::keys::key::Key;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::picture::styled_snapshot;
use crate::tui::screen::{Memory, draw};
use crate::tui::theme::{Depth, Glyph, Glyphs, Look, TerminalCaps, Themes, Tone};

mod hands;
mod keys;

fn look(depth: Depth, glyphs: Glyphs) -> Look {
    let caps = TerminalCaps { depth, glyphs };
    Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps)
}

fn frame_with(model: &Model, look: &Look) -> Buffer {
    let (columns, lines) = model.size;
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, lines));
    draw(model, look, &mut Memory::default(), &mut frame);
    frame
}

fn picture(model: &Model) -> String {
    styled_snapshot(&frame_with(model, &look(Depth::Sixteen, Glyphs::Unicode)))
}

fn plan() -> Plan {
    let secret = |id: &str, whose: &str| PlannedSecret {
        id: id.into(),
        status: Status::Active,
        created_at: None,
        whose: whose.into(),
    };
    Plan {
        secrets: vec![secret("ocs4f1n9", "current"), secret("ocs1a77", "previous")],
        steps: vec![PlanStep::DeactivateNow { secret_id: "ocs1a77".into() }, PlanStep::Issue],
        blockers: Vec::new(),
        asks: true,
        ..Plan::default()
    }
}

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
    insta::assert_snapshot!("main-no-colour", styled_snapshot(&frame_with(&model, &plain)));
    let ascii = look(Depth::None, Glyphs::Ascii);
    let frame = frame_with(&model, &ascii);
    insta::assert_snapshot!("main-ascii", styled_snapshot(&frame));
    assert!(frame.content.iter().all(|cell| cell.symbol().is_ascii()));
    model.size = (120, 40);
    assert!(frame_with(&model, &ascii).content.iter().all(|cell| cell.symbol().is_ascii()));
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
                let pairs = frame_with(&model, &signs).content.into_iter().zip(frame_with(&model, &plain).content);
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
fn details() {
    for (columns, lines) in [(80, 24), (120, 40)] {
        let mut model = model(columns, lines);
        press(&mut model, "jjj⏎");
        insta::assert_snapshot!(format!("detail-{columns}x{lines}"), picture(&model));
    }
    let mut model = model(80, 24);
    press(&mut model, "⏎");
    insta::assert_snapshot!("detail-attention", picture(&model));
    press(&mut model, "⎋2");
    insta::assert_snapshot!("connections", picture(&model));
}

#[test]
fn overlays() {
    let mut model = model(80, 24);
    for (name, keys) in [
        ("help", "?"),
        ("palette", ":pa"),
        ("copy", "y"),
        ("pause", "p"),
        ("date", "pusoon⏎"),
        ("old", "o"),
        ("old-date", "od"),
        ("delete", "d"),
        ("remedy", "2⏎"),
        ("coming", "1w"),
        ("theme", "T"),
    ] {
        press(&mut model, keys);
        insta::assert_snapshot!(format!("overlay-{name}"), picture(&model));
        model.overlays.clear();
    }
}

#[test]
fn a_deletion_that_is_stuck_can_be_forced() {
    for (columns, lines) in [(80, 24), (40, 10)] {
        let mut model = model(columns, lines);
        model.session.rows.rotations.get_mut(&id(1)).expect("the first").deleting_since = Some(now());
        press(&mut model, "d⇥⇥⇥ ");
        insta::assert_snapshot!(format!("overlay-delete-stuck-{columns}x{lines}"), picture(&model));
    }
}

#[test]
fn a_menu_that_does_not_fit_shows_the_answer_that_is_chosen() {
    let mut model = model(40, 10);
    press(&mut model, "yjjjjjjjj");
    let shown = picture(&model);
    assert!(shown.contains("THE VALUE"), "{shown}");
    insta::assert_snapshot!("overlay-copy-40x10", shown);
    model.overlays.clear();
    press(&mut model, "d");
    insta::assert_snapshot!("overlay-delete-40x10", picture(&model));
    model.overlays.clear();
    press(&mut model, "r");
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    let purpose = Purpose::Plan { number: shown.number, id: id(1) };
    send(&mut model, Msg::Replied(purpose, Ok(Reply::Plan { plan: plan() })));
    let shown = picture(&model);
    assert!(
        shown.contains("cuts a secret short") && shown.contains("1-4 of "),
        "what is cut and that there is more: {shown}"
    );
    press(&mut model, "G");
    let shown = picture(&model);
    assert!(shown.contains("9-12 of 12"), "and it can be read: {shown}");
}

#[test]
fn leaving() {
    for (columns, lines) in [(80, 24), (40, 10)] {
        let mut model = model(columns, lines);
        model.session.own = true;
        press(&mut model, "q");
        insta::assert_snapshot!(format!("quit-{columns}x{lines}"), picture(&model));
        press(&mut model, "b");
        insta::assert_snapshot!(format!("leaving-{columns}x{lines}"), picture(&model));
    }
}

#[test]
fn plans_and_results() {
    let mut model = model(80, 24);
    press(&mut model, "r");
    insta::assert_snapshot!("plan-asked-for", picture(&model));
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    let purpose = Purpose::Plan { number: shown.number, id: id(1) };
    send(&mut model, Msg::Replied(purpose, Ok(Reply::Plan { plan: plan() })));
    insta::assert_snapshot!("plan", picture(&model));
    press(&mut model, "⎋");
    press(&mut model, "  pp");
    let refusal = Refusal::new(Kind::Unknown, "there is no such rotation", "it was deleted meanwhile");
    let Some(&Overlay::Batch { number, .. }) = model.overlays.last() else { panic!("no summary") };
    let verb = crate::tui::acts::verb::Verb::Pause { until: None };
    send(&mut model, Msg::Replied(Purpose::Act { batch: number, id: id(2), verb }, Err(refusal)));
    insta::assert_snapshot!("results", picture(&model));
}

#[test]
fn a_value_is_shown_only_where_it_was_asked_for() {
    let mut model = model(80, 24);
    let secret = SecretView {
        name: "OKTA_CLIENT_SECRET".into(),
        environment: "prod".into(),
        path: "/".into(),
        version: 7,
        created_at: now(),
        value: SecretValue::new("s3cret-value"),
    };
    let reply = Ok(Reply::Secret { secret: Box::new(secret) });
    send(&mut model, Msg::Replied(Purpose::CopyValue("hr-sync".into()), reply.clone()));
    assert!(!picture(&model).contains("s3cret"));
    send(&mut model, Msg::Replied(Purpose::Reveal("hr-sync".into()), reply));
    let shown = picture(&model);
    assert!(shown.contains("s3cret-value"));
    insta::assert_snapshot!("reveal", shown);
    send(&mut model, Msg::Key(Key::char('j')));
    assert!(!picture(&model).contains("s3cret"));
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
        "message": "the store is older than its ledger", "hint": "nothing is started; compare each rotation with Okta"}))
    .ok();
    send(&mut quarantined, Msg::View(view));
    insta::assert_snapshot!("quarantine", picture(&quarantined));
    press(&mut quarantined, "r");
    let shown = picture(&quarantined);
    assert!(
        shown.contains("! not now: the store is older than its ledger"),
        "short, for all of it stands above: {shown}"
    );
    let trouble = quarantined.session.who.as_mut().and_then(|who| who.trouble.as_mut()).expect("trouble");
    trouble.hint = "`windlass confirm` compares".into();
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
        let frame = frame_with(&model, &look(Depth::Sixteen, glyphs));
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
fn too_small_still_tells_how_to_leave() {
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
                frame_with(&model, &look(Depth::None, Glyphs::Unicode));
            }
        }
    }
}
