//! A rotation that is changed: what differs from what it is, and the request that says only that.

use super::ahead::Ahead;
use super::check;
use super::field;
use super::fields;
use super::wanted::Wanted;
use super::wizard::{BEHAVIOUR, Stage, Wizard};
use crate::core::schedule::typed::Span;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Parameters, Reply, Request, RotateAt, RotationPatch};
use crate::engine::view::RotationView;
use crate::text::when::span;
use crate::tui::forms::form::FieldKey;
use crate::tui::msg::Effect;
use crate::tui::session::Session;
use crate::tui::theme::Tone;

/// A difference: what it is of, what it is now, and what it is to be.
pub type Difference = (&'static str, String, String);

/// What is changed, and the request for that.
pub fn patch(wizard: &Wizard, row: &RotationView) -> (RotationPatch, Vec<Difference>) {
    let form = &wizard.form;
    let mut patch = RotationPatch::default();
    let mut reported: Vec<Difference> = Vec::new();
    let mut differ = |what: &'static str, old: String, new: String| {
        let differs = old != new;
        if differs {
            reported.push((what, old, new));
        }
        differs
    };
    let text = |key: FieldKey| form.typed(key).to_owned();
    if differ(field::NAME.label, row.name.clone(), text(field::NAME)) {
        patch.name = Some(text(field::NAME));
    }
    if differ(field::DESCRIPTION.label, row.description.clone(), text(field::DESCRIPTION)) {
        patch.description = Some(text(field::DESCRIPTION));
    }
    let days = check::days(wizard).unwrap_or(row.rotation_interval);
    if differ(field::INTERVAL.label, counted(row.rotation_interval), counted(days)) {
        patch.rotation_interval = Some(days.into());
    }
    let (hours, minutes) = check::time(wizard).unwrap_or((row.rotate_at.hours, row.rotate_at.minutes));
    let zone = Some(text(field::TIME_ZONE)).filter(|zone| !zone.is_empty());
    let at = RotateAt { hours, minutes, time_zone: zone };
    if differ(field::ROTATE_AT.label, clock(&row.rotate_at), clock(&at)) {
        patch.rotate_at = Some(at);
    }
    let seconds = |key: FieldKey, known: u64| form.typed(key).parse::<Span>().map_or(known, |span| span.0);
    let overlap = seconds(field::OVERLAP, row.overlap_seconds);
    if differ(field::OVERLAP.label, span(row.overlap_seconds), span(overlap)) {
        patch.overlap_seconds = Some(overlap);
    }
    let soak = seconds(field::SOAK, row.soak_seconds);
    if differ(field::SOAK.label, span(row.soak_seconds), span(soak)) {
        patch.soak_seconds = Some(soak);
    }
    if days != row.rotation_interval {
        // What stands in the fields is meant: left out, spans would follow the interval.
        (patch.overlap_seconds, patch.soak_seconds) = (Some(overlap), Some(soak));
    }
    let auto = form.is_on(field::AUTO);
    if differ(field::AUTO.label, switched(row.is_auto_rotation_enabled), switched(auto)) {
        patch.is_auto_rotation_enabled = Some(auto);
    }
    let unread = form.is_on(field::RETIRE_UNREAD);
    if differ(field::RETIRE_UNREAD.label, switched(row.retire_unread), switched(unread)) {
        patch.retire_unread = Some(unread);
    }
    let way = fields::way(wizard);
    if differ(field::VERIFY.label, row.verify.as_str().into(), way.into()) {
        patch.verify = Some(way.into());
    }
    let client_id = text(field::CLIENT_ID);
    if differ(field::CLIENT_ID.label, row.parameters.client_id.clone(), client_id.clone()) {
        patch.parameters = Some(Parameters::of(client_id));
    }
    let names = wizard.mapping();
    let id = differ(field::CLIENT_ID_NAME.label, row.secrets_mapping.client_id.clone(), names.client_id.clone());
    if differ(field::CLIENT_SECRET_NAME.label, row.secrets_mapping.client_secret.clone(), names.client_secret.clone())
        || id
    {
        patch.secrets_mapping = Some(names);
    }
    (patch, reported)
}

