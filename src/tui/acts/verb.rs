//! What can be done to a row: the request, and what it is called while it is done and afterwards.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::engine::request::{
    ConfirmTerms, DeleteTerms, PauseTerms, Reply, Request, ResolveTerms, ResumeTerms, RetireTerms, RollbackTerms,
    RotateTerms, SkipTerms, TestTerms,
};

/// A row that an act is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Rows by name, or by number where they are many.
pub fn called(targets: &[Target]) -> String {
    match targets {
        [only] => only.name.clone(),
        many => format!("{} rotations", many.len()),
    }
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
    Check,
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
            Self::Check => Request::Check { id },
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
            | Self::Check
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
            Self::Check => "Looking at",
            Self::Test => "Testing",
            Self::Delete { .. } | Self::DeleteConnection => "Deleting",
        }
    }

    /// What was done, told from the reply; reversible acts say how to undo them, by the command of the rotation `name`.
    pub fn done(self, name: &str, reply: &Reply, when: impl Fn(DateTime<Utc>) -> String) -> String {
        match (self, reply) {
            (Self::Retire { .. } | Self::Hold, Reply::Rotation { secret_rotation: row, .. }) => {
                row.old_secret().to_string()
            }
            (Self::Confirm, Reply::Engine { engine }) if engine.trouble.is_none() => {
                "confirmed; the quarantine is over, and what is due starts by itself".into()
            }
            (Self::Confirm, _) => "confirmed; nothing starts before the others are confirmed as well".into(),
            (Self::RollBack, Reply::Rotation { secret_rotation: row, .. }) => match &row.current {
                Some(current) => {
                    format!(
                        "back, as version {}; nothing starts by itself until it is resumed: `windlass rotation resume {name}`",
                        current.version
                    )
                }
                None => "rolling back".into(),
            },
            (Self::Skip { undo }, Reply::Rotation { secret_rotation: row, .. }) => match row.next_rotation_at {
                Some(at) if undo => format!("the skipped due time is back: next {}", when(at)),
                Some(at) => format!("skipped, next {}; to undo: `windlass rotation skip {name} --undo`", when(at)),
                None => format!("skipped; the next rotation is {}", row.undated()),
            },
            (Self::RotateLater, Reply::Rotation { secret_rotation: row, .. }) => match row.next_rotation_at {
                Some(at) => {
                    let at = when(at);
                    format!("rotates {at}, once the old secret has gone; at once: `windlass rotation rotate {name}`")
                }
                None => format!("rotates once the old secret has gone; at once: `windlass rotation rotate {name}`"),
            },
            (Self::Rotate { .. } | Self::Replace, Reply::Rotation { secret_rotation: row, .. }) => match &row.current {
                Some(current) => format!("rotated; version {} is published", current.version),
                None => "rotating".into(),
            },
            (Self::Pause { until: Some(until) }, _) => {
                format!("paused until {}; to resume: `windlass rotation resume {name}`", when(until))
            }
            (Self::Pause { until: None }, _) => format!("paused until resumed: `windlass rotation resume {name}`"),
            (Self::Resume { .. }, Reply::Rotation { secret_rotation: row, .. }) => match row.next_rotation_at {
                Some(at) => format!("resumed, next {}; to pause again: `windlass rotation pause {name}`", when(at)),
                None => format!("resumed; the next rotation is {}", row.undated()),
            },
            (Self::Resolve { publish: false }, _) => "the new secret is withdrawn; the current one still works".into(),
            (Self::Resolve { publish: true }, Reply::Rotation { secret_rotation: row, .. }) => match &row.current {
                Some(current) => format!(
                    "published without a test, as version {}; to go back: `windlass rotation rollback {name}`",
                    current.version
                ),
                None => "publishing".into(),
            },
            (Self::Check, Reply::Rotation { secret_rotation: row, .. }) => match &row.attention {
                Some(attention) => format!("{}; {}", attention.problem.message(), attention.problem.hint()),
                None => "no drift any more: Okta has what it should have".into(),
            },
            (Self::Test, Reply::Test { test }) => {
                let rate = match (test.rate_remaining, test.rate_limit) {
                    (Some(left), Some(limit)) => format!("works; {left} of {limit} calls a minute are left"),
                    _ => "works".into(),
                };
                std::iter::once(rate).chain(test.notes.iter().cloned()).collect::<Vec<_>>().join("; ")
            }
            (Self::Delete { force: true, .. }, _) => {
                "deleted; the history says what may still be at Okta, and how to get its values for 90 days".into()
            }
            (Self::Delete { .. }, _) => "being deleted; it leaves the list once that is done".into(),
            (Self::DeleteConnection, _) => "deleted".into(),
            _ => "done".into(),
        }
    }
}
