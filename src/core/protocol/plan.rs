//! What an act would do, as data; `words` makes the same sentences of it for the command, the API and the UI.
//!
//! It is made in [`make`]; what follows by itself is read from the forecast, in [`follows`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::core::fault::Problem;
use crate::core::rotation::Status;

pub mod follows;
pub mod make;
pub mod step;
mod wire;

use step::{LastUse, PlanStep};
use wire::{CutWire, PlanWire};

/// What would happen, and what stands in the way. JSON has the steps twice: as sentences in `steps`, and as data in
/// `actions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "PlanWire")]
pub struct Plan {
    /// What is at Okta now.
    pub secrets: Vec<PlannedSecret>,
    /// What follows, in order.
    pub steps: Vec<PlanStep>,
    /// What stands in the way; empty where the act can go ahead.
    pub blockers: Vec<Problem>,
    /// The act cuts something short or destroys something, so it needs agreement.
    pub asks: bool,
    /// The secrets that the act takes from whoever still uses them.
    pub cuts: Vec<Cut>,
    /// When a scheduled rotation starts after it, by the forecast.
    pub next_rotation_at: Option<DateTime<Utc>>,
}

impl Plan {
    /// What is taken although no consumer has fetched what takes its place; a deletion before anything else.
    pub fn unread(&self) -> Option<&Cut> {
        self.cuts.iter().filter(|cut| cut.unread.is_some()).max_by_key(|cut| cut.deletes)
    }

    /// What needs agreement, in the words of whoever asks.
    pub fn question(steps: Vec<String>) -> Self {
        let steps = steps.into_iter().map(|message| PlanStep::Said { message }).collect();
        Self { steps, asks: true, ..Self::default() }
    }

    /// Whether the act deletes a secret itself, which cannot be undone.
    pub fn deletes(&self) -> bool {
        self.cuts.iter().any(|cut| cut.deletes)
    }

    /// The act takes this secret away.
    pub fn cut(&mut self, secret_id: &str, deletes: bool) {
        match self.cuts.iter_mut().find(|cut| cut.secret_id == secret_id) {
            Some(known) => known.deletes |= deletes,
            None => self.cuts.push(Cut { secret_id: secret_id.to_owned(), deletes, ..Cut::default() }),
        }
    }
}

/// A secret that an act takes from whoever still uses it, before its dates do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "CutWire")]
pub struct Cut {
    /// Okta's id.
    pub secret_id: String,
    /// It is deleted, which cannot be undone; else it is deactivated.
    pub deletes: bool,
    /// The version that takes its place, where not all of its consumers have fetched that.
    pub unread: Option<u32>,
    /// Which of them have not; empty where none has, as far as they are known.
    pub missing: Vec<String>,
    /// Who used it last. JSON has a sentence beside it, in `readers`.
    pub last_use: Option<LastUse>,
    /// When a rotation would run that waits until it has gone by itself; `None` where it does not go by itself.
    pub rotates_at: Option<DateTime<Utc>>,
}

/// One secret of the app, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedSecret {
    /// Okta's id.
    pub id: String,
    /// `ACTIVE` or `INACTIVE`.
    pub status: Status,
    /// When it was made, by Okta's clock.
    pub created_at: Option<DateTime<Utc>>,
    /// `current`, `previous`, `original` or `foreign`.
    pub whose: String,
}
