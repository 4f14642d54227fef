//! The store on sled and a ledger. One function writes, and it is durable when it returns.
//!
//! The order in [`Sled::write`] is the whole point: new values go to the ledger first and are synced there; then one
//! transaction over all trees, flushed and synced; then the ledger notes it. So at any instant the ledger holds every
//! value that the store holds, and is at most one commit behind it, never ahead.
//!
//! The first error poisons the store: what sled has in memory is then not what is on disk, and only a fresh start finds
//! out what is.

use std::cell::{RefCell, RefMut};
use std::time::Duration;

use uuid::Uuid;

use super::backup::Backups;
use super::dir::{Lock, drop_ballast};
use super::error::StoreError;
use super::files::{Files, Format, Write};
use super::history::History;
use super::known::Known;
use super::ledger::Ledger;
use super::plan::{Plan, Verdict};
use super::quiet::guard;
use super::read::{Read, STATE, State};
use super::record::{self, Table};
use super::seal::Seal;
use super::{Change, HistoryPage, HistoryQuery, Loaded, Quarantine, Recovery, Store};

/// So much of what was recovered is kept.
const KEPT: usize = 20;

/// The store.
pub struct Sled {
    /// Keeps the data directory for us until everything else here is closed.
    lock: Lock,
    /// `None` once it was closed, or failed.
    files: Option<Files>,
    /// For reading, after it failed.
    reopened: RefCell<Option<Reopened>>,
    ledger: Ledger,
    seal: Seal,
    /// What the store is known to say that it may hold.
    format: Format,
    known: Known,
    history: History,
    sequence: u64,
    state_chunks: u16,
    quarantine: Option<Quarantine>,
    recovered: Vec<Recovery>,
    backups: Backups,
    poison: Option<StoreError>,
    /// The next write meets damage in sled's files.
    #[cfg(test)]
    pub meets_damage: bool,
}

struct Reopened {
    files: Files,
    history: History,
}

fn closed() -> StoreError {
    StoreError::Io { what: "the store".into(), why: "it was closed".into() }
}

impl Sled {
    /// Takes a store over that was opened, read and found whole. Returns the records that were read.
    pub fn new(lock: Lock, files: Files, ledger: Ledger, seal: Seal, backups: Backups, read: Read) -> (Self, Loaded) {
        let store = Self {
            lock,
            files: Some(files),
            reopened: RefCell::new(None),
            ledger,
            seal,
            format: Format::First,
            sequence: read.sequence(),
            state_chunks: read.state_chunks,
            known: read.known,
            history: read.history,
            quarantine: read.loaded.quarantine.clone(),
            recovered: read.loaded.recovered.clone(),
            backups,
            poison: None,
            #[cfg(test)]
            meets_damage: false,
        };
        (store, read.loaded)
    }

    /// Which store it is.
    pub fn id(&self) -> Uuid {
        self.seal.store()
    }

    fn files(&self) -> Result<&Files, StoreError> {
        self.files.as_ref().ok_or_else(closed)
    }

    fn write(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError> {
        self.lock.check()?;
        let Plan { mut writes, format, marks, values, published, entries, quarantine, acknowledged } =
            Plan::new(batches, &self.known, &self.seal)?;
        let quarantine = match quarantine {
            None => self.quarantine.clone(),
            Some(Verdict::Lifted) => None,
            Some(Verdict::Stands(quarantine)) => Some(*quarantine),
        };
        let recovered = if acknowledged { Vec::new() } else { self.recovered.clone() };
        let sequence = self.sequence + 1;
        let weighty = writes.iter().any(|write| write.table != Table::Secrets);
        let (history, history_writes) = self.history.with(&entries, &self.seal)?;
        let censuses = self.known.censuses_after(&writes);
        let state = State {
            sequence,
            censuses,
            history: history.tally(),
            quarantine: quarantine.clone(),
            recovered: recovered.clone(),
        };
        writes.extend(history_writes);
        let record = record::seal(&self.seal, Table::Meta, STATE, &record::plain(&state))?;
        let state_chunks = record::count(&record);
        writes.push(Write { table: Table::Meta, id: STATE, record: Some(record), chunks_before: self.state_chunks });

        let new = values.into_iter().filter(|held| !self.ledger.holds(held.key)).collect();
        self.ledger.hold(new)?;
        #[cfg(test)]
        if std::mem::take(&mut self.meets_damage) {
            return Err(StoreError::Damaged("its data does not fit its checksums".into()));
        }
        let files = self.files()?;
        guard("writing", || {
            // Before what it is for: a store that is said to hold more than it does is read all the same.
            if let Some(format) = format.filter(|format| *format > self.format) {
                files.raise(format)?;
            }
            files.write(&writes)
        })?;
        self.format = self.format.max(format.unwrap_or(Format::First));
        for (table, id, mark) in marks {
            self.known.set(table, id, mark);
        }
        (self.history, self.sequence, self.state_chunks) = (history, sequence, state_chunks);
        (self.quarantine, self.recovered) = (quarantine, recovered);
        let published =
            published.into_iter().filter(|(key, version, _)| self.ledger.lacks_publication(*key, *version)).collect();
        let mut released = self.known.take_unused();
        released.retain(|key| self.ledger.holds(*key));
        self.ledger.note(published, released, sequence)?;
        // History alone is not backed up.
        if !writes.iter().all(|write| matches!(write.table, Table::Blocks | Table::Pages | Table::Meta)) {
            self.backups.note(weighty);
        }
        Ok(())
    }

    /// After an error sled answers nothing but that error. A fresh instance can be read, as soon as it can be opened:
    /// on a full disk that takes the room that the ballast gave up.
    fn reopened(&self) -> Result<RefMut<'_, Reopened>, StoreError> {
        let mut reopened = self.reopened.borrow_mut();
        if reopened.is_none() {
            self.lock.check()?;
            let dir = self.lock.dir().join("store");
            *reopened = Some(guard("opening the store again", || {
                let files = Files::open(&dir)?;
                let history = Read::new(&files, &self.seal)?.history;
                Ok(Reopened { files, history })
            })?);
        }
        RefMut::filter_map(reopened, Option::as_mut).map_err(|_| closed())
    }

