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

use super::board::Board;
use super::cast::{self, BIRTHS, CAST, CURTAIN, ORGS, RETIREMENTS, UNLUCKY};
use super::child::Engine;
use super::consumer::Consumer;
use super::fault::{self, Fault};
use super::place::Place;
use super::script::{Scene, Script, Sight, Tally};
use super::status::{EngineState, Status};
use super::{Moment, Options, Tempo, failed};
use crate::api::client::connect;
use crate::clock::{Clock, Staged};
use crate::engine::Handle;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Reply, Request};
use crate::engine::view::View;

/// How long the engine may take to say whether it rests.
const PATIENCE: Duration = Duration::from_secs(5);
/// An operation that made no call for so long waits for its turn in Okta's limit: time may pass.
const STALL: Duration = Duration::from_secs(3);
/// How long a step to be killed in is waited for.
const NEXT_STEP: Duration = Duration::from_secs(5);
/// How often an engine that ends by itself is started again.
const RESTARTS: u32 = 3;

/// What the audience wants.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// Something goes wrong.
    Inject(Fault),
    /// The engine is killed.
    Kill(Moment),
    /// Time stands still, or goes on.
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

/// When the engine will do something by itself next, as far as its view tells.
fn next_instant(view: &View, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let rotations = view.secret_rotations.iter().flat_map(|row| {
        let previous = row.previous.as_ref().filter(|previous| previous.held_by.is_none());
        let retirement = previous.and_then(|previous| previous.delete_at.or(previous.deactivate_at));
        [row.next_rotation_at, row.next_try_at, retirement]
    });
    let probes = view.app_connections.iter().map(|connection| connection.next_probe_at);
    rotations.chain(probes).flatten().filter(|at| *at > now).min()
}

impl Drop for Director {
    fn drop(&mut self) {
        if let Some(consumer) = self.consumer.take() {
            consumer.abort();
        }
    }
}

impl Director {
    /// Makes the connections and rotations at their instants of the past, and sees the first old secrets off.
    async fn set(&mut self) -> Result<(), Refusal> {
        self.start().await?;
        let mut consumer =
            Consumer::new(self.board.clone()).map_err(|error| failed(format!("there is no consumer: {error}")))?;
        let handle = connect(&self.board.socket).map_err(|unreached| unreached.refusal(&self.board.socket))?;
        for (index, org) in self.board.orgs.iter().enumerate() {
            handle.call(Request::ConnectionCreate(Box::new(cast::connection(index, org)))).await?;
        }
        for (born, at) in BIRTHS.into_iter().enumerate() {
            self.board.pace.jump(at);
            let parts = CAST.iter().filter(|part| part.born == born);
            let made = parts.map(|part| handle.call(Request::RotationCreate(Box::new(part.body()))));
            for made in futures_util::future::join_all(made).await {
                made?;
            }
        }
        consumer.round().await;
        for at in RETIREMENTS {
            self.harvest(false);
            let before = self.retirements();
            self.board.pace.jump(at);
            let mut calls = self.board.pace.calls();
            let started = Instant::now();
            loop {
                let seen = *calls.borrow_and_update();
                self.harvest(false);
                if self.retirements() > before && self.rested().await.is_some() && *calls.borrow() == seen {
                    break;
                }
                if started.elapsed() > PATIENCE * 4 {
                    return Err(failed("the first old secrets do not go".into()));
                }
                // A call that comes in, or a step that ends without one.
                let _ = tokio::time::timeout(self.tempo.grace, calls.changed()).await;
            }
        }
        self.board.pace.jump(CURTAIN);
        self.harvest(false);
        self.tallies.clear();
        fault::lose_answer(self.board.orgs[0].org(), Some(&self.board.app_id(UNLUCKY)));
        self.consumer = Some(tokio::spawn(consumer.run(self.tempo.login)));
        self.say("a day takes about 20 seconds; `payments` is due at 02:30");
        self.see(self.tempo.beat);
        Ok(())
    }

    /// Old secrets that went, off or away, of all rotations.
    fn retirements(&self) -> u32 {
        self.tallies.values().map(|tally| tally.offs + tally.deletes).sum()
    }

