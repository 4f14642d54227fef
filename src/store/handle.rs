//! The store's own thread: it takes what is queued, commits it together, and answers each.
//!
//! Changes are written in the order in which they were handed over. After the first error nothing more is written, and
//! every later commit gets that error: what was not written must not be acted upon.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::sync::oneshot;

use super::{Change, HistoryPage, HistoryQuery, Recovery, Store, StoreError};

/// How many batches go into one commit at the most.
const TOGETHER: usize = 256;

enum Job {
    Commit(Vec<Change>, oneshot::Sender<Result<(), StoreError>>),
    History(HistoryQuery, oneshot::Sender<Result<HistoryPage, StoreError>>),
}

/// The way to the store's thread. Dropping it ends the thread in good order.
pub struct Handle {
    recovered: Arc<Mutex<Vec<Recovery>>>,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What a commit comes to: `Ok` once it is durable.
pub type Committed = oneshot::Receiver<Result<(), StoreError>>;

impl Handle {
    /// Starts the thread.
    pub fn start(store: Box<dyn Store>) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let recovered = Arc::new(Mutex::new(store.recovered()));
        let shared = recovered.clone();
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(move || run(store, &queue, &shared))
            .map_err(|error| StoreError::Io { what: "starting the store's thread".into(), why: error.to_string() })?;
        Ok(Self { recovered, jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands over a batch that is written as one. The order of calls is the order on disk.
    pub fn commit(&self, changes: Vec<Change>) -> Committed {
        let (answer, committed) = oneshot::channel();
        self.send(Job::Commit(changes, answer));
        committed
    }

    /// Reads a page of history, after all commits handed over before. A page that takes long to find is read in parts,
    /// so that commits get their turn in between.
    pub async fn history(&self, mut query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        let mut page = HistoryPage::default();
        loop {
            let (answer, part) = oneshot::channel();
            self.send(Job::History(query.clone(), answer));
            let part = part.await.unwrap_or_else(|_| Err(gone()))?;
            query.limit -= part.entries.len().min(query.limit);
            query.before = part.next;
            page.entries.extend(part.entries);
            page.unreadable += part.unreadable;
            page.next = part.next;
            if page.next.is_none() || query.limit == 0 {
                return Ok(page);
            }
        }
    }

    /// What was recovered, and not yet acknowledged: as of the last commit that was answered.
    pub fn recovered(&self) -> Vec<Recovery> {
        self.recovered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn send(&self, job: Job) {
        // Where the thread is gone the answer's sender goes with the job, and whoever waits learns of it.
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was reported when it happened.
            let _ = thread.join();
        }
    }
}

/// The error of a store whose thread is gone.
pub fn gone() -> StoreError {
    StoreError::Io { what: "the store".into(), why: "its thread has ended".into() }
}

fn run(mut store: Box<dyn Store>, queue: &mpsc::Receiver<Job>, recovered: &Mutex<Vec<Recovery>>) {
    let mut poison: Option<StoreError> = None;
    let mut tend_after = None;
    loop {
        let first = match tend_after {
            None => queue.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
            Some(wait) => queue.recv_timeout(wait),
        };
        let first = match first {
            Ok(job) => job,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                tend_after = store.tend();
                continue;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        };
        let mut batches = Vec::new();
        let mut answers = Vec::new();
        let mut reads = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Commit(changes, answer) => {
                    batches.push(changes);
                    answers.push(answer);
                }
                Job::History(query, answer) => reads.push((query, answer)),
            }
            // A read sees what was handed over before it, and nothing that came after.
            next = if reads.is_empty() && batches.len() < TOGETHER { queue.try_recv().ok() } else { None };
        }
        if !batches.is_empty() {
            let result = match &poison {
                Some(error) => Err(error.clone()),
                None => store.commit(batches),
            };
            if let Err(error) = &result {
                poison.get_or_insert_with(|| error.clone());
            }
            *recovered.lock().unwrap_or_else(PoisonError::into_inner) = store.recovered();
            for answer in answers {
                let _ = answer.send(result.clone());
            }
            // Only once whoever waited has been answered.
            if poison.is_none() {
                tend_after = store.tend();
            }
        }
        for (query, answer) in reads {
            let _ = answer.send(store.history(&query));
        }
    }
    store.close();
}

#[cfg(test)]
mod tests;
