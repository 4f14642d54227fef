//! A question with its answers, and what follows from an overlay's answer to a key.

use uuid::Uuid;

use super::date::Dated;
use crate::engine::request::Act;
use crate::tui::acts::task::{Target, Task};
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::theme::Tone;
use crate::words::sentence::Sentence;

/// What follows from a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Nothing, or only something in the overlay.
    Stay,
    /// It closes.
    Close,
    /// It closes, and this is done.
    Then(Then),
}

/// What a choice leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// To nothing.
    Nothing,
    /// An action of the table.
    Do(Action),
    /// Acts on rows.
    Act(Vec<Task>),
    /// A date is asked for, until when these pause, or on which their old secrets go.
    Date(Dated, Vec<Target>),
    /// What an act would do is shown, and asked for.
    Plan(Act, Vec<Target>),
    /// A text is copied.
    Copy(String),
    /// The secret value of a row is shown for a while.
    Reveal(Uuid),
    /// The secret value of a row is copied, after a warning.
    CopyValue(Uuid),
    /// The secret value of a row is written into a private file.
    SaveValue(Uuid),
    /// A row is gone to.
    Go(Uuid),
    /// An action on the marked rows that are shown: those that a filter hides are left out.
    OnShown(Action),
    /// What the filter hides is shown again.
    ShowMarked,
    /// The marks are taken away.
    Unmark,
    /// What was planned is done in the way that cuts no one off.
    Safely(Vec<(Task, bool)>),
    /// A theme is kept.
    ApplyTheme(String),
    /// The draft of a rotation is continued.
    Draft,
    /// A rotation is begun anew.
    Fresh,
    /// An engine is left behind, then the end.
    LeaveBehind,
    /// The end.
    Quit,
}

/// A question with its answers: in a row for few words, as a menu for many.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What it is about.
    pub title: String,
    /// What there is to know first.
    pub text: Vec<(Tone, Sentence)>,
    /// The answers.
    pub choices: Vec<Choice>,
    /// The one that Enter takes.
    pub at: usize,
    /// Answers below each other.
    pub menu: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its key.
    pub key: char,
    /// What it says.
    pub label: String,
    /// What it leads to.
    pub then: Then,
    /// Why it cannot be chosen.
    pub obstacle: Option<String>,
}

impl Choice {
    /// An answer that can be chosen.
    pub fn new(key: char, label: impl Into<String>, then: Then) -> Self {
        Self { key, label: label.into(), then, obstacle: None }
    }

    /// The same, but not where there is an obstacle.
    #[must_use]
    pub fn unless(self, obstacle: Option<String>) -> Self {
        Self { obstacle, ..self }
    }
}

impl Question {
    /// Something to be read and put away.
    pub fn note(title: impl Into<String>, text: Vec<(Tone, Sentence)>) -> Self {
        Self { title: title.into(), text, choices: vec![Choice::new('q', "Close", Then::Nothing)], at: 0, menu: false }
    }

    /// Whether it asks nothing.
    pub fn is_note(&self) -> bool {
        matches!(self.choices.as_slice(), [only] if only.then == Then::Nothing)
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        let last = self.choices.len().saturating_sub(1);
        let chosen = match (key.code, key.typed()) {
            (Code::Enter, _) => Some(self.at),
            (Code::Up | Code::Left | Code::BackTab, _) => {
                self.at = self.at.checked_sub(1).unwrap_or(last);
                None
            }
            (Code::Down | Code::Right | Code::Tab, _) => {
                self.at = if self.at >= last { 0 } else { self.at + 1 };
                None
            }
            (_, Some(typed)) => {
                let found = self.choices.iter().position(|choice| choice.key == typed);
                if found.is_none() {
                    match typed {
                        // Yes to what is asked, whatever key it has of its own.
                        'y' if self.choices.iter().any(|choice| choice.then == Then::Quit) => {
                            return Step::Then(Then::Quit);
                        }
                        'n' | 'q' => return Step::Close,
                        'j' => self.at = (self.at + 1).min(last),
                        'k' => self.at = self.at.saturating_sub(1),
                        _ => {}
                    }
                }
                found
            }
            _ => None,
        };
        match chosen.and_then(|index| self.choices.get(index)) {
            Some(choice) if choice.obstacle.is_none() => match choice.then.clone() {
                Then::Nothing => Step::Close,
                then => Step::Then(then),
            },
            _ => Step::Stay,
        }
    }
}
