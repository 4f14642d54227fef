//! A line that is typed for the history or the log.

use crate::tui::widgets::text_input::TextInput;

/// A line that is typed for a pane of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// What is typed.
    pub field: TextInput,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl Prompt {
    /// With a text already in it.
    pub fn of(text: &str) -> Self {
        Self { field: TextInput::of(text), fault: None }
    }
}
