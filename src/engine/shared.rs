//! What the parts of the engine share: the records, the way to disk, the clients, the agenda, and those who wait.
//!
//! Everything lives on the engine's thread. A borrow of the records is never held over an await. **Nothing is told to
//! anybody and no call goes out before what it rests on is durable**: see [`Shared::write`] and [`Shared::settled`].

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures_util::FutureExt;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};
use uuid::Uuid;

pub use super::about::About;
use super::acks::{Ack, acknowledge};
use super::agenda::Agenda;
use super::events::{Events, Level, News, Rows};
use super::local::Role;
use super::mend;
use super::model::Model;
use super::refusal::{Kind, Refusal};
use super::run::{InPlace, KeepRetired, Parts};
use super::view::Trouble;
use crate::clock::Clock;
use crate::core::fault::Fault;
use crate::core::history::Entry;
use crate::core::rotation::Rotation;
use crate::okta::{Client, Network};
use crate::store::{self, Change, Recovery, StoreError};

/// Operations of one connection that are under way at the same time. Those of people do not wait for a place.
///
/// A place keeps an operation's list and the call that it decided close together in time, however many are due.
const AT_ONCE: usize = 8;

/// See the module.
pub struct Shared {
    /// The time.
    pub clock: Clock,
    /// The zone of a time of day that names none.
    pub zone: Tz,
    /// What the engine is run for.
    pub role: Role,
    /// How often each rotation is looked in on; `None` for never.
    pub look_every: Option<std::time::Duration>,
    /// Whatever would change something is refused, whoever asks, and nothing runs on its own.
    pub read_only: bool,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// The live log.
    pub events: Events,
    /// All records.
    pub model: RefCell<Model>,
    /// What happens when.
    pub agenda: RefCell<Agenda>,
    /// Told when the agenda's first entry may have changed, and when an operation came to rest.
    pub stirred: watch::Sender<()>,
    /// Rotations whose operation is being driven right now.
    pub driven: RefCell<HashSet<Uuid>>,
    /// Those of them that are to be driven again as soon as they have come to rest.
    pub nudged: RefCell<HashSet<Uuid>>,
    /// Cloned by whoever has something in hand that is not on the agenda again yet: a write, or what follows from it.
    pub in_hand: Rc<()>,
    /// What was found to be woken by nothing: see [`super::unwoken`].
    pub unwoken: RefCell<Vec<String>>,
    /// Drift checks that are under way.
    pub looking: Cell<usize>,
    /// Rotations that a one-shot's command named: only those move there.
    pub named: RefCell<HashSet<Uuid>>,
    /// Set once the engine is to end: no further call goes out.
    pub stopping: Cell<bool>,
    /// Whether Okta's clock agreed with ours when it was last heard of, since the start or since ours was set back.
    pub clock_agrees: Cell<bool>,
    /// Told where something without which the engine is none made a fault.
    pub fell: Notify,
    /// Told once whoever asked for the store has been answered: the engine ends for it.
    pub yields: Notify,
    /// Opens the store anew after it could not be written; `None` where the engine ends soon anyway.
    pub reopen: Option<Reopen>,
    /// It is being tried.
    pub mending: Cell<bool>,
    /// How much was recovered that was told.
    recovered: Cell<usize>,
    in_place: InPlace,
    /// Keeps with the store that it is retired.
    pub keep_retired: KeepRetired,
    network: Network,
    /// Gone while it is opened anew.
    store: RefCell<Option<Arc<store::Handle>>>,
    acks: mpsc::UnboundedSender<Ack>,
    clients: RefCell<HashMap<Uuid, Client>>,
    places: RefCell<HashMap<Uuid, Rc<Semaphore>>>,
    waiting: RefCell<HashMap<Uuid, Vec<oneshot::Sender<End>>>>,
}

/// Opens the store anew, on a thread that may block.
pub type Reopen = Arc<dyn Fn(DateTime<Utc>) -> Result<mend::Reopened, StoreError> + Send + Sync>;

/// The engine, as its parts hold it.
pub type Engine = Rc<Shared>;

/// How an attempt ended, or why it will not soon.
#[derive(Clone, Debug)]
pub enum End {
    /// It is over, and in the history.
    Closed(Box<Entry>),
    /// It changed nothing and was given up.
    Abandoned(Box<Fault>),
    /// It cannot go on without a person or its connection.
    Stuck,
}

