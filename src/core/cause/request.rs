//! Why a request is refused: its values, its names, and what is there already.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Thing {
    /// A rotation.
    Rotation,
    /// A connection.
    Connection,
    /// A named secret.
    Secret,
}

impl Thing {
    /// It in a word, as commands have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rotation => "rotation",
            Self::Connection => "connection",
            Self::Secret => "secret",
        }
    }
}

/// Which of two secrets a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Which {
    /// The old one, which is to be retired.
    Old,
    /// The new one, which could not be tested.
    New,
}

/// A field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// The field's name in the API.
    pub field: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// A name that is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenName {
    /// The secret's name.
    pub name: String,
    /// The rotation that maps a credential to it; absent for a secret that no rotation keeps current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<String>,
}

/// What is wrong with a request.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RequestCause {
    /// Values break their rules.
    Invalid(Vec<FieldFault>),
    /// It changes something, and the session, or the engine, was started with `--read-only`.
    ReadOnly {
        /// It is the engine that was.
        engine: bool,
    },
    /// It does not say, or not clearly, what is to be done with a secret.
    Undecided(Which),
    /// An instant that has to be in the future is not.
    InPast {
        /// The instant.
        at: DateTime<Utc>,
    },
    /// A count is out of its bounds.
    BadCount {
        /// What was asked for.
        count: usize,
        /// The most.
        most: usize,
    },
    /// `after` is not a page of a list of apps.
    NoSuchPage,
    /// There is nothing of that name or id.
    Unknown {
        /// What was looked for.
        what: Thing,
        /// What was typed.
        name: String,
    },
    /// The name is in use.
    NameTaken {
        /// What is to be named.
        what: Thing,
        /// The name.
        name: String,
    },
    /// The app has a rotation already.
    AppTaken {
        /// The app's label.
        label: String,
        /// Okta's id of it.
        id: String,
        /// The rotation's name.
        rotation: String,
    },
    /// The folder has secrets of those names already.
    PlacesTaken {
        /// The environment.
        environment: String,
        /// The path in it.
        path: String,
        /// The names.
        names: Vec<TakenName>,
    },
    /// Okta shows another client id than was given.
    OtherClientId {
        /// The app's label.
        label: String,
        /// What Okta shows.
        shown: String,
        /// What was given.
        given: String,
    },
    /// There is no secret of that name in that folder.
    NoSecret {
        /// The name.
        name: String,
        /// The environment.
        environment: String,
        /// The path in it.
        path: String,
    },
    /// The secret has no such version.
    NoVersion {
        /// The secret's name.
        name: String,
        /// The version.
        version: u32,
    },
    /// The version's value is erased: its secret is deleted at Okta.
    Erased {
        /// The secret's name.
        name: String,
        /// The version.
        version: u32,
    },
    /// A rotation keeps the secret current.
    KeptCurrent {
        /// The secret's name.
        name: String,
        /// The rotation's.
        rotation: String,
    },
    /// The connection was changed since it was read.
    ConnectionChanged,
    /// Rotations use the connection.
    ConnectionInUse {
        /// The connection's name.
        connection: String,
        /// Their names.
        rotations: Vec<String>,
    },
    /// The URL is another org's.
    OtherOrg {
        /// Okta's id of the org there.
        there: String,
        /// Okta's id of the connection's org.
        known: String,
    },
    /// Whether the URL is the same org's is not known: the connection was never tested.
    OrgNotKnown,
}
