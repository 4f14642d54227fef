//! Which requests change something. Whoever was started with `--read-only` goes by this table, on both sides of a socket.

use super::Request;
use crate::engine::refusal::{Kind, Refusal};

impl Request {
    /// Whether it changes something: settings, records, secrets, or anything at Okta.
    ///
    /// That a secret was fetched, and whether a connection answers, is noted where it can be, and is no change.
    pub fn changes(&self) -> bool {
        match self {
            Self::ConnectionCreate(_)
            | Self::ConnectionUpdate { .. }
            | Self::ConnectionDelete { .. }
            | Self::RotationUpdate { .. }
            | Self::RotationDelete { .. }
            | Self::Rotate { .. }
            | Self::Pause { .. }
            | Self::Resume { .. }
            // It changes nothing at Okta, but what it finds is taken over into the record.
            | Self::Look { .. }
            | Self::Skip { .. }
            | Self::SecretDelete { .. } => true,
            Self::RotationCreate(body) => !body.dry_run,
            Self::Retire { terms, .. } => !terms.dry_run,
            Self::Rollback { terms, .. } => !terms.dry_run,
            // Without agreement these two only compare, and ask.
            Self::Resolve { terms, .. } => terms.yes || terms.withdraw,
            Self::Confirm(terms) => terms.yes || terms.rotation.is_none(),
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

    /// Refuses what would change something, for a session that was started with `--read-only`.
    pub fn only_reads(&self) -> Result<(), Refusal> {
        if !self.changes() {
            return Ok(());
        }
        let message = "this would change something, and --read-only forbids it";
        Err(Refusal::new(Kind::Refused, message, "nothing was changed; leave out --read-only"))
    }
}
