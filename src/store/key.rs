//! Where the master key comes from: a systemd credential, a named file, or our own file in the config directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::dir::sync_dir;
use super::error::StoreError;
use super::marker;
use super::seal::MasterKey;
use crate::file::{self, Links, Unfit, there};
use crate::trust::files::{check as trusted, for_making};

/// What every key file starts with.
const PREFIX: &str = "windlass-key-1:";

/// A key file is never longer.
const LONGEST: u64 = 4 << 10;

/// Where to look for the key.
#[derive(Clone, Debug)]
pub struct KeySource {
    /// `$CREDENTIALS_DIRECTORY`, as systemd sets it: `windlass.key` in it comes first.
    pub credentials: Option<PathBuf>,
    /// `--key-file`.
    pub named: Option<PathBuf>,
    /// `CONFIG_DIR/master.key`: the only one that is ever made.
    pub own: PathBuf,
}

/// A key, where it stands, and whether it was made just now.
pub struct Found {
    /// The key.
    pub key: MasterKey,
    /// Its file.
    pub path: PathBuf,
    /// It was made just now.
    pub made: bool,
}

impl KeySource {
    fn path(&self) -> (PathBuf, bool) {
        let credential = self.credential().map(|dir| dir.join("windlass.key"));
        match (credential, &self.named) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path.clone(), false),
            (None, None) => (self.own.clone(), false),
        }
    }

    /// The directory of credentials, where the key is in it.
    pub fn credential(&self) -> Option<&Path> {
        // One that cannot be looked at is the one that is meant.
        self.credentials.as_deref().filter(|dir| there(&dir.join("windlass.key")).unwrap_or(true))
    }

    /// Where the key is looked for, and what is wrong with what is there. Makes none.
    pub fn inspect(&self, data_dir: &Path) -> (PathBuf, Result<(), StoreError>) {
        (self.path().0, self.find(data_dir, false).map(drop))
    }

    /// The directory of our own file, where it is kept beside the key which stores there are: see [`super::marker`].
    pub fn config_dir(&self) -> &Path {
        self.own.parent().unwrap_or(Path::new("."))
    }

    /// Finds the key. One is made only where `fresh`: neither a store nor a ledger is there. An empty file is what a full
    /// disk once left of a key that was being made. It is replaced where no store can ever have been sealed with one.
    pub fn find(&self, data_dir: &Path, fresh: bool) -> Result<Found, StoreError> {
        let (path, credential) = self.path();
        let over = match read(&path, credential) {
            Ok(key) => return Ok(Found { key, path, made: false }),
            Err(Trouble::Absent) if !fresh => return Err(StoreError::KeyMissing { path, dir: data_dir.to_owned() }),
            Err(Trouble::Absent) => false,
            Err(Trouble::Empty) if fresh && !credential && !marker::any(self) => true,
            Err(Trouble::Empty) => {
                let why = "it is empty: what was in it is lost, or the disk was full when it was made".into();
                return Err(StoreError::BadKey { path, why });
            }
            Err(Trouble::Store(error)) => return Err(error),
        };
        // Whoever can replace the file can have everything from now on sealed with a key of theirs. For a key that is
        // in use already that is no danger: the store says when it is sealed with another one.
        for_making(&path)?;
        path.ancestors().skip(1).find(|dir| dir.exists()).map_or(Ok(()), trusted)?;
        match make(&path, over) {
            Ok(key) => Ok(Found { key, path, made: true }),
            // Another first start was faster. Both are to use one key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match read(&path, credential) {
                Ok(key) => Ok(Found { key, path, made: false }),
                Err(_) => Err(StoreError::io("making the sealing key", &path, &error)),
            },
            Err(error) => Err(StoreError::io("making the sealing key", &path, &error)),
        }
    }
}

enum Trouble {
    Absent,
    Empty,
    Store(StoreError),
}

