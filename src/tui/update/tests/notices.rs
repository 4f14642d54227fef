//! Boxes that only show something eat no key that leads on.

use super::*;
use crate::tui::fixture::view_of;

/// Nothing is there yet.
fn first_start() -> Model {
    let mut model = model(80, 24);
    send(&mut model, Msg::View(view_of(Vec::new(), Vec::new())));
    model
}

fn note(model: &mut Model, own: bool) {
    let notes = vec!["made the sealing key; back it up".into()];
    update(model, Msg::Linked { own, notes, view: view_of(Vec::new(), Vec::new()) }, now());
}

fn is_note(overlay: &Overlay) -> bool {
    matches!(overlay, Overlay::Ask(question) if question.is_note())
}

/// Presses a key before anything more is drawn.
fn at_once(model: &mut Model, key: char) -> Vec<Effect> {
    update(model, Msg::Key(Key::char(key)), now())
}

#[test]
fn a_key_that_leads_on_closes_the_notice_and_does_what_it_does() {
    for (key, leads) in [
        ("n", (|model| matches!(model.overlays.last(), Some(Overlay::Connect(_)))) as fn(&Model) -> bool),
        ("?", |model| matches!(model.overlays[..], [Overlay::Help { .. }])),
        (":", |model| matches!(model.overlays[..], [Overlay::Palette(_)])),
        ("w", |model| matches!(model.overlays[..], [Overlay::Upcoming { .. }])),
        ("T", |model| matches!(model.overlays[..], [Overlay::Themes(_)])),
        ("/", |model| model.overlays.is_empty() && model.rotations.list.typing),
        ("4", |model| model.overlays.is_empty() && model.focus == Pane::Log),
    ] {
        let mut model = first_start();
        note(&mut model, true);
        model.saw(true);
        press(&mut model, key);
        assert!(leads(&model) && !model.overlays.iter().any(is_note), "{key}: {:?}", model.overlays);
    }
    for key in ["q", "⏎", "⎋"] {
        let mut model = first_start();
        note(&mut model, true);
        model.saw(true);
        assert!(press(&mut model, key).is_empty() && model.overlays.is_empty(), "{key} only closes it");
    }
    for key in ["j", "⇥", "z", "r", "R"] {
        let mut model = first_start();
        note(&mut model, true);
        model.saw(true);
        press(&mut model, key);
        assert!(model.overlays.iter().any(is_note), "{key} may be meant for it, or for a row that it hides");
    }
}

#[test]
fn a_key_that_the_help_lists_can_be_pressed_in_it() {
    let mut model = first_start();
    press(&mut model, "?n");
    assert!(matches!(model.overlays.last(), Some(Overlay::Connect(_))), "{:?}", model.overlays);
    for (keys, open) in [("?j", true), ("?r", true), ("??", false), ("?q", false)] {
        let mut model = crate::tui::fixture::model(80, 24);
        assert!(press(&mut model, keys).is_empty(), "{keys}");
        assert_eq!(matches!(model.overlays[..], [Overlay::Help { .. }]), open, "{keys}");
    }
}

#[test]
fn a_notice_that_was_not_seen_yet_waits_below_what_its_key_opened() {
    let mut model = first_start();
    note(&mut model, true);
    at_once(&mut model, 'n');
    assert!(matches!(model.overlays.last(), Some(Overlay::Connect(_))) && is_note(&model.overlays[0]));
    assert!(at_once(&mut model, 'q').is_empty(), "typed into the form");
    for _ in 0..3 {
        send(&mut model, Msg::Key(Key::of(crate::tui::keys::key::Code::Esc)));
        if model.overlays.len() == 1 {
            break;
        }
    }
    assert!(model.overlays.last().is_some_and(is_note), "{:?}", model.overlays);
}

#[test]
fn a_notice_takes_no_key_from_a_form_that_is_open() {
    let mut model = model(80, 24);
    press(&mut model, "2n");
    note(&mut model, false);
    press(&mut model, "⇥acme");
    let Some(Overlay::Connect(form)) = model.overlays.last() else { panic!("{:?}", model.overlays) };
    assert_eq!(form.form.typed(crate::tui::forms::connection::field::NAME), "acme");
}

#[test]
fn a_value_that_is_shown_is_hidden_by_a_key_that_leads_on() {
    let shown = |model: &mut Model| {
        send(model, Msg::Replied(Purpose::Reveal("hr-sync".into()), Ok(secret())));
        assert!(matches!(model.overlays[..], [Overlay::Reveal(_)]));
    };
    let mut model = model(80, 24);
    shown(&mut model);
    press(&mut model, "?");
    assert!(matches!(model.overlays[..], [Overlay::Help { .. }]), "{:?}", model.overlays);
    press(&mut model, "q");
    for key in ["x", "q", " ", "⏎"] {
        shown(&mut model);
        assert!(press(&mut model, key).is_empty() && model.overlays.is_empty(), "{key:?} only hides it");
    }
}
