//! What an act would do, as data; `words` makes the same sentences of it for the command, the API and the UI.
//!
//! A plan is made by the machine itself: it is shown what Okta answers and asked for its first step, which is not taken.
//! What follows by itself is read from the forecast.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::call::{Answer, Call, Record, Reply, SeenApp, SeenSecret};
use super::event::{Effect, Event, Write};
use super::forecast::Forecast;
use super::handle;
use crate::core::fault::Problem;
use crate::core::rotation::{Kind, OktaSecret, Origin, Rotation, Status};

pub mod follows;
pub mod step;
mod wire;

use follows::follows;
use step::{LastUse, PlanStep, Test};
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
    /// The act cuts something short or destroys something, so somebody has to agree.
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

    /// What somebody has to agree to, in the words of whoever asks.
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
    /// It is deleted, which cannot be undone; else it is switched off.
    pub deletes: bool,
    /// The version that takes its place, where no consumer has fetched that.
    pub unread: Option<u32>,
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

/// Plans the opened operation of `rotation` against what Okta shows now. `reads` tells whether its consumers read what is
/// published.
#[expect(clippy::needless_pass_by_value, reason = "whoever read the app for a plan is done with it")]
pub fn plan(rotation: &Rotation, app: SeenApp, seen: &[SeenSecret], reads: bool, now: DateTime<Utc>) -> Plan {
    let mut plan = Plan { secrets: seen.iter().map(|seen| planned(rotation, seen)).collect(), ..Plan::default() };
    let record = Record { date: Some(now), ..Record::default() };
    let known = rotation.attention.clone();
    let retires = rotation.operation.as_ref().is_some_and(|operation| operation.kind == Kind::Retire);
    let mut rotation = rotation.clone();
    let mut list = seen.to_vec();
    let mut event = Event::Wake;
    // Each cut takes two steps; more than a few turns would mean that a plan never ends.
    for _ in 0..16 {
        let turn = handle(&rotation, event, now);
        let Some(effect) = turn.effects.into_iter().next_back() else { break };
        if matches!(&effect, Effect::Journal(writes) if writes.iter().any(|write| matches!(write, Write::Publish(_)))) {
            // Published without a test: from here on the record has the two the other way round.
            match rotation.operation.as_ref().map(|operation| operation.kind) {
                Some(Kind::Adopt) => {
                    let forecast = Forecast::planned(&turn.rotation, list, reads, now);
                    after_adoption(&mut plan, &turn.rotation, turn.rotation.current, forecast);
                }
                _ => after_rollback(&mut plan, &rotation),
            }
            break;
        }
        rotation = turn.rotation;
        let reply = match effect {
            Effect::Abandon(fault) => {
                plan.blockers.push(fault.problem);
                break;
            }
            Effect::Draw => {
                plan.steps.push(PlanStep::Issue);
                plan.steps.push(PlanStep::PublishNew { test: test(&rotation) });
                taken_for_shown(&mut plan, &rotation);
                follows(&mut plan, &rotation, Forecast::planned(&rotation, list, reads, now));
                break;
            }
            Effect::Journal(_) => {
                // What needed somebody before says nothing about this act.
                if let Some(attention) = rotation.attention.as_ref().filter(|now| Some(*now) != known.as_ref()) {
                    plan.blockers.push(attention.problem.clone());
                } else if retires && !plan.cuts.is_empty() {
                    after_retirement(&mut plan, &rotation, Forecast::planned(&rotation, list, reads, now));
                }
                break;
            }
            Effect::Call(_, Call::App { .. }) => Reply::App(app.clone()),
            Effect::Call(_, Call::Secrets { .. }) => Reply::Secrets(list.clone()),
            Effect::Call(_, Call::Deactivate { secret_id, .. }) => {
                plan.asks = true;
                plan.cut(&secret_id, false);
                let gone = list.iter_mut().find(|seen| seen.id == secret_id);
                plan.steps.push(PlanStep::DeactivateNow { secret_id });
                let Some(gone) = gone else { break };
                gone.active = false;
                Reply::Secret(gone.clone())
            }
            Effect::Call(_, Call::Delete { secret_id, .. }) => {
                plan.asks = true;
                plan.cut(&secret_id, true);
                list.retain(|seen| seen.id != secret_id);
                plan.steps.push(PlanStep::DeleteNow { secret_id });
                Reply::Deleted
            }
            Effect::Call(_, Call::Activate { secret_id, .. }) => {
                let back = list.iter_mut().find(|seen| seen.id == secret_id);
                plan.steps.push(PlanStep::ActivateNow { secret_id });
                let Some(back) = back else { break };
                back.active = true;
                Reply::Secret(back.clone())
            }
            Effect::Call(_, Call::Authenticate { .. }) => {
                match rotation.operation.as_ref().map(|operation| (operation.kind, operation.pending)) {
                    Some((Kind::Adopt, pending)) => {
                        let forecast = Forecast::planned(&rotation, list, reads, now);
                        after_adoption(&mut plan, &rotation, pending, forecast);
                    }
                    _ => after_rollback(&mut plan, &rotation),
                }
                break;
            }
            Effect::Call(_, Call::Create { .. }) => break,
        };
        let call = rotation.operation.as_ref().map_or(0, |operation| operation.call);
        event = Event::Answered { call, answer: Answer { record: record.clone(), result: Ok(reply) } };
    }
    plan
}

