//! Writing a rebuilt store.

use std::path::Path;

use crate::store::error::StoreError;
use crate::store::files::{Files, Identity, Write};
use crate::store::history::{History, TAIL};
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

/// Writes records into a new directory, with the history of a damaged store as far as it can be copied. Returns
/// whether that were as many entries as there should be.
pub fn renew(
    dir: &Path,
    identity: Identity,
    seal: &Seal,
    records: Loaded,
    sequence: u64,
    old: Option<&Files>,
    entries: u64,
) -> Result<bool, StoreError> {
    guard("writing", || {
        let files = Files::open(dir)?;
        files.set_identity(identity)?;
        let to_the_end = match old {
            Some(old) => copy_history(old, &files)?,
            None => false,
        };
        let history = History::recover(files.trees(), seal)?;
        let copied = to_the_end && history.tally().entries >= entries;
        let quarantine = records.quarantine.clone();
        let mut known = Known::default();
        let changes = changes(records);
        for batch in changes.chunks(TOGETHER) {
            let Plan { writes, marks, .. } = Plan::new(vec![batch.to_vec()], &known, seal)?;
            files.write(&writes)?;
            for (table, id, mark) in marks {
                known.set(table, id, mark);
            }
        }
        let state = State { sequence, censuses: known.censuses(), history: history.tally(), quarantine };
        let record = Some(record::seal(seal, Table::Meta, STATE, &record::plain(&state))?);
        files.write(&[Write { table: Table::Meta, id: STATE, record, chunks_before: 0 }])?;
        files.sync_all().map_err(|error| StoreError::io("writing", dir, &error))?;
        files.close()?;
        Ok(copied)
    })
}

fn changes(records: Loaded) -> Vec<Change> {
    let connections = records.connections.into_iter().map(|it| Change::PutConnection(Box::new(it)));
    let rotations = records.rotations.into_iter().map(|it| Change::PutRotation(Box::new(it)));
    let secrets = records.secrets.into_iter().map(|it| Change::PutSecret(Box::new(it)));
    connections.chain(rotations).chain(secrets).collect()
}

/// Copies history as it lies there. `false` where the damaged store gave up before its end.
fn copy_history(old: &Files, new: &Files) -> Result<bool, StoreError> {
    let mut copied = true;
    for table in [Table::Blocks, Table::Pages, Table::Meta] {
        let copying = guard("copying the history", || {
            for pair in &old.trees()[table] {
                let (key, value) = pair?;
                if table != Table::Meta || key.starts_with(&TAIL) {
                    new.put_raw(table, &key, &value)?;
                }
            }
            Ok(())
        });
        match copying {
            Err(StoreError::Damaged(_)) => copied = false,
            other => other?,
        }
    }
    Ok(copied)
}
