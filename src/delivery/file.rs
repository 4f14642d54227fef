//! A file on this machine. It is replaced whole, by a file that was written beside it; with `in_place` it is written where it
//! lies. What is no plain file is not touched, and neither is one that others could redirect.
//!
//! A file has no marker: what is in it says whose it is.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::{Gid, Group, Uid, User, geteuid};

use super::Place;
use crate::core::cause::{MachineCause, TargetCause};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnMachine, OnTarget};
use crate::core::secret::SecretValue;
use crate::core::target::Document;
use crate::core::target::destination::File;
use crate::core::target::document::{WHOLE, hash};
use crate::core::target::judge::Seen;
use crate::file::{Links, Unfit, read};
use crate::trust::files::check_dir;

mod write;

/// No file that is delivered is longer.
const LONGEST: u64 = 1 << 20;

/// A disk that has not answered by then hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file as a place.
pub struct Local(pub File);

impl Place for Local {
    async fn read(&self) -> Result<Seen, Fault> {
        let file = self.0.clone();
        aside(move || look(&file)).await
    }

    async fn write(&self, document: &Document, seen: &Seen) -> Result<String, Fault> {
        let (file, seen) = (self.0.clone(), seen.clone());
        let value = document.get(WHOLE).cloned().unwrap_or_else(|| SecretValue::new(""));
        aside(move || unchanged(&file, &seen).and_then(|()| put(&file, &value, seen.exists))).await?;
        Ok(String::new())
    }

    async fn strip(&self, seen: &Seen, purge: bool) -> Result<(), Fault> {
        let (file, seen) = (self.0.clone(), seen.clone());
        let remove = move || {
            unchanged(&file, &seen)?;
            fs::remove_file(&file.path).map_err(|error| unusable(&file, &error))
        };
        if purge { aside(remove).await } else { Ok(()) }
    }
}

/// Which of these paths lead to the same file as this one, by whatever links and mounts. A directory that is not there yet, or
/// on a disk that hangs, leads to none.
pub async fn same_as(path: PathBuf, others: Vec<PathBuf>) -> Vec<PathBuf> {
    let directory = |path: &Path| fs::metadata(path.parent()?).ok().map(|it| (it.dev(), it.ino()));
    let same = move || {
        let own = directory(&path);
        let named = |other: &PathBuf| other.file_name() == path.file_name();
        let there = |other: &PathBuf| *other == path || own.is_some() && directory(other) == own;
        Ok(others.into_iter().filter(named).filter(there).collect())
    };
    aside(same).await.unwrap_or_default()
}

/// On a thread that may block: a disk that hangs must not hold the engine up.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let broke = |_| Err(Fault::new(Code::Broken, MachineCause::Internal).and(OnMachine::Report));
    let late = |_| Err(Fault::new(Code::TimedOut, TargetCause::DiskHangs).and(Automatic::TriesAgain));
    let done = tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await;
    done.map_or_else(late, |done| done.unwrap_or_else(broke))
}

/// What lies there.
fn look(file: &File) -> Result<Seen, Fault> {
    check_dir(directory(file)?, owner(file)?.map(Uid::as_raw)).map_err(|found| {
        let cause = TargetCause::UnsafeFile { path: found.path.display().to_string(), why: found.why.clone() };
        Fault::precondition(cause).and(OnTarget::FixWay { fix: found.fix }).and(Automatic::TriesAgain)
    })?;
    let bytes = match read(&file.path, Links::Refused, LONGEST) {
        Ok(bytes) => bytes,
        Err(unfit) if unfit.is_absent() => return Ok(Seen::default()),
        Err(Unfit::Io(error)) => return Err(unusable(file, &error)),
        Err(other) => return Err(in_the_way(file, other.to_string())),
    };
    let meta = fs::symlink_metadata(&file.path).map_err(|error| unusable(file, &error))?;
    // What is not text is not ours, and is never put back: it need not be kept as it is.
    let value = SecretValue::new(String::from_utf8_lossy(&bytes).as_ref());
    Ok(Seen {
        condition: Some(hash(&value)),
        tidy: fits(file, &meta)?,
        values: Document::from([(WHOLE.to_owned(), value)]),
        exists: true,
        ..Seen::default()
    })
}

