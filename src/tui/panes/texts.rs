//! The two panes of text, the history and the log: what their keys do, and what they are fed with.

use std::time::Duration as StdDuration;

use crate::core::secret::SecretValue;
use crate::engine::events::Event;
use crate::engine::refusal::Refusal;
use crate::engine::request::{HistoryQuery, Reply, Request};
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Ask, Effect, Purpose, Timer};
use crate::tui::panes::Pane;
use crate::tui::panes::history;
use crate::tui::panes::history::{Filter, Ticket};
use crate::tui::panes::log;
use crate::tui::panes::log::About;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::text_input::TextInput;

/// Attempts that the log begins with.
const PAST: usize = 40;

/// How long the cursor rests on a row before its history is asked for.
const REST: StdDuration = StdDuration::from_millis(150);

/// A line that is typed for a pane of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// What for.
    pub what: Prompted,
    /// What is typed.
    pub field: TextInput,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// What a line is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompted {
    /// What the log is searched for; it is searched while one types.
    Search,
    /// Which attempts are shown.
    Narrow,
}

/// Asks for what happened before the first event.
pub fn past() -> Effect {
    let query = HistoryQuery { limit: Some(PAST), ..HistoryQuery::default() };
    Effect::call(Purpose::Past, Request::History(query))
}

/// Does an action of one of the two.
pub fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    let now = model.now;
    let prompt = |what, text: &str| Some(Prompt { what, field: TextInput::of(text), fault: None });
    let log = match action {
        Action::Search => {
            model.prompt = prompt(Prompted::Search, "");
            return Vec::new();
        }
        Action::Narrow => {
            let words = model.history.filter().words(model.zone);
            model.prompt = prompt(Prompted::Narrow, if model.pinned { &words } else { "" });
            return Vec::new();
        }
        Action::Steps => return asks(model.history.act(history::Action::Open)),
        Action::AttemptLog => {
            let Some(entry) = model.history.selected() else { return Vec::new() };
            let about = About::Attempt(entry.id, format!("this attempt of {}", entry.whose()));
            return about_only(model, about);
        }
        Action::NextMatch => log::Action::NextMatch,
        Action::PreviousMatch => log::Action::PreviousMatch,
        Action::OnlyMatches => log::Action::ToggleMatchesOnly,
        Action::Follow => log::Action::ToggleFollow,
        Action::Level => log::Action::CycleLevel,
        Action::Times => log::Action::CycleTime,
        Action::Wrap => log::Action::ToggleWrap,
        Action::Left => log::Action::Sideways(-1),
        Action::Right => log::Action::Sideways(1),
        Action::Save => log::Action::Save,
        _ => return Vec::new(),
    };
    saves(model.log.act(log, now))
}

/// Moves in the pane that has the focus.
pub fn go(model: &mut Model, to: Move) -> Vec<Effect> {
    let now = model.now;
    if model.focus == Pane::Log {
        let action = match to {
            Move::By(rows) => log::Action::Move(rows),
            Move::Top => log::Action::First,
            Move::Bottom => log::Action::Last,
        };
        return saves(model.log.act(action, now));
    }
    let action = match to {
        Move::By(rows) => history::Action::Move(rows),
        Move::Top => history::Action::First,
        Move::Bottom => history::Action::Last,
    };
    asks(model.history.act(action))
}

/// Shows the log of the list's row.
pub fn row_log(model: &mut Model) -> Vec<Effect> {
    let rotation = model.rotation().map(|row| About::Rotation(row.name.clone()));
    let about = rotation.or_else(|| model.connection().map(|row| About::Connection(row.name.clone())));
    about.map(|about| about_only(model, about)).unwrap_or_default()
}

fn about_only(model: &mut Model, about: About) -> Vec<Effect> {
    let now = model.now;
    model.focus = Pane::Log;
    model.log.act(log::Action::About(Some(about)), now);
    saves(model.log.act(log::Action::Last, now))
}

/// One step back in the pane; `None` where there is nothing to go back from.
pub fn back(model: &mut Model) -> Option<Vec<Effect>> {
    let now = model.now;
    match model.focus {
        Pane::History if model.history.opened().is_some() => Some(asks(model.history.act(history::Action::Back))),
        Pane::History if model.pinned => {
            model.pinned = false;
            Some(asks(model.history.act(history::Action::Filter(Filter::default()))))
        }
        Pane::Log if model.log.about().is_some() => Some(saves(model.log.act(log::Action::About(None), now))),
        Pane::Log if !model.log.search().is_empty() => {
            if model.log.matches_only() {
                model.log.act(log::Action::ToggleMatchesOnly, now);
            }
            Some(saves(model.log.act(log::Action::Search(String::new()), now)))
        }
        _ => None,
    }
}

