//! The fields of a connection, their rules, and the request that is made of them.

use crate::core::name::{BadName, Description, OrgUrl, Slug};
use crate::core::secret::SecretValue;
use crate::engine::request::{ConnectionBody, ConnectionPatch, CredentialsBody, CredentialsPatch, Request};
use crate::engine::view::ConnectionView;
use crate::tui::forms::connection::{Connect, is_empty};
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::secret::Secret;
use crate::tui::forms::form::{Field, Page};

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
    let known = |text: fn(&ConnectionView) -> &str| Input::text(edits.map_or("", text));
    let mut items = vec![
        Field::new(
            "name",
            "name",
            "1 to 64 of a-z, 0-9 and hyphen: how the org is called here.",
            known(|row| &row.name),
        ),
        Field::new(
            "instanceUrl",
            "org URL",
            "As the browser shows it after signing in, such as https://acme.okta.com: without -admin, or your own domain.",
            known(|row| &row.credentials.instance_url),
        ),
    ];
    let choice = Field::new(
        "method",
        "signs in with",
        "A service app has only the scopes that it is given; a token can do whatever its user can, and ends with 30 days of \
         silence.",
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
            items.push(Field::new("apiToken", "API token", help, Input::Secret(Secret::default())));
        }
        Method::ServiceApp => {
            let help = "Of the API services app at Okta, 0oa…: it needs the scopes okta.apps.read and okta.apps.manage, and a role \
                        over the apps.";
            let id = known(|row| row.credentials.client_id.as_deref().unwrap_or_default());
            items.push(Field::new("clientId", "client id", help, id));
            let help = if kept {
                "A new key, tested before it replaces the old one: PEM, or a JWK. Empty: the old one stays."
            } else {
                "The private key as PEM (RSA or EC), or as a JWK; pasted with its lines. Its public half is registered at Okta."
            };
            items.push(Field::new("privateKey", "private key", help, Input::Secret(Secret::default())));
            let help =
                "Okta's id of that key (kid), where the key does not bring it along; empty where the app has one key.";
            items.push(Field::new(
                "keyId",
                "key id",
                help,
                known(|row| row.key.as_ref().and_then(|key| key.key_id.as_deref()).unwrap_or_default()),
            ));
        }
    }
    items.push(Field::new(
        "file",
        "or from a file",
        "A file on this machine that holds it and nothing else, such as ~/okta.token; it is read once.",
        Input::Path(crate::tui::widgets::text_input::TextInput::default()),
    ));
    items.push(Field::new(
        "description",
        "description",
        "Whose it is, whom to tell: up to 256 characters, or nothing.",
        known(|row| &row.description),
    ));
    Page { title: "Connection", items, next: "Test and save" }
}

/// What is wrong with what was typed.
pub fn faults(connect: &Connect) -> Vec<(String, String)> {
    let form = &connect.form;
    let mut faults = Vec::new();
    let mut bad = |name: &str, fault: String| faults.push((name.to_owned(), fault));
    if let Err(BadName(fault)) = form.typed("name").parse::<Slug>() {
        bad("name", fault);
    }
    if let Err(fault) = OrgUrl::read(form.typed("instanceUrl")) {
        bad("instanceUrl", format!("{}; {}", fault.message, fault.hint));
    }
    if form.get("clientId").is_some() && is_empty(form, "clientId") {
        bad("clientId", "the id of the API services app, 0oa…".into());
    }
    if let Err(BadName(fault)) = form.typed("description").parse::<Description>() {
        bad("description", fault);
    }
    let credential = if form.get("privateKey").is_some() { "privateKey" } else { "apiToken" };
    match (is_empty(form, credential), is_empty(form, "file")) {
        (true, true) if !keeps(connect) => bad(credential, "paste it here, or name a file below".into()),
        (false, false) => bad("file", "there is one typed above already: leave one of the two empty".into()),
        _ => {}
    }
    faults
}

/// Whether the credential that is there can be left as it is: it is of the kind that is chosen.
fn keeps(connect: &Connect) -> bool {
    let chosen = Method::at(connect.form.choice("method"));
    connect.edits.as_ref().is_some_and(|row| Method::of(&row.method) == chosen)
}

/// What is wrong with one field that was left. That a credential is missing is told once it is needed.
pub fn fault(connect: &Connect, name: &str) -> Option<String> {
    let late = ["apiToken", "privateKey", "file"];
    let found = faults(connect).into_iter().find(|(field, _)| field == name);
    found.map(|(_, fault)| fault).filter(|_| !late.contains(&name) && !is_empty(&connect.form, name))
}

/// The field that the API's name for it means.
pub fn home(name: &str) -> &str {
    name.strip_prefix("credentials.").unwrap_or(name)
}

/// The request; `None` where nothing is changed.
pub fn request(connect: &Connect, from_file: Option<SecretValue>, no_test: bool) -> Option<Request> {
    let form = &connect.form;
    let typed = |name: &str| form.typed(name).to_owned();
    let some = |name: &str| Some(typed(name)).filter(|text| !text.is_empty());
    let secret = |name: &str| match form.get(name).map(|item| &item.input) {
        Some(Input::Secret(secret)) => secret.value(),
        _ => None,
    };
    let service = form.get("privateKey").is_some();
    let credential = from_file.or_else(|| secret(if service { "privateKey" } else { "apiToken" }));
    let (token, key) = if service { (None, credential) } else { (credential, None) };
    let Some(row) = &connect.edits else {
        let body = ConnectionBody {
            name: typed("name"),
            method: if service { "oauth-service-app" } else { "api-token" }.into(),
            description: Some(typed("description")),
            credentials: CredentialsBody {
                instance_url: typed("instanceUrl"),
                api_token: token,
                client_id: some("clientId"),
                private_key: key,
                key_id: some("keyId"),
            },
            no_test,
        };
        return Some(Request::ConnectionCreate(Box::new(body)));
    };
    let other = |name: &str, known: &str| Some(typed(name)).filter(|new| new != known);
    let url = other("instanceUrl", &row.credentials.instance_url);
    let known = &row.credentials;
    let (id, kid) = if service {
        let kid = other("keyId", row.key.as_ref().and_then(|key| key.key_id.as_deref()).unwrap_or_default())
            .filter(|kid| !kid.is_empty());
        (other("clientId", known.client_id.as_deref().unwrap_or_default()), kid)
    } else {
        (None, None)
    };
    let changes = url.is_some() || token.is_some() || key.is_some() || id.is_some() || kid.is_some();
    let credentials = changes.then_some(CredentialsPatch {
        instance_url: url,
        api_token: token,
        client_id: id,
        private_key: key,
        key_id: kid,
    });
    let patch = ConnectionPatch {
        name: other("name", &row.name),
        description: other("description", &row.description),
        credentials,
        no_test,
    };
    let changes = patch.name.is_some() || patch.description.is_some() || patch.credentials.is_some();
    changes.then(|| Request::ConnectionUpdate { id: row.id.to_string(), patch: Box::new(patch) })
}