/// Whether owner, group and mode are as they should be.
fn fits(file: &File, meta: &fs::Metadata) -> Result<bool, Fault> {
    let (uid, gid) = (owner(file)?.unwrap_or_else(geteuid), group(file)?);
    let groups = gid.is_none_or(|gid| meta.gid() == gid.as_raw());
    Ok(meta.mode() & 0o7777 == file.mode && meta.uid() == uid.as_raw() && groups)
}

/// Checks that what lies there is what was seen.
fn unchanged(file: &File, seen: &Seen) -> Result<(), Fault> {
    if look(file)?.condition == seen.condition { Ok(()) } else { Err(changed()) }
}

fn changed() -> Fault {
    Fault::new(Code::Changed, TargetCause::ChangedMeanwhile).and(Automatic::TriesAgain)
}

fn put(file: &File, value: &SecretValue, exists: bool) -> Result<(), Fault> {
    let dress = write::Dress { owner: owner(file)?, group: group(file)?, mode: file.mode };
    let written = match (file.in_place && exists, exists) {
        (true, _) => write::over(&file.path, value, &dress),
        (false, exists) => write::beside(&file.path, value, &dress, exists),
    };
    written
        .map_err(|error| if error.kind() == io::ErrorKind::AlreadyExists { changed() } else { unusable(file, &error) })
}

/// The directory that it lies in. None is made: where one is missing, what is usually there may not be mounted yet.
fn directory(file: &File) -> Result<&Path, Fault> {
    let dir = file.path.parent().filter(|_| file.path.is_absolute() && file.path.file_name().is_some());
    let dir = dir.ok_or_else(|| in_the_way(file, "it is no absolute path of a file".into()))?;
    match fs::metadata(dir) {
        Ok(meta) if meta.is_dir() => Ok(dir),
        Ok(_) => Err(in_the_way(file, format!("{} is not a directory", dir.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(not_now(file, format!("the directory {} is not there", dir.display())))
        }
        Err(error) => Err(unusable(file, &error)),
    }
}

/// The owner that it is to have, where it is to have one.
fn owner(file: &File) -> Result<Option<Uid>, Fault> {
    let find = |name: &String| match name.parse() {
        Ok(number) => Some(Uid::from_raw(number)),
        Err(_) => User::from_name(name).ok().flatten().map(|user| user.uid),
    };
    let known = |name| find(name).ok_or_else(|| no_such(name, false));
    file.owner.as_ref().map(known).transpose()
}

/// The group that it is to have, where it is to have one.
fn group(file: &File) -> Result<Option<Gid>, Fault> {
    let find = |name: &String| match name.parse() {
        Ok(number) => Some(Gid::from_raw(number)),
        Err(_) => Group::from_name(name).ok().flatten().map(|group| group.gid),
    };
    let known = |name| find(name).ok_or_else(|| no_such(name, true));
    file.group.as_ref().map(known).transpose()
}

fn no_such(name: &str, group: bool) -> Fault {
    let cause = TargetCause::NoSuchOwner { name: name.to_owned(), group };
    Fault::precondition(cause).and(OnTarget::MakeOwner).and(Automatic::TriesAgain)
}

/// The system refuses. Where it is not allowed someone has to act; all else may pass.
fn unusable(file: &File, error: &io::Error) -> Fault {
    let refused = error.kind() == io::ErrorKind::PermissionDenied;
    if refused { in_the_way(file, error.to_string()) } else { not_now(file, error.to_string()) }
}

fn in_the_way(file: &File, why: String) -> Fault {
    let cause = TargetCause::File { path: file.path.display().to_string(), why };
    Fault::precondition(cause).and(OnTarget::FixFile).and(Automatic::TriesAgain)
}

fn not_now(file: &File, why: String) -> Fault {
    let cause = TargetCause::File { path: file.path.display().to_string(), why };
    Fault::new(Code::NoRoom, cause).and(OnTarget::FixFile).and(Automatic::TriesAgain)
}

#[cfg(test)]
mod tests;
