//! What was on the screen: a key acts on nothing else.
//!
//! The loop says after each frame what it showed ([`Model::saw`]). A box that came since, a plan whose end is below the edge, a
//! row that slid under the cursor because another went away: none of them was seen by whoever pressed the key.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::{Discriminant, discriminant};

use crate::tui::keys::action;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::overlays::{Overlay, Then};
use crate::tui::panes::Pane;

/// The smallest terminal that more than a notice fits on: columns, rows.
const LEAST: (u16, u16) = (40, 10);

/// What the last frame showed, as far as a key may act on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    top: Option<Mark>,
}

/// What tells the topmost box from another, and from itself with something else in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    depth: usize,
    kind: Discriminant<Overlay>,
    state: u64,
}

impl Model {
    /// Whether only a notice fits.
    pub fn too_small(&self) -> bool {
        self.size.0 < LEAST.0 || self.size.1 < LEAST.1
    }

    /// Whether acts are for what is marked: in the list itself, where the marks are seen.
    pub fn on_marks(&self) -> bool {
        let list = if self.list == Pane::Connections { &self.connections } else { &self.rotations };
        self.focus == self.list && !list.marks.is_empty()
    }

    /// A frame was shown. `ended` where the end of what lies on top was on it.
    pub fn saw(&mut self, ended: bool) {
        let shows = !self.too_small() || self.asks_to_quit();
        self.sight = Sight { top: self.mark().filter(|_| shows) };
        // Behind a box nobody sees which row came under the cursor.
        if self.overlays.is_empty() {
            self.rotations.cursor.seen();
            self.connections.cursor.seen();
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
        self.sight.top == self.mark()
    }

    /// Whether a key would act on something that was not on the screen. Letters are typed all the same, and every way back
    /// is open.
    pub(in crate::tui) fn acts_unseen(&self, key: Key) -> bool {
        let Some(top) = self.overlays.last() else { return false };
        let types = !matches!(top, Overlay::Ask(_) | Overlay::Plan(_) | Overlay::Batch { .. } | Overlay::Reveal(_));
        !key.leaves() && (!types || key.code == Code::Enter) && !self.sees_top()
    }

    /// Whether the row that an action is for came under the cursor by itself, and was not shown there yet.
    pub(in crate::tui) fn slid(&self, action: Action) -> bool {
        let on_row = action::on_row(action) || action == Action::Mark;
        let cursor = if self.list == Pane::Connections { self.connections.cursor } else { self.rotations.cursor };
        on_row && cursor.slid()
    }

    /// Whether the question whether to quit is what is asked.
    pub fn asks_to_quit(&self) -> bool {
        let quits = |question: &crate::tui::overlays::Question| question.choices.iter().any(|it| it.then == Then::Quit);
        matches!(self.overlays.last(), Some(Overlay::Ask(question)) if quits(question))
    }

    fn mark(&self) -> Option<Mark> {
        let top = self.overlays.last()?;
        let mut state = DefaultHasher::new();
        match top {
            Overlay::Ask(question) => (&question.title, question.choices.len()).hash(&mut state),
            Overlay::Plan(plan) => (plan.number, plan.plans.len()).hash(&mut state),
            Overlay::Delete(form) => form.target.id.hash(&mut state),
            Overlay::Batch { number, .. } => number.hash(&mut state),
            Overlay::Reveal(reveal) => reveal.number.hash(&mut state),
            Overlay::Wizard(wizard) => {
                let known = wizard.orders.iter().filter(|order| order.plan.is_some()).count();
                (wizard.number, wizard.form.page, wizard.stage as u8, known).hash(&mut state);
            }
            Overlay::Connect(connect) => (connect.number, connect.stage as u8).hash(&mut state),
            Overlay::Help { .. }
            | Overlay::Palette(_)
            | Overlay::Date(_)
            | Overlay::Upcoming { .. }
            | Overlay::Leaving
            | Overlay::Themes(_) => {}
        }
        Some(Mark { depth: self.overlays.len(), kind: discriminant(top), state: state.finish() })
    }
}

#[cfg(test)]
mod tests;
