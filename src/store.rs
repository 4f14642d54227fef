//! Everything that must survive: sled beside a ledger, sealed, behind one trait.
//!
//! sled 0.34's `flush` is not durable on Linux (it never calls fsync), it can panic on a damaged file, and it can open an
//! emptied one without a word. Therefore: [`backend`] commits with our own `fdatasync`; the [`ledger`] beside it holds a
//! second copy of every secret value, synced *before* the store, and the number of the last commit, so that a store that
//! lost something is noticed; and [`open`] never starts over silently. Nothing outside this ring may know a tree.
//!
//! A store that may have lost something is **quarantined**: reading works, and nothing is started or retired.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::connection::Connection;
use crate::core::history::{Entry, Outcome};
use crate::core::rotation::Rotation;
use crate::core::secret::{Secret, SecretKey};

mod backend;
mod backup;
mod dir;
mod error;
mod files;
mod handle;
mod history;
mod key;
mod known;
mod ledger;
mod marker;
mod open;
mod plan;
mod quiet;
mod read;
mod rebuild;
mod record;
mod retired;
mod seal;
mod share;
#[cfg(test)]
pub(crate) mod testing;
mod values;

pub use backup::last as last_backup;
pub use dir::{Lock, Spot, lock, lock_to_read};
pub use error::StoreError;
pub use handle::{Committed, Handle, gone};
pub use key::KeySource;
pub use marker::{Begin, check};
pub use open::{Opened, Purpose, is_fresh, open, open_marked};
pub use quiet::panic_is_expected;
pub use retired::{Retired, write as keep_retired};

/// The seam: a store of records. A networked one can stand here for a fleet.
pub trait Store: Send {
    /// All connections, rotations and secrets.
    fn load(&self) -> Result<Loaded, StoreError>;
    /// A page of history, newest first.
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError>;
    /// Writes batches, each one atomic; durable when it returns. After an error nothing more may be written.
    fn commit(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError>;
    /// Does what is due beside commits, and says after how long to be asked again; `None`: after the next commit.
    fn tend(&mut self) -> Option<Duration> {
        None
    }
    /// What was recovered, and not yet acknowledged.
    fn recovered(&self) -> Vec<Recovery> {
        Vec::new()
    }

    /// Ends in good order.
    fn close(&mut self);
}

/// One record to write.
#[derive(Clone, Debug)]
pub enum Change {
    /// Writes a connection.
    PutConnection(Box<Connection>),
    /// Removes one.
    DropConnection(Uuid),
    /// Writes a rotation.
    PutRotation(Box<Rotation>),
    /// Removes one.
    DropRotation(Uuid),
    /// Writes a secret.
    PutSecret(Box<Secret>),
    /// Removes one.
    DropSecret(SecretKey),
    /// Adds an attempt to the history.
    Append(Box<Entry>),
    /// Says how far a quarantine is confirmed; `None` lifts it.
    Quarantine(Option<Box<Quarantine>>),
    /// Everything that was recovered so far has been read by an operator.
    Acknowledge,
}

/// All records but the history.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Loaded {
    /// Connections.
    pub connections: Vec<Connection>,
    /// Rotations.
    pub rotations: Vec<Rotation>,
    /// Secrets.
    pub secrets: Vec<Secret>,
    /// Set where the store may have lost something.
    #[serde(skip)]
    pub quarantine: Option<Quarantine>,
    /// What was recovered, and not yet acknowledged.
    #[serde(skip)]
    pub recovered: Vec<Recovery>,
    /// Set where the store was retired.
    #[serde(skip)]
    pub retired: Option<Retired>,
}

/// Something that was damaged and put right again: kept in the store until an operator has acknowledged it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: String,
    /// What was lost; `None` where that is nothing.
    pub lost: Option<String>,
    /// Where the damaged files lie.
    pub kept: Option<String>,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(lost) = &self.lost {
            write!(f, "; {lost}")?;
        }
        match &self.kept {
            Some(kept) => write!(f, "; the damaged files are kept as {kept}"),
            None => Ok(()),
        }
    }
}

/// Why a store is not trusted to act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// Since when.
    pub since: DateTime<Utc>,
    /// What was found.
    pub reason: String,
    /// What still works, and what to do.
    pub next: String,
    /// The rotations that an operator has compared with Okta and confirmed.
    #[serde(default)]
    pub confirmed: Vec<Uuid>,
}

/// Which attempts to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only this rotation's.
    pub rotation: Option<Uuid>,
    /// Started at or after.
    pub since: Option<DateTime<Utc>>,
    /// Started before.
    pub until: Option<DateTime<Utc>>,
    /// Only with this outcome.
    pub outcome: Option<Outcome>,
    /// Only by this user.
    pub actor: Option<String>,
    /// Only entries with a lower id than this: those started before it. [`HistoryPage::next`], or any entry's id.
    pub before: Option<Uuid>,
    /// How many at the most.
    pub limit: usize,
}

impl HistoryQuery {
    /// Whether an entry is wanted.
    pub fn wants(&self, entry: &Entry) -> bool {
        self.rotation.is_none_or(|rotation| Some(rotation) == entry.rotation_id)
            && self.since.is_none_or(|since| entry.started_at >= since)
            && self.until.is_none_or(|until| entry.started_at < until)
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome)
            && self.actor.as_ref().is_none_or(|actor| entry.actor.users().any(|user| user == actor))
    }
}

/// A page of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// Newest start first.
    pub entries: Vec<Entry>,
    /// Where the next page continues; `None` at the end. [`Store::history`] may stop early, with a page that is shorter
    /// than was asked for and a `next`; [`Handle::history`] continues automatically.
    pub next: Option<Uuid>,
    /// Entries that could not be read because their block is damaged.
    pub unreadable: u64,
}

#[cfg(test)]
mod tests;
