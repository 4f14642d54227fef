//! Reading history: best first.
//!
//! Pages, blocks and entries stand in one queue, each at the highest id that it can still give. Whatever comes out on
//! top is opened if it holds others, and is the next answer if it is an entry. So the order is right although blocks
//! overlap, and only blocks that can give something are read.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use uuid::Uuid;

use super::sketch::Sketch;
use super::{History, PAGE, parse, read_block, sketches};
use crate::core::history::Entry;
use crate::store::error::StoreError;
use crate::store::files::Trees;
use crate::store::seal::Seal;
use crate::store::{HistoryPage, HistoryQuery};

/// Blocks read for one page at the most, so that a rare filter does not keep commits waiting.
const AT_ONCE: u32 = 256;

enum What {
    Page(u64),
    Block(u64, u32),
    Entry(Box<Entry>),
}

struct Ranked {
    /// The highest id that can come out of it.
    id: u128,
    /// The place in the order of appending: of two entries with one id the later one counts.
    place: (u64, usize),
    what: What,
}

impl Ranked {
    /// At one id, what holds entries is opened before an entry is given out.
    fn rank(&self) -> (u128, bool, (u64, usize)) {
        (self.id, !matches!(self.what, What::Entry(_)), self.place)
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Ranked {}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

struct Search<'a> {
    query: &'a HistoryQuery,
    /// Nothing above this is wanted.
    highest: u128,
    queue: BinaryHeap<Ranked>,
}

impl Search<'_> {
    fn push_sketch(&mut self, sketch: &Sketch, place: u64, what: What) {
        if sketch.may_hold(self.query) {
            self.queue.push(Ranked { id: sketch.high.min(self.highest), place: (place, 0), what });
        }
    }

    fn push_blocks(&mut self, page: u64, sketches: &[Sketch]) {
        for (sketch, block) in sketches.iter().zip(page * PAGE..) {
            self.push_sketch(sketch, block, What::Block(block, sketch.count));
        }
    }

    fn push_entries(&mut self, block: u64, entries: Vec<Entry>) {
        for (line, entry) in entries.into_iter().enumerate() {
            if entry.id.as_u128() <= self.highest && self.query.wants(&entry) {
                let (id, place) = (entry.id.as_u128(), (block, line));
                self.queue.push(Ranked { id, place, what: What::Entry(Box::new(entry)) });
            }
        }
    }
}

impl History {
    /// A page of history. It may end early, with [`HistoryPage::next`] set.
    pub fn query(&self, trees: &Trees, seal: &Seal, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        let mut page = HistoryPage::default();
        let highest = query.before.map_or(Some(u128::MAX), |before| before.as_u128().checked_sub(1));
        let (Some(highest), 1..) = (highest, query.limit) else { return Ok(page) };
        let mut search = Search { query, highest, queue: BinaryHeap::new() };
        search.push_entries(u64::MAX, parse(&self.tail)?);
        search.push_blocks(self.root.len() as u64, &self.page);
        for (sketch, number) in self.root.iter().zip(0..) {
            search.push_sketch(sketch, number * PAGE, What::Page(number));
        }
        let mut left = AT_ONCE;
        while let Some(Ranked { id, what, .. }) = search.queue.pop() {
            match what {
                What::Page(number) => match sketches(trees, seal, super::number(number))? {
                    Some((found, _)) if found.len() as u64 == PAGE => search.push_blocks(number, &found),
                    _ => search.push_blocks(number, &vec![Sketch::unknown(); usize::try_from(PAGE).unwrap_or(0)]),
                },
                // Everything above this id has been given out, so that this is where the next page can begin. Where
                // many blocks reach up to the same id there is no such place yet, and the search continues.
                What::Block(..) if left == 0 && id < highest => {
                    page.next = Some(Uuid::from_u128(id + 1));
                    return Ok(page);
                }
                What::Block(block, count) => {
                    left = left.saturating_sub(1);
                    match read_block(trees, seal, block)? {
                        Some(entries) => search.push_entries(block, entries),
                        None => page.unreadable += u64::from(count.max(1)),
                    }
                }
                // One attempt is one entry: an earlier state of it is passed over.
                What::Entry(entry) if page.entries.last().is_some_and(|last| last.id == entry.id) => {}
                What::Entry(_) if page.entries.len() == query.limit => {
                    page.next = page.entries.last().map(|last| last.id);
                    return Ok(page);
                }
                What::Entry(entry) => page.entries.push(*entry),
            }
        }
        Ok(page)
    }
}
