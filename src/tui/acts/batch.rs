//! Acts that were asked for, one row or many: what each item became, in one summary.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::tui::acts::verb::{Target, Verb};
use crate::tui::msg::{Effect, Purpose};

/// How an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asked for.
    Open,
    /// Done, in a sentence.
    Done(String),
    /// Not done: what happened, and what to do.
    Refused(String, String),
}

/// An item of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchItem {
    /// The row.
    pub target: Target,
    /// What was asked for.
    pub verb: Verb,
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
    pub fn new(number: u64, acts: Vec<(Target, Verb)>) -> Self {
        let items = acts.into_iter().map(|(target, verb)| BatchItem { target, verb, standing: Standing::Open });
        Self { number, items: items.collect() }
    }

    /// The calls of all items.
    pub fn calls(&self) -> Vec<Effect> {
        let call = |item: &BatchItem| {
            let id = item.target.id;
            let purpose = Purpose::Act { batch: self.number, id, verb: item.verb };
            Effect::call(purpose, item.verb.request(id))
        };
        self.items.iter().map(call).collect()
    }

    /// Notes an answer; returns the item.
    pub fn note(
        &mut self,
        id: Uuid,
        result: &Result<Reply, Refusal>,
        when: impl Fn(DateTime<Utc>) -> String,
    ) -> Option<&BatchItem> {
        let item = self.items.iter_mut().find(|item| item.target.id == id && item.standing == Standing::Open)?;
        item.standing = match result {
            Ok(reply) => Standing::Done(item.verb.done(&item.target.name, reply, when)),
            Err(refusal) if refusal.error == Kind::NeedsConsent => {
                let asks = format!("`windlass rotation rotate {}` shows the plan and asks", item.target.name);
                Standing::Refused(refusal.message(), asks)
            }
            Err(refusal) => Standing::Refused(refusal.message(), refusal.hint()),
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
