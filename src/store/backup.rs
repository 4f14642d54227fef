//! Backups: sealed copies of connections, rotations and secrets, without the history.
//!
//! A backup is a copy of the sealed records as they lie in the store, behind a sealed manifest that says how many there
//! are and what their tags come to. So taking one needs no key, and of a damaged one the good records can still be read.
//! Backups never hold a commit up and never fail one: the file is written by a thread of its own, and trouble is logged.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::dir::{Spot, Wanted, plain, replace, sync_dir};
use super::error::StoreError;
use super::files::{Files, Format};
use super::known::{Census, Censuses};
use super::quiet::guard;
use super::read::{Read, State};
use super::record::{self, Rows, Table};
use super::seal::{MasterKey, Seal};
use super::{Quarantine, Recovery};
use crate::file::{self, Links, Unfit};

/// What a backup starts with; a byte follows for the format of the store that it is of.
const MAGIC: &[u8; 15] = b"windlass backup";
/// Magic and format, store id, key id, sequence.
const HEADER: usize = 16 + 16 + 8 + 8;
const TIME: &str = "%Y%m%dT%H%M%SZ";
/// No more than one in this time.
const APART: TimeDelta = TimeDelta::minutes(1);
/// The newest ones are kept, whatever their age.
const NEWEST: usize = 10;
/// And the last one of as many days.
const DAYS: usize = 14;
/// None is ever longer.
const LONGEST: u64 = 1 << 30;
/// One that is larger is not written out of turn.
const LARGE: u64 = 4 << 20;

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    sequence: u64,
    censuses: Censuses,
    quarantine: Option<Quarantine>,
    #[serde(default)]
    recovered: Vec<Recovery>,
}

/// A backup's file name: when it was taken, and after which commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    at: DateTime<Utc>,
    sequence: u64,
}

impl Name {
    fn parse(name: &str) -> Option<Self> {
        let (time, sequence) = name.strip_suffix(".backup")?.split_once('-')?;
        let at = NaiveDateTime::parse_from_str(time, TIME).ok()?.and_utc();
        Some(Self { at, sequence: sequence.parse().ok()? })
    }

    fn file(self) -> String {
        format!("{}-{:016}.backup", self.at.format(TIME), self.sequence)
    }
}

/// All backups in the data directory, that of the latest commit first.
pub fn list(data_dir: &Path) -> Result<Vec<(Name, PathBuf)>, StoreError> {
    let dir = data_dir.join("backups");
    let fault = |error: io::Error| StoreError::io("reading", &dir, &error);
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(error)),
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry.map_err(fault)?;
        let name = entry.file_name().to_str().and_then(Name::parse);
        // What is no plain file is none of ours, whatever its name.
        if let Some(name) = name.filter(|_| entry.file_type().is_ok_and(|what| what.is_file())) {
            all.push((name, entry.path()));
        }
    }
    // By commit, not by time: clocks jump.
    all.sort_by_key(|(name, _)| (std::cmp::Reverse(name.sequence), std::cmp::Reverse(name.at)));
    Ok(all)
}

/// When the last backup was taken.
pub fn last(data_dir: &Path) -> Option<DateTime<Utc>> {
    list(data_dir).ok()?.into_iter().map(|(name, _)| name.at).max()
}

/// Which backups may go.
fn spare(names: &[Name]) -> Vec<Name> {
    let mut days = HashSet::new();
    let mut spare = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let last_of_its_day = days.len() < DAYS && days.insert(name.at.date_naive());
        if place >= NEWEST && !last_of_its_day {
            spare.push(*name);
        }
    }
    spare
}

/// Which store a backup is of, and the id of the key that it is sealed with.
pub fn identity(path: &Path) -> Option<(Uuid, [u8; 8])> {
    let mut header = [0; HEADER];
    file::open(path, Links::Refused, LONGEST).ok()?.read_exact(&mut header).ok()?;
    let key = header[32..40].try_into().ok()?;
    header.starts_with(MAGIC).then_some((Uuid::from_slice(&header[16..32]).ok()?, key))
}

/// Number of the commit that the newest backup was taken after that is of this store and says so under seal.
pub fn newest(data_dir: &Path, seal: &Seal) -> Result<Option<u64>, StoreError> {
    for (_, path) in list(data_dir)? {
        let Some(file) = opened(&path)? else { continue };
        let mut bytes = Vec::new();
        // The manifest is small, whatever the size of the rest.
        let read = file.take(64 << 10).read_to_end(&mut bytes);
        read.map_err(|error| StoreError::io("reading", &path, &error))?;
        if let Some((manifest, _)) = manifest(&bytes, seal, &path)? {
            return Ok(Some(manifest.sequence));
        }
    }
    Ok(None)
}

