//! Fuzz target: the wizard and the form of a connection, from every step, with answers of every kind. What is typed into
//! a field for secrets is in no frame, in no `Debug` text and in no draft.

use crate::engine::view::Note;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use crate::core::fault::Problem;
use crate::core::protocol::plan::Plan;
use crate::core::secret::SecretValue;
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::Reply;
use crate::fuzz;
use crate::tui::fixture::org::{app, app_with, at_apps, choose, go_to, to_review, well};
use crate::tui::fixture::{connection, id, press, rotation, rows, send, view_of};
use crate::tui::forms::form::Form;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::rotation::wanted::Wanted;
use crate::tui::forms::rotation::wizard::{DETAILS, NAMES, REVIEW};
use crate::tui::fuzz::{drawn, key};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::theme::{Depth, Glyphs, Look, TerminalCaps, Themes};

/// What is typed where a secret is asked for. Nothing else in here has it, pasted texts neither.
const SECRET: &str = "zq7-kwv-typed-unseen";

/// Something that happens to a form.
#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    /// Keys that lead through a form.
    Walk(Code),
    Paste(String),
    /// To a field for a secret, where there is one, and one into it: pasted, or typed.
    Secret(bool),
    Resize(u16, u16),
    /// The calls that are out are answered in one of these ways.
    Answer(u8),
    Lost,
    Back,
    /// Other rows than before.
    Rows(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let walk = vec![
        Code::Tab,
        Code::Tab,
        Code::BackTab,
        Code::Enter,
        Code::PageDown,
        Code::PageDown,
        Code::PageUp,
        Code::Left,
        Code::Right,
        Code::Down,
        Code::Char(' '),
        Code::Char('R'),
        Code::Char('b'),
        Code::Char('n'),
        Code::Char('c'),
        Code::Char('e'),
    ];
    prop_oneof![
        6 => key().prop_map(Step::Key),
        16 => select(walk).prop_map(Step::Walk),
        2 => fuzz::text().prop_map(Step::Paste),
        4 => any::<bool>().prop_map(Step::Secret),
        1 => (0_u16..200, 0_u16..80).prop_map(|(columns, lines)| Step::Resize(columns, lines)),
        8 => any::<u8>().prop_map(Step::Answer),
        1 => Just(Step::Lost),
        1 => Just(Step::Back),
        1 => any::<bool>().prop_map(Step::Rows),
    ]
}

/// Where it begins.
fn begun(at: u8) -> Model {
    let mut model = at_apps(80, 24, vec![app(1, "Orders", 0), app(2, "Stock", 0), app(3, "Bills", 0)]);
    match at {
        0 => {
            model = well(80, 24);
            press(&mut model, "2n");
        }
        1 => {
            model = well(80, 24);
            press(&mut model, "2e");
        }
        2 => {
            model = well(80, 24);
            press(&mut model, "n");
        }
        3 => {
            model = well(80, 24);
            press(&mut model, "e");
        }
        4 => {}
        5 => drop(press(&mut model, "  ")),
        6 => {
            press(&mut model, "   ");
            go_to(&mut model, REVIEW);
        }
        _ => {
            // One or two secrets, of which Okta shows not all; or nothing in the way of the further steps.
            let mut one = app(1, "Orders", if at == 8 { 2 } else { 1 });
            one.listed[0].readable = at > 8;
            choose(&mut model, "ord", one);
            match at {
                7 | 8 => {}
                9 => drop(go_to(&mut model, NAMES)),
                10 => drop(go_to(&mut model, DETAILS)),
                _ => drop(to_review(&mut model)),
            }
        }
    }
    model
}

fn form(model: &Model) -> Option<&Form> {
    match model.overlays.last()? {
        Overlay::Wizard(wizard) => Some(&wizard.form),
        Overlay::Connect(connect) => Some(&connect.form),
        _ => None,
    }
}

fn in_secret(model: &Model) -> bool {
    form(model).and_then(Form::field).is_some_and(|item| matches!(item.input, Input::Secret(_)))
}

fn refusal(way: u8) -> Refusal {
    let fields = ["name", "secretPath", "parameters.clientId", "credentials.apiToken", "adoptClientSecret", "nowhere"];
    let kinds = [Kind::Unavailable, Kind::Conflict, Kind::Invalid, Kind::Unknown, Kind::Refused, Kind::Store];
    let at = usize::from(way);
    let field = FieldFault { field: fields[at % fields.len()].into(), message: "is not right".into() };
    let fields = if way.is_multiple_of(2) { vec![field] } else { Vec::new() };
    Refusal { fields, ..Refusal::new(kinds[at / 2 % kinds.len()], "no", "ask again") }
}

