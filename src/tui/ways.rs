//! What a sentence of the engine's has done by command, said by the key that does the same here.
//!
//! The engine writes for all faces, and names commands between backticks. Where a key does the same, that is what somebody
//! at the screen is to press; what has no key stays the command that it is.

use crate::text::when::localized;
use crate::tui::keys::action::Action;
use crate::tui::keys::bindings::Bindings;
use crate::tui::obstacle::{obstacle, only_reads};
use crate::tui::selection::Selection;
use crate::tui::session::Session;

/// How a command is done by keys: the actions that lead there, the key in the menu that the last one opens, and what that is
/// called.
struct Way(&'static [Action], &'static str, &'static str);

/// The way of a command, by its words after `windlass`.
fn way(words: &[&str]) -> Option<Way> {
    let has = |option: &str| words.contains(&option);
    Some(match (*words.first()?, words.get(1).copied().unwrap_or_default()) {
        ("rotation", "rotate") if has("--replace") => return None,
        ("rotation", "rotate") if has("--retire-now") => Way(&[Action::Old], "l", "after a leak"),
        ("rotation", "rotate") => Way(&[Action::Rotate], "", "rotate"),
        ("rotation", "rollback") => Way(&[Action::RollBack], "", "roll back"),
        ("rotation", "retire") if has("--now") => Way(&[Action::Old], "n", "off now"),
        ("rotation", "retire") if has("--at") => Way(&[Action::Old], "d", "off on a date"),
        ("rotation", "retire") if has("--hold") => Way(&[Action::Old], "h", "keep it"),
        ("rotation", "retire") => Way(&[Action::Old], "", "the old secret"),
        // What is wrong with a rotation opens from its detail.
        ("rotation", "resolve") if has("--withdraw") => {
            Way(&[Action::Rotations, Action::Open, Action::Open], "W", "withdraw it")
        }
        ("rotation", "resolve") if has("--publish-unverified") => {
            Way(&[Action::Rotations, Action::Open, Action::Open], "P", "publish it untested")
        }
        ("rotation", "pause") => Way(&[Action::Pause], "", "pause"),
        ("rotation", "resume") if has("--now") => Way(&[Action::Pause], "m", "resume, and run it now"),
        ("rotation", "resume") => Way(&[Action::Pause], "r", "resume"),
        ("rotation", "skip") if has("--undo") => Way(&[Action::Pause], "b", "bring it back"),
        ("rotation", "skip") => Way(&[Action::Pause], "s", "skip"),
        ("rotation", "look") => Way(&[Action::Retry], "", "look again"),
        ("rotation", "update") => Way(&[Action::Edit], "", "edit"),
        ("rotation", "delete") => Way(&[Action::Delete], "", "delete"),
        ("rotation", "upcoming") => Way(&[Action::Upcoming], "", "what is coming"),
        ("rotation", "create") => Way(&[Action::Rotations, Action::New], "", "a new rotation"),
        ("rotation", "list") => Way(&[Action::Rotations], "", "the rotations"),
        ("connection", "test") => Way(&[Action::Connections, Action::Test], "", "test"),
        ("connection", "update") => Way(&[Action::Connections, Action::Edit], "", "edit the connection"),
        ("connection", "show") => Way(&[Action::Connections, Action::Open], "", "the connection"),
        ("connection", "create") => Way(&[Action::Connections, Action::New], "", "a new connection"),
        ("connection", "list") => Way(&[Action::Connections], "", "the connections"),
        ("confirm", _) => Way(&[Action::Confirm], "", "confirm"),
        ("history", _) => Way(&[Action::History], "", "the history"),
        _ => return None,
    })
}

/// A sentence whose commands are said by keys, where those lead there; `can` tells it of the actions of one.
pub fn in_keys(text: &str, bindings: &Bindings, can: impl Fn(&[Action]) -> bool) -> String {
    let mut said = String::new();
    // What stands between backticks is every second piece; a last one without its end is none.
    let pieces: Vec<&str> = text.split('`').collect();
    for (index, piece) in pieces.iter().enumerate() {
        if index % 2 == 0 {
            said.push_str(piece);
            continue;
        }
        let command = piece.strip_prefix("windlass ").filter(|_| index + 1 < pieces.len()).unwrap_or_default();
        match way(&command.split_whitespace().collect::<Vec<_>>()).filter(|way| can(way.0)) {
            Some(Way(actions, menu, name)) => {
                let keys = actions.iter().map(|action| bindings.way_to(*action));
                let keys: Vec<String> = keys.chain((!menu.is_empty()).then(|| menu.to_owned())).collect();
                said.extend([keys.join(" ").as_str(), " (", name, ")"]);
            }
            None if index + 1 < pieces.len() => said.extend(["`", piece, "`"]),
            None => said.extend(["`", piece]),
        }
    }
    said
}

/// A sentence of the engine's as it is read at the screen: by the keys that can be pressed now, and by the reader's clock.
pub fn told(session: &Session, selection: &Selection<'_>, text: &str) -> String {
    let can = |actions: &[Action]| match actions {
        [only] => obstacle(*only, session, selection).is_none(),
        // Elsewhere it is another row that counts; whether anything may be changed is the same everywhere.
        _ => only_reads(session).is_none(),
    };
    localized(&in_keys(text, &session.bindings, can), session.zone, session.now).into_owned()
}

#[cfg(test)]
mod tests;