/// A backup's file; `None` where it is no such file. One that cannot be read may be the one that matters.
fn opened(path: &Path) -> Result<Option<fs::File>, StoreError> {
    match file::open(path, Links::Refused, LONGEST) {
        Ok(file) => Ok(Some(file)),
        // Gone meanwhile: it was one too many.
        Err(unfit) if unfit.is_absent() => Ok(None),
        Err(Unfit::Io(error)) => Err(StoreError::io("reading", path, &error)),
        Err(unfit) => {
            tracing::warn!(%unfit, path = %path.display(), "a backup is passed over");
            Ok(None)
        }
    }
}

/// Refuses one that a newer windlass wrote of this store: this one would drop what it does not know.
fn manifest<'a>(bytes: &'a [u8], seal: &Seal, path: &Path) -> Result<Option<(Manifest, &'a [u8])>, StoreError> {
    let unsealed = || {
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (sealed, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        // The header is under seal too: what it says is not damage.
        Some((header, seal.open("backup", header, sealed).ok()?, rest))
    };
    let Some((header, plain, rest)) = unsealed() else { return Ok(None) };
    if Format::of(header[MAGIC.len()]).is_none() {
        return Err(StoreError::Newer { what: format!("the backup {}", path.display()) });
    }
    Ok(serde_json::from_slice(&plain).ok().map(|manifest| (manifest, rest)))
}

/// Reads a backup. What is missing or damaged in it is among [`Read::faults`]; `None` where it is of another store or
/// says nothing at all.
pub fn restore(path: &Path, seal: &Seal) -> Result<Option<Read>, StoreError> {
    let Some(file) = opened(path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| StoreError::io("reading", path, &error))?;
    let Some((manifest, mut rest)) = manifest(&bytes, seal, path)? else { return Ok(None) };
    let mut tables: [Rows; 3] = Default::default();
    while let Some((table, id, record)) = next_record(&mut rest) {
        if let Some(rows) = tables.get_mut(usize::from(table)) {
            rows.insert(id, Ok(record.to_vec()));
        }
    }
    let Manifest { sequence, censuses, quarantine, recovered } = manifest;
    let state = State { sequence, censuses, quarantine, recovered, ..State::default() };
    Read::of_rows(state, tables, seal).map(Some)
}

fn next_record<'a>(rest: &mut &'a [u8]) -> Option<(u8, record::Id, &'a [u8])> {
    let (&table, after) = rest.split_first()?;
    let (id, after) = after.split_first_chunk()?;
    let (length, after) = after.split_first_chunk()?;
    let (record, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some((table, *id, record))
}

/// The newest backup of a store that is whole, or else the newest of which something can be read.
pub fn best(data_dir: &Path, seal: &Seal) -> Result<Option<Read>, StoreError> {
    best_of(list(data_dir)?, |path| restore(path, seal))
}

/// The same for reading alone: what cannot be read is passed over.
pub fn best_readable(data_dir: &Path, seal: &Seal) -> Option<Read> {
    best_of(list(data_dir).ok()?, |path| Ok(restore(path, seal).unwrap_or(None))).ok().flatten()
}

fn best_of(
    all: Vec<(Name, PathBuf)>,
    restore: impl Fn(&Path) -> Result<Option<Read>, StoreError>,
) -> Result<Option<Read>, StoreError> {
    let mut partial = None;
    for (_, path) in all {
        match restore(&path)? {
            Some(read) if read.faults.is_empty() => return Ok(Some(read)),
            Some(read) => partial = partial.or(Some(read)),
            None => {}
        }
    }
    Ok(partial)
}

/// Copies the store's records. `None` where they are not what they should be: a bad copy must not push out a good one.
fn copy(files: &Files, seal: &Seal, key: [u8; 8], state: &State) -> Result<Option<Vec<u8>>, StoreError> {
    let format = files.identity()?.map_or(Format::First, |identity| identity.format);
    let sequence = state.sequence.to_be_bytes();
    let header = [MAGIC.as_slice(), &[format.byte()], seal.store().as_bytes(), &key, &sequence].concat();
    let State { sequence, censuses, ref quarantine, ref recovered, .. } = *state;
    let manifest = Manifest { sequence, censuses, quarantine: quarantine.clone(), recovered: recovered.clone() };
    let manifest = record::plain(&manifest);
    let sealed = seal.seal("backup", &header, &manifest);
    let mut bytes = header;
    bytes.extend(length(&sealed));
    bytes.extend(sealed);
    for (table, expected) in Table::RECORDS.into_iter().zip(censuses) {
        let mut census = Census::default();
        for (id, row) in record::rows(&files.trees()[table])? {
            let Ok(record) = row else { return Ok(None) };
            census.add(record::tag(&record));
            bytes.push(table as u8);
            bytes.extend(id);
            bytes.extend(length(&record));
            bytes.extend(record);
        }
        if census != expected {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes()
}

/// Writes a backup and reads it back; then those that are not needed any more go.
fn write(spot: &Spot, name: Name, bytes: &[u8]) -> Result<(), String> {
    let data_dir = spot.dir();
    let dir = data_dir.join("backups");
    spot.check().map_err(|error| error.to_string())?;
    if !plain(&dir, Wanted::Dir).map_err(|error| error.to_string())? {
        let made = fs::DirBuilder::new().mode(0o700).create(&dir).and_then(|()| sync_dir(data_dir));
        made.map_err(|error| error.to_string())?;
    }
    // What a crash or a full disk left of others.
    for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "new") {
            let _ = fs::remove_file(entry.path());
        }
    }
    let path = dir.join(name.file());
    replace(&path, bytes).map_err(|error| error.to_string())?;
    if fs::read(&path).map_err(|error| error.to_string())? != bytes {
        return Err("it reads back differently".into());
    }
    let all = list(data_dir).map_err(|error| error.to_string())?;
    let names: Vec<Name> = all.into_iter().map(|(name, _)| name).collect();
    for name in spare(&names) {
        fs::remove_file(dir.join(name.file())).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Takes backups when they are due.
pub struct Backups {
    spot: Spot,
    key: [u8; 8],
    /// What the time was when this was made, and a clock that does not jump.
    opened: (DateTime<Utc>, Instant),
    /// When one was last taken, or tried.
    last: Option<DateTime<Utc>>,
    /// Something changed since.
    changed: bool,
    /// Among it more than who fetched a secret.
    weighty: bool,
    writer: Option<JoinHandle<bool>>,
}

impl Backups {
    /// Finds out when the last backup was taken.
    pub fn new(spot: &Spot, key: &MasterKey, now: DateTime<Utc>) -> Self {
        let last = list(spot.dir()).ok().and_then(|all| Some(all.first()?.0.at));
        Self {
            spot: spot.clone(),
            key: key.id(),
            opened: (now, Instant::now()),
            last,
            changed: false,
            weighty: false,
            writer: None,
        }
    }

    /// Something was committed.
    pub fn note(&mut self, weighty: bool) {
        self.changed = true;
        self.weighty |= weighty;
    }

    /// After how long one is due; `None` while nothing changed.
    pub fn due(&self) -> Option<Duration> {
        if !self.changed {
            return None;
        }
        let passed = self.last.map_or(APART, |last| self.now() - last);
        // A backup from the future was taken by a clock that was wrong.
        let wait = if passed < TimeDelta::zero() { TimeDelta::zero() } else { APART - passed };
        Some(wait.to_std().unwrap_or_default())
    }

    fn now(&self) -> DateTime<Utc> {
        let (now, since) = self.opened;
        now + TimeDelta::from_std(since.elapsed()).unwrap_or_default()
    }

    /// Takes one, if it is due.
    pub fn tend(&mut self, files: &Files, seal: &Seal, state: &State) {
        if self.due() == Some(Duration::ZERO) {
            self.take(files, seal, state);
        }
    }

    /// The last one, and the end of the one that is being written.
    pub fn close(&mut self, files: &Files, seal: &Seal, state: &State) {
        self.settle();
        let newest = list(self.spot.dir()).ok().and_then(|all| all.into_iter().next());
        let small = newest.and_then(|(_, path)| path.metadata().ok()).is_none_or(|meta| meta.len() < LARGE);
        if self.due() == Some(Duration::ZERO) || (self.changed && self.weighty && small) {
            self.take(files, seal, state);
        }
        self.settle();
    }

    fn take(&mut self, files: &Files, seal: &Seal, state: &State) {
        self.settle();
        let name = Name { at: self.now(), sequence: state.sequence };
        self.last = Some(name.at);
        let bytes = match guard("copying", || copy(files, seal, self.key, state)) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return tracing::error!("no backup was taken: the store's records are damaged"),
            Err(error) => return tracing::warn!(%error, "no backup was taken"),
        };
        (self.changed, self.weighty) = (false, false);
        let spot = self.spot.clone();
        let work = move || {
            let written = write(&spot, name, &bytes);
            if let Err(why) = &written {
                tracing::warn!(why, "a backup was not written");
            }
            written.is_ok()
        };
        match std::thread::Builder::new().name("backup".into()).spawn(work) {
            Ok(writer) => self.writer = Some(writer),
            Err(error) => {
                self.changed = true;
                tracing::warn!(%error, "no backup was taken");
            }
        }
    }

    /// Waits for the writer. What it could not write is tried again when the next one is due.
    fn settle(&mut self) {
        if let Some(writer) = self.writer.take() {
            self.changed |= !writer.join().unwrap_or(false);
        }
    }
}

impl Drop for Backups {
    fn drop(&mut self) {
        self.settle();
    }
}

#[cfg(test)]
mod tests;
