//! What is remembered of a data directory outside of it: that a store was kept there, and which.
//!
//! A volume that is not mounted looks like a directory in which nothing was ever kept. A small file beside our own key, one
//! for each data directory, tells the two apart: where it is and the store is not, none is begun. It decides nothing where a
//! store is. Without a config directory of its own (a container that has nothing but its volume) nothing can be remembered.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::dir::replace;
use super::error::StoreError;
use super::key::KeySource;
use super::open::is_fresh;
use crate::trust::files::for_making;

/// The directory of the markers, in the config directory.
const DIR: &str = "stores";

/// The most that is read of a marker.
const LARGEST: u64 = 64 << 10;

/// So many symbolic links a path may lead over.
const LINKS: usize = 40;

/// What stands in a marker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    /// The data directory, without links.
    directory: PathBuf,
    /// Which store was opened there last.
    store: Uuid,
    /// Since when.
    since: DateTime<Utc>,
    /// When `--new-store` began one there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_store_at: Option<DateTime<Utc>>,
}

/// The marker of a data directory.
pub struct Marker {
    dir: PathBuf,
    path: PathBuf,
    /// `None` where there is none; an error where there is one that says nothing.
    known: Option<Result<Known, String>>,
}

/// How a store may begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Begin {
    /// A new one may begin where one was: `--new-store`.
    pub new: bool,
    /// Nothing is remembered.
    pub read_only: bool,
}

/// Refuses where a store was kept and none is. Asked before anything is made, the data directory included.
pub fn check(data_dir: &Path, keys: &KeySource, begin: Begin) -> Result<(), StoreError> {
    // What cannot be looked at is reported by whoever opens it.
    if is_fresh(data_dir) {
        Marker::of(data_dir, keys).map_or(Ok(()), |marker| marker.may_begin(begin))
    } else {
        Ok(())
    }
}

/// Whether any store is remembered beside a key.
pub fn any(keys: &KeySource) -> bool {
    fs::read_dir(keys.config_dir().join(DIR)).is_ok_and(|mut entries| entries.next().is_some())
}

impl Marker {
    /// That of a data directory, whether it is there or not; `None` where nothing can be remembered outside of it.
    pub fn of(data_dir: &Path, keys: &KeySource) -> Option<Self> {
        let (dir, config) = (resolved(data_dir), resolved(keys.config_dir()));
        if config.starts_with(&dir) {
            return None;
        }
        let digest = Sha256::digest(dir.as_os_str().as_encoded_bytes());
        let name = digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        let path = config.join(DIR).join(format!("{name:016x}.json"));
        let known = read(&path);
        Some(Self { dir, path, known })
    }

    /// Refuses to begin a store where one was kept, unless that is said, and was not said before.
    pub fn may_begin(&self, begin: Begin) -> Result<(), StoreError> {
        let Some(known) = &self.known else { return Ok(()) };
        let known = known.as_ref().ok();
        let used = known.and_then(|known| known.new_store_at);
        if begin.new && used.is_none() {
            return Ok(());
        }
        Err(StoreError::Vanished {
            dir: self.dir.clone(),
            store: known.map(|known| known.store),
            marker: self.path.clone(),
            used: used.filter(|_| begin.new),
        })
    }

    /// Remembers the store that was opened, or begun just now. Returns what is to be said.
    pub fn note(&self, store: Uuid, begun: bool, now: DateTime<Utc>) -> Vec<String> {
        let dir = self.dir.display();
        let mut notes = Vec::new();
        let known = match &self.known {
            Some(Ok(known)) if known.store == store && known.directory == self.dir => return notes,
            Some(Ok(known)) => Some(known),
            Some(Err(_)) | None => None,
        };
        if let Some(known) = known.filter(|_| !begun) {
            notes.push(format!(
                "the store in {dir} is not the one that was opened there last (it is {store}, and was {}): was another disk \
                 mounted, or another copy put there?",
                known.store
            ));
        }
        let again = begun && self.known.is_some();
        let new_store_at = if again { Some(now) } else { known.and_then(|known| known.new_store_at) };
        let next = Known { directory: self.dir.clone(), store, since: now, new_store_at };
        if let Err(error) = self.write(&next) {
            notes.push(format!(
                "{} cannot be written ({error}): should the disk of {dir} not be mounted one day, a new, empty store would \
                 begin there",
                self.path.display()
            ));
        }
        notes
    }

    fn write(&self, known: &Known) -> io::Result<()> {
        let dir = self.path.parent().unwrap_or(Path::new("."));
        for_making(dir).map_err(io::Error::other)?;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let mut text = serde_json::to_vec_pretty(known)?;
        text.push(b'\n');
        replace(&self.path, &text)
    }
}

fn read(path: &Path) -> Option<Result<Known, String>> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return None,
        Err(error) => return Some(Err(error.to_string())),
        Ok(found) => found,
    };
    // Whatever else stands there says that there was one, and no more than that.
    if !found.is_file() || found.len() > LARGEST {
        return Some(Err("it is no marker".into()));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string());
    Some(bytes.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string())))
}

/// The path without links and dots, as far as it leads somewhere; what is not there yet is taken at its word. Where a volume
/// is not mounted the end of the path is missing, and a link may lead to nothing.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut links = 0;
    let mut left: Vec<PathBuf> = parts(&path);
    let mut done = PathBuf::from("/");
    while let Some(part) = left.pop() {
        if part.as_os_str() == ".." {
            done.pop();
            continue;
        }
        let next = done.join(&part);
        match fs::read_link(&next) {
            Ok(target) if links < LINKS => {
                links += 1;
                if target.is_absolute() {
                    done = PathBuf::from("/");
                }
                left.extend(parts(&target));
            }
            _ => done = next,
        }
    }
    done
}

/// The parts of a path, the last one first.
fn parts(path: &Path) -> Vec<PathBuf> {
    let named = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    let mut parts: Vec<PathBuf> = named.map(|part| PathBuf::from(part.as_os_str())).collect();
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests;
