//! A disk in memory: it shows what was committed, and it can fail at a chosen commit.

use std::sync::{Arc, Mutex};

use crate::core::history::Entry;
use crate::store::{Change, HistoryPage, HistoryQuery, Loaded, Recovery, Store, StoreError};

/// What stands on it.
#[derive(Default)]
pub struct Disk {
    pub loaded: Loaded,
    pub entries: Vec<Entry>,
    /// Batches written so far.
    pub batches: usize,
    /// From this batch on the disk is full.
    pub full_from: Option<usize>,
    /// Another store stands in for the one on it.
    pub stands_in: Option<StoreError>,
}

impl Disk {
    fn write(&mut self, change: Change) {
        let Loaded { connections, rotations, secrets, .. } = &mut self.loaded;
        match change {
            Change::PutConnection(new) => {
                connections.retain(|known| known.id != new.id);
                connections.push(*new);
            }
            Change::DropConnection(id) => connections.retain(|known| known.id != id),
            Change::PutRotation(new) => {
                rotations.retain(|known| known.id != new.id);
                rotations.push(*new);
            }
            Change::DropRotation(id) => rotations.retain(|known| known.id != id),
            Change::PutSecret(new) => {
                secrets.retain(|known| known.key != new.key);
                secrets.push(*new);
            }
            Change::DropSecret(key) => secrets.retain(|known| known.key != key),
            Change::Append(entry) => self.entries.push(*entry),
            Change::Acknowledge => self.loaded.recovered.clear(),
            Change::Quarantine(quarantine) => self.loaded.quarantine = quarantine.map(|it| *it),
        }
    }
}

/// The store on that disk.
pub struct Memory(pub Arc<Mutex<Disk>>);

impl Store for Memory {
    fn load(&self) -> Result<Loaded, StoreError> {
        Ok(self.0.lock().expect("no panic").loaded.clone())
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        let disk = self.0.lock().expect("no panic");
        let mut entries: Vec<Entry> = disk.entries.iter().filter(|entry| query.wants(entry)).cloned().collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.id));
        entries.retain(|entry| query.before.is_none_or(|before| entry.id < before));
        entries.truncate(query.limit);
        Ok(HistoryPage { entries, ..HistoryPage::default() })
    }

    fn commit(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError> {
        let mut disk = self.0.lock().expect("no panic");
        for batch in batches {
            if disk.full_from.is_some_and(|full| disk.batches >= full) {
                return Err(StoreError::Full);
            }
            disk.batches += 1;
            for change in batch {
                disk.write(change);
            }
        }
        Ok(())
    }

    fn recovered(&self) -> Vec<Recovery> {
        self.0.lock().expect("no panic").loaded.recovered.clone()
    }

    fn close(&mut self) {}
}
