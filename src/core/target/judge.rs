//! What a place holds, and whether it may be written: the one decision that keeps values that are not ours.
//!
//! It is taken here, before any code that knows how a place is written, and on a look that was taken just before. What is
//! there counts as ours where a marker of this target stands on it, or where it is a value that this rotation published.

use super::document::{Document, hash, hashes};
use super::found::Found;
use super::{State, Wanted};
use crate::core::secret::SecretValue;

/// What a look at a place showed. Values of our keys only.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// What stands under our keys, as far as there is something.
    pub values: Document,
    /// What stands under names that were ours before the target got others, but for what another target claims: a write takes it
    /// away.
    pub former: Document,
    /// Whose it says that it is.
    pub marker: Marker,
    /// Something is there at all, be it only others' keys.
    pub exists: bool,
    /// Marker, owner and mode are as they should be, so that nothing has to be written where the values are right.
    pub tidy: bool,
    /// What a write has to name, so that it fails where something changed since: a version, or a hash.
    pub condition: Option<String>,
    /// What the place calls what it holds: a version or an id. Empty where it has none.
    pub remote: String,
}

/// Whose a place says that it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Marker {
    /// It does not say.
    #[default]
    None,
    /// This target's.
    Ours,
    /// Another target's, by the id in its marker: of this windlass or of another one.
    Other(String),
}

/// Says what a look showed.
pub fn judge(seen: &Seen, wanted: &Wanted, state: &State) -> Found {
    if let Marker::Other(target) = &seen.marker {
        return Found::Clash { target: target.clone() };
    }
    if seen.values.is_empty() {
        // Under names that are new here nothing was ever delivered.
        let had = state.first_at.is_some() && wanted.document.keys().any(|key| state.keys.contains(key));
        return if had { Found::Drifted { keys: Vec::new() } } else { Found::Absent };
    }
    if seen.values == wanted.document {
        return Found::Current { tidy: seen.tidy && leftovers(seen, wanted, state).is_empty() };
    }
    let wrote = |key: &str, value: &_| state.wrote.get(key) == Some(&hash(value));
    let known = |key: &str, value: &_| {
        let published = wanted.older.iter().map(|(_, document)| document).chain([&wanted.document]);
        wrote(key, value) || published.into_iter().any(|document| document.get(key) == Some(value))
    };
    let unknown: Vec<String> =
        seen.values.iter().filter(|(key, value)| !known(key, value)).map(|(key, _)| key.clone()).collect();
    // A mark says that the place is ours, and not which of its values: only where one of ours was seen before is it another's
    // change. A key that was added since may have been theirs from the beginning.
    let (drifted, foreign): (Vec<_>, Vec<_>) = unknown.into_iter().partition(|key| state.keys.contains(key));
    if !foreign.is_empty() {
        return Found::Foreign { keys: foreign };
    }
    if !drifted.is_empty() {
        return Found::Drifted { keys: drifted };
    }
    let version = wanted.older.iter().rev().find(|(_, document)| *document == seen.values).map(|(number, _)| *number);
    // What we wrote and never saw confirmed is ours as well: a crash may have come between.
    let written = seen.values.iter().all(|(key, value)| wrote(key, value));
    let ours = seen.marker == Marker::Ours || state.first_at.is_some();
    if ours || written { Found::Behind { version } } else { Found::Adoptable { version } }
}

/// What stands under former names, as far as it came from this rotation: all else there is others' by now, and stays.
pub fn leftovers(seen: &Seen, wanted: &Wanted, state: &State) -> Document {
    let published = || wanted.older.iter().map(|(_, document)| document).chain([&wanted.document]);
    let known = |key: &String, value: &SecretValue| {
        state.wrote.get(key) == Some(&hash(value))
            || published().any(|document| document.values().any(|it| it == value))
    };
    seen.former
        .iter()
        .filter(|(key, value)| known(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Whether exactly this was agreed to be overwritten.
pub fn agreed(seen: &Seen, state: &State) -> bool {
    state.consent.as_ref() == Some(&hashes(&seen.values))
}
