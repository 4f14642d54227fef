//! Acts whose plan is shown first: how the plan is asked for, and what is done once it is agreed to.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::engine::request::{ConfirmTerms, Request, ResolveTerms, RetireTerms, RollbackTerms, RotateTerms};
use crate::tui::acts::verb::Verb;

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned {
    /// What rotating would do; nothing is asked.
    DryRun,
    /// A rotation.
    Rotate,
    /// A rotation after a leak: the secret that is current until then goes at once.
    Replace,
    /// The old secret off now.
    RetireNow,
    /// The old secret off at an instant.
    RetireAt(DateTime<Utc>),
    /// The previous secret published again.
    RollBack,
    /// It is confirmed as it is at Okta.
    Confirm,
    /// A new secret published though it could not be tested.
    Untested,
}

impl Planned {
    /// The request that tells the plan, and does nothing.
    pub fn request(self, id: Uuid) -> Request {
        let id = id.to_string();
        let retire = RetireTerms { dry_run: true, ..RetireTerms::default() };
        match self {
            Self::DryRun | Self::Rotate => Request::Plan { id, terms: RotateTerms::default() },
            Self::Replace => Request::Plan { id, terms: RotateTerms { retire_now: true, ..RotateTerms::default() } },
            Self::RetireNow => Request::Retire { id, terms: RetireTerms { now: true, ..retire } },
            Self::RetireAt(at) => Request::Retire { id, terms: RetireTerms { at: Some(at), ..retire } },
            // Without agreement it only asks, and the question comes with its plan.
            Self::Untested => {
                Request::Resolve { id, terms: ResolveTerms { publish_unverified: true, ..ResolveTerms::default() } }
            }
            Self::Confirm => Request::Confirm(ConfirmTerms { rotation: Some(id), yes: false }),
            Self::RollBack => {
                Request::Rollback { id, terms: RollbackTerms { dry_run: true, ..RollbackTerms::default() } }
            }
        }
    }

    /// The act, with the consent that its plan asks for.
    pub fn verb(self, yes: bool) -> Option<Verb> {
        match self {
            Self::DryRun => None,
            Self::Rotate => Some(Verb::Rotate { yes }),
            Self::Replace => Some(Verb::Replace),
            Self::RetireNow => Some(Verb::Retire { at: None, yes }),
            Self::RetireAt(at) => Some(Verb::Retire { at: Some(at), yes }),
            Self::RollBack => Some(Verb::RollBack),
            Self::Confirm => Some(Verb::Confirm),
            Self::Untested => Some(Verb::Resolve { publish: true }),
        }
    }

    /// The heading of its box.
    pub fn title(self, name: &str) -> String {
        match self {
            Self::DryRun => format!("What rotating {name} now would do"),
            Self::Rotate => format!("Rotate {name} now?"),
            Self::Replace => format!("Rotate {name}, and switch its secret off at once?"),
            Self::RetireNow => format!("Switch the old secret of {name} off now?"),
            Self::RetireAt(_) => format!("Set a date for the old secret of {name}?"),
            Self::Untested => format!("Publish the new secret of {name} untested?"),
            Self::Confirm => format!("Is this how {name} is to go on?"),
            Self::RollBack => format!("Go back to the old secret of {name}?"),
        }
    }

    /// What is said first where it asks for agreement: what it puts at risk.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Self::Untested => Some("It may not work: it could not be tested."),
            // Nothing is changed at Okta by that.
            Self::Confirm => None,
            _ => Some("This cuts a secret short that may still be in use."),
        }
    }

    /// What its button says.
    pub fn button(self) -> &'static str {
        match self {
            Self::DryRun | Self::Rotate | Self::Replace => "Rotate",
            Self::RetireNow => "Switch off",
            Self::RetireAt(_) => "Set",
            Self::RollBack => "Go back",
            Self::Confirm => "Confirm",
            Self::Untested => "Publish",
        }
    }
}
