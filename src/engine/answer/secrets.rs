//! The named secrets: listed, read, exported, deleted; and a rotation's credentials.
//!
//! A read by itself counts as no fetch and writes nothing, so it works even where nothing can be written. That the
//! current version of a client secret reached a consumer is acknowledged apart: the retirement of the previous one
//! waits for that.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::core::cause::{RequestCause, Thing};
use crate::core::consumer::{self, Caller};
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::name::{Environment, SecretName, SecretPath, Slug};
use crate::core::remedy::{Automatic, InRequest, OnRotation};
use crate::core::rotation::{OktaSecret, Status};
use crate::core::secret::{Credential, Secret, SecretKey, SecretVersion};
use crate::engine::body::{Acknowledgement, FolderQuery, ReadVersion, Reply, VersionQuery, reader};
use crate::engine::events::notice::Notice;
use crate::engine::form::Form;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::{self, Decided};
use crate::engine::state::notices::About;
use crate::engine::state::records::nearest;
use crate::engine::view::{CredentialView, SecretRow, SecretView};
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

/// Reads one value.
pub fn get(engine: &Engine, name: &str, query: &VersionQuery) -> Result<Reply, Refusal> {
    let key = place(name, query)?;
    let model = engine.model.borrow();
    let secret = model.secrets.get(&key).ok_or_else(|| unknown(&model.secrets, &key))?;
    let version = match query.version {
        None => secret.current(),
        Some(number) => secret.version(number),
    };
    let version = version.ok_or_else(|| no_version(secret, query.version))?;
    let value = version.value.as_ref().ok_or_else(|| erased(secret, version))?;
    Ok(Reply::Secret { secret: Box::new(SecretView::of(secret, version, value)) })
}

fn unknown(secrets: &BTreeMap<SecretKey, Secret>, key: &SecretKey) -> Refusal {
    let folder: Vec<&SecretKey> = secrets.keys().filter(|it| it.environment == key.environment).collect();
    let names: Vec<&str> = folder.iter().filter(|it| it.path == key.path).map(|it| it.name.as_str()).collect();
    let elsewhere = secrets.keys().find(|it| it.name == key.name);
    let next = match elsewhere {
        Some(found) => InRequest::InFolder { environment: found.environment.to_string(), path: found.path.to_string() },
        None => nearest(Thing::Secret, key.name.as_str(), &names),
    };
    let (environment, path) = (key.environment.to_string(), key.path.to_string());
    Refusal::because(Kind::Unknown, RequestCause::NoSecret { name: key.name.to_string(), environment, path }).and(next)
}

fn no_version(secret: &Secret, number: Option<u32>) -> Refusal {
    let kept = secret.versions.iter().map(|version| version.number).collect();
    let cause = RequestCause::NoVersion { name: secret.key.name.to_string(), version: number.unwrap_or_default() };
    Refusal::because(Kind::Unknown, cause).and(InRequest::VersionsKept(kept))
}

fn erased(secret: &Secret, version: &SecretVersion) -> Refusal {
    let cause = RequestCause::Erased { name: secret.key.name.to_string(), version: version.number };
    Refusal::because(Kind::Unknown, cause).and(InRequest::LeaveVersionOut)
}

/// Reads the current values of a folder.
pub fn export(engine: &Engine, query: &FolderQuery) -> Result<Reply, Refusal> {
    let mut form = Form::default();
    let environment: Option<Environment> = form.read("environment", query.environment.as_deref().unwrap_or("prod"));
    let path: Option<SecretPath> = form.read("path", query.path.as_deref().unwrap_or("/"));
    form.done()?;
    let model = engine.model.borrow();
    let here = |key: &SecretKey| Some(&key.environment) == environment.as_ref() && Some(&key.path) == path.as_ref();
    let view = |secret: &Secret| {
        let version = secret.current()?;
        Some(SecretView::of(secret, version, version.value.as_ref()?))
    };
    let export = model.secrets.values().filter(|secret| here(&secret.key)).filter_map(view).collect();
    Ok(Reply::Export { export })
}

/// A rotation's current and previous credentials, with their values.
pub fn credentials(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotation = model.rotation_or_remains(id)?;
    let both = [rotation.current_secret(), rotation.previous_secret()].into_iter().flatten();
    // Of what was deleted by force, whatever may still be at Okta.
    let others = rotation.secrets.iter().filter(|secret| {
        rotation.is_remains() && secret.status != Status::Gone && both.clone().all(|known| known.key != secret.key)
    });
    let row = |secret: &OktaSecret| {
        Some(CredentialView {
            client_id: rotation.app.client_id.clone(),
            client_secret: secret.value.clone()?,
            secret_id: secret.okta_id.clone(),
            status: secret.status,
        })
    };
    Ok(Reply::Credentials {
        generated_credentials: both.clone().chain(others).filter_map(row).collect(),
        active_index: 0,
        rotation_id: rotation.id,
        kind: "okta-client-secret".into(),
    })
}