/// Takes a key for the line that is being typed.
pub fn prompted(model: &mut Model, key: Key) -> Vec<Effect> {
    let (zone, now) = (model.zone, model.now);
    let Some(prompt) = &mut model.prompt else { return Vec::new() };
    if key.leaves() {
        let search = prompt.what == Prompted::Search;
        model.prompt = None;
        return if search { saves(model.log.act(log::Action::Search(String::new()), now)) } else { Vec::new() };
    }
    if key.code == Code::Enter {
        if prompt.what == Prompted::Search {
            model.prompt = None;
            return Vec::new();
        }
        return match Filter::parse(prompt.field.text(), now, zone) {
            Err(fault) => {
                prompt.fault = Some(fault);
                Vec::new()
            }
            Ok(filter) => {
                model.prompt = None;
                model.pinned = !filter.is_empty();
                asks(model.history.act(history::Action::Filter(filter)))
            }
        };
    }
    prompt.field.key(key);
    prompt.fault = None;
    typed(model)
}

/// Takes a paste for the line that is being typed.
pub fn paste(model: &mut Model, text: &str) {
    if let Some(prompt) = &mut model.prompt {
        prompt.field.paste(text);
    }
    typed(model);
}

fn typed(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    match &model.prompt {
        Some(Prompt { what: Prompted::Search, field, .. }) => {
            let text = field.text().to_owned();
            saves(model.log.act(log::Action::Search(text), now))
        }
        _ => Vec::new(),
    }
}

/// Tells the history of an event.
pub fn on_event(model: &mut Model, event: &Event) -> Vec<Effect> {
    asks(model.history.event(event))
}

/// A page of the history, or why it did not come.
pub fn page(model: &mut Model, ticket: Ticket, result: Result<Reply, Refusal>) -> Vec<Effect> {
    match result {
        Ok(Reply::History { history, next, .. }) => asks(model.history.page(ticket, history, next)),
        Ok(_) => Vec::new(),
        Err(refusal) => {
            model.history.failed(ticket, &refusal.message);
            Vec::new()
        }
    }
}

/// After every message: the history asks only while it is seen, and beside the lists it follows their cursor.
pub fn watch(model: &mut Model) -> Vec<Effect> {
    let linked = model.link == crate::tui::model::Link::Up;
    let shown = linked && (model.focus == Pane::History || model.wide() && !model.zoomed);
    let mut effects = Vec::new();
    if std::mem::replace(&mut model.history_shown, shown) != shown {
        effects.extend(asks(model.history.set_visible(shown)));
    }
    if shown && !model.resting && follows(model).is_some() {
        model.resting = true;
        effects.push(Effect::Wait(Timer::Rested, REST));
    }
    effects
}

/// The filter that the history is to have, where it follows the cursor and has another.
fn follows(model: &Model) -> Option<Filter> {
    let beside = model.wide() && !model.pinned && model.focus != Pane::History;
    let row = model.rotation().filter(|_| beside)?;
    let wanted = Filter { rotation: Some(row.name.clone()), ..Filter::default() };
    (*model.history.filter() != wanted).then_some(wanted)
}

/// The cursor has rested: the history of its row is asked for.
pub fn rested(model: &mut Model) -> Vec<Effect> {
    model.resting = false;
    let Some(filter) = follows(model) else { return Vec::new() };
    let mut effects = asks(model.history.act(history::Action::Filter(filter)));
    // The detail beside it has room for the secrets as well.
    effects.extend(model.rotation().map(|row| crate::tui::actions::ask_secrets(row.id)));
    effects
}

fn asks(effects: Vec<history::Effect>) -> Vec<Effect> {
    let ask = |history::Effect::Fetch { ticket, query, wait }| {
        let (purpose, ask) = (Purpose::History(ticket), Ask(Request::History(query)));
        Effect::CallLater(wait.to_std().unwrap_or_default(), purpose, ask)
    };
    effects.into_iter().map(ask).collect()
}

fn saves(effects: Vec<log::Effect>) -> Vec<Effect> {
    let save = |log::Effect::Save { name, text, .. }| Effect::Save(name, SecretValue::new(text));
    effects.into_iter().map(save).collect()
}

#[cfg(test)]
mod tests;
