//! The review in words: what will be, in sentences with dates, and the same as a shell command.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::super::{Model, when};
use super::order::Order;
use super::{Wizard, check, edit};
use crate::core::protocol::plan::span;
use crate::engine::request::RotationPatch;
use crate::engine::request::command::{create, option};
use crate::text::shell_word;

/// The next three due times, as they would be.
pub fn dates(wizard: &Wizard, model: &Model) -> Vec<DateTime<Utc>> {
    let Some(schedule) = check::schedule(wizard, model) else { return Vec::new() };
    (1..=3).map(|n| schedule.due_after(n)).collect()
}

/// What stands under the fields of the first page.
pub fn upcoming(wizard: &Wizard, model: &Model) -> String {
    let dates = dates(wizard, model);
    if dates.is_empty() {
        return String::new();
    }
    // The time of day is one of its own zone; named where that is not the reader's.
    let zone = check::zone(wizard).unwrap_or(model.zone);
    let told: Vec<String> = dates.iter().map(|at| when::weekday_time(*at, zone, model.now)).collect();
    let here = if zone == model.zone { String::new() } else { format!(" in {}", zone.name()) };
    match (wizard.form.is_on("isAutoRotationEnabled"), &wizard.edits) {
        (false, _) => "Nothing rotates by itself: auto-rotation is off.".into(),
        (true, Some(row)) => {
            let (old, new) = edit::due(wizard, row, model);
            if old == new { format!("Due {old}, as before.") } else { format!("Due {new}; before: {old}.") }
        }
        (true, None) => format!("Due {}{here}.", told.join(", then ")),
    }
}

/// The sentences of the review for one order.
pub fn sentences(wizard: &Wizard, model: &Model, order: &Order) -> Vec<String> {
    let body = &order.body;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mapping = body.secrets_mapping.as_ref();
    let names = mapping.map(|names| format!("{} and {}", names.client_id, names.client_secret)).unwrap_or_default();
    let connection = wizard.connection().and_then(|id| model.rows.connections.get(&id));
    let org = connection.map(|row| format!(" at {} ({})", row.name, row.credentials.instance_url));
    let spans = (body.overlap_seconds.unwrap_or_default(), body.soak_seconds.unwrap_or_default());
    let at = body.rotate_at.as_ref();
    let clock = at.map(|at| format!("{:02}:{:02} {}", at.hours, at.minutes, text(&at.time_zone))).unwrap_or_default();
    let days = check::days(wizard).unwrap_or_default();
    let every = if days == 1 { "every day".into() } else { format!("every {days} days") };
    vec![
        format!("{} rotates {} ({}){}.", body.name, order.label, body.parameters.app(), org.unwrap_or_default()),
        if body.is_auto_rotation_enabled == Some(false) {
            format!("By hand only: auto-rotation is off. The rhythm would be {every} at {clock}.")
        } else {
            format!("By itself, {every} at {clock}. {}", upcoming(wizard, model))
        },
        format!("Consumers read {names} in {}:{}.", text(&body.environment), text(&body.secret_path)),
        format!(
            "After a rotation the old secret stays on for {}, is then off for {}, and is deleted.",
            span(spans.0),
            span(spans.1)
        ),
    ]
}

/// The same as a shell command; none for several, which a file is needed for.
pub fn command(wizard: &Wizard, model: &Model) -> Option<String> {
    if let Some(row) = &wizard.edits {
        let (patch, told) = edit::patch(wizard, row);
        return (!told.is_empty()).then(|| update(&row.name, &patch));
    }
    let [order] = wizard.orders.as_slice() else { return None };
    let connection = wizard.connection().and_then(|id| model.rows.connections.get(&id));
    Some(create(&order.body, connection.map_or("", |row| &row.name)))
}

fn update(name: &str, patch: &RotationPatch) -> String {
    let mut command = format!("windlass rotation update {}", shell_word(name));
    let at = patch.rotate_at.as_ref();
    option(&mut command, "name", patch.name.as_deref());
    option(&mut command, "description", patch.description.as_deref());
    option(&mut command, "every", patch.rotation_interval.as_ref().map(ToString::to_string).as_deref());
    option(&mut command, "at", at.map(|at| format!("{:02}:{:02}", at.hours, at.minutes)).as_deref());
    option(&mut command, "time-zone", at.and_then(|at| at.time_zone.as_deref()));
    option(&mut command, "overlap", patch.overlap_seconds.map(span).as_deref());
    option(&mut command, "soak", patch.soak_seconds.map(span).as_deref());
    option(&mut command, "verify", patch.verify.as_deref());
    option(&mut command, "client-id", patch.parameters.as_ref().map(|given| given.client_id.as_str()));
    if let Some(unread) = patch.retire_unread {
        let _ = write!(command, " --retire-unread={unread}");
    }
    match patch.is_auto_rotation_enabled {
        Some(true) => command.push_str(" --auto"),
        Some(false) => command.push_str(" --manual"),
        None => {}
    }
    if let Some(names) = &patch.secrets_mapping {
        option(&mut command, "client-id-name", Some(&names.client_id));
        option(&mut command, "client-secret-name", Some(&names.client_secret));
    }
    command
}
