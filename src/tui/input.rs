//! What follows from a key, from events, and from a timer.

pub mod paste;
pub mod sight;

use crate::engine::events::Event;
use crate::tui::actions::{ask_to_quit, quit};
use crate::tui::keys::action;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Timer};
use crate::tui::navigation::back;
use crate::tui::overlays::Overlay;
use crate::tui::panes::Pane;
use crate::tui::panes::detail::ask_secrets;
use crate::tui::session::Link;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::text_input::TextInput;
use crate::tui::{actions, filling, target_acts, target_filling};

/// Events came, in order.
pub fn on_events(model: &mut Model, events: Vec<Event>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for event in events {
        // What keeps the engine from acting stands in the whole view only.
        if event.kind == "store" {
            effects.push(Effect::Refresh);
        }
        for pane in Pane::ALL {
            let (content, session) = model.content_mut(pane);
            effects.extend(content.event(&event, session));
        }
        for overlay in &mut model.overlays {
            if let Overlay::Wizard(wizard) = overlay {
                wizard.hear(&event);
            }
        }
        let opened =
            model.detail.secrets.as_ref().map(|(id, _)| *id).filter(|_| model.focus == Pane::Detail || model.wide());
        if let Some(id) = opened.filter(|id| event.rows.secret_rotations.iter().any(|row| row.id == *id)) {
            effects.push(ask_secrets(id));
        }
        model.session.rows.fold(event.rows);
        model.session.stale = true;
    }
    // One look at what is opened is enough, however many events touched it.
    effects.dedup();
    effects
}

/// A while has passed.
pub fn on_timer(model: &mut Model, timer: Timer) -> Vec<Effect> {
    match timer {
        Timer::Toast(number) => {
            model.session.toasts.retain(|toast| toast.number != number);
            Vec::new()
        }
        Timer::Reveal(number) => {
            model.overlays.retain(|overlay| !matches!(overlay, Overlay::Reveal(reveal) if reveal.number == number));
            Vec::new()
        }
        Timer::Copied(_) => vec![Effect::ForgetCopy],
        Timer::Rested => rested(model),
    }
}

/// A key was pressed: for what is wrong, then for the overlay, for what is typed, and at last for the table.
pub fn on_key(model: &mut Model, key: Key) -> Vec<Effect> {
    if model.too_small() {
        return small(model, key);
    }
    // Drawing anew helps most where something else is wrong; a key that types is left to what is typed into.
    if key.typed().is_none() && model.session.preferences.bindings.of(Action::Redraw).contains(&key) {
        return vec![Effect::Redraw];
    }
    if let Link::Barred(_) = model.session.link {
        return match key.typed() {
            Some('r') => {
                model.session.link = Link::Looking;
                vec![Effect::Retry]
            }
            Some('q') => vec![Effect::Quit],
            _ if key == Key::ctrl('c') => vec![Effect::Quit],
            _ => Vec::new(),
        };
    }
    if leads_on(model, key) {
        return past(model, key);
    }
    // What lies over the panes has no keys with Alt; and what was not on the screen yet is not acted on.
    if !model.overlays.is_empty() && key.alt || model.acts_unseen(key) {
        return Vec::new();
    }
    match model.overlays.last() {
        Some(Overlay::Wizard(_)) => return filling::rotation_key(model, key),
        Some(Overlay::Connect(_)) => return filling::connection_key(model, key),
        Some(Overlay::TargetForm(_)) => return target_filling::key(model, key),
        Some(Overlay::Targets(_)) => return target_acts::key(model, key),
        _ => {}
    }
    if let Some(overlay) = model.overlays.last_mut() {
        let step = overlay.key(key);
        return actions::follow(model, step, key);
    }
    if let Some(pane) = model.prompts() {
        let (content, session) = model.content_mut(pane);
        return content.prompted(key, session);
    }
    if let Some(list) = model.typing() {
        if key.leaves() {
            (list.typing, list.filter) = (false, TextInput::default());
        } else if key.code == Code::Enter {
            list.typing = false;
        } else {
            match key.code {
                Code::Down => list.go(Move::By(1)),
                Code::Up => list.go(Move::By(-1)),
                _ => drop(list.filter.key(key)),
            }
        }
        model.session.stale = true;
        return Vec::new();
    }
    match model.session.preferences.bindings.find(key, model.focus, model.session.demo.is_some()) {
        // One step back each; at the top the one quits, and the other asks whether to. Esc only leads back.
        Some(Action::Quit) => back(model).unwrap_or_else(|| quit(model)),
        Some(Action::Back) if key == Key::ctrl('c') => back(model).unwrap_or_else(|| ask_to_quit(model)),
        Some(action) => actions::perform(model, action),
        None => Vec::new(),
    }
}

