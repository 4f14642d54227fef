//! The data directory: made private, checked, and locked by one process at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use nix::fcntl::{Flock, FlockArg, OFlag};

use super::error::StoreError;
use crate::file::{self, Links, Unfit};
use crate::trust::files::for_making;

/// A directory that was opened, and the path that led to it then. It stays the same one wherever it is moved.
#[derive(Clone, Debug)]
pub struct Spot {
    dir: PathBuf,
    /// Held open, so that its number is not given to another one.
    held: Arc<File>,
}

impl Spot {
    /// The directory that a path leads to now.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
        let held = OpenOptions::new().read(true).custom_flags(flags.bits()).open(dir)?;
        Ok(Self { dir: dir.to_owned(), held: Arc::new(held) })
    }

    /// The path.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Refuses to continue by path where another directory, or none, is there now.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.is_here() { Ok(()) } else { Err(StoreError::Moved { dir: self.dir.clone() }) }
    }

    /// Whether the path still leads to it. What goes by path must not be done where another one has taken its place.
    pub fn is_here(&self) -> bool {
        let number = |meta: &fs::Metadata| (meta.dev(), meta.ino());
        let (held, found) = (self.held.metadata(), fs::symlink_metadata(&self.dir));
        matches!((&held, &found), (Ok(held), Ok(found)) if number(held) == number(found))
    }
}

/// The store's lock, held until all clones of it are dropped or the process dies.
#[derive(Clone, Debug)]
pub struct Lock {
    spot: Spot,
    /// Or why it could not be had: then the store may only be read.
    file: Result<Arc<Flock<File>>, StoreError>,
}

impl Lock {
    /// The data directory that it locks.
    pub fn dir(&self) -> &Path {
        &self.spot.dir
    }

    /// Refuses to continue by path where the directory that was locked is not there any more.
    pub fn check(&self) -> Result<(), StoreError> {
        self.spot.check()
    }

    /// The directory itself.
    pub fn spot(&self) -> &Spot {
        &self.spot
    }

    /// Why there is no lock behind it, where there is none.
    pub fn refused(&self) -> Option<&StoreError> {
        self.file.as_ref().err()
    }
}

/// Makes and checks the data directory, and locks it. [`StoreError::Busy`] where another process has it.
pub fn lock(dir: &Path) -> Result<Lock, StoreError> {
    make_private(dir)?;
    let spot = opened(dir)?;
    Ok(Lock { spot, file: Ok(lock_file(dir)?) })
}

/// The same for whoever only wants to read: where the lock itself cannot be used, that is no reason to keep a secret from
/// its consumers. Nothing is written then; see [`Lock::refused`].
pub fn lock_to_read(dir: &Path) -> Result<Lock, StoreError> {
    make_private(dir)?;
    let spot = opened(dir)?;
    let file = match lock_file(dir) {
        Err(error) if !error.leaves_reading() => return Err(error),
        other => other,
    };
    Ok(Lock { spot, file })
}

fn opened(dir: &Path) -> Result<Spot, StoreError> {
    Spot::of(dir).map_err(|error| StoreError::io("opening", dir, &error))
}

fn lock_file(dir: &Path) -> Result<Arc<Flock<File>>, StoreError> {
    let path = dir.join("lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let file = match file::open_as(&path, Links::Refused, u64::MAX, &mut options) {
        // A lock that cannot be written can be held all the same.
        Err(Unfit::Io(error)) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => {
            file::open(&path, Links::Refused, u64::MAX)
        }
        other => other,
    };
    let file = file.map_err(|unfit| StoreError::unfit("opening", &path, unfit))?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(mut file) => {
            let note =
                file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
            // Whose lock it is serves messages only; a full disk must not keep anyone out.
            drop(note);
            Ok(Arc::new(file))
        }
        Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
            let mut text = String::new();
            // A number stands in it; whatever else someone wrote is not read to its end.
            let read = Read::by_ref(&mut file).take(32).read_to_string(&mut text);
            let pid = read.ok().and_then(|_| text.trim().parse().ok());
            Err(StoreError::Busy { dir: dir.to_owned(), pid })
        }
        Err((_, error)) => Err(StoreError::io("locking", &path, &error.into())),
    }
}

fn symlink(path: &Path) -> StoreError {
    StoreError::Unsafe {
        path: path.to_owned(),
        why: "it is a symbolic link".into(),
        fix: "name the real place with --data-dir".into(),
    }
}

