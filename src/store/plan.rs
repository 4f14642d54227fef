//! What a group of batches comes to: one write for each record, the values to be held first, the entries to append.
//!
//! Pure: nothing here touches a file.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::error::StoreError;
use super::files::{Format, Write};
use super::known::{Known, Mark};
use super::ledger::Held;
use super::record::{self, Id, Table};
use super::seal::Seal;
use super::values;
use super::{Change, Quarantine};
use crate::core::history::Entry;

/// A record's bytes, and keys of the values in it.
type Content = (Zeroizing<Vec<u8>>, Box<[Uuid]>);

/// What has to be done for a group of batches.
#[derive(Default)]
pub struct Plan {
    /// At most one for each record.
    pub writes: Vec<Write>,
    /// What the store has to be able to hold for them.
    pub format: Option<Format>,
    /// What is known of those records afterwards.
    pub marks: Vec<(Table, Id, Option<Mark>)>,
    /// Every value in any of the changes, each key once.
    pub values: Vec<Held>,
    /// What is published: value, version and instant.
    pub published: Vec<(Uuid, u32, DateTime<Utc>)>,
    /// History, in the order in which it was appended.
    pub entries: Vec<Entry>,
    /// The quarantine from then on, where it changes.
    pub quarantine: Option<Verdict>,
    /// What was recovered is acknowledged.
    pub acknowledged: bool,
}

/// What a group of batches says of the quarantine.
pub enum Verdict {
    /// It is over.
    Lifted,
    /// It stands like this.
    Stands(Box<Quarantine>),
}

impl Plan {
    /// Makes the plan. A record that is too large is refused here, before anything was written.
    pub fn new(batches: Vec<Vec<Change>>, known: &Known, seal: &Seal) -> Result<Self, StoreError> {
        let mut plan = Self::default();
        let changes: Vec<Change> = batches.into_iter().flatten().collect();
        plan.collect_values(&changes);
        // Later changes of a record replace earlier ones.
        let mut last = BTreeMap::new();
        for change in changes {
            match change {
                Change::Append(entry) => plan.entries.push(*entry),
                Change::Quarantine(quarantine) => {
                    // Whoever confirmed every rotation knows what happened.
                    plan.acknowledged |= quarantine.is_none();
                    plan.quarantine = Some(quarantine.map_or(Verdict::Lifted, Verdict::Stands));
                }
                Change::Acknowledge => plan.acknowledged = true,
                other => drop(last.insert(place(&other), other)),
            }
        }
        for (place, change) in last {
            let Some((table, id)) = place else { continue };
            if let Change::PutSecret(secret) = &change {
                plan.format = plan.format.max(Some(Format::for_secret(secret)));
            }
            if let Change::PutConnection(connection) = &change {
                plan.format = plan.format.max(Some(Format::for_connection(connection)));
            }
            let content = content(&change);
            if let Change::PutRotation(rotation) = &change {
                plan.format = plan.format.max(Some(Format::for_rotation(rotation)));
                plan.published.extend(rotation.secrets.iter().filter_map(|secret| {
                    secret.published.map(|published| (secret.key, published.version, published.at))
                }));
            }
            plan.put(known, seal, (table, id), content)?;
        }
        Ok(plan)
    }

    fn put(
        &mut self,
        known: &Known,
        seal: &Seal,
        (table, id): (Table, Id),
        content: Option<Content>,
    ) -> Result<(), StoreError> {
        let sealed = match content {
            Some((plain, values)) => Some((record::seal(seal, table, id, &plain)?, values)),
            None => None,
        };
        let chunks_before = known.chunks(table, id);
        let (record, mark) = sealed.map_or((None, None), |(record, values)| {
            let mark = Mark::of(&record, values);
            (Some(record), Some(mark))
        });
        self.writes.push(Write { table, id, record, chunks_before });
        self.marks.push((table, id, mark));
        Ok(())
    }

    /// Values of replaced changes too: whoever handed one over may act on it as soon as it is answered.
    fn collect_values(&mut self, changes: &[Change]) {
        let mut seen = HashSet::new();
        let rotations = changes.iter().filter_map(|change| match change {
            Change::PutRotation(rotation) => Some(values::of_rotation(rotation)),
            _ => None,
        });
        let secrets = changes.iter().filter_map(|change| match change {
            Change::PutSecret(secret) => Some(values::of_secret(secret)),
            _ => None,
        });
        // Rotations first: they know more of a value.
        let all = rotations.flatten().chain(secrets.flatten());
        self.values.extend(all.filter(|held| seen.insert(held.key)));
    }
}

fn place(change: &Change) -> Option<(Table, Id)> {
    Some(match change {
        Change::PutConnection(connection) => (Table::Connections, connection.id.into_bytes()),
        Change::DropConnection(id) => (Table::Connections, id.into_bytes()),
        Change::PutRotation(rotation) => (Table::Rotations, rotation.id.into_bytes()),
        Change::DropRotation(id) => (Table::Rotations, id.into_bytes()),
        Change::PutSecret(secret) => (Table::Secrets, record::secret_id(&secret.key)),
        Change::DropSecret(key) => (Table::Secrets, record::secret_id(key)),
        Change::Append(_) | Change::Quarantine(_) | Change::Acknowledge => return None,
    })
}

/// A record's bytes and the values in it; `None` where it is dropped.
fn content(change: &Change) -> Option<Content> {
    match change {
        Change::PutConnection(connection) => Some((record::plain(connection), Box::default())),
        Change::PutRotation(rotation) => Some((record::plain(rotation), values::keys_of_rotation(rotation))),
        Change::PutSecret(secret) => Some((record::plain(secret), values::keys_of_secret(secret))),
        _ => None,
    }
}
