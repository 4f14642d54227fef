//! sled's files: opened, written and synced in the one way that is durable.
//!
//! `flush` of sled 0.34 calls `sync_file_range`, which does not survive a power cut; every write here ends with our own
//! `fdatasync`. Knows tables and bytes, not what they mean. sled may panic in any of these calls: callers run them in
//! [`super::quiet::guard`].

use std::fs::{self, File, Permissions};
use std::io;
use std::ops::Index;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::prctl;
use sled::Transactional;
use sled::transaction::TransactionError;
use uuid::Uuid;

use super::dir::{Wanted, plain, sync_dir};
use super::error::StoreError;
use super::record::{Id, SEGMENT, Table, chunk_key, chunks};
use crate::core::connection::{App, Connection};
use crate::core::rotation::Rotation;
use crate::core::secret::Secret;
use crate::file::{self, Links, Unfit};

/// What the identity starts with; a byte follows for the store's format.
const MAGIC: &[u8; 15] = b"windlass store ";
const IDENTITY: &[u8] = b"identity";
/// sled's log is never longer, nor its settings, nor its snapshot.
pub const LOG: u64 = 16 << 30;
const CONF: u64 = 64 << 10;
const SNAP: u64 = 1 << 30;
/// sled's page cache.
const CACHE: u64 = 16 << 20;
/// How often sled's own lock is tried: threads of an instance that was just dropped may still hold it.
const LOCK_TRIES: u32 = 200;

/// Which store it is, and which key it is sealed with. In the clear, to tell a wrong key from damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The store.
    pub store: Uuid,
    /// [`super::seal::MasterKey::id`].
    pub key: [u8; 8],
    /// What its records may hold.
    pub format: Format,
}

/// What a store's records may hold. A windlass that does not know a format does not open the store: it would drop what it does
/// not know at the next write, and what that holds back with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// What the first version kept.
    First,
    /// Consumers by name, for which old secrets wait.
    Consumers,
    /// Targets, for which they wait too.
    Targets,
}

impl Format {
    /// Its byte, in the identity and in a backup.
    pub fn byte(self) -> u8 {
        match self {
            Self::First => b'1',
            Self::Consumers => b'2',
            Self::Targets => b'3',
        }
    }

    /// What a secret needs.
    pub fn for_secret(secret: &Secret) -> Self {
        let named = !secret.dismissed.is_empty() || secret.versions.iter().any(|version| !version.fetches.is_empty());
        if named { Self::Consumers } else { Self::First }
    }

    /// What a rotation needs.
    pub fn for_rotation(rotation: &Rotation) -> Self {
        if rotation.targets.is_empty() { Self::First } else { Self::Targets }
    }

    /// What a connection needs: an older windlass knows orgs alone.
    pub fn for_connection(connection: &Connection) -> Self {
        if connection.auth.app() == App::Okta { Self::First } else { Self::Targets }
    }

    /// What records need.
    pub fn for_all(secrets: &[Secret], rotations: &[Rotation], connections: &[Connection]) -> Self {
        let needed = secrets.iter().map(Self::for_secret).chain(rotations.iter().map(Self::for_rotation));
        let needed = needed.chain(connections.iter().map(Self::for_connection));
        needed.max().unwrap_or(Self::First)
    }

    /// The format with this byte; `None` where a newer windlass gave it.
    pub fn of(byte: u8) -> Option<Self> {
        [Self::First, Self::Consumers, Self::Targets].into_iter().find(|format| format.byte() == byte)
    }
}

/// One record to write.
pub struct Write {
    /// Where.
    pub table: Table,
    /// Under which key.
    pub id: Id,
    /// The sealed record; `None` removes it.
    pub record: Option<Vec<u8>>,
    /// How many chunks the record before takes.
    pub chunks_before: u16,
}

/// A tree for each table.
pub struct Trees(Vec<sled::Tree>);

impl Trees {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &sled::Tree> {
        self.0.iter()
    }
}

impl Index<Table> for Trees {
    type Output = sled::Tree;

    fn index(&self, table: Table) -> &sled::Tree {
        &self.0[table as usize]
    }
}

