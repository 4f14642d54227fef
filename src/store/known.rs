//! What the store knows of its own records without reading them: their tags, their size, and which values they hold.
//!
//! The sum of all tags of a table is written with every commit, so that a table that lost records, or went back to older
//! ones, is noticed when the store is opened: sled can lose the end of one tree and keep another's.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::files::Write;
use super::record::{Id, Table, count, tag};

/// How many records a table has, and the sum of their tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Records.
    pub count: u64,
    /// Sum of their tags, big-endian.
    sum: [u8; 16],
}

impl Census {
    fn shift(&mut self, by: impl FnOnce(u128) -> u128) {
        self.sum = by(u128::from_be_bytes(self.sum)).to_be_bytes();
    }

    /// Counts a record in.
    pub fn add(&mut self, tag: u128) {
        self.count += 1;
        self.shift(|sum| sum.wrapping_add(tag));
    }

    fn remove(&mut self, tag: u128) {
        self.count -= 1;
        self.shift(|sum| sum.wrapping_sub(tag));
    }
}

/// Of connections, rotations and secrets.
pub type Censuses = [Census; 3];

/// What is known of one record.
pub struct Mark {
    /// Stands for its content.
    pub tag: u128,
    /// How many chunks it takes.
    pub chunks: u16,
    /// Keys of the secret values in it.
    pub values: Box<[Uuid]>,
}

/// What is known of all records.
#[derive(Default)]
pub struct Known {
    marks: HashMap<(Table, Id), Mark>,
    /// In how many records a value stands.
    uses: HashMap<Uuid, u32>,
    /// Values that went out of a record; some may have come back.
    left: Vec<Uuid>,
    censuses: Censuses,
}

impl Known {
    /// Takes in a record that was read or written, or learns that it is gone.
    pub fn set(&mut self, table: Table, id: Id, mark: Option<Mark>) {
        let values = mark.as_ref().map(|mark| mark.values.clone()).unwrap_or_default();
        let Some(census) = self.censuses.get_mut(table as usize) else { return };
        if let Some(mark) = &mark {
            census.add(mark.tag);
        }
        let before = match mark {
            Some(mark) => self.marks.insert((table, id), mark),
            None => self.marks.remove(&(table, id)),
        };
        for value in &values {
            *self.uses.entry(*value).or_default() += 1;
        }
        if let Some(before) = before {
            census.remove(before.tag);
            for value in before.values {
                let uses = self.uses.get(&value).map_or(0, |uses| uses - 1);
                if uses == 0 {
                    self.uses.remove(&value);
                    self.left.push(value);
                } else {
                    self.uses.insert(value, uses);
                }
            }
        }
    }

    /// Values that were in a record since this was last asked, and are in none any more.
    pub fn take_unused(&mut self) -> Vec<Uuid> {
        let mut left = std::mem::take(&mut self.left);
        left.retain(|value| !self.uses(*value));
        left.sort_unstable();
        left.dedup();
        left
    }

    /// How many chunks a record takes; 0 where there is none.
    pub fn chunks(&self, table: Table, id: Id) -> u16 {
        self.marks.get(&(table, id)).map_or(0, |mark| mark.chunks)
    }

    /// Whether a record holds this value.
    pub fn uses(&self, value: Uuid) -> bool {
        self.uses.contains_key(&value)
    }

    /// Counts and sums.
    pub fn censuses(&self) -> Censuses {
        self.censuses
    }

    /// Counts and sums as they will be after these writes, of which none is of the same record as another.
    pub fn censuses_after(&self, writes: &[Write]) -> Censuses {
        let mut after = self.censuses;
        for write in writes {
            let Some(census) = after.get_mut(write.table as usize) else { continue };
            if let Some(before) = self.marks.get(&(write.table, write.id)) {
                census.remove(before.tag);
            }
            if let Some(record) = &write.record {
                census.add(tag(record));
            }
        }
        after
    }
}

impl Mark {
    /// Of a sealed record and the values in it.
    pub fn of(record: &[u8], values: Box<[Uuid]>) -> Self {
        Self { tag: tag(record), chunks: count(record), values }
    }
}
