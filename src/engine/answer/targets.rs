//! Targets listed, made, changed, and looked at.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::names::taken_name;
use crate::core::cause::{TargetCause, Thing};
use crate::core::connection::App;
use crate::core::fault::Fault;
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::name::Slug;
use crate::core::remedy::{Automatic, InRequest, OnTarget};
use crate::core::rotation::Rotation;
use crate::core::secret::Credential;
use crate::core::target::destination::SecretsManager;
use crate::core::target::document::hashes;
use crate::core::target::found::Found;
use crate::core::target::judge::{Seen, judge, leftovers};
use crate::core::target::{Destination, Drift, Keys, Target, machine};
use crate::delivery::file::same_as;
use crate::engine::body::{Reply, TargetBody, TargetPatch, TargetsQuery};
use crate::engine::form::Form;
use crate::engine::form::target::asked::{Asked, after, asked, drift, settle};
use crate::engine::form::target::{destination, keys};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::{Decided, note};
use crate::engine::state::records::{Model, unknown};
use crate::engine::view::{TargetPlanView, TargetView};
use crate::engine::work::deliver;
use crate::store::Change;

/// A target by its id, or by its rotation's name and its own: `payments/pay-file`.
pub fn find<'a>(model: &'a Model, id: &str) -> Result<(&'a Rotation, &'a Target), Refusal> {
    if let Some((rotation, name)) = id.split_once('/') {
        let rotation = model.rotation(rotation)?;
        let found = rotation.target(name).map(|target| (rotation, target));
        return found.ok_or_else(|| {
            let names: Vec<&str> = rotation.targets.iter().map(|it| it.name.as_str()).collect();
            unknown(Thing::Target, name, &names).of_rotation(&rotation.name)
        });
    }
    let uuid: Option<Uuid> = id.parse().ok();
    let all = || model.saved().flat_map(|rotation| rotation.targets.iter().map(move |target| (rotation, target)));
    let found: Vec<_> = all().filter(|(_, target)| Some(target.id) == uuid || target.name.as_str() == id).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let names: Vec<String> =
                all().map(|(rotation, target)| format!("{}/{}", rotation.name, target.name)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            Err(unknown(Thing::Target, id, &names))
        }
        [(rotation, target), ..] => {
            let cause = TargetCause::SharedName { name: id.to_owned() };
            let refusal = Refusal::because(Kind::Invalid, cause);
            Err(refusal.and(OnTarget::NameWhole { example: format!("{}/{}", rotation.name, target.name) }))
        }
    }
}

/// All targets, or those of a rotation.
pub fn list(engine: &Engine, query: &TargetsQuery) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotations: Vec<&Rotation> = match &query.rotation {
        Some(id) => vec![model.rotation(id)?],
        None => model.saved().collect(),
    };
    let views = rotations.iter().flat_map(|rotation| rotation.targets.iter().map(|it| TargetView::of(it, rotation)));
    let mut targets: Vec<TargetView> = views.collect();
    targets.sort_by(|a, b| (&a.rotation_name, &a.name).cmp(&(&b.rotation_name, &b.name)));
    Ok(Reply::Targets { secret_syncs: targets })
}

/// One.
pub fn show(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let (rotation, target) = find(&model, id)?;
    Ok(Reply::Target { secret_sync: Box::new(TargetView::of(target, rotation)) })
}

