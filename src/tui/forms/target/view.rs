//! The form of a target on the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::{Stage, TargetForm};
use crate::tui::forms::form::view as form_view;
use crate::tui::forms::form::view::FormChrome;
use crate::tui::scene::Scene;
use crate::tui::theme::Tone;

/// Draws it; returns where it is typed into.
pub fn draw(target: &TargetForm, scene: &Scene<'_>, buf: &mut Buffer) -> Option<Position> {
    let title = match &target.edits {
        Some(row) => format!("Edit the target {}/{}", target.rotation, row.name),
        None => format!("New target of {}", target.rotation),
    };
    let chrome = FormChrome {
        title: &title,
        high: 20,
        notes: notes(target, scene),
        busy: busy(target),
        gone: form_view::gone(scene.session),
        ..FormChrome::default()
    };
    form_view::draw(&target.form, &chrome, scene.look, &mut false, buf)
}

/// What stands under its fields: why it was not saved.
pub fn notes(target: &TargetForm, scene: &Scene<'_>) -> Vec<(Tone, String)> {
    let Some(refusal) = &target.refusal else { return Vec::new() };
    vec![(Tone::Bad, scene.words(&refusal.problem.what())), (Tone::Plain, scene.words(&refusal.problem.todo()))]
}

/// A word for what is under way.
pub fn busy(target: &TargetForm) -> &'static str {
    match target.stage {
        Stage::Filling => "",
        Stage::Reading => "reading the template …",
        Stage::Saving => "saving …",
    }
}
