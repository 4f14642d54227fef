//! The live log: the recent past, then every event as it comes.
//!
//! Lines are kept in a ring, by number: a number never changes its line, so that a paused reader stays where they are
//! while lines come in and old ones go. What is shown (the level, one row's, only matches) is kept up to date line by line
//! and made anew only when a filter changes. Pure: the time is an argument, and saving is an effect that is returned.

pub mod pane;
pub mod view;

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use crate::core::history::Entry;
use crate::engine::events::{Event, Level};

mod action;
mod line;
mod search;

pub use action::{Action, Effect, TimeMode};
pub use line::{About, Line};
pub use search::Search;

/// Lines that are kept, and how many bytes they may take together.
const LINES: usize = 10_000;
const BYTES: usize = 4 * 1024 * 1024;

/// Columns of one step sideways.
const SIDEWAYS: usize = 20;

/// The log.
#[derive(Clone, Debug)]
pub struct Log {
    lines: VecDeque<Line>,
    /// Number of the first line that is kept.
    first: u64,
    bytes: usize,
    /// Numbers of the lines that are shown.
    shown: VecDeque<u64>,
    /// Numbers of those of them that match what is searched for.
    found: VecDeque<u64>,
    /// Where the reader stands; none while following.
    at: Option<u64>,
    search: Search,
    matches_only: bool,
    level: Level,
    about: Option<About>,
    time: TimeMode,
    wrap: bool,
    left: usize,
    /// Whether the past was put before the first event.
    seeded: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            lines: VecDeque::new(),
            first: 0,
            bytes: 0,
            shown: VecDeque::new(),
            found: VecDeque::new(),
            at: None,
            search: Search::default(),
            matches_only: false,
            level: Level::Info,
            about: None,
            time: TimeMode::default(),
            wrap: false,
            left: 0,
            seeded: false,
        }
    }
}

impl Log {
    /// Puts the recent past first: the steps of these attempts that are older than `live`, from when on every event
    /// comes by itself. Then a line that says where the past ends. A second call does nothing.
    pub fn seed(&mut self, past: &[Entry], live: DateTime<Utc>) {
        if std::mem::replace(&mut self.seeded, true) {
            return;
        }
        let mut lines: Vec<Line> = past.iter().flat_map(Line::of_attempt).filter(|line| line.at < live).collect();
        lines.sort_by_key(|line| line.at);
        let came: Vec<Line> = std::mem::take(&mut self.lines).into();
        (self.first, self.bytes, self.at) = (0, 0, None);
        self.shown.clear();
        self.found.clear();
        let until = if lines.is_empty() { "nothing happened here before" } else { "the past ends here" };
        lines.push(Line::own(live, Level::Info, &format!("{until}; what follows is live")));
        for line in lines.into_iter().chain(came) {
            self.add(line);
        }
    }

    /// An event came. A reset says that some may be missing, and where.
    pub fn push(&mut self, event: &Event, now: DateTime<Utc>) {
        let gap = "the log resumes here; see the history for the gap";
        self.add(if event.kind == "reset" { Line::own(now, Level::Warn, gap) } else { Line::of_event(event) });
    }

    fn add(&mut self, line: Line) {
        let number = self.first + self.lines.len() as u64;
        if self.wants(&line) {
            self.shown.push_back(number);
            if self.search.finds(&line) {
                self.found.push_back(number);
            }
        }
        self.bytes += line.bytes();
        self.lines.push_back(line);
        while self.lines.len() > LINES || (self.bytes > BYTES && self.lines.len() > 1) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        let Some(line) = self.lines.pop_front() else { return };
        self.bytes -= line.bytes();
        if self.shown.front() == Some(&self.first) {
            self.shown.pop_front();
        }
        if self.found.front() == Some(&self.first) {
            self.found.pop_front();
        }
        self.first += 1;
        // A reader who stood on it stands on the oldest that is left.
        if self.at.is_some_and(|at| at < self.first) {
            self.at = self.shown.front().copied();
        }
    }

    fn wants(&self, line: &Line) -> bool {
        line.level >= self.level
            && self.about.as_ref().is_none_or(|about| about.is_of(line))
            && (!self.matches_only || self.search.is_empty() || self.search.finds(line))
    }

    fn refilter(&mut self) {
        self.shown = (self.first..).zip(&self.lines).filter(|(_, line)| self.wants(line)).map(|(n, _)| n).collect();
        self.search_again();
        if let Some(at) = self.at {
            let index = self.shown.partition_point(|number| *number < at);
            self.at = self.shown.get(index).or(self.shown.back()).copied();
        }
    }

