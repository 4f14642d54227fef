//! The history and the log, by keys.

use super::*;
use crate::tui::panes::log::About;

fn histories(effects: &[Effect]) -> Vec<Option<String>> {
    let history = |effect: &Effect| match effect {
        Effect::CallLater(_, Purpose::History(_), Ask(Request::History(query))) => Some(query.rotation.clone()),
        _ => None,
    };
    effects.iter().filter_map(history).collect()
}

#[test]
fn the_history_asks_only_while_it_is_seen() {
    let mut model = model(80, 24);
    assert_eq!(histories(&press(&mut model, "3")), [None]);
    press(&mut model, "1");
    assert!(histories(&press(&mut model, "jk")).is_empty());
}

#[test]
fn beside_the_lists_it_follows_their_cursor_once_that_rests() {
    let mut model = model(120, 40);
    assert!(histories(&press(&mut model, "jjj")).is_empty(), "not for every row that is passed");
    let effects = send(&mut model, Msg::Timer(Timer::Rested));
    assert_eq!(histories(&effects), [Some("idp-admin".into())]);
    assert!(histories(&send(&mut model, Msg::Timer(Timer::Rested))).is_empty());
    press(&mut model, "3/by:mira⏎1k");
    assert!(histories(&send(&mut model, Msg::Timer(Timer::Rested))).is_empty(), "someone said what to show");
    press(&mut model, "3⎋1");
    let effects = send(&mut model, Msg::Timer(Timer::Rested));
    assert_eq!(histories(&effects), [Some("hr-sync".into())]);
}

#[test]
fn a_filter_that_cannot_be_read_is_fixed_where_it_was_typed() {
    let mut model = model(80, 24);
    press(&mut model, "3/colour:red⏎");
    assert!(model.history.prompt.as_ref().is_some_and(|prompt| prompt.fault.is_some()));
    send(&mut model, Msg::Key(Key::ctrl('u')));
    let effects = press(&mut model, "hr-sync outcome:failed⏎");
    assert_eq!(histories(&effects), [Some("hr-sync".into())]);
    assert_eq!(model.prompts(), None);
}

#[test]
fn the_log_of_a_row_and_back_again_step_by_step() {
    let mut model = model(80, 24);
    press(&mut model, "jjl");
    assert_eq!(model.focus, Pane::Log);
    assert_eq!(model.log.lines.about(), Some(&About::Rotation("hr-sync".into())));
    press(&mut model, "/token⏎");
    assert!(!model.log.lines.search().is_empty());
    press(&mut model, "⎋");
    assert_eq!((model.focus, model.log.lines.about()), (Pane::Log, None));
    press(&mut model, "⎋");
    assert!(model.log.lines.search().is_empty());
    press(&mut model, "⎋");
    assert_eq!(model.focus, Pane::Rotations);
}

#[test]
fn a_saved_log_goes_to_a_file() {
    let mut model = model(80, 24);
    let effects = press(&mut model, "4S");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Save(name, _) if name.starts_with("windlass-log-"))));
}
