//! The ledger: an append-only file beside sled with the second copy of every secret value that may exist at Okta.
//!
//! Sealed frames, each bound to the one before it, so that nothing can be taken out, added or moved unnoticed. A value is
//! synced here *before* the store commits it, and so before Okta hears of it. The ledger also holds the number of the
//! last commit, noted and synced once the store has it: a store that is behind it has lost something.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dir::replace;
use super::error::StoreError;
use super::seal::{MasterKey, Seal};
use crate::core::secret::{SecretKey, SecretValue, exposed};
use crate::file::{self, Links, Unfit};

mod frame;

use frame::{Frame, Place};

const MAGIC: &[u8; 16] = b"windlass ledger1";
/// Magic, store id, key id.
const HEADER: usize = 16 + 16 + 8;
/// A ledger is never longer: it would hold half a million values.
const LONGEST: u64 = 512 << 20;
/// Rewritten once it is larger than this, and four times what is live.
const SLACK: u64 = 1 << 20;

/// A secret value, with enough beside it to be of use alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Held {
    /// [`crate::core::rotation::OktaSecret::key`].
    pub key: Uuid,
    /// The value.
    #[serde(with = "exposed")]
    pub value: SecretValue,
    /// The rotation, and its name then.
    pub rotation: Option<(Uuid, String)>,
    /// Okta's id of the app, and its client id.
    pub app: Option<(String, String)>,
    /// Where the client secret is read.
    pub client_secret: Option<SecretKey>,
    /// Where the client id is read.
    pub client_id: Option<SecretKey>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// As which version it was published, and when.
    #[serde(default)]
    pub published: Option<(u32, DateTime<Utc>)>,
}

/// The open ledger.
pub struct Ledger {
    path: PathBuf,
    file: File,
    seal: Seal,
    header: [u8; HEADER],
    place: Place,
    length: u64,
    /// What is held, and how long its frame is.
    live: BTreeMap<Uuid, (Held, u64)>,
    live_length: u64,
    /// Whether a released value still stands in the file.
    stale: bool,
    head: u64,
}

/// What was found at the ledger's place.
pub enum Found {
    /// Nothing.
    Absent,
    /// A whole one. A frame that was being written when the power went is cut off.
    Whole(Box<Ledger>),
    /// What could be read around the damage. It must not be written to; [`Ledger::make`] makes a new one.
    Damaged(Box<Ledger>),
    /// Nothing in it can be opened.
    Unreadable {
        /// Whether it says that it was sealed with another key.
        foreign: bool,
    },
}

impl Ledger {
    /// The store that a ledger is of, if its first frame can be opened. That is known without reading the rest.
    pub fn begins(path: &Path, key: &MasterKey) -> Option<Uuid> {
        let file = file::open(path, Links::Refused, LONGEST).ok()?;
        let mut bytes = Vec::new();
        file.take((HEADER + 4 + frame::LONGEST) as u64).read_to_end(&mut bytes).ok()?;
        let (header, frames) = bytes.split_first_chunk::<HEADER>()?;
        let seal = key.seal_for(Uuid::from_slice(&header[16..32]).ok()?);
        frame::begins(&seal, frames).then(|| seal.store())
    }

    /// Opens a ledger. Its header is not sealed; where it is damaged, `store` is tried as the store's id.
    pub fn open(path: &Path, key: &MasterKey, store: Option<Uuid>) -> Result<Found, StoreError> {
        Self::open_to(path, key, store, true)
    }

    /// Looks into a ledger that cannot be written. What it holds can be read; it must not be added to.
    pub fn peek(path: &Path, key: &MasterKey) -> Result<Found, StoreError> {
        Self::open_to(path, key, None, false)
    }

