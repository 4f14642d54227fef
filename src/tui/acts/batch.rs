//! Acts that were asked for, one row or many: what each item became, in one summary.

use uuid::Uuid;

use crate::core::fault::Problem;
use crate::core::remedy::InRequest;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::tui::acts::task::Task;
use crate::tui::msg::{Effect, Purpose};
use crate::words::sentence::Sentence;

/// How an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asked for.
    Open,
    /// Done, in a sentence.
    Done(Sentence),
    /// Not done: what happened, and what to do.
    Refused(Problem),
}

/// An item of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchItem {
    /// What was asked for.
    pub task: Task,
    /// How it stands.
    pub standing: Standing,
}

/// Acts that were asked for together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its number.
    pub number: u64,
    /// Its items.
    pub items: Vec<BatchItem>,
}

impl Batch {
    /// Acts to be asked for.
    pub fn new(number: u64, tasks: Vec<Task>) -> Self {
        let items = tasks.into_iter().map(|task| BatchItem { task, standing: Standing::Open });
        Self { number, items: items.collect() }
    }

    /// The calls of all items.
    pub fn calls(&self) -> Vec<Effect> {
        let call = |item: &BatchItem| {
            let purpose = Purpose::Act { batch: self.number, id: item.task.target.id };
            Effect::call(purpose, item.task.request())
        };
        self.items.iter().map(call).collect()
    }

    /// Notes an answer; returns the item.
    pub fn note(&mut self, id: Uuid, result: &Result<Reply, Refusal>) -> Option<&BatchItem> {
        let item = self.items.iter_mut().find(|item| item.task.target.id == id && item.standing == Standing::Open)?;
        let name = &item.task.target.name;
        item.standing = match result {
            Ok(reply) => Standing::Done(item.task.act.done(name, reply)),
            Err(refusal) if refusal.error == Kind::NeedsConsent => {
                let next = InRequest::ShowsPlan { command: format!("windlass {} {name}", item.task.act.kind()) };
                Standing::Refused(Problem::because(refusal.problem.cause.clone()).and(next))
            }
            Err(refusal) => Standing::Refused(refusal.problem.clone()),
        };
        Some(item)
    }

    /// Items done, refused, and open.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Standing) -> bool| self.items.iter().filter(|item| wanted(&item.standing)).count();
        (
            count(|standing| matches!(standing, Standing::Done(_))),
            count(|standing| matches!(standing, Standing::Refused(..))),
            count(|standing| *standing == Standing::Open),
        )
    }
}

#[cfg(test)]
mod tests;
