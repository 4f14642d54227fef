//! The engine's thread: opens the store, resumes what was under way, has requests answered, and ends in good order.

use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use futures_util::FutureExt;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;

use super::answer::hand_out::hand_out;
use super::body::Asks;
use super::dispatch::answered;
use super::events::Events;
use super::events::notice::Notice;
use super::refusal::{Kind, Refusal};
use super::request::{Reply, Request};
use super::role::Options;
use super::state::journal::{KeepRetired, Reopen};
use super::state::records::taken_up;
use super::state::{Engine, Parts, Setup, Shared};
use super::view::Note;
use super::work::{deliver, reopen, scheduler, unwoken};
use crate::core::cause::StoreCause;
use crate::core::history::Actor;
use crate::core::remedy::{Automatic, OnMachine};
use crate::core::secret::SecretValue;
use crate::store::{self, Begin, Purpose};

/// How long a stop waits for the calls in flight: a little longer than a call may take.
const LAST_CALLS: StdDuration = StdDuration::from_secs(35);

/// What is asked of the engine's thread.
pub(in crate::engine) enum Job {
    /// A request, by whom, and where the reply goes.
    Call(Box<Request>, Actor, oneshot::Sender<Result<Reply, Refusal>>),
    /// A credential for a unit, and where it goes; `None` where it is refused.
    HandOut(Asks, oneshot::Sender<Option<SecretValue>>),
    /// Answered once nothing is due any more and nothing is under way.
    AllDone(oneshot::Sender<()>),
    /// Finish the call in flight, write, and end.
    Stop,
}

/// What is asked, in order.
pub(in crate::engine) type Queue = mpsc::UnboundedReceiver<Job>;

/// Opens the store. What to know of it comes with it.
pub fn open(options: Options, events: Events) -> Result<(Parts, Vec<Note>), Refusal> {
    let Options { role, lock, keys, new_store, network, clock, zone, drift_every, read_only, acts, credential_socket } =
        options;
    let purpose = if read_only || !acts { Purpose::Read } else { Purpose::Act };
    let begin = Begin { new: new_store, read_only };
    let opened = store::open_marked(lock.clone(), &keys, begin, clock.now(), purpose)?;
    let mut notes: Vec<Note> = opened.notes.into_iter().map(Note::Store).collect();
    if let Some(path) = opened.key_made {
        notes.push(Note::KeyMade { path: path.display().to_string() });
    }
    if opened.begun {
        notes.push(Note::StoreBegun { dir: lock.dir().display().to_string() });
    }
    tracing::trace!(name: "store opened", target: "start", "");
    let model = taken_up(opened.loaded, clock);
    tracing::trace!(name: "model made", target: "start", "");
    // Said at every start: what is shown looks as always, and nothing of it moves.
    notes.extend(model.trouble.clone().map(Note::Stands));
    let store = store::Handle::start(opened.store)?;
    let place = lock.clone();
    // One that ends soon is started again soon.
    let reopen =
        (role.stays() && !read_only).then(|| -> Reopen { Arc::new(move |now| reopen::reopen(&lock, &keys, now)) });
    let stands_in = opened.stands_in.filter(|_| reopen.is_some() && purpose == Purpose::Act);
    let spot = place.spot().clone();
    let keep_retired: KeepRetired = Arc::new(move |retired| store::keep_retired(&spot, retired));
    let in_place = Box::new(move || place.check());
    let setup = Setup {
        role,
        network,
        clock,
        zone,
        drift_every,
        read_only,
        events,
        reopen,
        in_place,
        keep_retired,
        credential_socket,
    };
    Ok((Parts { setup, model, store, stands_in }, notes))
}

/// What an engine runs on. Made before its thread, so that a failure is reported to whoever starts the engine.
pub fn runtime() -> Result<Runtime, Refusal> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(not_started)
}

/// The system has no room for the engine.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` passes")]
pub fn not_started(error: io::Error) -> Refusal {
    let cause = StoreCause::EngineNotStarted { why: error.to_string() };
    Refusal::because(Kind::Failed, cause).and(OnMachine::SeeLimits).and(Automatic::NothingChanged)
}

/// Runs the engine until it is asked to stop. Takes the thread. The error is a fault of our own that ended it; whoever
/// runs it has to start it again.
pub fn run(parts: Parts, runtime: &Runtime, mut queue: mpsc::UnboundedReceiver<Job>) -> Result<(), String> {
    let local = LocalSet::new();
    let ended = local.block_on(runtime, async move {
        let stands_in = parts.stands_in.clone();
        let engine = Shared::new(parts);
        engine.announce(Notice::Started { role: engine.role.word().to_owned() });
        if let Some(error) = stands_in {
            engine.in_trouble(&error);
            engine.store_failed.send_replace(true);
        }
        if let Some(open) = engine.reopen.clone() {
            let engine = engine.clone();
            tokio::task::spawn_local(async move { reopen::run(&engine, open).await });
        }
        scheduler::begin(&engine);
        let schedule = tokio::task::spawn_local({
            let engine = engine.clone();
            async move { scheduled(&engine).await }
        });
        let ended = loop {
            let job = tokio::select! {
                job = queue.recv() => job,
                () = engine.yields.notified() => break Ok(()),
                // An engine whose scheduler or whose way to disk is gone answers as if all were well, and does nothing.
                () = engine.fell.notified() => break Err("a part of the engine failed".to_owned()),
            };
            match job {
                None | Some(Job::Stop) => break Ok(()),
                Some(job) => serve(&engine, job),
            }
        };
        scheduler::take_up_woken(&engine);
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

/// Runs the scheduler. Where it breaks everything is planned anew after a while: nothing else would wake what waits.
/// Where it breaks again and again the engine ends, so that whoever started it learns that it has failed.
async fn scheduled(engine: &Engine) {
    const AGAIN: chrono::Duration = chrono::Duration::minutes(1);
    const MOST: u32 = 3;
    let mut broke = 0;
    while AssertUnwindSafe(scheduler::run(engine)).catch_unwind().await.is_err() {
        broke += 1;
        if broke == MOST {
            return engine.fell.notify_one();
        }
        engine.announce(Notice::SchedulerBroke);
        engine.clock.sleep(AGAIN).await;
        scheduler::begin(engine);
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
            Job::HandOut(asks, answer) => {
                let _ = answer.send(hand_out(&engine, asks).await);
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

/// No further call goes out; calls in flight complete and are written down.
async fn stop(engine: &Engine) {
    let mut stirred = engine.stirred.subscribe();
    if !engine.schedules() {
        // No one else delivers what a command published, until the next engine that stays.
        let _ = tokio::time::timeout(LAST_CALLS, deliver::finish(engine)).await;
    }
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
