//! What the live log says, as data: each notice has its level and its kind. What it reads like is written in `words`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Level, YIELDS};
use crate::core::cause::Cause;
use crate::core::fault::{Fault, Problem};
use crate::core::history::deed::Deed;
use crate::core::history::ending::Ending;
use crate::core::history::{Actor, Outcome, Step, StepOutcome};
use crate::core::rotation::Attention;

/// Something to be said in the live log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Whoever follows has missed something, and takes the view again.
    Reset,
    /// The engine started.
    Started {
        /// In which role, in a word.
        role: String,
    },
    /// The engine ends to make way for `windlass serve`.
    MakesWay {
        /// Who started that.
        actor: Actor,
    },
    /// The scheduler met an error of windlass itself, and begins again.
    SchedulerBroke,
    /// The same while a rotation was worked on.
    RotationBroke,
    /// The clock was set back.
    ClockSetBack,
    /// A due time lay further off than the interval, and was computed anew.
    DueCorrected,
    /// More rotations are overdue than begin at once.
    Overdue {
        /// All of them.
        count: usize,
        /// Those that begin at once.
        at_once: usize,
        /// By when the last one begins.
        minutes: i64,
    },
    /// A rotation is due.
    Due,
    /// A call or a note of an attempt.
    Step(Step),
    /// An attempt ended.
    Ended {
        /// How.
        outcome: Outcome,
        /// What it came to.
        ending: Ending,
    },
    /// An attempt is put off by a fault.
    Waits {
        /// The fault.
        fault: Fault,
        /// It needs attention; else it is retried by itself.
        attention: bool,
        /// When; `None` where it waits for its connection, or for someone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<DateTime<Utc>>,
    },
    /// A rotation needs attention.
    Attention {
        /// What for.
        attention: Attention,
    },
    /// It does no more.
    Resolved {
        /// What it was needed for.
        cause: Cause,
    },
    /// A check found other changes at Okta that were made outside windlass.
    Drifted,
    /// A rotation is deleted.
    Deleted,
    /// A connection works again.
    ConnectionWorks,
    /// A connection does not work.
    ConnectionFails {
        /// Why.
        fault: Fault,
    },
    /// The rotations of a connection are no longer held.
    ConnectionResumes,
    /// Something about the store that is not to be missed.
    StoreNote {
        /// In a sentence.
        message: String,
    },
    /// The store cannot be trusted, or not be written.
    StoreFails {
        /// Why.
        trouble: Problem,
    },
    /// The store can be written again.
    StoreReopened {
        /// It is quarantined.
        quarantined: bool,
    },
    /// Every rotation was confirmed.
    QuarantineOver,
    /// Someone asked for something that is done next.
    Asked {
        /// Who.
        actor: Actor,
        /// For what.
        wish: Wish,
    },
    /// Something was decided.
    Decided {
        /// What.
        deed: Deed,
        /// By whom.
        actor: Actor,
    },
    /// Something was decided that is not in the history.
    NotRecorded {
        /// What.
        deed: Deed,
        /// By whom.
        actor: Actor,
        /// Why it is not.
        error: String,
    },
    /// A consumer fetched the current secret for the first time.
    Fetched {
        /// Who.
        actor: Actor,
        /// As what.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reader: Option<String>,
    },
    /// A unit was refused a credential at its start.
    Withheld {
        /// The unit; `None` where none was named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// The credential, likewise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<String>,
        /// Why.
        problem: Problem,
    },
    /// The notify command.
    Notify {
        /// How loud.
        level: Level,
        /// In a sentence.
        message: String,
    },
    /// A sentence of an engine of another version.
    Said {
        /// How loud.
        level: Level,
        /// The event's kind.
        event: String,
        /// As it is.
        message: String,
    },
}

/// What someone asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Wish {
    /// To rotate.
    Rotate,
    /// To roll back.
    RollBack,
    /// To deactivate the old secret.
    Deactivate {
        /// Okta's id.
        secret_id: String,
    },
    /// To delete the rotation.
    Delete,
}

impl Notice {
    /// How loud it is.
    pub fn level(&self) -> Level {
        match self {
            Self::SchedulerBroke
            | Self::RotationBroke
            | Self::Ended { outcome: Outcome::Failed | Outcome::Attention, .. }
            | Self::Waits { attention: true, .. }
            | Self::Attention { .. }
            | Self::ConnectionFails { .. }
            | Self::StoreFails { .. }
            | Self::StoreReopened { quarantined: true } => Level::Error,
            Self::MakesWay { .. }
            | Self::ClockSetBack
            | Self::DueCorrected
            | Self::Overdue { .. }
            | Self::Step(Step { outcome: StepOutcome::Refused | StepOutcome::Doubtful, .. })
            | Self::Waits { attention: false, .. }
            | Self::Decided { deed: Deed::DeletedByForce { .. }, .. }
            | Self::StoreNote { .. }
            | Self::NotRecorded { .. }
            | Self::Withheld { .. } => Level::Warn,
            Self::Reset
            | Self::Started { .. }
            | Self::Due
            | Self::Step(Step { outcome: StepOutcome::Ok | StepOutcome::Note, .. })
            | Self::Ended { outcome: Outcome::Success | Outcome::Running, .. }
            | Self::Resolved { .. }
            | Self::Drifted
            | Self::Deleted
            | Self::ConnectionWorks
            | Self::ConnectionResumes
            | Self::StoreReopened { quarantined: false }
            | Self::QuarantineOver
            | Self::Asked { .. }
            | Self::Decided { .. }
            | Self::Fetched { .. } => Level::Info,
            Self::Notify { level, .. } | Self::Said { level, .. } => *level,
        }
    }

    /// The kind of its event: what dashboards and notifications select by.
    pub fn kind(&self) -> &str {
        match self {
            Self::Reset => "reset",
            Self::Started { .. } => "engine",
            Self::MakesWay { .. } => YIELDS,
            Self::SchedulerBroke | Self::RotationBroke => "fault",
            Self::ClockSetBack => "time",
            Self::DueCorrected => "clock",
            Self::Overdue { .. } | Self::Due => "due",
            Self::Step(step) => &step.step,
            Self::Ended { .. } => "attempt",
            Self::Waits { .. } => "wait",
            Self::Attention { .. } => "attention",
            Self::Resolved { .. } | Self::Drifted => "look",
            Self::Deleted => "deleted",
            Self::ConnectionWorks | Self::ConnectionFails { .. } | Self::ConnectionResumes => "connection",
            Self::StoreNote { .. }
            | Self::StoreFails { .. }
            | Self::StoreReopened { .. }
            | Self::QuarantineOver
            | Self::NotRecorded { .. } => "store",
            Self::Asked { wish: Wish::Delete, .. } => "settings",
            Self::Asked { .. } => "asked",
            Self::Decided { deed, .. } => deed.kind().1,
            Self::Fetched { .. } => "fetched",
            Self::Withheld { .. } => "withheld",
            Self::Notify { .. } => "notify",
            Self::Said { event, .. } => event,
        }
    }
}
