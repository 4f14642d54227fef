//! Which of the app's secrets at Okta is which of ours.
//!
//! By recorded id; else by plain text; else by hash; else by elimination: the intent noted the ids that were there
//! before it, and exactly one new id is listed of which nothing is shown that tells. Elimination alone never makes a
//! secret ours for good: it has to authenticate first, and until then each list decides anew. Whatever is unknown
//! is foreign, and is not touched.
//!
//! What we gave up is known as well: a create whose answer was lost can arrive after its attempt has ended, or twice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::call::SeenSecret;
use crate::core::rotation::{OktaSecret, Origin, RetiredBy, Rotation, Status};

/// What a list said about the secrets that we know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Okta's ids of the listed secrets that are none of ours, and that were not named to us.
    pub foreign: Vec<String>,
    /// How many secrets the app has: two at the most.
    pub count: usize,
    /// Okta's ids of all that are ACTIVE.
    pub active: Vec<String>,
    /// Our keys of the secrets that this list no longer showed.
    pub vanished: Vec<Uuid>,
}

impl Sight {
    /// Whether another secret than this one is ACTIVE.
    pub fn other_active(&self, okta_id: &str) -> bool {
        self.active.iter().any(|id| id != okta_id)
    }
}

/// Brings what we know of the app's secrets in line with a fresh list.
pub fn reconcile(rotation: &mut Rotation, seen: &[SeenSecret], now: DateTime<Utc>) -> Sight {
    forget_unproven(rotation);
    let pending = rotation.operation.as_ref().and_then(|operation| operation.pending);
    let hashes = Hashes::of(rotation, seen);
    let mut matched: Vec<Option<usize>> = rotation.secrets.iter().map(|ours| by_identity(ours, seen, hashes)).collect();
    for (index, seen) in seen.iter().enumerate() {
        if !taken(&matched, index)
            && let Some(copy) = copy_of_ours(rotation, seen, hashes)
        {
            rotation.secrets.push(copy);
            matched.push(Some(index));
        }
    }
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
    let mut soak_began_anew = None;
    for (ours, found) in rotation.secrets.iter_mut().zip(&matched) {
        match found.map(|index| &seen[index]) {
            Some(seen) => {
                ours.okta_id = Some(seen.id.clone());
                let status = if seen.active { Status::Active } else { Status::Inactive };
                match ours.status {
                    Status::Active if status == Status::Inactive => {
                        ours.deactivated_at = Some(now);
                        soak_began_anew = Some(ours.key);
                    }
                    Status::Gone => {
                        // It arrived late, or the list before was behind the times.
                        ours.deleted_at = None;
                        ours.retired_by = None;
                        ours.value = ours.value.take().or_else(|| seen.value.clone());
                    }
                    Status::Active | Status::Inactive | Status::Intended => {}
                }
                ours.status = status;
            }
            None if ours.okta_id.is_some() && ours.status != Status::Gone => {
                ours.status = Status::Gone;
                ours.deleted_at = Some(now);
                ours.retired_by.get_or_insert(RetiredBy::Others);
                vanished.push(ours.key);
            }
            None => {}
        }
    }
    if let Some(previous) = &mut rotation.previous
        && soak_began_anew == Some(previous.key)
        && previous.delete_at.take().is_some()
    {
        // It was on in between: what it soaked before does not count.
        previous.deactivate_at = previous.deactivate_at.or(Some(now));
    }
    Sight {
        foreign: (0..seen.len()).filter(|index| !taken(&matched, *index)).map(|index| seen[index].id.clone()).collect(),
        count: seen.len(),
        active: seen.iter().filter(|seen| seen.active).map(|seen| seen.id.clone()).collect(),
        vanished,
    }
}

fn taken(matched: &[Option<usize>], index: usize) -> bool {
    matched.contains(&Some(index))
}

/// What was found by elimination alone is found anew from each list, until it has authenticated: it may have been a
/// stranger's, and when that goes, our own create can still be on its way.
fn forget_unproven(rotation: &mut Rotation) {
    let Some(operation) = rotation.operation.as_mut().filter(|operation| operation.unproven) else { return };
    operation.unproven = false;
    let pending = operation.pending;
    if let Some(pending) = rotation.secrets.iter_mut().find(|ours| Some(ours.key) == pending) {
        pending.okta_id = None;
        pending.status = Status::Intended;
    }
}

