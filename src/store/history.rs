//! Finished history, packed: sealed blocks of about 24 kB, pages of sketches, and a root over the pages.
//!
//! A record for each entry would make a store of a million entries slow to open and large in memory. Entries are lines
//! of JSON in a block. The last block stays open as the *tail*, rewritten by each commit that appends. 64 blocks share a
//! page of [`Sketch`]es, and the root has one sketch for each full page, so that a question reads only blocks that may
//! hold an answer. Nothing is read at the start but the tail, the last page and the root.
//!
//! Entries are appended when they end and are read by their start, so blocks overlap; [`query`] copes with that.

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::files::{Trees, Write};
use super::record::{self, Id, Table, count, tag};
use super::seal::Seal;
use crate::core::history::Entry;

mod query;
mod sketch;

use sketch::{Sketch, decode_all};

/// A block is closed before it grows beyond this.
const BLOCK: usize = 24_000;
/// Blocks whose sketches share a page.
const PAGE: u64 = 64;
/// The key of the tail in [`Table::Meta`].
pub const TAIL: Id = *b"history tail\0\0\0\0";
const ROOT: Id = [0xff; 16];

/// What the store's state says of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Closed blocks.
    pub blocks: u64,
    /// Entries, those in the tail included.
    pub entries: u64,
    /// The tail record's tag; zeroes where there is none.
    tail: [u8; 16],
}

/// The open end of the history, and the way into the rest.
#[derive(Clone)]
pub struct History {
    tally: Tally,
    /// Lines of JSON.
    tail: Vec<u8>,
    tail_sketch: Sketch,
    /// Of the blocks in the last page.
    page: Vec<Sketch>,
    /// Of the full pages.
    root: Vec<Sketch>,
    tail_chunks: u16,
    page_chunks: u16,
    root_chunks: u16,
}

impl History {
    /// Without an entry.
    pub fn empty() -> Self {
        Self {
            tally: Tally::default(),
            tail: Vec::new(),
            tail_sketch: Sketch::empty(),
            page: Vec::new(),
            root: Vec::new(),
            tail_chunks: 0,
            page_chunks: 0,
            root_chunks: 0,
        }
    }

    /// Reads the tail and the way in. `None` where they are not what the state says: something was lost.
    pub fn load(trees: &Trees, seal: &Seal, tally: Tally) -> Result<Option<Self>, StoreError> {
        let mut history = Self { tally, ..Self::empty() };
        match record::row(&trees[Table::Meta], TAIL)? {
            None if tally.tail == [0; 16] => {}
            Some(Ok(sealed)) if tag(&sealed).to_be_bytes() == tally.tail => {
                let Ok(lines) = record::open(seal, Table::Meta, TAIL, &sealed) else { return Ok(None) };
                history.tail_chunks = count(&sealed);
                history.tail = lines.to_vec();
                parse(&history.tail)?.iter().for_each(|entry| history.tail_sketch.add(entry));
            }
            _ => return Ok(None),
        }
        let (full, open) = (tally.blocks / PAGE, tally.blocks % PAGE);
        history.root = match sketches(trees, seal, ROOT)? {
            Some((root, chunks)) if root.len() as u64 == full => {
                history.root_chunks = chunks;
                root
            }
            _ => (0..full).map(|page| Self::summary(trees, seal, page)).collect::<Result<_, _>>()?,
        };
        history.page = match sketches(trees, seal, number(full))? {
            Some((page, chunks)) if page.len() as u64 == open => {
                history.page_chunks = chunks;
                page
            }
            _ => (full * PAGE..tally.blocks).map(|_| Sketch::unknown()).collect(),
        };
        Ok(Some(history))
    }

    /// Finds out what history there is in the trees, without a state that says so: after they were copied from a damaged
    /// store.
    pub fn recover(trees: &Trees, seal: &Seal) -> Result<Self, StoreError> {
        let last = trees[Table::Blocks].last()?;
        let last = last.and_then(|(key, _)| key.first_chunk().map(|id| u128::from_be_bytes(*id)));
        let blocks = last.map_or(0, |last| u64::try_from(last).unwrap_or_default() + 1);
        let tail = record::row(&trees[Table::Meta], TAIL)?.and_then(Result::ok);
        let tail = tail.filter(|sealed| record::open(seal, Table::Meta, TAIL, sealed).is_ok());
        let tally = Tally { blocks, entries: 0, tail: tail.as_deref().map_or(0, tag).to_be_bytes() };
        let mut history = Self::load(trees, seal, tally)?.unwrap_or_else(Self::empty);
        let sketches = history.root.iter().chain(&history.page).chain([&history.tail_sketch]);
        history.tally.entries = sketches.map(|sketch| u64::from(sketch.count)).sum();
        Ok(history)
    }

