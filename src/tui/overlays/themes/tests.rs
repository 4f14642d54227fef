use super::*;
use crate::tui::fixture::{model, press, send};
use crate::tui::keys::action;
use crate::tui::msg::Msg;
use crate::tui::overlays::Overlay;

/// The themes that these effects show, in order.
fn shown(effects: &[Effect]) -> Vec<&str> {
    let mut names = Vec::new();
    for effect in effects {
        if let Effect::Theme(name) = effect {
            names.push(name.as_str());
        }
    }
    names
}

#[test]
fn the_one_under_the_cursor_is_seen_at_once_and_enter_keeps_it() {
    let mut model = model(80, 24);
    assert!(shown(&press(&mut model, "T")).is_empty(), "it begins on the one that is active");
    assert_eq!(shown(&press(&mut model, "j")), ["light"]);
    assert_eq!(shown(&press(&mut model, "jk")), ["high-contrast", "light"]);
    let kept = press(&mut model, "⏎");
    assert!(shown(&kept).is_empty(), "it is seen already");
    assert!(model.overlays.is_empty());
    assert_eq!(model.themes.active, "light");
    let by_hand = "to keep it: theme = \"light\" under [ui] in ~/config.toml".into();
    assert!(kept.contains(&Effect::KeepTheme { name: "light".into(), by_hand }), "{kept:?}");
    assert!(press(&mut model, "T⏎").iter().all(|effect| !matches!(effect, Effect::KeepTheme { .. })), "it is active");
    press(&mut model, "T");
    let Some(Overlay::Themes(chooser)) = model.overlays.last() else { panic!("no list") };
    assert_eq!(chooser.name(), Some("light"));
}

#[test]
fn every_other_way_out_goes_back_to_what_it_was() {
    let mut model = model(80, 24);
    press(&mut model, "T");
    assert_eq!(shown(&press(&mut model, "G")), ["mono"]);
    assert_eq!(shown(&press(&mut model, "⎋")), ["dark"]);
    assert_eq!(shown(&press(&mut model, "Tjq")), ["light", "dark"]);
    press(&mut model, "Tj");
    assert_eq!(shown(&send(&mut model, Msg::Key(Key::ctrl('c')))), ["dark"]);
    press(&mut model, "Tj");
    model.overlays.clear();
    assert_eq!(shown(&send(&mut model, Msg::Minute)), ["dark"], "whoever took the list away");
    assert!(model.session.toasts.is_empty(), "nothing was kept");
}

#[test]
fn it_is_in_the_table_everywhere_and_by_name_in_the_palette() {
    for pane in "1234".chars() {
        let mut model = model(80, 24);
        press(&mut model, &pane.to_string());
        press(&mut model, "T");
        assert!(matches!(model.overlays.last(), Some(Overlay::Themes(_))), "{pane}");
    }
    assert_eq!(action::TABLE.iter().filter(|row| row.action == action::Action::Theme).count(), 1);
    let mut model = model(80, 24);
    press(&mut model, ":theme⏎");
    assert!(matches!(model.overlays.last(), Some(Overlay::Themes(_))));
}
