//! Reading where the store cannot be used, or where it is damaged and whoever asks only reads: what consumers read comes
//! from whatever can be read, and the ledger is never older than the last secret that was sent to Okta.
//!
//! Nothing acts on what is read here: it is quarantined as long as it is open, nothing of it is kept, and nothing is moved.

use chrono::{DateTime, Utc};

use super::inspect::{Inspected, Readable, inspect, took_too_long};
use super::{Left, Opened, ledger_of, rescued, store_of};
use crate::store::backup;
use crate::store::dir::Lock;
use crate::store::error::StoreError;
use crate::store::key::KeySource;
use crate::store::ledger::{Found, Held, Ledger};
use crate::store::quiet::guard;
use crate::store::rebuild::{Sources, rebuild};
use crate::store::{Change, HistoryPage, HistoryQuery, Loaded, Quarantine, Store};

/// Reads what can be read; the error itself where that is nothing.
pub fn open(lock: Lock, keys: &KeySource, error: StoreError, now: DateTime<Utc>) -> Result<Opened, StoreError> {
    let Some((mut loaded, readable)) = gathered(&lock, keys, &error) else { return Err(error) };
    let from = if readable.is_some() { "from the store, the newest backup and the ledger" } else { FROM };
    loaded.quarantine = Some(Quarantine {
        since: now,
        reason: format!("{error}; what is shown comes {from}"),
        next: error.hint(),
        confirmed: Vec::new(),
    });
    Ok(opened(lock, loaded, readable, error))
}

const FROM: &str = "from the newest backup and the ledger";

/// Reads what was put together of a damaged store, which is left as it lies.
pub fn of(lock: Lock, left: Left, now: DateTime<Utc>) -> Opened {
    let Left { mut records, damaged, found } = left;
    let next = "secrets can be read; `windlass serve`, or any command that changes something, recovers the store first";
    // Whatever stands against acting on it once it is recovered.
    let after = records.quarantine.take().map(|quarantine| format!("; then {}", quarantine.next));
    records.quarantine = Some(Quarantine {
        since: now,
        reason: format!("{found}; what is shown was put together from what can be read, and nothing was changed"),
        next: format!("{next}{}", after.unwrap_or_default()),
        confirmed: Vec::new(),
    });
    opened(lock, records, damaged, StoreError::Damaged(found))
}

fn opened(lock: Lock, loaded: Loaded, readable: Option<Readable>, error: StoreError) -> Opened {
    let stands_in = Some(error.clone());
    let store = StandIn { loaded: loaded.clone(), readable, error, _lock: lock };
    Opened { store: Box::new(store), loaded, key_made: None, id: None, begun: false, notes: Vec::new(), stands_in }
}

fn gathered(lock: &Lock, keys: &KeySource, error: &StoreError) -> Option<(Loaded, Option<Readable>)> {
    let dir = lock.dir();
    // Without a store there is nothing to read, and this is not the time to make a key.
    let key = keys.find(dir, false).ok()?.key;
    let ledger = Ledger::peek(&dir.join("ledger"), &key).unwrap_or(Found::Absent);
    let backups = backup::list(dir).unwrap_or_default();
    let backed_up = || backups.iter().find_map(|(_, path)| backup::identity(path).filter(|it| it.1 == key.id()));
    let known = store_of(&ledger).or_else(|| backed_up().map(|(store, _)| store));
    // sled writes when it opens, and wants the lock.
    let untouched = matches!(error, StoreError::Full | StoreError::ReadOnly) || lock.refused().is_some();
    let look = (!untouched && !took_too_long(error)).then(|| inspect(&dir.join("store"), &key, known));
    let readable = match look {
        Some(Ok(Inspected::Readable(readable))) if readable.is_ours() => Some(*readable),
        _ => None,
    };
    let seal = key.seal_for(known.or(readable.as_ref().map(|readable| readable.seal.store()))?);
    let backup = backup::best_readable(dir, &seal);
    let held: Vec<Held> = ledger_of(&ledger).into_iter().flat_map(Ledger::live).cloned().collect();
    if backup.is_none() && held.is_empty() && readable.is_none() {
        return None;
    }
    let ledger_whole = matches!(ledger, Found::Whole(_));
    let store = readable.as_ref().map(|readable| rescued(&readable.read));
    let backup = backup.as_ref().map(rescued);
    Some((rebuild(Sources { store, backup, held, ledger_whole }), readable))
}

/// A store that refuses to be written.
struct StandIn {
    loaded: Loaded,
    /// What can be read of the store itself.
    readable: Option<Readable>,
    error: StoreError,
    _lock: Lock,
}

impl Store for StandIn {
    fn load(&self) -> Result<Loaded, StoreError> {
        Ok(self.loaded.clone())
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        let Some(Readable { files, seal, read, .. }) = &self.readable else {
            return Err(match &self.error {
                StoreError::Damaged(found) => {
                    let history = "and its history with it, for backups hold no history";
                    StoreError::Damaged(format!("{found}, {history}"))
                }
                other => other.clone(),
            });
        };
        guard("reading the history", || read.history.query(files.trees(), seal, query))
    }

    fn commit(&mut self, _: Vec<Vec<Change>>) -> Result<(), StoreError> {
        Err(self.error.clone())
    }

    fn close(&mut self) {
        let readable = self.readable.take();
        // Before the lock goes, in any case.
        let _ = guard("closing", || {
            drop(readable);
            Ok(())
        });
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.close();
    }
}
