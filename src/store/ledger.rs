//! The ledger: an append-only file beside sled with the second copy of every secret value that may exist at Okta.
//!
//! Sealed frames, each bound to the one before it, so that nothing can be taken out, added or moved unnoticed. A value is
//! synced here *before* the store commits it, and so before Okta hears of it. The ledger also holds the number of the
//! last commit: a store that is behind it has lost something.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dir::replace;
use super::error::StoreError;
use super::seal::{MasterKey, Seal};
use crate::core::secret::{SecretKey, SecretValue, exposed};

const MAGIC: &[u8; 16] = b"windlass ledger1";
/// Magic, store id, key id.
const HEADER: usize = 16 + 16 + 8;
/// A frame longer than this is damage.
const LONGEST: u32 = 1 << 20;
/// Rewritten once it is larger than this, and four times what is live.
const SLACK: u64 = 1 << 20;

/// One fact in the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Frame {
    Value(Box<Held>),
    Published { key: Uuid, version: u32, at: DateTime<Utc> },
    Released { key: Uuid },
    Head { sequence: u64 },
}

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
    /// Number of the next frame, and the tag of the last one.
    index: u64,
    last_tag: [u8; 16],
    length: u64,
    live_length: u64,
    live: BTreeMap<Uuid, Held>,
    head: u64,
}

/// What was found at the ledger's place.
pub enum Found {
    /// Nothing.
    Absent,
    /// A whole one. A frame that was being written when the power went is cut off.
    Whole(Box<Ledger>),
    /// The part before the damage.
    Damaged(Box<Ledger>),
    /// Not even its header can be read.
    Unreadable,
}

/// The store id and key id in a ledger's header.
pub fn identity(path: &Path) -> Option<(Uuid, [u8; 8])> {
    let mut header = [0; HEADER];
    File::open(path).ok()?.read_exact(&mut header).ok()?;
    if !header.starts_with(MAGIC) {
        return None;
    }
    let store = Uuid::from_slice(&header[16..32]).ok()?;
    Some((store, header[32..].try_into().ok()?))
}

