//! What is wrong with the store or the engine, in words.

use crate::core::cause::store::StoreCause;
use crate::words::sentence::{Sentence, say};

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
            Self::CallsInProgress { rotation } => say!("calls to Okta for {} are in progress", rotation),
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
