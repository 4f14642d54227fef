//! Making a plan: the machine is shown what Okta answers and asked for its first step, which is not taken.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::follows::{self, follows, id};
use super::step::{PlanStep, Test};
use super::{Plan, PlannedSecret};
use crate::core::protocol::call::{Answer, Call, Record, Reply, SeenApp, SeenSecret};
use crate::core::protocol::event::{Effect, Event, Write};
use crate::core::protocol::forecast::Forecast;
use crate::core::protocol::handle;
use crate::core::rotation::{Kind, OktaSecret, Origin, Rotation, Status};

/// Plans the opened operation of `rotation` against what Okta shows now. `reads` tells whether its consumers read what is
/// published.
#[expect(clippy::needless_pass_by_value, reason = "whoever read the app for a plan is done with it")]
pub fn plan(rotation: &Rotation, app: SeenApp, seen: &[SeenSecret], reads: bool, now: DateTime<Utc>) -> Plan {
    let mut plan = Plan { secrets: seen.iter().map(|seen| planned(rotation, seen)).collect(), ..Plan::default() };
    let record = Record { skew: Some(Duration::zero()), ..Record::default() };
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
                // What needed attention before says nothing about this act.
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
