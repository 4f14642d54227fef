//! The named secrets: listed, fetched, exported, deleted; and a rotation's credentials.
//!
//! Whoever fetches the current version of a client secret is the evidence that its successor was reached, which the
//! retirement of the previous one waits for. Reading works even where nothing can be written.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::Uuid;

use super::events::Level;
use super::form::Form;
use super::model::nearest;
use super::refusal::{Kind, Refusal};
use super::request::{FolderQuery, Reply, VersionQuery};
use super::scheduler;
use super::shared::{About, Engine};
use super::view::{CredentialView, SecretRow, SecretView};
use crate::core::history::Actor;
use crate::core::name::{Environment, SecretName, SecretPath};
use crate::core::rotation::Status;
use crate::core::secret::{Credential, Secret, SecretKey, SecretVersion};
use crate::store::Change;

/// Lists names and versions, never values.
pub fn list(engine: &Engine, query: &FolderQuery) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let name_of = |id: Option<Uuid>| id.and_then(|id| model.rotations.get(&id)).map(|it| it.name.to_string());
    let row = |secret: &Secret| {
        let version = secret.current()?;
        Some(SecretRow {
            name: secret.key.name.to_string(),
            environment: secret.key.environment.to_string(),
            path: secret.key.path.to_string(),
            credential: secret.credential,
            rotation: name_of(secret.rotation),
            version: version.number,
            created_at: version.created_at,
            fetched_at: version.fetched_at,
        })
    };
    let within = folder(query)?;
    Ok(Reply::Secrets { secrets: model.secrets.values().filter(|it| within(&it.key)).filter_map(row).collect() })
}

fn folder(query: &FolderQuery) -> Result<impl Fn(&SecretKey) -> bool, Refusal> {
    let mut form = Form::default();
    let environment: Option<Environment> =
        query.environment.as_ref().and_then(|environment| form.read("environment", environment));
    let path: Option<SecretPath> = query.path.as_ref().and_then(|path| form.read("path", path));
    form.done()?;
    Ok(move |key: &SecretKey| {
        environment.as_ref().is_none_or(|wanted| key.environment == *wanted)
            && path.as_ref().is_none_or(|wanted| key.path == *wanted)
    })
}

fn place(name: &str, query: &VersionQuery) -> Result<SecretKey, Refusal> {
    let mut form = Form::default();
    let name: Option<SecretName> = form.read("name", name);
    let environment = form.read("environment", query.environment.as_deref().unwrap_or("prod"));
    let path = form.read("path", query.path.as_deref().unwrap_or("/"));
    form.done()?;
    match (name, environment, path) {
        (Some(name), Some(environment), Some(path)) => Ok(SecretKey { environment, path, name }),
        _ => Err(Refusal::invalid(Vec::new())),
    }
}

/// Fetches one value.
pub async fn get(engine: &Engine, name: &str, query: &VersionQuery, actor: &Actor) -> Result<Reply, Refusal> {
    let key = place(name, query)?;
    let view = {
        let model = engine.model.borrow();
        let secret = model.secrets.get(&key).ok_or_else(|| unknown(&model.secrets, &key))?;
        let version = match query.version {
            None => secret.current(),
            Some(number) => secret.version(number),
        };
        let version = version.ok_or_else(|| no_version(secret, query.version))?;
        let value = version.value.as_ref().ok_or_else(|| erased(secret, version))?;
        SecretView::of(secret, version, value)
    };
    engine.settled().await;
    fetched(engine, &[(key, view.version)], actor).await;
    Ok(Reply::Secret { secret: Box::new(view) })
}

fn unknown(secrets: &std::collections::BTreeMap<SecretKey, Secret>, key: &SecretKey) -> Refusal {
    let folder: Vec<&SecretKey> = secrets.keys().filter(|it| it.environment == key.environment).collect();
    let names: Vec<&str> = folder.iter().filter(|it| it.path == key.path).map(|it| it.name.as_str()).collect();
    let elsewhere = secrets.keys().find(|it| it.name == key.name);
    let hint = match elsewhere {
        Some(found) => {
            format!(
                "it is in --environment {} --path {}; `windlass secret list` shows all",
                found.environment, found.path
            )
        }
        None => nearest(key.name.as_str(), &names, "windlass secret list"),
    };
    Refusal::new(Kind::Unknown, format!("there is no secret {} in {}:{}", key.name, key.environment, key.path), hint)
}

fn no_version(secret: &Secret, number: Option<u32>) -> Refusal {
    let kept: Vec<String> = secret.versions.iter().map(|version| version.number.to_string()).collect();
    let message = format!("{} has no version {}", secret.key.name, number.unwrap_or_default());
    Refusal::new(Kind::Unknown, message, format!("kept are {}", kept.join(", ")))
}

fn erased(secret: &Secret, version: &SecretVersion) -> Refusal {
    let message = format!(
        "the value of version {} of {} is erased: its secret is deleted at Okta",
        version.number, secret.key.name
    );
    Refusal::new(Kind::Unknown, message, "leave --version out for the current one")
}

