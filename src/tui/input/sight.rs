//! What was on the screen: a key acts on nothing else.
//!
//! The loop says after each frame what it showed ([`Model::saw`]). A box that came since, a plan whose end is below the
//! edge, a row that slid under the cursor because another went away: none of them was seen by whoever pressed the key.

use crate::tui::keys::action;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::question::Then;
use crate::tui::overlays::seen::Mark;
use crate::tui::panes::Pane;

impl Model {
    /// A frame was shown. `ended` where the end of what lies on top was on it.
    pub fn saw(&mut self, ended: bool) {
        let shows = !self.too_small() || self.asks_to_quit();
        self.seen = Mark::of(&self.overlays).filter(|_| shows);
        // Behind a box no one sees which row came under the cursor.
        if self.overlays.is_empty() {
            for pane in Pane::ALL {
                if let Some(list) = self.content_mut(pane).0.list_mut() {
                    list.cursor.seen();
                }
            }
        }
        if ended && !self.too_small() {
            match self.overlays.last_mut() {
                Some(Overlay::Plan(plan)) => plan.read = true,
                Some(Overlay::Wizard(wizard)) => wizard.read = true,
                _ => {}
            }
        }
    }

    /// What was read is to be read again: the terminal has another size.
    pub(in crate::tui) fn unread(&mut self) {
        for overlay in &mut self.overlays {
            match overlay {
                Overlay::Plan(plan) => plan.read = false,
                Overlay::Wizard(wizard) => wizard.read = false,
                _ => {}
            }
        }
    }

    /// Whether what lies on top was shown as it is.
    pub(in crate::tui) fn sees_top(&self) -> bool {
        self.seen == Mark::of(&self.overlays)
    }

    /// Whether a key would act on something that was not on the screen. Letters are typed all the same, and every way back
    /// is open.
    pub(in crate::tui) fn acts_unseen(&self, key: Key) -> bool {
        let Some(top) = self.overlays.last() else { return false };
        let types = !matches!(
            top,
            Overlay::Ask(_) | Overlay::Plan(_) | Overlay::Batch { .. } | Overlay::Reveal(_) | Overlay::Targets(_)
        );
        !key.leaves() && (!types || key.code == Code::Enter) && !self.sees_top()
    }

    /// Whether the row that an action is for came under the cursor by itself, and was not shown there yet.
    pub(in crate::tui) fn slid(&self, action: Action) -> bool {
        let on_row = action::on_row(action) || action == Action::Mark;
        on_row && self.content(self.list).list().is_some_and(|list| list.cursor.slid())
    }

    /// Whether the question whether to quit is what is asked.
    pub fn asks_to_quit(&self) -> bool {
        let quits = |question: &crate::tui::overlays::question::Question| {
            question.choices.iter().any(|it| it.then == Then::Quit)
        };
        matches!(self.overlays.last(), Some(Overlay::Ask(question)) if quits(question))
    }
}

#[cfg(test)]
mod tests;
