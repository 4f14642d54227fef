//! The table of keys as it is read: keys that are learnt together stand on one line. The help and docs/screen.md have it
//! from here; what a key does is [`crate::tui::keys::action`]'s alone.

use std::sync::LazyLock;

use crate::tui::keys::action;
use crate::tui::keys::action::{Action, Place, Row};
use crate::tui::keys::bindings::Bindings;
use crate::tui::panes::Pane;

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The action, or the first of those that stand together.
    pub action: Action,
    /// The keys.
    pub keys: Vec<String>,
    /// What they do, in their order.
    pub name: &'static str,
}

/// What stands on one line, and what that says. The panes' keys are one more such line.
const TOGETHER: &[(&[Action], &str)] = &[
    (&[Action::NextMatch, Action::PreviousMatch], "next match, match before"),
    (&[Action::Left, Action::Right], "along lines that are cut"),
    (&[Action::NextPane, Action::PreviousPane], "next pane, pane before"),
    (&[Action::Down, Action::Up], "down, up; the arrows too"),
    (&[Action::Top, Action::Bottom], "to the top, to the bottom; Home and End too"),
    (&[Action::HalfDown, Action::HalfUp], "half a page down, up"),
    (&[Action::PageDown, Action::PageUp], "a page down, up"),
];

/// The same with the panes.
static LINES: LazyLock<Vec<(Vec<Action>, String)>> = LazyLock::new(|| {
    let (panes, names): (Vec<Action>, Vec<&str>) =
        Pane::tabs().map(|(pane, tab)| (Action::Show(pane), tab.help)).unzip();
    let others = TOGETHER.iter().map(|(actions, name)| (actions.to_vec(), (*name).to_owned()));
    others.chain([(panes, names.join(", "))]).collect()
});

/// Rows of the table, those that belong together on one line. Rows without a key have none.
pub fn lines<'a>(rows: impl Iterator<Item = &'a Row>, bindings: &Bindings) -> Vec<Line> {
    let mut lines = Vec::new();
    for row in rows.filter(|row| !bindings.of(row.action).is_empty()) {
        let all = |row: &Row| bindings.of(row.action).iter().map(ToString::to_string).collect();
        // What they say together is said of the keys that they have in the table.
        let together = LINES.iter().find(|(actions, _)| actions.contains(&row.action));
        let together = together.filter(|(actions, _)| !actions.iter().any(|action| bindings.is_changed(*action)));
        match together {
            None => lines.push(Line { action: row.action, keys: all(row), name: row.name }),
            Some((actions, name)) if actions.first() == Some(&row.action) => {
                let keys = actions.iter().filter_map(|action| bindings.shown(*action)).collect();
                lines.push(Line { action: row.action, keys, name });
            }
            Some(_) => {}
        }
    }
    lines
}

/// The rows of the place where one is: on a connection there is no rotation to act on.
pub fn here(focus: Pane, in_connections: bool, demo: bool) -> impl Iterator<Item = &'static Row> {
    action::here(focus, demo).filter(move |row| !(in_connections && row.place == Place::Rotation))
}

/// The places of the table, as they are read, and their names.
pub fn places() -> impl Iterator<Item = (Place, &'static str)> {
    let (first, last) = (
        [
            (Place::Everywhere, "everywhere"),
            (Place::Row, "on a rotation or a connection"),
            (Place::Rotation, "on a rotation"),
            (Place::List, "in their lists"),
        ],
        [(Place::Demo, "in the demo")],
    );
    let panes = Pane::tabs().map(|(pane, tab)| (Place::In(pane), tab.place));
    let keyed = panes.filter(|(place, _)| action::TABLE.iter().any(|row| row.place == *place));
    first.into_iter().chain(keyed).chain(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::action::TABLE;
    use crate::tui::keys::key::Key;

    #[test]
    fn every_key_is_listed_once_and_with_those_of_its_own_place() {
        for (actions, name) in LINES.iter() {
            let rows: Vec<&Row> = TABLE.iter().filter(|row| actions.contains(&row.action)).collect();
            assert_eq!(rows.len(), actions.len(), "{name}");
            assert!(rows.iter().all(|row| row.place == rows[0].place), "{name}");
        }
        let reported: Vec<String> =
            lines(TABLE.iter(), &Bindings::default()).into_iter().map(|line| line.name.to_owned()).collect();
        assert_eq!(reported.iter().filter(|name| name.starts_with("down, up")).count(), 1);
        assert!(!reported.iter().any(|name| name == "quit"), "it has no key of its own");
    }

    #[test]
    fn what_was_rebound_stands_on_a_line_of_its_own_with_all_its_keys() {
        let bindings = Bindings::with([(Action::Down, vec![Key::ctrl('n')])]).expect("no conflict");
        let lines = lines(TABLE.iter(), &bindings);
        let keys = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.keys.join(" "));
        assert_eq!((keys("down").as_deref(), keys("up").as_deref()), (Some("^N"), Some("k Up")));
    }

    #[test]
    fn every_place_has_a_name() {
        assert!(TABLE.iter().all(|row| places().any(|(place, _)| place == row.place)));
    }
}
