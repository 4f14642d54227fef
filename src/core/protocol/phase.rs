//! Where an operation stands.

use serde::{Deserialize, Serialize};

/// The call that is out, or what is waited for. Written to disk before the call is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "at")]
pub enum Phase {
    /// Reading the app.
    ReadingApp,
    /// Reading the app's secrets. Every decision is taken on a list read just before.
    ReadingSecrets,
    /// A fresh value is being drawn.
    Drawing,
    /// The pending secret's value is being sent.
    Creating,
    /// The pending secret was found deactivated and is being switched on.
    Activating {
        /// Okta's id.
        secret_id: String,
    },
    /// The pending secret is being tested.
    Verifying,
    /// Okta refused the pending secret; a secret known to work is tried, to tell a bad secret from a bad day.
    Controlling,
    /// A secret is being deactivated.
    Deactivating {
        /// Okta's id.
        secret_id: String,
    },
    /// A secret is being deleted.
    Deleting {
        /// Okta's id.
        secret_id: String,
    },
    /// Nothing is out: waiting for a time, for the connection or for a decision.
    Waiting,
}
