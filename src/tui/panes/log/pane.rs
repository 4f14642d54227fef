//! The pane of the log: its keys, and the line that searches it.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{About, Action, Effect as Saves, Log, TimeMode, view};
use crate::core::secret::SecretValue;
use crate::engine::events::Event;
use crate::engine::request::{HistoryQuery, Request};
use crate::tui::keys::action::Action as Key;
use crate::tui::keys::key::{Code, Key as Pressed};
use crate::tui::msg::{Effect, Purpose};
use crate::tui::panes::content::Content;
use crate::tui::panes::prompt::Prompt;
use crate::tui::scene::Scene;
use crate::tui::session::Session;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::pane::PaneMemory;

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

impl Content for LogPane {
    fn draw(&self, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) -> Option<Position> {
        view::draw(&self.lines, scene, memory, area, buf);
        None
    }

    fn note(&self, session: &Session) -> String {
        match self.lines.time() {
            TimeMode::Relative => String::new(),
            TimeMode::Utc => "times: UTC".into(),
            TimeMode::Local => format!("times: {}", session.preferences.zone),
        }
    }

    fn event(&mut self, event: &Event, session: &Session) -> Vec<Effect> {
        self.lines.push(event, session.now);
        Vec::new()
    }

    fn perform(&mut self, action: Key, session: &Session) -> Vec<Effect> {
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
        self.act(action, session.now)
    }

    fn go(&mut self, to: Move, session: &Session) -> Vec<Effect> {
        let action = match to {
            Move::By(rows) => Action::Move(rows),
            Move::Top => Action::First,
            Move::Bottom => Action::Last,
        };
        self.act(action, session.now)
    }

    fn back(&mut self, session: &Session) -> Option<Vec<Effect>> {
        let now = session.now;
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

    fn prompt(&self) -> Option<(&Prompt, &'static str)> {
        Some((self.prompt.as_ref()?, "Enter keeps it, Esc clears it"))
    }

    /// It is searched while one types.
    fn prompted(&mut self, key: Pressed, session: &Session) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        if key.leaves() {
            self.prompt = None;
            return self.act(Action::Search(String::new()), session.now);
        }
        if key.code == Code::Enter {
            self.prompt = None;
            return Vec::new();
        }
        prompt.field.key(key);
        self.search(session.now)
    }

    fn pasted(&mut self, text: &str, session: &Session) -> Vec<Effect> {
        if let Some(prompt) = &mut self.prompt {
            prompt.field.paste(text);
        }
        self.search(session.now)
    }
}

impl LogPane {
    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Effect> {
        let save = |Saves::Save { name, text, .. }| Effect::Save(name, SecretValue::new(text));
        self.lines.act(action, now).into_iter().map(save).collect()
    }

    /// Shows only these lines, the newest first in sight.
    pub fn only(&mut self, about: About, now: DateTime<Utc>) -> Vec<Effect> {
        self.act(Action::About(Some(about)), now);
        self.act(Action::Last, now)
    }

    fn search(&mut self, now: DateTime<Utc>) -> Vec<Effect> {
        let text = self.prompt.as_ref().map(|prompt| prompt.field.text().to_owned());
        text.map(|text| self.act(Action::Search(text), now)).unwrap_or_default()
    }
}
