//! Drives deliveries: takes the effects of a target's machine, in order, and brings the answers back.
//!
//! It decides nothing about a place. As with rotations, what a step journals is durable before its call goes out. Each target
//! is driven by itself: one that hangs or fails keeps no other waiting.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::core::cause::{Cause, ConnectionCause, InfisicalCause, MachineCause, TargetCause};
use crate::core::fault::{Class, Code, Fault};
use crate::core::history::ending::What;
use crate::core::history::{Actor, Entry, Outcome, Step, Trigger};
use crate::core::remedy::{Automatic, OnMachine, OnTarget};
use crate::core::rotation::{OktaSecret, Rotation, Status};
use crate::core::target::document::Credentials;
use crate::core::target::machine::{self, Closed, Effect, Event, handle};
use crate::core::target::{Destination, Target, Wanted};
use crate::delivery::Place;
use crate::delivery::aws;
use crate::delivery::aws::parameters::Parameters;
use crate::delivery::command::{Delivered, Run};
use crate::delivery::file::Local;
use crate::delivery::infisical::folder::Folder;
use crate::delivery::kubernetes::secret;
use crate::delivery::offered::Offered;
use crate::delivery::server::Server;
use crate::delivery::vault::kv;
use crate::engine::events::notice::Notice;
use crate::engine::state::Engine;
use crate::engine::state::agenda::Item;
use crate::engine::state::notices::About;
use crate::engine::state::records::Model;
use crate::engine::work::{after, health};
use crate::store::Change;

/// What a target of a rotation is to hold; `None` while nothing is published, or its value is not known here. Fails where the
/// place cannot hold it.
pub fn wanted(model: &Model, rotation: &Rotation, target: &Target) -> Result<Option<Wanted>, Fault> {
    let Some(current) = rotation.current_secret() else { return Ok(None) };
    let Some((published, value)) = current.published.zip(current.value.as_ref()) else { return Ok(None) };
    // What Okta does not accept is brought to no one, over something that may work.
    if current.status != Status::Active {
        return Ok(None);
    }
    let version = published.version;
    let document = |version, client_secret: &_| {
        let client_id = rotation.app.client_id.as_str();
        let credentials = Credentials { rotation: rotation.name.as_str(), version, client_id, client_secret };
        credentials.document(&target.destination, &target.keys)
    };
    let named = model.secrets.get(&rotation.client_secret_key()).filter(|it| it.rotation == Some(rotation.id));
    let versions = named.map(|named| named.versions.as_slice()).unwrap_or_default();
    let older = versions.iter().filter(|it| it.okta_secret != current.key);
    let older = older.filter_map(|it| Some((it.number, document(it.number, it.value.as_ref()?).ok()?))).collect();
    let document = document(version, value).map_err(|obstacles| {
        let keys = obstacles.into_iter().map(|(key, _)| key).collect();
        let cause = TargetCause::Unwritable { place: target.destination.to_string(), keys };
        Fault::precondition(cause)
            .and(OnTarget::OtherFormat { target: target.name.to_string() })
            .and(Automatic::TriesAgain)
    })?;
    Ok(Some(Wanted { key: current.key, version, document, older }))
}

/// Puts a rotation's next delivery on the agenda.
pub fn plan(engine: &Engine, id: Uuid) {
    let at = next(engine, id).map(|(at, _)| at);
    if engine.agenda.borrow_mut().put(Item::Delivery(id), at) {
        engine.stir();
    }
}

/// When the first of a rotation's targets does something by itself, and which.
fn next(engine: &Engine, id: Uuid) -> Option<(DateTime<Utc>, Uuid)> {
    let (model, now, delivering) = (engine.model.borrow(), engine.clock.now(), engine.delivering.borrow());
    let may = |it: &&Rotation| engine.moves(it) && model.trouble.is_none() && !engine.stopping.get();
    let rotation = model.rotations.get(&id).filter(may)?;
    let goes = |target: &Target| target.leaving.is_some() && !rotation.keeps(target);
    let at = |target: &Target| machine::due(target, goes(target), rotation.current, now);
    // Without a value that works there is nothing to deliver.
    let works = |it: &OktaSecret| it.value.is_some() && it.published.is_some() && it.status == Status::Active;
    let has = rotation.current_secret().is_some_and(works);
    let resting = rotation.targets.iter().filter(|it| !delivering.contains(&it.id) && (has || goes(it)));
    resting.filter_map(|target| Some((at(target)?, target.id))).min()
}

