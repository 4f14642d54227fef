//! The fields of a connection, their rules, and the request that is made of them.

use super::{Connect, field, is_empty};
use crate::core::name::{BadName, Description, Origin, Slug};
use crate::core::secret::SecretValue;
use crate::engine::request::{ConnectionBody, ConnectionPatch, CredentialsBody, Request};
use crate::engine::view::ConnectionView;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::secret::Secret;
use crate::tui::forms::form::{Field, FieldKey, Page};

/// How a connection proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By an API token.
    ApiToken,
    /// By a key of an OAuth service app.
    ServiceApp,
}

impl Method {
    /// By its place in the choice.
    pub fn at(at: usize) -> Self {
        if at == 0 { Self::ApiToken } else { Self::ServiceApp }
    }

    /// By its name in the API.
    pub fn of(name: &str) -> Self {
        if name == "api-token" { Self::ApiToken } else { Self::ServiceApp }
    }
}

/// The words for the methods.
const METHODS: [&str; 2] = ["API token", "OAuth service app"];

/// The page; a connection that is there shows what it has, and takes a new credential only where one is typed.
pub fn page(edits: Option<&ConnectionView>, method: Method) -> Page {
    if let Some(row) = edits.filter(|row| !row.is_okta()) {
        return server_page(row);
    }
    let known = |text: fn(&ConnectionView) -> &str| Input::text(edits.map_or("", text));
    let mut items = vec![
        Field::new(field::NAME, "The connection's name: 1 to 64 of a-z, 0-9 and hyphens.", known(|row| &row.name)),
        Field::new(
            field::INSTANCE_URL,
            "As the browser shows it after signing in, such as https://acme.okta.com: without -admin, or your own domain.",
            known(|row| &row.credentials.instance_url),
        ),
    ];
    let choice = Field::new(
        field::METHOD,
        "A service app has only the scopes it is granted. An API token can do whatever its user can, and expires after 30 \
         days without use.",
        Input::choice(&METHODS, usize::from(method == Method::ServiceApp)),
    );
    items.push(choice);
    // Another kind of credential replaces the one that is there; only one of the same kind can be left as it is.
    let kept = edits.is_some_and(|row| Method::of(&row.method) == method);
    match method {
        Method::ApiToken => {
            let help = if kept {
                "A new token, tested before it replaces the old one. Empty: the old one stays."
            } else {
                "From Okta's Security > API > Tokens. Its user needs a role that may manage the apps."
            };
            items.push(Field::new(field::API_TOKEN, help, Input::Secret(Secret::default())));
        }
        Method::ServiceApp => {
            let help = "Of the API services app at Okta, 0oa…: it needs the scopes okta.apps.read and okta.apps.manage, and a role \
                        over the apps.";
            let id = known(|row| row.credentials.client_id.as_deref().unwrap_or_default());
            items.push(Field::new(field::CLIENT_ID, help, id));
            let help = if kept {
                "A new key, tested before it replaces the old one: PEM, or a JWK. Empty: the old one stays."
            } else {
                "The private key as PEM (RSA or EC), or as a JWK; pasted with its lines. Its public half is registered at Okta."
            };
            items.push(Field::new(field::PRIVATE_KEY, help, Input::Secret(Secret::default())));
            let help =
                "Okta's id of that key (kid), where the key does not bring it along; empty where the app has one key.";
            items.push(Field::new(
                field::KEY_ID,
                help,
                known(|row| row.key.as_ref().and_then(|key| key.key_id.as_deref()).unwrap_or_default()),
            ));
        }
    }
    items.push(Field::new(
        field::FILE,
        "Instead: a file on this machine that holds it and nothing else, such as ~/okta.token. It is read once.",
        Input::Path(crate::tui::widgets::text_input::TextInput::default()),
    ));
    items.push(Field::new(
        field::DESCRIPTION,
        "Its owner, a contact, a ticket: up to 256 characters. Optional.",
        known(|row| &row.description),
    ));
    Page { title: "Connection", fields: items, next: "Test and save" }
}

/// The page of a connection to a server that secrets are delivered to.
fn server_page(row: &ConnectionView) -> Page {
    let mut items = vec![
        Field::new(field::NAME, "The connection's name: 1 to 64 of a-z, 0-9 and hyphens.", Input::text(&row.name)),
        Field::new(
            field::INSTANCE_URL,
            "The server's address, such as https://vault.example.com:8200. How it is logged in there is changed with windlass \
             connection update.",
            Input::text(&row.credentials.instance_url),
        ),
    ];
    if row.method == "token" {
        let help = "A new token, tested before it replaces the old one. Empty: the old one stays.";
        items.push(Field::new(field::API_TOKEN, help, Input::Secret(Secret::default())));
    }
    items.push(Field::new(
        field::DESCRIPTION,
        "Its owner, a contact, a ticket: up to 256 characters. Optional.",
        Input::text(&row.description),
    ));
    Page { title: "Connection", fields: items, next: "Test and save" }
}

