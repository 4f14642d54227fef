//! Why nothing is done at all: the store, or the engine on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is wrong with the store or with the engine. What a disk or a key file does is reported with the words that the store has
/// for it, which name paths and what the system says.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StoreCause {
    /// Another process has it.
    StoreBusy(String),
    /// Its key is missing.
    KeyMissing(String),
    /// It is sealed with another key.
    ForeignKey(String),
    /// The key cannot be used.
    BadKey(String),
    /// It is not there any more.
    StoreVanished(String),
    /// Its directory was moved while it was open.
    StoreMoved(String),
    /// A file of it is not safe to use.
    FileUnsafe(String),
    /// It was written by a newer version.
    StoreNewer(String),
    /// It is damaged.
    StoreDamaged(String),
    /// The disk is full.
    DiskFull(String),
    /// The disk is read-only.
    DiskReadOnly(String),
    /// This user may not use it.
    StoreNotPermitted(String),
    /// The system refused a read or a write.
    DiskFails(String),
    /// A record is larger than the store takes.
    RecordTooLarge(String),
    /// It was retired: its rotations run elsewhere.
    Retired {
        /// When.
        at: DateTime<Utc>,
        /// The host that they run on.
        to: String,
        /// Who retired it.
        by: String,
    },
    /// It may have lost something, or may be an old copy.
    Quarantined {
        /// What was found, as the store noted it.
        reason: String,
    },
    /// It is not retired.
    NotRetired,
    /// It is not quarantined.
    NotQuarantined,
    /// A call for a rotation is in progress, so the store cannot be retired now.
    CallsInProgress {
        /// The rotation's name.
        rotation: String,
    },
    /// To be agreed to: the store is retired.
    RetiresStore {
        /// The host that the rotations are to run on.
        to: String,
    },
    /// To be agreed to: a retired store acts again.
    ActsAgain,
    /// To be agreed to: what was recovered.
    NeedsReading,
    /// The engine has stopped.
    EngineStopped,
    /// The engine ended because of an internal error.
    EngineFailed {
        /// What is known of it.
        why: String,
    },
    /// The engine cannot be started.
    EngineNotStarted {
        /// What the system says.
        why: String,
    },
    /// The engine does not end for another: it is not a screen's.
    KeepsStore {
        /// Its role in a word.
        role: String,
        /// Its process.
        pid: u32,
    },
}
