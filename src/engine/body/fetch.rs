//! What counts as fetched. A read alone does not count: that a value reached its consumer is acknowledged, in a request
//! of its own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::core::consumer::Caller;
use crate::core::name::Slug;
use crate::engine::form::Form;
use crate::engine::refusal::Refusal;
use crate::engine::view::SecretView;

/// `POST /api/v1/secrets-acknowledge`: values that were read reached the consumer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Acknowledgement {
    /// The consumer, as it calls itself; absent where it does not say.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// The versions, exactly as they were read: another one may have been published since.
    pub secrets: Vec<ReadVersion>,
    /// The process that fetched, as whoever hands this to the engine sees it: never what a request says of itself.
    #[serde(skip)]
    pub caller: Option<Caller>,
}

/// A version of a secret that was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct ReadVersion {
    pub name: String,
    #[serde(default)]
    pub environment: Option<String>,
    #[serde(default)]
    pub path: Option<String>,
    pub version: u32,
    /// Tells it from a version with its number in a secret that took the name over.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
}

impl Acknowledgement {
    /// Of these, as they were read.
    pub fn of(secrets: &[SecretView], reader: Option<String>) -> Self {
        let read = |secret: &SecretView| ReadVersion {
            name: secret.name.clone(),
            environment: Some(secret.environment.clone()),
            path: Some(secret.path.clone()),
            version: secret.version,
            created_at: Some(secret.created_at),
        };
        Self { reader, secrets: secrets.iter().map(read).collect(), caller: None }
    }

    /// By this process.
    #[must_use]
    pub fn by(self, caller: Caller) -> Self {
        Self { caller: Some(caller), ..self }
    }
}

/// What is asked for at the credential socket, and by whom as the kernel says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// By a process of another user than root and the engine's own.
    Stranger {
        /// Which.
        user: String,
    },
    /// By one that names no unit and credential, as a service manager does.
    Nameless,
    /// By a service manager, for the start of a unit.
    Unit {
        /// The unit, whole: `pay@3.service`.
        unit: String,
        /// The credential's name.
        credential: String,
        /// The manager's process.
        caller: Caller,
    },
}

/// `GET /api/v1/secrets/{name}` and `GET /api/v1/secrets-export`: how the read counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HowRead {
    /// It does not.
    pub peek: bool,
    /// The consumer, as it calls itself.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
}

/// `GET /api/v2/secret-rotations/okta-client-secret/{id}/consumers`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsumersQuery {
    /// Those too that fetched neither the current secret nor the old one.
    pub all: bool,
}

/// A consumer's name, by the rule of all names.
pub fn reader(name: Option<&str>) -> Result<Option<Slug>, Refusal> {
    let mut form = Form::default();
    let reader = name.and_then(|name| form.read("as", name));
    form.done()?;
    Ok(reader)
}