/// A delivery's time has come.
pub fn due(engine: &Engine, id: Uuid) {
    while let Some((_, target)) = next(engine, id).filter(|(at, _)| *at <= engine.clock.now()) {
        drive(engine, id, target);
    }
    plan(engine, id);
}

/// Delivers what is due of the rotations that a command named, and waits until that rests.
pub async fn finish(engine: &Engine) {
    let mut stirred = engine.stirred.subscribe();
    for id in engine.named.borrow().clone() {
        due(engine, id);
    }
    while !engine.delivering.borrow().is_empty() && stirred.changed().await.is_ok() {}
}

/// Someone asks for a delivery: what waits for an approval is asked for once more, for that may have been refused.
pub fn asked(engine: &Engine, id: Uuid, target: Uuid) {
    let waits =
        |fault: &mut Fault| matches!(fault.problem.cause, Cause::Infisical(InfisicalCause::AwaitsApproval { .. }));
    if let Some(rotation) = engine.model.borrow_mut().rotations.get_mut(&id) {
        for known in rotation.targets.iter_mut().filter(|known| known.id == target) {
            known.state.fault.take_if(waits);
        }
    }
    drive(engine, id, target);
}

/// Drives a target until it rests, on a task of its own. Does nothing where that is being done already.
pub fn drive(engine: &Engine, id: Uuid, target: Uuid) {
    if engine.read_only || engine.stopping.get() || !engine.delivering.borrow_mut().insert(target) {
        return;
    }
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        if AssertUnwindSafe(Box::pin(run(&engine, id, target))).catch_unwind().await.is_err() {
            engine.report(Notice::RotationBroke, About::rotation(id));
            if let Some((rotation, found)) = record(&engine, id, target) {
                // What broke may break again: it is tried ever more slowly.
                let fault = Fault::new(Code::Broken, MachineCause::Internal).and(OnMachine::Report);
                let rests = machine::refuse(&machine::resume(&found), &fault, engine.clock.now()).target;
                let _ = put(&engine, rotation, rests, Vec::new()).await;
            }
        }
        engine.delivering.borrow_mut().remove(&target);
        engine.wake(id);
    });
}

fn record(engine: &Engine, id: Uuid, target: Uuid) -> Option<(Rotation, Target)> {
    let model = engine.model.borrow();
    let rotation = model.rotations.get(&id).filter(|_| model.trouble.is_none())?;
    let mut target = rotation.targets.iter().find(|it| it.id == target)?.clone();
    target.leaving = target.leaving.filter(|_| !rotation.keeps(&target));
    Some((rotation.clone(), target))
}

async fn run(engine: &Engine, id: Uuid, target: Uuid) {
    let mut event = Event::Wake;
    while let Some((rotation, found)) = record(engine, id, target) {
        let wanted = wanted(&engine.model.borrow(), &rotation, &found);
        let wanted = match wanted {
            Ok(Some(wanted)) => wanted,
            Err(fault) if found.leaving.is_none() => {
                let refused = machine::refuse(&found, &fault, engine.clock.now()).target;
                let _ = put(engine, rotation, refused, Vec::new()).await;
                return;
            }
            Ok(None) | Err(_) => {
                // Nothing of ours is known that could stand there.
                if found.leaving.is_some() {
                    let _ = remove(engine, rotation, &found).await;
                }
                return;
            }
        };
        match step(engine, rotation, found, &wanted, event).await {
            Some(next) => event = next,
            None => return,
        }
    }
}

