//! What is wrong with what was typed: the engine's own rules, asked while it is typed, and what the rows on the screen tell.

use std::str::FromStr;

use chrono_tz::Tz;
use serde_json::Number;

use super::apps::{self, Take};
use super::fields::{APP, CLIENT_ID, METHOD};
use super::wizard::{APPLICATION, BEHAVIOUR, DETAILS, NAMES, Wizard};
use crate::core::bulk::{free_folder, names_for};
use crate::core::name::{BadName, Description, Environment, SecretName, SecretPath, Slug, refused};
use crate::core::schedule::Schedule;
use crate::engine::form::Form as Rules;
use crate::engine::view::RotationView;
use crate::text::typed::Span;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::pick::Pick;
use crate::tui::session::Session;

/// A field's name, and what is wrong with it.
pub type Fault = (String, String);

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
pub fn fault(wizard: &Wizard, session: &Session, name: &str) -> Option<String> {
    let page = wizard.form.pages.iter().position(|page| page.items.iter().any(|item| item.name == name))?;
    faults(wizard, session, page).into_iter().find(|(field, _)| field == name).map(|(_, fault)| fault)
}

fn behaviour(wizard: &Wizard, session: &Session) -> Vec<Fault> {
    let form = &wizard.form;
    let mut faults = Vec::new();
    // It may have been deleted while the form was open.
    let known = wizard.connection().is_some_and(|id| session.rows.connections.contains_key(&id));
    if wizard.edits.is_none() && !known {
        faults.push(("connectionId".into(), "choose a connection, or make a new one".into()));
    }
    let days = days(wizard);
    if days.is_none() {
        faults.push(("rotationInterval".into(), "1 to 3650 whole days".into()));
    }
    if time(wizard).is_none() {
        let fault = format!("{:?} is not a time of day; write 00:00 to 23:59", form.typed("rotateAt"));
        faults.push(("rotateAt".into(), fault));
    }
    if zone(wizard).is_none() {
        faults.push(("rotateAt.timeZone".into(), "choose a time zone".into()));
    }
    let mut spans = [None; 2];
    for (read, name) in spans.iter_mut().zip(["overlapSeconds", "soakSeconds"]) {
        match form.typed(name).parse::<Span>() {
            Ok(span) => *read = Some(span.0),
            Err(fault) => faults.push((name.into(), fault)),
        }
    }
    if let ([Some(overlap), Some(soak)], Some(days)) = (spans, days) {
        faults.extend(ruled(|rules| {
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
        faults.push((APP.into(), "choose an app, or mark several with Space".into()));
    }
    let awaited = wizard.form.pick(APP).map_or(0, Pick::awaited);
    if awaited > 0 {
        let fault =
            format!("{awaited} of those that are marked are not listed yet: wait for them, or ask again with ^R");
        faults.push((APP.into(), fault));
    }
    if let Some(only) = wizard.single()
        && let Some(fault) = wizard.form.get(APP).and_then(|item| item.fault.clone())
        && wizard.looked.contains_key(only)
    {
        faults.push((APP.into(), fault));
    }
    if apps::lacks_method(wizard) {
        let fault = "choose the method that the app is set up with, or untested";
        faults.push((METHOD.into(), fault.into()));
    }
    if wizard.form.get(CLIENT_ID).is_some() {
        faults.extend(ruled(|rules| rules.client_id(CLIENT_ID, wizard.form.typed(CLIENT_ID))));
    }
    match apps::take(wizard) {
        Take::Issue => {}
        Take::Adopt => {
            if apps::meant(wizard, "adoptSecretId").is_none() {
                faults.push(("adopt".into(), "none of its secrets is ACTIVE, so there is none to take over".into()));
            }
            let value = wizard.form.get("adoptClientSecret").map(|item| &item.input);
            if matches!(value, Some(Input::Secret(secret)) if secret.is_empty()) {
                faults.push(("adoptClientSecret".into(), "paste the value of the secret".into()));
            }
        }
        Take::Replace => {
            if let Some(secret) =
                apps::meant(wizard, "replaceSecretId").filter(|it| it.id != wizard.form.typed("typed"))
            {
                faults.push(("typed".into(), format!("type {} to have it deleted", secret.id)));
            }
        }
    }
    faults
}

fn names(wizard: &Wizard, session: &Session) -> Vec<Fault> {
    let form = &wizard.form;
    let mut faults: Vec<Fault> = Vec::new();
    faults.extend(read::<Environment>(wizard, "environment"));
    faults.extend(read::<SecretPath>(wizard, "secretPath"));
    faults.extend(read::<SecretName>(wizard, "secretsMapping.clientId"));
    faults.extend(read::<SecretName>(wizard, "secretsMapping.clientSecret"));
    let (id, secret) = (form.typed("secretsMapping.clientId"), form.typed("secretsMapping.clientSecret"));
    if !id.is_empty() && id == secret {
        faults.push(("secretsMapping.clientSecret".into(), "the two names must differ".into()));
    }
    let kept = wizard.edits.as_ref().map(|row| &row.secrets_mapping);
    for (field, name, kept) in [
        ("secretsMapping.clientId", id, kept.map(|kept| &kept.client_id)),
        ("secretsMapping.clientSecret", secret, kept.map(|kept| &kept.client_secret)),
    ] {
        if kept.is_none_or(|kept| kept != name) {
            faults.extend(refused(name).map(|why| (field.into(), why)));
        }
    }
    if wizard.is_many() || wizard.edits.as_ref().is_some_and(|row| row.secrets_mapping == wizard.mapping()) {
        // Each of many has a folder of its own; and names that are kept take nothing.
        return faults;
    }
    for (field, name) in [("secretsMapping.clientId", id), ("secretsMapping.clientSecret", secret)] {
        if let Some(holder) = holder(wizard, session, form.typed("secretPath"), name) {
            let free = free_path(wizard, session, form.typed("secretPath"));
            let instead = free.map_or("choose another name".into(), |free| format!("the path {free} is free"));
            faults.push((field.into(), format!("{name} is taken there, by {holder}: {instead}")));
        }
    }
    faults
}

/// A folder in a folder in which both names are free.
pub fn free_path(wizard: &Wizard, session: &Session, within: &str) -> Option<String> {
    let named = Some(wizard.form.typed("name")).filter(|name| !name.is_empty() && wizard.touched.contains("name"));
    let name = named.map_or_else(|| free_name(session, &wizard.label()), str::to_owned);
    let names = ["secretsMapping.clientId", "secretsMapping.clientSecret"].map(|name| wizard.form.typed(name));
    free_folder(within, &name, |path| names.iter().all(|name| holder(wizard, session, path, name).is_none()))
}

/// The rotation that a name is mapped to already, in the environment that was typed.
pub fn holder<'a>(wizard: &Wizard, session: &'a Session, path: &str, name: &str) -> Option<&'a str> {
    let own = wizard.edits.as_ref().map(|row| row.id);
    let environment = wizard.form.typed("environment");
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
        faults.extend(read::<Slug>(wizard, "name"));
        let own = wizard.edits.as_ref().map(|row| row.id);
        let name = wizard.form.typed("name");
        if session.rows.rotations.values().any(|row| row.name == name && Some(row.id) != own) {
            faults.push(("name".into(), format!("there is a rotation named {name} already")));
        }
    }
    faults.extend(read::<Description>(wizard, "description"));
    faults
}

