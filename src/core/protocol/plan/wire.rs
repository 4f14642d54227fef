//! A plan as it is read: its typed steps, and the sentence of a step for whoever does not know its kind.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::step::{LastUse, PlanStep};
use super::{Cut, Plan, PlannedSecret};
use crate::core::fault::Problem;
use crate::core::known::Known;

/// A plan as JSON has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanWire {
    secrets: Vec<PlannedSecret>,
    #[serde(default)]
    steps: Vec<String>,
    #[serde(default)]
    actions: Vec<Known<PlanStep>>,
    blockers: Vec<Problem>,
    asks: bool,
    #[serde(default)]
    cuts: Vec<Cut>,
    #[serde(default)]
    next_rotation_at: Option<DateTime<Utc>>,
}

impl From<PlanWire> for Plan {
    fn from(wire: PlanWire) -> Self {
        let PlanWire { secrets, steps: said, actions, blockers, asks, cuts, next_rotation_at } = wire;
        let mut actions = actions.into_iter().map(Known::here);
        let known = |message| actions.next().flatten().unwrap_or(PlanStep::Said { message });
        Self { secrets, steps: said.into_iter().map(known).collect(), blockers, asks, cuts, next_rotation_at }
    }
}

/// A cut as JSON has it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CutWire {
    secret_id: String,
    deletes: bool,
    unread: Option<u32>,
    missing: Vec<String>,
    readers: Option<String>,
    last_use: Option<Known<LastUse>>,
    rotates_at: Option<DateTime<Utc>>,
}

impl From<CutWire> for Cut {
    fn from(wire: CutWire) -> Self {
        let CutWire { secret_id, deletes, unread, missing, readers, last_use, rotates_at } = wire;
        let last_use = last_use.and_then(Known::here).or(readers.map(|message| LastUse::Said { message }));
        Self { secret_id, deletes, unread, missing, last_use, rotates_at }
    }
}
