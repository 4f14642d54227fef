//! The apps of the chosen connection: they come page by page while someone types, and the one that is chosen is looked
//! at with its secrets.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::catalog::Catalog;
use super::field;
use super::fields::{self, METHODS};
use super::wanted::Wanted;
use super::wizard::{APPLICATION, Wizard};
use crate::core::cause::AppCause;
use crate::core::fault::Problem;
use crate::core::pages::Pages;
use crate::core::remedy::InAdoption;
use crate::core::rotation::{Status, Verify};
use crate::engine::refusal::Refusal;
use crate::engine::request::{AppsQuery, Reply, Request};
use crate::engine::view::{AppRow, ListedSecret};
use crate::text::when;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::pick::{Load, Row};
use crate::tui::forms::form::secret::Secret;
use crate::tui::forms::form::{Field, FieldKey, Focus};
use crate::tui::msg::Effect;
use crate::tui::session::Session;

/// So long a list of apps is shown again without asking Okta.
const FRESH: Duration = Duration::minutes(10);

/// What is done with the app's secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// A new one is issued beside the one there.
    Issue,
    /// The one there is taken over.
    Adopt,
    /// One of two is deleted, and a new one is issued.
    Replace,
}

/// Fills the picker, where it is not filled with the apps of this connection already.
pub fn load(wizard: &mut Wizard, session: &mut Session) -> Vec<Effect> {
    let Some(id) = wizard.connection() else { return Vec::new() };
    if wizard.apps_of == Some(id) || wizard.edits.is_some() {
        return Vec::new();
    }
    if wizard.apps_of.is_some() {
        // Another org has other apps.
        wizard.looked.clear();
        if let Some(pick) = wizard.form.pick_mut(field::APP) {
            pick.chosen = None;
            pick.marks.clear();
        }
        relay(wizard, None);
    }
    let known = session.catalogs.get(&id).filter(|known| known.whole && session.now - known.at < FRESH);
    match known {
        Some(known) => {
            let taken = taken(session);
            let as_of = format!(", as of {}", known.at.with_timezone(&session.preferences.zone).format("%H:%M"));
            let rows = known.rows.iter().map(|row| shown(&taken, row)).collect();
            wizard.apps_of = Some(id);
            wizard.unnamed = known.rows.iter().filter(|row| row.method_open).map(|row| row.id.clone()).collect();
            if let Some(pick) = wizard.form.pick_mut(field::APP) {
                pick.refill(rows);
                pick.complete();
                pick.as_of = as_of;
            }
            Vec::new()
        }
        None => reload(wizard, session),
    }
}

/// Asks for the list from its beginning.
pub fn reload(wizard: &mut Wizard, session: &mut Session) -> Vec<Effect> {
    let Some(id) = wizard.connection().filter(|_| wizard.edits.is_none()) else { return Vec::new() };
    wizard.apps_of = Some(id);
    wizard.unnamed.clear();
    session.catalogs.insert(id, Catalog { rows: Vec::new(), at: session.now, whole: false, read: Pages::default() });
    let Some(pick) = wizard.form.pick_mut(field::APP) else { return Vec::new() };
    pick.refill(Vec::new());
    pick.load = Load::Coming;
    pick.as_of.clear();
    vec![wizard.call(Wanted::Apps(id), page(id, None))]
}

fn page(id: Uuid, after: Option<String>) -> Request {
    let query = AppsQuery { paged: true, after, ..AppsQuery::default() };
    Request::ConnectionApps { id: id.to_string(), query }
}

/// A page came, or did not.
pub fn came(wizard: &mut Wizard, session: &mut Session, id: Uuid, result: Result<Reply, Refusal>) -> Vec<Effect> {
    if wizard.apps_of != Some(id) {
        return Vec::new();
    }
    let (apps, next) = match result {
        Ok(Reply::Apps { apps, next }) => (apps, next),
        Ok(_) => return Vec::new(),
        Err(refusal) => {
            if let Some(pick) = wizard.form.pick_mut(field::APP) {
                pick.load = Load::Failed(refusal.problem);
            }
            return Vec::new();
        }
    };
    let taken = taken(session);
    let rows: Vec<Row> = apps.iter().map(|row| shown(&taken, row)).collect();
    wizard.unnamed.extend(apps.iter().filter(|row| row.method_open).map(|row| row.id.clone()));
    let mut endless = None;
    if let Some(catalog) = session.catalogs.get_mut(&id) {
        endless = catalog.read.turn(apps.iter().map(|row| row.id.as_str()), next.as_deref()).err();
        catalog.rows.extend(apps);
        catalog.whole = next.is_none();
        catalog.at = session.now;
    }
    let connection = session.rows.connections.get(&id).map(|row| row.name.clone()).unwrap_or_default();
    if let Some(pick) = wizard.form.pick_mut(field::APP) {
        pick.extend(rows);
        match (&next, endless) {
            (_, Some(how)) => {
                let cause = AppCause::EndlessList { host: connection, how };
                let problem = Problem::because(cause).and(InAdoption::NameAppById);
                pick.load = Load::Failed(problem);
            }
            (Some(_), None) => pick.load = Load::Coming,
            (None, None) => pick.complete(),
        }
    }
    match next.filter(|_| endless.is_none()) {
        Some(next) => vec![wizard.call(Wanted::Apps(id), page(id, Some(next)))],
        None => Vec::new(),
    }
}

