//! What is wrong with what was typed: the engine's own rules, asked while it is typed, and what the rows on the screen
//! show.

use std::str::FromStr;

use chrono_tz::Tz;
use serde_json::Number;

use super::apps::{self, Take};
use super::field;
use super::wizard::{APPLICATION, BEHAVIOUR, DETAILS, NAMES, Wizard};
use crate::core::bulk::{free_folder, names_for};
use crate::core::name::{BadName, Description, Environment, SecretName, SecretPath, Slug, refused};
use crate::core::schedule::Schedule;
use crate::core::schedule::typed::Span;
use crate::engine::form::Form as Rules;
use crate::engine::view::RotationView;
use crate::tui::forms::form::FieldKey;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::pick::Pick;
use crate::tui::session::Session;

/// A field, and what is wrong with it.
pub type Fault = (FieldKey, String);

/// What is wrong on a page.
pub fn faults(wizard: &Wizard, session: &Session, page: usize) -> Vec<Fault> {
    match page {
        BEHAVIOUR => behaviour(wizard, session),
        APPLICATION => application(wizard),
        NAMES => names(wizard, session),
        DETAILS => details(wizard, session),
        _ => Vec::new(),
    }
}

/// What is wrong with one field, on whichever page it is.
pub fn fault(wizard: &Wizard, session: &Session, key: FieldKey) -> Option<String> {
    let page = wizard.form.pages.iter().position(|page| page.fields.iter().any(|item| item.key == key))?;
    faults(wizard, session, page).into_iter().find(|(field, _)| *field == key).map(|(_, fault)| fault)
}

fn behaviour(wizard: &Wizard, session: &Session) -> Vec<Fault> {
    let form = &wizard.form;
    let mut faults = Vec::new();
    // It may have been deleted while the form was open.
    let known = wizard.connection().is_some_and(|id| session.rows.connections.contains_key(&id));
    if wizard.edits.is_none() && !known {
        faults.push((field::CONNECTION, "choose a connection, or make a new one".into()));
    }
    let days = days(wizard);
    if days.is_none() {
        faults.push((field::INTERVAL, "1 to 3650 whole days".into()));
    }
    if time(wizard).is_none() {
        let fault = format!("{:?} is not a time of day; write 00:00 to 23:59", form.typed(field::ROTATE_AT));
        faults.push((field::ROTATE_AT, fault));
    }
    if zone(wizard).is_none() {
        faults.push((field::TIME_ZONE, "choose a time zone".into()));
    }
    let mut spans = [None; 2];
    for (read, key) in spans.iter_mut().zip([field::OVERLAP, field::SOAK]) {
        match form.typed(key).parse::<Span>() {
            Ok(span) => *read = Some(span.0),
            Err(fault) => faults.push((key, fault)),
        }
    }
    if let ([Some(overlap), Some(soak)], Some(days)) = (spans, days) {
        faults.extend(ruled(wizard, |rules| {
            rules.spans(days, Some(overlap), Some(soak));
        }));
    }
    faults
}

fn application(wizard: &Wizard) -> Vec<Fault> {
    if wizard.edits.is_some() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    if wizard.count() == 0 {
        faults.push((field::APP, "choose an app, or mark several with Space".into()));
    }
    let awaited = wizard.form.pick(field::APP).map_or(0, Pick::awaited);
    if awaited > 0 {
        let fault =
            format!("{awaited} of those that are marked are not listed yet: wait for them, or ask again with ^R");
        faults.push((field::APP, fault));
    }
    if let Some(only) = wizard.single()
        && let Some(fault) = wizard.form.get(field::APP).and_then(|item| item.fault.clone())
        && wizard.looked.contains_key(only)
    {
        faults.push((field::APP, fault));
    }
    if apps::lacks_method(wizard) {
        let fault = "choose the method that the app is set up with, or untested";
        faults.push((field::METHOD, fault.into()));
    }
    if wizard.form.get(field::CLIENT_ID).is_some() {
        faults.extend(ruled(wizard, |rules| {
            rules.client_id(field::CLIENT_ID.api_name, wizard.form.typed(field::CLIENT_ID));
        }));
    }
    match apps::take(wizard) {
        Take::Issue => {}
        Take::Adopt => {
            if apps::meant(wizard, field::ADOPT_SECRET).is_none() {
                faults.push((field::ADOPT, "none of its secrets is ACTIVE, so there is none to take over".into()));
            }
            let value = wizard.form.get(field::ADOPT_VALUE).map(|item| &item.input);
            if matches!(value, Some(Input::Secret(secret)) if secret.is_empty()) {
                faults.push((field::ADOPT_VALUE, "paste the value of the secret".into()));
            }
        }
        Take::Replace => {
            if let Some(secret) =
                apps::meant(wizard, field::REPLACE_SECRET).filter(|it| it.id != wizard.form.typed(field::TYPED_ID))
            {
                faults.push((field::TYPED_ID, format!("type {} to have it deleted", secret.id)));
            }
        }
    }
    faults
}