/// Makes one; it is delivered to at once, by itself.
pub async fn create(engine: &Engine, body: TargetBody, actor: &Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let rotation = engine.model.borrow().rotation(&body.rotation)?.clone();
    let mut form = Form::default();
    let read = asked(&mut form, &body, || mapped(&rotation));
    let app = read.as_ref().and_then(|read| read.destination.app());
    let connection_id = connection(engine, app, body.connection_id.as_deref())?;
    form.done()?;
    let Some(Asked { destination, name, keys, settle, drift, after }) = read else {
        return Err(Refusal::invalid(Vec::new()));
    };
    let name = name.unwrap_or_else(|| made_name(&rotation, &destination));
    let made = Target::new(Uuid::new_v4(), name, destination, keys, engine.clock.now());
    let target = Target { connection_id, gates: body.gates.unwrap_or(true), settle, drift, after, ..made };
    may_make(&target, actor)?;
    let same = same_files(engine, &target).await;
    is_free(&engine.model.borrow(), &rotation, &target, &same)?;
    if body.dry_run {
        return Ok(Reply::TargetPlan { target_plan: Box::new(look(engine, &rotation, &target).await.0) });
    }
    let id = target.id;
    let deed = Deed::TargetCreated { target: target.name.to_string(), place: target.destination.to_string() };
    put(engine, rotation.id, deed, actor, |rotation| rotation.targets.push(target)).await?;
    show(engine, &id.to_string())
}

/// The connection that leads to an app, where there is one to look for.
fn connection(engine: &Engine, app: Option<App>, given: Option<&str>) -> Result<Option<Uuid>, Refusal> {
    let Some((app, given)) = app.zip(given) else { return Ok(None) };
    let id = engine.model.borrow().connection(given)?.id;
    engine.server(id, app).map_err(|fault| Refusal::from_fault(&fault).of_connection(&given))?;
    Ok(Some(id))
}

/// Changes one. What is delivered in another way then is delivered anew.
pub async fn update(engine: &Engine, id: &str, patch: TargetPatch, actor: &Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let (rotation, old) = {
        let model = engine.model.borrow();
        let (rotation, target) = find(&model, id)?;
        (rotation.clone(), target.clone())
    };
    let mut form = Form::default();
    let mut new = old.clone();
    if let Some(name) = &patch.name {
        new.name = form.read("name", name).unwrap_or(new.name);
    }
    let kind = old.destination.kind();
    let place = destination(&mut form, kind, &patch.destination_config, Some(&old.destination));
    new.destination = place.unwrap_or(new.destination);
    if patch.keys.is_some() || new.destination != old.destination {
        let given = patch.keys.as_ref().filter(|given| !given.is_empty());
        // None at all: those that it is published under again.
        let otherwise = || if patch.keys.is_some() { mapped(&rotation) } else { old.keys.clone() };
        new.keys = keys(&mut form, given, Some(&new.destination), otherwise).unwrap_or(new.keys);
    }
    new.gates = patch.gates.unwrap_or(old.gates);
    new.settle = settle(&mut form, patch.settle_seconds.unwrap_or(old.settle));
    new.drift = drift(&mut form, patch.drift.as_deref(), old.drift);
    new.after = after(&mut form, patch.after.unwrap_or_else(|| old.after.clone()));
    form.done()?;
    if (&new.destination, &new.after) != (&old.destination, &old.after) {
        may_make(&new, actor)?;
    }
    let same = same_files(engine, &new).await;
    is_free(&engine.model.borrow(), &rotation, &new, &same)?;
    if new == old {
        return show(engine, &old.id.to_string());
    }
    let anew = (&new.destination, &new.keys) != (&old.destination, &old.keys);
    let deed = Deed::TargetChanged { target: new.name.to_string() };
    put(engine, rotation.id, deed, actor, |rotation| {
        if let Some(known) = rotation.targets.iter_mut().find(|it| it.id == new.id) {
            // How far it has come may have changed meanwhile. What is out was for what it was before, and counts for nothing.
            let mut state = if anew { machine::resume(known).state } else { known.state.clone() };
            if anew {
                (state.confirmed, state.written, state.fault, state.wake_at) = (None, None, None, None);
            }
            *known = Target { state, leaving: known.leaving, ..new };
        }
    })
    .await?;
    show(engine, &old.id.to_string())
}

/// Looks at the place, and says what a delivery would do.
pub async fn plan(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let (rotation, target) = {
        let model = engine.model.borrow();
        let (rotation, target) = find(&model, id)?;
        (rotation.clone(), target.clone())
    };
    Ok(Reply::TargetPlan { target_plan: Box::new(look(engine, &rotation, &target).await.0) })
}