impl Ledger {
    /// Opens the ledger of a store.
    pub fn open(path: &Path, key: &MasterKey) -> Result<Found, StoreError> {
        let fault = |error: io::Error| StoreError::io("reading", path, &error);
        let flags = nix::fcntl::OFlag::O_NOFOLLOW.bits();
        let mut file = match OpenOptions::new().read(true).write(true).custom_flags(flags).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Absent),
            Err(error) => return Err(fault(error)),
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(fault)?;
        let Some((store, _)) = identity(path) else { return Ok(Found::Unreadable) };
        let mut header = [0; HEADER];
        header.copy_from_slice(&bytes[..HEADER]);
        let mut ledger = Self::empty(path, file, key.seal_for(store), header);
        let (end, clean) = ledger.read(&bytes);
        if !clean {
            return Ok(Found::Damaged(Box::new(ledger)));
        }
        if end < bytes.len() {
            tracing::warn!("cut off an unfinished entry at the end of the ledger");
            ledger.file.set_len(end as u64).and_then(|()| ledger.file.sync_all()).map_err(fault)?;
        }
        ledger.file.seek(SeekFrom::Start(end as u64)).map_err(fault)?;
        ledger.length = end as u64;
        Ok(Found::Whole(Box::new(ledger)))
    }

    /// Makes a ledger that holds these values and this head, over whatever is there.
    pub fn make(path: &Path, key: &MasterKey, store: Uuid, live: Vec<Held>, head: u64) -> Result<Self, StoreError> {
        let mut header = [0; HEADER];
        header[..16].copy_from_slice(MAGIC);
        header[16..32].copy_from_slice(store.as_bytes());
        header[32..].copy_from_slice(&key.id());
        Self::write_whole(path, key.seal_for(store), header, live, head)
            .map_err(|error| StoreError::io("writing", path, &error))
    }

    fn write_whole(path: &Path, seal: Seal, header: [u8; HEADER], live: Vec<Held>, head: u64) -> io::Result<Self> {
        let mut chain = Chain { seal: &seal, index: 0, last_tag: [0; 16] };
        let mut bytes = header.to_vec();
        for held in &live {
            bytes.extend(chain.frame(&Frame::Value(Box::new(held.clone()))));
        }
        bytes.extend(chain.frame(&Frame::Head { sequence: head }));
        let (index, last_tag) = (chain.index, chain.last_tag);
        replace(path, &bytes)?;
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        file.seek(SeekFrom::End(0))?;
        let mut ledger = Self::empty(path, file, seal, header);
        ledger.index = index;
        ledger.last_tag = last_tag;
        ledger.length = bytes.len() as u64;
        ledger.live_length = bytes.len() as u64;
        ledger.live = live.into_iter().map(|held| (held.key, held)).collect();
        ledger.head = head;
        Ok(ledger)
    }

    fn empty(path: &Path, file: File, seal: Seal, header: [u8; HEADER]) -> Self {
        Self {
            path: path.to_owned(),
            file,
            seal,
            header,
            index: 0,
            last_tag: [0; 16],
            length: HEADER as u64,
            live_length: 0,
            live: BTreeMap::new(),
            head: 0,
        }
    }

    /// Takes in all frames. Returns where the last whole one ends, and whether nothing but an unfinished frame follows.
    fn read(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = HEADER;
        loop {
            let Some((length, rest)) = bytes[at..].split_first_chunk::<4>() else { return (at, true) };
            let length = u32::from_le_bytes(*length);
            let unfinished = rest.len() < length as usize;
            if length > LONGEST || length < 40 {
                // Zeroes to the end are what a crash leaves of an append that was never synced.
                return (at, bytes[at..].iter().all(|byte| *byte == 0));
            }
            if unfinished {
                return (at, true);
            }
            let sealed = &rest[..length as usize];
            let mut chain = Chain { seal: &self.seal, index: self.index, last_tag: self.last_tag };
            let Some(frame) = chain.open(sealed) else { return (at, false) };
            (self.index, self.last_tag) = (chain.index, chain.last_tag);
            self.take(frame, u64::from(length) + 4);
            at += 4 + length as usize;
        }
    }

    fn take(&mut self, frame: Frame, length: u64) {
        match frame {
            Frame::Value(held) => {
                self.live_length += length;
                self.live.insert(held.key, *held);
            }
            Frame::Published { key, version, at } => {
                if let Some(held) = self.live.get_mut(&key) {
                    held.published = Some((version, at));
                }
            }
            Frame::Released { key } => {
                self.live.remove(&key);
                self.live_length = self.live_length.saturating_sub(length);
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
        self.live.values()
    }

    /// Whether a value is held.
    pub fn holds(&self, key: Uuid) -> bool {
        self.live.contains_key(&key)
    }

    /// Whether a value is noted as published in this version.
    pub fn knows_published(&self, key: Uuid, version: u32) -> bool {
        self.live.get(&key).and_then(|held| held.published).is_some_and(|(known, _)| known == version)
    }

    /// Adds values, durably: when this returns they are on disk.
    pub fn hold(&mut self, values: Vec<Held>) -> Result<(), StoreError> {
        if values.is_empty() {
            return Ok(());
        }
        self.append(values.into_iter().map(|held| Frame::Value(Box::new(held))).collect())?;
        self.file.sync_data().map_err(|error| StoreError::io("writing", &self.path, &error))
    }

    /// Notes what a commit did: versions published, values not needed any more, and its number. Not synced on its own:
    /// it is behind the store at the worst, never ahead.
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
        if self.length > SLACK && self.length > 4 * self.live_length.max(1) {
            self.compact()?;
        }
        Ok(())
    }

    /// Rewrites the file with what is live: released values are gone from it then.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        let live = self.live.values().cloned().collect();
        *self = Self::write_whole(&self.path, self.seal.clone(), self.header, live, self.head)
            .map_err(|error| StoreError::io("rewriting", &self.path, &error))?;
        Ok(())
    }

    fn append(&mut self, frames: Vec<Frame>) -> Result<(), StoreError> {
        let mut chain = Chain { seal: &self.seal, index: self.index, last_tag: self.last_tag };
        let mut bytes = Vec::new();
        let mut lengths = Vec::new();
        for frame in &frames {
            let framed = chain.frame(frame);
            lengths.push(framed.len() as u64);
            bytes.extend(framed);
        }
        let (index, last_tag) = (chain.index, chain.last_tag);
        if let Err(error) = self.file.write_all(&bytes) {
            // A half-written frame must not stand before the next one.
            let _ = self.file.set_len(self.length).and_then(|()| self.file.seek(SeekFrom::Start(self.length)));
            return Err(StoreError::io("writing", &self.path, &error));
        }
        (self.index, self.last_tag) = (index, last_tag);
        self.length += bytes.len() as u64;
        for (frame, length) in frames.into_iter().zip(lengths) {
            self.take(frame, length);
        }
        Ok(())
    }
}

/// Seals frames one after the other: each is bound to its number and to the tag of the one before.
struct Chain<'a> {
    seal: &'a Seal,
    index: u64,
    last_tag: [u8; 16],
}

impl Chain<'_> {
    fn place(&self) -> Vec<u8> {
        [self.index.to_be_bytes().as_slice(), &self.last_tag].concat()
    }

    fn step(&mut self, sealed: &[u8]) {
        self.index += 1;
        self.last_tag.copy_from_slice(&sealed[sealed.len() - 16..]);
    }

    fn frame(&mut self, frame: &Frame) -> Vec<u8> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(frame).expect("frames are plain data"));
        let sealed = self.seal.seal("ledger", &self.place(), &plain);
        self.step(&sealed);
        let length = u32::try_from(sealed.len()).expect("frames are small");
        [length.to_le_bytes().as_slice(), &sealed].concat()
    }

    fn open(&mut self, sealed: &[u8]) -> Option<Frame> {
        let plain = self.seal.open("ledger", &self.place(), sealed).ok()?;
        let frame = serde_json::from_slice(&plain).ok()?;
        self.step(sealed);
        Some(frame)
    }
}
