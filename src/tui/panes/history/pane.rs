//! The pane of the history: its keys, the line that narrows it, and the row of the lists that it follows.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Action, Effect as Asks, Filter, History, Ticket, view};
use crate::engine::events::Event;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Reply, Request};
use crate::tui::keys::action::Action as Key;
use crate::tui::keys::key::{Code, Key as Pressed};
use crate::tui::msg::{Effect, Purpose, Timer};
use crate::tui::panes::content::Content;
use crate::tui::panes::prompt::Prompt;
use crate::tui::scene::Scene;
use crate::tui::session::Session;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::pane::PaneMemory;

/// How long the cursor rests on a row before its history is asked for.
const REST: Duration = Duration::from_millis(150);

/// The history as it stands on the screen.
#[derive(Clone, Debug, Default)]
pub struct HistoryPane {
    /// The attempts.
    pub attempts: History,
    /// What is typed to narrow it.
    pub prompt: Option<Prompt>,
    /// What it shows was chosen: it does not follow the cursor.
    pinned: bool,
    /// The timer for the history of the cursor's row runs.
    resting: bool,
    /// It is on the screen.
    shown: bool,
}

impl Content for HistoryPane {
    fn draw(&self, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) -> Option<Position> {
        view::draw(&self.attempts, scene, memory, area, buf);
        None
    }

    fn event(&mut self, event: &Event, _: &Session) -> Vec<Effect> {
        asks(self.attempts.event(event))
    }

    fn perform(&mut self, action: Key, session: &Session) -> Vec<Effect> {
        match action {
            Key::Narrow => {
                let words = self.attempts.filter().words(session.preferences.zone);
                self.prompt = Some(Prompt::of(if self.pinned { &words } else { "" }));
                Vec::new()
            }
            Key::Steps => asks(self.attempts.act(Action::Open)),
            _ => Vec::new(),
        }
    }

    fn go(&mut self, to: Move, _: &Session) -> Vec<Effect> {
        asks(self.attempts.act(match to {
            Move::By(rows) => Action::Move(rows),
            Move::Top => Action::First,
            Move::Bottom => Action::Last,
        }))
    }

    fn back(&mut self, _: &Session) -> Option<Vec<Effect>> {
        if self.attempts.opened().is_some() {
            return Some(asks(self.attempts.act(Action::Back)));
        }
        std::mem::take(&mut self.pinned).then(|| asks(self.attempts.act(Action::Filter(Filter::default()))))
    }

    fn prompt(&self) -> Option<(&Prompt, &'static str)> {
        Some((self.prompt.as_ref()?, "NAME outcome:failed by:mira since:7d    Enter shows them"))
    }

    fn prompted(&mut self, key: Pressed, session: &Session) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        if key.leaves() {
            self.prompt = None;
            return Vec::new();
        }
        if key.code != Code::Enter {
            prompt.field.key(key);
            prompt.fault = None;
            return Vec::new();
        }
        match Filter::parse(prompt.field.text(), session.now, session.preferences.zone) {
            Err(fault) => {
                prompt.fault = Some(fault);
                Vec::new()
            }
            Ok(filter) => {
                self.prompt = None;
                self.pinned = !filter.is_empty();
                asks(self.attempts.act(Action::Filter(filter)))
            }
        }
    }

    fn pasted(&mut self, text: &str, _: &Session) -> Vec<Effect> {
        if let Some(prompt) = &mut self.prompt {
            prompt.field.paste(text);
        }
        Vec::new()
    }
}

impl HistoryPane {
    /// Shows the attempts of a rotation and no others, until they are left.
    pub fn only(&mut self, rotation: String) -> Vec<Effect> {
        self.pinned = true;
        asks(self.attempts.act(Action::Filter(Filter { rotation: Some(rotation), ..Filter::default() })))
    }

    /// A page came, or why it did not.
    pub fn page(&mut self, ticket: Ticket, result: Result<Reply, Refusal>) -> Vec<Effect> {
        match result {
            Ok(Reply::History { history, next, .. }) => asks(self.attempts.page(ticket, history, next)),
            Ok(_) => Vec::new(),
            Err(refusal) => {
                self.attempts.failed(ticket, &refusal.to_string());
                Vec::new()
            }
        }
    }

    /// After every message: it asks only while it is seen, and beside the lists it follows their cursor. `beside` is the name
    /// of the rotation under that, where the history stands beside it.
    pub fn watch(&mut self, shown: bool, beside: Option<&str>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if std::mem::replace(&mut self.shown, shown) != shown {
            effects.extend(asks(self.attempts.set_visible(shown)));
        }
        if shown && !self.resting && self.follows(beside).is_some() {
            self.resting = true;
            effects.push(Effect::Wait(Timer::Rested, REST));
        }
        effects
    }

    /// The filter that it is to have, where it follows the cursor and has another.
    fn follows(&self, beside: Option<&str>) -> Option<Filter> {
        let name = beside.filter(|_| !self.pinned)?;
        let wanted = Filter { rotation: Some(name.to_owned()), ..Filter::default() };
        (*self.attempts.filter() != wanted).then_some(wanted)
    }

    /// The cursor has rested: the history of its row is asked for. `None` where it does not follow.
    pub fn rested(&mut self, beside: Option<&str>) -> Option<Vec<Effect>> {
        self.resting = false;
        let filter = self.follows(beside)?;
        Some(asks(self.attempts.act(Action::Filter(filter))))
    }
}

fn asks(effects: Vec<Asks>) -> Vec<Effect> {
    let ask = |Asks::Fetch { ticket, query, wait }| {
        Effect::call_later(wait.to_std().unwrap_or_default(), Purpose::History(ticket), Request::History(query))
    };
    effects.into_iter().map(ask).collect()
}
