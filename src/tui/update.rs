//! How the model changes: `update(&mut Model, Msg, now) -> Vec<Effect>`, and nothing else.
//!
//! Pure: no clock (the instant is an argument), no I/O, no runtime, no terminal. Effects are data, timers included, and
//! what comes back for something that is no longer there has no effect. Scroll offsets are no part of it: they belong to
//! the screen.

use chrono::{DateTime, Utc};

use super::acts::planned;
use super::forms::connection;
use super::input::{self, paste};
use super::model::{Link, Model};
use super::msg::{Effect, Msg, Tone};
use super::overlays::{leave, themes};
use super::panes::texts;
use super::reply;

#[cfg(test)]
mod tests;

/// Takes what happened, and says what is to be done.
pub fn update(model: &mut Model, msg: Msg, now: DateTime<Utc>) -> Vec<Effect> {
    model.now = now;
    let planned = planned::bases(model);
    let mut effects = change(model, msg, now);
    effects.extend(planned::watch(model, planned));
    effects.extend(texts::watch(model));
    effects.extend(themes::watch(model));
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
            model.stale = true;
            Vec::new()
        }
        Msg::Linked { own, notes, view } => {
            let back = matches!(model.link, Link::Lost { .. });
            model.own = own;
            model.link = Link::Up;
            model.take(*view);
            model.linked_at = now;
            // A key that was made, a store that was mended: to be read, not to be missed.
            model.note("Before you begin", notes);
            let mut effects = vec![texts::past()];
            if back {
                let text = if own { "this session is the engine now" } else { "the engine is back" };
                effects.push(model.toast(Tone::Good, text));
            }
            effects
        }
        Msg::View(view) => {
            model.take(*view);
            Vec::new()
        }
        Msg::Events(events) => input::on_events(model, events),
        Msg::Lost(_) => {
            let waits = model.who.as_ref().is_some_and(|who| who.role != "ui");
            if !matches!(model.link, Link::Lost { .. }) {
                model.link = Link::Lost { since: now, waits };
            }
            model.own = false;
            Vec::new()
        }
        Msg::Barred(refusal) => {
            model.link = Link::Barred(refusal);
            Vec::new()
        }
        Msg::Replied(purpose, result) => reply::take(model, purpose, result),
        Msg::Timer(timer) => input::on_timer(model, timer),
        Msg::FileRead { number, untested, result } => connection::file_read(model, number, untested, result),
        Msg::LeftBehind(outcome) => leave::left(model, outcome),
        Msg::Toast(tone, text) => vec![model.toast(tone, text)],
        Msg::Demo(view) => {
            model.demo = Some(*view);
            Vec::new()
        }
        Msg::Stop => vec![Effect::Quit],
    }
}
