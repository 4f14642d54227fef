//! The fields of a connection, their rules, and the request that is made of them.

use super::ask::{Ask, Asked, Kind};
use super::{Connect, aws, field, infisical, is_empty, kubernetes, okta, vault};
use crate::core::name::{BadName, Description, Origin, Slug};
use crate::core::secret::SecretValue;
use crate::engine::request::{ConnectionBody, ConnectionPatch, CredentialsBody, Request};
use crate::engine::view::ConnectionView;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::secret::Secret;
use crate::tui::forms::form::{Field, FieldKey, Form, Page};
use crate::tui::widgets::text_input::TextInput;

/// What is asked, in the order of the choice.
static APPS: [Asked; 5] = [okta::ASKED, vault::ASKED, kubernetes::ASKED, aws::ASKED, infisical::ASKED];

/// What is chosen: the app, and the way in there.
#[derive(Clone, Copy)]
pub struct Chosen {
    /// What is asked for the app.
    pub asked: &'static Asked,
    /// The way in, as the API calls it.
    pub method: &'static str,
}

impl Chosen {
    /// What a connection has, and a new one at first.
    pub fn first(edits: Option<&ConnectionView>) -> Self {
        let app = edits.and_then(|row| APPS.iter().find(|asked| asked.app.as_str() == row.app));
        let asked = app.unwrap_or(&APPS[0]);
        let own = edits.and_then(|row| asked.ways.iter().find(|(name, _)| *name == row.method));
        Self { asked, method: own.unwrap_or(&asked.ways[0]).0 }
    }

    /// What is chosen in a form.
    pub fn of(form: &Form, edits: Option<&ConnectionView>) -> Self {
        let asked = if edits.is_some() { Self::first(edits).asked } else { &APPS[form.choice(field::APP)] };
        let ways = asked.choices(edits);
        Self { asked, method: ways.get(form.choice(field::METHOD)).unwrap_or(&ways[0]).0 }
    }

    /// The secret that is needed: its field and its word.
    pub fn secret(&self) -> Option<(FieldKey, &'static str)> {
        self.asked.secret(self.method)
    }

    /// Whether a connection comes in that way already: what is there can stay. A credential of another kind replaces it.
    fn keeps(&self, edits: Option<&ConnectionView>) -> bool {
        edits.is_some_and(|row| row.method == self.method)
    }

    /// What a connection has for a field.
    fn known<'a>(&self, ask: &Ask, edits: Option<&'a ConnectionView>) -> Option<&'a str> {
        let row = edits.filter(|_| ask.of.is_empty() || self.keeps(edits))?;
        match ask.kind {
            Kind::Text { known, .. } => known(row),
            _ => None,
        }
    }
}

/// The page; a connection that is there shows what it has, and takes a new credential only where one is typed.
pub fn page(edits: Option<&ConnectionView>, chosen: Chosen) -> Page {
    let Chosen { asked, method } = chosen;
    let known = |text: fn(&ConnectionView) -> &str| Input::text(edits.map_or("", text));
    let at = APPS.iter().position(|it| it.app == asked.app).unwrap_or(0);
    let help =
        "Okta, whose secrets are rotated; or a server that they are delivered to. Vault is HashiCorp Vault or OpenBao.";
    let app = Field::new(field::APP, help, Input::choice(&APPS.each_ref().map(|asked| asked.label), at));
    let mut items = vec![
        if edits.is_some() { app.locked("another is another connection") } else { app },
        Field::new(field::NAME, "The connection's name: 1 to 64 of a-z, 0-9 and hyphens.", known(|row| &row.name)),
        Field::new(asked.address, asked.address_help, known(|row| &row.credentials.instance_url)),
    ];
    let ways = asked.choices(edits);
    if ways.len() > 1 {
        let labels: Vec<&str> = ways.iter().map(|(_, label)| *label).collect();
        let at = ways.iter().position(|(name, _)| *name == method).unwrap_or(0);
        items.push(Field::new(field::METHOD, asked.way_help, Input::choice(&labels, at)));
    }
    for ask in asked.of(method) {
        let input = match ask.kind {
            Kind::Text { usual, .. } => {
                let usual = if edits.is_some() && (ask.of.is_empty() || chosen.keeps(edits)) { "" } else { usual };
                Input::text(chosen.known(ask, edits).unwrap_or(usual))
            }
            Kind::Secret { .. } => Input::Secret(Secret::default()),
            Kind::File(_) => Input::Path(TextInput::default()),
        };
        let help = match ask.kind {
            Kind::Secret { word, .. } if chosen.keeps(edits) => {
                format!("A new {word}, tested before it replaces the old one. Empty: the old one stays.").into()
            }
            _ => ask.help.into(),
        };
        items.push(Field { help, ..Field::new(ask.key, "", input) });
    }
    if let Some((_, word)) = chosen.secret() {
        let help = format!("Instead: a file on this machine that holds the {word} and nothing else. It is read once.");
        items.push(Field::new(field::FILE, help, Input::Path(TextInput::default())));
    }
    items.push(Field::new(
        field::DESCRIPTION,
        "Its owner, a contact, a ticket: up to 256 characters. Optional.",
        known(|row| &row.description),
    ));
    Page { title: "Connection", fields: items, next: "Test and save" }
}

