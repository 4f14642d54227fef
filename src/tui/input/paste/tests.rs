//! What comes at once: into the field where it began, and nowhere else.

use crate::tui::fixture::{model, press, send};
use crate::tui::forms::connection::Stage;
use crate::tui::forms::connection::field;
use crate::tui::forms::form::FieldKey;
use crate::tui::forms::form::input::Input;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg};
use crate::tui::overlays::Overlay;

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\nIBADAN\n-----END PRIVATE KEY-----";

fn burst(model: &mut Model, text: &str) -> Vec<Effect> {
    send(model, Msg::Burst(text.into()))
}

/// The form of a connection, on the field of its private key.
fn at_the_key() -> Model {
    let mut model = model(80, 24);
    press(&mut model, "2n⇥⇥⇥→⇥⇥");
    assert_eq!(focused(&model), Some(field::PRIVATE_KEY));
    model
}

fn focused(model: &Model) -> Option<FieldKey> {
    match model.overlays.last() {
        Some(Overlay::Connect(connect)) => connect.form.field().map(|item| item.key),
        other => panic!("no form but {other:?}"),
    }
}

fn key(model: &Model) -> String {
    let Some(Overlay::Connect(connect)) = model.overlays.last() else { panic!("no form") };
    let Some(Input::Secret(secret)) = connect.form.get(field::PRIVATE_KEY).map(|item| &item.input) else {
        panic!("no key")
    };
    secret.value().map(|value| value.expose().to_owned()).unwrap_or_default()
}

/// Everything that is typed in the clear.
fn clear(model: &Model) -> String {
    let Some(Overlay::Connect(connect)) = model.overlays.last() else { panic!("no form") };
    connect.form.here().fields.iter().map(|item| item.input.typed().to_owned()).collect()
}

#[test]
fn a_key_with_its_lines_stays_in_its_field_however_it_comes() {
    let whole = |model: &mut Model| drop(burst(model, PEM));
    let in_pieces = |model: &mut Model| {
        for line in PEM.lines() {
            burst(model, line);
            // A pause, at the end of a line.
            send(model, Msg::LineEnd);
        }
    };
    let by_letters = |model: &mut Model| {
        for c in PEM.chars() {
            let key = if c == '\n' { Key::of(Code::Enter) } else { Key::char(c) };
            send(model, Msg::Key(key));
        }
    };
    let ways: [&dyn Fn(&mut Model); 3] = [&whole, &in_pieces, &by_letters];
    for (number, way) in ways.into_iter().enumerate() {
        let mut model = at_the_key();
        let before = clear(&model);
        way(&mut model);
        assert_eq!(key(&model), PEM, "way {number}");
        assert_eq!(clear(&model), before, "way {number}: nothing of it is in another field");
        assert!(matches!(model.overlays.last(), Some(Overlay::Connect(connect)) if connect.stage == Stage::Filling));
    }
    let mut model = at_the_key();
    burst(&mut model, "{\n\"kty\":");
    send(&mut model, Msg::LineEnd);
    burst(&mut model, "\"RSA\"}");
    assert_eq!((key(&model).as_str(), focused(&model)), ("{\n\"kty\":\n\"RSA\"}", Some(field::PRIVATE_KEY)));
}

#[test]
fn its_last_line_end_leads_on_and_no_line_end_presses_a_button() {
    let mut model = at_the_key();
    burst(&mut model, PEM);
    send(&mut model, Msg::LineEnd);
    assert_eq!(focused(&model), Some(field::KEY_ID));
    press(&mut model, "⇥⇥⇥");
    assert_eq!(focused(&model), None);
    assert!(burst(&mut model, "yes, do it").is_empty() && send(&mut model, Msg::LineEnd).is_empty());
    assert!(matches!(model.overlays.last(), Some(Overlay::Connect(connect)) if connect.stage == Stage::Filling));
}

#[test]
fn on_a_list_and_on_a_question_it_does_nothing() {
    for keys in ["", "r", "p", "o", "d⇥", "?", "w", "⏎", "3", "4"] {
        let mut model = model(80, 24);
        press(&mut model, keys);
        let shown = |model: &Model| {
            format!(
                "{:?} {:?}",
                model.overlays,
                (model.focus, &model.rotations, &model.history.prompt, &model.log.prompt)
            )
        };
        let before = shown(&model);
        for text in ["retry, yes: ry", "yyyyyy\nqqq", "prod\ndelete"] {
            let effects = burst(&mut model, text);
            assert!(effects.iter().all(|effect| matches!(effect, Effect::Wait(..))), "{keys}: {effects:?}");
            assert!(send(&mut model, Msg::LineEnd).is_empty());
        }
        assert_eq!(shown(&model), before, "{keys}");
        if model.overlays.is_empty() {
            assert!(
                model.session.toasts.back().is_some_and(|toast| toast.text.to_string().contains("a paste")),
                "{keys}: it is said"
            );
        }
    }
}

#[test]
fn text_that_opens_a_line_is_typed_into_it() {
    let mut model = model(80, 24);
    burst(&mut model, "/hr-sync");
    send(&mut model, Msg::LineEnd);
    assert_eq!((model.rotations.list.order.len(), model.rotations.list.typing), (1, false));
    let mut model = self::model(80, 24);
    burst(&mut model, ":rotate now");
    send(&mut model, Msg::LineEnd);
    assert!(matches!(model.overlays.last(), Some(Overlay::Palette(_))), "found, and not chosen");
    let mut model = self::model(80, 24);
    press(&mut model, "pu");
    burst(&mut model, "2026-12-24");
    assert!(send(&mut model, Msg::LineEnd).is_empty(), "a date is not agreed to by a paste");
    assert!(matches!(model.overlays.last(), Some(Overlay::Date(form)) if form.field.text() == "2026-12-24"));
}
