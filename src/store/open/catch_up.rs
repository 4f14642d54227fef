//! Bringing the ledger up to a whole store, after a crash between the two.

use std::collections::HashSet;

use uuid::Uuid;

use crate::store::error::StoreError;
use crate::store::ledger::{Held, Ledger};
use crate::store::read::Read;
use crate::store::values;

/// The values in all records, each once.
pub fn values_of(read: &Read) -> Vec<Held> {
    let rotations = read.loaded.rotations.iter().flat_map(values::of_rotation);
    let secrets = read.loaded.secrets.iter().flat_map(values::of_secret);
    let mut seen = HashSet::new();
    rotations.chain(secrets).filter(|held| seen.insert(held.key)).collect()
}

/// What a crash leaves undone in the ledger: values that the store has and the ledger lost, publications and releases
/// that were not noted, and values of a commit that never came to be.
pub fn bring_up(ledger: &mut Ledger, read: &Read) -> Result<(), StoreError> {
    let values = values_of(read);
    let published: Vec<_> = values.iter().filter_map(|held| Some((held.key, held.published?))).collect();
    ledger.hold(values.into_iter().filter(|held| !ledger.holds(held.key)).collect())?;
    let published: Vec<_> = published
        .into_iter()
        .filter(|(key, (version, _))| ledger.lacks_publication(*key, *version))
        .map(|(key, (version, at))| (key, version, at))
        .collect();
    let mut released: Vec<Uuid> = ledger.live().map(|held| held.key).filter(|key| !read.known.uses(*key)).collect();
    if read.loaded.quarantine.is_some() {
        released.clear();
    }
    if published.is_empty() && released.is_empty() && ledger.head() >= read.sequence() {
        return Ok(());
    }
    ledger.note(published, released, read.sequence())
}