fn names(wizard: &Wizard, session: &Session) -> Vec<Fault> {
    let form = &wizard.form;
    let mut faults: Vec<Fault> = Vec::new();
    faults.extend(read::<Environment>(wizard, field::ENVIRONMENT));
    faults.extend(read::<SecretPath>(wizard, field::SECRET_PATH));
    faults.extend(read::<SecretName>(wizard, field::CLIENT_ID_NAME));
    faults.extend(read::<SecretName>(wizard, field::CLIENT_SECRET_NAME));
    let (id, secret) = (form.typed(field::CLIENT_ID_NAME), form.typed(field::CLIENT_SECRET_NAME));
    if !id.is_empty() && id == secret {
        faults.push((field::CLIENT_SECRET_NAME, "the two names must differ".into()));
    }
    let kept = wizard.edits.as_ref().map(|row| &row.secrets_mapping);
    for (field, name, kept) in [
        (field::CLIENT_ID_NAME, id, kept.map(|kept| &kept.client_id)),
        (field::CLIENT_SECRET_NAME, secret, kept.map(|kept| &kept.client_secret)),
    ] {
        if kept.is_none_or(|kept| kept != name) {
            faults.extend(refused(name).map(|why| (field, why)));
        }
    }
    if wizard.is_many() || wizard.edits.as_ref().is_some_and(|row| row.secrets_mapping == wizard.mapping()) {
        // Each of many has a folder of its own; and names that are kept take nothing.
        return faults;
    }
    for (field, name) in [(field::CLIENT_ID_NAME, id), (field::CLIENT_SECRET_NAME, secret)] {
        if let Some(holder) = holder(wizard, session, form.typed(field::SECRET_PATH), name) {
            let free = free_path(wizard, session, form.typed(field::SECRET_PATH));
            let instead = free.map_or("choose another name".into(), |free| format!("the path {free} is free"));
            faults.push((field, format!("{name} is taken there, by {holder}: {instead}")));
        }
    }
    faults
}

/// A folder in a folder in which both names are free.
pub fn free_path(wizard: &Wizard, session: &Session, within: &str) -> Option<String> {
    let named =
        Some(wizard.form.typed(field::NAME)).filter(|name| !name.is_empty() && wizard.touched.contains(&field::NAME));
    let name = named.map_or_else(|| free_name(session, &wizard.label()), str::to_owned);
    let names = [field::CLIENT_ID_NAME, field::CLIENT_SECRET_NAME].map(|key| wizard.form.typed(key));
    free_folder(within, &name, |path| names.iter().all(|name| holder(wizard, session, path, name).is_none()))
}

/// The rotation that a name is mapped to already, in the environment that was typed.
pub fn holder<'a>(wizard: &Wizard, session: &'a Session, path: &str, name: &str) -> Option<&'a str> {
    let own = wizard.edits.as_ref().map(|row| row.id);
    let environment = wizard.form.typed(field::ENVIRONMENT);
    let path = path.parse::<SecretPath>().map(String::from).unwrap_or_default();
    let takes = |row: &&RotationView| {
        Some(row.id) != own
            && row.environment.slug == environment
            && row.secret_path == path
            && [&row.secrets_mapping.client_id, &row.secrets_mapping.client_secret].iter().any(|known| *known == name)
    };
    session.rows.rotations.values().find(takes).map(|row| row.name.as_str())
}

fn details(wizard: &Wizard, session: &Session) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    if !wizard.is_many() {
        faults.extend(read::<Slug>(wizard, field::NAME));
        let own = wizard.edits.as_ref().map(|row| row.id);
        let name = wizard.form.typed(field::NAME);
        if session.rows.rotations.values().any(|row| row.name == name && Some(row.id) != own) {
            faults.push((field::NAME, format!("there is a rotation named {name} already")));
        }
    }
    faults.extend(read::<Description>(wizard, field::DESCRIPTION));
    faults
}

fn read<T: FromStr<Err = BadName>>(wizard: &Wizard, key: FieldKey) -> Option<Fault> {
    let item = wizard.form.get(key).filter(|item| item.locked.is_none())?;
    item.input.typed().parse::<T>().err().map(|BadName(fault)| (key, fault))
}

/// The faults that the engine's rules find.
fn ruled(wizard: &Wizard, ask: impl FnOnce(&mut Rules)) -> Vec<Fault> {
    let mut rules = Rules::default();
    ask(&mut rules);
    let fields = rules.done().err().map(|refusal| refusal.fields).unwrap_or_default();
    fields.into_iter().filter_map(|fault| Some((wizard.form.key(&fault.field)?, fault.message))).collect()
}

/// The interval that was typed, in days.
pub fn days(wizard: &Wizard) -> Option<u32> {
    let number: Number = wizard.form.typed(field::INTERVAL).parse().ok()?;
    Rules::default().interval("", &number)
}

/// The time of day that was typed: hours and minutes.
pub fn time(wizard: &Wizard) -> Option<(i64, i64)> {
    let (hours, minutes) = wizard.form.typed(field::ROTATE_AT).split_once(':')?;
    let part = |text: &str| text.parse::<u8>().ok().filter(|_| (1..=2).contains(&text.len())).map(i64::from);
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    Rules::default().time("", hours, minutes).map(|_| (hours, minutes))
}

/// The zone that was chosen.
pub fn zone(wizard: &Wizard) -> Option<Tz> {
    wizard.form.typed(field::TIME_ZONE).parse().ok()
}

/// The schedule that was typed, as one that is made now, where it can be read.
pub fn schedule(wizard: &Wizard, session: &Session) -> Option<Schedule> {
    let (days, (hours, minutes), zone) = (days(wizard)?, time(wizard)?, zone(wizard)?);
    let at = Rules::default().time("", hours, minutes)?;
    let today = session.now.with_timezone(&zone).date_naive();
    Some(Schedule { interval_days: days, at, zone, anchor: today, skipped: 0 })
}

/// A span that was typed, in seconds.
pub fn span(wizard: &Wizard, key: FieldKey) -> u64 {
    wizard.form.typed(key).parse::<Span>().map_or(0, |span| span.0)
}

/// A name that is free, made from a label: the same that one of several would get.
pub fn free_name(session: &Session, label: &str) -> String {
    let taken = session.rows.rotations.values().map(|row| row.name.clone()).collect();
    names_for([label], &taken).into_iter().map(String::from).next().unwrap_or_default()
}
