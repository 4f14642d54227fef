//! The two lists: which rows are shown, in which order, which are marked, and where the cursor stands.

pub mod filter;
pub mod view;

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::tui::widgets::cursor::{Cursor, Move};
use crate::tui::widgets::text_input::TextInput;

/// A list of rows.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The ids of the rows that are shown, in order.
    pub order: Vec<Uuid>,
    /// The row that keys act on.
    pub cursor: Cursor,
    /// The rows that are marked.
    pub marks: BTreeSet<Uuid>,
    /// The filter as typed.
    pub filter: TextInput,
    /// Whether the filter is being typed.
    pub typing: bool,
}

impl List {
    /// Moves the cursor.
    pub fn go(&mut self, to: Move) {
        self.cursor.go(&self.order, to);
    }

    /// Goes to a row; shows everything where the filter hides it.
    pub fn jump(&mut self, id: Uuid) {
        if !self.order.contains(&id) {
            self.filter = TextInput::default();
        }
        self.cursor.jump(&self.order, id);
    }

    /// Which of its rows the cursor is on: `3 of 14`.
    pub fn place(&self) -> String {
        let at = if self.order.is_empty() { 0 } else { self.cursor.index() + 1 };
        format!("{at} of {}", self.order.len())
    }

    /// Marks the row, or takes its mark, and continues to the next.
    pub fn mark(&mut self) {
        if let Some(id) = self.cursor.id() {
            if !self.marks.remove(&id) {
                self.marks.insert(id);
            }
            self.go(Move::By(1));
        }
    }

    /// The rows that an act is for: those that are marked, else the one under the cursor. What a filter hides is never acted
    /// on, marked or not.
    pub fn chosen(&self) -> Vec<Uuid> {
        if self.marks.is_empty() {
            return self.cursor.id().into_iter().collect();
        }
        self.order.iter().filter(|id| self.marks.contains(id)).copied().collect()
    }

    /// How many marked rows the filter hides.
    pub fn hidden(&self) -> usize {
        if self.marks.is_empty() { 0 } else { self.marks.len() - self.chosen().len() }
    }

    /// Takes the marks of what is shown: what is hidden was not acted on.
    pub fn unmark_shown(&mut self) {
        for id in self.chosen() {
            self.marks.remove(&id);
        }
    }

    /// How many are marked, in words; nothing where none is.
    pub fn marked(&self) -> Option<String> {
        match (self.marks.len(), self.hidden()) {
            (0, _) => None,
            (marks, 0) => Some(format!("{marks} marked")),
            (marks, hidden) => Some(format!("{marks} marked, {hidden} hidden")),
        }
    }

    /// Takes the rows that are shown, in order; marks stay on rows that there are.
    pub fn settle(&mut self, order: Vec<Uuid>, known: impl Fn(&Uuid) -> bool) {
        self.order = order;
        self.marks.retain(known);
        self.cursor.keep(&self.order);
    }
}
