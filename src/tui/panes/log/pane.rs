//! The pane of the log: its keys, and the line that searches it.

use chrono::{DateTime, Utc};

use super::{About, Action, Effect as Saves, Log};
use crate::core::secret::SecretValue;
use crate::engine::request::{HistoryQuery, Request};
use crate::tui::keys::action::Action as Key;
use crate::tui::keys::key::{Code, Key as Pressed};
use crate::tui::msg::{Effect, Purpose};
use crate::tui::panes::prompt::Prompt;
use crate::tui::widgets::cursor::Move;

/// Attempts that the log begins with.
const PAST: usize = 40;

/// The log as it stands on the screen.
#[derive(Clone, Debug, Default)]
pub struct LogPane {
    /// The lines.
    pub lines: Log,
    /// What it is searched for, while that is typed.
    pub prompt: Option<Prompt>,
}

/// Asks for what happened before the first event.
pub fn past() -> Effect {
    let query = HistoryQuery { limit: Some(PAST), ..HistoryQuery::default() };
    Effect::call(Purpose::Past, Request::History(query))
}

impl LogPane {
    /// Does an action of the table.
    pub fn perform(&mut self, action: Key, now: DateTime<Utc>) -> Vec<Effect> {
        let action = match action {
            Key::Search => {
                self.prompt = Some(Prompt::default());
                return Vec::new();
            }
            Key::NextMatch => Action::NextMatch,
            Key::PreviousMatch => Action::PreviousMatch,
            Key::OnlyMatches => Action::ToggleMatchesOnly,
            Key::Follow => Action::ToggleFollow,
            Key::Level => Action::CycleLevel,
            Key::Times => Action::CycleTime,
            Key::Wrap => Action::ToggleWrap,
            Key::Left => Action::Sideways(-1),
            Key::Right => Action::Sideways(1),
            Key::Save => Action::Save,
            _ => return Vec::new(),
        };
        self.act(action, now)
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Effect> {
        let save = |Saves::Save { name, text, .. }| Effect::Save(name, SecretValue::new(text));
        self.lines.act(action, now).into_iter().map(save).collect()
    }

    /// Moves the cursor.
    pub fn go(&mut self, to: Move, now: DateTime<Utc>) -> Vec<Effect> {
        let action = match to {
            Move::By(rows) => Action::Move(rows),
            Move::Top => Action::First,
            Move::Bottom => Action::Last,
        };
        self.act(action, now)
    }

    /// Shows only these lines, the newest first in sight.
    pub fn only(&mut self, about: About, now: DateTime<Utc>) -> Vec<Effect> {
        self.act(Action::About(Some(about)), now);
        self.act(Action::Last, now)
    }

    /// One step back; `None` where there is nothing to go back from.
    pub fn back(&mut self, now: DateTime<Utc>) -> Option<Vec<Effect>> {
        if self.lines.about().is_some() {
            return Some(self.act(Action::About(None), now));
        }
        if self.lines.search().is_empty() {
            return None;
        }
        if self.lines.matches_only() {
            self.act(Action::ToggleMatchesOnly, now);
        }
        Some(self.act(Action::Search(String::new()), now))
    }

    /// Takes a key for the line that is being typed; it is searched while one types.
    pub fn prompted(&mut self, key: Pressed, now: DateTime<Utc>) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        if key.leaves() {
            self.prompt = None;
            return self.act(Action::Search(String::new()), now);
        }
        if key.code == Code::Enter {
            self.prompt = None;
            return Vec::new();
        }
        prompt.field.key(key);
        self.search(now)
    }

    /// Takes a paste for the line that is being typed.
    pub fn paste(&mut self, text: &str, now: DateTime<Utc>) -> Vec<Effect> {
        if let Some(prompt) = &mut self.prompt {
            prompt.field.paste(text);
        }
        self.search(now)
    }

    fn search(&mut self, now: DateTime<Utc>) -> Vec<Effect> {
        let text = self.prompt.as_ref().map(|prompt| prompt.field.text().to_owned());
        text.map(|text| self.act(Action::Search(text), now)).unwrap_or_default()
    }
}
