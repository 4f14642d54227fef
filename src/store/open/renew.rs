//! Writing a rebuilt store.

use std::path::Path;

use super::inspect::Readable;
use crate::store::error::StoreError;
use crate::store::files::{Files, Identity, Write};
use crate::store::history::History;
use crate::store::known::Known;
use crate::store::plan::Plan;
use crate::store::quiet::guard;
use crate::store::read::{STATE, State};
use crate::store::record::{self, Table};
use crate::store::seal::Seal;
use crate::store::{Change, Loaded};

/// How many records are written together. The store is of no use before the last one is there, so that it does not
/// matter where one transaction ends.
const TOGETHER: usize = 512;

/// Writes records into a new directory, with the history of a damaged store as far as it can be read. Returns how many
/// entries that were.
pub fn renew(
    dir: &Path,
    identity: Identity,
    seal: &Seal,
    records: Loaded,
    sequence: u64,
    old: Option<&Readable>,
) -> Result<u64, StoreError> {
    guard("writing", || {
        let files = Files::open(dir)?;
        files.set_identity(identity)?;
        let history = match old {
            Some(Readable { files: old, read, .. }) => {
                let blocks = read.state.as_ref().map(|state| state.history.blocks);
                read.history.repack(old.trees(), seal, blocks, &files)?
            }
            None => History::empty(),
        };
        let (quarantine, recovered) = (records.quarantine.clone(), records.recovered.clone());
        let mut known = Known::default();
        let changes = changes(records);
        for batch in changes.chunks(TOGETHER) {
            let Plan { writes, marks, .. } = Plan::new(vec![batch.to_vec()], &known, seal)?;
            files.write(&writes)?;
            for (table, id, mark) in marks {
                known.set(table, id, mark);
            }
        }
        let history = history.tally();
        let state = State { sequence, censuses: known.censuses(), history, quarantine, recovered };
        let record = Some(record::seal(seal, Table::Meta, STATE, &record::plain(&state))?);
        files.write(&[Write { table: Table::Meta, id: STATE, record, chunks_before: 0 }])?;
        files.sync_all().map_err(|error| StoreError::io("writing", dir, &error))?;
        files.close()?;
        Ok(history.entries)
    })
}

fn changes(records: Loaded) -> Vec<Change> {
    let connections = records.connections.into_iter().map(|it| Change::PutConnection(Box::new(it)));
    let rotations = records.rotations.into_iter().map(|it| Change::PutRotation(Box::new(it)));
    let secrets = records.secrets.into_iter().map(|it| Change::PutSecret(Box::new(it)));
    connections.chain(rotations).chain(secrets).collect()
}