/// Does what one step wants done; the event that comes of it, if any.
async fn step(engine: &Engine, rotation: Rotation, before: Target, wanted: &Wanted, event: Event) -> Option<Event> {
    let step = handle(&before, wanted, event, engine.clock.now());
    let target = step.target;
    let (mut entries, mut journals, mut call) = (Vec::new(), false, None);
    for effect in step.effects {
        match effect {
            Effect::Journal => journals = true,
            Effect::Close(closed, steps) => entries.push(entry(engine, &rotation, &target, wanted, closed, steps)),
            // Nothing follows a call or the end.
            other => call = Some(other),
        }
    }
    let told = news(&before, &target, &entries);
    if journals {
        put(engine, rotation.clone(), target.clone(), entries).await.ok()?;
    } else if let Some(known) = engine.model.borrow_mut().rotations.get_mut(&rotation.id) {
        replace(known, &target);
    }
    for notice in told {
        engine.report(notice, About::rotation(rotation.id));
    }
    if engine.stopping.get() {
        return None;
    }
    let call = call?;
    if matches!(call, Effect::Remove) {
        let _ = remove(engine, rotation, &target).await;
        return None;
    }
    let place = match (place(engine, &rotation, &target, wanted), &call) {
        (Ok(place), _) => place,
        (Err(fault), Effect::Read) => return Some(Event::Read(Err(fault))),
        (Err(fault), Effect::Write(_)) => return Some(Event::Written(Err(fault))),
        (Err(fault), Effect::Strip(..)) => return Some(Event::Stripped(Err(fault))),
        (Err(fault), _) => return Some(Event::Ran(Err(fault))),
    };
    Some(match call {
        Effect::Read => Event::Read(heard(engine, &target, place.read().await).await),
        Effect::Write(seen) => Event::Written(heard(engine, &target, place.write(&wanted.document, &seen).await).await),
        Effect::Strip(seen, purge) => Event::Stripped(heard(engine, &target, place.strip(&seen, purge).await).await),
        Effect::Run => Event::Ran(after::run(engine, &target.after, delivered(&rotation, &target, wanted)).await),
        Effect::Remove | Effect::Journal | Effect::Close(..) => return None,
    })
}

/// What an answer says of the connection: one that is refused is shown as such, and named in the fault.
pub async fn heard<T>(engine: &Engine, target: &Target, answer: Result<T, Fault>) -> Result<T, Fault> {
    let Some(id) = target.connection_id else { return answer };
    match &answer {
        Ok(_) => health::answered(engine, id, None).await,
        Err(fault) if fault.class() == Class::Connection => health::refused(engine, id, fault, None).await,
        Err(_) => {}
    }
    let model = engine.model.borrow();
    answer.map_err(|fault| model.connections.get(&id).map_or_else(|| fault.clone(), |known| known.named(&fault)))
}

/// The place of a target. Fails where its connection cannot be used.
pub fn place<'a>(
    engine: &Engine,
    rotation: &'a Rotation,
    target: &'a Target,
    wanted: &Wanted,
) -> Result<AnyPlace<'a>, Fault> {
    let gone = || Fault::precondition(ConnectionCause::ConnectionGone).and(OnMachine::Report);
    let server = match target.destination.app() {
        Some(app) => Some(engine.server(target.connection_id.ok_or_else(gone)?, app)?),
        None => None,
    };
    Ok(match (&target.destination, server) {
        (Destination::File(file), _) => AnyPlace::File(Local(file.clone())),
        (Destination::HashicorpVault(kv), Some(Server::Vault(client))) => {
            AnyPlace::Vault(kv::Secret::new(client, kv, target))
        }
        (Destination::Kubernetes(object), Some(Server::Kubernetes(client))) => {
            AnyPlace::Kubernetes(secret::Secret::new(client, object, target, wanted.version))
        }
        (Destination::Infisical(folder), Some(Server::Infisical(client))) => {
            AnyPlace::Infisical(Folder::new(client, folder, target, wanted.version))
        }
        (Destination::Command { argv }, _) => AnyPlace::Command(Run {
            argv,
            rotation: rotation.name.as_str(),
            target: target.name.as_str(),
            version: wanted.version,
        }),
        (Destination::Credential { .. }, _) => AnyPlace::Offered(Offered(wanted.document.clone())),
        (Destination::AwsSecretsManager(secret), Some(Server::Aws(client))) => {
            AnyPlace::AwsSecret(aws::secret::Secret::new(client, secret, target, wanted.version))
        }
        (Destination::AwsParameterStore(store), Some(Server::Aws(client))) => {
            AnyPlace::Parameters(Parameters::new(client, store, target))
        }
        // The server is one of the destination's app.
        (
            Destination::HashicorpVault(_)
            | Destination::Kubernetes(_)
            | Destination::AwsSecretsManager(_)
            | Destination::AwsParameterStore(_)
            | Destination::Infisical(_),
            _,
        ) => return Err(gone()),
    })
}

