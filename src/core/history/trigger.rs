//! Why an entry is in the history.

use serde::{Deserialize, Serialize};

/// Why an attempt was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trigger {
    /// A due time came.
    Schedule,
    /// It was asked for.
    Manual,
    /// The rotation was created.
    Create,
    /// A start after an interruption found something unfinished.
    Recovery,
    /// Back to the previous secret.
    Rollback,
    /// An old secret's deactivation or deletion on its own date.
    Retire,
    /// The rotation is being deleted.
    Delete,
    /// It was paused.
    Pause,
    /// Its pause was ended.
    Resume,
    /// A due time was skipped, or is back.
    Skip,
    /// Its old secret is kept.
    Hold,
    /// Its settings were changed.
    Edit,
    /// It was decided about a new secret that could not be tested.
    Resolve,
    /// What was restored or recovered was confirmed.
    Confirm,
    /// A consumer was dismissed.
    Consumer,
    /// The credentials were delivered to a target.
    Deliver,
    /// A target was made, changed or removed.
    Target,
    /// A connection was made, changed or deleted.
    Connection,
    /// A named secret was deleted.
    Secret,
    /// The store was retired, or put to use again.
    Store,
    /// What only a newer windlass knows; its entry is read all the same.
    #[serde(other)]
    Other,
}

impl Trigger {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Manual => "manual",
            Self::Create => "create",
            Self::Recovery => "recovery",
            Self::Rollback => "rollback",
            Self::Retire => "retire",
            Self::Delete => "delete",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Skip => "skip",
            Self::Hold => "hold",
            Self::Edit => "edit",
            Self::Resolve => "resolve",
            Self::Confirm => "confirm",
            Self::Consumer => "consumer",
            Self::Deliver => "deliver",
            Self::Target => "target",
            Self::Connection => "connection",
            Self::Secret => "secret",
            Self::Store => "store",
            Self::Other => "other",
        }
    }
}
