use std::sync::{Arc, Mutex};
use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::store::Loaded;
use crate::store::testing;

/// What a stand-in store was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Done {
    Commit(Vec<usize>),
    History(Option<Uuid>, usize),
    Tend,
    Close,
}

#[derive(Default)]
struct Fake {
    done: Arc<Mutex<Vec<Done>>>,
    /// Waits here before each commit.
    gate: Option<mpsc::Receiver<()>>,
    fail: bool,
    pages: Vec<HistoryPage>,
}

impl Fake {
    fn did(&self, done: Done) {
        self.done.lock().expect("not poisoned").push(done);
    }
}

impl Store for Fake {
    fn load(&self) -> Result<Loaded, StoreError> {
        Ok(Loaded::default())
    }

    fn history(&self, query: &HistoryQuery) -> Result<HistoryPage, StoreError> {
        self.did(Done::History(query.before, query.limit));
        let done = self.done.lock().expect("not poisoned");
        let reads = done.iter().filter(|done| matches!(done, Done::History(..))).count();
        Ok(self.pages.get(reads - 1).cloned().unwrap_or_default())
    }

    fn commit(&mut self, batches: Vec<Vec<Change>>) -> Result<(), StoreError> {
        if let Some(gate) = &self.gate {
            gate.recv().expect("opened");
        }
        self.did(Done::Commit(batches.iter().map(Vec::len).collect()));
        if self.fail { Err(StoreError::Full) } else { Ok(()) }
    }

    fn tend(&mut self) -> Option<Duration> {
        self.did(Done::Tend);
        None
    }

    fn close(&mut self) {
        self.did(Done::Close);
    }
}

fn batch(changes: usize) -> Vec<Change> {
    (0..changes).map(|n| Change::DropRotation(Uuid::from_u128(n as u128))).collect()
}

fn done(log: &Arc<Mutex<Vec<Done>>>) -> Vec<Done> {
    log.lock().expect("not poisoned").clone()
}

#[test]
fn what_is_queued_meanwhile_is_committed_together_and_each_is_answered() {
    let (open, gate) = mpsc::channel();
    let fake = Fake { gate: Some(gate), ..Fake::default() };
    let log = Arc::clone(&fake.done);
    let handle = Handle::start(Box::new(fake)).expect("starts");
    let first = handle.commit(batch(1));
    // The thread stands at the gate with one batch, or has taken more: either way nothing is lost or reordered.
    let rest: Vec<Committed> = (2..=20).map(|n| handle.commit(batch(n))).collect();
    for _ in 0..20 {
        open.send(()).expect("the thread lives");
    }
    for one in [first].into_iter().chain(rest) {
        assert!(one.blocking_recv().expect("answered").is_ok());
    }
    drop(handle);
    let sizes: Vec<usize> =
        done(&log).into_iter().flat_map(|done| if let Done::Commit(sizes) = done { sizes } else { vec![] }).collect();
    assert_eq!(sizes, (1..=20).collect::<Vec<_>>(), "in order");
    assert_eq!(done(&log).last(), Some(&Done::Close));
}

#[test]
fn after_an_error_nothing_more_is_written_and_reading_continues() {
    let fake = Fake { fail: true, ..Fake::default() };
    let log = Arc::clone(&fake.done);
    let handle = Handle::start(Box::new(fake)).expect("starts");
    for _ in 0..3 {
        let answer = handle.commit(batch(1)).blocking_recv().expect("answered");
        assert!(matches!(answer, Err(StoreError::Full)), "{answer:?}");
    }
    assert!(testing::wait(handle.history(HistoryQuery { limit: 1, ..HistoryQuery::default() })).is_ok());
    drop(handle);
    let commits = done(&log).iter().filter(|done| matches!(done, Done::Commit(_))).count();
    assert_eq!(commits, 1, "the store is not asked again");
    assert!(!done(&log).contains(&Done::Tend), "nor tended");
}

#[test]
fn a_page_that_comes_in_parts_is_put_together() {
    let part = |ids: &[u128], next: Option<u128>| HistoryPage {
        entries: ids.iter().map(|id| testing::entry(*id, testing::rotation_id(1))).collect(),
        next: next.map(Uuid::from_u128),
        unreadable: 1,
    };
    let fake = Fake { pages: vec![part(&[9], Some(8)), part(&[], Some(5)), part(&[4, 3], Some(3))], ..Fake::default() };
    let log = Arc::clone(&fake.done);
    let handle = Handle::start(Box::new(fake)).expect("starts");
    let query = HistoryQuery { limit: 3, ..HistoryQuery::default() };
    let page = testing::wait(handle.history(query)).expect("read");
    assert_eq!(page.entries.iter().map(|entry| entry.id.as_u128()).collect::<Vec<_>>(), [9, 4, 3]);
    assert_eq!((page.next, page.unreadable), (Some(Uuid::from_u128(3)), 3));
    let at = |id| Some(Uuid::from_u128(id));
    assert_eq!(
        done(&log),
        [Done::History(None, 3), Done::History(at(8), 2), Done::History(at(5), 2)],
        "each part continues where the one before ended"
    );
}
