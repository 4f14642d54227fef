//! The ledger's frames: sealed one after the other, each bound to its number and to the tag of the one before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Held;
use crate::store::record;
use crate::store::seal::{Plain, Seal};

/// A frame is never longer than this; what claims to be is damage.
pub const LONGEST: usize = 64 << 10;
/// Nor shorter: a nonce and a tag.
const SHORTEST: usize = 40;
/// How many destroyed frames are bridged when the frames behind them are looked for.
const BRIDGED: u64 = 256;

/// One fact in the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Frame {
    /// A value is held.
    Value(Box<Held>),
    /// A held value was published.
    Published {
        /// Its key.
        key: Uuid,
        /// As which version.
        version: u32,
        /// When.
        at: DateTime<Utc>,
    },
    /// A value is not needed any more.
    Released {
        /// Its key.
        key: Uuid,
    },
    /// A commit is in the store.
    Head {
        /// Its number.
        sequence: u64,
    },
}

/// A place in the chain: the number of the next frame, and the tag of the last one.
#[derive(Clone, Copy, Default)]
pub struct Place {
    index: u64,
    last_tag: [u8; 16],
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        [self.index.to_be_bytes().as_slice(), &self.last_tag].concat()
    }

    fn step(&mut self, sealed: &[u8]) {
        self.index += 1;
        self.last_tag = sealed.last_chunk().copied().unwrap_or_default();
    }

    /// Seals a frame, with its length before it. `None` where it is too long.
    pub fn seal(&mut self, seal: &Seal, frame: &Frame) -> Option<Vec<u8>> {
        let sealed = seal.seal("ledger", &self.bytes(), &record::plain(frame));
        if sealed.len() > LONGEST {
            return None;
        }
        self.step(&sealed);
        let length = u32::try_from(sealed.len()).ok()?;
        Some([length.to_le_bytes().as_slice(), &sealed].concat())
    }

    fn open(&mut self, seal: &Seal, sealed: &[u8], plain: &mut Plain) -> Option<Frame> {
        let plain = seal.open_into(plain, "ledger", &self.bytes(), sealed).ok()?;
        let frame = serde_json::from_str(std::str::from_utf8(plain).ok()?).ok()?;
        self.step(sealed);
        Some(frame)
    }
}

/// The sealed bytes at a place, if a frame can stand there.
fn sealed(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    rest.get(..length).filter(|sealed| (SHORTEST..=LONGEST).contains(&sealed.len()))
}

/// Whether the first frame can be opened.
pub fn begins(seal: &Seal, bytes: &[u8]) -> bool {
    sealed(bytes).is_some_and(|sealed| Place::default().open(seal, sealed, &mut Plain::default()).is_some())
}

/// Whether these last bytes are what a crash leaves of a frame that was never synced: they end before the frame does, or
/// are filled up with zeroes.
fn is_unfinished(bytes: &[u8]) -> bool {
    let Some(length) = bytes.first_chunk() else { return true };
    let whole = 4 + u32::from_le_bytes(*length) as usize;
    let written = bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count();
    // Zeroes behind it are what a file was grown by. A whole frame ends with its tag, which does not end with so many.
    let grown = bytes.len() > whole && written <= whole;
    written < 4 || (whole <= 4 + LONGEST && (bytes.len() < whole || grown || written + 8 < whole))
}

/// What was read from a ledger's bytes.
pub struct Frames {
    /// Each frame and its length with all around it.
    pub all: Vec<(Frame, u64)>,
    /// Where the chain continues, and at which byte.
    pub place: Place,
    /// Where the last whole frame ends.
    pub end: usize,
    /// Whether something was destroyed. An unfinished frame at the end is not damage: it was never synced.
    pub damaged: bool,
}

/// Reads all frames from a byte on. What was destroyed is passed over, if frames behind it can still be opened.
pub fn read(seal: &Seal, bytes: &[u8], from: usize) -> Frames {
    let mut plain = Plain::default();
    let mut read = Frames { all: Vec::new(), place: Place::default(), end: from, damaged: false };
    while read.end < bytes.len() {
        if let Some(sealed) = sealed(&bytes[read.end..])
            && let Some(frame) = read.place.open(seal, sealed, &mut plain)
        {
            read.all.push((frame, sealed.len() as u64 + 4));
            read.end += sealed.len() + 4;
            continue;
        }
        let Some((at, place)) = find(seal, bytes, read.end, read.place) else {
            read.damaged |= !is_unfinished(&bytes[read.end..]);
            return read;
        };
        read.damaged = true;
        (read.end, read.place) = (at, place);
    }
    read
}

/// Looks for the next frame that opens behind a destroyed one.
fn find(seal: &Seal, bytes: &[u8], from: usize, place: Place) -> Option<(usize, Place)> {
    for at in from + 1..bytes.len() {
        let Some(sealed) = sealed(&bytes[at..]) else { continue };
        let last_tag = *bytes[..at].last_chunk()?;
        for skipped in 1..=BRIDGED {
            let place = Place { index: place.index + skipped, last_tag };
            if seal.open("ledger", &place.bytes(), sealed).is_ok() {
                return Some((at, place));
            }
        }
    }
    None
}
