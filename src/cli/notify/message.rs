//! What the notify command reads on stdin: one JSON object, and a newline. Never a secret value.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cli::status::problem::NamedRotation;
use crate::engine::view::NamedConnection;

/// What happened. The order is that of urgency, until it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A rotation failed three times in a row, and continues trying by itself.
    Failing,
    /// A rotation needs attention, a connection is refused, or the store cannot be trusted or written.
    Attention,
    /// What was reported is over.
    Recovered,
}

impl What {
    /// The word in the message.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Attention => "attention",
            Self::Recovered => "recovered",
        }
    }
}

/// The object. Every name is always there; what does not apply is `null`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `attention`, `failing` or `recovered`.
    pub event: What,
    /// When it is reported.
    pub at: DateTime<Utc>,
    /// The machine that the engine runs on.
    pub host: String,
    /// How it stands, in the words of `windlass status`; `OK` once it is over.
    pub state: String,
    /// The rotation; `null` where it is about a connection, about the store, or about many.
    pub rotation: Option<NamedRotation>,
    /// The connection; `null` where it is about the store, or about many.
    pub connection: Option<NamedConnection>,
    /// The attempt that met it: the id of its entry in the history.
    pub attempt: Option<Uuid>,
    /// Since when, where that is known.
    pub since: Option<DateTime<Utc>>,
    /// What happened and what still works; of something that is over, what it was.
    pub cause: String,
    /// What to do next.
    pub next: String,
    /// How many things it is about: 1, or all that wait where that are more than twenty.
    pub count: usize,
}
