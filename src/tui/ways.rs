//! The voice of the screen: what a sentence has done by command is said by the key that does the same here; what has no key
//! stays the command that it is.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::engine::request::ActKind;
use crate::text::when::day_time;
use crate::tui::keys::action::Action;
use crate::tui::keys::bindings::Bindings;
use crate::tui::obstacle::{obstacle, only_reads};
use crate::tui::panes::Pane;
use crate::tui::selection::Selection;
use crate::tui::session::Session;
use crate::words::sentence::Sentence;
use crate::words::voice::{Shell, Voice};

/// How a command is done by keys: the actions that lead there, the key in the menu that the last one opens, and what that is
/// called.
struct Way(Vec<Action>, &'static str, &'static str);

/// The way of a command, by its words after `windlass`.
fn way(words: &[&str]) -> Option<Way> {
    let plain = |actions: &[Action], name| Some(Way(actions.to_vec(), "", name));
    if let Some(act) = ActKind::ALL.iter().map(|kind| kind.spec()).find(|spec| spec.is(words)) {
        let way = act.ways.iter().find(|way| way.option.is_empty() || words.contains(&way.option))?;
        let actions: Option<Vec<Action>> = way.actions.iter().map(|name| Action::called(name).ok()).collect();
        return Some(Way(actions.filter(|actions| !actions.is_empty())?, way.menu, way.name));
    }
    match (*words.first()?, words.get(1).copied().unwrap_or_default()) {
        ("rotation", "update") => plain(&[Action::Edit], "edit"),
        ("rotation", "upcoming") => plain(&[Action::Upcoming], "what is coming"),
        ("rotation", "create") => plain(&[Action::Show(Pane::Rotations), Action::New], "a new rotation"),
        ("rotation", "list") => plain(&[Action::Show(Pane::Rotations)], "the rotations"),
        ("rotation", "show") => plain(&[Action::Show(Pane::Rotations), Action::Open], "the rotation"),
        ("target", "plan") => Some(Way(vec![Action::Targets], "t", "what is there")),
        ("target", "show") => Some(Way(vec![Action::Targets], "Enter", "the target")),
        ("target", "list") => plain(&[Action::Targets], "the targets"),
        ("target", "update") if words.contains(&"--gate") => {
            Some(Way(vec![Action::Targets], "w", "whether the old secret waits for it"))
        }
        ("target", "update") => Some(Way(vec![Action::Targets], "e", "edit the target")),
        ("target", "create") => Some(Way(vec![Action::Targets], "n", "a new target")),
        ("connection", "update") => plain(&[Action::Show(Pane::Connections), Action::Edit], "edit the connection"),
        ("connection", "show") => plain(&[Action::Show(Pane::Connections), Action::Open], "the connection"),
        ("connection", "create") => plain(&[Action::Show(Pane::Connections), Action::New], "a new connection"),
        ("connection", "list") => plain(&[Action::Show(Pane::Connections)], "the connections"),
        ("history", _) => plain(&[Action::Show(Pane::History)], "the history"),
        _ => None,
    }
}

/// The voice of the screen: commands by keys where those lead there, and instants by the reader's clock.
pub struct Keys<'a, F: Fn(&[Action]) -> bool> {
    /// The keys in effect.
    pub bindings: &'a Bindings,
    /// Whether the actions of a way can be done now.
    pub can: F,
    /// The reader's zone.
    pub zone: Tz,
    /// Now, for how much of a date is said.
    pub now: DateTime<Utc>,
}

impl<F: Fn(&[Action]) -> bool> Voice for Keys<'_, F> {
    fn command(&self, words: &[String]) -> String {
        let known: Vec<&str> = words.iter().map(String::as_str).collect();
        match way(&known).filter(|way| (self.can)(&way.0)) {
            Some(Way(actions, menu, name)) => {
                let keys = actions.iter().map(|action| self.bindings.way_to(*action));
                let keys: Vec<String> = keys.chain((!menu.is_empty()).then(|| menu.to_owned())).collect();
                format!("{} ({name})", keys.join(" "))
            }
            None => Shell.command(words),
        }
    }

    fn at(&self, at: DateTime<Utc>) -> String {
        day_time(at, self.zone, self.now)
    }
}

/// A sentence as it is read at the screen: by the keys that can be pressed now, and by the reader's clock.
pub fn words(session: &Session, selection: &Selection<'_>, sentence: &Sentence) -> String {
    let can = |actions: &[Action]| match actions {
        [only] => obstacle(*only, session, selection).is_none(),
        // Elsewhere it is another row that counts; whether anything may be changed is the same everywhere.
        _ => only_reads(session).is_none(),
    };
    sentence.by(&Keys {
        bindings: &session.preferences.bindings,
        can,
        zone: session.preferences.zone,
        now: session.now,
    })
}

#[cfg(test)]
mod tests;
