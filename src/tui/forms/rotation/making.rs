//! The orders of a wizard: put down for the review, asked about, and made.

use crate::words::sentence::say;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::deliver;
use super::delivery::Delivery;
use super::field;
use super::many;
use super::order::Order;
use super::request::body;
use super::wanted::Wanted;
use super::wizard::{REVIEW, Stage, Wizard};
use crate::engine::events::Level;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request, RotationBody};
use crate::tui::msg::{Effect, Purpose};
use crate::tui::session::Session;

/// So many are asked about, or made, at the same time. Okta's limits are the engine's to keep; more would only wait.
const MAX_CONCURRENT: usize = 4;

/// Okta's code for a limit that is used up.
const LIMIT: &str = "E0000047";

/// How often one of several is asked for again where a limit is used up: for about a quarter of an hour.
const TRIES: u32 = 18;

/// The longest pause between two tries, in seconds.
const PAUSE: u64 = 60;

/// Puts the orders down for the review, and asks what they would do.
pub fn review(wizard: &mut Wizard, session: &Session) -> Vec<Effect> {
    (wizard.scroll, wizard.read) = (0, false);
    wizard.refusal = None;
    wizard.round += 1;
    if wizard.edits.is_some() {
        return Vec::new();
    }
    wizard.orders = if wizard.is_many() {
        many::orders(wizard, session)
    } else {
        let apps = wizard.apps();
        apps.iter().map(|app| Order::new(body(wizard, app), wizard.label(), None)).collect()
    };
    (0..wizard.orders.len().min(MAX_CONCURRENT)).filter_map(|at| plan(wizard, at)).collect()
}

fn plan(wizard: &Wizard, at: usize) -> Option<Effect> {
    let order = wizard.orders.get(at)?;
    let body = RotationBody { dry_run: true, ..order.body.clone() };
    Some(wizard.call(Wanted::Plan(wizard.round, at), Request::RotationCreate(Box::new(body))))
}

/// Makes what the review shows. What is known to be in the way of one is not tried.
pub fn make(wizard: &mut Wizard, now: DateTime<Utc>) -> Vec<Effect> {
    (wizard.stage, wizard.began) = (Stage::Working, now);
    wizard.scroll = 0;
    for order in &mut wizard.orders {
        if order.made().is_none() {
            (order.asked, order.outcome, order.tries) = (false, None, 0);
            order.steps.clear();
        }
    }
    let effects: Vec<Effect> = (0..MAX_CONCURRENT).filter_map(|_| make_next(wizard)).collect();
    if effects.is_empty() {
        wizard.stage = Stage::Done;
    }
    effects
}

fn make_next(wizard: &mut Wizard) -> Option<Effect> {
    let at = wizard.orders.iter().position(|order| !order.asked && order.outcome.is_none() && !order.is_blocked())?;
    wizard.orders[at].asked = true;
    let body = wizard.orders[at].body.clone();
    let wanted = Wanted::Make(at, deliver::wanted(wizard));
    Some(wizard.call(wanted, Request::RotationCreate(Box::new(body))))
}

/// A plan came, or did not.
pub fn planned(wizard: &mut Wizard, at: usize, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let plan_of = match result {
        Ok(Reply::Plan { plan }) => Ok(plan),
        // Made meanwhile, by this very request.
        Ok(_) => return Vec::new(),
        Err(refusal) => Err(refusal),
    };
    let next = Some(at + MAX_CONCURRENT).filter(|next| *next < wizard.orders.len());
    if let Some(order) = wizard.orders.get_mut(at) {
        order.first = plan_of.as_ref().map_or(order.first, |plan| plan.next_rotation_at);
        order.plan = Some(plan_of);
    }
    if !wizard.is_many() && wizard.form.page == REVIEW {
        let refusal = wizard.orders.first().and_then(|order| order.plan.as_ref()?.as_ref().err().cloned());
        if let Some(refusal) = refusal {
            send_home(wizard, &refusal);
        }
    }
    next.and_then(|next| plan(wizard, next)).into_iter().collect()
}