/// What an effect is answered with, where it asks for something.
fn answer(effect: &Effect, way: u8) -> Option<Msg> {
    let (Effect::Call(purpose, _) | Effect::CallLater(_, purpose, _)) = effect else {
        return match effect {
            Effect::ReadFile { number, untested, .. } => {
                let result = if way < 128 { Ok(SecretValue::new(SECRET)) } else { Err("it is empty".into()) };
                Some(Msg::FileRead { number: *number, untested: *untested, result })
            }
            _ => None,
        };
    };
    if way.is_multiple_of(3) {
        return Some(Msg::Replied(purpose.clone(), Err(refusal(way))));
    }
    let reply = match purpose {
        Purpose::Wizard(_, Wanted::Apps(_)) => {
            let more = (way.is_multiple_of(2)).then(|| way.to_string());
            let apps = (0..usize::from(way % 30)).map(|at| app(usize::from(way) * 100 + at, "One of many", 0));
            Reply::Apps { apps: apps.collect(), next: more }
        }
        Purpose::Wizard(_, Wanted::App(id)) => {
            let mut one = app_with(9, "Orders", usize::from(way % 4), &json!({"id": id}));
            for secret in &mut one.listed {
                secret.readable = way < 64;
            }
            Reply::Apps { apps: vec![one], next: None }
        }
        Purpose::Wizard(_, Wanted::Plan(..)) => {
            let blocker = Problem::said("in the way", "fix it");
            let blockers = if way.is_multiple_of(5) { vec![blocker] } else { Vec::new() };
            Reply::Plan { plan: Plan { blockers, asks: false, ..Plan::question(vec!["make a new secret".into()]) } }
        }
        Purpose::Wizard(..) => {
            let row = rotation(u128::from(way) + 50, "made", "Made", "OK", 700, 0);
            Reply::Rotation { secret_rotation: Box::new(row), plan: None }
        }
        Purpose::Connect(_) => Reply::Connection {
            app_connection: Box::new(connection(u128::from(way) + 2000, "made", None)),
            notes: vec![Note::TokenTrimmed],
        },
        _ => return None,
    };
    Some(Msg::Replied(purpose.clone(), Ok(reply)))
}

fn happen(model: &mut Model, step: Step, out: &mut Vec<Effect>) {
    let msgs: Vec<Msg> = match step {
        Step::Key(key) => vec![Msg::Key(key)],
        Step::Walk(code) => vec![Msg::Key(Key::of(code))],
        Step::Paste(text) => vec![Msg::Paste(text)],
        Step::Resize(columns, lines) => vec![Msg::Resize(columns, lines)],
        Step::Lost => vec![Msg::Lost(Refusal::new(Kind::Unavailable, "gone", "wait"))],
        Step::Back | Step::Rows(true) => {
            let view = view_of(rows(), vec![connection(1000, "okta-prod", None)]);
            vec![Msg::Linked { own: true, notes: Vec::new(), view }]
        }
        Step::Rows(false) => vec![Msg::View(view_of(Vec::new(), Vec::new()))],
        Step::Secret(pasted) => {
            for _ in 0..12 {
                if in_secret(model) {
                    break;
                }
                out.extend(send(model, Msg::Key(Key::of(Code::Tab))));
            }
            if !in_secret(model) {
                return;
            }
            if pasted {
                vec![Msg::Paste(format!("-----BEGIN\r{SECRET}\r-----END"))]
            } else {
                SECRET.chars().map(|c| Msg::Key(Key::char(c))).collect()
            }
        }
        Step::Answer(way) => {
            let answered: Vec<Msg> = out.iter().filter_map(|effect| answer(effect, way)).collect();
            out.clear();
            answered
        }
    };
    for msg in msgs {
        out.extend(send(model, msg));
        // A draft is made without its secrets: what it holds can be looked at by whoever holds the session.
        let draft = model.draft.iter().flat_map(|draft| &draft.form.pages).flat_map(|page| &page.fields);
        for item in draft {
            assert!(
                !matches!(&item.input, Input::Secret(secret) if !secret.is_empty()),
                "{} is kept",
                item.key.api_name
            );
        }
    }
    out.truncate(200);
}

/// That no secret is shown by what can be looked at or logged.
fn silent(model: &Model, out: &[Effect]) {
    for reported in [format!("{:?}", model.overlays), format!("{:?}", model.draft), format!("{out:?}")] {
        assert!(!reported.contains(SECRET), "a secret in: {reported}");
    }
}

proptest! {
    #![proptest_config(fuzz::config())]

    #[test]
    fn nothing_that_happens_breaks_a_form_or_shows_a_secret(at in 0_u8..13, steps in vec(step(), 0..50), ascii in any::<bool>()) {
        let caps = TerminalCaps { depth: Depth::True, glyphs: if ascii { Glyphs::Ascii } else { Glyphs::Unicode } };
        let look = Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps);
        let mut model = begun(at);
        model.rotations.list.jump(id(3));
        let mut out = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            happen(&mut model, step, &mut out);
            let shown = drawn(&model, &look);
            prop_assert!(!shown.contains(SECRET), "a secret on the screen: {shown}");
            if number % 16 == 0 {
                silent(&model, &out);
            }
        }
        silent(&model, &out);
    }
}
