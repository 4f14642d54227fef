//! What is known, what is on disk, and what is said: all that the floors above share.
//!
//! Everything lives on the engine's thread. A borrow of the records is never held over an await. **Nothing is said and no
//! call goes out before what it rests on is durable**: see [`Shared::write`] and [`Shared::settled`].
//!
//! Nothing here decides what is done next, and nothing here answers a request.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures_util::FutureExt;
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use uuid::Uuid;

use super::events::Events;
use super::role::Role;
use crate::clock::Clock;
use crate::core::rotation::Rotation;
use crate::net::Network;
use crate::store::{self, StoreError};

pub mod after;
pub mod agenda;
pub mod caller;
mod clients;
pub mod decisions;
pub mod journal;
pub mod mapped_secrets;
pub mod notices;
pub mod records;
pub mod standing;
pub mod waiters;

use after::After;
use agenda::Agenda;
use caller::Caller;
use journal::{Ack, InPlace, KeepRetired, Reopen, acknowledge};
use records::Model;
use waiters::Waiters;

/// What an engine is made of, once the store is open.
pub struct Parts {
    /// How it is run.
    pub setup: Setup,
    /// All records.
    pub model: Model,
    /// The way to disk.
    pub store: store::Handle,
    /// Why the store cannot be written, where another stands in for it.
    pub stands_in: Option<StoreError>,
}

/// How an engine is run: all that stays as it is while it runs.
pub struct Setup {
    /// What it is run for.
    pub role: Role,
    /// How Okta is reached.
    pub network: Network,
    /// The time.
    pub clock: Clock,
    /// The zone of a time of day that names none.
    pub zone: Tz,
    /// From one drift check of a rotation to the next; `None` for never.
    pub drift_every: Option<StdDuration>,
    /// Whatever would change something is refused, whoever asks, and nothing runs on its own.
    pub read_only: bool,
    /// The live log.
    pub events: Events,
    /// Opens the store anew after it could not be written; `None` where the engine ends soon anyway.
    pub reopen: Option<Reopen>,
    /// Whether the data directory is where it was opened.
    pub in_place: InPlace,
    /// Keeps with the store that it is retired, or that it is not any more.
    pub keep_retired: KeepRetired,
    /// Where systemd fetches credentials.
    pub credential_socket: PathBuf,
}

/// What the floors share: see the module. Its [`Setup`] is read as if it stood here.
pub struct Shared {
    setup: Setup,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// All records.
    pub model: RefCell<Model>,
    /// What happens when.
    pub agenda: RefCell<Agenda>,
    /// Signalled when the agenda's first entry may have changed, and when an operation came to rest.
    pub stirred: watch::Sender<()>,
    /// Targets that are being delivered to right now.
    pub delivering: RefCell<HashSet<Uuid>>,
    /// The commands that run after deliveries.
    pub after: After,
    /// Rotations whose operation is being driven right now.
    pub driven: RefCell<HashSet<Uuid>>,
    /// Those of them that are to be driven again as soon as they have come to rest.
    pub nudged: RefCell<HashSet<Uuid>>,
    /// Cloned by whoever has something in hand that is not on the agenda again yet: a write, or what follows from it.
    pub in_hand: Rc<()>,
    /// What was found to be woken by nothing: see [`super::work::unwoken`].
    pub unwoken: RefCell<Vec<String>>,
    /// Those who wait for the end of an attempt.
    pub waiters: Waiters,
    /// Drift checks that are under way.
    pub looking: Cell<usize>,
    /// Rotations that a one-shot's command named: only those move there.
    pub named: RefCell<HashSet<Uuid>>,
    /// Set once the engine is to end: no further call goes out.
    pub stopping: Cell<bool>,
    /// Whether Okta's clock agreed with ours when it was last heard of, since the start or since ours was set back.
    pub clock_agrees: Cell<bool>,
    /// Signalled when a part failed without which the engine cannot work.
    pub fell: Notify,
    /// Signalled once the process that asked for the store was answered: the engine ends for it.
    pub yields: Notify,
    /// Whether the store cannot be written, and is to be opened anew: see [`super::work::reopen`].
    pub store_failed: watch::Sender<bool>,
    /// Rotations whose next instant is to be found anew: what a commit wrote, and what was woken.
    woken: RefCell<BTreeSet<Uuid>>,
    /// How much was recovered that was reported.
    recovered: Cell<usize>,
    /// Gone while it is opened anew.
    store: RefCell<Option<Arc<store::Handle>>>,
    acks: mpsc::UnboundedSender<Ack>,
    callers: RefCell<HashMap<Uuid, Caller>>,
    places: RefCell<HashMap<Uuid, Rc<Semaphore>>>,
}

/// The engine, as its parts hold it.
pub type Engine = Rc<Shared>;

impl Deref for Shared {
    type Target = Setup;

    fn deref(&self) -> &Setup {
        &self.setup
    }
}

impl Shared {
    /// The shared state, with its acknowledging task on the current local set.
    pub fn new(parts: Parts) -> Engine {
        let Parts { setup, model, store, stands_in: _ } = parts;
        let (acks, queue) = mpsc::unbounded_channel();
        let engine = Rc::new(Self {
            started_at: setup.clock.now(),
            setup,
            model: RefCell::new(model),
            agenda: RefCell::default(),
            stirred: watch::Sender::new(()),
            delivering: RefCell::default(),
            after: After::default(),
            driven: RefCell::default(),
            nudged: RefCell::default(),
            in_hand: Rc::default(),
            unwoken: RefCell::default(),
            waiters: Waiters::default(),
            looking: Cell::new(0),
            named: RefCell::default(),
            stopping: Cell::new(false),
            clock_agrees: Cell::new(false),
            fell: Notify::new(),
            yields: Notify::new(),
            store_failed: watch::Sender::new(false),
            woken: RefCell::default(),
            recovered: Cell::new(store.recovered().len()),
            store: RefCell::new(Some(Arc::new(store))),
            acks,
            callers: RefCell::default(),
            places: RefCell::default(),
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

    /// Whether due times run by themselves.
    pub fn schedules(&self) -> bool {
        self.role.schedules() && !self.read_only
    }

    /// Whether due times and retirements run by themselves for a rotation. A one-shot moves only what its command named.
    pub fn moves(&self, rotation: &Rotation) -> bool {
        self.schedules() || !self.read_only && self.named.borrow().contains(&rotation.id)
    }

    /// Lets the scheduler look again.
    pub fn stir(&self) {
        self.stirred.send_replace(());
    }

    /// Has the scheduler find anew what a rotation does next.
    pub fn wake(&self, id: Uuid) {
        self.woken.borrow_mut().insert(id);
        self.stir();
    }

    /// The same for all rotations of a connection.
    pub fn wake_all_of(&self, connection: Uuid) {
        let model = self.model.borrow();
        let of = model.rotations.values().filter(|rotation| rotation.goes_through(connection));
        self.woken.borrow_mut().extend(of.map(|rotation| rotation.id));
        self.stir();
    }

    /// Takes those that were woken.
    pub fn take_woken(&self) -> BTreeSet<Uuid> {
        self.woken.take()
    }

    /// Whether some were woken whose turn was not found yet.
    pub fn has_woken(&self) -> bool {
        !self.woken.borrow().is_empty()
    }
}
