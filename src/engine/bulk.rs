//! Several rotations that are to be made at once: what each is called, where its secrets are read, when it is due at first,
//! and what is wrong, before anything is made.
//!
//! Pure, and for the frontends: they say what there is, get the requests to send, and send them one by one. The same
//! rows always get the same, so that a list that was made half of can be given again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::answer::create::typed;
use super::body::{MappingBody, Parameters, RotationBody};
use super::foreseen;
use super::view::{AppRow, ListedSecret, RotationView, SecretRow};
use crate::core::bulk::{first_dates, first_room, free_folder, names_for};
use crate::core::rotation::Verify;

/// What is wrong with a row where nothing says how its app authenticates.
const NAME_IT: &str = "Okta does not show how the app authenticates; name it: client_secret_basic, client_secret_post or \
                       client_secret_jwt, or listed to publish untested";

/// A rotation that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it stands, for whoever reads what is wrong: `line 3`.
    pub place: String,
    /// What is known of it; the name may be empty.
    pub body: RotationBody,
    /// What is wrong with it already.
    pub faults: Vec<String>,
}

/// What there is.
#[derive(Clone, Copy, Debug)]
pub struct There<'a> {
    /// The apps of each connection, by what the rows call it.
    pub apps: &'a BTreeMap<String, Vec<AppRow>>,
    /// All rotations.
    pub rotations: &'a [RotationView],
    /// All named secrets.
    pub secrets: &'a [SecretRow],
    /// The time.
    pub now: DateTime<Utc>,
    /// The zone of a time of day that names none.
    pub zone: Tz,
}

/// When they begin, where their rows do not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start {
    /// The first date; an interval from today; where they are spread, the first on which there is room.
    pub first: Option<NaiveDate>,
    /// Over the interval, from the first date on.
    pub spread: bool,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is made.
    New,
    /// It was begun, and is joined.
    Join,
    /// It is there already.
    There,
}

