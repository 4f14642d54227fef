//! The director: sets the stage, lets time run while nothing happens, and does what the script and the audience want.
//!
//! One loop takes everything in turn, so that the script never looks at a half-finished step: time runs fast only after
//! the engine said that it rests and the script has looked.

use std::collections::HashMap;
use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

mod process;
mod prologue;
mod sight;

use super::board::Board;
use super::cast::{ORGS, TARGET};
use super::child::Engine;
use super::fault::{self, Fault};
use super::place::Place;
use super::script::{Scene, Script, Sight, Tally};
use super::status::Status;
use super::{Moment, Options, Tempo, failed};
use crate::clock::{Clock, Staged};
use crate::engine::refusal::Refusal;
use crate::engine::view::View;
use sight::next_instant;

/// How long the engine may take to say whether it rests.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a token stays refused while the script has yet to show that it is.
const UNTOLD: Duration = Duration::from_secs(30);
/// How long a step to be killed in is waited for.
const NEXT_STEP: Duration = Duration::from_secs(5);

/// What the audience wants.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// Something goes wrong.
    Inject(Fault),
    /// The engine is killed.
    Kill(Moment),
    /// Time stands still, or continues.
    Pause(bool),
}

/// Sets the stage, tells when the curtain may rise, and plays until it is dropped.
pub async fn run(
    options: Options,
    place: Place,
    clock: &'static Staged,
    status: watch::Sender<Status>,
    orders: mpsc::UnboundedReceiver<Order>,
    ready: oneshot::Sender<Result<(), Refusal>>,
) {
    let socket = super::place::socket(&place.data_dir());
    let board = match Board::new(clock, socket, status).await {
        Ok(board) => Arc::new(board),
        Err(error) => return drop(ready.send(Err(failed(format!("the orgs cannot be started: {error}"))))),
    };
    let mut director = Director {
        program: options.program,
        tempo: options.tempo,
        engine: None,
        clock,
        board,
        script: Script::default(),
        over: false,
        tallies: HashMap::new(),
        consumer: None,
        ends: 0,
        stuck: None,
        due: Due::default(),
        place,
    };
    let set = director.set().await;
    let failed = set.is_err();
    let _ = ready.send(set);
    if !failed {
        director.play(orders).await;
    }
}

struct Director {
    program: PathBuf,
    tempo: Tempo,
    /// Before the directory, so that it is gone first.
    engine: Option<Engine>,
    clock: &'static Staged,
    board: Arc<Board>,
    script: Script,
    /// It was said that the script is over.
    over: bool,
    tallies: HashMap<&'static str, Tally>,
    consumer: Option<JoinHandle<()>>,
    /// How often in a row it ended by itself.
    ends: u32,
    /// Since when an operation has been under way without a further call, and how many there were until then.
    stuck: Option<(u64, Instant)>,
    due: Due,
    place: Place,
}

/// What is to be done, and when; all by the machine's clock.
#[derive(Default)]
struct Due {
    /// Ask the engine whether it rests.
    rest: Option<Instant>,
    /// When something will be due, by the demo's clock; time hurries no further.
    next: Option<DateTime<Utc>>,
    /// Time keeps its own pace until then, so that there is something to see.
    hold: Option<Instant>,
    /// Kill the engine, in the middle of a step before if there is one.
    kill: Option<Instant>,
    /// Start the engine again.
    start: Option<Instant>,
    /// Bring the share back that a target is on.
    mount: Option<Instant>,
    /// Let the late consumer read.
    read: Option<Instant>,
    /// Let an org's token work again.
    restore: [Option<Instant>; ORGS.len()],
    /// Whether an org's token is to be restored once its refusal was seen.
    revoked: [bool; ORGS.len()],
}

async fn reached(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => pending().await,
    }
}

async fn shown(clock: Clock, at: Option<DateTime<Utc>>) {
    match at {
        Some(at) if clock.now() < at => clock.towards(at, Duration::MAX).await,
        Some(_) => {}
        None => pending().await,
    }
}

impl Drop for Director {
    fn drop(&mut self) {
        if let Some(consumer) = self.consumer.take() {
            consumer.abort();
        }
    }
}

