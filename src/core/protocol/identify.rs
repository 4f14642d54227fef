//! Which of the app's secrets at Okta is which of ours.
//!
//! By recorded id; else by plain text; else by hash; else by elimination: the intent noted the ids that were there
//! before it, and exactly one new id is listed whose value and hash are hidden. Elimination alone never makes a secret
//! ours for good: it has to authenticate first. Whatever cannot be told is foreign, and is not touched.

use chrono::{DateTime, Utc};

use super::call::SeenSecret;
use crate::core::rotation::{OktaSecret, Rotation, Status};

/// What a list said about the secrets that we know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Okta's ids of the listed secrets that are none of ours, and that nobody told us of.
    pub foreign: Vec<String>,
    /// How many secrets the app has: two at the most.
    pub count: usize,
    /// Okta's ids of all that are ACTIVE.
    pub active: Vec<String>,
    /// Our keys of the secrets that this list no longer showed.
    pub vanished: Vec<uuid::Uuid>,
}

impl Sight {
    /// Whether another secret than this one is ACTIVE.
    pub fn other_active(&self, okta_id: &str) -> bool {
        self.active.iter().any(|id| id != okta_id)
    }
}

/// Brings what we know of the app's secrets in line with a fresh list.
pub fn reconcile(rotation: &mut Rotation, seen: &[SeenSecret], now: DateTime<Utc>) -> Sight {
    let pending = rotation.operation.as_ref().and_then(|operation| operation.pending);
    let hashes = hashes_are_as_observed(rotation, seen);
    let mut matched: Vec<Option<usize>> = rotation.secrets.iter().map(|ours| by_identity(ours, seen, hashes)).collect();
    let taken = |matched: &[Option<usize>], index: usize| matched.contains(&Some(index));

    let unproven = eliminated(rotation, seen, &matched, hashes);
    if let (Some(index), Some(pending)) = (unproven, pending)
        && let Some(slot) = rotation.secrets.iter().position(|ours| ours.key == pending)
    {
        matched[slot] = Some(index);
    }
    if let Some(operation) = &mut rotation.operation {
        operation.unproven |= unproven.is_some();
    }

    let mut vanished = Vec::new();
    for (ours, found) in rotation.secrets.iter_mut().zip(&matched) {
        match found.map(|index| &seen[index]) {
            Some(seen) => {
                ours.okta_id = Some(seen.id.clone());
                let status = if seen.active { Status::Active } else { Status::Inactive };
                if status == Status::Inactive && ours.status == Status::Active {
                    ours.deactivated_at.get_or_insert(now);
                }
                ours.status = status;
            }
            None if ours.okta_id.is_some() && ours.status != Status::Gone => {
                ours.status = Status::Gone;
                ours.deleted_at = Some(now);
                ours.retired_by.get_or_insert_with(|| "others".into());
                vanished.push(ours.key);
            }
            None => {}
        }
    }
    Sight {
        foreign: (0..seen.len()).filter(|index| !taken(&matched, *index)).map(|index| seen[index].id.clone()).collect(),
        count: seen.len(),
        active: seen.iter().filter(|seen| seen.active).map(|seen| seen.id.clone()).collect(),
        vanished,
    }
}

/// The listed secret that is surely this one of ours.
fn by_identity(ours: &OktaSecret, seen: &[SeenSecret], hashes: bool) -> Option<usize> {
    if ours.status == Status::Gone {
        return None;
    }
    if let Some(id) = &ours.okta_id {
        return seen.iter().position(|seen| seen.id == *id);
    }
    let value = ours.value.as_ref()?;
    let by_value = || seen.iter().position(|seen| seen.value.as_ref() == Some(value));
    let same_hash = |seen: &SeenSecret| seen.value.is_none() && seen.hash.is_some() && seen.hash == ours.hash;
    by_value().or_else(|| if hashes { seen.iter().position(same_hash) } else { None })
}

/// Whether Okta's hashes are what we observed them to be; the formula is not documented, so a secret known by its id
/// whose hash differs from ours takes all hashes out of the argument.
fn hashes_are_as_observed(rotation: &Rotation, seen: &[SeenSecret]) -> bool {
    rotation.secrets.iter().all(|ours| {
        let same = seen.iter().find(|seen| ours.okta_id.as_ref() == Some(&seen.id));
        same.and_then(|seen| seen.hash.as_ref()).is_none_or(|hash| ours.hash.as_ref().is_none_or(|known| known == hash))
    })
}

/// The one listed secret that can only be the pending one, although Okta hides what would prove it.
fn eliminated(rotation: &Rotation, seen: &[SeenSecret], matched: &[Option<usize>], hashes: bool) -> Option<usize> {
    let operation = rotation.operation.as_ref()?;
    let pending = rotation.secrets.iter().position(|ours| Some(ours.key) == operation.pending)?;
    if rotation.secrets[pending].okta_id.is_some() || matched[pending].is_some() {
        return None;
    }
    let mut fresh = (0..seen.len()).filter(|index| !operation.known_before.contains(&seen[*index].id));
    let (only, more) = (fresh.next()?, fresh.next());
    let hidden = seen[only].value.is_none() && (seen[only].hash.is_none() || !hashes);
    (more.is_none() && hidden && !matched.contains(&Some(only))).then_some(only)
}
