//! The engine's thread: opens the store, takes up what was under way, answers requests, and ends in good order.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use chrono_tz::Tz;
use futures_util::FutureExt;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use uuid::Uuid;

use super::events::{Events, Level};
use super::local::{Job, Options, Role};
use super::model::Model;
use super::refusal::{Kind, Refusal};
use super::request::{Reply, Request};
use super::shared::{About, Engine, Reopen, Shared};
use super::view::{EngineView, RotationOption, View};
use super::{
    apps, confirm, connections, create, deletion, health, mend, past, resolve, retire, retire_store, rollback, rotate,
    rotations, scheduler, secrets, unwoken, upcoming, watch, yielding,
};
use crate::clock::Clock;
use crate::core::history::Actor;
use crate::core::protocol::resume;
use crate::okta::Network;
use crate::store::{self, Begin, Loaded, Purpose, Retired, StoreError};

/// How long a stop waits for the calls in flight: a little longer than a call may take.
const LAST_CALLS: StdDuration = StdDuration::from_secs(35);

/// What an engine is made of, once the store is open.
pub struct Parts {
    /// What it is run for.
    pub role: Role,
    /// How Okta is reached.
    pub network: Network,
    /// The time.
    pub clock: Clock,
    /// The zone of a time of day that names none.
    pub zone: Tz,
    /// How often each rotation is looked in on; `None` for never.
    pub look_every: Option<StdDuration>,
    /// Whatever would change something is refused, whoever asks, and nothing runs on its own.
    pub read_only: bool,
    /// The live log.
    pub events: Events,
    /// All records.
    pub model: Model,
    /// The way to disk.
    pub store: store::Handle,
    /// Opens the store anew after it could not be written.
    pub reopen: Option<Reopen>,
    /// Why the store cannot be written, where another stands in for it.
    pub stands_in: Option<StoreError>,
    /// Whether the data directory is where it was opened.
    pub in_place: InPlace,
    /// Keeps with the store that it is retired, or that it is not any more.
    pub keep_retired: KeepRetired,
}

/// Keeps with the store that it is retired, or that it is not any more.
pub type KeepRetired = Arc<dyn Fn(Option<&Retired>) -> Result<(), StoreError> + Send + Sync>;

/// Looks whether the data directory is where it was opened.
pub type InPlace = Box<dyn Fn() -> Result<(), StoreError> + Send>;

/// Opens the store. What a person should be told comes with it.
pub fn open(options: Options, events: Events) -> Result<(Parts, Vec<String>), Refusal> {
    let Options { role, lock, keys, new_store, network, clock, zone, look_every, read_only, acts } = options;
    let purpose = if read_only || !acts { Purpose::Read } else { Purpose::Act };
    let begin = Begin { new: new_store, read_only };
    let opened = store::open_marked(lock.clone(), &keys, begin, clock.now(), purpose)?;
    let mut notes = opened.notes;
    if let Some(path) = opened.key_made {
        notes.push(format!(
            "made the sealing key {}; back it up, without it neither the store nor its backups can be read",
            path.display()
        ));
    }
    if opened.begun {
        notes.push(format!(
            "began a new, empty store in {}; if one should be there, end this and see whether its disk is mounted",
            lock.dir().display()
        ));
    }
    let model = taken_up(opened.loaded, clock);
    // Said at every start: what is shown looks as always, and nothing of it moves.
    notes.extend(model.trouble.as_ref().map(|trouble| format!("{}; {}", trouble.message, trouble.hint)));
    let store = store::Handle::start(opened.store)?;
    let place = lock.clone();
    // One that ends soon is started again soon.
    let reopen =
        (role.stays() && !read_only).then(|| -> Reopen { Arc::new(move |now| mend::reopen(&lock, &keys, now)) });
    let stands_in = opened.stands_in.filter(|_| reopen.is_some() && purpose == Purpose::Act);
    let spot = place.spot().clone();
    let keep_retired: KeepRetired = Arc::new(move |retired| store::keep_retired(&spot, retired));
    let in_place = Box::new(move || place.check());
    let parts = Parts {
        role,
        network,
        clock,
        zone,
        look_every,
        read_only,
        events,
        model,
        store,
        reopen,
        stands_in,
        in_place,
        keep_retired,
    };
    Ok((parts, notes))
}

