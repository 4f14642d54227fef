//! sled's log without the snapshot and the settings beside it: both are made anew from the log, so that damage to them
//! need not cost anything.
//!
//! A copy is tried, never the files themselves: sled cuts off whatever it cannot read.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;

use uuid::Uuid;

use super::inspect::{Inspected, Readable, inspect};
use super::places::Places;
use super::{Done, Opening, Whole};
use crate::file::{Links, check};
use crate::store::error::StoreError;
use crate::store::files::LOG;
use crate::store::ledger::Found;
use crate::store::quiet::guard;

impl Opening {
    /// Opens a copy of the log alone. `None` where it cannot be tried.
    pub(super) fn log_alone(&self, store: Uuid) -> Result<Option<Inspected>, StoreError> {
        let (log, copy) = (self.places.store.join("db"), &self.places.copy);
        if check(&log, Links::Refused, LOG).is_err() {
            return Ok(None);
        }
        Places::forget(copy)?;
        let copied = DirBuilder::new().mode(0o700).create(copy).and_then(|()| fs::copy(&log, copy.join("db")));
        match copied {
            Ok(_) => {}
            // What cannot be read is damaged as well; that there is no room is another matter.
            Err(error) => {
                Places::forget(copy)?;
                return match StoreError::io("copying", &log, &error) {
                    StoreError::Io { .. } => Ok(None),
                    error => Err(error),
                };
            }
        }
        inspect(copy, &self.key, Some(store)).map(Some)
    }

    /// The log alone has everything: it takes the store's place.
    pub(super) fn take_log(
        &mut self,
        readable: Readable,
        ledger: Found,
        found: &str,
    ) -> Result<Done<Whole>, StoreError> {
        let store = readable.seal.store();
        let fault = |error: io::Error| StoreError::io("writing", &self.places.copy, &error);
        guard("closing", || {
            readable.files.sync_all().map_err(fault)?;
            readable.files.close()
        })?;
        let kept = self.places.replace_store(&self.places.copy, self.now)?;
        let what = format!("of the store, {found}; its log is whole, and what lies beside that was made anew");
        self.note(what, None, kept.as_deref());
        self.reopen(store, ledger).map(Done::Whole)
    }
}