/// What is wrong with what was typed. Of a credential the engine says the rest.
pub fn faults(connect: &Connect) -> Vec<(FieldKey, String)> {
    let form = &connect.form;
    let chosen = connect.chosen();
    let mut faults = Vec::new();
    let mut bad = |key: FieldKey, fault: String| faults.push((key, fault));
    if let Err(BadName(fault)) = form.typed(field::NAME).parse::<Slug>() {
        bad(field::NAME, fault);
    }
    let (address, okta) = (chosen.asked.address, chosen.asked.app == okta::ASKED.app);
    let url = form.typed(address);
    let read = if okta { Origin::of_org(url) } else { Origin::of_server(url) };
    if let Err(fault) = read
        && !(url.is_empty() && chosen.asked.has_address)
    {
        bad(address, format!("{}; {}", fault.message, fault.hint));
    }
    if okta && form.get(field::CLIENT_ID).is_some() && is_empty(form, field::CLIENT_ID) {
        bad(field::CLIENT_ID, "the id of the API services app, 0oa…".into());
    }
    if let Err(BadName(fault)) = form.typed(field::DESCRIPTION).parse::<Description>() {
        bad(field::DESCRIPTION, fault);
    }
    if let Some((credential, _)) = chosen.secret() {
        match (is_empty(form, credential), is_empty(form, field::FILE)) {
            (true, true) if !chosen.keeps(connect.edits.as_deref()) => {
                bad(credential, "paste it here, or name a file below".into());
            }
            (false, false) => bad(field::FILE, "there is one typed above already: leave one of the two empty".into()),
            _ => {}
        }
    }
    faults
}

/// What is wrong with one field that was left. That a credential is missing is reported once it is needed.
pub fn fault(connect: &Connect, key: FieldKey) -> Option<String> {
    let late = key == field::FILE || connect.chosen().secret().is_some_and(|(secret, _)| secret == key);
    let found = faults(connect).into_iter().find(|(field, _)| *field == key);
    found.map(|(_, fault)| fault).filter(|_| !late && !is_empty(&connect.form, key))
}

/// The field that the API's name for it means.
pub fn home(name: &str) -> &str {
    name.strip_prefix("credentials.").unwrap_or(name)
}

/// The files that have to be read first: the fields that name them, and their paths.
pub fn files(connect: &Connect) -> Vec<(FieldKey, String)> {
    let is_path = |item: &&Field| matches!(item.input, Input::Path(_)) && !item.input.typed().is_empty();
    let fields = connect.form.here().fields.iter().filter(is_path);
    fields.map(|item| (item.key, item.input.typed().to_owned())).collect()
}

/// The request, with what was read from files; `None` where nothing is changed.
pub fn request(connect: &Connect, no_test: bool) -> Option<Request> {
    let form = &connect.form;
    let edits = connect.edits.as_deref();
    let chosen = connect.chosen();
    let other = |key: FieldKey, known: &str| Some(form.typed(key).to_owned()).filter(|new| new != known);
    let read = |key: FieldKey| connect.read.iter().find(|(of, _)| *of == key).map(|(_, value)| value);
    let address = edits.map_or("", |row| &row.credentials.instance_url);
    let mut credentials =
        CredentialsBody { instance_url: other(chosen.asked.address, address), ..CredentialsBody::default() };
    for ask in chosen.asked.of(chosen.method) {
        match ask.kind {
            Kind::Text { slot, .. } => {
                *slot(&mut credentials) = other(ask.key, chosen.known(ask, edits).unwrap_or_default());
            }
            Kind::Secret { slot, .. } => {
                let from_file = read(field::FILE).filter(|_| chosen.secret().is_some_and(|(key, _)| key == ask.key));
                *slot(&mut credentials) = from_file.cloned().or_else(|| typed(form, ask.key));
            }
            Kind::File(slot) => *slot(&mut credentials) = read(ask.key).map(|text| text.expose().to_owned()),
        }
    }
    let Some(row) = edits else {
        let body = ConnectionBody {
            name: form.typed(field::NAME).to_owned(),
            app: chosen.asked.app.as_str().into(),
            method: chosen.method.into(),
            description: Some(form.typed(field::DESCRIPTION).to_owned()),
            credentials,
            no_test,
        };
        return Some(Request::ConnectionCreate(Box::new(body)));
    };
    let changes = credentials.instance_url.is_some() || credentials.ca_certificate.is_some();
    let changes = changes || !credentials.given().is_empty();
    let patch = ConnectionPatch {
        name: other(field::NAME, &row.name),
        description: other(field::DESCRIPTION, &row.description),
        credentials: changes.then_some(credentials),
        no_test,
    };
    let changes = patch.name.is_some() || patch.description.is_some() || patch.credentials.is_some();
    changes.then(|| Request::ConnectionUpdate { id: row.id.to_string(), patch: Box::new(patch) })
}

/// A secret as it was typed.
fn typed(form: &Form, key: FieldKey) -> Option<SecretValue> {
    match &form.get(key)?.input {
        Input::Secret(secret) => secret.value(),
        _ => None,
    }
}