impl Shared {
    /// The shared state, with its acknowledging task on the current local set.
    pub fn new(parts: Parts) -> Engine {
        let Parts {
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
            in_place,
            keep_retired,
            stands_in: _,
        } = parts;
        let (acks, queue) = mpsc::unbounded_channel();
        let engine = Rc::new(Self {
            clock,
            zone,
            role,
            look_every,
            read_only,
            started_at: clock.now(),
            events,
            model: RefCell::new(model),
            agenda: RefCell::default(),
            stirred: watch::Sender::new(()),
            driven: RefCell::default(),
            nudged: RefCell::default(),
            in_hand: Rc::default(),
            unwoken: RefCell::default(),
            looking: Cell::new(0),
            named: RefCell::default(),
            stopping: Cell::new(false),
            clock_agrees: Cell::new(false),
            fell: Notify::new(),
            yields: Notify::new(),
            reopen,
            mending: Cell::new(false),
            recovered: Cell::new(store.recovered().len()),
            in_place,
            keep_retired,
            network,
            store: RefCell::new(Some(Arc::new(store))),
            acks,
            clients: RefCell::default(),
            places: RefCell::default(),
            waiting: RefCell::default(),
        });
        let (weak, answers) = (Rc::downgrade(&engine), acknowledge(Rc::downgrade(&engine), queue));
        tokio::task::spawn_local(async move {
            if AssertUnwindSafe(answers).catch_unwind().await.is_err()
                && let Some(engine) = weak.upgrade()
            {
                engine.fell.notify_one();
            }
        });
        engine
    }

    /// Takes changes over, writes them as one, and waits until they are durable. They are visible here at once, so that
    /// whatever comes next builds on them; nothing leaves the engine before.
    pub async fn write(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        // Under quarantine only what leads out of it.
        let out = changes.iter().any(|change| matches!(change, Change::Quarantine(_)))
            || changes.iter().all(|change| matches!(change, Change::PutConnection(_) | Change::Append(_)));
        // What was decided about the store stands in its history, also where nothing else is written any more.
        let notes = changes.iter().all(|change| matches!(change, Change::Append(_)));
        let _hand = self.in_hand.clone();
        let mends = {
            let model = self.model.borrow();
            (out && model.only_quarantined().is_some()) || (notes && model.poison().is_none())
        };
        if let Some(trouble) = self.model.borrow().trouble.as_ref().filter(|_| !mends) {
            return Err(StoreError::Io { what: "nothing is written".into(), why: trouble.message.clone() });
        }
        let (answer, written) = oneshot::channel();
        let committed = match &*self.store.borrow() {
            Some(store) => store.commit(changes.clone()),
            None => return Err(store::gone()),
        };
        let undo = self.model.borrow_mut().apply(changes);
        let _ = self.acks.send(Ack::Write { committed, undo, answer });
        written.await.unwrap_or_else(|_| Err(store::gone()))
    }

    /// Waits until everything that is visible now is durable.
    pub async fn settled(&self) {
        let (answer, settled) = oneshot::channel();
        let _ = self.acks.send(Ack::Barrier(answer));
        let _ = settled.await;
    }

    /// A page of finished history.
    pub async fn history(&self, query: store::HistoryQuery) -> Result<store::HistoryPage, StoreError> {
        let store = self.store.borrow().clone();
        match store {
            Some(store) => store.history(query).await,
            None => Err(store::gone()),
        }
    }

    /// What was recovered, and not yet acknowledged.
    pub fn recovered(&self) -> Vec<Recovery> {
        self.store.borrow().as_ref().map(|store| store.recovered()).unwrap_or_default()
    }

    /// Tells of what was recovered while the engine ran.
    pub fn tell_recovered(&self) {
        let all = self.recovered();
        for recovery in all.iter().skip(self.recovered.replace(all.len())) {
            self.tell(Level::Warn, "store", recovery.to_string(), About::default());
        }
    }

    /// Takes the store out, to be closed, or puts one in.
    pub fn change_store(&self, store: Option<store::Handle>) -> Option<Arc<store::Handle>> {
        self.store.replace(store.map(Arc::new))
    }

    /// Refuses acts while the store cannot be trusted or written.
    pub fn may_act(&self) -> Result<(), Refusal> {
        match &self.model.borrow().trouble {
            Some(trouble) => Err(Refusal::new(Kind::Store, trouble.message.clone(), trouble.hint.clone())),
            None => Ok(()),
        }
    }

    /// Refuses what a quarantine does not: to mend a connection, without which nothing can be compared with Okta.
    pub fn may_mend(&self) -> Result<(), Refusal> {
        let quarantined = self.model.borrow().only_quarantined().is_some();
        if quarantined { Ok(()) } else { self.may_act() }
    }

    /// The client of a connection; made anew after the connection was changed.
    pub fn client(&self, connection: Uuid) -> Result<Client, Fault> {
        if let Some(client) = self.clients.borrow().get(&connection) {
            return Ok(client.clone());
        }
        let model = self.model.borrow();
        let Some(found) = model.connections.get(&connection) else {
            return Err(Fault::precondition(
                "the rotation's connection is gone",
                "this is a fault of windlass; report it",
            ));
        };
        let client = Client::new(&found.url, &found.auth, &self.network, self.clock)?;
        self.clients.borrow_mut().insert(connection, client.clone());
        Ok(client)
    }

    /// A client that belongs to no connection yet.
    pub fn trial_client(&self, connection: &crate::core::connection::Connection) -> Result<Client, Fault> {
        Client::new(&connection.url, &connection.auth, &self.network, self.clock)
    }

