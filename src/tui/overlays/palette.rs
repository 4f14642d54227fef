//! The palette: actions and rows by a few of their letters.

use uuid::Uuid;

use crate::tui::keys::action::{self, Action};
use crate::tui::keys::key::{Code, Key};
use crate::tui::obstacle::obstacle;
use crate::tui::overlays::question::{Step, Then};
use crate::tui::panes::Pane;
use crate::tui::selection::Selection;
use crate::tui::session::Session;
use crate::tui::widgets::fuzzy::score;
use crate::tui::widgets::text_input::TextInput;

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it is.
    pub what: What,
    /// How it is called.
    pub name: String,
    /// Its keys, as they are written.
    pub keys: String,
    /// Why it cannot be chosen now.
    pub obstacle: Option<String>,
}

/// What an item leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// An action.
    Do(Action),
    /// A row.
    Go(Uuid),
}

/// What is typed, and what matches it, best first.
#[derive(Clone, Debug)]
pub struct Palette {
    /// What is typed.
    pub field: TextInput,
    /// Everything there is.
    items: Vec<Entry>,
    /// Indices of what matches.
    matches: Vec<usize>,
    /// The one that Enter takes.
    pub at: usize,
}

impl Palette {
    /// Over these items.
    pub fn new(items: Vec<Entry>) -> Self {
        let mut palette = Self { field: TextInput::default(), items, matches: Vec::new(), at: 0 };
        palette.search();
        palette
    }

    /// What matches, best first.
    pub fn matches(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.matches.iter().map(|index| &self.items[*index])
    }

    /// Takes a paste.
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
        self.search();
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        let last = self.matches.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Up, _) | (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            (Code::Down | Code::Tab, _) | (Code::Char('n'), true) => self.at = (self.at + 1).min(last),
            (Code::Enter, _) => {
                let Some(item) = self.matches.get(self.at).map(|index| &self.items[*index]) else { return Step::Stay };
                return match item.what {
                    // An action that cannot be done says why when it is tried.
                    What::Do(action) => Step::Then(Then::Do(action)),
                    What::Go(id) => Step::Then(Then::Go(id)),
                };
            }
            (Code::Backspace, _) if self.field.text().is_empty() => return Step::Close,
            _ => {
                if self.field.key(key) {
                    self.search();
                }
            }
        }
        Step::Stay
    }

    fn search(&mut self) {
        let typed = self.field.text().to_lowercase();
        // Rows are found by name only: without one they would bury the actions.
        let wanted = |item: &Entry| !typed.is_empty() || matches!(item.what, What::Do(_));
        let mut scored: Vec<(i32, usize)> = (self.items.iter().enumerate())
            .filter(|(_, item)| wanted(item))
            .filter_map(|(index, item)| Some((score(&typed, &item.name.to_lowercase())?, index)))
            .collect();
        scored.sort_by_key(|(score, index)| (-score, *index));
        self.matches = scored.into_iter().map(|(_, index)| index).collect();
        self.at = 0;
    }
}

/// What the palette offers: the actions of this place, and every row by name.
pub fn entries(session: &Session, selection: &Selection<'_>, focus: Pane) -> Vec<Entry> {
    let actions = action::here(focus, session.demo.is_some()).map(|row| Entry {
        what: What::Do(row.action),
        name: row.name.to_owned(),
        keys: session.preferences.bindings.of(row.action).iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        obstacle: obstacle(row.action, session, selection),
    });
    let go = |id: Uuid, name: &str, what: &str| Entry {
        what: What::Go(id),
        name: name.to_owned(),
        keys: what.to_owned(),
        obstacle: None,
    };
    let rotations = session.rows.rotations.values().map(|row| go(row.id, &row.name, "rotation"));
    let connections = session.rows.connections.values().map(|row| go(row.id, &row.name, "connection"));
    actions.chain(rotations).chain(connections).collect()
}