/// Fetches the current values of a folder.
pub async fn export(engine: &Engine, query: &FolderQuery, actor: &Actor) -> Result<Reply, Refusal> {
    let mut form = Form::default();
    let environment: Option<Environment> = form.read("environment", query.environment.as_deref().unwrap_or("prod"));
    let path: Option<SecretPath> = form.read("path", query.path.as_deref().unwrap_or("/"));
    form.done()?;
    let views: Vec<SecretView> = {
        let model = engine.model.borrow();
        let here = |key: &SecretKey| Some(&key.environment) == environment.as_ref() && Some(&key.path) == path.as_ref();
        let view = |secret: &Secret| {
            let version = secret.current()?;
            Some(SecretView::of(secret, version, version.value.as_ref()?))
        };
        model.secrets.values().filter(|secret| here(&secret.key)).filter_map(view).collect()
    };
    let place = |view: &SecretView| {
        let key = SecretKey { environment: environment.clone()?, path: path.clone()?, name: view.name.parse().ok()? };
        Some((key, view.version))
    };
    let places: Vec<(SecretKey, u32)> = views.iter().filter_map(place).collect();
    engine.settled().await;
    fetched(engine, &places, actor).await;
    Ok(Reply::Export { export: views })
}

/// A rotation's current and previous credentials, with their values.
pub async fn credentials(engine: &Engine, id: &str, actor: &Actor) -> Result<Reply, Refusal> {
    let (rotation_id, rows, place) = {
        let model = engine.model.borrow();
        let rotation = model.rotation_or_remains(id)?;
        let both = [rotation.current_secret(), rotation.previous_secret()].into_iter().flatten();
        // Of what was deleted by force, whatever may still be at Okta.
        let others = rotation.secrets.iter().filter(|secret| {
            rotation.is_remains() && secret.status != Status::Gone && both.clone().all(|known| known.key != secret.key)
        });
        let rows: Vec<CredentialView> = both
            .clone()
            .chain(others)
            .filter_map(|secret| {
                Some(CredentialView {
                    client_id: rotation.app.client_id.clone(),
                    client_secret: secret.value.clone()?,
                    secret_id: secret.okta_id.clone(),
                    status: secret.status,
                })
            })
            .collect();
        let place = model.published(rotation).map(|version| (rotation.client_secret_key(), version.number));
        (rotation.id, rows, place)
    };
    engine.settled().await;
    fetched(engine, place.as_slice(), actor).await;
    Ok(Reply::Credentials {
        generated_credentials: rows,
        active_index: 0,
        rotation_id,
        kind: "okta-client-secret".into(),
    })
}

/// Notes who was reached. What cannot be written is not noted, and keeps nobody from reading.
async fn fetched(engine: &Engine, places: &[(SecretKey, u32)], actor: &Actor) {
    let now = engine.clock.now();
    let hour = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let mut changes = Vec::new();
    let mut first = Vec::new();
    {
        let model = engine.model.borrow();
        for (key, number) in places {
            let Some(secret) = model.secrets.get(key) else { continue };
            let Some(changed) = noted(secret, *number, now, hour) else { continue };
            let news = secret.version(*number).is_some_and(|version| version.fetched_at.is_none());
            if news && secret.credential == Credential::ClientSecret {
                first.extend(secret.rotation);
            }
            changes.push(Change::PutSecret(Box::new(changed)));
        }
    }
    if changes.is_empty() || engine.write(changes).await.is_err() {
        return;
    }
    for rotation in first {
        engine.tell(Level::Info, "fetched", format!("{actor} fetched the current secret"), About::rotation(rotation));
        scheduler::reschedule(engine, rotation);
    }
}

/// The secret with its version noted as fetched; `None` where that is known for this hour already.
fn noted(secret: &Secret, number: u32, now: DateTime<Utc>, hour: DateTime<Utc>) -> Option<Secret> {
    let known = secret.version(number)?;
    if known.fetched_at.is_some() && known.last_fetched_at.is_some_and(|at| at >= hour) {
        return None;
    }
    let mut secret = secret.clone();
    let version = secret.versions.iter_mut().find(|version| version.number == number)?;
    version.fetched_at.get_or_insert(now);
    version.last_fetched_at = Some(hour);
    Some(secret)
}

/// Deletes a plain secret, or one version of it. One that a rotation keeps current is not plain.
pub async fn delete(engine: &Engine, name: &str, query: &VersionQuery) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let key = place(name, query)?;
    let (secret, row) = {
        let model = engine.model.borrow();
        let secret = model.secrets.get(&key).ok_or_else(|| unknown(&model.secrets, &key))?.clone();
        if let Some(rotation) = secret.rotation.and_then(|id| model.rotations.get(&id)) {
            let message = format!("{} is kept current by the rotation {}", key.name, rotation.name);
            let hint = format!(
                "delete the rotation first (`windlass rotation delete {}`); nothing was changed",
                rotation.name
            );
            return Err(Refusal::new(Kind::Conflict, message, hint));
        }
        let folder = FolderQuery { environment: Some(key.environment.to_string()), path: Some(key.path.to_string()) };
        let Reply::Secrets { mut secrets } = list(engine, &folder)? else { return Err(unknown(&model.secrets, &key)) };
        secrets.retain(|row| row.name == key.name.as_str());
        (secret, secrets)
    };
    let change = match query.version {
        None => Change::DropSecret(key.clone()),
        Some(number) => {
            if secret.version(number).is_none() {
                return Err(no_version(&secret, Some(number)));
            }
            let mut rest = secret;
            rest.versions.retain(|version| version.number != number);
            if rest.versions.is_empty() { Change::DropSecret(key.clone()) } else { Change::PutSecret(Box::new(rest)) }
        }
    };
    engine.write(vec![change]).await?;
    engine.tell(Level::Info, "secret", format!("the secret {key} was deleted"), About::default());
    Ok(Reply::Secrets { secrets: row })
}
