//! Choosing a theme: the one under the cursor is tried on at once, Enter keeps it, and every other way out goes back.
//!
//! What is seen is set in one place only ([`Themes::watch`]): it follows from what is active and from the list that is
//! open, so that no way out can leave the wrong one on. Nothing writes the config file: it is the user's.

pub mod view;

use crate::tui::keys::key::{Code, Key};
use crate::tui::msg::Effect;
use crate::tui::overlays::question::{Step, Then};
use crate::tui::theme::{Looks, Origin};

/// As many rows a page key goes.
const PAGE: usize = 10;

/// A theme that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeRow {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub note: &'static str,
}

/// The themes that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Themes {
    /// Those that can be chosen.
    pub items: Vec<ThemeRow>,
    /// What is wrong with the files that cannot.
    pub refused: Vec<String>,
    /// The config file, as it is named to an operator.
    pub config: String,
    /// The one that was chosen.
    pub active: String,
    /// The one that is shown.
    seen: String,
}

impl From<&Looks> for Themes {
    fn from(looks: &Looks) -> Self {
        let note = |origin| match origin {
            Origin::BuiltIn => "built in",
            Origin::Own => "yours",
            Origin::InPlace => "yours, in place of the built-in one",
        };
        let items = looks.themes.all().map(|(name, origin)| ThemeRow { name: name.to_owned(), note: note(origin) });
        Self {
            items: items.collect(),
            refused: looks.refused.iter().map(ToString::to_string).collect(),
            config: looks.config.clone(),
            active: looks.active.clone(),
            seen: looks.active.clone(),
        }
    }
}

impl Themes {
    /// How a theme is kept by hand.
    pub fn keep(&self, name: &str) -> String {
        format!("theme = \"{name}\" under [ui] in {}", self.config)
    }

    /// Keeps a theme: until the UI is left, and for the next start.
    pub fn apply(&mut self, name: String) -> Option<Effect> {
        if name == self.active {
            return None;
        }
        let by_hand = format!("to keep it: {}", self.keep(&name));
        self.active.clone_from(&name);
        Some(Effect::KeepTheme { name, by_hand })
    }

    /// The theme that should be seen, where another one is: the one that is tried, or else the active one.
    pub fn watch(&mut self, tried: Option<&str>) -> Option<Effect> {
        let wanted = tried.unwrap_or(&self.active);
        if wanted == self.seen {
            return None;
        }
        self.seen = wanted.to_owned();
        Some(Effect::Theme(self.seen.clone()))
    }
}

/// The list of them, open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chooser {
    names: Vec<String>,
    /// The row of the cursor.
    pub at: usize,
}

impl Chooser {
    /// The theme under the cursor.
    pub fn name(&self) -> Option<&str> {
        self.names.get(self.at).map(String::as_str)
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        let last = self.names.len().saturating_sub(1);
        self.at = match key.code {
            Code::Enter => {
                return self.name().map_or(Step::Close, |name| Step::Then(Then::ApplyTheme(name.to_owned())));
            }
            Code::Char('q') => return Step::Close,
            Code::Down | Code::Tab | Code::Char('j') => (self.at + 1).min(last),
            Code::Up | Code::BackTab | Code::Char('k') => self.at.saturating_sub(1),
            Code::PageDown => (self.at + PAGE).min(last),
            Code::PageUp => self.at.saturating_sub(PAGE),
            Code::Home | Code::Char('g') => 0,
            Code::End | Code::Char('G') => last,
            _ => self.at,
        };
        Step::Stay
    }
}

impl Chooser {
    /// The list, on the one that is active.
    pub fn of(themes: &Themes) -> Self {
        let names: Vec<String> = themes.items.iter().map(|item| item.name.clone()).collect();
        let at = names.iter().position(|name| *name == themes.active).unwrap_or(0);
        Self { names, at }
    }
}

#[cfg(test)]
mod tests;
