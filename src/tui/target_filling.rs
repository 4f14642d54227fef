//! The form of a target over the panes: how it is opened and left, and how keys, pastes and answers come to it.

use crate::core::secret::SecretValue;
use crate::engine::refusal::Refusal;
use crate::engine::request::Reply;
use crate::engine::view::TargetView;
use crate::tui::forms::form::FormEvent;
use crate::tui::forms::rotation::delivery::Delivery;
use crate::tui::forms::rotation::{deliver, keys};
use crate::tui::forms::target;
use crate::tui::forms::target::{Stage, TargetForm};
use crate::tui::keys::key::Key;
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::overlays::Overlay;
use crate::tui::session::Session;
use crate::tui::theme::Tone;
use crate::words::sentence::say;

/// Opens it, for a target of this rotation: a new one, or one that is there.
pub fn open(model: &mut Model, rotation: String, edits: Option<TargetView>) -> Vec<Effect> {
    let form = target::open(&mut model.session, rotation, edits);
    model.overlays.push(Overlay::TargetForm(Box::new(form)));
    Vec::new()
}

fn find(model: &mut Model, number: u64) -> Option<&mut TargetForm> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::TargetForm(form) if form.number == number => Some(form.as_mut()),
        _ => None,
    })
}

/// A key was pressed while it is the topmost.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(Overlay::TargetForm(form)) = model.overlays.last() else { return Vec::new() };
    if !key.leaves() {
        return event(model, |form| form.form.press(key));
    }
    let waits = form.stage == Stage::Saving;
    model.overlays.pop();
    let said = "left while it was saved; the list tells whether it was";
    if waits { vec![model.session.toast(Tone::Dim, said)] } else { Vec::new() }
}

/// Something was pasted into it.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    event(model, |form| form.form.paste(text))
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn line_end(model: &mut Model) -> Vec<Effect> {
    event(model, |form| form.form.line_end())
}

fn event(model: &mut Model, takes: impl FnOnce(&mut TargetForm) -> FormEvent) -> Vec<Effect> {
    let Some(Overlay::TargetForm(form)) = model.overlays.last_mut() else { return Vec::new() };
    if form.stage != Stage::Filling {
        return Vec::new();
    }
    let event = takes(form);
    target::on_event(form, event)
}

/// A file was read for one of this number, or was not; `None` where there is none.
pub fn file_read(model: &mut Model, number: u64, result: &Result<SecretValue, String>) -> Option<Vec<Effect>> {
    if let Some(form) = find(model, number) {
        return Some(target::file_read(form, result.clone()));
    }
    let wizard = model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Wizard(wizard) if wizard.target.as_ref().is_some_and(|form| form.number == number) => Some(wizard),
        _ => None,
    })?;
    let went = deliver::file_read(wizard, result.clone());
    Some(keys::delivered(wizard, &mut model.session, went).1)
}

/// Says that one was made.
pub fn made(session: &mut Session, target: &TargetView) -> Effect {
    let name = format!("{}/{}", target.rotation_name, target.name);
    session.toast(Tone::Good, say!("{} is made, and is delivered to now; the list says how that goes", name))
}

/// The engine answered.
pub fn answered(model: &mut Model, number: u64, result: Result<Reply, Refusal>) -> Vec<Effect> {
    match (result, find(model, number)) {
        (Ok(Reply::Target { secret_sync }), form) => {
            let changed = form.is_some_and(|form| form.edits.is_some());
            model.overlays.retain(|it| !matches!(it, Overlay::TargetForm(form) if form.number == number));
            if let Some(Overlay::Targets(shown)) = model.overlays.last_mut() {
                shown.at = Some(secret_sync.id);
            }
            if let Some(Overlay::Wizard(wizard)) = model.overlays.last_mut()
                && matches!(wizard.delivery, Delivery::Refused(_))
            {
                wizard.delivery = Delivery::Made(secret_sync.clone());
            }
            if !changed {
                return vec![made(&mut model.session, &secret_sync)];
            }
            let name = format!("{}/{}", secret_sync.rotation_name, secret_sync.name);
            vec![model.session.toast(Tone::Good, say!("{} is saved", name))]
        }
        (Ok(_), _) => Vec::new(),
        (Err(refusal), Some(form)) => {
            target::refused(form, refusal);
            Vec::new()
        }
        (Err(refusal), None) => vec![model.session.refused("", &refusal.problem)],
    }
}

#[cfg(test)]
mod tests;
