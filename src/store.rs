//! Everything that must survive: sled beside a ledger, sealed, behind one trait.
//!
//! sled 0.34's `flush` is not durable on Linux (it never calls fsync), it can panic on a damaged file, and it can open an
//! emptied one without a word. Therefore: [`backend`] commits with our own `fdatasync`; the [`ledger`] beside it holds a
//! second copy of every secret value, synced *before* the store, and the number of the last commit, so that a store that
//! lost something is noticed; and [`open`] never starts over silently. Nothing outside this ring may know a tree.
//!
//! A store that may have lost something is **quarantined**: reading works, and nothing is started or retired.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::core::connection::Connection;
use crate::core::history::{Entry, Outcome};
use crate::core::rotation::Rotation;
use crate::core::secret::{Secret, SecretKey};

mod dir;
mod error;
mod handle;
mod key;
mod ledger;
mod seal;

pub use dir::{Lock, lock};
pub use error::StoreError;
pub use handle::{Committed, Handle, gone};
pub use key::KeySource;

/// The seam: a store of records. A networked one can stand here for a fleet.
pub trait Store: Send {
    /// All connections, rotations and secrets.
    fn load(&self) -> Result<Loaded, StoreError>;
    /// A page of history, newest first.
    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError>;
    /// Writes batches, each one atomic; durable when it returns. After an error nothing more may be written.
    fn commit(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError>;
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
    /// Only older than this, from [`HistoryPage::next`].
    pub before: Option<Uuid>,
    /// How many at the most.
    pub limit: usize,
}

impl HistoryQuery {
    /// Whether an entry is wanted.
    pub fn wants(&self, entry: &Entry) -> bool {
        self.rotation.is_none_or(|rotation| rotation == entry.rotation_id)
            && self.since.is_none_or(|since| entry.started_at >= since)
            && self.until.is_none_or(|until| entry.started_at < until)
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome)
            && self
                .actor
                .as_ref()
                .is_none_or(|actor| entry.actor.user == *actor || entry.actor.login_user.as_ref() == Some(actor))
    }
}

/// A page of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where the next page goes on; `None` at the end.
    pub next: Option<Uuid>,
}

/// An open store.
pub struct Opened {
    pub store: Box<dyn Store>,
    pub loaded: Loaded,
    pub key_made: Option<std::path::PathBuf>,
    pub notes: Vec<String>,
}
pub fn open(_lock: Lock, _keys: &KeySource, _now: DateTime<Utc>) -> Result<Opened, StoreError> {
    unimplemented!()
}