/// Notes that these versions reached a consumer. One that is gone by now, or another one under its name, is passed over.
pub async fn acknowledge(engine: &Engine, read: &Acknowledgement, actor: &Actor) -> Result<Reply, Refusal> {
    let reader = reader(read.reader.as_deref())?;
    let places = read.secrets.iter().map(of_version).collect::<Result<Vec<_>, _>>()?;
    let now = engine.clock.now();
    let caller = read.caller.clone().unwrap_or_else(|| Caller { user: actor.user.clone(), ..Caller::default() });
    let mut changed = BTreeMap::new();
    let mut acknowledged = 0;
    let (mut news, mut reached) = (false, Vec::new());
    {
        let model = engine.model.borrow();
        for (key, read) in &places {
            let Some(secret) = changed.get(key).or_else(|| model.secrets.get(key)) else { continue };
            let Some(version) = secret.version(read.version) else { continue };
            if read.created_at.is_some_and(|at| at != version.created_at) {
                continue;
            }
            acknowledged += 1;
            let (first, noted) = noted(secret, read.version, reader.as_ref(), &caller, now);
            news |= first;
            if first && secret.credential == Credential::ClientSecret {
                reached.extend(secret.rotation);
            }
            changed.extend(noted.map(|noted| (key, noted)));
        }
    }
    if !changed.is_empty() {
        let changes = changed.into_values().map(|secret| Change::PutSecret(Box::new(secret))).collect();
        let written = match engine.may_act() {
            Ok(()) => engine.write(changes).await,
            refused => refused,
        };
        // When it was last fetched is of no consequence.
        written.or_else(|refusal| if news { Err(refusal) } else { Ok(()) })?;
    }
    for rotation in reached {
        let name = reader.as_ref().map(ToString::to_string).or_else(|| caller.fetched_for.clone());
        let notice = Notice::Fetched { actor: actor.clone(), reader: name };
        engine.report(notice, About::rotation(rotation));
    }
    Ok(Reply::Acknowledged { acknowledged })
}

fn of_version(read: &ReadVersion) -> Result<(SecretKey, &ReadVersion), Refusal> {
    let query = VersionQuery { environment: read.environment.clone(), path: read.path.clone(), version: None };
    Ok((place(&read.name, &query)?, read))
}

/// Whether this is a consumer's first fetch of a version, and the secret with it noted; `None` where that is known for this
/// minute already. Who fetches is kept of client secrets alone: they are what others wait for.
fn noted(
    secret: &Secret,
    number: u32,
    claimed: Option<&Slug>,
    caller: &Caller,
    now: DateTime<Utc>,
) -> (bool, Option<Secret>) {
    let mut secret = secret.clone();
    let named = secret.credential == Credential::ClientSecret;
    let Some(version) = secret.versions.iter_mut().find(|version| version.number == number) else {
        return (false, None);
    };
    let first = version.fetched_at.is_none();
    let known = version.fetches.len();
    let noted = if named {
        let name = consumer::known_as(&version.fetches, claimed, caller);
        let dismissed = &mut secret.dismissed;
        let back = dismissed.len();
        // One that was dismissed and fetches again is waited for again.
        dismissed.retain(|it| it.consumer != name);
        consumer::note(&mut version.fetches, claimed, caller, now) || dismissed.len() < back
    } else {
        version.last_fetched_at.is_none_or(|at| consumer::minute(at) < consumer::minute(now))
    };
    let first = first || version.fetches.len() > known;
    version.fetched_at.get_or_insert(now);
    version.last_fetched_at = version.last_fetched_at.max(Some(now));
    (first, noted.then_some(secret))
}

/// Deletes a plain secret, or one version of it. One that a rotation keeps current is not plain.
pub async fn delete(engine: &Engine, name: &str, query: &VersionQuery, actor: &Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let key = place(name, query)?;
    let (secret, row) = {
        let model = engine.model.borrow();
        let secret = model.secrets.get(&key).ok_or_else(|| unknown(&model.secrets, &key))?.clone();
        if let Some(rotation) = secret.rotation.and_then(|id| model.rotations.get(&id)) {
            let cause = RequestCause::KeptCurrent { name: key.name.to_string(), rotation: rotation.name.to_string() };
            let refusal = Refusal::because(Kind::Conflict, cause).and(OnRotation::DeleteRotationFirst);
            return Err(refusal.and(Automatic::NothingChanged).of_rotation(&rotation.name));
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
    let decided = Decided { deed: Deed::SecretDeleted { key: key.to_string(), version: query.version }, actor };
    decisions::write(engine, vec![change], decided, None, About::default()).await?;
    Ok(Reply::Secrets { secrets: row })
}
