//! Why nothing is done at all: the store, or the engine on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{InRequest, OnMachine, OnRotation, OnStore};
use crate::text::sentence::{Sentence, say};

/// What is wrong with the store or with the engine. What a disk or a key file does is reported with the words that the
/// store has for it, which name paths and what the system says.
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

impl StoreCause {
    /// What is wrong.
    pub fn say(&self) -> Sentence {
        match self {
            // The store's own words: they name paths, whose names may hold anything.
            Self::StoreBusy(what)
            | Self::KeyMissing(what)
            | Self::ForeignKey(what)
            | Self::BadKey(what)
            | Self::StoreVanished(what)
            | Self::StoreMoved(what)
            | Self::FileUnsafe(what)
            | Self::StoreNewer(what)
            | Self::StoreDamaged(what)
            | Self::DiskFull(what)
            | Self::DiskReadOnly(what)
            | Self::StoreNotPermitted(what)
            | Self::DiskFails(what)
            | Self::RecordTooLarge(what) => Sentence::text(what),
            Self::Retired { at, to, by } => {
                say!("this store was retired on {} by {}: its rotations run on {}", *at, by, to)
            }
            Self::Quarantined { reason } => say!("the store is quarantined: {}", reason),
            Self::NotRetired => say!("this store is not retired"),
            Self::NotQuarantined => say!("the store is not quarantined, so there is nothing to confirm"),
            Self::CallsInProgress { rotation } => {
                say!("calls for {} are in progress, to Okta or to a target", rotation)
            }
            Self::RetiresStore { to } => {
                say!("this store is to be retired, and its rotations are to run on {}", to)
            }
            Self::ActsAgain => say!("this store is to act again"),
            Self::NeedsReading => say!("what was recovered in the store needs confirmation"),
            Self::EngineStopped => say!("the engine has stopped"),
            Self::EngineFailed { why } => say!("the engine ended because of an internal error: {}", why),
            Self::EngineNotStarted { why } => say!("the engine cannot be started: {}", why),
            Self::KeepsStore { role, pid } => {
                say!("this engine (`{}`, pid {}) is not a terminal UI's and does not end for another", role, *pid)
            }
        }
    }

    /// The same, short enough for where the whole stands beside it.
    pub fn brief(&self) -> Sentence {
        match self {
            Self::Retired { .. } => say!("this store was retired"),
            Self::Quarantined { .. } => say!("the store is quarantined"),
            Self::StoreDamaged(_) => say!("the store is damaged"),
            Self::DiskFull(_) => say!("the disk is full"),
            Self::DiskReadOnly(_) => say!("the disk is read-only"),
            _ => say!("the store cannot be written"),
        }
    }
}

#[cfg(test)]
impl StoreCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::StoreBusy("the store is in use by another windlass".into())),
            Problem::because(Self::KeyMissing("the sealing key is missing".into())),
            Problem::because(Self::ForeignKey("the store is sealed with another key".into())),
            Problem::because(Self::BadKey("the sealing key cannot be used".into())),
            Problem::because(Self::StoreVanished("there is no store, and one was kept there".into())),
            Problem::because(Self::StoreMoved("the data directory was moved away or replaced".into())),
            Problem::because(Self::FileUnsafe("a file is not safe to use".into())),
            Problem::because(Self::StoreNewer("the store was written by a newer windlass".into())),
            Problem::because(Self::StoreDamaged("the store is damaged".into())),
            Problem::because(Self::DiskFull("the disk is full".into())),
            Problem::because(Self::DiskReadOnly("the disk is read-only".into())),
            Problem::because(Self::StoreNotPermitted("this user may not".into())),
            Problem::because(Self::DiskFails("the disk fails".into())),
            Problem::because(Self::RecordTooLarge("a record is too large for the store".into())),
            Problem::because(Self::Retired { at: DateTime::UNIX_EPOCH, to: "HOST".into(), by: "USER".into() })
                .and(OnStore::ActThere { to: "HOST".into() })
                .and(OnStore::UndoFirst),
            Problem::because(Self::Quarantined { reason: "what was found".into() }).and(OnStore::ConfirmEach),
            Problem::because(Self::NotRetired).and(OnStore::RetireStore),
            Problem::because(Self::NotQuarantined).and(OnRotation::CheckAnyTime),
            Problem::because(Self::CallsInProgress { rotation: "NAME".into() }).and(OnStore::CopyAgain),
            Problem::because(Self::RetiresStore { to: "HOST".into() })
                .and(InRequest::AgreeRetire { to: "HOST".into() }),
            Problem::because(Self::ActsAgain).and(InRequest::AgreeUndo),
            Problem::because(Self::NeedsReading).and(InRequest::AgreeRecovered),
            Problem::because(Self::EngineStopped).and(OnStore::ResumesWithEngine),
            Problem::because(Self::EngineFailed { why: "…".into() }).and(OnStore::StartAgain),
            Problem::because(Self::EngineNotStarted { why: "…".into() }).and(OnMachine::SeeLimits),
            Problem::because(Self::KeepsStore { role: "serve".into(), pid: 1 }).and(OnStore::EndEngine),
            Problem::because(Self::DiskFull("the disk is full".into())).and(OnStore::ReopensEachMinute),
        ]
    }
}
