//! The store's answers, in the order of the writes.

use std::collections::VecDeque;
use std::rc::Weak;

use tokio::sync::{mpsc, oneshot};

use super::mend;
use super::shared::Shared;
use crate::store::{self, Change, Committed, StoreError};

/// Something that was handed to the store, in order.
pub enum Ack {
    /// A write, and what takes it back.
    Write {
        /// What the store says.
        committed: Committed,
        /// Takes it back.
        undo: Vec<Change>,
        /// Who waits.
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    /// Answered once all before it are.
    Barrier(oneshot::Sender<()>),
}

/// Answers for the store, in the order of the writes. At the first error everything not written is taken back.
pub async fn acknowledge(engine: Weak<Shared>, mut queue: mpsc::UnboundedReceiver<Ack>) {
    while let Some(ack) = queue.recv().await {
        let (committed, undo, answer) = match ack {
            Ack::Write { committed, undo, answer } => (committed, undo, answer),
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
            mend::begin_soon(&engine);
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
        }
        let _ = answer.send(result);
    }
}