/// What is wrong with what was typed.
pub fn faults(connect: &Connect) -> Vec<(FieldKey, String)> {
    let form = &connect.form;
    let mut faults = Vec::new();
    let mut bad = |key: FieldKey, fault: String| faults.push((key, fault));
    if let Err(BadName(fault)) = form.typed(field::NAME).parse::<Slug>() {
        bad(field::NAME, fault);
    }
    let url = form.typed(field::INSTANCE_URL);
    let read = if of_server(connect) { Origin::of_server(url) } else { Origin::of_org(url) };
    if let Err(fault) = read {
        bad(field::INSTANCE_URL, format!("{}; {}", fault.message, fault.hint));
    }
    if form.get(field::CLIENT_ID).is_some() && is_empty(form, field::CLIENT_ID) {
        bad(field::CLIENT_ID, "the id of the API services app, 0oa…".into());
    }
    if let Err(BadName(fault)) = form.typed(field::DESCRIPTION).parse::<Description>() {
        bad(field::DESCRIPTION, fault);
    }
    let credential = if form.get(field::PRIVATE_KEY).is_some() { field::PRIVATE_KEY } else { field::API_TOKEN };
    match (is_empty(form, credential), is_empty(form, field::FILE)) {
        (true, true) if !keeps(connect) => bad(credential, "paste it here, or name a file below".into()),
        (false, false) => bad(field::FILE, "there is one typed above already: leave one of the two empty".into()),
        _ => {}
    }
    faults
}

/// Whether it leads to a server that secrets are delivered to.
fn of_server(connect: &Connect) -> bool {
    connect.edits.as_ref().is_some_and(|row| !row.is_okta())
}

/// Whether the credential that is there can be left as it is: it is of the kind that is chosen.
fn keeps(connect: &Connect) -> bool {
    if of_server(connect) {
        return true;
    }
    let chosen = Method::at(connect.form.choice(field::METHOD));
    connect.edits.as_ref().is_some_and(|row| Method::of(&row.method) == chosen)
}

/// What is wrong with one field that was left. That a credential is missing is reported once it is needed.
pub fn fault(connect: &Connect, key: FieldKey) -> Option<String> {
    let late = [field::API_TOKEN, field::PRIVATE_KEY, field::FILE];
    let found = faults(connect).into_iter().find(|(field, _)| *field == key);
    found.map(|(_, fault)| fault).filter(|_| !late.contains(&key) && !is_empty(&connect.form, key))
}

/// The field that the API's name for it means.
pub fn home(name: &str) -> &str {
    name.strip_prefix("credentials.").unwrap_or(name)
}

/// The request; `None` where nothing is changed.
pub fn request(connect: &Connect, from_file: Option<SecretValue>, no_test: bool) -> Option<Request> {
    let form = &connect.form;
    let typed = |key: FieldKey| form.typed(key).to_owned();
    let some = |key: FieldKey| Some(typed(key)).filter(|text| !text.is_empty());
    let secret = |key: FieldKey| match form.get(key).map(|item| &item.input) {
        Some(Input::Secret(secret)) => secret.value(),
        _ => None,
    };
    let service = form.get(field::PRIVATE_KEY).is_some();
    let credential = from_file.or_else(|| secret(if service { field::PRIVATE_KEY } else { field::API_TOKEN }));
    let (token, key) = if service { (None, credential) } else { (credential, None) };
    let Some(row) = &connect.edits else {
        let body = ConnectionBody {
            name: typed(field::NAME),
            app: "okta".into(),
            method: if service { "oauth-service-app" } else { "api-token" }.into(),
            description: Some(typed(field::DESCRIPTION)),
            credentials: CredentialsBody {
                instance_url: some(field::INSTANCE_URL),
                api_token: token,
                client_id: some(field::CLIENT_ID),
                private_key: key,
                key_id: some(field::KEY_ID),
                ..CredentialsBody::default()
            },
            no_test,
        };
        return Some(Request::ConnectionCreate(Box::new(body)));
    };
    let other = |key: FieldKey, known: &str| Some(typed(key)).filter(|new| new != known);
    let url = other(field::INSTANCE_URL, &row.credentials.instance_url);
    let known = &row.credentials;
    let (id, kid) = if service {
        let kid = other(field::KEY_ID, row.key.as_ref().and_then(|key| key.key_id.as_deref()).unwrap_or_default())
            .filter(|kid| !kid.is_empty());
        (other(field::CLIENT_ID, known.client_id.as_deref().unwrap_or_default()), kid)
    } else {
        (None, None)
    };
    let changes = url.is_some() || token.is_some() || key.is_some() || id.is_some() || kid.is_some();
    let credentials = changes.then_some(CredentialsBody {
        instance_url: url,
        api_token: token,
        client_id: id,
        private_key: key,
        key_id: kid,
        ..CredentialsBody::default()
    });
    let patch = ConnectionPatch {
        name: other(field::NAME, &row.name),
        description: other(field::DESCRIPTION, &row.description),
        credentials,
        no_test,
    };
    let changes = patch.name.is_some() || patch.description.is_some() || patch.credentials.is_some();
    changes.then(|| Request::ConnectionUpdate { id: row.id.to_string(), patch: Box::new(patch) })
}