fn read<T: FromStr<Err = BadName>>(wizard: &Wizard, name: &str) -> Option<Fault> {
    let item = wizard.form.get(name).filter(|item| item.locked.is_none())?;
    item.input.typed().parse::<T>().err().map(|BadName(fault)| (name.into(), fault))
}

/// The faults that the engine's rules find.
fn ruled(ask: impl FnOnce(&mut Rules)) -> Vec<Fault> {
    let mut rules = Rules::default();
    ask(&mut rules);
    let fields = rules.done().err().map(|refusal| refusal.fields).unwrap_or_default();
    fields.into_iter().map(|fault| (fault.field, fault.message)).collect()
}

/// The interval that was typed, in days.
pub fn days(wizard: &Wizard) -> Option<u32> {
    let number: Number = wizard.form.typed("rotationInterval").parse().ok()?;
    Rules::default().interval("", &number)
}

/// The time of day that was typed: hours and minutes.
pub fn time(wizard: &Wizard) -> Option<(i64, i64)> {
    let (hours, minutes) = wizard.form.typed("rotateAt").split_once(':')?;
    let part = |text: &str| text.parse::<u8>().ok().filter(|_| (1..=2).contains(&text.len())).map(i64::from);
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    Rules::default().time("", hours, minutes).map(|_| (hours, minutes))
}

/// The zone that was chosen.
pub fn zone(wizard: &Wizard) -> Option<Tz> {
    wizard.form.typed("rotateAt.timeZone").parse().ok()
}

/// The schedule that was typed, as one that is made now, where it can be read.
pub fn schedule(wizard: &Wizard, session: &Session) -> Option<Schedule> {
    let (days, (hours, minutes), zone) = (days(wizard)?, time(wizard)?, zone(wizard)?);
    let at = Rules::default().time("", hours, minutes)?;
    let today = session.now.with_timezone(&zone).date_naive();
    Some(Schedule { interval_days: days, at, zone, anchor: today, skipped: 0 })
}

/// A span that was typed, in seconds.
pub fn span(wizard: &Wizard, name: &str) -> u64 {
    wizard.form.typed(name).parse::<Span>().map_or(0, |span| span.0)
}

/// A name that is free, made from a label: the same that one of several would get.
pub fn free_name(session: &Session, label: &str) -> String {
    let taken = session.rows.rotations.values().map(|row| row.name.clone()).collect();
    names_for([label], &taken).into_iter().map(String::from).next().unwrap_or_default()
}
