//! What can be asked of an engine. Every request is one row of the API table.

pub mod acts;
mod decode;

use std::time::Duration;

pub use super::act::Mode;
pub use super::body::*;
pub use acts::*;

use super::patience::{AT_HAND, Takes, WITH_OKTA, wait};
use super::refusal::Refusal;

/// A request. `id` fields take an id or a name.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the variants are the rows of the API table")]
pub enum Request {
    /// An act on a rotation, a connection or the store, which `id` does not name.
    Act {
        id: String,
        act: Act,
        mode: Mode,
    },
    ConnectionCreate(Box<ConnectionBody>),
    ConnectionList {
        /// Empty for all.
        app: String,
    },
    ConnectionShow {
        id: String,
    },
    ConnectionUpdate {
        id: String,
        patch: Box<ConnectionPatch>,
    },
    ConnectionApps {
        id: String,
        query: AppsQuery,
    },
    RotationCreate(Box<RotationBody>),
    RotationList,
    RotationShow {
        id: String,
    },
    RotationUpdate {
        id: String,
        patch: Box<RotationPatch>,
    },
    Credentials {
        id: String,
    },
    OktaSecrets {
        id: String,
    },
    Consumers {
        id: String,
        query: ConsumersQuery,
    },
    TargetList(TargetsQuery),
    TargetCreate(Box<TargetBody>),
    TargetShow {
        id: String,
    },
    TargetUpdate {
        id: String,
        patch: Box<TargetPatch>,
    },
    TargetPlan {
        id: String,
    },
    Options,
    Upcoming(UpcomingQuery),
    SecretList(FolderQuery),
    SecretGet {
        name: String,
        query: VersionQuery,
    },
    SecretDelete {
        name: String,
        query: VersionQuery,
    },
    Export(FolderQuery),
    Acknowledge(Acknowledgement),
    History(HistoryQuery),
    View,
    Engine,
    Yield,
}

impl Request {
    /// An act on what has this id or name.
    pub fn act(id: impl Into<String>, act: impl Into<Act>, mode: Mode) -> Self {
        Self::Act { id: id.into(), act: act.into(), mode }
    }

    /// Whether it changes something: settings, records, secrets, or anything at Okta.
    ///
    /// That a secret was fetched is one: an old secret may go for it.
    pub fn changes(&self) -> bool {
        self.nature().0
    }

    /// Whether it changes something, and what its answer takes. Each has to say both: one that is forgotten would be done in
    /// a session that only reads, or cut off in the middle.
    fn nature(&self) -> (bool, Takes) {
        match self {
            Self::Act { id, act, mode } => {
                // A plan waits for the end of nothing.
                let takes = Some(act.takes()).filter(|takes| *mode != Mode::Plan || *takes == Takes::AtHand);
                (act.changes(id, *mode), takes.unwrap_or(Takes::Okta))
            }
            Self::RotationCreate(body) => (!body.dry_run, Takes::Attempt(wait(body.wait_seconds))),
            Self::RotationUpdate { patch, .. } => (!patch.dry_run, Takes::AtHand),
            Self::ConnectionCreate(_) | Self::ConnectionUpdate { .. } => (true, Takes::Okta),
            // The engine ends for the last.
            Self::SecretDelete { .. } | Self::Acknowledge(_) | Self::Yield | Self::TargetUpdate { .. } => {
                (true, Takes::AtHand)
            }
            Self::TargetCreate(body) => (!body.dry_run, Takes::Okta),
            Self::ConnectionApps { .. } | Self::TargetPlan { .. } => (false, Takes::Okta),
            Self::ConnectionList { .. }
            | Self::ConnectionShow { .. }
            | Self::RotationList
            | Self::RotationShow { .. }
            | Self::Credentials { .. }
            | Self::OktaSecrets { .. }
            | Self::Consumers { .. }
            | Self::TargetList(_)
            | Self::TargetShow { .. }
            | Self::Options
            | Self::Upcoming(_)
            | Self::SecretList(_)
            | Self::SecretGet { .. }
            | Self::Export(_)
            | Self::History(_)
            | Self::View
            | Self::Engine => (false, Takes::AtHand),
        }
    }

    /// Whether it may go to an engine that is not believed, one of another user that was not named: it carries no
    /// credential, asks for no value that would be used, and nothing relies on it being done.
    pub fn is_harmless(&self) -> bool {
        let carries = matches!(self, Self::RotationCreate(body) if body.adopt_client_secret.is_some());
        let asks = matches!(self, Self::Credentials { .. } | Self::SecretGet { .. } | Self::Export(_));
        !(self.changes() || carries || asks)
    }

    /// The request as a session that was started with `--read-only` makes it, which writes nothing; refused where it is to
    /// change something.
    pub fn only_reads(self) -> Result<Self, Refusal> {
        match self {
            request if request.changes() => Err(Refusal::read_only(false)),
            Self::Act { id, act, mode } => Ok(Self::Act { id, act: act.only_reading(), mode }),
            request => Ok(request),
        }
    }

    /// How long whoever asks waits for the answer: longer than the engine can take for it in good order.
    pub fn patience(&self) -> Duration {
        match self.nature().1 {
            Takes::AtHand => AT_HAND,
            Takes::Okta => WITH_OKTA,
            Takes::Attempt(most) => WITH_OKTA.saturating_add(most),
        }
    }

    /// Whether Okta is called for it, by whoever is the engine. The answer to any other request is at hand.
    pub fn calls_okta(&self) -> bool {
        self.nature().1 != Takes::AtHand
    }
}

#[cfg(test)]
mod tests;