/// The records as they go on after a start: whatever call was out, its answer is lost, so it looks before it acts.
pub fn taken_up(loaded: Loaded, clock: Clock) -> Model {
    let now = clock.now();
    let mut model = Model::new(loaded);
    for rotation in model.rotations.values_mut() {
        *rotation = resume(rotation, now);
    }
    model
}

/// What an engine runs on. Made before its thread is, so that whoever starts it learns where there is none to be had.
pub fn runtime() -> Result<Runtime, Refusal> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        let message = format!("the engine cannot be run: {error}");
        Refusal::new(Kind::Failed, message, "see this machine's limits (`ulimit -n`, `ulimit -u`); nothing was changed")
    })
}

/// Runs the engine until it is told to stop. Takes the thread. The error is a fault of our own without which it would have
/// gone on; whoever runs it has to start it again.
pub fn run(parts: Parts, runtime: &Runtime, mut queue: mpsc::UnboundedReceiver<Job>) -> Result<(), String> {
    let local = LocalSet::new();
    let ended = local.block_on(runtime, async move {
        let stands_in = parts.stands_in.clone();
        let engine = Shared::new(parts);
        engine.tell(Level::Info, "engine", format!("the engine started ({})", engine.role.word()), About::default());
        if let Some(error) = stands_in {
            engine.in_trouble(&error);
            mend::begin_soon(&engine);
        }
        begin(&engine);
        let schedule = tokio::task::spawn_local({
            let engine = engine.clone();
            async move { scheduled(&engine).await }
        });
        let ended = loop {
            let job = tokio::select! {
                job = queue.recv() => job,
                // An engine whose scheduler or whose way to disk is gone answers as if all were well, and does nothing.
                () = engine.yields.notified() => break Ok(()),
                () = engine.fell.notified() => break Err("a part of the engine made a fault".to_owned()),
            };
            match job {
                None | Some(Job::Stop) => break Ok(()),
                Some(job) => serve(&engine, job),
            }
        };
        unwoken::note(&engine);
        stop(&engine).await;
        schedule.abort();
        if ended.is_ok() {
            engine.events.close();
            unwoken::expect_none(&engine);
        }
        ended
    });
    // What waits for replies ends with the local set; the store closes with the last that holds the engine.
    drop(local);
    ended
}

/// Runs the scheduler. Where it breaks everything is planned anew after a while: nothing else would wake what waits. Where it
/// breaks again and again the engine ends, so that whoever started it learns that it is none.
async fn scheduled(engine: &Engine) {
    const AGAIN: chrono::Duration = chrono::Duration::minutes(1);
    const MOST: u32 = 3;
    let mut broke = 0;
    while AssertUnwindSafe(scheduler::run(engine)).catch_unwind().await.is_err() {
        broke += 1;
        if broke == MOST {
            return engine.fell.notify_one();
        }
        let message = "internal error in the scheduler; it goes on in a minute. Please report it";
        engine.tell(Level::Error, "fault", message, About::default());
        engine.clock.sleep(AGAIN).await;
        begin(engine);
    }
}

/// Does what is asked, on a task of its own.
fn serve(engine: &Engine, job: Job) {
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        match job {
            Job::Call(request, actor, answer) => {
                let asks = matches!(*request, Request::Yield);
                let reply = answered(&engine, *request, actor).await;
                let yields = asks && reply.is_ok();
                let _ = answer.send(reply);
                if yields {
                    engine.yields.notify_one();
                }
            }
            Job::AllDone(answer) => {
                scheduler::all_done(&engine).await;
                engine.settled().await;
                let _ = answer.send(());
            }
            Job::Stop => {}
        }
    });
}