/// A place of any kind.
pub enum AnyPlace<'a> {
    /// A file.
    File(Local),
    /// A secret of Vault.
    Vault(kv::Secret),
    /// A Secret of Kubernetes.
    Kubernetes(secret::Secret),
    /// A secret of AWS.
    AwsSecret(aws::secret::Secret),
    /// Parameters of AWS.
    Parameters(Parameters),
    /// A folder of Infisical.
    Infisical(Folder),
    /// A command.
    Command(Run<'a>),
    /// Credentials that units fetch.
    Offered(Offered),
}

macro_rules! any {
    ($self:ident, $place:ident => $call:expr) => {
        match $self {
            AnyPlace::File($place) => $call.await,
            AnyPlace::Vault($place) => $call.await,
            AnyPlace::Kubernetes($place) => $call.await,
            AnyPlace::AwsSecret($place) => $call.await,
            AnyPlace::Parameters($place) => $call.await,
            AnyPlace::Infisical($place) => $call.await,
            AnyPlace::Command($place) => $call.await,
            AnyPlace::Offered($place) => $call.await,
        }
    };
}

impl AnyPlace<'_> {
    /// See [`Place::read`].
    pub async fn read(&self) -> Result<crate::core::target::judge::Seen, Fault> {
        any!(self, place => place.read())
    }

    async fn write(
        &self,
        document: &crate::core::target::Document,
        seen: &crate::core::target::judge::Seen,
    ) -> Result<String, Fault> {
        any!(self, place => place.write(document, seen))
    }

    async fn strip(&self, seen: &crate::core::target::judge::Seen, purge: bool) -> Result<(), Fault> {
        any!(self, place => place.strip(seen, purge))
    }
}

fn delivered(rotation: &Rotation, target: &Target, wanted: &Wanted) -> Delivered {
    Delivered {
        rotation: rotation.name.to_string(),
        target: target.name.to_string(),
        version: wanted.version,
        kind: target.destination.kind().into(),
        place: target.destination.place(),
    }
}

fn replace(rotation: &mut Rotation, target: &Target) {
    if let Some(known) = rotation.targets.iter_mut().find(|it| it.id == target.id) {
        // That it is to go is decided elsewhere.
        known.state.clone_from(&target.state);
    }
}

/// Writes the target into its rotation's record as that is now, with entries of the history.
async fn put(engine: &Engine, mut rotation: Rotation, target: Target, entries: Vec<Entry>) -> Result<(), ()> {
    replace(&mut rotation, &target);
    let mut changes = vec![Change::PutRotation(Box::new(rotation))];
    changes.extend(entries.into_iter().map(|entry| Change::Append(Box::new(entry))));
    engine.write(changes).await.map_err(drop)
}

async fn remove(engine: &Engine, mut rotation: Rotation, target: &Target) -> Result<(), ()> {
    rotation.targets.retain(|it| it.id != target.id);
    engine.write(vec![Change::PutRotation(Box::new(rotation))]).await.map_err(drop)
}

/// What a delivery came to, for the history.
fn entry(
    engine: &Engine,
    rotation: &Rotation,
    target: &Target,
    wanted: &Wanted,
    closed: Closed,
    steps: Vec<Step>,
) -> Entry {
    let (now, name) = (engine.clock.now(), target.name.to_string());
    let (outcome, what) = match closed {
        Closed::Delivered { restored } => {
            let place = target.destination.to_string();
            (Outcome::Success, What::Delivered { target: name, place, version: wanted.version, restored })
        }
        Closed::Attention(fault) => {
            (Outcome::Attention, What::NotDelivered { target: name, cause: fault.problem.cause })
        }
    };
    let started_at = steps.first().map_or(now, |step| step.at);
    let entry = Entry::act(Uuid::now_v7(), Some(rotation), Trigger::Deliver, Actor::schedule(), now, what);
    let new_secret_id = rotation.current_secret().and_then(|secret| secret.okta_id.clone());
    Entry { started_at, outcome, new_secret_id, steps, ..entry }
}

/// What a step has to say.
fn news(before: &Target, after: &Target, entries: &[Entry]) -> Vec<Notice> {
    let ended = |entry: &Entry| Notice::Ended { outcome: entry.outcome, ending: entry.ending.clone() };
    let mut notices: Vec<Notice> = entries.iter().map(ended).collect();
    let failed = after.state.fault.as_ref().filter(|_| after.state.tries != before.state.tries);
    if let Some(fault) = failed.filter(|fault| fault.class() != Class::Person) {
        notices.push(Notice::Waits { fault: fault.clone(), attention: false, retry_at: after.state.wake_at });
    }
    notices
}