    fn summary(trees: &Trees, seal: &Seal, page: u64) -> Result<Sketch, StoreError> {
        Ok(sketches(trees, seal, number(page))?.map_or(Sketch::unknown(), |(page, _)| Sketch::of_page(&page)))
    }

    /// What goes into the store's state.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The history with these entries, and what to write for it.
    pub fn with(&self, entries: &[Entry], seal: &Seal) -> Result<(Self, Vec<Write>), StoreError> {
        let mut after = self.clone();
        let mut writes = Vec::new();
        if entries.is_empty() {
            return Ok((after, writes));
        }
        let blocks = after.tally.blocks;
        for entry in entries {
            let mut line = record::plain(entry).to_vec();
            line.push(b'\n');
            if line.len() > record::LARGEST {
                return Err(StoreError::TooLarge(line.len()));
            }
            if !after.tail.is_empty() && after.tail.len() + line.len() > BLOCK {
                after.close_block(seal, &mut writes)?;
            }
            after.tail.append(&mut line);
            after.tail_sketch.add(entry);
            after.tally.entries += 1;
            if after.tail.len() > BLOCK {
                after.close_block(seal, &mut writes)?;
            }
        }
        if after.tally.blocks > blocks && !after.page.is_empty() {
            after.write_page(seal, &mut writes)?;
        }
        let record =
            if after.tail.is_empty() { None } else { Some(record::seal(seal, Table::Meta, TAIL, &after.tail)?) };
        after.tally.tail = record.as_deref().map_or(0, tag).to_be_bytes();
        let chunks = record.as_deref().map_or(0, count);
        writes.push(Write { table: Table::Meta, id: TAIL, record, chunks_before: after.tail_chunks });
        after.tail_chunks = chunks;
        Ok((after, writes))
    }

    fn close_block(&mut self, seal: &Seal, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        let id = number(self.tally.blocks);
        let record = Some(record::seal(seal, Table::Blocks, id, &self.tail)?);
        writes.push(Write { table: Table::Blocks, id, record, chunks_before: 0 });
        self.tail.clear();
        self.page.push(std::mem::replace(&mut self.tail_sketch, Sketch::empty()));
        self.tally.blocks += 1;
        if self.tally.blocks.is_multiple_of(PAGE) {
            self.write_page(seal, writes)?;
            self.root.push(Sketch::of_page(&self.page));
            self.page.clear();
            self.page_chunks = 0;
            let write = Self::write_sketches(seal, ROOT, &self.root, &mut self.root_chunks)?;
            writes.push(write);
        }
        Ok(())
    }

    fn write_page(&mut self, seal: &Seal, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        let id = number((self.tally.blocks - 1) / PAGE);
        writes.push(Self::write_sketches(seal, id, &self.page, &mut self.page_chunks)?);
        Ok(())
    }

    fn write_sketches(seal: &Seal, id: Id, all: &[Sketch], chunks: &mut u16) -> Result<Write, StoreError> {
        let mut bytes = Vec::new();
        for sketch in all {
            sketch.encode(&mut bytes);
        }
        let record = record::seal(seal, Table::Pages, id, &bytes)?;
        let chunks_before = std::mem::replace(chunks, count(&record));
        Ok(Write { table: Table::Pages, id, record: Some(record), chunks_before })
    }
}

/// Blocks and pages are numbered.
fn number(number: u64) -> Id {
    u128::from(number).to_be_bytes()
}

fn parse(lines: &[u8]) -> Result<Vec<Entry>, StoreError> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).map_err(|_| StoreError::Newer { what: "the history".into() }))
        .collect()
}

/// A page, or the root, and its size in chunks. `None` where it is missing or damaged: it can be done without.
fn sketches(trees: &Trees, seal: &Seal, id: Id) -> Result<Option<(Vec<Sketch>, u16)>, StoreError> {
    let Some(Ok(sealed)) = record::row(&trees[Table::Pages], id)? else { return Ok(None) };
    let plain = record::open(seal, Table::Pages, id, &sealed).ok();
    Ok(plain.and_then(|plain| decode_all(&plain)).map(|all| (all, count(&sealed))))
}

#[cfg(test)]
mod tests;
