//! Remedies, by keys.

use super::*;
use crate::tui::fixture::{id, model, press};
use crate::tui::keys::action::Action;
use crate::tui::overlays::Overlay;
use crate::tui::panes::Pane;

#[test]
fn from_what_waits_for_a_refused_connection_keys_lead_to_its_new_credential() {
    let mut model = model(80, 24);
    press(&mut model, "j⏎⏎");
    let Some(Overlay::Ask(question)) = model.overlays.last() else { panic!("no remedy") };
    assert!(
        question.text.iter().any(|(_, text)| text.to_string() == "it waits for okta-prod: token refused"),
        "{question:?}"
    );
    press(&mut model, "c");
    assert_eq!((model.focus, model.connection().map(|row| row.name.as_str())), (Pane::Connections, Some("okta-prod")));
    press(&mut model, "⏎e");
    assert!(matches!(model.overlays.last(), Some(Overlay::Connect(it)) if it.edits.is_some()));
}

#[test]
fn a_connection_that_is_in_use_says_so_instead_of_asking_for_its_name() {
    let mut model = model(80, 24);
    press(&mut model, "2d");
    assert!(model.overlays.is_empty());
    assert!(model.session.toasts.back().is_some_and(|toast| toast.text.to_string().starts_with("6 rotations use it")));
    model.session.rows.connections.get_mut(&id(1000)).expect("it").rotations = 0;
    press(&mut model, "d");
    assert!(matches!(model.overlays.last(), Some(Overlay::Delete(_))));
}

#[test]
fn a_try_that_is_over_is_not_reported_as_one_to_come() {
    let model = model(80, 24);
    assert_eq!(tried_again(model.session.now + Duration::minutes(8), model.session.now), "tried again in 8m");
    assert_eq!(tried_again(model.session.now - Duration::hours(39), model.session.now), "tried every 10 minutes");
}

#[test]
fn keys_that_were_taken_away_are_named_nowhere() {
    use crate::tui::keys::bindings::Bindings;
    use crate::tui::keys::key::Key;
    let mut model = model(80, 24);
    model.session.rows.rotations.clear();
    model.session.stale = true;
    model.settle();
    model.session.preferences.bindings = Bindings::with(vec![(Action::New, Vec::new())]).expect("no two on one key");
    let why = obstacle(Action::Open, &model.session, &model.selection()).expect("no row");
    assert_eq!(why, "there is no rotation here; : `a new rotation` makes one");
    model.session.preferences.bindings =
        Bindings::with(vec![(Action::New, vec![Key::char('N')])]).expect("no two on one key");
    assert!(
        obstacle(Action::Open, &model.session, &model.selection())
            .is_some_and(|why| why.ends_with("here; N makes one"))
    );
}
