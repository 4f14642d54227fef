//! The review in words: what will be, in sentences with dates, and the same as a shell command.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::field;
use super::order::Order;
use super::request::body;
use super::wizard::{BEHAVIOUR, Wizard};
use super::{check, deliver, edit};
use crate::core::protocol::forecast::What;
use crate::engine::foreseen::foreseen;
use crate::engine::request::command::{self, option};
use crate::engine::request::{RotationBody, RotationPatch};
use crate::text::when::span;
use crate::text::{shell_word, when};
use crate::tui::session::Session;

/// The next three rotations as they would be, each with the instant at which it is due by its schedule.
pub fn dates(wizard: &Wizard, session: &Session) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let typed = body(wizard, "app");
    // What the other pages ask for moves no date.
    let body = RotationBody {
        name: "new".into(),
        description: None,
        connection_id: "new".into(),
        environment: None,
        secret_path: None,
        secrets_mapping: None,
        adopt_client_secret: None,
        ..typed
    };
    let listed = wizard.app().map(|app| app.listed.as_slice()).unwrap_or_default();
    let forecast = foreseen(&body, listed, session.preferences.zone, session.now);
    let starts = forecast.into_iter().flatten().filter_map(|coming| match coming.what {
        What::Rotates { due } => Some((coming.at, due)),
        _ => None,
    });
    starts.take(3).collect()
}

/// What stands under the fields of the first page.
pub fn upcoming(wizard: &Wizard, session: &Session) -> String {
    if !check::faults(wizard, session, BEHAVIOUR).iter().all(|(key, _)| *key == field::CONNECTION) {
        return String::new();
    }
    match (wizard.form.is_on(field::AUTO), &wizard.edits) {
        (false, _) => return "Nothing rotates by itself: auto-rotation is off.".into(),
        (true, Some(row)) => return edit::sentence(wizard, row, session),
        (true, None) => {}
    }
    let dates = dates(wizard, session);
    let Some((first, due)) = dates.first().copied() else { return String::new() };
    // The time of day is one of its own zone; named where that is not the reader's.
    let zone = check::zone(wizard).unwrap_or(session.preferences.zone);
    let reported = |at| when::weekday_time(at, zone, session.now);
    let here = if zone == session.preferences.zone { String::new() } else { format!(" in {}", zone.name()) };
    let all: Vec<String> = dates.iter().map(|(at, _)| reported(*at)).collect();
    let waits = if first > due {
        format!(" Due {}; it waits until the app's original secret is deleted.", reported(due))
    } else {
        String::new()
    };
    format!("Rotates {}{here}.{waits}", all.join(", then "))
}

/// The sentences of the review for one order.
pub fn sentences(wizard: &Wizard, session: &Session, order: &Order) -> Vec<String> {
    let body = &order.body;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mapping = body.secrets_mapping.as_ref();
    let names = mapping.map(|names| format!("{} and {}", names.client_id, names.client_secret)).unwrap_or_default();
    let connection = wizard.connection().and_then(|id| session.rows.connections.get(&id));
    let org = connection.map(|row| format!(" at {} ({})", row.name, row.credentials.instance_url));
    let spans = (body.overlap_seconds.unwrap_or_default(), body.soak_seconds.unwrap_or_default());
    let at = body.rotate_at.as_ref();
    let clock = at.map(|at| format!("{:02}:{:02} {}", at.hours, at.minutes, text(&at.time_zone))).unwrap_or_default();
    let days = check::days(wizard).unwrap_or_default();
    let every = if days == 1 { "every day".into() } else { format!("every {days} days") };
    let mut all = vec![
        format!("{} rotates {} ({}){}.", body.name, order.label, body.parameters.app(), org.unwrap_or_default()),
        if body.is_auto_rotation_enabled == Some(false) {
            format!("By hand only: auto-rotation is off. The rhythm would be {every} at {clock}.")
        } else {
            format!("By itself, {every} at {clock}. {}", upcoming(wizard, session))
        },
        format!("Consumers read {names} in {}:{}.", text(&body.environment), text(&body.secret_path)),
        format!(
            "After a rotation the old secret stays on for {}, is then off for {}, and is deleted.",
            span(spans.0),
            span(spans.1)
        ),
    ];
    all.extend(deliver::sentence(wizard));
    all
}

/// The same as a shell command; none for several, which a file is needed for.
pub fn command(wizard: &Wizard, session: &Session) -> Option<String> {
    if let Some(row) = &wizard.edits {
        let (patch, reported) = edit::patch(wizard, row);
        return (!reported.is_empty()).then(|| update(&row.name, &patch));
    }
    let [order] = wizard.orders.as_slice() else { return None };
    let connection = wizard.connection().and_then(|id| session.rows.connections.get(&id));
    let made = command::create(&order.body, connection.map_or("", |row| &row.name));
    Some(std::iter::once(made).chain(deliver::command(wizard)).collect::<Vec<_>>().join(" && "))
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