    fn open_to(path: &Path, key: &MasterKey, store: Option<Uuid>, write: bool) -> Result<Found, StoreError> {
        let fault = |error: io::Error| StoreError::io("reading", path, &error);
        let mut options = OpenOptions::new();
        let mut file = match file::open_as(path, Links::Refused, LONGEST, options.read(true).write(write)) {
            Ok(file) => file,
            Err(unfit) if unfit.is_absent() => return Ok(Found::Absent),
            Err(Unfit::Long { .. } | Unfit::Holes(_)) => return Ok(Found::Unreadable { foreign: false }),
            Err(unfit) => return Err(StoreError::unfit("reading", path, unfit)),
        };
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(LONGEST).read_to_end(&mut bytes).map_err(fault)?;
        let Some(header) = bytes.first_chunk::<HEADER>() else { return Ok(Found::Unreadable { foreign: false }) };
        let named = Uuid::from_slice(&header[16..32]).unwrap_or_default();
        let tried = [Some(named), store.filter(|store| *store != named)];
        let (seal, read) = tried
            .into_iter()
            .flatten()
            .map(|store| key.seal_for(store))
            .map(|seal| (frame::read(&seal, &bytes, HEADER), seal))
            .find(|(read, _)| !read.all.is_empty())
            .map_or((None, None), |(read, seal)| (Some(seal), Some(read)));
        let (Some(seal), Some(read)) = (seal, read) else {
            if header[..15] == MAGIC[..15] && header[15] > MAGIC[15] && header[15].is_ascii_digit() {
                return Err(StoreError::Newer { what: format!("the ledger {}", path.display()) });
            }
            let foreign = header.starts_with(MAGIC) && header[32..] != key.id();
            return Ok(Found::Unreadable { foreign });
        };
        let right = new_header(seal.store(), key);
        let damaged = read.damaged || *header != right;
        let mut ledger = Self::empty(path, file, seal, right);
        for (frame, length) in read.all {
            ledger.take(frame, length);
        }
        if damaged {
            return Ok(Found::Damaged(Box::new(ledger)));
        }
        let end = read.end as u64;
        if write && read.end < bytes.len() {
            tracing::warn!("cut off an unfinished entry at the end of the ledger");
            ledger.file.set_len(end).and_then(|()| ledger.file.sync_all()).map_err(fault)?;
        }
        ledger.file.seek(SeekFrom::Start(end)).map_err(fault)?;
        (ledger.place, ledger.length) = (read.place, end);
        Ok(Found::Whole(Box::new(ledger)))
    }

    /// Makes a ledger that holds these values and this head, over whatever is there.
    pub fn make(path: &Path, key: &MasterKey, store: Uuid, live: Vec<Held>, head: u64) -> Result<Self, StoreError> {
        Self::write_whole(path, key.seal_for(store), new_header(store, key), live, head)
    }

    fn write_whole(
        path: &Path,
        seal: Seal,
        header: [u8; HEADER],
        live: Vec<Held>,
        head: u64,
    ) -> Result<Self, StoreError> {
        let fault = |error: io::Error| StoreError::io("writing", path, &error);
        let mut place = Place::default();
        let mut bytes = header.to_vec();
        let mut index = BTreeMap::new();
        for one in live {
            let framed = framed(&mut place, &seal, &Frame::Value(Box::new(one.clone())))?;
            index.insert(one.key, (one, framed.len() as u64));
            bytes.extend(framed);
        }
        bytes.extend(framed(&mut place, &seal, &Frame::Head { sequence: head })?);
        replace(path, &bytes).map_err(fault)?;
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(fault)?;
        file.seek(SeekFrom::End(0)).map_err(fault)?;
        let mut ledger = Self::empty(path, file, seal, header);
        (ledger.place, ledger.length, ledger.head) = (place, bytes.len() as u64, head);
        ledger.live_length = index.values().map(|(_, length)| length).sum();
        ledger.live = index;
        Ok(ledger)
    }

    fn empty(path: &Path, file: File, seal: Seal, header: [u8; HEADER]) -> Self {
        Self {
            path: path.to_owned(),
            file,
            seal,
            header,
            place: Place::default(),
            length: HEADER as u64,
            live: BTreeMap::new(),
            live_length: 0,
            stale: false,
            head: 0,
        }
    }

    fn take(&mut self, frame: Frame, length: u64) {
        match frame {
            Frame::Value(held) => {
                self.live_length += length;
                if let Some((_, before)) = self.live.insert(held.key, (*held, length)) {
                    self.live_length -= before;
                }
            }
            Frame::Published { key, version, at } => {
                if let Some((held, _)) = self.live.get_mut(&key) {
                    held.published = Some((version, at));
                }
            }
            Frame::Released { key } => {
                if let Some((_, length)) = self.live.remove(&key) {
                    self.live_length -= length;
                    self.stale = true;
                }
            }
            Frame::Head { sequence } => self.head = self.head.max(sequence),
        }
    }

