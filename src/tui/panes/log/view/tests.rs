use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Event, Rows};
use crate::tui::panes::log::{About, Action};
use crate::tui::picture::styled_snapshot;
use crate::tui::selection::Selection;
use crate::tui::session::{Preferences, Session};
use crate::tui::theme::{Depth, Glyphs, Look, TerminalCaps, Themes};

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T01:16:00Z").expect("valid").to_utc()
}

fn event(ago: i64, level: Level, kind: &str, rotation: Option<&str>, message: &str) -> Event {
    Event {
        cursor: String::new(),
        at: now() - Duration::seconds(ago),
        level,
        kind: kind.into(),
        rotation: rotation.map(Into::into),
        connection: Some("okta-prod".into()),
        attempt: None,
        notice: Notice::Said { level, event: kind.into(), message: message.into() },
        rows: Rows::default(),
    }
}

fn filled() -> Log {
    let mut log = Log::default();
    let hr = Some("hr-sync");
    let lost = "no answer came in time; it may have taken effect, so the list of secrets is read first (10000 ms)";
    for event in [
        event(86_400, Level::Info, "attempt", Some("billing-api"), "done: rotated"),
        event(57, Level::Info, "read-app", hr, "HR Sync is ACTIVE (92 ms)"),
        event(56, Level::Warn, "create", hr, lost),
        event(45, Level::Info, "identify", hr, "ocs7t2m1 is ours: adopted, not created again"),
        event(44, Level::Info, "verify", hr, "the token endpoint took the new secret (140 ms)"),
        event(30, Level::Error, "connection", None, "okta-prod: token refused (E0000011)"),
        event(12, Level::Info, "settings", Some("東京-sync"), "HR 東京 e\u{301}🚀 \u{202e}evil"),
        event(2, Level::Info, "attempt", hr, "done: rotated"),
    ] {
        log.push(&event, now());
    }
    log
}

fn look(theme: Option<&str>, depth: Depth, glyphs: Glyphs) -> Look {
    let caps = TerminalCaps { depth, glyphs };
    let themes = Themes::built_in();
    Look::new(themes.get(theme.unwrap_or(caps.theme())).expect("built in"), caps)
}

fn drawn(log: &Log, look: &Look, memory: &mut PaneMemory, (wide, high): (u16, u16)) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, wide, high));
    let session = Session::new(now(), Preferences::of(chrono_tz::Europe::Berlin));
    let selection = Selection { row: None, in_connections: false, on_marks: false };
    let scene = Scene { look, session: &session, selection, focused: true };
    draw(log, &scene, memory, buf.area, &mut buf);
    look.finish(&mut buf);
    buf
}

fn picture(log: &Log, look: &Look, size: (u16, u16)) -> String {
    styled_snapshot(&drawn(log, look, &mut PaneMemory::default(), size))
}

#[test]
fn it_follows() {
    let log = filled();
    let look = look(None, Depth::Sixteen, Glyphs::Unicode);
    insta::assert_snapshot!("follows_80", picture(&log, &look, (80, 12)));
    insta::assert_snapshot!("follows_120", picture(&log, &look, (120, 12)));
    insta::assert_snapshot!("follows_40", picture(&log, &look, (40, 6)));
}

#[test]
fn it_is_paused_searched_and_wrapped() {
    let mut log = filled();
    for action in [
        Action::ToggleWrap,
        Action::CycleTime,
        Action::Search("secret".into()),
        Action::PreviousMatch,
        Action::About(Some(About::Rotation("hr-sync".into()))),
    ] {
        log.act(action, now());
    }
    insta::assert_snapshot!("paused_80", picture(&log, &look(None, Depth::Sixteen, Glyphs::Unicode), (80, 14)));
    insta::assert_snapshot!("paused_no_colour", picture(&log, &look(None, Depth::None, Glyphs::Unicode), (80, 14)));
    insta::assert_snapshot!("paused_ascii", picture(&log, &look(None, Depth::Sixteen, Glyphs::Ascii), (80, 14)));
    log.act(Action::Level(Level::Error), now());
    insta::assert_snapshot!("paused_nothing", picture(&log, &look(None, Depth::Sixteen, Glyphs::Unicode), (80, 6)));
}

#[test]
fn a_paused_reader_sees_the_same_lines_while_others_come() {
    let mut log = Log::default();
    let look = look(None, Depth::None, Glyphs::Unicode);
    for n in 0..10_000 {
        log.push(&event(0, Level::Info, "step", None, &format!("line {n}")), now());
    }
    let mut memory = PaneMemory::default();
    drawn(&log, &look, &mut memory, (80, 20));
    assert_eq!(memory.rows, 19);
    log.act(Action::Move(-100), now());
    let before = drawn(&log, &look, &mut memory, (80, 20));
    for n in 0..50 {
        log.push(&event(0, Level::Info, "step", None, &format!("new {n}")), now());
    }
    let after = drawn(&log, &look, &mut memory, (80, 20));
    let below_the_status = usize::from(before.area.width);
    assert_eq!(before.content[below_the_status..], after.content[below_the_status..]);
}

proptest! {
    #[test]
    fn no_size_and_no_place_breaks_it(wide in 0_u16..130, high in 0_u16..30, moves in -20_isize..20, wrapped: bool, sideways in 0_isize..4) {
        let mut log = filled();
        if wrapped {
            log.act(Action::ToggleWrap, now());
        }
        log.act(Action::Move(moves), now());
        log.act(Action::Sideways(sideways), now());
        log.act(Action::Search("secret".into()), now());
        let mut memory = PaneMemory::default();
        let look = look(None, Depth::Sixteen, Glyphs::Unicode);
        drawn(&log, &look, &mut memory, (wide, high));
        drawn(&log, &look, &mut memory, (high, wide));
    }
}
