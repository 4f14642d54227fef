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
use super::files::{Files, Trees, Write};
use super::quiet::{damage, guard};
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
/// So many of the newest blocks are looked at when the store is opened.
const NEWEST: u64 = 32;
/// So many entries are packed anew at a time.
const TOGETHER: usize = 2_000;
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

    /// Reads the tail and the way in, as far as they can be read, and says what of it cannot. Records do not depend on it:
    /// damage here costs the history that is damaged, and nothing else.
    pub fn load(trees: &Trees, seal: &Seal, tally: Tally) -> Result<(Self, Vec<String>), StoreError> {
        let mut history = Self { tally, ..Self::empty() };
        let mut faults = Vec::new();
        let tail = guard("reading the history", || record::row(&trees[Table::Meta], TAIL));
        match damage(tail)? {
            Ok(None) if tally.tail == [0; 16] => {}
            Ok(Some(Ok(sealed))) if tag(&sealed).to_be_bytes() == tally.tail => {
                match record::open(seal, Table::Meta, TAIL, &sealed) {
                    Ok(lines) => {
                        history.tail_chunks = count(&sealed);
                        history.tail = lines.to_vec();
                        parse(&history.tail)?.iter().for_each(|entry| history.tail_sketch.add(entry));
                    }
                    Err(_) => faults.push("the newest history cannot be opened".into()),
                }
            }
            _ => faults.push("the newest history is missing".into()),
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
        let bad = history.unsound(trees)?;
        if bad > 0 {
            faults.push(format!("{bad} of the newest blocks of history cannot be read"));
        }
        Ok((history, faults))
    }

    /// How many of the newest blocks are not whole: the next write goes where they lie. To read all of them at each start
    /// would cost too much; one further back costs nothing before it is asked for.
    fn unsound(&self, trees: &Trees) -> Result<usize, StoreError> {
        let mut bad = 0;
        for block in self.tally.blocks.saturating_sub(NEWEST)..self.tally.blocks {
            let row = guard("reading the history", || record::row(&trees[Table::Blocks], number(block)));
            bad += usize::from(!matches!(damage(row)?, Ok(Some(Ok(_)))));
        }
        Ok(bad)
    }

    /// Packs all entries that can still be read anew into another store's files, without making that durable. `blocks` is
    /// how many there were, where that is known.
    pub fn repack(&self, from: &Trees, seal: &Seal, blocks: Option<u64>, to: &Files) -> Result<Self, StoreError> {
        let mut packed = Self::empty();
        let mut entries = Vec::new();
        let (mut block, mut misses) = (0, 0);
        // Where it is not known how many there were, so many that are missing in a row are the end.
        while blocks.map_or(misses < PAGE, |blocks| block < blocks) {
            match read_block(from, seal, block)? {
                Some(some) => {
                    entries.extend(some);
                    misses = 0;
                }
                None => misses += 1,
            }
            block += 1;
            if entries.len() > TOGETHER {
                packed = packed.put(&std::mem::take(&mut entries), seal, to)?;
            }
        }
        entries.extend(self.open_end(from, seal)?);
        packed.put(&entries, seal, to)
    }

    /// The entries of the tail; where the state is lost that names it, those of the tail that is there.
    fn open_end(&self, from: &Trees, seal: &Seal) -> Result<Vec<Entry>, StoreError> {
        if !self.tail.is_empty() {
            return parse(&self.tail);
        }
        let row = guard("reading the history", || record::row(&from[Table::Meta], TAIL));
        let Ok(Some(Ok(sealed))) = damage(row)? else { return Ok(Vec::new()) };
        record::open(seal, Table::Meta, TAIL, &sealed).map_or(Ok(Vec::new()), |lines| parse(&lines))
    }

    fn put(&self, entries: &[Entry], seal: &Seal, to: &Files) -> Result<Self, StoreError> {
        let (after, writes) = self.with(entries, seal)?;
        for write in writes {
            to.put(&write)?;
        }
        Ok(after)
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

/// `None` where the block is missing or damaged.
fn read_block(trees: &Trees, seal: &Seal, block: u64) -> Result<Option<Vec<Entry>>, StoreError> {
    let id = number(block);
    let row = guard("reading the history", || record::row(&trees[Table::Blocks], id));
    let Ok(Some(Ok(sealed))) = damage(row)? else { return Ok(None) };
    match record::open(seal, Table::Blocks, id, &sealed) {
        Ok(lines) => parse(&lines).map(Some),
        Err(_) => Ok(None),
    }
}

/// A page, or the root, and its size in chunks. `None` where it is missing or damaged: it can be done without.
fn sketches(trees: &Trees, seal: &Seal, id: Id) -> Result<Option<(Vec<Sketch>, u16)>, StoreError> {
    let row = guard("reading the history", || record::row(&trees[Table::Pages], id));
    let Ok(Some(Ok(sealed))) = damage(row)? else { return Ok(None) };
    let plain = record::open(seal, Table::Pages, id, &sealed).ok();
    Ok(plain.and_then(|plain| decode_all(&plain)).map(|all| (all, count(&sealed))))
}

#[cfg(test)]
mod tests;