impl Director {
    async fn play(&mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut calls = self.board.pace.calls();
        loop {
            let parked = self.board.orgs.iter().any(|org| !org.org().inside().parked.is_empty());
            if parked && self.due.kill.is_some() {
                self.kill("engine killed (SIGKILL): Okta acted, no answer was read");
            }
            let engine = async {
                match &mut self.engine {
                    Some(engine) => engine.ended().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                _ = calls.changed() => self.quiet(),
                () = engine => self.ended(),
                () = self.board.orgs[0].org().held_changed(), if self.due.kill.is_some() => {}
                () = self.board.orgs[1].org().held_changed(), if self.due.kill.is_some() => {}
                () = reached(self.due.rest) => self.rest().await,
                () = shown(self.board.clock, self.due.next) => self.arrived(),
                () = reached(self.due.kill) => self.kill("engine killed (SIGKILL) between two steps"),
                () = reached(self.due.start) => self.start_again().await,
                () = reached(self.due.mount) => self.mount(),
                () = reached(self.due.read) => {
                    self.due.read = None;
                    self.board.catches_up();
                }
                () = reached(self.due.restore[0]) => self.restore(0),
                () = reached(self.due.restore[1]) => self.restore(1),
            }
        }
    }

    /// The engine is asked whether it rests once no call came in for a while, and nothing is to be seen any more.
    fn quiet(&mut self) {
        let quiet = Instant::now() + self.tempo.grace;
        self.due.rest = Some(self.due.hold.map_or(quiet, |hold| hold.max(quiet)));
    }

    /// The clock was turned, or shows the instant that it hurried to: what is due then makes a call, or does not.
    fn arrived(&mut self) {
        if self.due.next.is_some_and(|at| at <= self.board.clock.now()) {
            self.due.next = None;
            self.quiet();
        }
    }

    /// Time keeps its own pace for a while.
    fn see(&mut self, beat: Duration) {
        self.due.hold = Some(Instant::now() + beat);
        self.board.pace.calm();
        self.quiet();
    }

    /// If the engine rests, the script looks, and then time may run.
    async fn rest(&mut self) {
        self.due.rest = None;
        if self.engine.is_none() {
            return;
        }
        let seen = *self.board.pace.calls().borrow();
        let view = self.rested().await;
        self.harvest(false);
        let Some(view) = view else { return self.quiet() };
        self.due.hold = None;
        self.look(&view);
        if self.due.rest.is_some() {
            return;
        }
        let next = next_instant(&view, self.board.clock.now());
        if self.board.pace.hurry(seen, self.tempo.fast, next) {
            self.due.next = next;
        } else {
            self.quiet();
        }
    }

    /// Lets the script look, and does what its scenes want.
    fn look(&mut self, view: &View) {
        let sight = Sight { view, tallies: &self.tallies };
        let refused = [sight.is_refused(0), sight.is_refused(1)];
        let mut reported = Vec::new();
        while let Some(scene) = self.script.look(&sight, self.board.clock.now()) {
            reported.push(scene);
        }
        if reported.is_empty() && self.script.scene().is_none() && !self.over {
            self.over = true;
            self.say("that was the script; the clock keeps running: try F and K");
        }
        for (scene, sentence) in reported {
            let seen = self.script.seen.clone();
            self.board.tell(|status| {
                status.seen = seen;
                status.said = sentence;
            });
            self.see(self.tempo.beat);
            match scene {
                Scene::Away => self.due.mount = Some(Instant::now() + self.tempo.beat),
                Scene::Late => self.due.read = Some(Instant::now() + self.tempo.beat),
                Scene::Deleted => self.revoke(1),
                _ => {}
            }
        }
        for (org, refused) in refused.into_iter().enumerate() {
            if !refused || !self.due.revoked[org] {
                continue;
            }
            // The script shows its own refusal before the token works again, unless the audience left no rotation that
            // waits for it.
            let reported = org != 1 || self.script.scene() != Some(Scene::Refused);
            let lasts = if reported { self.tempo.beat * 2 } else { UNTOLD };
            let at = Instant::now() + lasts;
            self.due.restore[org] = Some(self.due.restore[org].map_or(at, |known| known.min(at)));
        }
    }

    /// An org's token is refused from now on.
    fn revoke(&mut self, org: usize) {
        Fault::TokenRefused.befall(self.board.orgs[org].org());
        self.due.revoked[org] = true;
    }

    /// The share is back that a target is on.
    fn mount(&mut self) {
        self.due.mount = None;
        match self.place.mount(true) {
            Ok(()) => self.say(&format!("{TARGET}: the share is mounted again; the next try will find out")),
            Err(error) => self.say(&format!("{TARGET}: the share cannot be brought back: {error}")),
        }
        self.quiet();
    }

    /// An org's token works again.
    fn restore(&mut self, org: usize) {
        self.due.restore[org] = None;
        self.due.revoked[org] = false;
        self.board.orgs[org].org().inside().token_valid = true;
        self.say(&format!("{}: token restored; the next probe will find out", ORGS[org].0));
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Pause(paused) => {
                self.board.pace.pause(paused);
                self.board.tell(|_| {});
            }
            Order::Inject(Fault::TokenRefused) => {
                self.revoke(0);
                self.say(Fault::TokenRefused.sentence());
            }
            Order::Inject(fault) => {
                fault.befall(self.board.orgs[0].org());
                self.say(fault.sentence());
            }
            Order::Kill(_) if self.engine.is_none() => self.say("the engine is dead already, and being started"),
            Order::Kill(Moment::MidStep) if !self.board.pace.is_paused() && !self.is_called() => {
                for org in &self.board.orgs {
                    fault::park_change(org.org());
                }
                self.due.kill = Some(Instant::now() + NEXT_STEP);
                self.say("the engine will be killed in the middle of a step");
            }
            Order::Kill(_) => self.kill("engine killed (SIGKILL), at once"),
        }
    }

    fn say(&self, sentence: &str) {
        self.board.tell(|status| sentence.clone_into(&mut status.said));
    }
}
