//! How a record lies in sled: sealed, with a version, cut into chunks.
//!
//! A leaf of sled holds up to 17 values, and a leaf above a quarter of a segment is moved to a file of its own in
//! `blobs/`, which sled never syncs. Values are therefore cut so short that no leaf comes near that: with segments of
//! [`SEGMENT`] and chunks of [`CHUNK`] there are no such files. Small leaves also keep memory small, for one value is
//! read with its whole leaf. Nothing here knows what a record means.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::StoreError;
use super::seal::{Plain, Seal};
use crate::core::secret::SecretKey;

/// sled's segment: a leaf up to a quarter of it stays in the log.
pub const SEGMENT: usize = 512 << 10;
/// A value in sled is never longer.
pub const CHUNK: usize = 6 << 10;
/// A record that is longer than this is refused.
pub const LARGEST: usize = 16 << 20;
/// The version that records are written in.
const VERSION: u8 = 1;

/// A table. Each is a tree of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Connections, by id.
    Connections,
    /// Rotations, by id.
    Rotations,
    /// Secrets, by [`secret_id`].
    Secrets,
    /// Blocks of finished history, by number.
    Blocks,
    /// Sketches of blocks, by number.
    Pages,
    /// The state of the whole, and the open end of the history.
    Meta,
}

impl Table {
    /// All tables, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Connections, Self::Rotations, Self::Secrets, Self::Blocks, Self::Pages, Self::Meta];
    /// Those whose records are loaded at the start.
    pub const RECORDS: [Self; 3] = [Self::Connections, Self::Rotations, Self::Secrets];

    /// The tree's name, and the table's in the seal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Rotations => "rotations",
            Self::Secrets => "secrets",
            Self::Blocks => "history",
            Self::Pages => "pages",
            Self::Meta => "meta",
        }
    }
}

/// A record's key: 16 bytes in every table.
pub type Id = [u8; 16];

/// A secret's key in sled. Names stay out of the clear.
pub fn secret_id(key: &SecretKey) -> Id {
    let mut digest = Sha256::new();
    for part in [key.environment.as_str(), key.path.as_str(), key.name.as_str()] {
        // No part contains a NUL.
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let mut id = [0; 16];
    id.copy_from_slice(&digest.finalize()[..16]);
    id
}

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// A record's bytes before it is sealed, wiped when dropped.
pub fn plain<T: Serialize>(record: &T) -> Zeroizing<Vec<u8>> {
    // Large enough for nearly all, so that growing leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 << 10));
    serde_json::to_writer(&mut *bytes, record).expect("records are plain data");
    bytes
}

/// Seals a record: its version, then the sealed bytes.
pub fn seal(seal: &Seal, table: Table, id: Id, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    if plain.len() > LARGEST {
        return Err(StoreError::TooLarge(plain.len()));
    }
    let sealed = seal.seal(table.name(), &place(id), plain);
    Ok([&[VERSION], sealed.as_slice()].concat())
}

/// Opens a record. One of a version that is not known counts as broken: the store's own version is checked before.
pub fn open(seal: &Seal, table: Table, id: Id, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
    seal.open(table.name(), &place(id), sealed(record)?).map_err(|_| Broken)
}

/// The same, into a buffer that is used again.
pub fn open_into<'a>(to: &'a mut Plain, seal: &Seal, table: Table, id: Id, record: &[u8]) -> Result<&'a [u8], Broken> {
    seal.open_into(to, table.name(), &place(id), sealed(record)?).map_err(|_| Broken)
}

fn sealed(record: &[u8]) -> Result<&[u8], Broken> {
    record.split_first().filter(|(version, _)| **version == VERSION).map(|(_, sealed)| sealed).ok_or(Broken)
}

fn place(id: Id) -> Vec<u8> {
    [id.as_slice(), &[VERSION]].concat()
}

/// A sealed record's tag, which stands for its content.
pub fn tag(record: &[u8]) -> u128 {
    record.last_chunk().map_or(0, |tag| u128::from_be_bytes(*tag))
}

/// How many chunks a record takes.
pub fn count(record: &[u8]) -> u16 {
    u16::try_from(record.len().div_ceil(CHUNK)).expect("records are below LARGEST")
}

/// A chunk's key.
pub fn chunk_key(id: Id, number: u16) -> [u8; 18] {
    let mut key = [0; 18];
    key[..16].copy_from_slice(&id);
    key[16..].copy_from_slice(&number.to_be_bytes());
    key
}

/// A record's chunks. The first one says how many there are.
pub fn chunks(id: Id, record: &[u8]) -> impl Iterator<Item = ([u8; 18], Vec<u8>)> {
    let count = count(record);
    record.chunks(CHUNK).zip(0..).map(move |(bytes, number)| {
        let head = if number == 0 { count.to_be_bytes().to_vec() } else { Vec::new() };
        (chunk_key(id, number), [head.as_slice(), bytes].concat())
    })
}

