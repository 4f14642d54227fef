//! What a session puts outside of itself and takes back when it ends, however it ends: a value in the clipboard, and the
//! files that hold one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::core::secret::SecretValue;
use crate::tui::run::clipboard::Clipboard;

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It can wait for what is under way.
    Orderly,
    /// Something hangs or has a fault: nothing is waited for.
    AtOnce,
}

impl End {
    /// Locks, where that is to be had.
    pub(super) fn lock<T>(self, what: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
        match self {
            Self::Orderly => Some(what.lock().unwrap_or_else(PoisonError::into_inner)),
            Self::AtOnce => match what.try_lock() {
                Ok(guard) => Some(guard),
                Err(TryLockError::Poisoned(guard)) => Some(guard.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            },
        }
    }
}

/// What is out there. Clones know of the same.
#[derive(Clone)]
pub struct Left {
    /// The clipboard.
    pub clipboard: Clipboard,
    /// None once the session is over: then no more are written.
    files: Arc<Mutex<Option<Vec<Saved>>>>,
}

/// A file that holds a value. Another one of its name is not ours.
struct Saved {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Left {
    /// Nothing yet.
    pub fn new(clipboard: Clipboard) -> Self {
        Self { clipboard, files: Arc::new(Mutex::new(Some(Vec::new()))) }
    }

    /// Writes a secret value into a file that goes when the session does.
    pub fn save(&self, name: &str, value: &SecretValue) -> io::Result<PathBuf> {
        let (path, mut file) = create(name)?;
        // Before the value is in it.
        self.note(&path, &file)?;
        write(&mut file, value)?;
        Ok(path)
    }

    fn note(&self, path: &Path, file: &File) -> io::Result<()> {
        let meta = file.metadata()?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let files = files.as_mut().ok_or_else(|| io::Error::other("the session is over"))?;
        files.push(Saved { path: path.to_owned(), device: meta.dev(), inode: meta.ino() });
        Ok(())
    }

    /// Takes everything back. What it returns is for the terminal.
    pub fn take_back(&self, end: End) -> Option<Vec<u8>> {
        let files = end.lock(&self.files).and_then(|mut files| files.take());
        for Saved { path, device, inode } in files.unwrap_or_default() {
            if fs::symlink_metadata(&path).is_ok_and(|meta| (meta.dev(), meta.ino()) == (device, inode)) {
                // Where it cannot be removed there is no one left to say it to.
                let _ = fs::remove_file(&path);
            }
        }
        self.clipboard.take_back(end)
    }
}

/// Writes a text that is no secret into a new file of this user alone.
pub fn keep(name: &str, text: &SecretValue) -> io::Result<PathBuf> {
    let (path, mut file) = create(name)?;
    write(&mut file, text)?;
    Ok(path)
}

/// Makes a new file of this user alone: where the session's own files are kept, which no backup sees, or in the home
/// directory, where that is this user's.
fn create(name: &str) -> io::Result<(PathBuf, File)> {
    let us = nix::unistd::geteuid().as_raw();
    let place = |variable: &str| {
        let place = std::env::var_os(variable).map(PathBuf::from);
        let is_ours = |path: &Path| fs::metadata(path).is_ok_and(|meta| meta.is_dir() && meta.uid() == us);
        place.filter(|path| path.is_absolute() && is_ours(path))
    };
    let dir = place("XDG_RUNTIME_DIR").or_else(|| place("HOME")).unwrap_or_else(std::env::temp_dir);
    create_in(&dir, name)
}

fn create_in(dir: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    for number in 1..100 {
        let number = if number == 1 { String::new() } else { format!("{number}-") };
        let path = dir.join(format!("{number}{name}"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("a hundred such files are there already"))
}

fn write(file: &mut File, value: &SecretValue) -> io::Result<()> {
    file.write_all(value.expose().trim_end_matches('\n').as_bytes())?;
    file.write_all(b"\n")
}

#[cfg(test)]
mod tests;