/// Runs what may have sled begin threads. They are let wake late from waits that end by time.
///
/// sled begins seven when it first has something for them, and each ends its wait for more once a second, though it is woken
/// where there is some. A program that rests is to rest: they inherit how late they may be (`prctl(2)`, `PR_SET_TIMERSLACK`), which
/// is an hour. Where a kernel has no such thing they wake as before. Nothing in here may sleep: it would be late as well.
fn drowsy<T>(work: impl FnOnce() -> T) -> T {
    /// Back to what the thread had, also where sled panics.
    struct Awake;
    impl Drop for Awake {
        fn drop(&mut self) {
            let _ = prctl::set_timerslack(0);
        }
    }
    let _awake = Awake;
    let _ = prctl::set_timerslack(3_600_000_000_000);
    work()
}

/// The open files.
pub struct Files {
    dir: PathBuf,
    db: sled::Db,
    trees: Trees,
    /// Our own hold of sled's file, to sync it.
    pub(super) file: File,
}

impl Files {
    /// Opens sled in a directory, or makes it there.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let new = !plain(&dir.join("db"), Wanted::File)?;
        if !plain(dir, Wanted::Dir)? {
            let made = fs::DirBuilder::new().mode(0o700).create(dir);
            made.map_err(|error| StoreError::io("making", dir, &error))?;
        }
        tidy(dir)?;
        let db = Self::open_sled(dir)?;
        let trees = Table::ALL.iter().map(|table| db.open_tree(table.name())).collect::<Result<_, _>>()?;
        let path = dir.join("db");
        let file = File::open(&path).map_err(|error| StoreError::io("opening", &path, &error))?;
        let files = Self { dir: dir.to_owned(), db, trees: Trees(trees), file };
        if new {
            drowsy(|| files.db.flush())?;
            files.sync_all().map_err(|error| StoreError::io("writing", dir, &error))?;
        }
        secure(dir).map_err(|error| StoreError::io("closing to others", dir, &error))?;
        Ok(files)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the store has a thread of its own, and sled says nothing when it lets go"
    )]
    fn open_sled(dir: &Path) -> Result<sled::Db, StoreError> {
        let config = sled::Config::new()
            .path(dir)
            .cache_capacity(CACHE)
            .segment_size(SEGMENT)
            // Only what was committed together is ever flushed together.
            .flush_every_ms(None);
        let mut tries = 0;
        loop {
            match drowsy(|| config.open()) {
                Err(sled::Error::Io(error)) if is_locked(&error) && tries < LOCK_TRIES => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(10));
                }
                other => return Ok(other?),
            }
        }
    }

    /// The trees.
    pub fn trees(&self) -> &Trees {
        &self.trees
    }

    /// Which store this is; `None` where nothing was ever written.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let Some(bytes) = self.db.get(IDENTITY)? else { return Ok(None) };
        let unreadable = || StoreError::Damaged("the store's identity cannot be read".into());
        let (Some(([magic @ .., format], rest)), true) = (bytes.split_first_chunk::<16>(), bytes.len() == 40) else {
            return Err(unreadable());
        };
        if magic != MAGIC {
            return Err(unreadable());
        }
        let newer = || StoreError::Newer { what: format!("the store in {}", self.dir.display()) };
        let mut identity = Identity { store: Uuid::nil(), key: [0; 8], format: Format::of(*format).ok_or_else(newer)? };
        identity.key.copy_from_slice(&rest[16..]);
        identity.store = Uuid::from_slice(&rest[..16]).unwrap_or_default();
        Ok(Some(identity))
    }

    /// Says which store this is.
    pub fn set_identity(&self, identity: Identity) -> Result<(), StoreError> {
        let bytes = [MAGIC.as_slice(), &[identity.format.byte()], identity.store.as_bytes(), &identity.key].concat();
        self.db.insert(IDENTITY, bytes)?;
        self.make_durable()
    }

    /// Says that its records may hold more from now on, where it does not say so yet.
    pub fn raise(&self, format: Format) -> Result<(), StoreError> {
        match self.identity()? {
            Some(identity) if identity.format < format => self.set_identity(Identity { format, ..identity }),
            _ => Ok(()),
        }
    }

    /// Writes records in one transaction, durably.
    pub fn write(&self, writes: &[Write]) -> Result<(), StoreError> {
        let written = drowsy(|| {
            self.trees.0.as_slice().transaction(|trees| {
                for write in writes {
                    let tree = &trees[write.table as usize];
                    let mut after = 0;
                    for (key, value) in write.record.iter().flat_map(|record| chunks(write.id, record)) {
                        tree.insert(key.as_slice(), value)?;
                        after += 1;
                    }
                    for number in after..write.chunks_before {
                        tree.remove(chunk_key(write.id, number).as_slice())?;
                    }
                }
                Ok(())
            })
        });
        written.map_err(|error: TransactionError<()>| match error {
            TransactionError::Storage(error) => error.into(),
            TransactionError::Abort(()) => StoreError::Damaged("a transaction was given up".into()),
        })?;
        self.make_durable()
    }

    /// Writes a record of a store that is of no use before it is finished: neither in a transaction nor durably.
    pub fn put(&self, write: &Write) -> Result<(), StoreError> {
        let tree = &self.trees[write.table];
        let mut after = 0;
        for (key, value) in write.record.iter().flat_map(|record| chunks(write.id, record)) {
            tree.insert(key, value)?;
            after += 1;
        }
        for number in after..write.chunks_before {
            tree.remove(chunk_key(write.id, number))?;
        }
        Ok(())
    }

    /// Makes durable what was written so far.
    pub fn make_durable(&self) -> Result<(), StoreError> {
        drowsy(|| self.db.flush())?;
        let synced = self.sync_blobs().and_then(|()| self.file.sync_data());
        synced.map_err(|error| StoreError::io("writing", &self.dir.join("db"), &error))
    }

    /// There should be no such files (see [`super::record`]); if there are, the log must not point to unsynced ones.
    fn sync_blobs(&self) -> io::Result<()> {
        let dir = self.dir.join("blobs");
        let mut some = false;
        for blob in fs::read_dir(&dir)? {
            some |= sync_file(&blob?)?;
        }
        if some { sync_dir(&dir) } else { Ok(()) }
    }

    /// Syncs all files, the directory, and its place in the one above.
    pub fn sync_all(&self) -> io::Result<()> {
        for file in fs::read_dir(&self.dir)? {
            sync_file(&file?)?;
        }
        sync_dir(&self.dir)?;
        sync_dir(self.dir.parent().unwrap_or(Path::new(".")))
    }

    /// Closes the files in good order.
    pub fn close(self) -> Result<(), StoreError> {
        self.make_durable()?;
        drop((self.trees, self.db));
        secure(&self.dir).map_err(|error| StoreError::io("closing to others", &self.dir, &error))
    }
}

