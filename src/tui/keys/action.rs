//! Everything that a key can do, once: its keys, its name, where it is to be had, and why not here.
//!
//! Dispatch, the footer, the help and the palette all read this table, by way of [`crate::tui::keys::bindings`], which
//! has the keys that someone put in the place of others. What an action then does stands in [`crate::tui::actions`];
//! nothing here changes anything.

use std::sync::LazyLock;

use crate::engine::act::{On, Shortcut};
use crate::engine::request::ActKind;
use crate::tui::keys::key::{Code, Key};
use crate::tui::panes::Pane;

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table says what each is")]
pub enum Action {
    /// An act with a key of its own.
    Act(ActKind),
    Open,
    New,
    Edit,
    Retry,
    Pause,
    Old,
    Consumers,
    Targets,
    Test,
    Copy,
    Reveal,
    RowLog,
    Delete,
    Mark,
    Sort,
    Filter,
    Upcoming,
    Zoom,
    NextPane,
    PreviousPane,
    /// To a pane by the key of its tab.
    Show(Pane),
    Down,
    Up,
    Top,
    Bottom,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    Steps,
    AttemptLog,
    Narrow,
    Search,
    NextMatch,
    PreviousMatch,
    OnlyMatches,
    Follow,
    Level,
    Times,
    Wrap,
    Left,
    Right,
    Save,
    TakeOver,
    Inject,
    Kill,
    Freeze,
    Theme,
    Palette,
    Help,
    Redraw,
    Suspend,
    Back,
    Quit,
}

/// Where an action is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In every pane.
    Everywhere,
    /// In the lists of rotations and connections, and on what was opened from them.
    Row,
    /// In the lists themselves.
    List,
    /// On a rotation.
    Rotation,
    /// In one pane.
    In(Pane),
    /// Only while a demo runs.
    Demo,
}

/// Whether an action is for the row under the cursor; a new one only belongs in the same lists.
pub fn on_row(action: Action) -> bool {
    action != Action::New
        && TABLE.iter().any(|row| row.action == action && matches!(row.place, Place::Row | Place::Rotation))
}

impl Place {
    /// Whether it holds in a pane. A demo's keys are its own everywhere.
    pub fn holds(self, pane: Pane, demo: bool) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Row => pane.is_list() || pane == Pane::Detail,
            Self::List => pane.is_list(),
            Self::Rotation => matches!(pane, Pane::Rotations | Pane::Detail),
            Self::In(place) => pane == place,
            Self::Demo => demo,
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it is.
    pub action: Action,
    /// Its keys where no one has put others in their place; the one that is shown first.
    pub keys: &'static [Key],
    /// Where.
    pub place: Place,
    /// In the footer: one word or two. Empty where the footer never shows it.
    pub short: &'static str,
    /// In the help and the palette.
    pub name: &'static str,
}

const fn row(action: Action, keys: &'static [Key], place: Place, short: &'static str, name: &'static str) -> Row {
    Row { action, keys, place, short, name }
}

/// The row of an act that has a key, or only a name, of its own.
fn act(kind: ActKind) -> Option<Row> {
    let Shortcut { key, short, name, .. } = kind.spec().key?;
    let place = if kind.spec().on == On::Rotation { Place::Rotation } else { Place::Row };
    // Once for the program.
    let keys = Vec::leak(key.map(Key::char).into_iter().collect());
    Some(Row { action: Action::Act(kind), keys, place, short, name })
}

/// The table, with the acts and the panes. The footer shows rows from the top while there is room. Acts that it shows
/// stand first, the others behind what is done about old secrets.
pub static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let mut table = ROWS.to_vec();
    let (shown, others): (Vec<Row>, Vec<Row>) =
        ActKind::ALL.iter().filter_map(|kind| act(*kind)).partition(|row| !row.short.is_empty());
    let tabs = Pane::tabs().map(|(pane, tab)| {
        let keys = Vec::leak(vec![tab.key]);
        row(Action::Show(pane), keys, Place::Everywhere, "", tab.help)
    });
    let first = 1 + table.iter().position(|row| row.action == Action::PreviousPane).unwrap_or_default();
    table.splice(first..first, tabs);
    let old = 1 + table.iter().position(|row| row.action == Action::Old).unwrap_or_default();
    table.splice(old..old, others);
    table.splice(1..1, shown);
    table
});

