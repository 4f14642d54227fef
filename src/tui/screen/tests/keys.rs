//! The keys that the screen names are those in effect.

use super::*;
use crate::engine::request::ActKind;
use crate::tui::keys::action::Action;
use crate::tui::keys::bindings::Bindings;
use crate::tui::keys::key::{Code, Key};
use crate::tui::overlays::Overlay;
use crate::tui::panes::Pane;

#[test]
fn every_place_that_names_a_key_names_the_one_that_is_in_effect() {
    let keys = |keys: &[&str]| keys.iter().map(|key| key.parse().expect("a key")).collect();
    let changes = [
        (Action::Act(ActKind::Rotate), keys(&["F5"])),
        (Action::Pause, keys(&[])),
        (Action::Show(Pane::Connections), keys(&["C"])),
        (Action::Help, keys(&["h"])),
        (Action::Redraw, keys(&["z"])),
        (Action::New, keys(&["N"])),
        (Action::Quit, keys(&["X"])),
    ];
    let mut model = model(100, 30);
    model.session.preferences.bindings = Bindings::with(changes).expect("no conflict");
    let shown = picture(&model);
    for part in ["F5 rotate", "h help", " C Connections", "C Enter says more"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("p pause") && !shown.contains("r rotate"), "{shown}");
    press(&mut model, "h");
    let help = picture(&model);
    assert!(help.contains("F5          rotate now") && !help.contains("pause, pause until"), "{help}");
    press(&mut model, "⎋:paus");
    assert!(picture(&model).contains("pause, pause until a date"), "what has no key is found by its name");
    press(&mut model, "z");
    assert!(picture(&model).contains("pausz"), "a key that types is left to what is typed into");
    press(&mut model, "⎋r");
    assert!(model.overlays.is_empty() && model.session.toasts.is_empty(), "it means nothing any more");
    send(&mut model, Msg::Key(Key::of(Code::F(5))));
    assert!(matches!(model.overlays[..], [Overlay::Plan(_)]));
    press(&mut model, "⎋");
    send(&mut model, Msg::View(view_of(Vec::new(), Vec::new())));
    model.session.own = true;
    let empty = picture(&model);
    assert!(empty.contains("N  a connection first") && empty.contains("X offers to keep one"), "{empty}");
    press(&mut model, "C");
    assert!(picture(&model).contains("No connection yet. N makes one"));
}
