//! Settings changed.

use super::attempt::no_connection;
use super::create::not_its_client_id;
use super::edited::edited;
use super::names::{read_mapping, taken_name};
use super::place;
use super::rotations::show;
use crate::core::cause::Thing;
use crate::core::history::deed::{Deed, Next};
use crate::core::history::{Actor, Trigger};
use crate::core::rotation::{Pause, Rotation};
use crate::core::secret::{Credential, Secret};
use crate::engine::body::{MappingBody, Reply, RotationPatch};
use crate::engine::events::notice::Notice;
use crate::engine::form::{Form, default_overlap, default_soak};
use crate::engine::refusal::Refusal;
use crate::engine::state::decisions::Decided;
use crate::engine::state::notices::About;
use crate::engine::state::records::Model;
use crate::engine::state::{Engine, mapped_secrets};
use crate::engine::work::driver;
use crate::store::Change;

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
            return Err(taken_name(Thing::Rotation, &new.name));
        }
        let mut changes = remap(&model, &old, &new)?;
        mapped_secrets::client_id(&model, &old, &new, &mut changes);
        changes
    };
    if patch.dry_run {
        let model = engine.model.borrow();
        // What its consumers have read stands under the old names until it is saved.
        let there = Rotation { mapping: old.mapping.clone(), ..new.clone() };
        let view = model.rotation_view(&there, now);
        let mut view = view.ok_or_else(no_connection)?;
        view.secrets_mapping = MappingBody::of(&new.mapping);
        return Ok(Reply::Rotation { secret_rotation: Box::new(view), plan: None });
    }
    let tested_otherwise = new.verify != old.verify || new.app.client_id != old.app.client_id;
    let changes = edited(&old, &new);
    if changes.is_empty() {
        // Nothing of it is another: the history is for what was done.
        return show(engine, &old.id.to_string());
    }
    save(engine, new, renamed, Decided { deed: Deed::Edited { changes }, actor: &actor }).await?;
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
    if matches!(decided.deed.kind().0, Trigger::Hold | Trigger::Retire) {
        entry.previous_secret_id = new.previous_secret().and_then(|secret| secret.okta_id.clone());
    }
    let about = About { attempt: Some(entry.id), ..About::rotation(new.id) };
    changes.push(Change::Append(Box::new(entry)));
    put(engine, new, changes, decided.notice(), about).await
}

/// Writes changed settings alone.
pub async fn put(
    engine: &Engine,
    mut new: Rotation,
    mut changes: Vec<Change>,
    notice: Notice,
    about: About,
) -> Result<(), Refusal> {
    new.version += 1;
    new.updated_at = engine.clock.now();
    changes.push(Change::PutRotation(Box::new(new)));
    engine.write(changes).await?;
    engine.report(notice, about);
    Ok(())
}

/// When it rotates next, by the forecast of the record as it will be.
pub fn next(engine: &Engine, rotation: &Rotation) -> Next {
    let ahead = engine.model.borrow().forecast(rotation, engine.clock.now()).ahead();
    Next { at: ahead.starts.map(|(at, _)| at), held_by: ahead.held }
}
