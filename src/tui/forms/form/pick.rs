//! One of many, or several of them, by a few of their letters; the rows may still be coming.
//!
//! A picker knows its rows and nothing of where they come from: who owns it fills it, and says what it waits for.

use crate::core::fault::Problem;
use std::collections::BTreeSet;

use crate::tui::keys::key::{Code, Key};
use crate::tui::widgets::fuzzy::score;
use crate::tui::widgets::text_input::TextInput;

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What else there is to know, of less weight.
    pub detail: String,
    /// Why it cannot be taken.
    pub obstacle: Option<String>,
    /// It stands behind the others until something is typed.
    pub last: bool,
    /// Name and detail in lower case, to be searched.
    hay: String,
    /// How much of that is the name.
    named: usize,
}

impl Row {
    /// A row that can be taken.
    pub fn new(key: impl Into<String>, name: impl Into<String>, detail: impl Into<String>) -> Self {
        let (key, name, detail) = (key.into(), name.into(), detail.into());
        let mut hay = name.to_lowercase();
        let named = hay.len();
        hay.push_str(&detail.to_lowercase());
        Self { key, name, detail, obstacle: None, last: false, hay, named }
    }

    /// How well it matches: the name by a few of its letters, the detail by a stretch of it. Letters from here and there
    /// would be found in any detail.
    fn score(&self, typed: &str) -> Option<i32> {
        let (name, detail) = self.hay.split_at(self.named);
        score(typed, name).or_else(|| detail.contains(typed.trim()).then_some(i32::MIN + 1))
    }

    /// The same, but not where there is an obstacle.
    #[must_use]
    pub fn unless(self, obstacle: Option<String>) -> Self {
        Self { obstacle, ..self }
    }
}

/// Whether the rows are all there.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load {
    /// They are.
    #[default]
    Done,
    /// More are coming.
    Coming,
    /// They could not be had: what happened, and what to do.
    Failed(Problem),
}

/// A picker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pick {
    /// What is typed.
    pub query: TextInput,
    /// The rows, in their own order.
    rows: Vec<Row>,
    /// Indices of what matches, best first.
    matches: Vec<usize>,
    /// Which of them is under the cursor.
    pub at: usize,
    /// The key of the row that was taken.
    pub chosen: Option<String>,
    /// The keys of those that are marked.
    pub marks: BTreeSet<String>,
    /// Whether several can be taken.
    pub several: bool,
    /// Whether what is typed can be taken as it is, where no row has it.
    pub free: bool,
    /// Whether the rows are all there.
    pub load: Load,
    /// What is said where there are none.
    pub empty: &'static str,
    /// As of when the rows are, in words; nothing where they cannot be old.
    pub as_of: String,
    /// The cursor was moved, or something typed, since the focus came.
    moved: bool,
}

impl Pick {
    /// Of these rows, the chosen one by its key.
    pub fn of(rows: Vec<Row>, chosen: Option<String>) -> Self {
        let mut pick = Self { rows, chosen, ..Self::default() };
        pick.focus();
        pick
    }

    /// So many of the rows that match, best first from the one at `first` on, with their places: what is on the screen,
    /// and nothing else is touched.
    pub fn window(&self, first: usize, count: usize) -> impl Iterator<Item = (usize, &Row)> {
        let end = first.saturating_add(count).min(self.matches.len());
        (first.min(end)..end).map(|place| (place, &self.rows[self.matches[place]]))
    }

    /// How many match.
    pub fn found(&self) -> usize {
        self.matches.len()
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row that was taken. What was typed freely has none.
    pub fn taken(&self) -> Option<&Row> {
        let chosen = self.chosen.as_ref()?;
        self.rows.iter().find(|row| row.key == *chosen)
    }

    /// The row under the cursor.
    pub fn here(&self) -> Option<&Row> {
        self.matches.get(self.at).map(|index| &self.rows[*index])
    }

    /// More rows came, at the end.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
        self.search_again();
    }

    /// Other rows are there now, or come one after the other; what was taken or marked stays meanwhile.
    pub fn refill(&mut self, rows: Vec<Row>) {
        self.rows = rows;
        self.search_again();
    }

