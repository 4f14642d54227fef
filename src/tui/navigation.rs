//! Moving about: from row to row, from pane to pane, into what is opened, and back.

use crate::tui::actions::ask_secrets;
use crate::tui::acts::menus;
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::panes::{Pane, texts};
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::text_input::TextInput;

/// The panes that Tab goes round.
pub const PANES: [Pane; 4] = [Pane::Rotations, Pane::Connections, Pane::History, Pane::Log];

pub fn beside(pane: Pane, by: usize) -> Pane {
    let at = PANES.iter().position(|known| *known == pane).unwrap_or(0);
    PANES[(at + by) % PANES.len()]
}

pub fn focus(model: &mut Model, pane: Pane) -> Vec<Effect> {
    model.focus = pane;
    if matches!(pane, Pane::Rotations | Pane::Connections) {
        model.list = pane;
    }
    Vec::new()
}

/// The rows of a list, at most.
pub fn page(model: &Model) -> isize {
    // The rows of a list at most; the view holds whatever goes too far.
    isize::try_from(model.size.1.saturating_sub(6).max(2)).unwrap_or(10)
}

pub fn go(model: &mut Model, to: Move) -> Vec<Effect> {
    match model.focus {
        Pane::Rotations | Pane::Connections | Pane::Detail => {
            model.the_list().go(to);
            opened(model)
        }
        Pane::History | Pane::Log => texts::go(model, to),
    }
}

/// What is opened is filled.
pub fn opened(model: &Model) -> Vec<Effect> {
    let row = model.rotation().filter(|_| model.focus == Pane::Detail);
    row.map(|row| ask_secrets(row.id)).into_iter().collect()
}

pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.focus == Pane::Detail {
        return menus::remedy(model);
    }
    if model.connection().is_some_and(|row| row.fault.is_some()) {
        return menus::remedy(model);
    }
    model.focus = Pane::Detail;
    model.secrets = None;
    opened(model)
}

/// One step back; `None` at the top.
pub fn back(model: &mut Model) -> Option<Vec<Effect>> {
    if let Some(effects) = texts::back(model) {
        return Some(effects);
    }
    if model.focus == Pane::Detail {
        model.focus = model.list;
        return Some(Vec::new());
    }
    if model.zoomed {
        model.zoomed = false;
        return Some(Vec::new());
    }
    if model.focus != model.list {
        return Some(focus(model, model.list));
    }
    let list = model.the_list();
    if !list.marks.is_empty() || !list.filter.text().is_empty() {
        if list.marks.is_empty() {
            list.filter = TextInput::default();
        }
        list.marks.clear();
        model.stale = true;
        return Some(Vec::new());
    }
    None
}