    /// Takes a client over, or forgets it: the connection was changed.
    pub fn renew_client(&self, connection: Uuid, client: Option<Client>) {
        let mut clients = self.clients.borrow_mut();
        match client {
            Some(client) => clients.insert(connection, client),
            None => clients.remove(&connection),
        };
    }

    /// No further call goes out. Whoever waits for a place goes on without one, and comes no further than that.
    pub fn halt(&self) {
        self.stopping.set(true);
        self.clients.borrow().values().for_each(Client::halt);
        self.places.borrow().values().for_each(|places| places.close());
        self.stir();
    }

    /// How many operations have a call out, or an answer in their hands.
    pub fn calls_out(&self) -> usize {
        let waiting: usize = self.clients.borrow().values().map(Client::waiting).sum();
        self.driven.borrow().len().saturating_sub(waiting)
    }

    /// The places of a connection.
    pub fn places(&self, connection: Uuid) -> Rc<Semaphore> {
        let mut places = self.places.borrow_mut();
        places.entry(connection).or_insert_with(|| Rc::new(Semaphore::new(AT_ONCE))).clone()
    }

    /// Tells of something, with the rows as they are now.
    pub fn tell(&self, level: Level, kind: &str, message: impl Into<String>, about: About) {
        let now = self.clock.now();
        let model = self.model.borrow();
        let rotation = about.rotation.and_then(|id| model.rotations.get(&id));
        let connection = about.connection.or(rotation.map(|rotation| rotation.connection_id));
        let connection = connection.and_then(|id| model.connections.get(&id));
        let saved = rotation.filter(|rotation| !model.drafts.contains(&rotation.id));
        let rows = Rows {
            secret_rotations: saved.and_then(|rotation| model.rotation_view(rotation, now)).into_iter().collect(),
            app_connections: about
                .connection
                .and_then(|id| model.connections.get(&id))
                .map(|connection| model.connection_view(connection))
                .into_iter()
                .collect(),
            gone: about.gone.into_iter().collect(),
        };
        let news = News {
            level,
            kind: kind.into(),
            rotation: about.name.or_else(|| rotation.map(|rotation| rotation.name.to_string())),
            connection: connection.map(|connection| connection.name.to_string()),
            attempt: about.attempt,
            message: message.into(),
            rows,
        };
        drop(model);
        self.events.tell(now, news);
    }

    /// Waits for the end of an attempt.
    pub fn wait_for(&self, attempt: Uuid) -> oneshot::Receiver<End> {
        let (sender, end) = oneshot::channel();
        self.waiting.borrow_mut().entry(attempt).or_default().push(sender);
        end
    }

    /// Tells those who wait for an attempt.
    pub fn ended(&self, attempt: Uuid, end: &End) {
        for waiter in self.waiting.borrow_mut().remove(&attempt).unwrap_or_default() {
            let _ = waiter.send(end.clone());
        }
    }

    /// Whether due times run by themselves.
    pub fn schedules(&self) -> bool {
        self.role.schedules() && !self.read_only
    }

    /// Whether due times and retirements run by themselves for a rotation. A one-shot moves only what its command named.
    pub fn moves(&self, rotation: &Rotation) -> bool {
        self.schedules() || !self.read_only && self.named.borrow().contains(&rotation.id)
    }

    /// Stops acting where the data directory was moved away or replaced. The next write would find out too, but an engine
    /// may have nothing to write for days.
    pub fn look_at_place(self: &Rc<Self>) {
        if self.model.borrow().trouble.is_none()
            && let Err(error) = (self.in_place)()
        {
            self.poisoned(&error);
            mend::begin_soon(self);
        }
    }

    /// The store failed: nothing more is done, everything is as it is on disk, and reading goes on.
    pub fn poisoned(&self, error: &StoreError) {
        self.in_trouble(error);
        self.end_waits();
    }

    /// Nothing is done from here on.
    pub fn stand_still(&self, trouble: &Trouble) {
        self.model.borrow_mut().trouble = Some(trouble.clone());
        self.tell(Level::Error, "store", format!("{}; {}", trouble.message, trouble.hint), About::default());
        self.end_waits();
    }

    /// Whoever waits for something learns that it does not come.
    fn end_waits(&self) {
        let waiting: Vec<Uuid> = self.waiting.borrow().keys().copied().collect();
        for attempt in waiting {
            self.ended(attempt, &End::Stuck);
        }
        self.stir();
    }

    /// The store cannot be written. Told where that is news.
    pub fn in_trouble(&self, error: &StoreError) {
        let mut trouble = Trouble { message: error.to_string(), hint: error.hint() };
        if self.reopen.is_some() {
            trouble.hint = format!("{}; it is tried again every minute", error.remedy());
        }
        if self.model.borrow_mut().trouble.replace(trouble.clone()).as_ref() != Some(&trouble) {
            self.tell(Level::Error, "store", format!("{}; {}", trouble.message, trouble.hint), About::default());
        }
    }

    /// Lets the scheduler look again.
    pub fn stir(&self) {
        self.stirred.send_replace(());
    }
}
