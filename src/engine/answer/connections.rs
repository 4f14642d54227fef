//! Connections: made and changed.
//!
//! A connection's credential is tested before it is saved, and is never shown.

use crate::engine::view::Note;
use uuid::Uuid;

use super::checkup::checkup;
use super::credential::{aws, change_auth, read_auth, read_ca, read_url};
use super::names::taken_name;
use crate::core::cause::{RequestCause, Thing};
use crate::core::connection::{App, Auth, Connection};
use crate::core::fault::Fault;
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::name::Slug;
use crate::core::remedy::{Automatic, OnConnection, Remedy};
use crate::core::rotation::Rotation;
use crate::core::target::State;
use crate::engine::body::{ConnectionBody, ConnectionPatch, Reply};
use crate::engine::form::Form;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::{self, Decided};
use crate::engine::state::notices::About;
use crate::engine::work::drift;
use crate::engine::work::health::{brake_changed, go_on, is_braked, probe_soon};
use crate::okta::Client;
use crate::store::Change;

/// Makes a connection, once it works.
pub async fn create(engine: &Engine, body: ConnectionBody, actor: &Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let mut form = Form::default();
    let mut notes = Vec::new();
    let name: Option<Slug> = form.read("name", &body.name);
    let description = form.read("description", body.description.as_deref().unwrap_or_default());
    let now = engine.clock.now();
    let app = App::of(&body.app);
    if app.is_none() {
        let known = App::ALL.map(App::as_str).join(", ");
        form.fault("app", format!("{:?} is nothing that a connection leads to; there are {known}", body.app));
    }
    let app = app.unwrap_or_default();
    let url = match body.credentials.instance_url.as_deref() {
        // That a region is none is said of the region.
        None if app == App::Aws => aws::address(&body.credentials, None),
        typed => read_url(&mut form, app, typed.unwrap_or_default(), &mut notes),
    };
    let auth = read_auth(&mut form, app, &body.method, &body.credentials, now, &mut notes);
    let ca = read_ca(&mut form, app, body.credentials.ca_certificate.as_deref(), None);
    form.done()?;
    let (Some(name), Some(description), Some(url), Some(auth)) = (name, description, url, auth) else {
        return Err(Refusal::invalid(Vec::new()));
    };
    free_name(engine, &name, None)?;
    let mut connection = Connection {
        id: Uuid::new_v4(),
        name,
        description,
        url,
        org_id: None,
        auth,
        ca,
        created_at: now,
        updated_at: now,
        version: 1,
        down: None,
        last_ok_at: None,
        refusals: 0,
    };
    let caller = engine.trial(&connection).map_err(|fault| Refusal::from_fault(&fault))?;
    if !body.no_test {
        let tested = checkup(&caller, &connection).await.map_err(|fault| untested(&fault))?;
        connection.org_id = tested.org_id.or(tested.account);
        notes.extend(tested.notes);
        connection.last_ok_at = Some(now);
    }
    free_name(engine, &connection.name, None)?;
    let id = connection.id;
    let (name, url) = (connection.name.to_string(), connection.url.to_string());
    let made = Deed::ConnectionCreated { name, url, untested: body.no_test };
    decided(engine, id, vec![Change::PutConnection(Box::new(connection))], made, actor).await?;
    engine.renew_caller(id, Some(caller));
    drift::plan_check(engine, id);
    reply(engine, id, notes)
}

/// Writes what someone decided about a connection.
pub async fn decided(
    engine: &Engine,
    id: Uuid,
    changes: Vec<Change>,
    deed: Deed,
    actor: &Actor,
) -> Result<(), Refusal> {
    let gone = matches!(changes.as_slice(), [Change::DropConnection(_)]);
    let about = if gone { About { gone: Some(id), ..About::default() } } else { About::connection(id) };
    decisions::write(engine, changes, Decided { deed, actor }, Some(id), about).await
}

/// A failed test says that nothing was saved. Whoever reads it has the credential in hand, and needs no command to give it.
fn untested(fault: &Fault) -> Refusal {
    let mut refusal = Refusal::from_fault(fault);
    for remedy in &mut refusal.problem.remedies {
        if let Remedy::OnConnection(OnConnection::GiveToken { known } | OnConnection::GiveKey { known }) = remedy {
            *known = false;
        }
    }
    refusal.and(Automatic::NothingSaved)
}

fn free_name(engine: &Engine, name: &Slug, but: Option<Uuid>) -> Result<(), Refusal> {
    let model = engine.model.borrow();
    let taken = model.connections.values().any(|known| known.name == *name && Some(known.id) != but);
    if taken { Err(taken_name(Thing::Connection, name)) } else { Ok(()) }
}

pub fn reply(engine: &Engine, id: Uuid, notes: Vec<Note>) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let connection = model.connection(&id.to_string())?;
    Ok(Reply::Connection { app_connection: Box::new(model.connection_view(connection)), notes })
}

/// Shows one.
pub fn show(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let connection = model.connection(id)?;
    Ok(Reply::Connection { app_connection: Box::new(model.connection_view(connection)), notes: Vec::new() })
}

