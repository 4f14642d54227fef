//! The way to disk and back: what is written is visible here at once, and said only once it is durable.
//!
//! Which rotations a commit wrote is noted, so that the scheduler finds their next instant anew without being asked to.

use std::collections::VecDeque;
use std::rc::Weak;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::Shared;
use crate::core::fault::Problem;
use crate::core::remedy::{OnMachine, OnStore};
use crate::engine::events::notice::Notice;
use crate::engine::refusal::{Kind, Refusal};
use crate::store::{self, Change, Committed, Loaded, Recovery, Retired, StoreError};

/// Keeps with the store that it is retired, or that it is not any more.
pub type KeepRetired = Arc<dyn Fn(Option<&Retired>) -> Result<(), StoreError> + Send + Sync>;

/// Looks whether the data directory is where it was opened.
pub type InPlace = Box<dyn Fn() -> Result<(), StoreError> + Send>;

/// Opens the store anew, on a thread that may block.
pub type Reopen = Arc<dyn Fn(DateTime<Utc>) -> Result<Reopened, StoreError> + Send + Sync>;

/// A store that was opened anew.
pub struct Reopened {
    /// The way to it.
    pub store: store::Handle,
    /// Its records.
    pub loaded: Loaded,
    /// What an operator should know.
    pub notes: Vec<String>,
    /// Why it can still not be written, where it cannot.
    pub stands_in: Option<StoreError>,
}

/// The rotation that a change is about.
fn rotation_of(change: &Change) -> Option<Uuid> {
    match change {
        Change::PutRotation(rotation) => Some(rotation.id),
        Change::DropRotation(id) => Some(*id),
        // That it was fetched is noted there.
        Change::PutSecret(secret) => secret.rotation,
        _ => None,
    }
}

impl Shared {
    /// Takes changes over, writes them as one, and waits until they are durable. They are visible here at once, so that
    /// whatever comes next builds on them; nothing leaves the engine before.
    pub async fn write(&self, changes: Vec<Change>) -> Result<(), Refusal> {
        // Under quarantine only what leads out of it.
        let out = changes.iter().any(|change| matches!(change, Change::Quarantine(_)))
            || changes.iter().all(|change| matches!(change, Change::PutConnection(_) | Change::Append(_)));
        // What was decided about the store stands in its history, also where nothing else is written any more.
        let notes = changes.iter().all(|change| matches!(change, Change::Append(_)));
        let _hand = self.in_hand.clone();
        let fixes = {
            let model = self.model.borrow();
            (out && model.only_quarantined().is_some()) || (notes && model.poison().is_none())
        };
        if let Some(trouble) = self.model.borrow().trouble.as_ref().filter(|_| !fixes) {
            return Err(Refusal::of(Kind::Store, trouble.clone()));
        }
        let (answer, written) = oneshot::channel();
        let committed = match &*self.store.borrow() {
            Some(store) => store.commit(changes.clone()),
            None => return Err(store::gone().into()),
        };
        let about = changes.iter().filter_map(rotation_of).collect();
        let undo = self.model.borrow_mut().apply(changes);
        let _ = self.acks.send(Ack::Write { committed, undo, about, answer });
        Ok(written.await.unwrap_or_else(|_| Err(store::gone()))?)
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

    /// Reports what was recovered while the engine ran.
    pub fn tell_recovered(&self) {
        let all = self.recovered();
        for recovery in all.iter().skip(self.recovered.replace(all.len())) {
            self.announce(Notice::StoreNote { message: recovery.to_string() });
        }
    }

    /// Takes the store out, to be closed, or puts one in.
    pub fn change_store(&self, store: Option<store::Handle>) -> Option<Arc<store::Handle>> {
        self.store.replace(store.map(Arc::new))
    }

    /// Refuses acts while the store cannot be trusted or written.
    pub fn may_act(&self) -> Result<(), Refusal> {
        match &self.model.borrow().trouble {
            Some(trouble) => Err(Refusal::of(Kind::Store, trouble.clone())),
            None => Ok(()),
        }
    }

    /// Refuses what a quarantine does not: to fix a connection, without which nothing can be compared with Okta.
    pub fn may_fix(&self) -> Result<(), Refusal> {
        let quarantined = self.model.borrow().only_quarantined().is_some();
        if quarantined { Ok(()) } else { self.may_act() }
    }

    /// Stops acting where the data directory was moved away or replaced. The next write would find out too, but an engine
    /// may have nothing to write for days.
    pub fn check_place(&self) {
        if self.model.borrow().trouble.is_none()
            && let Err(error) = (self.in_place)()
        {
            self.poisoned(&error);
        }
    }

    /// The store failed: nothing more is done, everything is as it is on disk, and reading continues.
    pub fn poisoned(&self, error: &StoreError) {
        self.in_trouble(error);
        self.store_failed.send_replace(true);
        self.end_waits();
    }

    /// Nothing is done from here on.
    pub fn stand_still(&self, trouble: &Problem) {
        self.model.borrow_mut().trouble = Some(trouble.clone());
        self.announce(Notice::StoreFails { trouble: trouble.clone() });
        self.end_waits();
    }

    fn end_waits(&self) {
        self.waiters.give_up();
        self.stir();
    }

    /// The store cannot be written. Reported where that is news.
    pub fn in_trouble(&self, error: &StoreError) {
        let mut trouble = Problem::from(error);
        if self.reopen.is_some() {
            trouble.remedies = vec![OnMachine::Fix(error.remedy()).into(), OnStore::ReopensEachMinute.into()];
        }
        if self.model.borrow_mut().trouble.replace(trouble.clone()).as_ref() != Some(&trouble) {
            self.announce(Notice::StoreFails { trouble: trouble.clone() });
        }
    }
}

/// Something that was handed to the store, in order.
pub enum Ack {
    /// A write, and what takes it back.
    Write {
        /// What the store says.
        committed: Committed,
        /// Takes it back.
        undo: Vec<Change>,
        /// The rotations that it is about.
        about: Vec<Uuid>,
        /// Who waits.
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    /// Answered once all before it are.
    Barrier(oneshot::Sender<()>),
}

/// Answers for the store, in the order of the writes. At the first error everything not written is taken back.
pub async fn acknowledge(engine: Weak<Shared>, mut queue: mpsc::UnboundedReceiver<Ack>) {
    while let Some(ack) = queue.recv().await {
        let (committed, undo, about, answer) = match ack {
            Ack::Write { committed, undo, about, answer } => (committed, undo, about, answer),
            Ack::Barrier(answer) => {
                let _ = answer.send(());
                continue;
            }
        };
        let result = committed.await.unwrap_or_else(|_| Err(store::gone()));
        if let Err(error) = &result {
            let mut unwritten = VecDeque::from([undo]);
            let mut answers = vec![answer];
            let mut barriers = Vec::new();
            while let Ok(ack) = queue.try_recv() {
                match ack {
                    Ack::Write { undo, answer, .. } => {
                        unwritten.push_front(undo);
                        answers.push(answer);
                    }
                    Ack::Barrier(answer) => barriers.push(answer),
                }
            }
            let Some(engine) = engine.upgrade() else { return };
            for undo in unwritten {
                engine.model.borrow_mut().apply(undo);
            }
            engine.poisoned(error);
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
            for barrier in barriers {
                let _ = barrier.send(());
            }
            continue;
        }
        if let Some(engine) = engine.upgrade() {
            engine.tell_recovered();
            for id in about {
                engine.wake(id);
            }
        }
        let _ = answer.send(result);
    }
}