/// A look at the place of a target, which need not exist yet; and the hashes of what is there.
pub async fn look(
    engine: &Engine,
    rotation: &Rotation,
    target: &Target,
) -> (TargetPlanView, Option<BTreeMap<String, String>>) {
    let (wanted, unwritable) = match deliver::wanted(&engine.model.borrow(), rotation, target) {
        Ok(wanted) => (wanted, None),
        Err(fault) => (None, Some(fault)),
    };
    let mut plan = TargetPlanView {
        rotation: rotation.name.to_string(),
        target: target.name.to_string(),
        destination: target.destination.kind().into(),
        place: target.destination.place(),
        found: None,
        version: wanted.as_ref().map(|wanted| wanted.version),
        writes: Vec::new(),
        removes: Vec::new(),
        after: target.after.clone(),
        gates: target.gates,
        fault: unwritable,
        seen: None,
    };
    let Some(wanted) = wanted else { return (plan, None) };
    let place = deliver::place(engine, rotation, target, &wanted);
    let read = match place {
        Ok(place) => deliver::heard(engine, target, place.read().await).await,
        Err(fault) => Err(fault),
    };
    match read {
        Ok(seen) => {
            let found =
                if target.destination.is_blind() { Found::Unknown } else { judge(&seen, &wanted, &target.state) };
            plan.fault = in_the_way(target, &found);
            if found != (Found::Current { tidy: true }) {
                let differs = |(key, value): &(&String, &_)| seen.values.get(*key) != Some(*value);
                plan.writes = wanted.document.iter().filter(differs).map(|(key, _)| key.clone()).collect();
            }
            plan.removes = leftovers(&seen, &wanted, &target.state).into_keys().collect();
            plan.found = Some(found);
            plan.seen = Some(mark(target.id, &seen));
            (plan, Some(hashes(&seen.values)))
        }
        Err(fault) => {
            plan.fault = Some(Fault { problem: fault.problem.of_rotation(&rotation.name), ..fault });
            (plan, None)
        }
    }
}

/// What keeps a delivery from overwriting what is there.
fn in_the_way(target: &Target, found: &Found) -> Option<Fault> {
    let place = target.destination.to_string();
    let cause = match found.clone() {
        Found::Foreign { keys } => TargetCause::Foreign { place, keys },
        Found::Clash { target } => TargetCause::Clash { place, target },
        Found::Drifted { keys } if target.drift == Drift::Attend => TargetCause::Drifted { place, keys, again: false },
        _ => return None,
    };
    Some(Fault::precondition(cause).and(OnTarget::adopt(&target.name)))
}

/// What was seen, in a few letters: of two that are the same the same.
fn mark(target: Uuid, seen: &Seen) -> String {
    // With the id: the mark of a weak value is not the same everywhere.
    let mut digest = Sha256::new_with_prefix(target.as_bytes());
    for (key, hash) in hashes(&seen.values) {
        digest.update(format!("{key}\n{hash}\n"));
    }
    URL_SAFE_NO_PAD.encode(&digest.finalize()[..9])
}

/// The mapped names, each with what it holds.
fn mapped(rotation: &Rotation) -> Keys {
    let mapping = &rotation.mapping;
    Keys::from([
        (mapping.client_id.to_string(), Credential::ClientId),
        (mapping.client_secret.to_string(), Credential::ClientSecret),
    ])
}

/// A name that no other target of the rotation has, from the kind: `file`, `file-2`.
fn made_name(rotation: &Rotation, place: &Destination) -> Slug {
    let names =
        (1..).map(|number| if number == 1 { place.kind().to_owned() } else { format!("{}-{number}", place.kind()) });
    let free = |name: &String| rotation.targets.iter().all(|it| it.name.as_str() != name);
    let name = names.into_iter().find(free).unwrap_or_default();
    name.parse().unwrap_or_else(|_| rotation.name.clone())
}

