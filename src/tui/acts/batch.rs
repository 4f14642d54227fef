//! Acts that were asked for, one row or many: what each item became, in one summary.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{
    ConfirmTerms, DeleteTerms, PauseTerms, Reply, Request, ResolveTerms, ResumeTerms, RetireTerms, RollbackTerms,
    RotateTerms, SkipTerms, TestTerms,
};
use crate::tui::acts::retire;
use crate::tui::msg::{Effect, Purpose};

/// A row that an act is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// An act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Rotate now; `yes` where the previous secret may be cut short.
    Rotate {
        /// Agreed to.
        yes: bool,
    },
    /// Rotate once the old secret has gone by itself.
    RotateLater,
    /// Pause, for ever or until an instant.
    Pause {
        /// Until when.
        until: Option<DateTime<Utc>>,
    },
    /// Resume; `now` runs a due time that has passed.
    Resume {
        /// At once.
        now: bool,
    },
    /// Drop the next due time, or bring one back.
    Skip {
        /// Back.
        undo: bool,
    },
    /// Rotate after a leak: the secret that is current until then goes at once.
    Replace,
    /// Switch the old secret off: at an instant, or now.
    Retire {
        /// When; now where absent.
        at: Option<DateTime<Utc>>,
        /// Agreed to.
        yes: bool,
    },
    /// Keep the old secret until somebody says otherwise.
    Hold,
    /// Publish the previous secret again.
    RollBack,
    /// Confirm it as it is at Okta, after the store was damaged.
    Confirm,
    /// Have a new secret that cannot be tested published, or withdrawn.
    Resolve {
        /// Published.
        publish: bool,
    },
    /// Compare with what is at Okta.
    Look,
    /// Test a connection.
    Test,
    /// Delete a rotation.
    Delete {
        /// Its mapped secrets go too.
        secrets: bool,
        /// Its Okta secrets go too.
        revoke: bool,
        /// Nothing is settled at Okta.
        force: bool,
    },
    /// Delete a connection.
    DeleteConnection,
}

impl Verb {
    /// The request for a row.
    pub fn request(self, id: Uuid) -> Request {
        let id = id.to_string();
        match self {
            Self::Rotate { yes } => Request::Rotate { id, terms: RotateTerms { yes, ..RotateTerms::default() } },
            Self::RotateLater => {
                Request::Rotate { id, terms: RotateTerms { after_previous: true, ..RotateTerms::default() } }
            }
            Self::Pause { until } => Request::Pause { id, terms: PauseTerms { until } },
            Self::Resume { now } => Request::Resume { id, terms: ResumeTerms { now } },
            Self::Skip { undo } => Request::Skip { id, terms: SkipTerms { undo } },
            Self::Replace => {
                Request::Rotate { id, terms: RotateTerms { yes: true, retire_now: true, ..RotateTerms::default() } }
            }
            Self::Retire { at, yes } => {
                Request::Retire { id, terms: RetireTerms { now: at.is_none(), at, yes, ..RetireTerms::default() } }
            }
            Self::Hold => Request::Retire { id, terms: RetireTerms { hold: true, ..RetireTerms::default() } },
            Self::RollBack => Request::Rollback { id, terms: RollbackTerms::default() },
            Self::Confirm => Request::Confirm(ConfirmTerms { rotation: Some(id), yes: true }),
            Self::Resolve { publish } => {
                let terms =
                    ResolveTerms { publish_unverified: publish, withdraw: !publish, yes: true, wait_seconds: None };
                Request::Resolve { id, terms }
            }
            Self::Look => Request::Look { id },
            Self::Test => Request::ConnectionTest { id, terms: TestTerms::default() },
            Self::Delete { secrets, revoke, force } => {
                let terms = DeleteTerms { delete_secrets: secrets, revoke_generated_credentials: revoke, force };
                Request::RotationDelete { id, terms }
            }
            Self::DeleteConnection => Request::ConnectionDelete { id },
        }
    }

    /// Whether it calls Okta, so that whoever asked wants to hear that it has begun.
    pub fn takes_its_time(self) -> bool {
        match self {
            Self::Rotate { .. }
            | Self::Replace
            | Self::RollBack
            | Self::Confirm
            | Self::Resolve { .. }
            | Self::Look
            | Self::Test
            | Self::Delete { .. } => true,
            Self::Retire { at, .. } => at.is_none(),
            Self::RotateLater
            | Self::Pause { .. }
            | Self::Resume { .. }
            | Self::Skip { .. }
            | Self::Hold
            | Self::DeleteConnection => false,
        }
    }

