//! The keys that are in effect: those of the table, and whatever someone has put in their place.
//!
//! The way back stays: Esc, Ctrl-C and Ctrl-G lead back everywhere, and no binding takes them. What lies over the panes
//! keeps its own keys.

use std::fmt;

use crate::tui::keys::action::{Action, Place, Row, TABLE};
use crate::tui::keys::key::{Code, Key};
use crate::tui::panes::Pane;

/// The keys of each action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    changed: Vec<(Action, Vec<Key>)>,
}

/// A key that would do two things in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The key.
    pub key: Key,
    /// What it would do.
    pub one: Action,
    /// And what else.
    pub other: Action,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is both `{}` and `{}`", self.key, self.one.word(), self.other.word())
    }
}

impl Bindings {
    /// The table with other keys for some actions. Every key that would do two things in one place is reported.
    pub fn with(changes: impl IntoIterator<Item = (Action, Vec<Key>)>) -> Result<Self, Vec<Conflict>> {
        let mut bindings = Self::default();
        for (action, given) in changes {
            let mut keys: Vec<Key> = Vec::new();
            let always = [Key::of(Code::Esc), Key::ctrl('c')].into_iter().filter(|_| action == Action::Back);
            for key in always.chain(given) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            bindings.changed.retain(|(known, _)| *known != action);
            if keys != standard(action) {
                bindings.changed.push((action, keys));
            }
        }
        let conflicts = bindings.conflicts();
        if conflicts.is_empty() { Ok(bindings) } else { Err(conflicts) }
    }

    /// The keys of an action, the one that is shown first.
    pub fn of(&self, action: Action) -> &[Key] {
        let changed = self.changed.iter().find(|(known, _)| *known == action);
        changed.map_or(standard(action), |(_, keys)| keys)
    }

    /// The key of an action as it is written, where it has one.
    pub fn shown(&self, action: Action) -> Option<String> {
        self.of(action).first().map(ToString::to_string)
    }

    /// How someone comes to an action: its key, or else the palette's and the first words of its name there.
    pub fn way_to(&self, action: Action) -> String {
        self.shown(action).unwrap_or_else(|| {
            let name = TABLE.iter().find(|row| row.action == action).map_or("", |row| row.name);
            let name = name.split([':', ';', ',']).next().unwrap_or(name);
            let palette = self.shown(Action::Palette).unwrap_or_default();
            format!("{palette} `{name}`").trim_start().to_owned()
        })
    }

    /// Whether someone has put other keys there.
    pub fn is_changed(&self, action: Action) -> bool {
        self.changed.iter().any(|(known, _)| *known == action)
    }

    /// The action of a key in a pane.
    pub fn find(&self, key: Key, pane: Pane, demo: bool) -> Option<Action> {
        let here = TABLE.iter().filter(|row| row.place.holds(pane, demo));
        here.filter(|row| self.of(row.action).contains(&key)).map(|row| row.action).next()
    }

    fn conflicts(&self) -> Vec<Conflict> {
        let mut found: Vec<Conflict> = Vec::new();
        for (index, one) in TABLE.iter().enumerate() {
            for other in TABLE[index + 1..].iter().filter(|other| meet(one.place, other.place)) {
                let shared = self.of(one.action).iter().filter(|key| self.of(other.action).contains(key));
                found.extend(shared.map(|key| Conflict { key: *key, one: one.action, other: other.action }));
            }
        }
        found
    }
}

fn standard(action: Action) -> &'static [Key] {
    TABLE.iter().find(|row| row.action == action).map_or(&[], |row| row.keys)
}

/// Whether there is a pane in which both hold.
fn meet(one: Place, other: Place) -> bool {
    Pane::ALL.into_iter().any(|pane| one.holds(pane, true) && other.holds(pane, true))
}