/// The rotation that each app has: known here as well as to the list of apps, and better, as that may be minutes old.
fn taken(session: &Session) -> BTreeMap<&str, &str> {
    session.rows.rotations.values().map(|row| (row.parameters.app_id.as_str(), row.name.as_str())).collect()
}

/// A row as it is picked from.
fn shown(taken: &BTreeMap<&str, &str>, app: &AppRow) -> Row {
    // Two secrets are no obstacle here: which one is taken or makes room is asked.
    let two = app.secrets.is_some_and(|count| count >= 2);
    let obstacle = match taken.get(app.id.as_str()) {
        Some(name) => Some(format!("rotated by {name}")),
        None => app.reason.clone().filter(|_| app.rotation.is_none() && !two),
    };
    let client = if app.client_id == app.id || app.client_id.is_empty() {
        String::new()
    } else {
        format!("  {}", app.client_id)
    };
    let secrets = match app.secrets {
        None => String::new(),
        Some(1) => "  1 secret".into(),
        Some(count) => format!("  {count} secrets"),
    };
    let detail = format!("{}{client}  {}{secrets}", app.id, app.method());
    // An org may have hundreds of apps that are no OAuth clients.
    let mut row = Row::new(app.id.clone(), app.label.clone(), detail).unless(obstacle);
    row.last = !app.is_oauth();
    row
}

/// Looks at the app that was chosen, where that was not done yet.
pub fn look(wizard: &mut Wizard) -> Vec<Effect> {
    let (Some(only), Some(connection)) = (wizard.single().map(str::to_owned), wizard.connection()) else {
        relay(wizard, None);
        return Vec::new();
    };
    if wizard.looked.contains_key(&only) {
        relay(wizard, None);
        return Vec::new();
    }
    if wizard.looking.as_ref() == Some(&only) {
        return Vec::new();
    }
    wizard.looking = Some(only.clone());
    let query = AppsQuery { app: Some(only.clone()), ..AppsQuery::default() };
    let request = Request::ConnectionApps { id: connection.to_string(), query };
    let effect = wizard.call(Wanted::App(only), request);
    relay(wizard, None);
    vec![effect]
}

/// What the app is like.
pub fn looked(wizard: &mut Wizard, now: DateTime<Utc>, app: String, result: Result<Reply, Refusal>) {
    let result = match result {
        Ok(Reply::Apps { mut apps, .. }) if !apps.is_empty() => Ok(apps.remove(0)),
        Ok(_) => return,
        Err(refusal) => Err(refusal),
    };
    if wizard.looking.as_ref() == Some(&app) {
        wizard.looking = None;
    }
    let fault = match &result {
        Err(refusal) => Some(refusal.problem.whole().to_string()),
        Ok(app) => app.reason.clone().filter(|_| app.secrets.is_none_or(|count| count < 2)),
    };
    if let Ok(row) = &result
        && row.method_open
    {
        // By its own id, and by what was typed for it.
        wizard.unnamed.extend([row.id.clone(), app.clone()]);
    }
    let meant = wizard.single() == Some(app.as_str());
    wizard.looked.insert(app, result);
    if meant {
        wizard.form.fault(field::APP, fault);
        relay(wizard, Some(now));
        // What has to be chosen is not to be passed by.
        if wizard.form.focus == Focus::Next && wizard.form.page == APPLICATION && asks(wizard) {
            wizard.form.set_focus(Focus::Field(1));
        }
    }
}

/// Whether the app has as many secrets as Okta allows.
pub fn two(wizard: &Wizard) -> bool {
    wizard.app().is_some_and(|app| app.listed.len() >= 2)
}

/// Whether something of the app has to be chosen.
pub fn asks(wizard: &Wizard) -> bool {
    two(wizard) || lacks_method(wizard)
}

/// Whether the method of a chosen app has to be named, and was not yet.
pub fn lacks_method(wizard: &Wizard) -> bool {
    wizard.form.get(field::METHOD).is_some_and(|_| wizard.form.choice(field::METHOD) == 0)
}

/// Whether the chosen app is being looked at.
pub fn is_looking(wizard: &Wizard) -> bool {
    wizard.single().is_some_and(|only| wizard.looking.as_deref() == Some(only))
}

/// What is done with the secrets of the app.
pub fn take(wizard: &Wizard) -> Take {
    match (two(wizard), wizard.form.get(field::ADOPT).map(|_| wizard.form.choice(field::ADOPT))) {
        (_, None) | (false, Some(0)) => Take::Issue,
        (false, Some(_)) | (true, Some(0)) => Take::Adopt,
        (true, Some(_)) => Take::Replace,
    }
}

