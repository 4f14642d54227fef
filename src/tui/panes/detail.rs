//! How far what was opened is scrolled. Where that ends is known where it is drawn.

pub mod facts;
mod timeline;
pub mod view;

use uuid::Uuid;

use crate::tui::keys::action::Action;
use crate::tui::model::Model;
use crate::tui::msg::Effect;

/// The most lines that what was opened is scrolled by.
const DETAIL: usize = 200;

impl Model {
    /// The first line of what was opened that is shown. Another row begins at its own first.
    pub fn detail_scroll(&self) -> usize {
        let row = self.detailed();
        self.scrolled.filter(|(id, _)| Some(*id) == row).map_or(0, |(_, line)| line)
    }

    /// The row that is detailed.
    fn detailed(&self) -> Option<Uuid> {
        self.rotation().map(|row| row.id).or_else(|| self.connection().map(|row| row.id))
    }
}

/// What was opened may be higher than the screen; j and k go to the next row as ever.
pub fn scroll(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(id) = model.detailed() else { return Vec::new() };
    let page = crate::tui::navigation::page(model).unsigned_abs();
    let at = model.detail_scroll();
    let to = match action {
        Action::HalfDown => at + page / 2,
        Action::HalfUp => at.saturating_sub(page / 2),
        Action::PageDown => at + page,
        _ => at.saturating_sub(page),
    };
    // How high it is shows only where it is drawn; nothing is as high as this.
    model.scrolled = Some((id, to.min(DETAIL)));
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crate::tui::fixture::{model, press, send};
    use crate::tui::keys::key::{Code, Key};
    use crate::tui::msg::Msg;

    #[test]
    fn what_was_opened_scrolls_by_pages_and_another_row_begins_at_its_first_line() {
        let mut model = model(80, 24);
        press(&mut model, "⏎");
        send(&mut model, Msg::Key(Key::of(Code::PageDown)));
        assert!(model.detail_scroll() > 0);
        press(&mut model, "j");
        assert_eq!(model.detail_scroll(), 0);
        press(&mut model, "k");
        send(&mut model, Msg::Key(Key::of(Code::PageUp)));
        assert_eq!(model.detail_scroll(), 0);
    }
}
