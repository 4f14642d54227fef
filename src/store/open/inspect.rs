//! Looking into sled's files, whatever state they are in.

use std::path::Path;
use std::time::Duration;

use uuid::Uuid;

use crate::store::dir::{Wanted, plain};
use crate::store::error::StoreError;
use crate::store::files::{Files, Identity};
use crate::store::quiet::in_time;
use crate::store::read::Read;
use crate::store::seal::{MasterKey, Seal};

/// What it is called where it takes too long.
const DOING: &str = "opening the store";
/// No store of any size takes so long to open.
const LIMIT: Duration = Duration::from_mins(2);

/// What was found in the store's place.
pub enum Inspected {
    /// No files.
    Absent,
    /// Files in which nothing was ever written, or from which everything is gone.
    Empty(Files),
    /// Files that sled cannot open.
    Broken(String),
    /// Files that can be read, at least in part.
    Readable(Box<Readable>),
}

/// A store that opened.
pub struct Readable {
    /// Its files.
    pub files: Files,
    /// What it says of itself.
    pub identity: Option<Identity>,
    /// Its identity cannot be read, and cannot be written anew in that place either.
    pub nameless: bool,
    /// What its records are sealed with.
    pub seal: Seal,
    /// Its records.
    pub read: Read,
}

impl Readable {
    /// Whether it has all records of that commit or of a later one.
    pub fn is_whole_at(&self, head: u64) -> bool {
        self.read.is_whole_at(head)
    }

    /// Whether anything in it is sealed with our key.
    pub fn is_ours(&self) -> bool {
        self.read.state.is_some() || self.read.known.censuses().iter().any(|census| census.count > 0)
    }
}

/// Whether an error says that opening takes too long: once is enough to wait for that.
pub fn took_too_long(error: &StoreError) -> bool {
    matches!(error, StoreError::Io { what, .. } if what == DOING)
}

/// Opens the store and reads it. `store` is the id that the ledger names.
pub fn inspect(dir: &Path, key: &MasterKey, store: Option<Uuid>) -> Result<Inspected, StoreError> {
    // sled would make what is missing, and call it a new store.
    if !plain(dir, Wanted::Dir)? || !plain(&dir.join("db"), Wanted::File)? {
        return Ok(Inspected::Absent);
    }
    let (dir, key) = (dir.to_owned(), key.clone());
    match in_time(DOING, LIMIT, move || inspect_now(&dir, &key, store)) {
        Err(StoreError::Damaged(why)) => Ok(Inspected::Broken(why)),
        other => other,
    }
}

fn inspect_now(dir: &Path, key: &MasterKey, store: Option<Uuid>) -> Result<Inspected, StoreError> {
    let files = Files::open(dir)?;
    tracing::trace!(name: "sled opened", target: "start", "");
    let (identity, nameless) = match files.identity() {
        Err(StoreError::Damaged(_)) => (None, true),
        other => (other?, false),
    };
    // The store's own word first; the ledger's where that leads nowhere.
    let named = [identity.map(|identity| identity.store), store];
    let mut best = None;
    for store in named.into_iter().flatten() {
        let seal = key.seal_for(store);
        let read = Read::new(&files, &seal)?;
        let useful = read.state.is_some();
        best = Some((seal, read));
        if useful {
            break;
        }
    }
    let Some((seal, read)) = best else {
        // Neither says which store this is. There is nothing to open its records with.
        let some = files.trees().iter().any(|tree| !tree.is_empty());
        return if some {
            Err(StoreError::Damaged("the store does not say which one it is".into()))
        } else {
            Ok(Inspected::Empty(files))
        };
    };
    tracing::trace!(name: "records read", target: "start", "");
    if read.is_empty() {
        return Ok(Inspected::Empty(files));
    }
    Ok(Inspected::Readable(Box::new(Readable { files, identity, nameless, seal, read })))
}