/// Faults that have a field are shown beside it; everything typed is kept. Whether one had.
fn send_home(wizard: &mut Wizard, refusal: &Refusal) -> bool {
    if wizard.form.show_refusal(&refusal.fields) < refusal.fields.len() {
        wizard.stage = Stage::Filling;
        return true;
    }
    // An app that is not there has no field in the answer, and one in the form.
    if refusal.error == Kind::Unknown {
        wizard.form.show_errors(vec![(field::APP, refusal.problem.whole().to_string())]);
        wizard.stage = Stage::Filling;
        return true;
    }
    false
}

/// One of several that meets a used-up limit is not given up for that: it is over within a minute. Anything else is
/// reported, because an operator watches; and what is begun continues automatically.
pub fn again(
    wizard: &mut Wizard,
    session: &Session,
    at: usize,
    dry_run: bool,
    result: &Result<Reply, Refusal>,
) -> Option<Effect> {
    let limited = |refusal: &&Refusal| refusal.okta_error_code.as_deref() == Some(LIMIT);
    let refusal = result.as_ref().err().filter(limited)?;
    let many = wizard.is_many();
    let order = wizard.orders.get_mut(at).filter(|order| many && order.tries < TRIES)?;
    if session.rows.rotations.values().any(|row| row.name == order.body.name) {
        return None;
    }
    order.tries += 1;
    let pause = 2_u64.saturating_pow(order.tries).min(PAUSE);
    order.steps.push((Level::Warn, say!("{}; tried again in {} s", refusal.problem.what(), pause)));
    let request = Request::RotationCreate(Box::new(RotationBody { dry_run, ..order.body.clone() }));
    let wanted = if dry_run { Wanted::Plan(wizard.round, at) } else { Wanted::Make(at, deliver::wanted(wizard)) };
    Some(Effect::call_later(Duration::from_secs(pause), Purpose::Wizard(wizard.number, wanted), request))
}

/// An order was made, or was not.
pub fn made(wizard: &mut Wizard, at: usize, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let outcome = match result {
        Ok(Reply::Rotation { secret_rotation, .. }) => Ok(secret_rotation),
        Ok(_) => Err(Refusal::new(Kind::Failed, "the answer is another one", "look at the list of rotations")),
        Err(refusal) => Err(refusal),
    };
    if let Some(order) = wizard.orders.get_mut(at) {
        order.outcome = Some(outcome);
    }
    if let Some(body) = deliver::wanted(wizard)
        && let [order] = wizard.orders.as_slice()
        && let Some(row) = order.made()
    {
        let name = row.name.clone();
        wizard.delivery = Delivery::Making(body.clone());
        return vec![deliver::make(wizard.number, *body, name)];
    }
    let more: Vec<Effect> = make_next(wizard).into_iter().collect();
    if more.is_empty() && !wizard.orders.iter().any(Order::is_under_way) {
        wizard.stage = Stage::Done;
        if let [order] = wizard.orders.as_slice()
            && let Some(refusal) = order.refusal().cloned()
        {
            send_home(wizard, &refusal);
        }
    }
    more
}

/// Whether a plan could not be had, so that it may be asked for once more: the engine or Okta may answer again.
pub fn can_ask_again(wizard: &Wizard) -> bool {
    wizard.edits.is_none() && wizard.orders.iter().any(Order::is_blocked)
}

/// Why it cannot be made yet.
pub fn obstacle(wizard: &Wizard) -> Option<&'static str> {
    match wizard.orders.as_slice() {
        _ if wizard.edits.is_some() => None,
        [only] if only.plan.is_none() => Some("Okta is still being asked what is there"),
        [only] if matches!(only.plan, Some(Err(_))) => {
            Some("it could not be looked at; R asks again, or go back and change it")
        }
        orders if orders.iter().all(Order::is_blocked) => {
            Some("something is in the way: go back and change it, or ask again with R")
        }
        _ => None,
    }
}
