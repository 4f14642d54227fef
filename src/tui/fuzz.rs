//! Fuzz target: keys, pastes, sizes and answers into `update`, and what it then draws. See [`crate::fuzz`].

mod forms;

use proptest::collection::vec;
use proptest::sample::select;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::core::protocol::plan::Plan;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::fuzz;
use crate::tui::fixture::{model, rotation, send, view_of};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg};
use crate::tui::screen::{Memory, draw};
use crate::tui::theme::{Depth, Glyphs, Look, TerminalCaps, Themes, Tone};
use proptest::prelude::*;

/// Something that happens to the UI.
#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    Paste(String),
    Resize(u16, u16),
    Toast(String),
    /// The calls that are out are answered, or refused.
    Answer(bool),
    /// The timers ring.
    Ring,
    Minute,
    Lost,
    /// The engine's rows are these from now on.
    Rows(u8, String),
}

fn key() -> impl Strategy<Value = Key> {
    let special = vec![
        Code::Enter,
        Code::Esc,
        Code::Tab,
        Code::BackTab,
        Code::Backspace,
        Code::Delete,
        Code::Up,
        Code::Down,
        Code::Left,
        Code::Right,
        Code::Home,
        Code::End,
        Code::PageUp,
        Code::PageDown,
        Code::F(1),
        Code::F(5),
        Code::F(255),
    ];
    let code = prop_oneof![
        4 => select(special),
        6 => (0x20_u8..0x7f).prop_map(|byte| Code::Char(char::from(byte))),
        1 => any::<char>().prop_map(Code::Char),
    ];
    let held = || prop::bool::weighted(0.1);
    (code, held(), held()).prop_map(|(code, ctrl, alt)| Key { code, ctrl, alt })
}

fn step() -> impl Strategy<Value = Step> {
    let size = || prop_oneof![3 => 0_u16..200, 1 => select(vec![0_u16, 1, 2, 79, 80, 120, u16::MAX])];
    prop_oneof![
        24 => key().prop_map(Step::Key),
        2 => fuzz::text().prop_map(Step::Paste),
        2 => (size(), size()).prop_map(|(columns, lines)| Step::Resize(columns, lines)),
        1 => fuzz::text().prop_map(Step::Toast),
        3 => any::<bool>().prop_map(Step::Answer),
        1 => Just(Step::Ring),
        1 => Just(Step::Minute),
        1 => Just(Step::Lost),
        1 => (0_u8..12, fuzz::text()).prop_map(|(count, label)| Step::Rows(count, label)),
    ]
}

fn rows(count: u8, label: &str) -> Msg {
    // The engine gives names that are slugs, and labels that are anything.
    let row = |number: u8| rotation(number.into(), &format!("row-{number}"), label, "OK", 24, 3);
    Msg::Linked { own: false, notes: Vec::new(), view: view_of((0..count).map(row).collect(), Vec::new()) }
}

fn happen(model: &mut Model, step: Step, out: &mut Vec<Effect>) {
    let msgs: Vec<Msg> = match step {
        Step::Key(key) => vec![Msg::Key(key)],
        Step::Paste(text) => vec![Msg::Paste(text)],
        Step::Resize(columns, lines) => vec![Msg::Resize(columns, lines)],
        Step::Toast(text) => vec![Msg::Toast(Tone::Good, text.into())],
        Step::Minute => vec![Msg::Minute],
        Step::Lost => vec![Msg::Lost(Refusal::new(Kind::Unavailable, "gone", "wait"))],
        Step::Rows(count, label) => vec![rows(count, &label)],
        Step::Ring | Step::Answer(_) => {
            let answer = |effect: &Effect| match (effect, &step) {
                (Effect::Wait(timer, _), Step::Ring) => Some(Msg::Timer(*timer)),
                (Effect::Call(purpose, _), Step::Answer(true)) => {
                    let plan = Plan::question(vec!["make a new secret".into()]);
                    Some(Msg::Replied(purpose.clone(), Ok(Reply::Plan { plan })))
                }
                (Effect::Call(purpose, _), Step::Answer(false)) => {
                    Some(Msg::Replied(purpose.clone(), Err(Refusal::new(Kind::Conflict, "no", "ask again"))))
                }
                _ => None,
            };
            let (answered, kept): (Vec<_>, Vec<_>) = out.drain(..).partition(|effect| answer(effect).is_some());
            *out = kept;
            answered.iter().filter_map(answer).collect()
        }
    };
    for msg in msgs {
        out.extend(send(model, msg));
        // One press is one thing: not even a paste asks for more than the rows that there are.
        out.truncate(1_000);
    }
}

/// Draws it, where a terminal of that size could be filled; the text that it then shows.
fn drawn(model: &Model, look: &Look) -> String {
    let (columns, lines) = model.size;
    if u32::from(columns) * u32::from(lines) > 40_000 {
        return String::new();
    }
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, lines));
    let cursor = draw(model, look, &mut Memory::default(), &mut frame);
    assert!(cursor.is_none_or(|at| frame.area.contains(at)), "the cursor is at {cursor:?} of {columns}x{lines}");
    for cell in frame.content() {
        assert!(crate::text::is_harmless(cell.symbol()), "{:?}", cell.symbol());
    }
    frame.content().iter().map(ratatui::buffer::Cell::symbol).collect()
}

proptest! {
    #![proptest_config(fuzz::config())]

    #[test]
    fn nothing_that_happens_breaks_the_ui(steps in vec(step(), 0..60), ascii in any::<bool>()) {
        let caps = TerminalCaps { depth: Depth::True, glyphs: if ascii { Glyphs::Ascii } else { Glyphs::Unicode } };
        let look = Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps);
        let mut model = model(80, 24);
        let mut out = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            happen(&mut model, step, &mut out);
            if number % 8 == 0 {
                drawn(&model, &look);
            }
        }
        drawn(&model, &look);
    }
}