    fn state(&self) -> State {
        State {
            sequence: self.sequence,
            censuses: self.known.censuses(),
            history: self.history.tally(),
            quarantine: self.quarantine.clone(),
            recovered: self.recovered.clone(),
        }
    }

    /// What keeps it from being trusted.
    pub fn quarantine(&self) -> Option<&Quarantine> {
        self.quarantine.as_ref()
    }

    /// Whether a write failed.
    pub fn is_poisoned(&self) -> bool {
        self.poison.is_some()
    }

    /// Keeps what was recovered until an operator has acknowledged it. Of a store that is recovered again and again the
    /// latest are of use.
    pub fn keep(&mut self, recovered: Vec<Recovery>) -> Result<(), StoreError> {
        if recovered.is_empty() {
            return Ok(());
        }
        self.recovered.extend(recovered);
        let spare = self.recovered.len().saturating_sub(KEPT);
        self.recovered.drain(..spare);
        self.commit(Vec::new())
    }
}

impl Store for Sled {
    fn load(&self) -> Result<Loaded, StoreError> {
        let read = match self.poison {
            None => Read::new(self.files()?, &self.seal)?,
            Some(_) => Read::new(&self.reopened()?.files, &self.seal)?,
        };
        match read.faults.first() {
            None => Ok(read.loaded),
            Some(fault) => Err(StoreError::Damaged(fault.clone())),
        }
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        let ask = |files: &Files, history: &History| {
            guard("reading the history", || history.query(files.trees(), &self.seal, query))
        };
        if self.poison.is_none() {
            return ask(self.files()?, &self.history);
        }
        let reopened = self.reopened()?;
        ask(&reopened.files, &reopened.history)
    }

    fn commit(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError> {
        if let Some(poison) = &self.poison {
            return Err(poison.clone());
        }
        let written = self.write(batches);
        if let Err(error) = &written {
            if matches!(error, StoreError::Full) && self.lock.check().is_ok() {
                drop_ballast(self.lock.dir());
            }
            self.poison = Some(error.clone());
            let files = self.files.take();
            // It may fail, or panic, once more.
            let _ = guard("letting go of the store", || {
                drop(files);
                Ok(())
            });
        }
        written
    }

    fn tend(&mut self) -> Option<Duration> {
        let state = self.state();
        self.backups.tend(self.files.as_ref()?, &self.seal, &state);
        self.backups.due()
    }

    fn recovered(&self) -> Vec<Recovery> {
        self.recovered.clone()
    }

    fn close(&mut self) {
        let reopened = self.reopened.take();
        // Before the lock goes, in any case.
        let _ = guard("closing", || {
            drop(reopened);
            Ok(())
        });
        let Some(files) = self.files.take() else { return };
        if let Err(error) = self.lock.check() {
            // Another store may be in that place by now: a backup, a rewritten ledger, even a mode would end up in it.
            tracing::warn!(%error, "what was written is in the directory that was opened, wherever that is now");
            let _ = guard("closing", || {
                drop(files);
                Ok(())
            });
            return;
        }
        if self.poison.is_none() {
            let state = self.state();
            self.backups.close(&files, &self.seal, &state);
        }
        let closed = guard("closing", || files.close());
        // A poisoned ledger is not rewritten: what it holds in memory may not be what is on disk.
        let closed = if self.poison.is_none() { closed.and_then(|()| self.ledger.close()) } else { closed };
        if let Err(error) = closed {
            tracing::warn!(%error, "the store did not close in good order");
        }
    }
}

impl Drop for Sled {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
