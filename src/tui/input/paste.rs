//! Text that came at once: between the brackets of a paste, or without them. It continues into the field where it began, and
//! none of its letters is a key.

use crate::tui::actions;
use crate::tui::filling;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::overlays::Overlay;
use crate::tui::target_filling;
use crate::tui::theme::Tone;

/// What opens a line that is typed into: text that begins with its key is meant for that line.
const OPENING: [Action; 4] = [Action::Filter, Action::Search, Action::Narrow, Action::Palette];

/// Text between brackets.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if model.too_small() {
        return Vec::new();
    }
    match model.overlays.last_mut() {
        Some(Overlay::Wizard(_)) => return filling::rotation_paste(model, text),
        Some(Overlay::Connect(_)) => return filling::connection_paste(model, text),
        Some(Overlay::TargetForm(_)) => return target_filling::paste(model, text),
        Some(overlay) => {
            overlay.paste(text);
            return Vec::new();
        }
        None => {}
    }
    if let Some(pane) = model.prompts() {
        let (content, session) = model.content_mut(pane);
        return content.pasted(text, session);
    }
    if let Some(list) = model.typing() {
        list.filter.paste(text);
        model.session.stale = true;
    }
    Vec::new()
}

/// Text without brackets: a paste as well, or a script that types. Where there is no field it does nothing, and that is said.
pub fn burst(model: &mut Model, text: &str) -> Vec<Effect> {
    if model.too_small() {
        return Vec::new();
    }
    if !model.overlays.is_empty() || model.prompts().is_some() || model.typing().is_some() {
        return paste(model, text);
    }
    let mut letters = text.chars();
    let first = letters.next().map(Key::char);
    let action =
        first.and_then(|key| model.session.preferences.bindings.find(key, model.focus, model.session.demo.is_some()));
    if let Some(action) = action.filter(|action| OPENING.contains(action)) {
        let mut effects = actions::perform(model, action);
        effects.extend(paste(model, letters.as_str()));
        return effects;
    }
    let count = text.chars().count();
    let said = format!("{count} characters came at once: a paste, so none of them was taken for a key");
    vec![model.session.toast(Tone::Dim, said)]
}

/// Such text paused at the end of a line. That leads from one field to the next, and never agrees to anything.
pub fn line_end(model: &mut Model) -> Vec<Effect> {
    if model.too_small() {
        return Vec::new();
    }
    match model.overlays.last() {
        Some(Overlay::Wizard(_)) => return filling::rotation_line_end(model),
        Some(Overlay::Connect(_)) => return filling::connection_line_end(model),
        Some(Overlay::TargetForm(_)) => return target_filling::line_end(model),
        Some(_) => return Vec::new(),
        None => {}
    }
    if let Some(pane) = model.prompts() {
        let (content, session) = model.content_mut(pane);
        return content.prompted(Key::of(Code::Enter), session);
    }
    if let Some(list) = model.typing() {
        list.typing = false;
    }
    Vec::new()
}

#[cfg(test)]
mod tests;