impl Action {
    /// Its name in the config: `next-pane` for [`Self::NextPane`].
    pub fn word(self) -> String {
        if let Self::Act(kind) = self {
            return kind.spec().key.map_or(kind.spec().word(), |key| key.action).to_owned();
        }
        let name = if let Self::Show(pane) = self { format!("{pane:?}") } else { format!("{self:?}") };
        let mut word = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !word.is_empty() {
                word.push('-');
            }
            word.push(c.to_ascii_lowercase());
        }
        word
    }

    /// The action of a name; where there is none, the name that is most like it.
    pub fn called(name: &str) -> Result<Self, String> {
        let words: Vec<(String, Self)> = TABLE.iter().map(|Row { action, .. }| (action.word(), *action)).collect();
        if let Some((_, action)) = words.iter().find(|(word, _)| word == name) {
            return Ok(*action);
        }
        let like = |word: &str| strsim::jaro_winkler(word, name);
        let nearest = words.into_iter().max_by(|a, b| like(&a.0).total_cmp(&like(&b.0)));
        Err(nearest.map(|(word, _)| word).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::request::ActKind;

    fn with(changes: &[(Action, &[&str])]) -> Result<Bindings, Vec<Conflict>> {
        let keys = |keys: &[&str]| keys.iter().map(|key| key.parse().expect("a key")).collect();
        Bindings::with(changes.iter().map(|(action, given)| (*action, keys(given))))
    }

    fn reported(conflicts: &[Conflict]) -> Vec<String> {
        conflicts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        assert_eq!(reported(&Bindings::default().conflicts()), [""; 0]);
    }

    #[test]
    fn other_keys_take_the_place_of_those_that_were_there() {
        let bindings =
            with(&[(Action::Act(ActKind::Rotate), &["F5", "r"]), (Action::Retry, &[])]).expect("no conflict");
        let find = |key: Key| bindings.find(key, Pane::Rotations, false);
        assert_eq!(
            (find(Key::of(Code::F(5))), find(Key::char('r'))),
            (Some(Action::Act(ActKind::Rotate)), Some(Action::Act(ActKind::Rotate)))
        );
        assert_eq!(find(Key::char('R')), None, "taken away");
        assert_eq!(bindings.shown(Action::Act(ActKind::Rotate)).as_deref(), Some("F5"));
        assert_eq!((bindings.is_changed(Action::Retry), bindings.is_changed(Action::Open)), (true, false));
        assert_eq!(bindings.way_to(Action::Retry), ": `retry a failing rotation`");
        let same = with(&[(Action::Act(ActKind::Rotate), &["r"])]).expect("no conflict");
        assert_eq!(same, Bindings::default(), "what is as it was is not changed");
    }

    #[test]
    fn two_actions_with_one_key_are_reported_where_both_are_to_be_had_and_only_there() {
        let conflicts = with(&[(Action::Act(ActKind::Rotate), &["d"]), (Action::Help, &["F2", "t"])]).expect_err("two");
        let expected =
            ["d is both `rotate` and `delete`", "t is both `test` and `help`", "t is both `times` and `help`"];
        assert_eq!(reported(&conflicts), expected);
        assert!(with(&[(Action::Act(ActKind::Rotate), &["f"])]).is_ok(), "follow is in the log only");
        let swapped = with(&[(Action::Act(ActKind::Rotate), &["d"]), (Action::Delete, &["r"])]);
        assert!(swapped.is_ok(), "it is the end that counts");
    }

    #[test]
    fn the_way_back_stays() {
        let bindings = with(&[(Action::Back, &["b"])]).expect("no conflict");
        assert_eq!(bindings.of(Action::Back), [Key::of(Code::Esc), Key::ctrl('c'), Key::char('b')]);
        assert_eq!(with(&[(Action::Back, &[])]).expect("no conflict").of(Action::Back).len(), 2);
    }

    #[test]
    fn every_action_has_a_name_of_its_own_and_is_found_by_it() {
        for row in TABLE.iter() {
            assert_eq!(Action::called(&row.action.word()), Ok(row.action));
        }
        assert_eq!(Action::Act(ActKind::Rollback).word(), "roll-back");
        assert_eq!(Action::called("rollback"), Err("roll-back".into()));
        assert_eq!(Action::called("rotat"), Err("rotate".into()));
    }
}
