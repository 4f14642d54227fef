//! Moving about: from row to row, from pane to pane, into what is opened, and back.

use crate::tui::acts::menus;
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::overlays::Overlay;
use crate::tui::panes::Pane;
use crate::tui::panes::detail::ask_secrets;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::text_input::TextInput;

/// Lets a pane hear the keys.
pub fn focus(model: &mut Model, pane: Pane) -> Vec<Effect> {
    model.focus = pane;
    if pane.is_list() {
        model.list = pane;
    }
    Vec::new()
}

/// The rows of a list, at most.
pub fn page(model: &Model) -> isize {
    // The rows of a list at most; the view holds whatever goes too far.
    isize::try_from(model.size.1.saturating_sub(6).max(2)).unwrap_or(10)
}

/// Moves the cursor of the pane that hears the keys.
pub fn go(model: &mut Model, to: Move) -> Vec<Effect> {
    // What is opened is the row of the list, and so follows its cursor.
    let pane = if model.focus == Pane::Detail { model.list } else { model.focus };
    let (content, session) = model.content_mut(pane);
    let mut effects = content.go(to, session);
    effects.extend(opened(model));
    effects
}

/// What is opened is filled.
pub fn opened(model: &Model) -> Vec<Effect> {
    let row = model.rotation().filter(|_| model.focus == Pane::Detail);
    row.map(|row| ask_secrets(row.id)).into_iter().collect()
}

/// Puts a box over the panes, where there is one.
pub fn push(model: &mut Model, overlay: Option<Overlay>) -> Vec<Effect> {
    model.overlays.extend(overlay);
    Vec::new()
}

/// Opens the row, or what is wrong with it.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.focus == Pane::Detail || model.connection().is_some_and(|row| row.fault.is_some()) {
        let question = menus::remedy(&model.session, &model.selection());
        return push(model, question.map(Overlay::Ask));
    }
    model.focus = Pane::Detail;
    model.detail.secrets = None;
    opened(model)
}

/// One step back; `None` at the top.
pub fn back(model: &mut Model) -> Option<Vec<Effect>> {
    let (content, session) = model.content_mut(model.focus);
    if let Some(effects) = content.back(session) {
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
        model.session.stale = true;
        return Some(Vec::new());
    }
    None
}
