//! A store that continues over damage in its own files that shows only when something is written.
//!
//! sled moves old pages when it makes room, so that a write of today may meet a block of history that went bad long ago.
//! What was being written is then neither lost nor half done: the store is written anew, without what is damaged, and the
//! same changes are written there.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Purpose, open_sled};
use crate::store::backend::Sled;
use crate::store::dir::Lock;
use crate::store::error::StoreError;
use crate::store::key::KeySource;
use crate::store::{Change, HistoryPage, HistoryQuery, Loaded, Recovery, Store};

/// See the module.
pub struct Healing {
    /// The store as it is now.
    pub sled: Sled,
    lock: Lock,
    keys: KeySource,
    /// What the time was when it was opened, and a clock that does not jump.
    opened: (DateTime<Utc>, Instant),
}

impl Healing {
    /// Over a store that was just opened.
    pub fn new(sled: Sled, lock: Lock, keys: KeySource, now: DateTime<Utc>) -> Self {
        Self { sled, lock, keys, opened: (now, Instant::now()) }
    }

    fn now(&self) -> DateTime<Utc> {
        let (now, since) = self.opened;
        now + TimeDelta::from_std(since.elapsed()).unwrap_or_default()
    }

    /// Writes the store anew. What is damaged beside its history is left to the next start, and to an operator.
    fn heal(&mut self, error: StoreError) -> Result<(), StoreError> {
        let before = self.sled.quarantine().cloned();
        self.sled.close();
        let renewed = open_sled(self.lock.clone(), &self.keys, self.now(), Purpose::Renew);
        let Ok(super::Done::Whole(sound)) = renewed else { return Err(error) };
        if sound.sled.quarantine() != before.as_ref() {
            return Err(error);
        }
        self.sled = sound.sled;
        for note in &sound.notes {
            tracing::warn!("{note}");
        }
        Ok(())
    }
}

impl Store for Healing {
    fn load(&self) -> Result<Loaded, StoreError> {
        self.sled.load()
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.sled.history(query)
    }

    fn commit(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError> {
        let poisoned = self.sled.is_poisoned();
        // Whatever is written twice is the same record, or the same attempt, once.
        let again = batches.clone();
        match self.sled.commit(batches) {
            Err(error @ StoreError::Damaged(_)) if !poisoned => {
                self.heal(error)?;
                self.sled.commit(again)
            }
            other => other,
        }
    }

    fn tend(&mut self) -> Option<std::time::Duration> {
        self.sled.tend()
    }

    fn recovered(&self) -> Vec<Recovery> {
        self.sled.recovered()
    }

    fn close(&mut self) {
        self.sled.close();
    }
}

#[cfg(test)]
mod tests;
