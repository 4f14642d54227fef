//! The apps of an org: all of them, page by page, or one with its secrets. Reads only; nothing is kept.

use std::collections::HashMap;

use super::okta;
use crate::core::cause::RequestCause;
use crate::core::protocol::call::{Holds, SeenApp, SeenSecret};
use crate::core::protocol::usable::{method_word, secretless, usable};
use crate::core::remedy::InRequest;
use crate::core::rotation::Status;
use crate::engine::body::{AppsQuery, Reply};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::view::{AppRow, ListedSecret};
use crate::okta::Client;

/// Where the list of apps stands at Okta. A page that is asked for must be one of it: the call carries our credential.
const LIST: &str = "/api/v1/apps?";

/// The org's apps, and which of them can be rotated: one page where pages are asked for, or all. Their secrets are not
/// counted: each would cost a call of the tightest limit.
pub async fn list(engine: &Engine, id: &str, query: AppsQuery) -> Result<Reply, Refusal> {
    let client = client(engine, id)?;
    if let Some(app) = &query.app {
        return show(engine, &client, app).await;
    }
    let (found, next) = if query.paged || query.after.is_some() {
        if query.after.as_ref().is_some_and(|after| !after.starts_with(LIST)) {
            return Err(Refusal::because(Kind::Invalid, RequestCause::NoSuchPage).and(InRequest::PassOnNext));
        }
        let page = okta::patiently(engine, async || client.apps(None, query.after.as_deref()).await).await?;
        (page.apps, page.next)
    } else {
        (client.all_apps(None).await.map_err(|fault| Refusal::from_fault(&fault))?, None)
    };
    let filter = query.filter.unwrap_or_default().to_lowercase();
    let wanted =
        |app: &SeenApp| [&app.label, &app.id, &app.client_id].iter().any(|text| text.to_lowercase().contains(&filter));
    let holders = holders(engine);
    let rows = found.into_iter().filter(wanted).map(|app| row(&holders, app, None)).collect();
    Ok(Reply::Apps { apps: rows, next })
}

/// One app with its secrets.
async fn show(engine: &Engine, client: &Client, app: &str) -> Result<Reply, Refusal> {
    let app = okta::patiently(engine, async || client.find_app(app).await).await?;
    let secrets = match usable(&app) {
        Ok(()) => Some(okta::secrets(client, &app.id).await?),
        Err(_) => None,
    };
    Ok(Reply::Apps { apps: vec![row(&holders(engine), app, secrets)], next: None })
}

fn client(engine: &Engine, id: &str) -> Result<Client, Refusal> {
    let connection = engine.model.borrow().connection(id)?.id;
    engine.client(connection).map_err(|fault| Refusal::from_fault(&fault))
}

/// Which rotation has which app.
fn holders(engine: &Engine) -> HashMap<String, String> {
    let model = engine.model.borrow();
    model.saved().map(|rotation| (rotation.app.id.clone(), rotation.name.to_string())).collect()
}

/// Why an app cannot be rotated as it stands, short enough for a column.
fn why_not(app: &SeenApp, secrets: Option<usize>) -> Option<String> {
    if let Some(what) = secretless(app) {
        return Some(format!("no client secret ({})", what.words()));
    }
    if app.status != "ACTIVE" {
        let status = if app.status.is_empty() { "of no status that Okta shows" } else { &app.status };
        return Some(format!("the app is {status}"));
    }
    secrets.filter(|count| *count >= 2).map(|_| "two secrets; say with --replace which may go".into())
}

fn row(holders: &HashMap<String, String>, app: SeenApp, secrets: Option<Vec<SeenSecret>>) -> AppRow {
    let rotation = holders.get(&app.id).cloned();
    let count = secrets.as_ref().map(Vec::len);
    let reason = match &rotation {
        Some(name) => Some(format!("rotated by {name}")),
        None => why_not(&app, count),
    };
    AppRow {
        auth_method: method_word(&app).into(),
        method_open: app.auth_method.is_open() && app.holds == Holds::Secrets,
        sign_on_mode: Some(app.sign_on).filter(|mode| !mode.is_empty()),
        id: app.id,
        label: app.label,
        client_id: app.client_id,
        client_id_hidden: app.client_id_hidden,
        status: app.status,
        secrets: count,
        listed: secrets.unwrap_or_default().into_iter().map(listed).collect(),
        rotation,
        rotatable: reason.is_none(),
        reason,
    }
}

/// The recorded apps as they are listed.
#[cfg(test)]
pub fn recorded() -> Vec<AppRow> {
    crate::okta::recorded::seen().into_iter().map(|app| row(&HashMap::new(), app, None)).collect()
}

fn listed(secret: SeenSecret) -> ListedSecret {
    ListedSecret {
        status: if secret.active { Status::Active } else { Status::Inactive },
        created_at: secret.created,
        readable: secret.value.is_some(),
        id: secret.id,
    }
}
