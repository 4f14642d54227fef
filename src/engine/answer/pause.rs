//! Paused, resumed, skipped.

use chrono::{DateTime, Utc};

use super::rotate;
use super::rotations::show;
use super::settings::save;
use crate::core::history::Actor;
use crate::core::history::deed::{Deed, Next};
use crate::core::protocol::open::opening;
use crate::core::rotation::{Pause, Rotation};
use crate::engine::body::{Reply, ResumeTerms, SkipTerms};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::text::when::instant;

/// When it rotates next, by the forecast of the record as it will be.
fn next(engine: &Engine, rotation: &Rotation) -> Next {
    let ahead = engine.model.borrow().forecast(rotation, engine.clock.now()).ahead();
    Next { at: ahead.starts.map(|(at, _)| at), held_by: ahead.held }
}

/// Pauses: no start, no deactivation, no deletion, until resumed or until a date.
pub async fn pause(engine: &Engine, id: &str, until: Option<DateTime<Utc>>, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let now = engine.clock.now();
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    match until {
        Some(until) if until <= now => {
            let hint = "give a date to come, or leave it out to pause until resumed; nothing was changed";
            return Err(Refusal::new(Kind::Invalid, format!("{} is in the past", instant(until)), hint));
        }
        Some(until) => {
            rotation.paused_until = Some(until);
        }
        None => {
            rotation.auto = false;
            rotation.paused_until = None;
        }
    }
    // What a rollback has paused stays so beyond the date, and for its reason.
    if rotation.auto || until.is_none() {
        rotation.pause = Some(Pause { since: now, by: actor.to_string(), rolled_back: false });
    }
    let keeps = rotation.previous_secret().and_then(|secret| secret.okta_id.clone());
    let row = rotation.id;
    save(engine, rotation, Vec::new(), Decided { deed: Deed::Paused { until, keeps }, actor: &actor }).await?;
    show(engine, &row.to_string())
}

/// Resumes. A due time that passed meanwhile becomes the next opening, or runs now where asked.
pub async fn resume(engine: &Engine, id: &str, terms: ResumeTerms, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    rotation.auto = true;
    rotation.paused_until = None;
    rotation.pause = None;
    if !terms.now {
        rotation.schedule = rotation.schedule.settled(engine.clock.now());
    }
    let row = rotation.id;
    let deed = Deed::Resumed { next: next(engine, &rotation) };
    engine.named.borrow_mut().insert(row);
    save(engine, rotation.clone(), Vec::new(), Decided { deed, actor: &actor }).await?;
    // Where an engine schedules it has begun by itself.
    let due = rotation.schedule.due() <= engine.clock.now() && rotation.previous.is_none();
    if terms.now && due && !engine.schedules() && rotation.operation.is_none() {
        return rotate::overdue(engine, row, actor).await;
    }
    show(engine, &row.to_string())
}

/// Drops the next due time, or brings the one back that was dropped last.
pub async fn skip(engine: &Engine, id: &str, terms: SkipTerms, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let now = engine.clock.now();
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    let name = rotation.name.clone();
    let refused = |message: String, hint: &str| {
        Err(Refusal::new(Kind::Conflict, message, format!("{hint}; nothing was changed")))
    };
    if rotation.leaving.is_some() {
        return refused(format!("{name} is being deleted"), "it rotates no more");
    }
    if !rotation.auto {
        let hint = format!("it starts nothing by itself until it is resumed (`windlass rotation resume {name}`)");
        return refused(format!("auto-rotation of {name} is off, so nothing is due"), &hint);
    }
    let dropped = opening(&rotation);
    rotation.schedule = if terms.undo {
        let Some(schedule) = rotation.schedule.unskip(now) else {
            let hint = format!("`windlass rotation show {name}` tells when it is due");
            return refused(format!("no due time of {name} was skipped"), &hint);
        };
        schedule
    } else {
        // What a pause lets pass is not due anyway.
        let paused = rotation.paused_until.filter(|until| rotation.schedule.due() < *until);
        paused.map_or_else(|| rotation.schedule.clone(), |until| rotation.schedule.settled(until)).skip(now)
    };
    let next = next(engine, &rotation);
    let deed = if terms.undo { Deed::Unskipped { next } } else { Deed::Skipped { at: dropped, next } };
    let row = rotation.id;
    save(engine, rotation, Vec::new(), Decided { deed, actor: &actor }).await?;
    show(engine, &row.to_string())
}
