//! What an act would do, on the screen before a key may act on it: the worst line, the safe way, the end of a plan.

use ratatui::layout::Rect;

use super::*;
use crate::core::protocol::plan::PlannedSecret;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::rotation::Status;
use crate::engine::request::Reply;
use crate::tui::fixture::{id, model, now, press, send};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::picture::{look, picture, styled_snapshot};
use crate::tui::screen;
use crate::tui::theme::{Depth, Glyphs};

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

/// A plan that takes from consumers what they cannot have again.
fn cutting() -> Plan {
    let last_use = crate::core::protocol::plan::step::LastUse::Published {
        version: 6,
        fetched_at: "2026-11-23T18:00:00Z".parse().ok(),
    };
    let cut = crate::core::protocol::plan::Cut {
        missing: Vec::new(),
        secret_id: "ocs1a77".into(),
        deletes: true,
        unread: Some(7),
        last_use: Some(last_use),
        rotates_at: Some(now() + chrono::Duration::days(15)),
    };
    Plan { cuts: vec![cut], ..plan() }
}

#[test]
fn a_plan_is_asked_for_and_shown() {
    let mut model = model(80, 24);
    press(&mut model, "r");
    insta::assert_snapshot!("plan-asked-for", picture(&model));
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    let purpose = Purpose::Plan { number: shown.number, id: id(1) };
    send(&mut model, Msg::Replied(purpose, Ok(Reply::Plan { plan: plan() })));
    insta::assert_snapshot!("plan", picture(&model));
}

#[test]
fn a_destructive_question_shows_its_worst_line_first_and_the_safe_way() {
    for (columns, lines) in [(80, 24), (120, 40), (60, 20), (40, 10)] {
        let mut model = model(columns, lines);
        press(&mut model, "jjr");
        let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
        let purpose = Purpose::Plan { number: shown.number, id: id(3) };
        send(&mut model, Msg::Replied(purpose, Ok(Reply::Plan { plan: cutting() })));
        let shown = picture(&model);
        for part in ["!! No consumer", "s  rotate when the old one", "or type"] {
            assert!(shown.contains(part), "{part} at {columns}x{lines}: {shown}");
        }
        insta::assert_snapshot!(format!("plan-unread-{columns}x{lines}"), shown);
        press(&mut model, "hr-syn");
        insta::assert_snapshot!(format!("plan-unread-typed-{columns}x{lines}"), picture(&model));
    }
    let mut model = model(80, 24);
    press(&mut model, "   r");
    let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
    let number = shown.number;
    for (row, plan) in [(1, plan()), (2, Plan::default()), (3, cutting())] {
        send(&mut model, Msg::Replied(Purpose::Plan { number, id: id(row) }, Ok(Reply::Plan { plan })));
    }
    let shown = picture(&model);
    assert!(shown.contains("or type delete 1:") && shown.contains("rotate 2 now, and 1 when"), "{shown}");
    insta::assert_snapshot!("plan-unread-many", shown);
}

/// Draws it as the loop does: the model learns what is on the screen.
fn drawn(model: &mut Model) -> String {
    let look = look(Depth::Sixteen, Glyphs::Unicode);
    let (columns, lines) = model.size;
    let (mut frame, mut memory) = (Buffer::empty(Rect::new(0, 0, columns, lines)), screen::Memory::default());
    screen::draw(model, &look, &mut memory, &mut frame);
    model.saw(memory.ended);
    styled_snapshot(&frame)
}

#[test]
fn a_plan_is_agreed_to_only_once_its_end_was_drawn() {
    for (columns, lines, fits) in [(80, 24, true), (120, 40, true), (40, 10, false), (60, 12, false)] {
        let mut model = model(columns, lines);
        let tell = |model: &mut Model, msg| crate::tui::update::update(model, msg, now());
        let key = |code| Msg::Key(Key::of(code));
        tell(&mut model, Msg::Key(Key::char('r')));
        drawn(&mut model);
        let Some(Overlay::Plan(shown)) = model.overlays.last() else { panic!("no plan") };
        let purpose = Purpose::Plan { number: shown.number, id: id(1) };
        tell(&mut model, Msg::Replied(purpose, Ok(Reply::Plan { plan: plan() })));
        let shown = drawn(&mut model);
        assert_eq!(shown.contains("(scr"), !fits, "{columns}x{lines}: {shown}");
        if !fits {
            assert!(tell(&mut model, Msg::Key(Key::char('y'))).is_empty(), "{columns}x{lines}");
            for _ in 0..20 {
                tell(&mut model, key(Code::Down));
                drawn(&mut model);
            }
            tell(&mut model, key(Code::Home));
            drawn(&mut model);
        }
        let calls = tell(&mut model, Msg::Key(Key::char('y')));
        assert!(calls.iter().any(|effect| matches!(effect, Effect::Call(..))), "{columns}x{lines}: {calls:?}");
    }
}

#[test]
fn on_a_small_terminal_it_says_that_there_is_more_and_can_be_read() {
    let mut model = model(40, 10);
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
