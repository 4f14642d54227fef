//! Where things lie in the data directory, and the switch from one store to another.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::file::there;
use crate::store::backup;
use crate::store::dir::{Wanted, aside, plain, sync_dir};
use crate::store::error::StoreError;

/// Whether nothing was ever in a directory that can be read.
pub fn is_fresh(dir: &Path) -> Result<bool, StoreError> {
    let fault = |error| StoreError::io("reading", dir, &error);
    for entry in fs::read_dir(dir).map_err(fault)? {
        let name = entry.map_err(fault)?.file_name();
        let name = name.to_string_lossy();
        // What ends so was never finished, and no one relied on it.
        if (name.starts_with("store") || name.starts_with("ledger")) && !name.ends_with(".new") {
            return Ok(false);
        }
    }
    Ok(backup::list(dir)?.is_empty())
}

/// The paths in one data directory.
pub struct Places {
    /// The directory itself.
    pub dir: PathBuf,
    /// sled's.
    pub store: PathBuf,
    /// The ledger.
    pub ledger: PathBuf,
    /// A store that is being rebuilt.
    pub new: PathBuf,
    /// A copy of sled's log, to be opened alone.
    pub copy: PathBuf,
    /// One that is whole and waits to take the old one's place.
    ready: PathBuf,
}

impl Places {
    /// Of a data directory. Links and other users' files are refused.
    pub fn new(dir: &Path) -> Result<Self, StoreError> {
        for name in ["store", "backups", "store.new", "store.copy.new", "store.ready"] {
            plain(&dir.join(name), Wanted::Dir)?;
        }
        for name in ["ledger", "ballast"] {
            plain(&dir.join(name), Wanted::File)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            store: dir.join("store"),
            ledger: dir.join("ledger"),
            new: dir.join("store.new"),
            copy: dir.join("store.copy.new"),
            ready: dir.join("store.ready"),
        })
    }

    /// Whether nothing was ever here: no store, no ledger, and nothing that is left of either.
    pub fn is_fresh(&self) -> Result<bool, StoreError> {
        is_fresh(&self.dir)
    }

    /// Continues with a switch that was interrupted, and forgets what was not finished.
    pub fn settle(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for unfinished in [&self.new, &self.copy] {
            Self::forget(unfinished)?;
        }
        // Half a ledger that never took the place of the whole one.
        let _ = fs::remove_file(self.dir.join("ledger.new"));
        if is_there(&self.ready)? { self.switch(now).map(drop) } else { Ok(()) }
    }

    /// Removes a directory of ours that is of no use.
    pub fn forget(dir: &Path) -> Result<(), StoreError> {
        if !is_there(dir)? {
            return Ok(());
        }
        fs::remove_dir_all(dir).map_err(|error| StoreError::io("removing", dir, &error))
    }

    /// Puts the rebuilt store, finished and synced, into the place of the old one, which is kept aside. Whenever this is
    /// interrupted, [`Places::settle`] continues where it ended. Returns where the old one is kept.
    pub fn replace_store(&self, by: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, StoreError> {
        self.rename(by, &self.ready)?;
        self.switch(now)
    }

    fn switch(&self, now: DateTime<Utc>) -> Result<Option<PathBuf>, StoreError> {
        let kept = if is_there(&self.store)? { Some(aside(&self.store, now)?) } else { None };
        self.rename(&self.ready, &self.store)?;
        Ok(kept)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        let renamed = fs::rename(from, to).and_then(|()| sync_dir(&self.dir));
        renamed.map_err(|error| StoreError::io("renaming", from, &error))
    }
}

fn is_there(path: &Path) -> Result<bool, StoreError> {
    there(path).map_err(|error| StoreError::io("looking at", path, &error))
}
