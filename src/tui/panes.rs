//! The panes: lists, what was opened from them, the history, the log.
//!
//! The table says what each is called and which key leads there; the tabs, Tab, the help, the palette and the keys'
//! places read it. What a pane holds stands in a module of its own, as a [`content::Content`].

use crate::tui::keys::key::Key;

pub mod connections;
pub mod content;
pub mod detail;
pub mod history;
pub mod list_pane;
pub mod log;
pub mod prompt;
pub mod rotations;

/// What a pane is called where it has a tab.
#[derive(Clone, Copy, Debug)]
pub struct Tab {
    /// The key that leads there, unless it was rebound.
    pub key: Key,
    /// On its tab and its box.
    pub name: &'static str,
    /// On its tab where there is no room for the name.
    pub short: &'static str,
    /// In the help and the palette.
    pub help: &'static str,
    /// Where its own keys hold.
    pub place: &'static str,
}

/// The table: the panes in the order of Tab, each with its tab. A pane without a tab is only opened from another.
macro_rules! panes {
    ($($(#[$doc:meta])* $pane:ident: $tab:expr;)+) => {
        /// A pane.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Pane { $($(#[$doc])* $pane),+ }

        impl Pane {
            /// All of them.
            pub const ALL: [Self; [$(stringify!($pane)),+].len()] = [$(Self::$pane),+];

            /// What it is called; `None` where it has no tab.
            pub const fn tab(self) -> Option<Tab> {
                match self { $(Self::$pane => $tab),+ }
            }
        }
    };
}

const fn tab(key: char, name: &'static str, short: &'static str, help: &'static str, place: &'static str) -> Tab {
    Tab { key: Key::char(key), name, short, help, place }
}

panes! {
    /// The rotations.
    Rotations: Some(tab('1', "Rotations", "Rot", "rotations", "in the rotations"));
    /// The connections.
    Connections: Some(tab('2', "Connections", "Conn", "connections", "in the connections"));
    /// What was opened from one of the two lists.
    Detail: None;
    /// What happened, by attempts.
    History: Some(tab('3', "History", "Hist", "history", "in the history"));
    /// The live log.
    Log: Some(tab('4', "Log", "Log", "live log", "in the log"));
}

impl Pane {
    /// The panes with a tab, in the order of their keys.
    pub fn tabs() -> impl Iterator<Item = (Self, Tab)> {
        Self::ALL.into_iter().filter_map(|pane| Some((pane, pane.tab()?)))
    }

    /// The pane so many tabs further on; from the last it continues at the first.
    #[must_use]
    pub fn beside(self, by: usize) -> Self {
        let tabs: Vec<Self> = Self::tabs().map(|(pane, _)| pane).collect();
        let at = tabs.iter().position(|known| *known == self).unwrap_or(0);
        tabs[(at + by) % tabs.len()]
    }

    /// Whether it is a list of rows that keys act on.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Rotations | Self::Connections)
    }
}
