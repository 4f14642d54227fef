//! What was opened from a list: its Okta secrets, and how far it is scrolled.

pub mod facts;
mod timeline;
pub mod view;

use uuid::Uuid;

use crate::engine::request::Request;
use crate::engine::view::OktaSecretView;
use crate::tui::keys::action::Action;
use crate::tui::msg::{Effect, Purpose};

/// The most lines that what was opened is scrolled by.
const MAX_SCROLL: usize = 200;

/// What was opened.
#[derive(Clone, Debug, Default)]
pub struct Detail {
    /// The Okta secrets of a rotation.
    pub secrets: Option<(Uuid, Vec<OktaSecretView>)>,
    /// How far it is scrolled, and whose that is.
    scrolled: Option<(Uuid, usize)>,
}

/// Asks for the Okta secrets of a rotation.
pub fn ask_secrets(id: Uuid) -> Effect {
    Effect::call(Purpose::OktaSecrets(id), Request::OktaSecrets { id: id.to_string() })
}

impl Detail {
    /// The first line that is shown. Another row begins at its own first.
    pub fn first_line(&self, row: Option<Uuid>) -> usize {
        self.scrolled.filter(|(id, _)| Some(*id) == row).map_or(0, |(_, line)| line)
    }

    /// What was opened may be higher than the screen. How high it is shows only where it is drawn.
    pub fn scroll(&mut self, action: Action, row: Option<Uuid>, page: usize) {
        let Some(id) = row else { return };
        let at = self.first_line(row);
        let to = match action {
            Action::HalfDown => at + page / 2,
            Action::HalfUp => at.saturating_sub(page / 2),
            Action::PageDown => at + page,
            _ => at.saturating_sub(page),
        };
        self.scrolled = Some((id, to.min(MAX_SCROLL)));
    }
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
        assert!(model.detail.first_line(model.selection().id()) > 0);
        press(&mut model, "j");
        assert_eq!(model.detail.first_line(model.selection().id()), 0);
        press(&mut model, "k");
        send(&mut model, Msg::Key(Key::of(Code::PageUp)));
        assert_eq!(model.detail.first_line(model.selection().id()), 0);
    }
}