/// Puts chunks together, in the order of their keys.
#[derive(Default)]
struct Joined {
    count: u16,
    seen: u16,
    bytes: Vec<u8>,
    broken: bool,
}

impl Joined {
    fn add(&mut self, number: u16, value: &[u8]) {
        self.broken |= number != self.seen;
        self.seen = self.seen.saturating_add(1);
        if number != 0 {
            self.bytes.extend_from_slice(value);
        } else if let Some((count, bytes)) = value.split_first_chunk() {
            self.count = u16::from_be_bytes(*count);
            self.bytes.extend_from_slice(bytes);
        } else {
            self.broken = true;
        }
    }

    fn end(self) -> Result<Vec<u8>, Broken> {
        if self.broken || self.seen != self.count { Err(Broken) } else { Ok(self.bytes) }
    }
}

/// A table's sealed records, or which of them are in pieces.
pub type Rows = BTreeMap<Id, Result<Vec<u8>, Broken>>;

/// Reads the sealed records of a table.
pub fn rows(tree: &sled::Tree) -> Result<Rows, StoreError> {
    Records::of(tree).collect()
}

/// The sealed records of a table, or which of them are in pieces, one after the other.
pub struct Records {
    pairs: sled::Iter,
    /// The record that is being put together.
    begun: Option<(Id, Joined)>,
}

impl Records {
    /// Of a table.
    pub fn of(tree: &sled::Tree) -> Self {
        Self { pairs: tree.iter(), begun: None }
    }
}

impl Iterator for Records {
    type Item = Result<(Id, Result<Vec<u8>, Broken>), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        for pair in self.pairs.by_ref() {
            let (key, value) = match pair {
                Ok(pair) => pair,
                Err(error) => return Some(Err(error.into())),
            };
            let (Some(id), Some(Ok(number))) = (key.first_chunk::<16>(), key.get(16..).map(<[u8; 2]>::try_from)) else {
                return Some(Err(StoreError::Damaged("a key in the store is not one of ours".into())));
            };
            let number = u16::from_be_bytes(number);
            match &mut self.begun {
                // A record's chunks lie beside each other.
                Some((begun, joined)) if begun == id => joined.add(number, &value),
                _ => {
                    let mut joined = Joined::default();
                    joined.add(number, &value);
                    if let Some((id, whole)) = self.begun.replace((*id, joined)) {
                        return Some(Ok((id, whole.end())));
                    }
                }
            }
        }
        self.begun.take().map(|(id, joined)| Ok((id, joined.end())))
    }
}

/// Reads one sealed record.
pub fn row(tree: &sled::Tree, id: Id) -> Result<Option<Result<Vec<u8>, Broken>>, StoreError> {
    let mut joined = Joined::default();
    for pair in tree.scan_prefix(id) {
        let (key, value) = pair?;
        let number = key.get(16..).and_then(|number| number.try_into().ok()).map(u16::from_be_bytes);
        joined.add(number.unwrap_or(u16::MAX), &value);
    }
    Ok((joined.seen > 0).then(|| joined.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(tree: &sled::Tree, id: Id, record: &[u8]) {
        for (key, value) in chunks(id, record) {
            assert!(value.len() <= CHUNK + 2, "short enough");
            tree.insert(key, value).expect("written");
        }
    }

    #[test]
    fn a_record_of_any_length_comes_back() {
        let db = sled::Config::new().temporary(true).open().expect("opens");
        for (n, length) in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1 << 20].into_iter().enumerate() {
            let id = (n as u128).to_be_bytes();
            let record: Vec<u8> = (0..length.max(1)).map(|at| u8::try_from(at % 251).expect("small")).collect();
            put(&db, id, &record);
            assert_eq!(row(&db, id).ok(), Some(Some(Ok(record.clone()))), "{length} bytes");
            assert_eq!(rows(&db).expect("read").get(&id), Some(&Ok(record)), "{length} bytes");
        }
    }

    #[test]
    fn a_record_without_one_of_its_chunks_is_broken_and_not_shorter() {
        let record = vec![7; 3 * CHUNK];
        for lost in 0..3 {
            let db = sled::Config::new().temporary(true).open().expect("opens");
            put(&db, [1; 16], &record);
            db.remove(chunk_key([1; 16], lost)).expect("removed");
            assert_eq!(row(&db, [1; 16]).expect("read"), Some(Err(Broken)), "without chunk {lost}");
            assert_eq!(rows(&db).expect("read").get(&[1; 16]), Some(&Err(Broken)), "without chunk {lost}");
        }
    }

    #[test]
    fn names_that_only_differ_in_where_they_are_cut_have_different_keys() {
        let key = |environment: &str, path: &str, name: &str| {
            secret_id(&SecretKey {
                environment: environment.parse().expect("valid"),
                path: path.parse().expect("valid"),
                name: name.parse().expect("valid"),
            })
        };
        assert_ne!(key("prod", "/a", "b"), key("prod", "/", "ab"));
        assert_ne!(key("proda", "/", "b"), key("prod", "/a", "b"));
    }
}
