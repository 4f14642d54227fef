//! What can go wrong with the store, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::files::is_locked;
use crate::file::Unfit;
use crate::trust::files::Unsafe;

/// A fault of the store. `Display` says what happened, [`StoreError::hint`] what still works and what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's text says what it is")]
pub enum StoreError {
    #[error("the store in {dir} is in use by another windlass{}", by(*pid))]
    Busy { dir: PathBuf, pid: Option<u32> },
    #[error("the sealing key {path} is missing, and the store in {dir} is sealed with it")]
    KeyMissing { path: PathBuf, dir: PathBuf },
    #[error("the store in {dir} is sealed with another key than {path}")]
    ForeignKey { path: PathBuf, dir: PathBuf },
    #[error("the sealing key {path} cannot be used: {why}")]
    BadKey { path: PathBuf, why: String },
    #[error("there is no store in {dir}, and one was kept there{}", named(*store))]
    Vanished { dir: PathBuf, store: Option<Uuid>, marker: PathBuf, used: Option<DateTime<Utc>> },
    #[error("the data directory {dir} was moved away or replaced while it was open, so nothing more is written")]
    Moved { dir: PathBuf },
    #[error("{path} is not safe to use: {why}")]
    Unsafe { path: PathBuf, why: String, fix: String },
    #[error("{what} was written by a newer windlass")]
    Newer { what: String },
    #[error("the store is damaged: {0}")]
    Damaged(String),
    #[error("the store is damaged: the ledger {} belongs to another store", ledger.display())]
    Mixed { ledger: PathBuf },
    #[error("the disk is full, so nothing more is written")]
    Full,
    #[error("the disk is read-only, so nothing is written")]
    ReadOnly,
    #[error("{what}: this user may not")]
    NotPermitted { what: String },
    #[error("{what}: {why}")]
    Io { what: String, why: String },
    #[error("a record is too large for the store ({0} bytes)")]
    TooLarge(usize),
}

fn by(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

fn named(store: Option<Uuid>) -> String {
    store.map(|store| format!(" (store {store})")).unwrap_or_default()
}

impl From<Unsafe> for StoreError {
    fn from(Unsafe { path, why, fix }: Unsafe) -> Self {
        Self::Unsafe { path, why, fix }
    }
}

impl StoreError {
    /// An I/O error on a path.
    pub fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        if is_full(error) {
            return Self::Full;
        }
        if error.kind() == io::ErrorKind::ReadOnlyFilesystem {
            return Self::ReadOnly;
        }
        if error.kind() == io::ErrorKind::PermissionDenied {
            return Self::NotPermitted { what: format!("{what} {}", path.display()) };
        }
        Self::Io { what: format!("{what} {}", path.display()), why: error.to_string() }
    }

    /// What lies at a path cannot be used.
    pub fn unfit(what: &str, path: &Path, unfit: Unfit) -> Self {
        let fix = match unfit {
            Unfit::Io(error) => return Self::io(what, path, &error),
            Unfit::Kind(_) => "put the real file in its place",
            _ => "put the real file back in its place",
        };
        Self::Unsafe { path: path.to_owned(), why: unfit.to_string(), fix: fix.into() }
    }

    /// The same for an engine that continues automatically.
    pub fn remedy(&self) -> String {
        self.advice("")
    }

    /// Whether secrets may be read from what lies beside the store, where the store itself cannot be used because of this.
    pub fn leaves_reading(&self) -> bool {
        match self {
            Self::Unsafe { .. }
            | Self::Damaged(_)
            | Self::Full
            | Self::ReadOnly
            | Self::NotPermitted { .. }
            | Self::Io { .. } => true,
            Self::Busy { .. }
            | Self::KeyMissing { .. }
            | Self::ForeignKey { .. }
            | Self::BadKey { .. }
            | Self::Newer { .. }
            | Self::Mixed { .. }
            | Self::Vanished { .. }
            | Self::Moved { .. }
            | Self::TooLarge(_) => false,
        }
    }

    /// What still works, and what to do next.
    pub fn hint(&self) -> String {
        self.advice(", then start windlass again")
    }

    /// What to do; where the cause is outside, with what comes `then`.
    fn advice(&self, then: &str) -> String {
        match self {
            Self::Busy { .. } => {
                "wait for it to end, or let it do the work: start `windlass serve` once and every command \
                                  attaches to it"
                    .into()
            }
            Self::KeyMissing { path, .. } => format!(
                "put the key back as {} from your backup of it (or name it with --key-file); nothing was changed, and without \
                 the key the store cannot be read",
                path.display()
            ),
            Self::ForeignKey { .. } => {
                "name the right key with --key-file, or another --data-dir; nothing was changed".into()
            }
            Self::Vanished { marker, used, .. } => {
                let again = match used {
                    None => "to begin a new, empty one here, say --new-store once".to_owned(),
                    Some(at) => format!(
                        "--new-store began one here at {} and does not count twice: to begin another, remove {}",
                        at.to_rfc3339_opts(SecondsFormat::Secs, true),
                        marker.display()
                    ),
                };
                format!(
                    "mount its disk, or put the directory back; where it was moved, name its new place with --data-dir; {again}. \
                     Nothing was changed"
                )
            }
            Self::Moved { .. } => {
                "put it back in its place; or end this windlass, and start it with --data-dir where the directory is now. \
                 Secrets can still be read from it until then"
                    .into()
            }
            Self::BadKey { .. } => {
                "put the key file back from your backup of it, unchanged, or name it with --key-file; nothing was changed".into()
            }
            Self::Unsafe { fix, .. } => format!("{fix}; nothing was changed"),
            Self::Newer { .. } => "run the newer windlass; an older one never opens a newer store".into(),
            Self::Damaged(_) => "the damaged files are kept; the secrets that were rescued can still be read".into(),
            Self::Full => outside("make room on the disk", then),
            Self::ReadOnly => outside("mount it writable", then),
            Self::NotPermitted { .. } => {
                "run windlass as the user whose store it is, or name a place of your own with --data-dir; nothing was \
                                         changed"
                    .into()
            }
            Self::Io { .. } => outside("fix the cause", then),
            Self::Mixed { .. } => {
                "put the ledger back that belongs to the store, or a whole copy of the data directory; nothing was changed".into()
            }
            Self::TooLarge(_) => "this is a fault of windlass; please report it".into(),
        }
    }
}

fn outside(what: &str, then: &str) -> String {
    format!("{what}{then}; secrets can still be read, and nothing is sent to Okta that could not be recorded")
}

/// Whether an error says that the disk, or the quota, is full.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) if is_full(&error) => Self::Full,
            sled::Error::Io(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            // What the system said, or what sled says of its lock; all else that sled calls I/O is a file that ends too
            // early or makes no sense.
            sled::Error::Io(error) if error.raw_os_error().is_some() || is_locked(&error) => {
                Self::Io { what: "the store".into(), why: error.to_string() }
            }
            sled::Error::Corruption { .. } => Self::Damaged("its data does not fit its checksums".into()),
            other => Self::Damaged(other.to_string()),
        }
    }
}