/// Plans everything anew, by the clock as it is: tries, probes and looks that were planned by one that was ahead lie too far
/// off. Due times stay as they are stored until Okta's clock agrees with ours: see [`super::overdue`].
pub fn replan(engine: &Engine) {
    engine.clock_agrees.set(false);
    engine.model.borrow_mut().put_off.clear();
    begin(engine);
}

/// Puts everything on the agenda.
pub fn begin(engine: &Engine) {
    let (rotations, refused): (Vec<_>, Vec<_>) = {
        let model = engine.model.borrow();
        let refused = model.connections.values().filter(|connection| connection.down.is_some());
        (
            model.rotations.keys().chain(model.remains.keys()).copied().collect(),
            refused.map(|connection| connection.id).collect(),
        )
    };
    for id in rotations {
        scheduler::reschedule(engine, id);
    }
    for id in refused {
        health::plan_probe(engine, id);
    }
    watch::begin(engine);
}

/// No further call goes out; those that are out come home and are written down.
async fn stop(engine: &Engine) {
    let mut stirred = engine.stirred.subscribe();
    engine.halt();
    let home = async {
        while engine.calls_out() > 0 {
            if stirred.changed().await.is_err() {
                return;
            }
        }
    };
    if tokio::time::timeout(LAST_CALLS, home).await.is_err() {
        tracing::warn!("a call was still out at the end; the next start looks before it acts");
    }
    engine.settled().await;
}

/// Answers a request, once everything that the reply rests on is durable.
async fn answered(engine: &Engine, request: Request, actor: Actor) -> Result<Reply, Refusal> {
    let through = through(engine, &request);
    let reply = AssertUnwindSafe(answer(engine, request, actor)).catch_unwind().await;
    engine.settled().await;
    let reply = reply.unwrap_or_else(|_| {
        Err(Refusal::new(
            Kind::Failed,
            "windlass made a fault",
            "please report it; what was on disk before is there still",
        ))
    });
    reply.map_err(|refusal| {
        let model = engine.model.borrow();
        let hint = through.and_then(|id| Some(model.connections.get(&id)?.named(&refusal.hint)));
        Refusal { hint: hint.unwrap_or(refusal.hint), ..refusal }
    })
}

/// The connection that the calls for a request go through, where it is known before.
fn through(engine: &Engine, request: &Request) -> Option<Uuid> {
    let model = engine.model.borrow();
    match request {
        Request::ConnectionApps { id, .. } => Some(model.connection(id).ok()?.id),
        Request::RotationCreate(body) => Some(model.connection(&body.connection_id).ok()?.id),
        Request::RotationDelete { id, .. }
        | Request::Rotate { id, .. }
        | Request::Plan { id, .. }
        | Request::Resume { id, .. }
        | Request::Look { id }
        | Request::Retire { id, .. }
        | Request::Rollback { id, .. }
        | Request::Resolve { id, .. } => Some(model.rotation(id).ok()?.connection_id),
        Request::Confirm(terms) => Some(model.rotation(terms.rotation.as_deref()?).ok()?.connection_id),
        _ => None,
    }
}

