//! What rotations are sorted by, and where a row belongs then.

use chrono::{DateTime, Utc};

use crate::core::state::State;
use crate::engine::view::RotationView;
use crate::tui::rows::state;

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

/// Where a row belongs; rows of the same place go by name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    state: Option<State>,
    label: String,
    /// What has no date comes last.
    dateless: bool,
    date: Option<DateTime<Utc>>,
}

/// The place of a row.
pub fn place(sort: Sort, row: &RotationView, now: DateTime<Utc>) -> Place {
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