/// The listed secret that is surely this one of ours.
fn by_identity(ours: &OktaSecret, seen: &[SeenSecret], hashes: Hashes) -> Option<usize> {
    if let Some(id) = &ours.okta_id {
        return seen.iter().position(|seen| seen.id == *id);
    }
    let value = ours.value.as_ref()?;
    let by_value = || seen.iter().position(|seen| seen.value.as_ref() == Some(value));
    by_value().or_else(|| seen.iter().position(|seen| hashes.tell(ours, seen)))
}

/// A second secret with a value of ours: both of two creates arrived. No consumer has it, and it is ours to delete.
fn copy_of_ours(rotation: &Rotation, seen: &SeenSecret, hashes: Hashes) -> Option<OktaSecret> {
    let same = |ours: &&OktaSecret| {
        ours.origin == Origin::Ours && ours.value.is_some() && (ours.value == seen.value || hashes.tell(ours, seen))
    };
    let ours = rotation.secrets.iter().find(same)?;
    Some(OktaSecret {
        key: derived_key(rotation.id, &seen.id),
        okta_id: Some(seen.id.clone()),
        status: if seen.active { Status::Active } else { Status::Inactive },
        published: None,
        deactivated_at: None,
        deleted_at: None,
        retired_by: None,
        request_ids: Vec::new(),
        cut_out: None,
        ..ours.clone()
    })
}

/// Our key for a secret that no intent of ours named: derived, so that this ring needs no randomness for it.
pub fn derived_key(rotation: Uuid, okta_id: &str) -> Uuid {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(rotation.as_bytes()).chain_update(okta_id.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// How far Okta's hashes can be trusted to be what we observed them to be; the formula is not documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hashes {
    /// A secret whose value and id we know shows the hash that we expect: another hash means another value.
    Confirmed,
    /// Nothing to compare with: the expected hash tells, another one does not.
    Untested,
    /// A secret known by its id shows another hash than expected: no hash tells anything.
    Contradicted,
}

impl Hashes {
    fn of(rotation: &Rotation, seen: &[SeenSecret]) -> Self {
        let pairs = rotation.secrets.iter().filter_map(|ours| {
            let seen = seen.iter().find(|seen| ours.okta_id.as_ref() == Some(&seen.id))?;
            Some((ours, ours.hash.as_ref()?, seen.hash.as_ref()?))
        });
        let mut hashes = Self::Untested;
        for (ours, expected, shown) in pairs {
            if expected != shown {
                return Self::Contradicted;
            }
            if ours.value.as_ref().is_some_and(|value| value.okta_hash() == *shown) {
                hashes = Self::Confirmed;
            }
        }
        hashes
    }

    /// Whether this listed secret, whose value is hidden, is by its hash this one of ours.
    fn tell(self, ours: &OktaSecret, seen: &SeenSecret) -> bool {
        self != Self::Contradicted && seen.value.is_none() && seen.hash.is_some() && seen.hash == ours.hash
    }

    /// Whether what is shown of this listed secret cannot tell that it is none of ours.
    fn hide(self, seen: &SeenSecret) -> bool {
        seen.value.is_none() && (seen.hash.is_none() || self != Self::Confirmed)
    }
}

/// The one listed secret that can only be the pending one, although Okta hides what would prove it.
fn eliminated(rotation: &Rotation, seen: &[SeenSecret], matched: &[Option<usize>], hashes: Hashes) -> Option<usize> {
    let operation = rotation.operation.as_ref()?;
    let pending = rotation.secrets.iter().position(|ours| Some(ours.key) == operation.pending)?;
    if rotation.secrets[pending].okta_id.is_some() || matched[pending].is_some() {
        return None;
    }
    let mut fresh = (0..seen.len()).filter(|index| !operation.known_before.contains(&seen[*index].id));
    let (only, more) = (fresh.next()?, fresh.next());
    (more.is_none() && hashes.hide(&seen[only]) && !matched.contains(&Some(only))).then_some(only)
}

/// Okta's ids of the listed secrets that are new since the pending one's create and of which Okta hides what would tell
/// whether they are that one: too many for elimination. Directly after [`reconcile`].
pub fn unidentified(rotation: &Rotation, seen: &[SeenSecret]) -> Vec<String> {
    let Some(operation) = &rotation.operation else { return Vec::new() };
    let hashes = Hashes::of(rotation, seen);
    let known = |id: &String| {
        operation.known_before.contains(id) || rotation.secrets.iter().any(|ours| ours.okta_id.as_ref() == Some(id))
    };
    let unidentified = seen.iter().filter(|seen| !known(&seen.id) && hashes.hide(seen));
    unidentified.map(|seen| seen.id.clone()).collect()
}
