//! The fields of the wizard: what they are called, what they are for, and what stands in them at first.

use chrono::{DateTime, Offset, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use uuid::Uuid;

use super::field;
use super::wizard::Wizard;
use crate::core::rotation::{AuthMethod, Verify};
use crate::core::schedule::zone::written;
use crate::engine::form::{default_overlap, default_soak};
use crate::engine::view::{ConnectionView, ParametersView, RotationView};
use crate::text::when::span;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::pick::{Pick, Row};
use crate::tui::forms::form::{Field, Page};
use crate::tui::session::Session;
use crate::tui::widgets::text_input::TextInput;

/// What that method can be, and at last none: the new secret is published untested.
pub const METHODS: [&str; 5] =
    ["choose one", "client_secret_basic", "client_secret_post", "client_secret_jwt", "untested"];

/// The row of the picker of connections that makes one.
pub const NEW: &str = "new";

/// The ways to test a new secret, and the words for them.
const WAYS: [(Verify, &str); 3] =
    [(Verify::Introspect, "introspection"), (Verify::Token, "token endpoint"), (Verify::Listed, "listed only")];

/// The same where Okta does not show the app's method: one is named.
const NAMED: [(Verify, &str); 4] = [
    (Verify::ClientSecretBasic, "as client_secret_basic"),
    (Verify::ClientSecretPost, "as client_secret_post"),
    (Verify::ClientSecretJwt, "as client_secret_jwt"),
    (Verify::Listed, "listed only"),
];

/// The ways that are to be chosen from, whatever a rotation has already among them.
fn ways(edits: Option<&RotationView>) -> Vec<(Verify, &'static str)> {
    let Some(row) = edits else { return WAYS.to_vec() };
    let open = row.parameters.auth_method.is_some_and(AuthMethod::is_open);
    let mut ways = if open { NAMED.to_vec() } else { WAYS.to_vec() };
    if ways.iter().all(|(way, _)| *way != row.verify) {
        ways.extend(WAYS.into_iter().chain(NAMED).find(|(way, _)| *way == row.verify));
    }
    ways
}

/// All pages: those of a rotation that is there show what it has. `here` is the connection under the cursor.
pub fn pages(session: &Session, edits: Option<&RotationView>, here: Option<Uuid>) -> Vec<Page> {
    vec![
        Page { title: "Behaviour", fields: behaviour(session, edits, here), next: "Next" },
        Page { title: "App", fields: application(edits), next: "Next" },
        Page { title: "Secret names", fields: names(session, edits), next: "Next" },
        Page { title: "Details", fields: details(edits), next: "Next" },
        Page { title: "Deliver", fields: Vec::new(), next: "Next" },
        Page { title: "Review", fields: Vec::new(), next: if edits.is_some() { "Save" } else { "Create" } },
    ]
}

fn behaviour(session: &Session, edits: Option<&RotationView>, here: Option<Uuid>) -> Vec<Field> {
    // What was chosen last is the best guess at what is wanted.
    let last = edits.or_else(|| session.rows.rotations.values().max_by_key(|row| row.created_at));
    let days = edits.map_or(30, |row| row.rotation_interval);
    let (hours, minutes) = last.map_or((0, 0), |row| (row.rotate_at.hours, row.rotate_at.minutes));
    let zone = last.and_then(|row| row.rotate_at.time_zone.clone()).or_else(|| session.preferences.time_zone.clone());
    let zone = zone.unwrap_or_else(|| session.preferences.zone.name().into());
    let overlap = edits.map_or_else(|| default_overlap(days), |row| row.overlap_seconds);
    let soak = edits.map_or_else(|| default_soak(days), |row| row.soak_seconds);
    let way = edits.map_or(Verify::default(), |row| row.verify);
    let ways = ways(edits);
    let at = ways.iter().position(|(known, _)| *known == way).unwrap_or(0);
    let words: Vec<&str> = ways.into_iter().map(|(_, word)| word).collect();
    let connection = match edits {
        Some(row) => Field::new(field::CONNECTION, "The org.", Input::text(&row.connection.name))
            .locked("the app belongs to this org"),
        None => Field::new(
            field::CONNECTION,
            "The org that the app is in, and the credential that windlass calls it with.",
            Input::Pick(connection_pick(session, here)),
        ),
    };
    let mut zones = Pick::of(zones(session.now), Some(zone));
    zones.empty = "no such time zone";
    vec![
        connection,
        Field::new(
            field::INTERVAL,
            "Days from one rotation to the next, 1 to 3650.",
            Input::Number { field: TextInput::of(&days.to_string()), bounds: (1, 3650), unit: "days" },
        ),
        Field::new(
            field::ROTATE_AT,
            "The local time of day to rotate at, 00:00 to 23:59. Best in office hours, when a failing consumer is noticed.",
            Input::Time(TextInput::of(&format!("{hours:02}:{minutes:02}"))),
        ),
        Field::new(
            field::TIME_ZONE,
            "The time zone of Rotate At. Daylight saving time is followed.",
            Input::Pick(zones),
        ),
        Field::new(
            field::AUTO,
            "On: it rotates when it is due. Off: it rotates on request only, and the old secret stays until you retire it.",
            Input::Toggle(edits.is_none_or(|row| row.is_auto_rotation_enabled)),
        ),
        Field::new(
            field::OVERLAP,
            "How long the old secret stays ACTIVE beside the new one, such as 7d or 12h.",
            Input::Span(TextInput::of(&span(overlap))),
        ),
        Field::new(
            field::SOAK,
            "How long it then stays INACTIVE before it is deleted. Until then it can be reactivated.",
            Input::Span(TextInput::of(&span(soak))),
        ),
        Field::new(
            field::VERIFY,
            "How a new secret is tested. Introspection has no side effects. Token endpoint: where introspection is not \
             allowed. Listed only: untested, where neither is.",
            Input::choice(&words, at),
        ),
        Field::new(
            field::RETIRE_UNREAD,
            "On: the old secret is retired on its date even if consumers lack the new one. Off: it waits for them.",
            Input::Toggle(edits.is_some_and(|row| row.retire_unread)),
        ),
    ]
}

fn application(edits: Option<&RotationView>) -> Vec<Field> {
    if let Some(row) = edits {
        let app = &row.parameters;
        return vec![
            Field::new(field::APP, "The app.", Input::text(&app.app_label))
                .locked("for another app, create another rotation"),
            Field::new(field::APP_ID, "", Input::text(&app.app_id)).locked(""),
            client_id(app),
        ];
    }
    let mut pick = Pick::of(Vec::new(), None);
    (pick.several, pick.free, pick.empty) = (true, true, "this org shows no apps");
    let help = "By label or ID. An ID can be typed even where this connection may not list apps.";
    vec![Field::new(field::APP, help, Input::Pick(pick))]
}

fn client_id(app: &ParametersView) -> Field {
    let help = "Okta does not show it. The one given here is tested and published.";
    let item = Field::new(field::CLIENT_ID, help, Input::text(&app.client_id));
    if app.client_id_hidden { item } else { item.locked("") }
}

fn names(session: &Session, edits: Option<&RotationView>) -> Vec<Field> {
    let environment = edits.map_or(session.preferences.environment.as_str(), |row| &row.environment.slug);
    let path = edits.map_or("/", |row| &row.secret_path);
    let id = edits.map_or("OKTA_CLIENT_ID", |row| &row.secrets_mapping.client_id);
    let secret = edits.map_or("OKTA_CLIENT_SECRET", |row| &row.secrets_mapping.client_secret);
    let place = |item: Field| match edits {
        Some(_) => item.locked("consumers read it there"),
        None => item,
    };
    vec![
        place(Field::new(
            field::ENVIRONMENT,
            "A slug such as prod or staging. Consumers name it when they read.",
            Input::text(environment),
        )),
        place(Field::new(
            field::SECRET_PATH,
            "A folder such as / or /team/app. The same two names can be used once in each.",
            Input::text(path),
        )),
        Field::new(
            field::CLIENT_ID_NAME,
            "The secret name that the app's client ID is mapped to: consumers read it under this name.",
            Input::text(id),
        ),
        Field::new(
            field::CLIENT_SECRET_NAME,
            "The secret name that the current client secret is mapped to.",
            Input::text(secret),
        ),
    ]
}

fn details(edits: Option<&RotationView>) -> Vec<Field> {
    vec![
        Field::new(
            field::NAME,
            "The rotation's name: 1 to 64 of a-z, 0-9 and hyphens.",
            Input::text(edits.map_or("", |row| &row.name)),
        ),
        Field::new(
            field::DESCRIPTION,
            "Its owner, a contact, a ticket: up to 256 characters. Optional.",
            Input::text(edits.map_or("", |row| &row.description)),
        ),
    ]
}

/// The connections there are, and the way to a new one.
fn connection_rows(session: &Session) -> Vec<Row> {
    let mut rows: Vec<_> = session.rows.connections.values().filter(|row| row.is_okta()).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    let row = |row: &&ConnectionView| {
        let host = row.credentials.instance_url.split("//").last().unwrap_or_default();
        let status = if row.status == "ok" { String::new() } else { format!("  {}", row.status) };
        Row::new(row.id.to_string(), row.name.clone(), format!("{host}{status}"))
    };
    let mut rows: Vec<Row> = rows.iter().map(row).collect();
    rows.push(Row::new(NEW, "new connection …", "an org, and a credential for it"));
    rows
}

fn connection_pick(session: &Session, here: Option<Uuid>) -> Pick {
    let known = &session.rows.connections;
    let org = |id: &Uuid| known.get(id).is_some_and(ConnectionView::is_okta);
    let last = session.rows.rotations.values().max_by_key(|row| row.created_at).map(|row| row.connection_id);
    let mut orgs = known.keys().copied().filter(org);
    let only = orgs.next().filter(|_| orgs.next().is_none());
    let chosen = here.filter(org).or(only).or(last).filter(org);
    Pick::of(connection_rows(session), chosen.map(|id| id.to_string()))
}

/// The connections as they are now.
pub fn connections(wizard: &mut Wizard, session: &Session) {
    let rows = connection_rows(session);
    if let Some(pick) = wizard.form.pick_mut(field::CONNECTION) {
        if pick.chosen.as_ref().is_some_and(|chosen| rows.iter().all(|row| row.key != *chosen)) {
            pick.chosen = None;
        }
        pick.refill(rows);
    }
}

fn zones(now: DateTime<Utc>) -> Vec<Row> {
    let row = |zone: &Tz| {
        let offset = now.with_timezone(zone).offset().fix();
        if zone.name().starts_with("Etc/GMT+") || zone.name().starts_with("Etc/GMT-") {
            // In these names the sign is the other way round: they are found by what they are.
            let offset = written(offset.local_minus_utc() / 60);
            return Row::new(zone.name(), offset.clone(), format!("{} all year", offset.replace("UTC", "GMT")));
        }
        Row::new(zone.name(), zone.name(), format!("UTC{offset}"))
    };
    TZ_VARIANTS.iter().map(row).collect()
}

/// What an operator chose, as the API calls it.
pub fn way(wizard: &Wizard) -> &'static str {
    ways(wizard.edits.as_deref()).get(wizard.form.choice(field::VERIFY)).map_or("introspect", |(way, _)| way.as_str())
}

/// The same for one of the apps: where Okta does not show its method, that is what was chosen for it.
pub fn way_of(wizard: &Wizard, app: &str) -> &'static str {
    if wizard.form.get(field::METHOD).is_none() || !wizard.needs_method(app) {
        return way(wizard);
    }
    let chosen = METHODS.get(wizard.form.choice(field::METHOD)).copied().and_then(|name| name.parse::<Verify>().ok());
    chosen.unwrap_or(Verify::Listed).as_str()
}