    /// The number of the last commit that it knows of.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The store that it belongs to.
    pub fn store(&self) -> Uuid {
        self.seal.store()
    }

    /// The values that are held.
    pub fn live(&self) -> impl Iterator<Item = &Held> {
        self.live.values().map(|(held, _)| held)
    }

    /// Whether a value is held.
    pub fn holds(&self, key: Uuid) -> bool {
        self.live.contains_key(&key)
    }

    /// Whether a value is held, and not yet noted as published in this version.
    pub fn lacks_publication(&self, key: Uuid, version: u32) -> bool {
        self.live.get(&key).is_some_and(|(held, _)| held.published.is_none_or(|(known, _)| known != version))
    }

    /// Adds values, durably: when this returns they are on disk.
    pub fn hold(&mut self, values: Vec<Held>) -> Result<(), StoreError> {
        if values.is_empty() {
            return Ok(());
        }
        self.append(values.into_iter().map(|held| Frame::Value(Box::new(held))).collect())
    }

    /// Notes what a commit did, durably: versions published, values not needed any more, and its number.
    pub fn note(
        &mut self,
        published: Vec<(Uuid, u32, DateTime<Utc>)>,
        released: Vec<Uuid>,
        sequence: u64,
    ) -> Result<(), StoreError> {
        let mut frames: Vec<Frame> =
            published.into_iter().map(|(key, version, at)| Frame::Published { key, version, at }).collect();
        frames.extend(released.into_iter().map(|key| Frame::Released { key }));
        frames.push(Frame::Head { sequence });
        self.append(frames)?;
        if self.length > SLACK && self.length > 4 * self.live_length { self.compact() } else { Ok(()) }
    }

    /// Rewrites the file with what is live: released values are gone from it then. Never over a file that is not this one:
    /// the directory may have been moved, and another store may be in its place.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        if !self.is_here() {
            return Err(StoreError::Moved { dir: self.path.parent().unwrap_or(Path::new(".")).to_owned() });
        }
        let live = self.live().cloned().collect();
        *self = Self::write_whole(&self.path, self.seal.clone(), self.header, live, self.head)?;
        Ok(())
    }

    /// Whether its path still leads to the open file.
    fn is_here(&self) -> bool {
        let number = |meta: &fs::Metadata| (meta.dev(), meta.ino());
        let (open, found) = (self.file.metadata(), fs::symlink_metadata(&self.path));
        matches!((&open, &found), (Ok(open), Ok(found)) if number(open) == number(found))
    }

    /// Ends in good order: released values do not outlive the process that released them.
    pub fn close(&mut self) -> Result<(), StoreError> {
        if self.stale { self.compact() } else { Ok(()) }
    }

    /// From now on the disk is full: a device that always is stands in for it.
    #[cfg(test)]
    pub fn fill_disk(&mut self) {
        self.file = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
    }

    fn append(&mut self, frames: Vec<Frame>) -> Result<(), StoreError> {
        let mut place = self.place;
        let mut bytes = Vec::new();
        let mut lengths = Vec::new();
        for frame in &frames {
            let sealed = framed(&mut place, &self.seal, frame)?;
            lengths.push(sealed.len() as u64);
            bytes.extend(sealed);
        }
        if let Err(error) = self.file.write_all(&bytes).and_then(|()| self.file.sync_data()) {
            // A half-written frame must not stand before the next one. Nothing is written after an error, but the
            // next start must find the same as if it had been cut short by a crash.
            let _ = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            return Err(StoreError::io("writing", &self.path, &error));
        }
        self.place = place;
        self.length += bytes.len() as u64;
        for (frame, length) in frames.into_iter().zip(lengths) {
            self.take(frame, length);
        }
        Ok(())
    }
}

fn framed(place: &mut Place, seal: &Seal, frame: &Frame) -> Result<Vec<u8>, StoreError> {
    place.seal(seal, frame).ok_or(StoreError::TooLarge(frame::LONGEST))
}

fn new_header(store: Uuid, key: &MasterKey) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..16].copy_from_slice(MAGIC);
    header[16..32].copy_from_slice(store.as_bytes());
    header[32..].copy_from_slice(&key.id());
    header
}

#[cfg(test)]
mod tests;