/// How a secret is tested. Where Okta shows the app's own method, that one holds, whatever was named.
fn test(rotation: &Rotation) -> Test {
    let shown = rotation.app.auth_method;
    let (method, is_shown) = match rotation.verify.names() {
        Some(named) if shown.is_open() => (Some(named), false),
        Some(named) if named != shown => (Some(shown), true),
        _ => (None, false),
    };
    Test { verify: rotation.verify, method, shown: is_shown }
}

/// The client id that is published with the first secret, where Okta does not show it.
fn taken_for_shown(plan: &mut Plan, rotation: &Rotation) {
    let app = &rotation.app;
    if app.client_id_hidden && rotation.current.is_none() {
        let (client_id, is_app_id) = (app.client_id.clone(), app.client_id == app.id);
        plan.steps.push(PlanStep::PublishClientId { client_id, is_app_id });
    }
}

/// The id of a secret at Okta; empty where there is none.
fn id(secret: Option<&OktaSecret>) -> String {
    secret.and_then(|secret| secret.okta_id.clone()).unwrap_or_default()
}

fn after_adoption(plan: &mut Plan, rotation: &Rotation, adopted: Option<Uuid>, mut forecast: Forecast) {
    let pending = adopted.and_then(|key| rotation.secret(key));
    plan.steps.push(PlanStep::Adopt { secret_id: id(pending), test: test(rotation) });
    taken_for_shown(plan, rotation);
    let other = |secret: &&OktaSecret| pending.is_none_or(|pending| pending.key != secret.key);
    for secret in rotation.secrets.iter().filter(other) {
        let rotation = rotation.name.to_string();
        plan.steps.push(PlanStep::LeaveOther { secret_id: id(Some(secret)), rotation });
    }
    let after = forecast.done().clone();
    follows::next(plan, &after, &forecast.ahead(), true);
}

/// It is off: when it is deleted, and when there is room again.
fn after_retirement(plan: &mut Plan, rotation: &Rotation, mut forecast: Forecast) {
    let ahead = forecast.ahead();
    let deletion = follows::deletion(rotation, &ahead);
    plan.steps.push(PlanStep::Delete { secret_id: id(rotation.previous_secret()), deletion });
    follows::next(plan, rotation, &ahead, false);
}

fn after_rollback(plan: &mut Plan, rotation: &Rotation) {
    plan.steps.push(PlanStep::PublishAgain { secret_id: id(rotation.previous_secret()), test: test(rotation) });
    plan.steps.push(PlanStep::KeepRolledBack { secret_id: id(rotation.current_secret()) });
}

/// A secret that a list shows, and whose it is by a record.
pub fn planned(rotation: &Rotation, seen: &SeenSecret) -> PlannedSecret {
    let known = rotation.secrets.iter().find(|secret| secret.okta_id.as_ref() == Some(&seen.id));
    let whose = match known {
        Some(secret) if rotation.current == Some(secret.key) => "current",
        Some(secret) if secret.origin == Origin::Ours => "previous",
        Some(_) => "original",
        None if rotation.current.is_none() => "original",
        None => "foreign",
    };
    PlannedSecret {
        id: seen.id.clone(),
        status: if seen.active { Status::Active } else { Status::Inactive },
        created_at: seen.created,
        whose: whose.into(),
    }
}
