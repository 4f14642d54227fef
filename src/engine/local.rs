//! The engine in this process: starting it, asking it, stopping it.
//!
//! Nothing here knows what a request means.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::{mpsc, oneshot};

use super::body::Asks;
use super::events::{Events, News};
use super::refusal::{Kind, Refusal};
use super::request::{Reply, Request};
use super::role::Options;
use super::state::Parts;
use super::thread::{self as engine_thread, Job, Queue};
use super::view::Note;
use super::{EventStream, Handle};
use crate::core::cause::StoreCause;
use crate::core::history::Actor;
use crate::core::remedy::OnStore;
use crate::core::secret::SecretValue;

/// A running engine. Dropping it stops it.
pub struct Engine {
    jobs: mpsc::UnboundedSender<Job>,
    events: Events,
    /// What to know about the start: a key that was made, a store that was recovered.
    pub notes: Vec<Note>,
    thread: Option<thread::JoinHandle<()>>,
    fell: Fell,
}

/// Whether an engine ended by a fault of its own. It outlives the engine.
#[derive(Clone, Debug, Default)]
pub struct Fell(Arc<OnceLock<String>>);

impl Fell {
    /// It ended, for this reason.
    #[cfg(test)]
    pub fn said(why: &str) -> Self {
        Self(Arc::new(OnceLock::from(why.to_owned())))
    }

    /// Why, once its thread has ended.
    pub fn why(&self) -> Option<Refusal> {
        let cause = StoreCause::EngineFailed { why: self.0.get()?.clone() };
        Some(Refusal::because(Kind::Failed, cause).and(OnStore::StartAgain))
    }
}

impl Engine {
    /// Starts a thread for an engine whose store is open.
    pub(super) fn of(parts: Parts, jobs: mpsc::UnboundedSender<Job>, queue: Queue) -> Result<Self, Refusal> {
        let (runtime, events, fell) = (engine_thread::runtime()?, parts.setup.events.clone(), Fell::default());
        let work = {
            let (events, fell) = (events.clone(), fell.clone());
            move || {
                // A panic was reported when it happened; whoever waits for this engine has to learn of it.
                let ended = catch_unwind(AssertUnwindSafe(|| engine_thread::run(parts, &runtime, queue)));
                if let Err(why) = ended.unwrap_or_else(|panic| Err(said(panic.as_ref()))) {
                    let _ = fell.0.set(why);
                }
                events.close();
            }
        };
        let thread = thread::Builder::new().name("engine".into()).spawn(work).map_err(engine_thread::not_started)?;
        Ok(Self { jobs, events, notes: Vec::new(), thread: Some(thread), fell })
    }

    /// Whether it ended by a fault of its own.
    pub fn fell(&self) -> Fell {
        self.fell.clone()
    }

    /// The way in, for someone.
    pub fn handle(&self, actor: Actor) -> Local {
        Local { jobs: self.jobs.clone(), events: self.events.clone(), actor }
    }

    /// Waits until nothing is due any more and nothing is under way.
    pub async fn all_done(&self) {
        let (answer, done) = oneshot::channel();
        let _ = self.jobs.send(Job::AllDone(answer));
        let _ = done.await;
    }

    /// Lets the call in flight finish (a bounded time), writes everything down, and closes the store.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.jobs.send(Job::Stop);
        // A panic there was reported when it happened. Debug builds hold promises by one, which must not be missed.
        if let Some(Err(panic)) = self.thread.take().map(thread::JoinHandle::join)
            && cfg!(debug_assertions)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
    }
}

/// A handle on the engine in this process.
#[derive(Clone)]
pub struct Local {
    jobs: mpsc::UnboundedSender<Job>,
    events: Events,
    actor: Actor,
}

impl Local {
    /// The same engine, for someone else.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// Asks for a credential as a service manager does; `None` where it is refused, for which the live log has the reason.
    pub async fn hand_out(&self, asks: Asks) -> Option<SecretValue> {
        let (answer, value) = oneshot::channel();
        let _ = self.jobs.send(Job::HandOut(asks, answer));
        value.await.ok().flatten()
    }

    /// Says in the live log what a frontend did beside the engine. It changes nothing.
    pub fn tell(&self, at: DateTime<Utc>, news: News) {
        self.events.tell(at, news);
    }
}

impl Handle for Local {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        async move {
            let (answer, reply) = oneshot::channel();
            let _ = self.jobs.send(Job::Call(Box::new(request), self.actor.clone(), answer));
            reply.await.unwrap_or_else(|_| {
                Err(Refusal::because(Kind::Unavailable, StoreCause::EngineStopped).and(OnStore::ResumesWithEngine))
            })
        }
        .boxed()
    }

    fn events(&self, cursor: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        async move {
            let follower = self.events.follow(cursor.as_deref());
            let events = stream::unfold(follower, |mut follower| async move {
                let event = follower.next().await?;
                Some((event, follower))
            });
            // A caller that reads what is left of it may ask once more after its end.
            Ok(Box::pin(events.fuse()) as EventStream)
        }
        .boxed()
    }
}

/// Starts an engine on its own thread: opens the store, resumes what was under way, and answers.
pub fn start(options: Options) -> Result<Engine, Refusal> {
    let (jobs, queue) = mpsc::unbounded_channel();
    let events = Events::new(uuid::Uuid::new_v4());
    let (parts, notes) = engine_thread::open(options, events)?;
    let mut engine = Engine::of(parts, jobs, queue)?;
    engine.notes = notes;
    Ok(engine)
}

/// What a panic says.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".into())
}
