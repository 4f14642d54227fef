//! What is known of a block of history without reading it: enough to pass it by.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::core::history::Entry;
use crate::store::HistoryQuery;

/// A summary of some entries. It may say yes where the answer is no, and never no where it is yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// How many entries.
    pub count: u32,
    /// The lowest id.
    pub low: u128,
    /// The highest.
    pub high: u128,
    /// The earliest start, in milliseconds.
    first: i64,
    /// The latest.
    last: i64,
    /// A bit for each outcome.
    outcomes: u8,
    /// Short hashes of rotations and users, sorted; `None` where it was not kept.
    prints: Option<Vec<u32>>,
}

/// Stands in the encoding for prints that were not kept.
const NO_PRINTS: u16 = u16::MAX;

impl Sketch {
    /// Of nothing.
    pub fn empty() -> Self {
        let prints = Some(Vec::new());
        Self { count: 0, low: u128::MAX, high: 0, first: i64::MAX, last: i64::MIN, outcomes: 0, prints }
    }

    /// Of what cannot be known: it may hold anything.
    pub fn unknown() -> Self {
        Self { count: 0, low: 0, high: u128::MAX, first: i64::MIN, last: i64::MAX, outcomes: u8::MAX, prints: None }
    }

    /// Takes an entry in.
    pub fn add(&mut self, entry: &Entry) {
        let started = entry.started_at.timestamp_millis();
        self.count += 1;
        self.low = self.low.min(entry.id.as_u128());
        self.high = self.high.max(entry.id.as_u128());
        self.first = self.first.min(started);
        self.last = self.last.max(started);
        self.outcomes |= 1 << entry.outcome as u8;
        let Some(prints) = &mut self.prints else { return };
        let all = entry.actor.users().map(|user| print_of_user(user));
        for print in all.chain(entry.rotation_id.map(print_of_rotation)) {
            if let Err(at) = prints.binary_search(&print) {
                prints.insert(at, print);
            }
        }
    }

    /// Of a page of blocks; without prints, which would say yes to everything.
    pub fn of_page(page: &[Self]) -> Self {
        let mut all = Self { prints: None, ..Self::empty() };
        for one in page {
            all.count = all.count.saturating_add(one.count);
            all.low = all.low.min(one.low);
            all.high = all.high.max(one.high);
            all.first = all.first.min(one.first);
            all.last = all.last.max(one.last);
            all.outcomes |= one.outcomes;
        }
        all
    }

    /// Whether an entry that is asked for may be in there.
    pub fn may_hold(&self, query: &HistoryQuery) -> bool {
        let print = |print: u32| self.prints.as_ref().is_none_or(|prints| prints.binary_search(&print).is_ok());
        query.before.is_none_or(|before| self.low < before.as_u128())
            && query.since.is_none_or(|since| self.last >= since.timestamp_millis())
            && query.until.is_none_or(|until| self.first <= until.timestamp_millis())
            && query.outcome.is_none_or(|outcome| self.outcomes & (1 << outcome as u8) != 0)
            && query.rotation.is_none_or(|rotation| print(print_of_rotation(rotation)))
            && query.actor.as_ref().is_none_or(|actor| print(print_of_user(actor)))
    }

    /// Writes it behind others.
    pub fn encode(&self, to: &mut Vec<u8>) {
        to.extend(self.count.to_be_bytes());
        to.extend(self.low.to_be_bytes());
        to.extend(self.high.to_be_bytes());
        to.extend(self.first.to_be_bytes());
        to.extend(self.last.to_be_bytes());
        to.push(self.outcomes);
        let prints = self.prints.as_ref().filter(|prints| prints.len() < usize::from(NO_PRINTS));
        let length = prints.map_or(NO_PRINTS, |prints| u16::try_from(prints.len()).unwrap_or(NO_PRINTS));
        to.extend(length.to_be_bytes());
        to.extend(prints.into_iter().flatten().flat_map(|print| print.to_be_bytes()));
    }

    /// Reads one and moves on.
    pub fn decode(from: &mut &[u8]) -> Option<Self> {
        let sketch = Self {
            count: u32::from_be_bytes(take(from)?),
            low: u128::from_be_bytes(take(from)?),
            high: u128::from_be_bytes(take(from)?),
            first: i64::from_be_bytes(take(from)?),
            last: i64::from_be_bytes(take(from)?),
            outcomes: u8::from_be_bytes(take(from)?),
            prints: None,
        };
        let length = u16::from_be_bytes(take(from)?);
        if length == NO_PRINTS {
            return Some(sketch);
        }
        let prints: Option<Vec<u32>> = (0..length).map(|_| take(from).map(u32::from_be_bytes)).collect();
        Some(Self { prints: Some(prints?), ..sketch })
    }
}

/// Reads a list of sketches that fills the bytes to their end.
pub fn decode_all(mut bytes: &[u8]) -> Option<Vec<Sketch>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        all.push(Sketch::decode(&mut bytes)?);
    }
    Some(all)
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*bytes)
}

fn print_of_rotation(id: Uuid) -> u32 {
    print(b"rotation", id.as_bytes())
}

fn print_of_user(user: &str) -> u32 {
    print(b"user", user.as_bytes())
}

fn print(kind: &[u8], bytes: &[u8]) -> u32 {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(bytes).finalize();
    digest.first_chunk().map_or(0, |first| u32::from_be_bytes(*first))
}
