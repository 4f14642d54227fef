use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::core::history::ending::Ending;
use crate::core::history::noted::Noted;
use crate::core::history::{Outcome, Step, StepOutcome};
use crate::tui::panes::history::{Action, Effect, Filter};
use crate::tui::picture::styled_snapshot;
use crate::tui::selection::Selection;
use crate::tui::session::{Preferences, Session};
use crate::tui::theme::{Depth, Glyphs, Look, TerminalCaps, Themes};

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T01:16:00Z").expect("valid").to_utc()
}

fn step(ago: i64, step: &str, outcome: StepOutcome, status: Option<u16>, detail: &str) -> Step {
    Step {
        at: now() - Duration::seconds(ago),
        step: step.into(),
        outcome,
        noted: Noted::said(detail),
        http_status: status,
        duration_ms: status.map(|status| u64::from(status) * 3),
        okta_request_id: status.map(|_| "XkPq93nLmAAAB3bQ0Zt8gAAABkI".into()),
    }
}

fn entry(n: u128, name: &str, outcome: Outcome, started: i64, took: i64, message: &str) -> Entry {
    let over = !matches!(outcome, Outcome::Running);
    let lost =
        "no answer came in time; it may have taken effect, so the list of secrets is read before anything else is done";
    Entry {
        id: Uuid::from_u128(n),
        rotation_id: Some(Uuid::from_u128(1)),
        rotation_name: Some(name.parse().expect("a slug")),
        connection_id: Some(Uuid::from_u128(2)),
        app_id: "0oa".into(),
        trigger: if n == 3 { Trigger::Manual } else { Trigger::Schedule },
        actor: match n {
            3 => Actor { user: "svc".into(), login_user: Some("mira".into()), sudo_user: None, via: Via::Ui },
            _ => Actor::schedule(),
        },
        started_at: now() - Duration::seconds(started),
        ended_at: over.then(|| now() - Duration::seconds(started - took)),
        outcome,
        ending: Ending::said(message),
        new_secret_id: None,
        previous_secret_id: None,
        steps: vec![
            step(59, "read-app", StepOutcome::Ok, Some(200), "HR Sync is ACTIVE"),
            step(58, "create", StepOutcome::Doubtful, None, lost),
            step(47, "identify", StepOutcome::Note, None, "ocs7t2m1 is ours: adopted, not created again"),
            step(46, "verify", StepOutcome::Refused, Some(401), "invalid_client: the secret is not known there yet"),
        ],
    }
}

fn filled() -> History {
    let mut history = History::default();
    let effects = history.set_visible(true);
    let [Effect::Fetch { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let page = vec![
        entry(5, "hr-sync", Outcome::Running, 60, 0, "under way"),
        entry(4, "billing-api", Outcome::Attention, 7_200, 61, "the app has two secrets that no one here made"),
        entry(3, "checkout-web", Outcome::Failed, 90_000, 131, "withdrawn: the old secret is still current"),
        entry(2, "hr-sync", Outcome::Success, 2_592_000, 2, "rotated"),
        entry(1, "legacy-erp", Outcome::Success, 40_000_000, 4_000, "rotated"),
    ];
    history.page(*ticket, page, Some(Uuid::from_u128(1)));
    history
}

fn look(depth: Depth, glyphs: Glyphs) -> Look {
    let caps = TerminalCaps { depth, glyphs };
    Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps)
}

fn drawn(history: &History, look: &Look, focused: bool, (wide, high): (u16, u16)) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, wide, high));
    let session = Session::new(now(), Preferences::of(chrono_tz::Europe::Berlin));
    let selection = Selection { row: None, in_connections: false, on_marks: false };
    let scene = Scene { look, session: &session, selection, focused };
    draw(history, &scene, &mut PaneMemory::default(), buf.area, &mut buf);
    look.finish(&mut buf);
    buf
}

fn picture(history: &History, look: &Look, size: (u16, u16)) -> String {
    styled_snapshot(&drawn(history, look, true, size))
}

#[test]
fn attempts() {
    let mut history = filled();
    history.act(Action::Move(1));
    let coloured = look(Depth::Sixteen, Glyphs::Unicode);
    insta::assert_snapshot!("attempts_80", picture(&history, &coloured, (80, 10)));
    insta::assert_snapshot!("attempts_120", picture(&history, &coloured, (120, 10)));
    insta::assert_snapshot!("attempts_40", picture(&history, &coloured, (40, 5)));
    insta::assert_snapshot!("attempts_no_colour", picture(&history, &look(Depth::None, Glyphs::Unicode), (80, 10)));
    insta::assert_snapshot!("attempts_ascii", picture(&history, &look(Depth::Sixteen, Glyphs::Ascii), (80, 10)));
    insta::assert_snapshot!("attempts_away", styled_snapshot(&drawn(&history, &coloured, false, (80, 10))));
}

#[test]
fn steps() {
    let mut history = filled();
    history.act(Action::Open);
    history.act(Action::Move(-2));
    let coloured = look(Depth::Sixteen, Glyphs::Unicode);
    insta::assert_snapshot!("steps_80", picture(&history, &coloured, (80, 16)));
    insta::assert_snapshot!("steps_120", picture(&history, &coloured, (120, 16)));
    insta::assert_snapshot!("steps_no_colour", picture(&history, &look(Depth::None, Glyphs::Unicode), (80, 16)));
    insta::assert_snapshot!("steps_40", picture(&history, &coloured, (40, 7)));
}

#[test]
fn nothing_and_a_fault() {
    let coloured = look(Depth::Sixteen, Glyphs::Unicode);
    let mut history = History::default();
    insta::assert_snapshot!("nothing_yet", picture(&history, &coloured, (60, 3)));
    history.set_visible(true);
    let filter = Filter { rotation: Some("hr".into()), ..Filter::default() };
    let effects = history.act(Action::Filter(filter));
    let [Effect::Fetch { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    history.failed(*ticket, "there is no rotation \"hr\"");
    insta::assert_snapshot!("a_fault", picture(&history, &coloured, (60, 4)));
}

proptest! {
    #[test]
    fn no_size_breaks_it(wide in 0_u16..130, high in 0_u16..30, open: bool, moves in -9_isize..9) {
        let mut history = filled();
        history.act(Action::Move(moves));
        if open {
            history.act(Action::Open);
        }
        drawn(&history, &look(Depth::Sixteen, Glyphs::Unicode), true, (wide, high));
    }
}