    /// Does what was asked for.
    pub fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Effect> {
        match action {
            Action::Move(lines) => self.step(lines),
            Action::First => self.at = self.shown.front().copied(),
            Action::Last => self.at = None,
            Action::ToggleFollow => self.at = if self.at.is_some() { None } else { self.shown.back().copied() },
            Action::Search(text) => {
                self.search = Search::new(&text);
                if self.matches_only {
                    self.refilter();
                } else {
                    self.search_again();
                }
                self.nearest_match();
            }
            Action::NextMatch => self.find(true),
            Action::PreviousMatch => self.find(false),
            Action::ToggleMatchesOnly => {
                self.matches_only = !self.matches_only;
                self.refilter();
            }
            Action::Level(level) => {
                self.level = level;
                self.refilter();
            }
            Action::CycleLevel => {
                let level = match self.level {
                    Level::Info => Level::Warn,
                    Level::Warn => Level::Error,
                    Level::Error => Level::Info,
                };
                return self.act(Action::Level(level), now);
            }
            Action::CycleTime => {
                self.time = match self.time {
                    TimeMode::Local => TimeMode::Utc,
                    TimeMode::Utc => TimeMode::Relative,
                    TimeMode::Relative => TimeMode::Local,
                };
            }
            Action::ToggleWrap => (self.wrap, self.left) = (!self.wrap, 0),
            Action::Sideways(_) if self.wrap => {}
            Action::Sideways(steps) => {
                let columns = SIDEWAYS * steps.unsigned_abs();
                self.left = if steps > 0 { self.left + columns } else { self.left.saturating_sub(columns) }.min(LINES);
            }
            Action::About(about) => {
                self.about = about;
                self.refilter();
            }
            Action::Save => return vec![self.save(now)],
        }
        Vec::new()
    }

    fn step(&mut self, lines: isize) {
        let Some(last) = self.shown.len().checked_sub(1) else { return };
        let here = self.place().unwrap_or(last);
        let there = here.saturating_add_signed(lines);
        // Moving down from the last line means following; while following there is nothing further down.
        let over = there > last && (here == last || self.at.is_none());
        self.at = if over { None } else { self.shown.get(there.min(last)).copied() };
    }

    fn place(&self) -> Option<usize> {
        let at = self.at?;
        Some(self.shown.partition_point(|number| *number < at).min(self.shown.len().checked_sub(1)?))
    }

    fn search_again(&mut self) {
        let finds = |index: &usize| self.line(*index).is_some_and(|line| self.search.finds(line));
        self.found = (0..self.shown.len()).filter(finds).filter_map(|index| self.number(index)).collect();
    }

    /// While someone types: stay where a match is, else go up to one, else down.
    fn nearest_match(&mut self) {
        let upto = self.found.partition_point(|number| *number <= self.at.unwrap_or(u64::MAX));
        let near = upto.checked_sub(1).and_then(|index| self.found.get(index)).or(self.found.front());
        self.at = near.copied().or(self.at);
    }

    fn find(&mut self, down: bool) {
        let at = self.at.unwrap_or(u64::MAX);
        let near = if down {
            self.found.get(self.found.partition_point(|number| *number <= at)).or(self.found.front())
        } else {
            let above = self.found.partition_point(|number| *number < at).checked_sub(1);
            above.and_then(|index| self.found.get(index)).or(self.found.back())
        };
        self.at = near.copied().or(self.at);
    }

    fn save(&self, now: DateTime<Utc>) -> Effect {
        let mut text = String::new();
        for index in 0..self.shown.len() {
            if let Some(line) = self.line(index) {
                text.push_str(&line.written());
            }
        }
        let at = now.format("%Y%m%dT%H%M%SZ");
        Effect::Save { name: format!("windlass-log-{at}.txt"), text, lines: self.shown.len() }
    }

    /// How many lines are shown.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// How many lines are kept but not shown.
    pub fn hidden(&self) -> usize {
        self.lines.len() - self.shown.len()
    }

    /// How many of the shown lines match, and which of them the reader stands on, from 1.
    pub fn matched(&self) -> (usize, Option<usize>) {
        let at = self.at.and_then(|at| self.found.binary_search(&at).ok());
        (self.found.len(), at.map(|index| index + 1))
    }

    /// A shown line by its place among them.
    pub fn line(&self, index: usize) -> Option<&Line> {
        let number = self.shown.get(index)?;
        self.lines.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// The number of a shown line, which stays while others come and go.
    pub fn number(&self, index: usize) -> Option<u64> {
        self.shown.get(index).copied()
    }

    /// The place of the first shown line with this number or a later one.
    pub fn place_of(&self, number: u64) -> usize {
        self.shown.partition_point(|shown| *shown < number)
    }

    /// Where the reader stands among the shown lines; none while following.
    pub fn cursor(&self) -> Option<usize> {
        self.place()
    }

    /// Whether the newest line is kept in sight.
    pub fn follows(&self) -> bool {
        self.at.is_none()
    }

    /// What is searched for.
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// Whether only matches are shown.
    pub fn matches_only(&self) -> bool {
        self.matches_only
    }

    /// The level from which on lines are shown.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Whose lines are shown, where not all are.
    pub fn about(&self) -> Option<&About> {
        self.about.as_ref()
    }

    /// How times are shown.
    pub fn time(&self) -> TimeMode {
        self.time
    }

    /// Whether long lines are broken.
    pub fn wraps(&self) -> bool {
        self.wrap
    }

    /// How many columns of each message are left of the pane.
    pub fn left(&self) -> usize {
        self.left
    }
}

#[cfg(test)]
mod tests;
