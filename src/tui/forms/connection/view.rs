//! The form of a connection on the screen.

#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::tui::forms::connection::{Connect, Stage};
use crate::tui::forms::form::view as form_view;
use crate::tui::forms::form::view::FormChrome;
use crate::tui::scene::Scene;
use crate::tui::theme::Tone;

/// Draws it; returns where it is typed into.
pub fn draw(connect: &Connect, scene: &Scene<'_>, buf: &mut Buffer) -> Option<Position> {
    let title = match &connect.edits {
        Some(row) => format!("Edit the connection {}", row.name),
        None => "New connection".into(),
    };
    let mut notes = Vec::new();
    if let Some(refusal) = &connect.refusal {
        notes.push((Tone::Bad, scene.words(&refusal.problem.what())));
        notes.push((Tone::Plain, scene.words(&refusal.problem.todo())));
        if connect.can_save_untested() {
            notes.push((Tone::Dim, "^S saves it untested all the same.".into()));
        }
    }
    let busy = match connect.stage {
        Stage::Filling => "",
        Stage::Reading => "reading the file …",
        Stage::Testing => "asking whether it works …",
    };
    let chrome = FormChrome {
        title: &title,
        high: 18,
        notes,
        busy,
        gone: form_view::gone(scene.session),
        ..FormChrome::default()
    };
    form_view::draw(&connect.form, &chrome, scene.look, &mut false, buf)
}
