//! The panes: lists, what was opened from them, the history, the log.

pub mod connections;
pub mod detail;
pub mod history;
pub mod list_pane;
pub mod log;
pub mod prompt;
pub mod rotations;

/// A pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The rotations.
    Rotations,
    /// The connections.
    Connections,
    /// What was opened from one of the two lists.
    Detail,
    /// What happened, by attempts.
    History,
    /// The live log.
    Log,
}