/// Syncs what is a plain file; says whether it is one.
fn sync_file(entry: &fs::DirEntry) -> io::Result<bool> {
    let plain = entry.file_type()?.is_file();
    if plain {
        file::open(&entry.path(), Links::Refused, u64::MAX)?.sync_all()?;
    }
    Ok(plain)
}

/// Whether sled says that another instance has the file.
pub fn is_locked(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

/// A process that was killed while it opened the store leaves `snap.*.generating`, which sled takes for a snapshot and
/// then never opens again (sled#1527). Links and other users' files are refused, and so is what sled would wait for or
/// read for ever.
fn tidy(dir: &Path) -> Result<(), StoreError> {
    let fault = |error: io::Error| StoreError::io("reading", dir, &error);
    for entry in fs::read_dir(dir).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let longest = match &*name {
            "blobs" => {
                plain(&path, Wanted::Dir)?;
                continue;
            }
            "db" => LOG,
            "conf" => CONF,
            snap if snap.starts_with("snap.") => SNAP,
            // Not sled's, and never opened.
            _ => continue,
        };
        plain(&path, Wanted::File)?;
        match file::check(&path, Links::Refused, longest) {
            Err(unfit @ (Unfit::Long { .. } | Unfit::Holes(_))) => {
                return Err(StoreError::Damaged(format!("of {name}, {unfit}")));
            }
            other => other.map_err(|unfit| StoreError::unfit("looking at", &path, unfit))?,
        }
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(&path).map_err(|error| StoreError::io("removing", &path, &error))?;
        }
    }
    Ok(())
}

/// sled makes its files by the umask. The directory is closed to others before the first one exists; this keeps others
/// out a second time.
fn secure(dir: &Path) -> io::Result<()> {
    fs::set_permissions(dir, Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let what = entry.file_type()?;
        let mode = match (what.is_dir(), what.is_file()) {
            (true, _) => 0o700,
            (_, true) => 0o600,
            _ => continue,
        };
        match fs::set_permissions(entry.path(), Permissions::from_mode(mode)) {
            // sled removes old snapshots in the background.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