fn read(path: &Path, credential: bool) -> Result<MasterKey, Trouble> {
    let bad = |why: &str| Trouble::Store(StoreError::BadKey { path: path.to_owned(), why: why.to_owned() });
    let unfit = |unfit: Unfit| match unfit {
        unfit if unfit.is_absent() => Trouble::Absent,
        Unfit::Io(error) => Trouble::Store(StoreError::io("reading the sealing key", path, &error)),
        Unfit::Kind(_) => Trouble::Store(StoreError::Unsafe {
            path: path.to_owned(),
            why: unfit.to_string(),
            fix: "name the key file itself".into(),
        }),
        other => bad(&other.to_string()),
    };
    let file = file::open(path, Links::Refused, LONGEST).map_err(unfit)?;
    check(path, &file, credential).map_err(Trouble::Store)?;
    let bytes = file::read(path, Links::Refused, LONGEST).map_err(unfit)?;
    let text = str::from_utf8(&bytes).map_err(|_| bad("it is not text"))?;
    if text.is_empty() {
        return Err(Trouble::Empty);
    }
    let encoded = text.trim().strip_prefix(PREFIX).ok_or_else(|| bad("it does not start with windlass-key-1:"))?;
    let whole = |to: &mut [u8; 32]| match URL_SAFE_NO_PAD.decode_slice(encoded, to) {
        Ok(32) => Ok(()),
        _ => Err(bad("it is not a whole key")),
    };
    MasterKey::fill(whole)
}

/// A key that others can read is no key.
fn check(path: &Path, file: &File, credential: bool) -> Result<(), StoreError> {
    let meta = file.metadata().map_err(|error| StoreError::io("looking at the sealing key", path, &error))?;
    let wrong = |why: &str, fix: String| Err(StoreError::Unsafe { path: path.to_owned(), why: why.to_owned(), fix });
    let us = nix::unistd::geteuid().as_raw();
    if meta.uid() != us && meta.uid() != 0 {
        return wrong("it belongs to another user", format!("chown it to the user that runs windlass (uid {us})"));
    }
    // systemd hands credentials over as 0400 or 0440, in a directory that only the service can enter.
    let others = if credential { 0o007 } else { 0o077 };
    if meta.mode() & others != 0 {
        return wrong("others can read it", format!("chmod 600 {}", path.display()));
    }
    Ok(())
}

/// Makes a key: written beside, synced, and only then put in its place, so that there is a whole key or none. Never over
/// another file, unless that is an empty one.
fn make(path: &Path, over: bool) -> io::Result<MasterKey> {
    let key = MasterKey::fill(|to| getrandom::fill(to).map_err(io::Error::other))?;
    let text = text_of(&key);
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    // Two first starts may have one process number: in two containers that share the directory.
    let mut own = [0; 8];
    getrandom::fill(&mut own).map_err(io::Error::other)?;
    let beside = path.with_extension(format!("new-{:016x}", u64::from_ne_bytes(own)));
    let made = write_new(&beside, &text).and_then(|()| put(&beside, path, over));
    // Where it was linked or could not be used.
    let _ = fs::remove_file(&beside);
    made.and_then(|()| sync_dir(dir))?;
    Ok(key)
}

/// What its file holds. At full length at once: a text that grows leaves copies behind.
fn text_of(key: &MasterKey) -> Zeroizing<Vec<u8>> {
    const ENCODED: usize = 43;
    let mut text = Zeroizing::new(Vec::with_capacity(PREFIX.len() + ENCODED + 1));
    text.extend_from_slice(PREFIX.as_bytes());
    text.resize(PREFIX.len() + ENCODED, 0);
    let encoded = URL_SAFE_NO_PAD.encode_slice(key.bytes(), &mut text[PREFIX.len()..]);
    assert_eq!(encoded, Ok(ENCODED), "32 bytes are 43 letters");
    text.push(b'\n');
    text
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn put(from: &Path, to: &Path, over: bool) -> io::Result<()> {
    if over {
        return fs::rename(from, to);
    }
    // A link takes no one's place: two first starts at once end with one key.
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && fs::symlink_metadata(to).is_err() => {
            // File systems without links.
            fs::rename(from, to)
        }
        linked => linked,
    }
}

#[cfg(test)]
mod tests;
