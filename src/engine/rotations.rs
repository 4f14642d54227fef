//! Rotations shown, changed, paused and resumed.

use chrono::{DateTime, Utc};

use super::connections::taken_name;
use super::create::{not_its_client_id, read_mapping};
use super::driver;
use super::edited::edited;
use super::events::Level;
use super::form::{Form, default_overlap, default_soak};
use super::model::Model;
use super::past::Decided;
use super::place;
use super::publish;
use super::refusal::{Kind, Refusal};
use super::request::{MappingBody, Reply, ResumeTerms, RotationPatch, SkipTerms};
use super::rotate;
use super::scheduler;
use super::shared::{About, Engine};
use super::view::OktaSecretView;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::open::opening;
use crate::core::protocol::plan::{follows, instant};
use crate::core::rotation::{Pause, Rotation};
use crate::core::secret::{Credential, Secret};
use crate::store::Change;

/// Shows all, by name.
pub fn list(engine: &Engine) -> Reply {
    let model = engine.model.borrow();
    let now = engine.clock.now();
    let mut rows: Vec<_> = model.saved().filter_map(|rotation| model.rotation_view(rotation, now)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Reply::Rotations { secret_rotations: rows }
}

/// Shows one.
pub fn show(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotation = model.rotation(id)?;
    let view = model.rotation_view(rotation, engine.clock.now());
    let view = view.ok_or_else(|| Refusal::unknown("connection of the rotation", id, ""))?;
    Ok(Reply::Rotation { secret_rotation: Box::new(view), plan: None })
}

/// Every Okta secret of a rotation, newest last, without values.
pub fn okta_secrets(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let secrets = model.rotation_or_remains(id)?.secrets.iter().map(OktaSecretView::of).collect();
    Ok(Reply::OktaSecrets { secrets })
}

/// Changes settings. Never rotates at once by surprise: a due time that would lie in the past becomes the next opening.
pub async fn update(engine: &Engine, id: &str, patch: RotationPatch, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let now = engine.clock.now();
    let old = engine.model.borrow().rotation(id)?.clone();
    let mut new = old.clone();
    let mut form = Form::default();
    if let Some(name) = &patch.name {
        new.name = form.read("name", name).unwrap_or(new.name);
    }
    if let Some(description) = &patch.description {
        new.description = form.read("description", description).unwrap_or(new.description);
    }
    if let Some(mapping) = &patch.secrets_mapping {
        new.mapping = read_mapping(&mut form, Some(mapping), Some(&old.mapping)).unwrap_or(new.mapping);
    }
    if let Some(days) = &patch.rotation_interval
        && let Some(days) = form.interval("rotationInterval", days)
    {
        new.schedule.interval_days = days;
    }
    if (patch.rotate_at.is_some() || patch.rotate_at_utc.is_some())
        && let Some((at, zone)) = form.rotate_at(patch.rotate_at.as_ref(), patch.rotate_at_utc, old.schedule.zone)
    {
        (new.schedule.at, new.schedule.zone) = (at, zone);
    }
    let (days_before, days) = (old.schedule.interval_days, new.schedule.interval_days);
    // Spans that were never chosen follow the interval.
    let kept = |given: Option<u64>, known: u64, default: fn(u32) -> u64| {
        given.or_else(|| Some(known).filter(|known| *known != default(days_before)))
    };
    let overlap = kept(patch.overlap_seconds, old.overlap, default_overlap);
    let soak = kept(patch.soak_seconds, old.soak, default_soak);
    (new.overlap, new.soak) = form.spans(days, overlap, soak);
    if let Some(way) = &patch.verify {
        new.verify = form.read("verify", way).unwrap_or(new.verify);
    }
    if let Some(parameters) = &patch.parameters {
        new.app.client_id = parameters.client_id.trim().to_owned();
        form.client_id("parameters.clientId", &new.app.client_id);
        if parameters.app_id.as_ref().is_some_and(|app| *app != old.app.id) {
            form.fault("parameters.appId", "another app is another rotation".into());
        }
    }
    form.done()?;
    if new.app.client_id != old.app.client_id && !old.app.client_id_hidden {
        return Err(not_its_client_id(&old.app.label, &old.app.client_id, &new.app.client_id));
    }
    new.retire_unread = patch.retire_unread.unwrap_or(old.retire_unread);
    if let Some(auto) = patch.is_auto_rotation_enabled {
        new.auto = auto;
        new.paused_until = new.paused_until.filter(|_| auto);
        new.pause = match (auto, old.auto) {
            (true, _) => new.pause.filter(|_| new.paused_until.is_some()),
            (false, true) => Some(Pause { since: now, by: actor.to_string(), rolled_back: false }),
            (false, false) => new.pause,
        };
    }
    let timing = new.schedule != old.schedule || new.auto != old.auto;
    if timing && new.auto {
        new.schedule = new.schedule.settled(now);
    }
    let renamed = {
        let model = engine.model.borrow();
        if model.rotations.values().any(|known| known.name == new.name && known.id != new.id) {
            return Err(taken_name("rotation", &new.name));
        }
        let mut changes = remap(&model, &old, &new)?;
        publish::client_id(&model, &old, &new, &mut changes);
        changes
    };
    if patch.dry_run {
        let model = engine.model.borrow();
        // What its consumers have read stands under the old names until it is saved.
        let there = Rotation { mapping: old.mapping.clone(), ..new.clone() };
        let view = model.rotation_view(&there, now);
        let mut view = view.ok_or_else(|| Refusal::unknown("connection of the rotation", id, ""))?;
        view.secrets_mapping = MappingBody::of(&new.mapping);
        return Ok(Reply::Rotation { secret_rotation: Box::new(view), plan: None });
    }
    let tested_otherwise = new.verify != old.verify || new.app.client_id != old.app.client_id;
    let trigger = match (old.auto, new.auto) {
        (true, false) => Trigger::Pause,
        (false, true) => Trigger::Resume,
        _ => Trigger::Edit,
    };
    let changed = edited(&old, &new);
    if changed.is_empty() {
        // Nothing of it is another: the history is for what was done.
        return show(engine, &old.id.to_string());
    }
    save(engine, new, renamed, Decided::new(trigger, &actor, changed.join(", "))).await?;
    if tested_otherwise {
        // A secret that waits for its test is tested that way now, and not when the wait is over.
        driver::drive(engine, old.id);
    }
    show(engine, &old.id.to_string())
}

/// The named secrets under their new names; the old names go in the same transaction.
fn remap(model: &Model, old: &Rotation, new: &Rotation) -> Result<Vec<Change>, Refusal> {
    if old.mapping == new.mapping {
        return Ok(Vec::new());
    }
    let taken = place::taken(model, new);
    if !taken.is_empty() {
        return Err(place::not_renamed(&taken));
    }
    let of = |credential: Credential| {
        model
            .secrets
            .values()
            .find(|secret| secret.rotation == Some(old.id) && secret.credential == credential)
            .cloned()
    };
    let mut dropped = Vec::new();
    let mut put = Vec::new();
    for (credential, key) in
        [(Credential::ClientId, new.client_id_key()), (Credential::ClientSecret, new.client_secret_key())]
    {
        let Some(secret) = of(credential) else { continue };
        dropped.push(Change::DropSecret(secret.key.clone()));
        put.push(Change::PutSecret(Box::new(Secret { key, ..secret })));
    }
    // Drops first: the two names may have been swapped.
    dropped.extend(put);
    Ok(dropped)
}

/// Writes changed settings, and the decision to change them into the history.
pub async fn save(
    engine: &Engine,
    new: Rotation,
    mut changes: Vec<Change>,
    decided: Decided<'_>,
) -> Result<(), Refusal> {
    let mut entry = decided.entry(engine, Some(&new));
    if matches!(decided.trigger, Trigger::Hold | Trigger::Retire) {
        entry.previous_secret_id = new.previous_secret().and_then(|secret| secret.okta_id.clone());
    }
    let about = About { attempt: Some(entry.id), ..About::rotation(new.id) };
    changes.push(Change::Append(Box::new(entry)));
    put(engine, new, changes, &decided.line(), about).await
}

/// Writes changed settings alone.
pub async fn put(
    engine: &Engine,
    mut new: Rotation,
    mut changes: Vec<Change>,
    line: &str,
    about: About,
) -> Result<(), Refusal> {
    new.version += 1;
    new.updated_at = engine.clock.now();
    let id = new.id;
    changes.push(Change::PutRotation(Box::new(new)));
    engine.write(changes).await?;
    engine.tell(Level::Info, "settings", line, about);
    scheduler::reschedule(engine, id);
    Ok(())
}

/// When it rotates next, as a message says it: by the forecast of the record as it will be.
fn starts(engine: &Engine, rotation: &Rotation) -> String {
    let ahead = engine.model.borrow().forecast(rotation, engine.clock.now()).ahead();
    match (ahead.starts, ahead.held) {
        (Some((at, _)), _) => format!("rotates next at {}", instant(at)),
        (None, Some(by)) => format!("its old secret is held {}, and the next rotation with it", follows::until(by)),
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
