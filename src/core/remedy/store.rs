//! What to do about the store, or the engine on it.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do about the store and the engine.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnStore {
    /// Retire the store.
    RetireStore,
    /// Undo the retirement before another host is named.
    UndoFirst,
    /// Act on the other host, or undo the retirement.
    ActThere {
        /// The host.
        to: String,
    },
    /// Nothing is rotated before each rotation is confirmed.
    ConfirmEach,
    /// Wait, and copy the data directory once more.
    CopyAgain,
    /// It is opened again every minute.
    ReopensEachMinute,
    /// End the other engine first.
    EndEngine,
    /// Start the engine again, and report it.
    StartAgain,
    /// What was in progress resumes with an engine.
    ResumesWithEngine,
    /// What was on disk before is still there.
    DiskAsBefore,
    /// The engine still runs; the history shows what was done.
    EngineRuns,
}

impl OnStore {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::RetireStore => say!("`windlass retire-store --to HOST` retires it"),
            Self::UndoFirst => say!("`windlass retire-store --undo` first, to name another host"),
            Self::ActThere { to } => say!(
                "act on {}; what is read here is as it was then. If this is the store that is to run: `windlass retire-store \
                 --undo`",
                to
            ),
            Self::ConfirmEach => say!(
                "nothing is rotated or retired until `windlass confirm` has compared each rotation with Okta; secrets can be \
                 read"
            ),
            Self::CopyAgain => {
                say!("wait until they are done, copy the data directory once more, then try again")
            }
            Self::ReopensEachMinute => say!("it is tried again every minute"),
            Self::EndEngine => {
                say!("end it first, with `systemctl stop` where it is a service, or let it finish")
            }
            Self::StartAgain => {
                say!("start it again: what was in progress is on disk and resumes then; please report this")
            }
            Self::ResumesWithEngine => {
                say!("what was in progress is on disk and resumes when an engine runs again")
            }
            Self::DiskAsBefore => say!("what was on disk before is still there"),
            Self::EngineRuns => {
                say!("the engine still runs, and `windlass history` shows what was done")
            }
        }
    }
}

#[cfg(test)]
impl OnStore {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        Vec::new()
    }
}