/// Shows those that lead to an app, or all, by name.
pub fn list(engine: &Engine, app: &str) -> Reply {
    let model = engine.model.borrow();
    let wanted = model.connections.values().filter(|it| app.is_empty() || it.auth.app().as_str() == app);
    let mut rows: Vec<_> = wanted.map(|connection| model.connection_view(connection)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Reply::Connections { app_connections: rows }
}

/// Changes one. A new credential or URL is tested before it replaces the old; a URL must be the same org's.
pub async fn update(engine: &Engine, id: &str, patch: ConnectionPatch, actor: &Actor) -> Result<Reply, Refusal> {
    engine.may_fix()?;
    let old = engine.model.borrow().connection(id)?.clone();
    let mut new = old.clone();
    let mut form = Form::default();
    let mut notes = Vec::new();
    if let Some(name) = &patch.name {
        new.name = form.read("name", name).unwrap_or(new.name);
    }
    if let Some(description) = &patch.description {
        new.description = form.read("description", description).unwrap_or(new.description);
    }
    let credentials = patch.credentials.unwrap_or_default();
    if let Some(url) = &credentials.instance_url {
        new.url = read_url(&mut form, old.auth.app(), url, &mut notes).unwrap_or(new.url);
    } else if let Auth::Aws(aws) = &old.auth {
        new.url = aws::address(&credentials, Some((&old.url, aws))).unwrap_or(new.url);
    }
    let renewed = change_auth(&mut form, &old.auth, &credentials, engine.clock.now(), &mut notes);
    new.ca = read_ca(&mut form, old.auth.app(), credentials.ca_certificate.as_deref(), old.ca.clone());
    let changed = renewed.is_some() || new.ca != old.ca;
    new.auth = renewed.unwrap_or(new.auth);
    form.done()?;
    free_name(engine, &new.name, Some(old.id))?;
    let moved = new.url != old.url;
    let mut caller = None;
    if moved || changed {
        let trial = engine.trial(&new).map_err(|fault| Refusal::from_fault(&fault))?;
        if moved && let Some(client) = trial.okta() {
            same_org(engine, &old, client).await?;
        }
        if !patch.no_test {
            let tested = checkup(&trial, &Connection { last_ok_at: None, ..new.clone() })
                .await
                .map_err(|fault| untested(&fault))?;
            new.org_id = tested.org_id.or(tested.account).or(new.org_id);
            notes.extend(tested.notes);
            new.last_ok_at = Some(engine.clock.now());
            (new.down, new.refusals) = (None, 0);
        }
        caller = Some(trial);
    }
    {
        // Calls may have taught something about it during the test.
        let model = engine.model.borrow();
        let known = model.connections.get(&old.id).ok_or_else(|| {
            Refusal::because(Kind::Unknown, RequestCause::Unknown { what: Thing::Connection, name: id.to_owned() })
        })?;
        if known.version != old.version {
            let refusal = Refusal::because(Kind::Conflict, RequestCause::ConnectionChanged);
            let refusal = refusal.and(OnConnection::ShowConnection).and(Automatic::NothingChanged);
            return Err(refusal.of_connection(&known.name));
        }
        if caller.is_none() {
            (new.down, new.last_ok_at) = (known.down.clone(), known.last_ok_at);
        }
        if caller.is_none() || patch.no_test {
            new.refusals = known.refusals;
        }
    }
    free_name(engine, &new.name, Some(old.id))?;
    new.version += 1;
    new.updated_at = engine.clock.now();
    let (id, up) = (new.id, new.down.is_none());
    let braked = is_braked(engine, id);
    let what = edited(&old, &new, changed);
    // Another server has none of what was delivered to the one before.
    let other_account = old.org_id.is_some() && new.org_id != old.org_id;
    let elsewhere = moved || other_account || part(&new) != part(&old);
    let forgotten = if elsewhere { forget_targets(engine, id) } else { Vec::new() };
    let changes = std::iter::once(Change::PutConnection(Box::new(new))).chain(forgotten).collect();
    decided(engine, id, changes, what, actor).await?;
    if caller.is_some() {
        engine.renew_caller(id, caller);
        drift::plan_check(engine, id);
    }
    brake_changed(engine, id, braked);
    if up {
        go_on(engine, id);
    } else {
        probe_soon(engine, id);
    }
    reply(engine, id, notes)
}

/// The part of a server that its calls are for.
fn part(connection: &Connection) -> Option<&str> {
    match &connection.auth {
        Auth::HashicorpVault(vault) => vault.namespace.as_deref(),
        Auth::Aws(aws) => Some(&aws.region),
        _ => None,
    }
}

/// The targets of a connection as they are before anything was delivered: what was known of the server before says nothing of
/// this one.
fn forget_targets(engine: &Engine, id: Uuid) -> Vec<Change> {
    let model = engine.model.borrow();
    let of = |rotation: &&Rotation| rotation.targets.iter().any(|target| target.connection_id == Some(id));
    let forgotten = model.saved().filter(of).cloned().map(|mut rotation| {
        for target in rotation.targets.iter_mut().filter(|target| target.connection_id == Some(id)) {
            target.state = State::default();
        }
        Change::PutRotation(Box::new(rotation))
    });
    forgotten.collect()
}

/// What was changed.
fn edited(old: &Connection, new: &Connection, credential: bool) -> Deed {
    Deed::ConnectionChanged {
        name: old.name.to_string(),
        new_name: (old.name != new.name).then(|| new.name.to_string()),
        url: (old.url != new.url).then(|| new.url.to_string()),
        credential,
        description: old.description != new.description,
    }
}

/// Refuses a URL of another org: its apps are other apps, and our secrets are not there.
async fn same_org(engine: &Engine, old: &Connection, trial: &Client) -> Result<(), Refusal> {
    let used = engine.model.borrow().rotations.values().any(|rotation| rotation.connection_id == old.id);
    if !used {
        return Ok(());
    }
    let there = trial.organization().await.map_err(|fault| Refusal::from_fault(&fault))?;
    let (cause, next) = match &old.org_id {
        Some(known) if *known == there.id => return Ok(()),
        Some(known) => (RequestCause::OtherOrg { there: there.id, known: known.clone() }, OnConnection::NewConnection),
        None => (RequestCause::OrgNotKnown, OnConnection::TestOldUrl),
    };
    Err(Refusal::because(Kind::Conflict, cause).and(next).and(Automatic::NothingChanged))
}