    /// What is being done, for the heading of a summary.
    pub fn doing(self) -> &'static str {
        match self {
            Self::Rotate { .. } | Self::Replace => "Rotating",
            Self::RotateLater => "Setting a date for",
            Self::Skip { .. } => "Skipping for",
            Self::Retire { at: None, .. } => "Switching off the old secret of",
            Self::Retire { .. } | Self::Hold => "Deciding on the old secret of",
            Self::RollBack => "Rolling back",
            Self::Confirm => "Confirming",
            Self::Pause { .. } => "Pausing",
            Self::Resume { .. } => "Resuming",
            Self::Resolve { publish: true } => "Publishing the new secret of",
            Self::Resolve { publish: false } => "Withdrawing the new secret of",
            Self::Look => "Looking at",
            Self::Test => "Testing",
            Self::Delete { .. } | Self::DeleteConnection => "Deleting",
        }
    }

    /// What was done, told from the reply; reversible acts say how to undo them.
    pub fn done(self, reply: &Reply, when: impl Fn(DateTime<Utc>) -> String) -> String {
        match (self, reply) {
            (Self::Retire { .. } | Self::Hold, Reply::Rotation { secret_rotation: row, .. }) => retire::left(row, when),
            (Self::Confirm, Reply::Engine { engine }) if engine.trouble.is_none() => {
                "confirmed; the quarantine is over, and what is due goes on by itself".into()
            }
            (Self::Confirm, _) => "confirmed; nothing starts before the others are confirmed as well".into(),
            (Self::RollBack, Reply::Rotation { secret_rotation: row, .. }) => match &row.current {
                Some(current) => {
                    format!("back, as version {}; nothing starts by itself until p resumes it", current.version)
                }
                None => "rolling back".into(),
            },
            (Self::Skip { undo }, Reply::Rotation { secret_rotation: row, .. }) => match row.next_rotation_at {
                Some(at) if undo => format!("the skipped due time is back: next {}", when(at)),
                Some(at) => format!("skipped, next {}; p brings it back", when(at)),
                None => format!("skipped; the next rotation is {}", row.undated()),
            },
            (Self::RotateLater, Reply::Rotation { secret_rotation: row, .. }) => match row.next_rotation_at {
                Some(at) => format!("rotates {}, once the old secret has gone; r rotates it now", when(at)),
                None => "rotates once the old secret has gone; r rotates it now".into(),
            },
            (Self::Rotate { .. } | Self::Replace, Reply::Rotation { secret_rotation: row, .. }) => match &row.current {
                Some(current) => format!("rotated; version {} is published", current.version),
                None => "rotating".into(),
            },
            (Self::Pause { until: Some(until) }, _) => format!("paused until {}; p resumes it", when(until)),
            (Self::Pause { until: None }, _) => "paused until resumed; p resumes it".into(),
            (Self::Resume { .. }, Reply::Rotation { secret_rotation: row, .. }) => match row.next_rotation_at {
                Some(at) => format!("resumed, next {}; p pauses it again", when(at)),
                None => format!("resumed; the next rotation is {}; p pauses it again", row.undated()),
            },
            (Self::Resolve { publish: false }, _) => {
                "the new secret is withdrawn; the current one goes on working".into()
            }
            (Self::Resolve { publish: true }, Reply::Rotation { secret_rotation: row, .. }) => match &row.current {
                Some(current) => format!("published untested, as version {}; u goes back", current.version),
                None => "publishing".into(),
            },
            (Self::Look, Reply::Rotation { secret_rotation: row, .. }) => match &row.attention {
                Some(attention) => format!("{}; {}", attention.cause, attention.next),
                None => "what is at Okta is what it should be again".into(),
            },
            (Self::Test, Reply::Test { test }) => {
                let rate = match (test.rate_remaining, test.rate_limit) {
                    (Some(left), Some(limit)) => format!("works; {left} of {limit} calls a minute are left"),
                    _ => "works".into(),
                };
                std::iter::once(rate).chain(test.notes.iter().cloned()).collect::<Vec<_>>().join("; ")
            }
            (Self::Delete { force: true, .. }, _) => {
                "deleted; the history tells what may still be at Okta, and how to get its values for 90 days".into()
            }
            (Self::Delete { .. }, _) => "being deleted; it leaves the list once that is done".into(),
            (Self::DeleteConnection, _) => "deleted".into(),
            _ => "done".into(),
        }
    }
}

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
            Ok(reply) => Standing::Done(item.verb.done(reply, when)),
            Err(refusal) if refusal.error == Kind::NeedsConsent => {
                Standing::Refused(refusal.message.clone(), "r shows the plan and asks".into())
            }
            Err(refusal) => Standing::Refused(refusal.message.clone(), refusal.hint.clone()),
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
