//! How the model changes: `update(&mut Model, Msg, now) -> Vec<Effect>`, and nothing else.
//!
//! Pure: no clock (the instant is an argument), no I/O, no runtime, no terminal. Effects are data, timers included, and
//! what comes back for something that is no longer there has no effect. Scroll offsets are no part of it: they belong to
//! the screen.

use chrono::{DateTime, Utc};

use super::input::{self, paste};
use super::model::Model;
use super::msg::{Effect, Msg};
use super::overlays::{Overlay, leave};
use super::panes::Pane;
use super::panes::log::pane::past;
use super::session::Link;
use super::theme::Tone;
use super::{filling, planning, reply, target_filling};
use crate::engine::refusal::Refusal;

#[cfg(test)]
mod tests;

/// Takes what happened, and says what is to be done.
pub fn update(model: &mut Model, msg: Msg, now: DateTime<Utc>) -> Vec<Effect> {
    model.session.now = now;
    let planned = planning::bases(model);
    let mut effects = change(model, msg, now);
    effects.extend(planning::watch(model, planned));
    effects.extend(watch_history(model));
    effects.extend(watch_theme(model));
    effects
}

fn change(model: &mut Model, msg: Msg, now: DateTime<Utc>) -> Vec<Effect> {
    match msg {
        Msg::Key(key) => {
            model.settle();
            input::on_key(model, key)
        }
        // It may be a credential.
        Msg::Paste(text) => paste::paste(model, &zeroize::Zeroizing::new(text)),
        Msg::Burst(text) => {
            model.settle();
            paste::burst(model, &zeroize::Zeroizing::new(text))
        }
        Msg::LineEnd => paste::line_end(model),
        Msg::Resize(columns, rows) => {
            if model.size != (columns, rows) {
                model.unread();
            }
            model.size = (columns, rows);
            Vec::new()
        }
        Msg::Minute => {
            model.session.stale = true;
            Vec::new()
        }
        Msg::Linked { own, notes, view } => {
            let back = matches!(model.session.link, Link::Lost { .. });
            model.session.own = own;
            model.session.link = Link::Up;
            model.session.take(*view);
            model.session.linked_at = now;
            // A key that was made, a store that was fixed: to be read, not to be missed.
            model.note("Before you begin", notes);
            let mut effects = vec![past()];
            if back {
                let text = if own { "this session is the engine now" } else { "the engine is back" };
                effects.push(model.session.toast(Tone::Good, text));
            }
            effects
        }
        Msg::View(view) => {
            tracing::trace!(name: "view come", target: "start", "");
            model.session.take(*view);
            Vec::new()
        }
        Msg::Events(events) => input::on_events(model, events),
        Msg::Lost(_) => {
            let waits = model.session.who.as_ref().is_some_and(|who| who.role != "ui");
            if !matches!(model.session.link, Link::Lost { .. }) {
                model.session.link = Link::Lost { since: now, waits };
            }
            model.session.own = false;
            Vec::new()
        }
        Msg::Barred(refusal) => {
            model.session.link = Link::Barred(refusal);
            Vec::new()
        }
        Msg::Replied(purpose, result) => reply::take(model, purpose, result),
        Msg::Timer(timer) => input::on_timer(model, timer),
        Msg::FileRead { number, untested, result } => target_filling::file_read(model, number, &result)
            .unwrap_or_else(|| filling::file_read(model, number, untested, result)),
        Msg::LeftBehind(outcome) => left_behind(model, outcome),
        Msg::Toast(tone, text) => vec![model.session.toast(tone, text)],
        Msg::Demo(view) => {
            model.session.demo = Some(*view);
            Vec::new()
        }
        Msg::Stop => vec![Effect::Quit],
    }
}

/// The history asks only while it is seen, and beside the lists it follows their cursor.
fn watch_history(model: &mut Model) -> Vec<Effect> {
    let linked = model.session.link == Link::Up;
    let shown = linked && (model.focus == Pane::History || model.wide() && !model.zoomed);
    let beside = model.beside().map(|row| row.name.clone());
    model.history.watch(shown, beside.as_deref())
}

/// The theme that is tried is seen at once.
fn watch_theme(model: &mut Model) -> Option<Effect> {
    let tried = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Themes(chooser) => chooser.name(),
        _ => None,
    });
    model.themes.watch(tried)
}

/// An engine came up in the background, and nothing keeps the screen; or none did.
fn left_behind(model: &mut Model, outcome: Result<(), Refusal>) -> Vec<Effect> {
    model.overlays.retain(|overlay| !matches!(overlay, Overlay::Leaving));
    let Err(refusal) = outcome else { return vec![Effect::Quit] };
    // Ours ended before the other was started: one of the two can hold the store.
    let session = &mut model.session;
    (session.link, session.own) = (Link::Lost { since: session.now, waits: false }, false);
    model.overlays.push(Overlay::Ask(leave::not_left(&refusal.problem)));
    Vec::new()
}
