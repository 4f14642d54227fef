//! Paused, resumed, skipped.

use chrono::{DateTime, Utc};

use super::rotate;
use super::rotations::show;
use super::settings::save;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::open::opening;
use crate::core::protocol::plan::instant;
use crate::core::rotation::{Pause, Rotation};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, ResumeTerms, SkipTerms};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;

/// When it rotates next, as a message says it: by the forecast of the record as it will be.
fn starts(engine: &Engine, rotation: &Rotation) -> String {
    let ahead = engine.model.borrow().forecast(rotation, engine.clock.now()).ahead();
    match (ahead.starts, ahead.held) {
        (Some((at, _)), _) => format!("rotates next at {}", instant(at)),
        (None, Some(by)) => {
            let until = by.until().about(Some(rotation.name.as_str()), None);
            format!("its old secret is held {until}, and the next rotation with it")
        }
        (None, None) => "nothing starts by itself".into(),
    }
}

/// Pauses: no start, no deactivation, no deletion, until resumed or until a date.
pub async fn pause(engine: &Engine, id: &str, until: Option<DateTime<Utc>>, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let now = engine.clock.now();
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    let what = match until {
        Some(until) if until <= now => {
            let hint = "give a date to come, or leave it out to pause until resumed; nothing was changed";
            return Err(Refusal::new(Kind::Invalid, format!("{} is in the past", instant(until)), hint));
        }
        Some(until) => {
            rotation.paused_until = Some(until);
            format!("paused until {}", instant(until))
        }
        None => {
            rotation.auto = false;
            rotation.paused_until = None;
            "paused until resumed".to_owned()
        }
    };
    // What a rollback has paused stays so beyond the date, and for its reason.
    if rotation.auto || until.is_none() {
        rotation.pause = Some(Pause { since: now, by: actor.to_string(), rolled_back: false });
    }
    let stays = rotation.previous_secret().and_then(|secret| secret.okta_id.clone());
    let stays = stays.map(|id| format!("; {id} stays as it is until then")).unwrap_or_default();
    let row = rotation.id;
    save(engine, rotation, Vec::new(), Decided::new(Trigger::Pause, &actor, format!("{what}{stays}"))).await?;
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
    let what = format!("resumed; {}", starts(engine, &rotation));
    engine.named.borrow_mut().insert(row);
    save(engine, rotation.clone(), Vec::new(), Decided::new(Trigger::Resume, &actor, what)).await?;
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
    let next = starts(engine, &rotation);
    let what = if terms.undo {
        format!("a skipped due time is back; {next}")
    } else {
        format!("{} is skipped; {next}", instant(dropped))
    };
    let row = rotation.id;
    save(engine, rotation, Vec::new(), Decided::new(Trigger::Skip, &actor, what)).await?;
    show(engine, &row.to_string())
}
