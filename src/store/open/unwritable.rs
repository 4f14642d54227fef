//! Reading where nothing can be written: sled writes when it opens, so its files are left alone, and what consumers read
//! comes from the newest backup and the ledger, which is never older than the last secret that was sent to Okta.
//!
//! Nothing acts on what is read here: it is quarantined as long as it is open, and nothing of it is kept.

use chrono::{DateTime, Utc};

use super::{Opened, ledger_of, rescued, store_of};
use crate::store::backup;
use crate::store::dir::Lock;
use crate::store::error::StoreError;
use crate::store::key::KeySource;
use crate::store::ledger::{Found, Held, Ledger};
use crate::store::rebuild::{Sources, rebuild};
use crate::store::{Change, HistoryPage, HistoryQuery, Loaded, Quarantine, Store};

/// Reads what can be read; the error itself where that is nothing.
pub fn open(lock: Lock, keys: &KeySource, error: StoreError, now: DateTime<Utc>) -> Result<Opened, StoreError> {
    let dir = lock.dir();
    // Without a store there is nothing to read, and this is not the time to make a key.
    let key = keys.find(dir, false)?.key;
    let ledger = Ledger::peek(&dir.join("ledger"), &key)?;
    let backed_up = || backup::list(dir).iter().find_map(|(_, path)| backup::identity(path));
    let known = store_of(&ledger).or_else(|| backed_up().filter(|it| it.key == key.id()).map(|it| it.store));
    let Some(store) = known else { return Err(error) };
    let backup = backup::best(dir, &key.seal_for(store))?;
    let held: Vec<Held> = ledger_of(&ledger).into_iter().flat_map(Ledger::live).cloned().collect();
    if backup.is_none() && held.is_empty() {
        return Err(error);
    }
    let ledger_whole = matches!(ledger, Found::Whole(_));
    let sources = Sources { store: None, backup: backup.map(rescued), held, ledger_whole };
    let mut loaded = rebuild(sources);
    loaded.quarantine = Some(Quarantine {
        since: now,
        reason: format!("{error}; what is shown comes from the newest backup and the ledger"),
        next: error.hint(),
        confirmed: Vec::new(),
    });
    let store = Unwritable { loaded: loaded.clone(), error, _lock: lock };
    Ok(Opened { store: Box::new(store), loaded, key_made: None, notes: Vec::new() })
}

/// A store that refuses to be written.
struct Unwritable {
    loaded: Loaded,
    error: StoreError,
    _lock: Lock,
}

impl Store for Unwritable {
    fn load(&self) -> Result<Loaded, StoreError> {
        Ok(self.loaded.clone())
    }

    fn history(&self, _: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        Err(self.error.clone())
    }

    fn commit(&mut self, _: Vec<Vec<Change>>) -> Result<(), StoreError> {
        Err(self.error.clone())
    }

    fn close(&mut self) {}
}
