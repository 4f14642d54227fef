//! The demo: two stand-in orgs, an engine in a process of its own, a consumer that logs in all the time, and a script,
//! all on one clock.
//!
//! Everything goes through the real client, store and engine, in a private directory that is gone afterwards. Nothing
//! leaves this machine. The story is the same every time: orgs come from a seed, time from a clock that starts at the
//! same instant, and the script waits until a scene was seen instead of counting seconds.
//!
//! # Why time can run fast
//!
//! Nothing is destroyed while our clock and Okta's are more than five minutes apart, and at thousands of times the speed
//! five minutes pass while a disk syncs. So time runs at its own pace from the instant at which the engine calls an org
//! until the engine says that it rests, and fast only in between (`pace`). Orgs, engine and demo read one clock, so
//! that no load on the machine can set them apart.
//!
//! # The ring
//!
//! Beside the frontends: it may use the engine as they do (its handle, over its socket), the sandbox and the clock.
//! Nothing but the command that starts it may know of it: no frontend and no engine can tell a demo from the real
//! thing. It decides nothing about rotations, and says only what an org's own log or the engine's own view showed.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::engine::refusal::{Kind, Refusal};

mod board;
mod cast;
mod child;
mod consumer;
mod director;
mod fault;
mod pace;
mod place;
mod script;
mod status;
#[cfg(test)]
mod tests;
mod words;

use director::Order;
use place::Place;

pub use fault::Fault;
pub use script::Scene;
pub use status::{EngineState, Slot, Slots, Status};

/// How a demo is staged.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program whose `serve` is the engine: this one.
    pub program: PathBuf,
    /// How fast it goes.
    pub tempo: Tempo,
}

/// How fast a demo goes. Durations are the machine's.
#[derive(Clone, Copy, Debug)]
pub struct Tempo {
    /// Demo seconds to a second while nothing happens.
    pub fast: f64,
    /// For how long no call must have come in before the engine is asked whether it rests.
    pub grace: Duration,
    /// How long time keeps its own pace after something to be seen.
    pub beat: Duration,
    /// Between two logins of the consumer.
    pub login: Duration,
}

impl Tempo {
    /// For people: with what happens in it, a day takes about 20 seconds.
    pub const STAGE: Self = Self {
        fast: 14_400.0,
        grace: Duration::from_millis(220),
        beat: Duration::from_secs(4),
        login: Duration::from_millis(70),
    };

    /// For tests: as fast as the engine can follow.
    pub const REHEARSAL: Self = Self {
        fast: 40_000.0,
        grace: Duration::from_millis(25),
        beat: Duration::ZERO,
        login: Duration::from_millis(20),
    };
}

/// When an engine is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// At once, whatever it does.
    Now,
    /// In the middle of its next step: Okta did what it was asked, and the answer is still out.
    MidStep,
}

/// A running demo. Dropping it ends it: the engine's process, the orgs, the directory.
pub struct Stage {
    orders: mpsc::UnboundedSender<Order>,
    status: watch::Receiver<Status>,
    data_dir: PathBuf,
    clock: Clock,
    /// Dropped to end it.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Stage {
    /// Sets the stage; returns when the curtain may rise, after a second or two. It has a thread of its own, so that a
    /// terminal that no one reads does not hold it up.
    pub async fn set(options: Options) -> Result<Self, Refusal> {
        let place = Place::make().map_err(|error| failed(format!("no private directory can be made: {error}")))?;
        let clock = place.clock(cast::OPENING).map_err(|error| failed(format!("no clock can be made: {error}")))?;
        let data_dir = place.data_dir();
        let (orders, queue) = mpsc::unbounded_channel();
        let (board, status) = watch::channel(Status::new(cast::OPENING));
        let (end, ended) = oneshot::channel();
        let (tell, ready) = oneshot::channel();
        let thread = std::thread::Builder::new().name("stage".into()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return drop(tell.send(Err(failed(format!("the runtime cannot start: {error}"))))),
            };
            runtime.block_on(async {
                tokio::select! {
                    () = director::run(options, place, clock, board, queue, tell) => {}
                    _ = ended => {}
                }
            });
        });
        let thread = thread.map_err(|error| failed(format!("the demo's thread cannot be started: {error}")))?;
        // Made before it is waited for, so that giving up on the wait ends everything, too.
        let stage =
            Self { orders, status, data_dir, clock: Clock::Staged(clock), end: Some(end), thread: Some(thread) };
        ready.await.unwrap_or_else(|_| Err(failed("the stage fell in".into())))?;
        Ok(stage)
    }

    /// How it stands: reported at every login, and whenever something happens.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Where the engine's store is; its socket is in it.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The engine's socket.
    pub fn socket(&self) -> PathBuf {
        place::socket(&self.data_dir)
    }

    /// The demo's time.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Lets something go wrong at the next call that it can meet.
    pub fn inject(&self, fault: Fault) {
        self.order(Order::Inject(fault));
    }

    /// Kills the engine with SIGKILL, and starts it again.
    pub fn kill(&self, moment: Moment) {
        self.order(Order::Kill(moment));
    }

    /// Time stands still: nothing falls due, and the consumer waits.
    pub fn pause(&self) {
        self.order(Order::Pause(true));
    }

    /// Time continues.
    pub fn resume(&self) {
        self.order(Order::Pause(false));
    }

    fn order(&self, order: Order) {
        // A stage that fell in says so in its status.
        let _ = self.orders.send(order);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was reported when it happened, and what it held is gone with it.
            let _ = thread.join();
        }
    }
}

fn failed(message: String) -> Refusal {
    Refusal::new(Kind::Failed, message, "the demo needs a temporary directory on a local disk, and loopback")
}

/// What to do with a real org, once the demo is over.
pub const NEXT: &str = "windlass connection create NAME --url https://YOUR-ORG.okta.com --token-file FILE";