/// What others have made of the rotation since it was opened: what is saved here would go over that.
pub fn meanwhile(row: &RotationView, session: &Session) -> Option<String> {
    let Some(now) = session.rows.rotations.get(&row.id) else {
        return Some("It was deleted meanwhile: there is nothing left to change.".into());
    };
    let others = [
        (field::NAME.label, now.name != row.name),
        (field::DESCRIPTION.label, now.description != row.description),
        (field::INTERVAL.label, now.rotation_interval != row.rotation_interval),
        (field::ROTATE_AT.label, clock(&now.rotate_at) != clock(&row.rotate_at)),
        (field::OVERLAP.label, now.overlap_seconds != row.overlap_seconds),
        (field::SOAK.label, now.soak_seconds != row.soak_seconds),
        (field::AUTO.label, now.is_auto_rotation_enabled != row.is_auto_rotation_enabled),
        (field::RETIRE_UNREAD.label, now.retire_unread != row.retire_unread),
        (field::VERIFY.label, now.verify != row.verify),
        (field::CLIENT_ID.label, now.parameters.client_id != row.parameters.client_id),
        ("the mapped names", now.secrets_mapping != row.secrets_mapping),
    ];
    let others: Vec<_> = others.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect();
    let reported =
        || format!("Changed by others since this was opened: {}. What is saved here goes over it.", others.join(", "));
    (!others.is_empty()).then(reported)
}

fn counted(days: u32) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

fn clock(at: &RotateAt) -> String {
    format!("{:02}:{:02} {}", at.hours, at.minutes, at.time_zone.as_deref().unwrap_or_default())
}

fn switched(on: bool) -> String {
    if on { "on" } else { "off" }.into()
}

/// The part of a change that moves dates.
fn timing(patch: RotationPatch) -> RotationPatch {
    RotationPatch { name: None, description: None, verify: None, secrets_mapping: None, ..patch }
}

/// Asks when it would rotate, where that is not what was asked last.
pub fn ask(wizard: &mut Wizard, session: &Session) -> Option<Effect> {
    let row = wizard.edits.as_ref().filter(|_| wizard.stage == Stage::Filling)?;
    let patch = timing(patch(wizard, row).0);
    if patch == wizard.ahead.patch || !check::faults(wizard, session, BEHAVIOUR).is_empty() {
        return None;
    }
    let id = row.id.to_string();
    wizard.ahead = Ahead { number: wizard.ahead.number + 1, patch: patch.clone(), row: None };
    if patch == RotationPatch::default() {
        return None;
    }
    let request = Request::RotationUpdate { id, patch: Box::new(RotationPatch { dry_run: true, ..patch }) };
    Some(wizard.call(Wanted::Ahead(wizard.ahead.number), request))
}

/// When it rotates now, and when it would: the engine's word, for it alone knows.
pub fn due(wizard: &Wizard, row: &RotationView, session: &Session) -> (String, String) {
    let reported = |row: &RotationView| match row.next_rotation_at {
        Some(at) => session.local(at),
        None if row.waits_undated() => row.undated().into(),
        None => "never by itself".into(),
    };
    let old = reported(row);
    let patch = timing(patch(wizard, row).0);
    let new = match &wizard.ahead.row {
        _ if patch == RotationPatch::default() => old.clone(),
        Some(Ok(row)) if patch == wizard.ahead.patch => reported(row),
        Some(Err(refusal)) if patch == wizard.ahead.patch => format!("not known: {refusal}"),
        _ => "…".into(),
    };
    (old, new)
}

/// The same in a sentence.
pub fn sentence(wizard: &Wizard, row: &RotationView, session: &Session) -> String {
    let (old, new) = due(wizard, row, session);
    if old == new {
        format!("Next rotation: {old}, as before.")
    } else {
        format!("Next rotation: {new}; before: {old}.")
    }
}

/// Saves what differs; closes where nothing does.
pub fn save(wizard: &mut Wizard) -> Option<Vec<Effect>> {
    let row = wizard.edits.clone()?;
    let (patch, reported) = patch(wizard, &row);
    if reported.is_empty() {
        return None;
    }
    wizard.stage = Stage::Working;
    let request = Request::RotationUpdate { id: row.id.to_string(), patch: Box::new(patch) };
    Some(vec![wizard.call(Wanted::Save, request)])
}

/// It was saved, and the wizard is done; or it was not, and everything typed is kept.
pub fn saved(wizard: &mut Wizard, session: &mut Session, result: Result<Reply, Refusal>) -> Option<Vec<Effect>> {
    match result {
        Ok(Reply::Rotation { secret_rotation, .. }) => {
            let next = secret_rotation.next_rotation_at;
            let next = next.map(|at| format!(", next {}", session.day_time(at))).unwrap_or_default();
            Some(vec![session.toast(Tone::Good, format!("{} was changed{next}", secret_rotation.name))])
        }
        Ok(_) => Some(Vec::new()),
        Err(refusal) => {
            wizard.stage = Stage::Filling;
            wizard.form.show_refusal(&refusal.fields);
            wizard.refusal = Some(refusal);
            None
        }
    }
}
