//! The history: attempts newest first, loaded page by page as one goes down, and the steps of one of them.
//!
//! What is still running stands on top. Events do not carry steps, so an event about an attempt asks for the newest page
//! again; while an answer is awaited further events only note that one more is wanted. Pure: what is to be asked of the
//! engine is returned, and answers to questions that no one has any more (a filter changed) have no effect.

pub mod pane;
pub mod view;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::core::history::{Entry, Step};
use crate::engine::events::Event;
use crate::engine::request::HistoryQuery;

mod filter;

pub use filter::{Filter, word};

/// Attempts of one page.
const PAGE: usize = 100;

/// How near to the last loaded attempt the next page is asked for.
const NEAR: usize = 25;

/// How long after an answer the same is asked again, where something happened meanwhile.
const PAUSE: Duration = Duration::milliseconds(250);

/// Attempts that are kept. Further back one comes with a time in the filter; a million would not fit.
const KEPT: usize = 4_000;

/// What can be done with the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// So many rows down, or up where negative: attempts, or steps where they are open.
    Move(isize),
    /// To the first row.
    First,
    /// To the last row that is loaded.
    Last,
    /// Show the steps of the attempt under the cursor.
    Open,
    /// Back to the attempts; at the attempts, everything again.
    Back,
    /// Show only these.
    Filter(Filter),
}

/// What is to be done outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the engine for a page, and bring the answer back under this ticket ([`History::page`], [`History::failed`]).
    Fetch {
        /// Which question it answers.
        ticket: Ticket,
        /// The question.
        query: HistoryQuery,
        /// How long to wait before asking, so that a busy hour of the engine does not become a busier one.
        wait: Duration,
    },
}

/// Which question an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Counts the filters: an answer to an older one is let go.
    round: u64,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The newest page.
    Top,
    /// The page after what is loaded.
    More,
    /// One attempt that was running and is not on the newest page any more.
    One(Uuid),
}

/// The history.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Running ones first, then by their start; newest first.
    entries: Vec<Entry>,
    next: Option<Uuid>,
    filter: Filter,
    cursor: Option<Uuid>,
    /// The attempt whose steps are shown, and the step under the cursor.
    open: Option<(Uuid, usize)>,
    round: u64,
    visible: bool,
    /// The newest page was asked for and is not there yet.
    asked: bool,
    /// Something happened since it was asked for.
    again: bool,
    asked_more: bool,
    loaded: bool,
    fault: Option<String>,
}

impl History {
    /// The pane is seen from now on, or not any more. What no one sees asks for nothing.
    pub fn set_visible(&mut self, visible: bool) -> Vec<Effect> {
        self.visible = visible;
        let wanted = visible && (!self.loaded || self.again);
        if wanted { self.top().into_iter().collect() } else { Vec::new() }
    }