/// The secret of the app that is taken over, or that makes room.
pub fn meant(wizard: &Wizard, key: FieldKey) -> Option<&ListedSecret> {
    let app = wizard.app()?;
    let at = if wizard.form.get(key).is_some() { wizard.form.choice(key) } else { 0 };
    candidates(app, key == field::ADOPT_SECRET).get(at).copied()
}

/// The secrets that can be chosen: one that is off authenticates no one, and is not taken over.
fn candidates(app: &AppRow, adopt: bool) -> Vec<&ListedSecret> {
    app.listed.iter().filter(|secret| !adopt || secret.status == Status::Active).collect()
}

/// The fields of the page for the app as it was seen. Ages are shown as of `now`, which is known once it was looked at.
pub fn relay(wizard: &mut Wizard, now: Option<DateTime<Utc>>) {
    if wizard.edits.is_some() {
        return;
    }
    let now = now.or(wizard.seen_at).unwrap_or_default();
    wizard.seen_at = Some(now);
    // What one choice asks for is known once it holds: at most three turns until nothing more follows.
    for _ in 0..3 {
        let more = further(wizard, now);
        let same = wizard.form.pages[APPLICATION].fields.len() == more.len() + 1;
        wizard.form.relay_after(APPLICATION, 1, more);
        if same {
            return;
        }
    }
}

fn further(wizard: &Wizard, now: DateTime<Utc>) -> Vec<Field> {
    let mut items = hidden(wizard);
    items.extend(of_secrets(wizard, now));
    items
}

/// What Okta does not show of what was chosen, and is asked for.
fn hidden(wizard: &Wizard) -> Vec<Field> {
    let mut items = Vec::new();
    let untested = fields::way(wizard) == Verify::Listed.as_str();
    if !untested && wizard.apps().iter().any(|app| wizard.needs_method(app)) {
        let help = "How the app sends its secret, where Okta does not show it (apps of its catalogue): the vendor's guide says. A \
                    new secret is tested that way. Untested: it is published once Okta lists it ACTIVE.";
        items.push(Field::new(field::METHOD, help, Input::choice(&METHODS, 0)));
    }
    if let Some(app) = wizard.app().filter(|app| app.client_id_hidden) {
        let help = "Okta does not show it; usually it is the app ID. The one given here is tested and published.";
        items.push(Field::new(field::CLIENT_ID, help, Input::text(&app.client_id)));
    }
    items
}

/// What is done with the secrets of the app.
fn of_secrets(wizard: &Wizard, now: DateTime<Utc>) -> Vec<Field> {
    let Some(app) = wizard.app().filter(|app| !app.listed.is_empty()) else { return Vec::new() };
    let two = app.listed.len() >= 2;
    let (options, help) = if two {
        let help = "Okta allows two secrets, and the app has two. Adopting one changes nothing at Okta; the other can be \
                    retired afterwards, and reactivated while it soaks. Deleting one now cannot be undone.";
        (["adopt one it has", "delete one now"], help)
    } else {
        let help = "Issue: a new secret beside the old one, which works until the overlap ends. Adopt: windlass takes over the \
                    secret the app has, and nothing changes at Okta until the first rotation.";
        (["issue a new one", "adopt the one it has"], help)
    };
    let mut items = vec![Field::new(field::ADOPT, help, Input::choice(&options, 0))];
    let reported = |secret: &&ListedSecret| {
        let status = format!("{:?}", secret.status).to_uppercase();
        let age = secret.created_at.map(|at| format!(", {} old", when::rough(now - at))).unwrap_or_default();
        format!("{} {status}{age}", secret.id)
    };
    let choice = |adopt: bool| {
        let options: Vec<String> = candidates(app, adopt).iter().map(reported).collect();
        Input::Choice { options, at: 0 }
    };
    match take(wizard) {
        Take::Issue => {}
        Take::Adopt => {
            if candidates(app, true).len() > 1 {
                let help = "The one that consumers use today.";
                items.push(Field::new(field::ADOPT_SECRET, help, choice(true)));
            }
            if meant(wizard, field::ADOPT_SECRET).is_some_and(|secret| !secret.readable) {
                let help =
                    "Okta does not show its value to this connection: paste it. It is tested before it is published.";
                items.push(Field::new(field::ADOPT_VALUE, help, Input::Secret(Secret::default())));
            }
        }
        Take::Replace => {
            let help = "The one that is no longer used: Okta refuses it from then on. If another windlass or a lost store of this \
                        one made it, it may be the one in use.";
            items.push(Field::new(field::REPLACE_SECRET, help, choice(false)));
            let help = "Type the ID of the secret to delete. This cannot be undone.";
            items.push(Field::new(field::TYPED_ID, help, Input::text("")));
        }
    }
    items
}