/// A row as it is to be reviewed, and sent.
#[derive(Clone, Debug)]
pub struct Arranged {
    /// Where it stands.
    pub place: String,
    /// The request.
    pub body: RotationBody,
    /// The app's label, or what stands in its place.
    pub label: String,
    /// What becomes of it.
    pub fate: Fate,
    /// When it rotates for the first time, where that is known.
    pub first: Option<DateTime<Utc>>,
    /// The app's secrets, where they were looked at.
    secrets: Vec<ListedSecret>,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// Arranges them.
pub fn arrange(wanted: Vec<Wanted>, there: There, start: Start) -> Vec<Arranged> {
    let mut rows: Vec<Arranged> = wanted.into_iter().map(|row| found(row, there)).collect();
    one_per_app(&mut rows);
    name(&mut rows, there);
    place(&mut rows, there);
    begin(&mut rows, there, start);
    for row in &mut rows {
        check(row, there);
    }
    rows
}

/// The row with its app, by id.
fn found(wanted: Wanted, there: There) -> Arranged {
    let Wanted { place, mut body, mut faults } = wanted;
    let typed = body.parameters.app().to_owned();
    let apps = there.apps.get(body.connection_id.trim()).map(Vec::as_slice).unwrap_or_default();
    let by_id = apps.iter().find(|app| app.id == typed || app.client_id == typed);
    let mut labelled: Vec<&AppRow> = apps.iter().filter(|app| app.label == typed).collect();
    if labelled.iter().filter(|app| app.has_secrets()).count() == 1 {
        labelled.retain(|app| app.has_secrets());
    }
    let app = match (by_id, labelled.as_slice()) {
        (Some(app), _) => Some(app),
        (None, [app]) => Some(*app),
        (None, []) => {
            // Where there is no list the connection is what is wrong, and was said.
            if !typed.is_empty() && there.apps.contains_key(body.connection_id.trim()) {
                faults.push(format!("there is no app {typed:?} in {}", body.connection_id));
            }
            None
        }
        (None, many) => {
            faults.push(format!("{} apps are called {typed:?}; give the id", many.len()));
            None
        }
    };
    let mut fate = Fate::New;
    if let Some(app) = app {
        let given = body.parameters.given_client_id().filter(|given| *given != app.client_id).map(str::to_owned);
        if let Some(given) = given.as_ref().filter(|_| !app.client_id_hidden) {
            let shown = &app.client_id;
            faults.push(format!("client-id: Okta shows {shown:?} as the client id of the app, and not {given:?}"));
        }
        body.parameters = Parameters::with(app.id.clone(), given);
        let holder = there.rotations.iter().find(|row| row.parameters.app_id == app.id);
        match holder {
            Some(holder) if !body.name.is_empty() && body.name != holder.name => {
                faults.push(format!("the app is rotated by {} already", holder.name));
            }
            Some(holder) => {
                fate = if holder.current.is_some() { Fate::There } else { Fate::Join };
                body.name.clone_from(&holder.name);
            }
            // Two secrets are no obstacle once one of them was named.
            None => {
                let makes_room = app.listed.len() > 1 && body.replace_secret_id.is_some();
                faults.extend(app.reason.clone().filter(|_| !app.rotatable && !makes_room));
                let way = body.verify.as_deref().map_or(Ok(Verify::default()), str::parse);
                if app.method_open && matches!(way, Ok(Verify::Introspect | Verify::Token)) {
                    faults.push(format!("verify: {NAME_IT}"));
                }
            }
        }
    }
    let label = app.map_or(typed, |app| app.label.clone());
    let secrets = app.map(|app| app.listed.clone()).unwrap_or_default();
    Arranged { place, body, label, fate, first: None, secrets, faults }
}

/// A second row for one app is a mistake, wherever it comes from.
fn one_per_app(rows: &mut [Arranged]) {
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for row in rows {
        let app = (row.body.connection_id.clone(), row.body.parameters.app().to_owned());
        if app.1.is_empty() {
            continue;
        }
        match seen.get(&app) {
            Some(first) => row.faults.push(format!("is for the same app as {first}")),
            None => drop(seen.insert(app, row.place.clone())),
        }
    }
}

/// Names for those that have none, which no one else has.
fn name(rows: &mut [Arranged], there: There) {
    let mut taken: BTreeSet<String> = there.rotations.iter().map(|row| row.name.clone()).collect();
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for row in rows.iter_mut().filter(|row| !row.body.name.is_empty()) {
        if let Some(first) = given.get(&row.body.name) {
            row.faults.push(format!("has the same name as {first}"));
        } else if row.fate == Fate::New && taken.contains(&row.body.name) {
            row.faults.push(format!("there is a rotation named {} already", row.body.name));
        }
        given.insert(row.body.name.clone(), row.place.clone());
    }
    taken.extend(given.into_keys());
    let nameless: Vec<&mut Arranged> = rows.iter_mut().filter(|row| row.body.name.is_empty()).collect();
    let labels: Vec<String> = nameless.iter().map(|row| row.label.clone()).collect();
    let names = names_for(labels.iter().map(String::as_str), &taken);
    for (row, name) in nameless.into_iter().zip(names) {
        row.body.name = name.into();
    }
}

/// Where the values of a row are read: environment, folder, name.
type Place = (String, String, String);

fn places(body: &RotationBody) -> [Place; 2] {
    let standard = MappingBody { client_id: "OKTA_CLIENT_ID".into(), client_secret: "OKTA_CLIENT_SECRET".into() };
    let mapping = body.secrets_mapping.clone().unwrap_or(standard);
    let environment = body.environment.clone().unwrap_or_else(|| "prod".into());
    let path = folder(body);
    [mapping.client_id, mapping.client_secret].map(|name| (environment.clone(), path.clone(), name))
}

/// The folder as it is kept: a trailing slash is cut.
fn folder(body: &RotationBody) -> String {
    let path = body.secret_path.as_deref().unwrap_or("/").trim_end_matches('/');
    if path.is_empty() { "/".into() } else { path.into() }
}

/// A folder of its own for each of those that would read their values in one place.
fn place(rows: &mut [Arranged], there: There) {
    let mut held: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    for secret in there.secrets {
        let place = (secret.environment.clone(), secret.path.clone(), secret.name.clone());
        held.entry(place).or_default().insert(secret.rotation.clone().unwrap_or_default());
    }
    for row in there.rotations {
        for name in [&row.secrets_mapping.client_id, &row.secrets_mapping.client_secret] {
            let place = (row.environment.slug.clone(), row.secret_path.clone(), name.clone());
            held.entry(place).or_default().insert(row.name.clone());
        }
    }
    for row in rows.iter() {
        for place in places(&row.body) {
            held.entry(place).or_default().insert(row.body.name.clone());
        }
    }
    for row in rows.iter_mut() {
        let known = there.rotations.iter().find(|known| known.name == row.body.name && row.fate != Fate::New);
        if let Some(known) = known {
            row.body.secret_path = Some(known.secret_path.clone());
            row.body.environment = Some(known.environment.slug.clone());
            continue;
        }
        let within = |path: &str| places(&RotationBody { secret_path: Some(path.into()), ..row.body.clone() });
        let others = |place: &Place| held.get(place).is_some_and(|by| by.iter().any(|name| *name != row.body.name));
        if places(&row.body).iter().any(others) {
            let free = free_folder(&folder(&row.body), &row.body.name, |path| !within(path).iter().any(others));
            let Some(free) = free else { continue };
            for place in within(&free) {
                held.entry(place).or_default().insert(row.body.name.clone());
            }
            row.body.secret_path = Some(free);
        }
    }
}

/// First dates for those that have none of their own.
fn begin(rows: &mut [Arranged], there: There, start: Start) {
    let There { now, zone, .. } = there;
    let own = |row: &&mut Arranged| row.body.first_rotation_at.is_none();
    let count = rows.iter_mut().filter(own).count();
    for (index, row) in rows.iter_mut().filter(own).enumerate() {
        // What is wrong with it is reported where it is checked.
        let Ok(draft) = typed(&row.body, zone, now) else { continue };
        let date = match start {
            Start { first, spread: true } => {
                // One that is taken over stays alone until it is due.
                let (overlap, soak) = if row.body.adopt { (0, 0) } else { (draft.overlap, draft.soak) };
                let first = first.unwrap_or_else(|| first_room(&draft.schedule, overlap, soak, now));
                first_dates(&draft.schedule, first, now, count).get(index).copied()
            }
            Start { first, spread: false } => first,
        };
        row.body.first_rotation_at = date.map(|date| date.to_string());
    }
}

/// The values by their rules, and the first due time that follows from them.
fn check(row: &mut Arranged, there: There) {
    if let Some(known) = there.rotations.iter().find(|known| known.name == row.body.name && row.fate != Fate::New) {
        row.first = known.next_rotation_at;
        // What it began with stands; a date that has passed meanwhile must not be in its way.
        row.body.first_rotation_at = None;
        return;
    }
    match typed(&row.body, there.zone, there.now) {
        Ok(_) => row.first = foreseen::first(&row.body, &row.secrets, there.zone, there.now),
        Err(refusal) if refusal.fields.is_empty() => row.faults.push(refusal.to_string()),
        Err(refusal) => {
            row.faults.extend(refusal.fields.into_iter().map(|fault| format!("{}: {}", fault.field, fault.message)));
        }
    }
}

#[cfg(test)]
mod tests;
