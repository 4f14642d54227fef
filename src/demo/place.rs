//! The demo's private directory: made under the temporary directory, and gone when dropped.
//!
//! A SIGKILL of the demo itself leaves it behind, with nothing in it that works anywhere; its engine ends all the same.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::clock::Staged;

/// The longest temporary directory: a socket's path has 107 bytes at the most.
const LONGEST: usize = 64;

/// See the module.
pub struct Place {
    dir: PathBuf,
}

impl Place {
    /// Makes it, for this user only.
    pub fn make() -> io::Result<Self> {
        let temporary = std::env::temp_dir();
        let temporary = if temporary.as_os_str().len() > LONGEST { Path::new("/tmp") } else { &temporary };
        let dir = nix::unistd::mkdtemp(&temporary.join("windlass-demo-XXXXXX"))?;
        Ok(Self { dir })
    }

    /// Everything is in here.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The engine's data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// What another machine shows us of its disk, with the file that a target writes there; it can be away.
    pub fn share(&self) -> PathBuf {
        self.dir.join("share")
    }

    /// Takes the share away, or brings it back, with what is in it.
    pub fn mount(&self, there: bool) -> io::Result<()> {
        let away = self.dir.join("share-away");
        match there {
            true if !self.share().exists() && !away.exists() => {
                std::fs::DirBuilder::new().mode(0o700).create(self.share())
            }
            true if !self.share().exists() => std::fs::rename(away, self.share()),
            false if self.share().exists() => std::fs::rename(self.share(), away),
            _ => Ok(()),
        }
    }

    /// A clock that shows `shown` and stands still.
    pub fn clock(&self, shown: DateTime<Utc>) -> io::Result<&'static Staged> {
        Staged::make(self.dir.join("clock"), shown)
    }
}

/// The engine's socket.
pub fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("windlass.sock")
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.dir) {
            tracing::warn!("{} cannot be removed: {error}", self.dir.display());
        }
    }
}
