//! Those who wait for the end of an attempt.

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::sync::oneshot;
use uuid::Uuid;

use crate::core::fault::Fault;
use crate::core::history::Entry;

/// How an attempt ended, or why it will not soon.
#[derive(Clone, Debug)]
pub enum End {
    /// It is over, and in the history.
    Closed(Box<Entry>),
    /// It changed nothing and was given up.
    Abandoned(Box<Fault>),
    /// It cannot continue without an operator or its connection.
    Stuck,
}

/// Who waits, by attempt.
#[derive(Debug, Default)]
pub struct Waiters(RefCell<HashMap<Uuid, Vec<oneshot::Sender<End>>>>);

impl Waiters {
    /// Waits for the end of an attempt.
    pub fn wait_for(&self, attempt: Uuid) -> oneshot::Receiver<End> {
        let (sender, end) = oneshot::channel();
        self.0.borrow_mut().entry(attempt).or_default().push(sender);
        end
    }

    /// Answers those who wait for an attempt.
    pub fn ended(&self, attempt: Uuid, end: &End) {
        for waiter in self.0.borrow_mut().remove(&attempt).unwrap_or_default() {
            let _ = waiter.send(end.clone());
        }
    }

    /// Whoever waits for something learns that it does not come.
    pub fn give_up(&self) {
        for waiter in self.0.take().into_values().flatten() {
            let _ = waiter.send(End::Stuck);
        }
    }
}