/// All rows but those of the acts and of the panes.
const ROWS: &[Row] = &[
    row(Action::Open, &[Key::of(Code::Enter)], Place::Row, "open", "open; on a fault: its remedy"),
    row(
        Action::New,
        &[Key::char('n')],
        Place::Row,
        "new",
        "a new rotation, in six steps; a new connection, in their list",
    ),
    row(Action::Edit, &[Key::char('e')], Place::Row, "edit", "edit: interval, time, names, a new credential …"),
    row(Action::RowLog, &[Key::char('l')], Place::Row, "log", "the log of this row"),
    row(
        Action::Filter,
        &[Key::char('/')],
        Place::List,
        "filter",
        "filter: words, and terms like state:attention app:hr",
    ),
    row(Action::Pause, &[Key::char('p')], Place::Rotation, "pause", "pause, pause until a date, skip, resume"),
    row(Action::Test, &[Key::char('t')], Place::Row, "test", "test a connection; what a rotation would do (dry run)"),
    row(Action::Copy, &[Key::char('y')], Place::Row, "copy", "copy menu"),
    row(Action::Retry, &[Key::char('R')], Place::Row, "", "retry a failing rotation; test a refused connection"),
    row(
        Action::Old,
        &[Key::char('o')],
        Place::Rotation,
        "old",
        "old secret: keep, off now, on a date, back to it; after a leak",
    ),
    row(
        Action::Consumers,
        &[Key::char('c')],
        Place::Rotation,
        "",
        "consumers that are missing: dismiss one that is gone",
    ),
    row(
        Action::Targets,
        &[Key::char('D')],
        Place::Rotation,
        "",
        "targets, where it is delivered to: new, edit, plan, deliver, adopt, delete",
    ),
    row(Action::Reveal, &[Key::char('x')], Place::Rotation, "", "reveal the client secret for 10 seconds"),
    row(Action::Delete, &[Key::char('d')], Place::Row, "", "delete; its name has to be typed"),
    row(Action::Mark, &[Key::char(' ')], Place::List, "", "mark: what follows is for all that are marked"),
    row(Action::Sort, &[Key::char('s')], Place::List, "sort", "sort by the next column"),
    row(Action::Steps, &[Key::of(Code::Enter)], Place::In(Pane::History), "steps", "the steps of the attempt"),
    row(Action::AttemptLog, &[Key::char('l')], Place::In(Pane::History), "log", "the log of the attempt"),
    row(
        Action::Narrow,
        &[Key::char('/')],
        Place::In(Pane::History),
        "filter",
        "filter: rotation, outcome:failed by:mira since:7d",
    ),
    row(Action::Search, &[Key::char('/')], Place::In(Pane::Log), "search", "search"),
    row(Action::NextMatch, &[Key::char('n')], Place::In(Pane::Log), "next", "next match"),
    row(Action::PreviousMatch, &[Key::char('N')], Place::In(Pane::Log), "", "match before"),
    row(
        Action::OnlyMatches,
        &[Key::char('&')],
        Place::In(Pane::Log),
        "only matches",
        "only what matches, or everything again",
    ),
    row(Action::Follow, &[Key::char('f')], Place::In(Pane::Log), "follow", "follow what comes, or stay here"),
    row(Action::Level, &[Key::char('L')], Place::In(Pane::Log), "level", "level: everything, warnings, errors"),
    row(Action::Times, &[Key::char('t')], Place::In(Pane::Log), "times", "times: local, UTC, relative"),
    row(Action::Wrap, &[Key::char('W')], Place::In(Pane::Log), "wrap", "break long lines, or cut them"),
    row(Action::Save, &[Key::char('S')], Place::In(Pane::Log), "save", "save what is shown to a private file"),
    row(Action::Left, &[Key::of(Code::Left)], Place::In(Pane::Log), "", "to the left of cut lines"),
    row(Action::Right, &[Key::of(Code::Right)], Place::In(Pane::Log), "", "to the right of cut lines"),
    row(Action::Upcoming, &[Key::char('w')], Place::Everywhere, "coming", "what is coming, of all rotations, by date"),
    row(Action::Inject, &[Key::char('F')], Place::Demo, "fault", "demo: the org answers with a fault"),
    row(Action::Kill, &[Key::char('K')], Place::Demo, "kill", "demo: kill the engine in the middle of a step"),
    row(Action::Freeze, &[Key::char('.')], Place::Demo, "time", "demo: stop the clock, or let it run"),
    row(Action::Zoom, &[Key::char('+')], Place::Everywhere, "", "this pane alone, or all again"),
    row(Action::NextPane, &[Key::of(Code::Tab)], Place::Everywhere, "", "next pane"),
    row(Action::PreviousPane, &[Key::of(Code::BackTab)], Place::Everywhere, "", "previous pane"),
    row(Action::Down, &[Key::char('j'), Key::of(Code::Down)], Place::Everywhere, "", "down"),
    row(Action::Up, &[Key::char('k'), Key::of(Code::Up)], Place::Everywhere, "", "up"),
    row(Action::Top, &[Key::char('g'), Key::of(Code::Home)], Place::Everywhere, "", "to the top"),
    row(Action::Bottom, &[Key::char('G'), Key::of(Code::End)], Place::Everywhere, "", "to the bottom"),
    row(Action::HalfDown, &[Key::ctrl('d')], Place::Everywhere, "", "half a page down"),
    row(Action::HalfUp, &[Key::ctrl('u')], Place::Everywhere, "", "half a page up"),
    row(Action::PageDown, &[Key::of(Code::PageDown), Key::ctrl('f')], Place::Everywhere, "", "a page down"),
    row(Action::PageUp, &[Key::of(Code::PageUp)], Place::Everywhere, "", "a page up"),
    row(Action::TakeOver, &[Key::char('E')], Place::Everywhere, "", "be the engine, where the one that was is gone"),
    row(Action::Theme, &[Key::char('T')], Place::Everywhere, "", "theme: try one on; Enter keeps it"),
    row(Action::Palette, &[Key::char(':')], Place::Everywhere, "command", "command palette"),
    row(Action::Help, &[Key::char('?'), Key::of(Code::F(1))], Place::Everywhere, "help", "help for this place"),
    row(Action::Redraw, &[Key::ctrl('l')], Place::Everywhere, "", "draw the screen anew"),
    row(Action::Suspend, &[Key::ctrl('z')], Place::Everywhere, "", "suspend"),
    row(
        Action::Back,
        &[Key::of(Code::Esc), Key::ctrl('c')],
        Place::Everywhere,
        "",
        "back; clear the filter and the marks; ^C at the top asks whether to quit",
    ),
    row(Action::Quit, &[Key::char('q')], Place::Everywhere, "", "quit; a step back where something is open"),
];

/// The rows that hold in a pane.
pub fn here(pane: Pane, demo: bool) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.place.holds(pane, demo))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_one_that_multiplexers_or_flow_control_take() {
        let taken = ['a', 'b', 's', 'q'].map(Key::ctrl);
        let mut keys = TABLE.iter().flat_map(|row| row.keys);
        assert!(!keys.any(|key| taken.contains(key)));
    }

    #[test]
    fn every_action_stands_in_the_table_once() {
        for (index, row) in TABLE.iter().enumerate() {
            assert!(TABLE[index + 1..].iter().all(|other| other.action != row.action), "{:?}", row.action);
        }
    }
}
