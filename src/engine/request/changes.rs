//! Which requests change something. Whoever was started with `--read-only` goes by this table, on both sides of a socket.

use super::{Request, TestTerms};
use crate::engine::refusal::{Kind, Refusal};

impl Request {
    /// Whether it changes something: settings, records, secrets, or anything at Okta.
    ///
    /// That a secret was fetched is one: an old secret may go for it. Whether a connection answers is noted where it
    /// may be, and is none.
    pub fn changes(&self) -> bool {
        match self {
            Self::ConnectionCreate(_)
            | Self::ConnectionUpdate { .. }
            | Self::ConnectionDelete { .. }
            | Self::RotationDelete { .. }
            | Self::Rotate { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            // It changes nothing at Okta, but what it finds is taken over into the record.
            | Self::Check { .. }
            | Self::Skip { .. }
            | Self::SecretDelete { .. }
            | Self::Acknowledge(_)
            // The engine ends for it.
            | Self::Yield => true,
            Self::RotationCreate(body) => !body.dry_run,
            Self::RotationUpdate { patch, .. } => !patch.dry_run,
            Self::Retire { terms, .. } => !terms.dry_run,
            Self::Rollback { terms, .. } => !terms.dry_run,
            // Without agreement these only compare, and ask.
            Self::Resolve { terms, .. } => terms.yes || terms.withdraw,
            Self::Confirm(terms) => terms.yes || terms.rotation.is_none(),
            Self::RetireStore(terms) => terms.yes,
            Self::ConnectionList
            | Self::ConnectionShow { .. }
            | Self::ConnectionTest { .. }
            | Self::ConnectionApps { .. }
            | Self::RotationList
            | Self::RotationShow { .. }
            | Self::Plan { .. }
            | Self::Credentials { .. }
            | Self::OktaSecrets { .. }
            | Self::Options
            | Self::Upcoming(_)
            | Self::SecretList(_)
            | Self::SecretGet { .. }
            | Self::Export(_)
            | Self::History(_)
            | Self::View
            | Self::Engine => false,
        }
    }

    /// Whether it may go to an engine that is not believed, one of another user whom nobody has named: it carries no
    /// credential, asks for no value that somebody would use, and nobody relies on it being done.
    pub fn is_harmless(&self) -> bool {
        let carries = matches!(self, Self::RotationCreate(body) if body.adopt_client_secret.is_some());
        let asks = matches!(self, Self::Credentials { .. } | Self::SecretGet { .. } | Self::Export(_));
        !(self.changes() || carries || asks)
    }

    /// The request as a session that was started with `--read-only` makes it, which writes nothing; refused where it is to
    /// change something.
    pub fn only_reads(self) -> Result<Self, Refusal> {
        if !self.changes() {
            return Ok(match self {
                Self::ConnectionTest { id, .. } => Self::ConnectionTest { id, terms: TestTerms { peek: true } },
                request => request,
            });
        }
        let message = "this would change something, and --read-only forbids it";
        Err(Refusal::new(Kind::Refused, message, "nothing was changed; leave out --read-only"))
    }
}
