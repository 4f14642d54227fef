//! Opening a store without ever starting over silently.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::backend::Sled;
use super::dir::{Lock, plain, take_ballast};
use super::error::StoreError;
use super::files::{Files, Identity};
use super::key::{self, KeySource};
use super::ledger::{Found, Ledger};
use super::quiet;
use super::read::Read;
use super::{Loaded, Store};

/// An open store.
pub struct Opened {
    /// The store.
    pub store: Box<dyn Store>,
    /// Its records.
    pub loaded: Loaded,
    /// The sealing key's file, where it was made just now.
    pub key_made: Option<PathBuf>,
    /// What a person should be told.
    pub notes: Vec<String>,
}

/// Opens the store of a locked data directory.
pub fn open(lock: Lock, keys: &KeySource, now: DateTime<Utc>) -> Result<Opened, StoreError> {
    let _ = now;
    let dir = lock.dir().to_owned();
    let (store_dir, ledger_path) = (dir.join("store"), dir.join("ledger"));
    let fresh = !plain(&store_dir)? & !plain(&ledger_path)?;
    let key::Found { key, path: key_path, made } = keys.find(&dir, fresh)?;
    let ledger = match Ledger::open(&ledger_path, &key, None)? {
        Found::Absent if fresh => Ledger::make(&ledger_path, &key, Uuid::new_v4(), Vec::new(), 0)?,
        Found::Whole(ledger) => *ledger,
        Found::Unreadable { foreign: true } => return Err(StoreError::ForeignKey { path: key_path, dir }),
        _ => return Err(StoreError::Damaged("the ledger is missing or damaged".into())),
    };
    let seal = key.seal_for(ledger.store());
    let files = quiet::guard("opening", || Files::open(&store_dir))?;
    if quiet::guard("opening", || files.identity())?.is_none() {
        quiet::guard("opening", || files.set_identity(Identity { store: ledger.store(), key: key.id() }))?;
    }
    let read = Read::new(&files, &seal)?;
    if let Some(fault) = read.faults.first() {
        return Err(StoreError::Damaged(fault.clone()));
    }
    take_ballast(&dir);
    let (store, loaded) = Sled::new(lock, files, ledger, seal, read);
    Ok(Opened { store: Box::new(store), loaded, key_made: made.then_some(key_path), notes: Vec::new() })
}
