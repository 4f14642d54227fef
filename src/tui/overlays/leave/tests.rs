use super::*;
use crate::engine::refusal::{Kind, Refusal};
use crate::tui::fixture::{model, press, rotation, send, view_of};
use crate::tui::keys::key::Key;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg};
use crate::tui::overlays::Overlay;

/// The engine itself, with something due in five hours.
fn engine() -> Model {
    let mut own = model(80, 24);
    let mut view = view_of(vec![rotation(3, "hr-sync", "HR Sync", "DUE", 5, 29)], Vec::new());
    view.engine.role = "ui".into();
    send(&mut own, Msg::Linked { own: true, notes: Vec::new(), view });
    own
}

#[test]
fn the_screen_stays_until_an_engine_answers() {
    let mut own = engine();
    assert_eq!(press(&mut own, "qb"), [Effect::LeaveBehind]);
    assert!(matches!(own.overlays.last(), Some(Overlay::Leaving)));
    assert!(press(&mut own, "jr⏎ ").is_empty(), "nothing can be done meanwhile");
    assert_eq!(send(&mut own, Msg::LeftBehind(Ok(()))), [Effect::Quit]);
}

#[test]
fn where_none_comes_up_it_is_said_why_and_the_session_continues() {
    let mut own = engine();
    press(&mut own, "qb");
    let refusal = Refusal::new(Kind::Store, "the store is sealed with another key", "its log is /d/logs/serve.log");
    assert!(send(&mut own, Msg::LeftBehind(Err(refusal))).is_empty());
    let Some(Overlay::Ask(note)) = own.overlays.last() else { panic!("nothing is said") };
    assert!(
        note.text[0].1.to_string().contains("another key") && note.text[1].1.to_string().contains("serve.log"),
        "{note:?}"
    );
    assert!(matches!(own.session.link, Link::Lost { waits: false, .. }) && !own.session.own, "nothing is claimed");
    let view = view_of(vec![rotation(3, "hr-sync", "HR Sync", "DUE", 5, 29)], Vec::new());
    send(&mut own, Msg::Linked { own: true, notes: Vec::new(), view });
    press(&mut own, "q");
    assert!(press(&mut own, "q").is_empty(), "it is the engine again, and asks again");
}

#[test]
fn whoever_is_in_a_hurry_leaves_the_screen_at_once() {
    for key in [Key::char('q'), Key::ctrl('c')] {
        let mut own = engine();
        press(&mut own, "qb");
        assert_eq!(send(&mut own, Msg::Key(key)), [Effect::Quit]);
    }
}

#[test]
fn read_only_leaves_no_engine_behind() {
    let mut own = engine();
    own.session.preferences.read_only = true;
    assert!(press(&mut own, "qb").is_empty());
    assert!(matches!(own.overlays.last(), Some(Overlay::Ask(_))), "the question stands");
}

#[test]
fn it_is_seen_in_every_size() {
    for (columns, lines) in [(80, 24), (40, 10)] {
        let mut model = model(columns, lines);
        model.session.own = true;
        press(&mut model, "q");
        insta::assert_snapshot!(format!("quit-{columns}x{lines}"), crate::tui::picture::picture(&model));
        press(&mut model, "b");
        insta::assert_snapshot!(format!("leaving-{columns}x{lines}"), crate::tui::picture::picture(&model));
    }
}