    async fn play(&mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut calls = self.board.pace.calls();
        loop {
            let parked = self.board.orgs.iter().any(|org| !org.org().inside().parked.is_empty());
            if parked && self.due.kill.is_some() {
                self.kill("killed with SIGKILL after Okta did what it was told, and before the answer was read");
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
                () = reached(self.due.kill) => self.kill("killed with SIGKILL between two steps"),
                () = reached(self.due.start) => self.start_again().await,
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

    /// The engine's view, where it rests.
    async fn rested(&mut self) -> Option<Box<View>> {
        let calls = self.board.pace.calls();
        let seen = *calls.borrow();
        let engine = connect(&self.board.socket).ok()?;
        let reply = tokio::time::timeout(PATIENCE, engine.call(Request::View)).await.ok()?.ok()?;
        let Reply::View { view, .. } = reply else { return None };
        if *calls.borrow() != seen {
            return None;
        }
        let now = self.board.clock.now();
        let under_way = view.secret_rotations.iter().any(|row| match row.phase.as_str() {
            "idle" => false,
            "waiting" => row.next_try_at.is_some_and(|at| at <= now),
            _ => true,
        });
        if !under_way {
            return Some(view);
        }
        let (calls, since) = self.stuck.get_or_insert((seen, Instant::now()));
        if *calls != seen {
            (*calls, *since) = (seen, Instant::now());
        }
        (since.elapsed() >= STALL).then_some(view)
    }

    /// Takes what the orgs logged, which also keeps their logs short. `all` takes calls that got no answer as well: those
    /// of an engine that is dead.
    fn harvest(&mut self, all: bool) {
        for (index, org) in self.board.orgs.iter().enumerate() {
            let mut inside = org.org().inside();
            let (done, open) =
                std::mem::take(&mut inside.log).into_iter().partition(|line| all || line.answered != "pending");
            inside.log = open;
            let done: Vec<crate::sandbox::org::Logged> = done;
            for line in done.iter().filter(|line| line.effect) {
                let label = inside.apps.iter().find(|app| Some(&app.id) == line.app_id.as_ref()).map(|app| &app.label);
                if let Some(part) =
                    CAST.iter().find(|part| part.org == index && Some(part.label) == label.map(String::as_str))
                {
                    self.tallies.entry(part.name).or_default().add(line);
                }
            }
        }
    }

    /// Lets the script look, and does what its scenes want.
    fn look(&mut self, view: &View) {
        let sight = Sight { view, tallies: &self.tallies };
        let refused = [sight.is_refused(0), sight.is_refused(1)];
        let mut told = Vec::new();
        while let Some(scene) = self.script.look(&sight, self.board.clock.now()) {
            told.push(scene);
        }
        for (scene, sentence) in told {
            let seen = self.script.seen.clone();
            self.board.tell(|status| {
                status.seen = seen;
                status.said = sentence;
            });
            self.see(self.tempo.beat);
            if scene == Scene::Deleted {
                self.revoke(1);
            }
        }
        for (org, refused) in refused.into_iter().enumerate() {
            // Not before the script has told of it, where it is the script's.
            let told = org != 1 || self.script.scene() != Some(Scene::Refused);
            if refused && told && self.due.revoked[org] && self.due.restore[org].is_none() {
                self.due.restore[org] = Some(Instant::now() + self.tempo.beat * 2);
            }
        }
    }

    /// An org's token is refused from now on.
    fn revoke(&mut self, org: usize) {
        Fault::TokenRefused.befall(self.board.orgs[org].org());
        self.due.revoked[org] = true;
    }

    /// An org's token works again.
    fn restore(&mut self, org: usize) {
        self.due.restore[org] = None;
        self.due.revoked[org] = false;
        self.board.orgs[org].org().inside().token_valid = true;
        self.say(&format!(
            "the token of {} was restored; the next probe, within ten minutes, will find out",
            ORGS[org].0
        ));
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Pause(paused) => {
                self.board.pace.pause(paused);
                self.say(if paused { "time stands still" } else { "time goes on" });
            }
            Order::Inject(Fault::TokenRefused) => {
                self.revoke(0);
                self.say(Fault::TokenRefused.sentence());
            }
            Order::Inject(fault) => {
                fault.befall(self.board.orgs[0].org());
                self.say(fault.sentence());
            }
            Order::Kill(_) if self.engine.is_none() => self.say("the engine is dead already; it is being started"),
            Order::Kill(Moment::MidStep) if !self.board.pace.is_paused() && !self.is_called() => {
                for org in &self.board.orgs {
                    fault::park_change(org.org());
                }
                self.due.kill = Some(Instant::now() + NEXT_STEP);
                self.say("the engine will be killed in the middle of its next step");
            }
            Order::Kill(_) => self.kill("killed with SIGKILL, at once"),
        }
    }

    /// Whether a call of the engine is being answered right now.
    fn is_called(&self) -> bool {
        let called = |line: &crate::sandbox::org::Logged| line.answered == "pending" && line.operation != "introspect";
        self.board.orgs.iter().any(|org| org.org().inside().log.iter().any(called))
    }

    /// SIGKILL. The engine is started again once everybody has seen that it is gone.
    fn kill(&mut self, how: &str) {
        self.board.pace.calm();
        drop(self.engine.take());
        for org in &self.board.orgs {
            fault::park_no_more(org.org());
        }
        self.harvest(true);
        self.due.kill = None;
        self.due.rest = None;
        self.due.start = Some(Instant::now() + self.tempo.beat / 2);
        self.board.tell(|status| {
            status.kills += 1;
            status.engine = EngineState::Starting;
            status.said = format!("the engine was {how}; consumers go on with what they have");
        });
    }

    /// The engine ended by itself, which it never should.
    fn ended(&mut self) {
        let last = self.engine.take().map(|engine| engine.last_words().to_owned()).unwrap_or_default();
        self.board.pace.calm();
        self.harvest(true);
        self.ends += 1;
        self.due.rest = None;
        let gives_up = self.ends > RESTARTS;
        self.due.start = (!gives_up).then(|| Instant::now() + self.tempo.beat);
        self.board.tell(|status| {
            status.engine = if gives_up { EngineState::Down(last.clone()) } else { EngineState::Starting };
            status.said = format!("the engine ended by itself: {last}");
        });
    }

    async fn start(&mut self) -> Result<(), Refusal> {
        let engine = self.engine.insert(Engine::start(&self.program, &self.place, self.clock)?);
        engine.serving().await?;
        self.board.tell(|status| status.engine = EngineState::Running);
        Ok(())
    }

    async fn start_again(&mut self) {
        self.due.start = None;
        match self.start().await {
            Ok(()) => {
                self.ends = 0;
                self.say("the engine runs again: it looks before it acts, and goes on where it was cut off");
                self.see(self.tempo.beat);
            }
            Err(_) => self.ended(),
        }
    }

    fn say(&self, sentence: &str) {
        self.board.tell(|status| sentence.clone_into(&mut status.said));
    }
}
