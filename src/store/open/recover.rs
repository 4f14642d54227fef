//! Putting a damaged store right: in a new directory beside it, which then takes its place. The damaged files are kept.

use std::path::PathBuf;

use uuid::Uuid;

use super::inspect::{Inspected, Readable, inspect};
use super::places::Places;
use super::renew::renew;
use super::{Damage, Done, Left, Opening, Whole, ledger_of, rescued};
use crate::store::backup;
use crate::store::error::StoreError;
use crate::store::files::{Format, Identity};
use crate::store::ledger::{Found, Held, Ledger};
use crate::store::quiet::guard;
use crate::store::read::Read;
use crate::store::rebuild::{Sources, rebuild};
use crate::store::seal::Seal;
use crate::store::{Loaded, Purpose, Quarantine};

impl Opening {
    /// Rebuilds the records from whatever there is. They are trusted where a backup of the very last commit has them all.
    pub(super) fn rebuild(
        &mut self,
        damage: Damage,
        ledger: Found,
        seal: &Seal,
        head: u64,
    ) -> Result<Done<Whole>, StoreError> {
        let Damage { readable, found, trusts_backup } = damage;
        let backup = backup::best(&self.places.dir, seal)?;
        let values: Vec<Held> = ledger_of(&ledger).into_iter().flat_map(Ledger::live).cloned().collect();
        let ledger_whole = matches!(ledger, Found::Whole(_));
        if readable.is_none() && backup.is_none() && values.is_empty() && !ledger_whole {
            return Err(StoreError::Damaged(format!("{found}, and there is nothing to rebuild it from")));
        }
        let store = readable.as_ref().map(|readable| &readable.read);
        let sequence = [store, backup.as_ref()].into_iter().flatten().map(Read::sequence).max().unwrap_or(0).max(head);
        let earlier = [store, backup.as_ref()].into_iter().flatten().find_map(|read| read.loaded.quarantine.clone());
        let recovered = [store, backup.as_ref()].into_iter().flatten().map(|read| read.loaded.recovered.clone());
        let recovered = recovered.max_by_key(Vec::len).unwrap_or_default();
        let exact = backup.as_ref().filter(|backup| trusts_backup && ledger_whole && backup.is_whole_at(sequence));
        let mut records = match exact {
            Some(backup) => backup.loaded.clone(),
            None => rebuild(Sources {
                store: store.map(rescued),
                backup: backup.as_ref().map(rescued),
                held: values,
                ledger_whole,
            }),
        };
        if exact.is_none() {
            records.quarantine = Some(Quarantine {
                since: earlier.map_or(self.now, |earlier| earlier.since),
                reason: format!("{found}; it was rebuilt, and the damaged files are kept"),
                next: "nothing is rotated or retired until `windlass confirm` has compared each rotation with Okta; \
                       secrets can be read. Or put a whole copy of the data directory back, if there is one"
                    .into(),
                confirmed: Vec::new(),
            });
        }
        records.recovered = recovered;
        if self.purpose == Purpose::Read {
            return Ok(Done::Left(Box::new(Left { records, damaged: readable, found })));
        }
        let what = match exact {
            Some(_) => format!("the store was damaged ({found}) and was rebuilt from the backup of its last commit"),
            None => format!("the store was damaged ({found}) and was rebuilt"),
        };
        // Where the end of the store is lost, so is that of its history.
        let state = store.and_then(|read| read.state.as_ref()).filter(|state| state.sequence >= head);
        let entries = state.map(|state| state.history.entries);
        let (kept, rescued) = self.write_anew(readable, seal, records, sequence + 1)?;
        self.note(what, lost(entries, rescued), kept.as_deref());
        self.reopen(seal.store(), ledger).map(Done::Whole)
    }

    /// Writes a store anew whose records are whole, without what of its history is damaged.
    pub(super) fn renew(&mut self, readable: Readable, ledger: Found, fault: &str) -> Result<Whole, StoreError> {
        let (seal, records) = (readable.seal.clone(), readable.read.loaded.clone());
        let (sequence, entries) = (readable.read.sequence(), readable.read.history.tally().entries);
        let (kept, rescued) = self.write_anew(Some(readable), &seal, records, sequence)?;
        let what = format!("the store was damaged beside its records ({fault}); secrets and rotations are whole");
        self.note(what, lost(Some(entries), rescued), kept.as_deref());
        self.reopen(seal.store(), ledger)
    }

    /// Returns where the damaged store is kept, and how many entries its history has now.
    fn write_anew(
        &self,
        readable: Option<Readable>,
        seal: &Seal,
        records: Loaded,
        sequence: u64,
    ) -> Result<(Option<PathBuf>, u64), StoreError> {
        let format = Format::for_all(&records.secrets, &records.rotations, &records.connections);
        let identity = Identity { store: seal.store(), key: self.key.id(), format };
        Places::forget(&self.places.new)?;
        let entries = renew(&self.places.new, identity, seal, records, sequence, readable.as_ref())?;
        // A damaged sled may panic once more when it is let go.
        let _ = guard("closing the damaged store", || {
            drop(readable);
            Ok(())
        });
        let kept = self.places.replace_store(&self.places.new, self.now)?;
        Places::forget(&self.places.copy)?;
        Ok((kept, entries))
    }

    /// Opens the store that took the old one's place like any other, and brings the ledger up to it.
    pub(super) fn reopen(&mut self, store: Uuid, ledger: Found) -> Result<Whole, StoreError> {
        match inspect(&self.places.store, &self.key, Some(store))? {
            Inspected::Readable(readable) if readable.read.faults.is_empty() => match self.accept(*readable, ledger)? {
                Done::Whole(whole) => Ok(whole),
                Done::Left(left) => Err(StoreError::Damaged(left.found)),
            },
            _ => Err(StoreError::Damaged("the rebuilt store cannot be read".into())),
        }
    }
}

/// What is missing of the history, where something is.
fn lost(before: Option<u64>, now: u64) -> Option<String> {
    match before {
        Some(before) if now >= before => None,
        Some(before) => Some(format!("{} of {before} attempts in the history are lost", before - now)),
        None if now == 0 => Some("the history is lost".into()),
        None => Some(format!("not all of the history could be rescued, but {now} attempts")),
    }
}