    /// Does what was asked for.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Move(rows) => self.step(rows),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::Open => {
                if let (None, Some(entry)) = (self.open, self.selected()) {
                    self.open = Some((entry.id, entry.steps.len().saturating_sub(1)));
                }
                Vec::new()
            }
            Action::Back if self.open.take().is_some() || self.filter.is_empty() => Vec::new(),
            Action::Back => self.act(Action::Filter(Filter::default())),
            Action::Filter(filter) => {
                self.filter = filter;
                self.open = None;
                self.reload()
            }
        }
    }

    fn reload(&mut self) -> Vec<Effect> {
        self.round += 1;
        self.entries.clear();
        (self.next, self.loaded, self.fault) = (None, false, None);
        (self.asked, self.again, self.asked_more) = (false, false, false);
        if self.visible { self.top().into_iter().collect() } else { Vec::new() }
    }

    fn top(&mut self) -> Option<Effect> {
        self.again = self.asked;
        if std::mem::replace(&mut self.asked, true) {
            return None;
        }
        Some(self.fetch(Part::Top, self.filter.query(None, PAGE)))
    }

    fn more(&mut self) -> Option<Effect> {
        let before = self.next.filter(|_| !self.asked_more && self.entries.len() < KEPT)?;
        self.asked_more = true;
        Some(self.fetch(Part::More, self.filter.query(Some(before), PAGE)))
    }

    fn fetch(&self, part: Part, query: HistoryQuery) -> Effect {
        Effect::Fetch { ticket: Ticket { round: self.round, part }, query, wait: Duration::zero() }
    }

    fn step(&mut self, rows: isize) -> Vec<Effect> {
        if let Some((id, step)) = self.open {
            let last = self.opened().map_or(0, |entry| entry.steps.len().saturating_sub(1));
            self.open = Some((id, step.saturating_add_signed(rows).min(last)));
            return Vec::new();
        }
        let Some(last) = self.entries.len().checked_sub(1) else { return Vec::new() };
        let there = self.place().saturating_add_signed(rows).min(last);
        self.cursor = self.entries.get(there).map(|entry| entry.id);
        if there + NEAR > last { self.more().into_iter().collect() } else { Vec::new() }
    }

    /// An event came.
    pub fn event(&mut self, event: &Event) -> Vec<Effect> {
        let reset = event.kind == "reset";
        if event.attempt.is_none() && !reset {
            return Vec::new();
        }
        let other = |wanted: &String| event.rotation.as_ref().is_some_and(|name| name != wanted);
        let running = |entry: &Entry| Some(entry.id) == event.attempt && entry.ended_at.is_none();
        if !reset && self.filter.rotation.as_ref().is_some_and(other) && !self.entries.iter().any(running) {
            return Vec::new();
        }
        if self.visible {
            return self.top().into_iter().collect();
        }
        self.again = true;
        Vec::new()
    }

    /// A page came.
    pub fn page(&mut self, ticket: Ticket, page: Vec<Entry>, next: Option<Uuid>) -> Vec<Effect> {
        if ticket.round != self.round {
            return Vec::new();
        }
        self.fault = None;
        match ticket.part {
            Part::Top => self.newest(page, next),
            Part::More => {
                self.asked_more = false;
                self.next = next;
                self.merge(page);
                Vec::new()
            }
            Part::One(id) => {
                self.entries.retain(|entry| entry.id != id);
                self.merge(page.into_iter().filter(|entry| entry.id == id).collect());
                Vec::new()
            }
        }
    }

    fn newest(&mut self, page: Vec<Entry>, next: Option<Uuid>) -> Vec<Effect> {
        self.asked = false;
        let fresh = |id: Uuid| page.iter().any(|entry| entry.id == id);
        // Running ones come with the newest page. One that does not has ended, and may stand further down by now.
        let over: Vec<(Uuid, Option<Uuid>, DateTime<Utc>)> = self
            .entries
            .iter()
            .filter(|entry| entry.ended_at.is_none() && !fresh(entry.id))
            .map(|entry| (entry.id, entry.rotation_id, entry.started_at))
            .collect();
        // So much happened since the last page that there is a hole between it and this one: begin again from here.
        let mut ended = self.entries.iter().filter(|entry| entry.ended_at.is_some()).peekable();
        let hole = next.is_some() && self.loaded && ended.peek().is_some() && !ended.any(|entry| fresh(entry.id));
        if !self.loaded || hole {
            self.entries.clear();
            self.next = next;
            self.round += u64::from(hole);
            self.asked_more = false;
        }
        self.loaded = true;
        self.merge(page);
        let mut effects = Vec::new();
        if !hole {
            for (id, rotation, started) in over {
                let query = HistoryQuery {
                    rotation: rotation.map(|id| id.to_string()),
                    since: Some(started),
                    until: Some(started + Duration::milliseconds(1)),
                    ..HistoryQuery::default()
                };
                effects.push(self.fetch(Part::One(id), query));
            }
        }
        if self.again && self.visible {
            effects.extend(self.top().map(|Effect::Fetch { ticket, query, .. }| Effect::Fetch {
                ticket,
                query,
                wait: PAUSE,
            }));
        }
        effects
    }

    fn merge(&mut self, page: Vec<Entry>) {
        for entry in page {
            self.entries.retain(|known| known.id != entry.id);
            if self.filter.keeps(&entry) {
                self.entries.push(entry);
            }
        }
        self.entries.sort_by(|a, b| (a.ended_at.is_some(), b.id).cmp(&(b.ended_at.is_some(), a.id)));
        if self.entries.len() > KEPT {
            self.entries.truncate(KEPT);
            self.next = self.entries.last().map(|entry| entry.id);
        }
        let there = |id: Uuid| self.entries.iter().any(|entry| entry.id == id);
        self.cursor = self.cursor.filter(|id| there(*id));
        self.open = self.open.filter(|(id, _)| there(*id));
    }

    /// A page did not come. `message` says why.
    pub fn failed(&mut self, ticket: Ticket, message: &str) {
        if ticket.round != self.round {
            return;
        }
        match ticket.part {
            Part::Top => (self.asked, self.again, self.loaded) = (false, false, true),
            Part::More => self.asked_more = false,
            Part::One(_) => {}
        }
        self.fault = Some(message.to_owned());
    }

    /// The attempts that are loaded.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the cursor is among them.
    pub fn place(&self) -> usize {
        self.entries.iter().position(|entry| Some(entry.id) == self.cursor).unwrap_or(0)
    }

    /// The attempt under the cursor.
    pub fn selected(&self) -> Option<&Entry> {
        self.entries.get(self.place())
    }

    /// The attempt whose steps are shown.
    pub fn opened(&self) -> Option<&Entry> {
        let (id, _) = self.open?;
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The step under the cursor, and its place, where steps are shown.
    pub fn step_selected(&self) -> Option<(usize, &Step)> {
        let (_, step) = self.open?;
        let entry = self.opened()?;
        let step = step.min(entry.steps.len().saturating_sub(1));
        Some((step, entry.steps.get(step)?))
    }

    /// Which attempts are shown.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether there are older ones that are not loaded.
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// Whether no more will be loaded, though there are: the filter has to say a time.
    pub fn is_full(&self) -> bool {
        self.has_more() && self.entries.len() >= KEPT
    }

    /// Whether the first page is still awaited.
    pub fn is_loading(&self) -> bool {
        !self.loaded
    }

    /// Why the last page did not come.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

#[cfg(test)]
mod tests;
