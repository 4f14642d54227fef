//! What an act takes from consumers and targets that cannot have its successor yet: found for each plan, and said in it.
//!
//! The other way is to wait until the old secret has gone by itself, which it does only once its successor was fetched
//! ([`later`]).

use chrono::{DateTime, Utc};

use crate::core::protocol::forecast::Forecast;
use crate::core::protocol::open::opening;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::LastUse;
use crate::core::protocol::retire::hold;
use crate::core::reach::Stands;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{OktaSecret, Origin, Rotation};
use crate::core::schedule::Schedule;
use crate::engine::state::Engine;

/// Completes what a plan cuts: what no consumer has fetched, who used the old one last, and when it would go by itself.
pub fn mark(engine: &Engine, rotation: &Rotation, plan: &mut Plan) {
    let model = engine.model.borrow();
    let current = rotation.current_secret();
    let version = current.and_then(|current| current.published).map_or(0, |published| published.version);
    let reach = model.reach(rotation);
    let behind: Vec<String> = rotation.behind(engine.clock.now()).map(|it| format!("target {}", it.name)).collect();
    let reached = reach.reached() && behind.is_empty();
    let of = |stands: Stands| {
        let there = reach.consumers.iter().filter(move |consumer| consumer.stands == stands);
        there.map(|consumer| consumer.fetches.consumer.clone()).collect::<Vec<_>>()
    };
    let rotates_at = later(rotation, engine.clock.now()).map(|(at, _)| at);
    for cut in &mut plan.cuts {
        let secret = rotation.secrets.iter().find(|secret| secret.okta_id.as_deref() == Some(cut.secret_id.as_str()));
        let is_current = secret.is_some() && secret.map(|secret| secret.key) == rotation.current;
        cut.unread = match (is_current, reached) {
            // What is to take its place is made by this very act.
            (true, _) => Some(version + 1),
            (false, false) => Some(version.max(1)),
            (false, true) => None,
        };
        cut.missing = match (is_current, reached) {
            // Whoever has it now cannot have its successor.
            (true, _) => of(Stands::Current),
            (false, false) => of(Stands::Missing).into_iter().chain(behind.clone()).collect(),
            (false, true) => Vec::new(),
        };
        cut.last_use = Some(last_use(secret, |secret| {
            let named = model.secrets.get(&rotation.client_secret_key())?;
            named.versions.iter().rev().find(|version| version.okta_secret == secret.key)?.last_fetched_at
        }));
        cut.rotates_at = rotates_at.filter(|_| !is_current);
    }
}

/// Who used a secret last, as far as that is known here.
fn last_use(secret: Option<&OktaSecret>, last: impl Fn(&OktaSecret) -> Option<DateTime<Utc>>) -> LastUse {
    match secret.map(|secret| (secret, secret.published)) {
        Some((secret, Some(published))) => LastUse::Published { version: published.version, fetched_at: last(secret) },
        Some((secret, None)) if secret.origin == Origin::Ours => LastUse::Unpublished,
        _ => LastUse::Unknown,
    }
}

/// When a rotation runs that waits until the old secret has gone by itself, and its schedule for that; `None` where the old
/// one does not go by itself. That its successor has to be fetched first is not looked at.
pub fn later(rotation: &Rotation, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Schedule)> {
    if !rotation.auto || rotation.leaving.is_some() || matches!(hold(rotation, true, now), Some(Hold::Attention)) {
        return None;
    }
    let gone_at = Forecast::new(rotation, true, true, now).ahead().gone_at?;
    // Where it is due before that, it waits for room.
    let schedule = if opening(rotation) <= gone_at {
        rotation.schedule.clone()
    } else {
        rotation.schedule.due_on(rotation.schedule.opening(gone_at))
    };
    let rotation = Rotation { schedule: schedule.clone(), ..rotation.clone() };
    let (at, _) = Forecast::new(&rotation, true, true, now).ahead().starts?;
    Some((at, schedule))
}