/// Makes a directory for us alone, or checks that it is.
pub fn make_private(dir: &Path) -> Result<(), StoreError> {
    if !dir.exists() {
        for_making(dir)?;
    }
    if let Err(error) = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        return Err(StoreError::io("making", dir, &error));
    }
    let meta = fs::symlink_metadata(dir).map_err(|error| StoreError::io("looking at", dir, &error))?;
    let wrong = |why: &str, fix: String| Err(StoreError::Unsafe { path: dir.to_owned(), why: why.to_owned(), fix });
    if meta.is_symlink() {
        return Err(symlink(dir));
    }
    if !meta.is_dir() {
        return wrong("it is not a directory", "name another --data-dir".into());
    }
    let us = nix::unistd::geteuid().as_raw();
    if meta.uid() != us {
        return wrong("it belongs to another user", format!("run windlass as that user, or chown it to uid {us}"));
    }
    if meta.mode() & 0o022 != 0 {
        return wrong("others can write to it", format!("chmod 700 {}", dir.display()));
    }
    if is_network(dir) {
        return wrong("it is on a network file system, which loses locks and writes", "use a local disk".into());
    }
    Ok(())
}

/// What is to lie at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A plain file.
    File,
    /// A directory.
    Dir,
}

/// Checks that what lies at a path is ours, and what it should be. `false` only where there is certainly nothing: that it
/// is unknown is an error.
pub fn plain(path: &Path, wanted: Wanted) -> Result<bool, StoreError> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::io("looking at", path, &error)),
    };
    if meta.is_symlink() {
        return Err(StoreError::Unsafe {
            path: path.to_owned(),
            why: "it is a symbolic link".into(),
            fix: "put the real file in its place".into(),
        });
    }
    let us = nix::unistd::geteuid().as_raw();
    if meta.uid() != us {
        return Err(StoreError::Unsafe {
            path: path.to_owned(),
            why: "it belongs to another user".into(),
            fix: format!("find out why, then chown it to uid {us}"),
        });
    }
    let (right, name) = match wanted {
        Wanted::File => (meta.is_file(), "a plain file"),
        Wanted::Dir => (meta.is_dir(), "a directory"),
    };
    if !right {
        return Err(StoreError::Unsafe {
            path: path.to_owned(),
            why: format!("it is {}, not {name}", file::kind(meta.file_type())),
            fix: "put the real one in its place".into(),
        });
    }
    Ok(true)
}

/// Keeps a damaged file or directory beside, under a name that tells when. Returns the name's path.
pub fn aside(path: &Path, now: DateTime<Utc>) -> Result<PathBuf, StoreError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let time = now.format("%Y%m%dT%H%M%SZ");
    let mut kept = path.with_file_name(format!("{name}.damaged-{time}"));
    let mut number = 2;
    while fs::symlink_metadata(&kept).is_ok() {
        kept.set_file_name(format!("{name}.damaged-{time}-{number}"));
        number += 1;
    }
    let moved = fs::rename(path, &kept).and_then(|()| sync_dir(path.parent().unwrap_or(Path::new("."))));
    moved.map_err(|error| StoreError::io("moving", path, &error))?;
    Ok(kept)
}

/// NFS, SMB, AFS, FUSE and the like, by `statfs`.
fn is_network(dir: &Path) -> bool {
    const NETWORK: [u64; 9] = [
        0x6969,      // nfs
        0x517b,      // smb
        0xff53_4d42, // cifs
        0xfe53_4d42, // smb2
        0x5346_414f, // afs
        0x0102_1997, // 9p
        0x00c3_6400, // ceph
        0x6573_5546, // fuse
        0x0bd0_0bd0, // lustre
    ];
    nix::sys::statfs::statfs(dir).is_ok_and(|stat| {
        #[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a magic number of 32 bits")]
        let magic = u64::from(stat.filesystem_type().0 as u32);
        NETWORK.contains(&magic)
    })
}

/// Makes the entries of a directory durable.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Writes a whole file durably: beside, synced, renamed over, and the directory synced.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let written = write_beside(path, &beside, bytes);
    if written.is_err() {
        // Of no use any more, and in the way on a full disk.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_beside(path: &Path, beside: &Path, bytes: &[u8]) -> io::Result<()> {
    // What an earlier try left there is of no use, and may be anything.
    match fs::remove_file(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    sync_dir(path.parent().unwrap_or(Path::new(".")))
}

/// Room that is given up when the disk is full, so that reading and stopping still work.
const BALLAST: i64 = 8 << 20;

/// Takes the ballast where there is room for it; really allocated, not sparse.
pub fn take_ballast(dir: &Path) {
    let path = dir.join("ballast");
    if let Ok(found) = fs::symlink_metadata(&path) {
        if found.len() == BALLAST.unsigned_abs() {
            return;
        }
        // It was being made when the power went.
        drop_ballast(dir);
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let Ok(file) = made else { return };
    if nix::fcntl::posix_fallocate(&file, 0, BALLAST).is_err() {
        drop_ballast(dir);
    }
}

/// Gives the ballast up.
pub fn drop_ballast(dir: &Path) {
    // Nothing to be done where that fails too.
    let _ = fs::remove_file(dir.join("ballast"));
}
