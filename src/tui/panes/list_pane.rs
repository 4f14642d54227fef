//! The two lists: which rows are shown, in which order, which are marked, and where the cursor stands.

mod filter;
pub mod view;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::core::state::State;
use crate::engine::view::RotationView;
use crate::tui::panes::list_pane::filter::Filter;
use crate::tui::rows::{Rows, state};
use crate::tui::widgets::cursor::{Cursor, Move};
use crate::tui::widgets::text_input::TextInput;

/// What rotations are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Worst first, then soonest.
    #[default]
    Urgency,
    /// By name.
    Name,
    /// By the app's label.
    App,
    /// Soonest first.
    Next,
    /// Oldest secret first.
    Age,
}

impl Sort {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Name => "name",
            Self::App => "app",
            Self::Next => "next",
            Self::Age => "age",
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Urgency => Self::Name,
            Self::Name => Self::App,
            Self::App => Self::Next,
            Self::Next => Self::Age,
            Self::Age => Self::Urgency,
        }
    }
}

/// A list of rows.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The ids of the rows that are shown, in order.
    pub order: Vec<Uuid>,
    /// The row that keys act on.
    pub cursor: Cursor,
    /// The rows that are marked.
    pub marks: BTreeSet<Uuid>,
    /// The order; connections are always by name.
    pub sort: Sort,
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

    /// Puts the rotations in order again.
    pub fn settle_rotations(&mut self, rows: &Rows, now: DateTime<Utc>) {
        let filter = Filter::read(self.filter.text());
        let mut shown: Vec<&RotationView> = rows.rotations.values().collect();
        if !filter.is_empty() {
            shown.retain(|row| filter.wants(row, state(row, now)));
        }
        let sort = self.sort;
        // What is compared is found out once for each row, not for each comparison.
        let mut shown: Vec<_> = shown.into_iter().map(|row| (place(sort, row, now), &row.name, row.id)).collect();
        shown.sort_unstable();
        self.order = shown.into_iter().map(|(.., id)| id).collect();
        self.marks.retain(|id| rows.rotations.contains_key(id));
        self.cursor.keep(&self.order);
    }

    /// Puts the connections in order again.
    pub fn settle_connections(&mut self, rows: &Rows) {
        let filter = Filter::read(self.filter.text());
        let mut shown: Vec<_> = rows.connections.values().filter(|row| filter.wants_connection(row)).collect();
        shown.sort_by(|a, b| a.name.cmp(&b.name));
        self.order = shown.into_iter().map(|row| row.id).collect();
        self.marks.retain(|id| rows.connections.contains_key(id));
        self.cursor.keep(&self.order);
    }
}

/// Where a row belongs; rows of the same place go by name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    state: Option<State>,
    label: String,
    /// What has no date comes last.
    dateless: bool,
    date: Option<DateTime<Utc>>,
}

fn place(sort: Sort, row: &RotationView, now: DateTime<Utc>) -> Place {
    let date = match sort {
        Sort::Urgency | Sort::Next => row.next_rotation_at,
        Sort::Age => row.current.as_ref().map(|current| current.created_at),
        Sort::Name | Sort::App => None,
    };
    Place {
        state: (sort == Sort::Urgency).then(|| state(row, now)),
        label: if sort == Sort::App { row.parameters.app_label.to_lowercase() } else { String::new() },
        dateless: date.is_none(),
        date,
    }
}