    /// All rows are there: what none of them has is marked no more.
    pub fn complete(&mut self) {
        self.load = Load::Done;
        if !self.marks.is_empty() {
            let keys: BTreeSet<&str> = self.rows.iter().map(|row| row.key.as_str()).collect();
            self.marks.retain(|key| keys.contains(key.as_str()));
        }
    }

    /// How many are marked whose rows have not come.
    pub fn awaited(&self) -> usize {
        let there = self.rows.iter().filter(|row| self.marks.contains(&row.key)).count();
        self.marks.len().saturating_sub(there)
    }

    /// The focus comes: the cursor stands on what was taken.
    pub fn focus(&mut self) {
        self.moved = false;
        self.query = TextInput::default();
        self.search();
        let taken = |index: &usize| Some(&self.rows[*index].key) == self.chosen.as_ref();
        self.at = self.matches.iter().position(taken).unwrap_or(0);
    }

    /// The focus goes: what was moved to is taken, as Enter would; what was only passed by is not.
    pub fn blur(&mut self) -> Result<(), String> {
        let taken = if self.moved && self.marks.is_empty() { self.take() } else { Ok(()) };
        self.moved = false;
        taken
    }

    /// Takes the row under the cursor, or says why not.
    pub fn take(&mut self) -> Result<(), String> {
        let typed = self.query.text().trim().to_owned();
        if let Some(why) = self.barred() {
            return Err(why);
        }
        match self.here() {
            Some(row) => self.chosen = Some(row.key.clone()),
            None if typed.is_empty() => return Ok(()),
            None if self.free => self.chosen = Some(typed),
            None => return Err(format!("nothing here is like {typed:?}")),
        }
        self.moved = false;
        Ok(())
    }

    /// Why the row under the cursor cannot be taken or marked.
    pub fn barred(&self) -> Option<String> {
        let row = self.here()?;
        row.obstacle.as_ref().map(|why| format!("{}: {why}", row.name))
    }

    /// Takes a key; `false` where it means nothing to a picker.
    pub fn key(&mut self, key: Key) -> bool {
        let last = self.matches.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Up, _) | (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            (Code::Down, _) | (Code::Char('n'), true) => self.at = (self.at + 1).min(last),
            (Code::Char('d' | 'f'), true) => self.at = (self.at + 10).min(last),
            (Code::Char('b'), true) => self.at = self.at.saturating_sub(10),
            (Code::Char(' '), false) if self.several => return self.mark(),
            _ => {
                if !self.query.key(key) {
                    return false;
                }
                self.search();
            }
        }
        self.moved = true;
        true
    }

    /// Takes a paste.
    pub fn paste(&mut self, text: &str) {
        self.query.paste(text);
        self.moved = true;
        self.search();
    }

    fn mark(&mut self) -> bool {
        if let Some(row) = self.here().filter(|row| row.obstacle.is_none()) {
            let key = row.key.clone();
            if !self.marks.remove(&key) {
                self.marks.insert(key);
            }
            self.at = (self.at + 1).min(self.matches.len().saturating_sub(1));
        }
        true
    }

    /// Searches what is there now; the cursor stays on its row, where that is still there.
    fn search_again(&mut self) {
        let here = self.here_key();
        self.search();
        let stay = |index: &usize| Some(&self.rows[*index].key) == here.as_ref();
        // Before anything was moved the cursor stands where it stood: at the first, or on what was taken.
        if let Some(at) = self.matches.iter().position(stay) {
            self.at = at;
        }
    }

    fn here_key(&self) -> Option<String> {
        let index = self.matches.get(self.at)?;
        self.rows.get(*index).map(|row| row.key.clone())
    }

    fn search(&mut self) {
        let typed = self.query.text().to_lowercase();
        self.at = 0;
        if typed.trim().is_empty() {
            self.matches = (0..self.rows.len()).collect();
            self.matches.sort_by_key(|index| self.rows[*index].last);
            return;
        }
        let mut scored: Vec<(i32, usize)> =
            (self.rows.iter().enumerate()).filter_map(|(index, row)| Some((row.score(&typed)?, index))).collect();
        scored.sort_by_key(|(score, index)| (-score, *index));
        self.matches = scored.into_iter().map(|(_, index)| index).collect();
    }
}
