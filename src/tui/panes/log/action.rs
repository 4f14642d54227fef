//! What can be done with the log, and what has to be done for it.

use super::line::About;
use crate::engine::events::Level;

/// How the time of a line is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeMode {
    /// In the reader's zone.
    #[default]
    Local,
    /// In UTC.
    Utc,
    /// As long ago as it is.
    Relative,
}

impl TimeMode {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Utc => "UTC",
            Self::Relative => "relative",
        }
    }
}

/// What can be done with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// So many lines down, or up where negative. Pauses; going down from the last line follows again.
    Move(isize),
    /// To the oldest line.
    First,
    /// To the newest, and follow from there.
    Last,
    /// Follow, or stay here.
    ToggleFollow,
    /// Search for this; nothing is searched for where it is empty.
    Search(String),
    /// To the next match downward; from the end it continues at the top.
    NextMatch,
    /// To the next match upward.
    PreviousMatch,
    /// Show only what matches, or everything again.
    ToggleMatchesOnly,
    /// Show this level and louder.
    Level(Level),
    /// The next level: all, warnings, errors, all.
    CycleLevel,
    /// The next way to show the time.
    CycleTime,
    /// Break long lines, or cut them.
    ToggleWrap,
    /// So many steps to the right, or left where negative. Only cut lines move.
    Sideways(isize),
    /// Show only the lines of one row; all where absent.
    About(Option<About>),
    /// Save what is shown to a file.
    Save,
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Write a file that no one but its owner may read, and say where it is.
    Save {
        /// Its name, without a directory.
        name: String,
        /// What it holds.
        text: String,
        /// How many lines that is.
        lines: usize,
    },
}