/// Whether a key is for what lies beneath a box that only shows something. Moving about is left to the box, and so is every
/// way to close it; and where a box hides the rows no key acts on one.
fn leads_on(model: &Model, key: Key) -> bool {
    use Action::{Back, Bottom, Down, HalfDown, HalfUp, Left, Mark, NextPane, Open, PageDown, PageUp, PreviousPane};
    use Action::{Quit, Reveal, Right, Top, Up};
    let Some(action) = model.session.preferences.bindings.find(key, model.focus, model.session.demo.is_some()) else {
        return false;
    };
    if key.leaves() || key.code == Code::Enter || key.typed() == Some('q') || matches!(action, Quit | Back | Open) {
        return false;
    }
    let moves = matches!(
        action,
        Down | Up | Top | Bottom | HalfDown | HalfUp | PageDown | PageUp | Left | Right | NextPane | PreviousPane
    );
    let hidden = action::on_row(action);
    match model.overlays.last() {
        Some(Overlay::Ask(question)) if question.is_note() => !moves && !hidden,
        Some(Overlay::Help { .. }) => !moves && !hidden && action != Action::Help,
        // It names the row whose value it shows.
        Some(Overlay::Reveal(_)) => !matches!(action, Reveal | Mark),
        _ => false,
    }
}

/// Takes such a key. What was not on the screen yet stays to be read, but for a value, which is not shown any more.
fn past(model: &mut Model, key: Key) -> Vec<Effect> {
    let seen = model.sees_top();
    let top = model.overlays.pop();
    let effects = on_key(model, key);
    if let Some(note @ Overlay::Ask(_)) = top.filter(|_| !seen) {
        model.overlays.insert(0, note);
    }
    effects
}

/// On a terminal that shows nothing but a notice: only quitting, and the question about that.
fn small(model: &mut Model, key: Key) -> Vec<Effect> {
    if model.asks_to_quit() || matches!(model.overlays.last(), Some(Overlay::Leaving)) {
        let seen = !model.acts_unseen(key);
        let step = model.overlays.last_mut().filter(|_| seen).map(|overlay| overlay.key(key));
        return step.map(|step| actions::follow(model, step, key)).unwrap_or_default();
    }
    let keys = model.session.preferences.bindings.of(Action::Quit);
    let quits = keys.contains(&key) || keys.is_empty() && key == Key::char('q');
    match model.session.link {
        Link::Barred(_) if quits || key == Key::ctrl('c') => vec![Effect::Quit],
        _ if quits => quit(model),
        _ if key == Key::ctrl('c') => ask_to_quit(model),
        _ => Vec::new(),
    }
}

/// The cursor has rested: the history of its row is asked for. The detail beside it has room for the secrets as well.
fn rested(model: &mut Model) -> Vec<Effect> {
    let (id, name) = model.beside().map(|row| (row.id, row.name.clone())).unzip();
    let Some(mut effects) = model.history.rested(name.as_deref()) else { return Vec::new() };
    effects.extend(id.map(ask_secrets));
    effects
}
