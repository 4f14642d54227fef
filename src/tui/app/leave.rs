//! Leaving: the question that is asked where something would be late, and the engine that is left behind.
//!
//! What is said about an engine in the background is what came of it, never what was hoped for: the screen stays until
//! one answers, and says why where none does.

use chrono::Duration;

use super::msg::{Effect, Tone};
use super::overlay::{Choice, Overlay, Question, Then};
use super::{Link, Model, State, when};
use crate::engine::refusal::Refusal;

/// Asks only where this session is the engine, and something would be late.
pub fn quit(model: &mut Model) -> Vec<Effect> {
    if !model.own || model.link != Link::Up || model.demo.is_some() {
        return vec![Effect::Quit];
    }
    let soon = model.now + Duration::hours(24);
    let schedules = model.who.as_ref().is_some_and(|who| who.schedules);
    let mut rows: Vec<_> = model.rows.rotations.values().collect();
    rows.retain(|row| row.state == State::Rotating || schedules && row.next_rotation_at.is_some_and(|at| at <= soon));
    rows.sort_by_key(|row| (row.state != State::Rotating, row.next_rotation_at));
    let Some(first) = rows.first() else { return vec![Effect::Quit] };
    let what = match first.next_rotation_at.filter(|_| first.state != State::Rotating) {
        Some(at) => format!("{} is due {} ({})", first.name, model.day_time(at), when::relative(at, model.now)),
        None => format!("{} is being rotated", first.name),
    };
    let more = match rows.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more within a day"),
    };
    let text = vec![
        (Tone::Strong, format!("{what}{more}.")),
        (Tone::Plain, "This session is the engine. Nothing rotates while no engine runs: what is due runs late, at the next start. Nothing is lost.".into()),
        (Tone::Dim, "An engine in the background goes on when you log out, unless systemd ends what a user left running (KillUserProcesses); a service is safe from that.".into()),
    ];
    let forbidden = model.read_only.then(|| "--read-only forbids it".to_owned());
    let choices = vec![
        Choice::new('s', "Stay", Then::Nothing),
        Choice::new('b', "Keep a background engine", Then::LeaveBehind).unless(forbidden),
        Choice::new('q', "Quit, it runs late", Then::Quit),
    ];
    model.overlays.push(Overlay::Ask(Question { title: "Quit?".into(), text, choices, at: 0, menu: true }));
    Vec::new()
}

/// Has an engine started that outlives this session.
pub fn leave_behind(model: &mut Model) -> Vec<Effect> {
    model.overlays.push(Overlay::Leaving);
    vec![Effect::LeaveBehind]
}

/// One came up, and nothing keeps the screen; or none did.
pub fn left(model: &mut Model, outcome: Result<(), Refusal>) -> Vec<Effect> {
    model.overlays.retain(|overlay| !matches!(overlay, Overlay::Leaving));
    let Err(refusal) = outcome else { return vec![Effect::Quit] };
    // Ours ended before the other was started: one of the two can hold the store.
    (model.link, model.own) = (Link::Lost { since: model.now, waits: false }, false);
    let text = vec![
        (Tone::Bad, refusal.message),
        (Tone::Plain, refusal.hint),
        (Tone::Plain, "This session tries to be the engine again; the header tells whether it is.".into()),
    ];
    model.overlays.push(Overlay::Ask(Question::note("No engine runs in the background", text)));
    Vec::new()
}

#[cfg(test)]
mod tests;