/// What runs code or writes files as the engine's user is made by that user or by root.
fn may_make(target: &Target, actor: &Actor) -> Result<(), Refusal> {
    let own = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten();
    let own = own.map_or_else(|| nix::unistd::geteuid().to_string(), |user| user.name);
    let local = target.destination.is_local() || !target.after.is_empty();
    if !local || actor.user == own || actor.user == "root" {
        return Ok(());
    }
    let cause = TargetCause::NotYours { user: actor.user.clone(), own: own.clone() };
    Err(Refusal::because(Kind::Refused, cause).and(OnTarget::HaveOwnerMake { own }).and(Automatic::NothingChanged))
}

/// The files of targets that are the same as this one's, under whatever path.
async fn same_files(engine: &Engine, target: &Target) -> Vec<PathBuf> {
    let path = |target: &Target| match &target.destination {
        Destination::File(file) => Some(file.path.clone()),
        _ => None,
    };
    let Some(own) = path(target) else { return Vec::new() };
    let all = engine.model.borrow().saved().flat_map(|it| it.targets.iter().filter_map(path)).collect();
    same_as(own, all).await
}

/// Whether no other target has its name within the rotation, or its place: for a file one of those that are the same.
fn is_free(model: &Model, rotation: &Rotation, target: &Target, same: &[PathBuf]) -> Result<(), Refusal> {
    if rotation.targets.iter().any(|it| it.id != target.id && it.name == target.name) {
        return Err(taken_name(Thing::Target, &target.name));
    }
    let all = model.saved().flat_map(|rotation| rotation.targets.iter().map(move |it| (rotation, it)));
    let keyed = |other: &Target| other.keys.keys().any(|key| target.keys.contains_key(key));
    let shares = |other: &Target| {
        if let (Some(one), Some(units)) = (other.destination.units(), target.destination.units()) {
            // What a unit gets under a name comes from one target.
            return one.meet(units) && keyed(other);
        }
        let one_place = other.connection_id == target.connection_id
            && match (&other.destination, &target.destination) {
                (Destination::File(one), Destination::File(other)) => {
                    one.path == other.path || same.contains(&one.path)
                }
                (Destination::AwsSecretsManager(one), Destination::AwsSecretsManager(other)) => {
                    // Without an ARN it is one of the account that the connection leads to.
                    let own = target.connection_id.and_then(|id| model.connections.get(&id)?.org_id.as_deref());
                    let account = |secret: &SecretsManager| secret.account().or(own).map(str::to_owned);
                    let (a, b) = (account(one), account(other));
                    one.name() == other.name() && (a.is_none() || b.is_none() || a == b)
                }
                (one, other) => (one.kind(), one.place()) == (other.kind(), other.place()),
            };
        one_place && (target.destination.is_local() || keyed(other))
    };
    let taken =
        all.into_iter().find(|(_, other)| other.id != target.id && !target.destination.is_blind() && shares(other));
    let Some((holder, other)) = taken else { return Ok(()) };
    let cause = TargetCause::PlaceTaken {
        place: target.destination.to_string(),
        target: format!("{}/{}", holder.name, other.name),
    };
    Err(Refusal::because(Kind::Conflict, cause).and(InRequest::OtherPlace).and(Automatic::NothingChanged))
}

/// Changes a rotation's targets, as its record is now, and writes the decision.
pub async fn put(
    engine: &Engine,
    id: Uuid,
    deed: Deed,
    actor: &Actor,
    change: impl FnOnce(&mut Rotation),
) -> Result<(), Refusal> {
    let mut rotation = engine.model.borrow().rotation(&id.to_string())?.clone();
    engine.named.borrow_mut().insert(id);
    change(&mut rotation);
    let write = vec![Change::PutRotation(Box::new(rotation.clone()))];
    note(engine, &rotation, write, Decided { deed, actor }).await
}