async fn answer(engine: &Engine, request: Request, actor: Actor) -> Result<Reply, Refusal> {
    // A session that only reads keeps no service from its store either.
    if engine.read_only && request.changes() && !matches!(request, Request::Yield) {
        let message = "this would change something, and the engine was started with --read-only";
        let hint = "nothing was changed; end that session, and start one without --read-only";
        return Err(Refusal::new(Kind::Refused, message, hint));
    }
    match request {
        Request::ConnectionCreate(body) => connections::create(engine, *body, &actor).await,
        Request::ConnectionList => Ok(connections::list(engine)),
        Request::ConnectionShow { id } => connections::show(engine, &id),
        Request::ConnectionUpdate { id, patch } => connections::update(engine, &id, *patch, &actor).await,
        Request::ConnectionDelete { id } => connections::delete(engine, &id, &actor).await,
        Request::ConnectionTest { id, terms } => connections::test(engine, &id, terms, &actor).await,
        Request::ConnectionApps { id, query } => apps::list(engine, &id, query).await,
        Request::RotationCreate(body) => create::create(engine, *body, actor).await,
        Request::RotationList => Ok(rotations::list(engine)),
        Request::RotationShow { id } => rotations::show(engine, &id),
        Request::RotationUpdate { id, patch } => rotations::update(engine, &id, *patch, actor).await,
        Request::RotationDelete { id, terms } => deletion::delete(engine, &id, terms, actor).await,
        Request::Rotate { id, terms } => rotate::rotate(engine, &id, terms, actor).await,
        Request::Plan { id, terms } => rotate::dry_run(engine, &id, terms, actor).await,
        Request::Pause { id, until } => rotations::pause(engine, &id, until, actor).await,
        Request::Resume { id, terms } => rotations::resume(engine, &id, terms, actor).await,
        Request::Look { id } => watch::on_demand(engine, &id).await,
        Request::Skip { id, terms } => rotations::skip(engine, &id, terms, actor).await,
        Request::Retire { id, terms } => retire::retire(engine, &id, terms, actor).await,
        Request::Rollback { id, terms } => rollback::rollback(engine, &id, terms, actor).await,
        Request::Resolve { id, terms } => resolve::resolve(engine, &id, terms, actor).await,
        Request::Credentials { id } => secrets::credentials(engine, &id),
        Request::OktaSecrets { id } => rotations::okta_secrets(engine, &id),
        Request::Options => Ok(options()),
        Request::Upcoming(query) => upcoming::upcoming(engine, &query),
        Request::SecretList(query) => secrets::list(engine, &query),
        Request::SecretGet { name, query } => secrets::get(engine, &name, &query),
        Request::SecretDelete { name, query } => secrets::delete(engine, &name, &query, &actor).await,
        Request::Export(query) => secrets::export(engine, &query),
        Request::Acknowledge(read) => secrets::acknowledge(engine, &read, &actor).await,
        Request::History(query) => past::history(engine, query).await,
        Request::Confirm(terms) => confirm::confirm(engine, terms, actor).await,
        Request::RetireStore(terms) => retire_store::retire_store(engine, terms, actor).await,
        Request::Yield => yielding::give_way(engine, &actor),
        Request::View => Ok(view(engine)),
        Request::Engine => Ok(Reply::Engine { engine: Box::new(engine_view(engine)) }),
    }
}

/// The one kind of rotation that there is, as the peer's clients ask for it.
fn options() -> Reply {
    let template = json!({"secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"}});
    Reply::Options {
        secret_rotation_options: vec![RotationOption {
            name: "Okta Client Secret".into(),
            kind: "okta-client-secret".into(),
            connection: "okta".into(),
            template,
        }],
    }
}

fn view(engine: &Engine) -> Reply {
    // Events that came after the cursor are folded in again by the face, which does no harm.
    let cursor = engine.events.cursor();
    let (Reply::Connections { app_connections }, Reply::Rotations { secret_rotations }) =
        (connections::list(engine), rotations::list(engine))
    else {
        unreachable!("each list is answered as itself")
    };
    let view = View { engine: engine_view(engine), app_connections, secret_rotations };
    Reply::View { cursor, view: Box::new(view) }
}

/// The engine itself.
pub fn engine_view(engine: &Engine) -> EngineView {
    let model = engine.model.borrow();
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten().map(|user| user.name);
    let host = nix::unistd::gethostname().ok().map(|host| host.to_string_lossy().into_owned());
    EngineView {
        version: env!("CARGO_PKG_VERSION").into(),
        pid: std::process::id(),
        user: user.unwrap_or_else(|| nix::unistd::geteuid().to_string()),
        host: host.unwrap_or_default(),
        role: engine.role.word().into(),
        started_at: engine.started_at,
        now: engine.clock.now(),
        schedules: engine.schedules() && model.trouble.is_none(),
        read_only: engine.read_only,
        trouble: model.trouble.clone(),
        recovered: engine.recovered(),
        retired: model.retired.clone(),
        connections: model.connections.len(),
        rotations: model.saved().count(),
    }
}
