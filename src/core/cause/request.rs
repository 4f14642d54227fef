//! Why a request is refused: its values, its names, and what is there already.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{InRequest, OnConnection, OnRotation};
use crate::text::sentence::{Sentence, say};

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
    /// A consumer of a rotation.
    Consumer,
    /// A target of a rotation.
    Target,
}

impl Thing {
    /// The word for it, as commands have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rotation => "rotation",
            Self::Connection => "connection",
            Self::Secret => "secret",
            Self::Consumer => "consumer",
            Self::Target => "target",
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

impl RequestCause {
    /// What is wrong.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Invalid(fields) => invalid(fields),
            Self::ReadOnly { engine: false } => say!("this would change something, and `--read-only` forbids it"),
            Self::ReadOnly { engine: true } => {
                say!("this would change something, and the engine was started with `--read-only`")
            }
            Self::Undecided(Which::New) => say!("the request does not say what to do with the new secret"),
            Self::Undecided(Which::Old) => {
                say!("the request does not say what to do with the old secret: now, at a date, or hold")
            }
            Self::InPast { at } => say!("{} is in the past", *at),
            Self::BadCount { count, most } => say!("the count is 1 to {}, not {}", *most, *count),
            Self::NoSuchPage => say!("after: this is not a page of a list of apps"),
            Self::Unknown { what, name } => say!("there is no {} {}", what.word(), format!("{name:?}")),
            Self::NameTaken { what, name } => say!("there is a {} named {} already", what.word(), name),
            Self::AppTaken { label, id, rotation } => {
                say!("the app {} ({}) is rotated by {} already", label, id, rotation)
            }
            Self::PlacesTaken { environment, path, names } => {
                say!("{}:{} already has {}", environment, path, taken(names))
            }
            Self::OtherClientId { label, shown, given } => say!(
                "Okta shows {} as the client id of {}, and not {}",
                format!("{shown:?}"),
                label,
                format!("{given:?}")
            ),
            Self::NoSecret { name, environment, path } => {
                say!("there is no secret {} in {}:{}", name, environment, path)
            }
            Self::NoVersion { name, version } => say!("{} has no version {}", name, *version),
            Self::Erased { name, version } => {
                say!("the value of version {} of {} is erased: its secret is deleted at Okta", *version, name)
            }
            Self::KeptCurrent { name, rotation } => say!("{} is kept current by the rotation {}", name, rotation),
            Self::ConnectionChanged => say!("the connection was changed by another request meanwhile"),
            Self::ConnectionInUse { connection, rotations } => {
                say!("the connection {} is used by {}", connection, rotations.join(", "))
            }
            Self::OtherOrg { there, known } => {
                say!("the URL is another org's ({}, not {}), and rotations use this connection", there, known)
            }
            Self::OrgNotKnown => {
                say!("whether the URL is the same org's is not known, because the connection was never tested")
            }
        }
    }
}

fn invalid(fields: &[FieldFault]) -> Sentence {
    match fields {
        [only] => say!("{}: {}", &only.field, &only.message),
        many => {
            let each = many.iter().map(|fault| say!("  {}: {}", &fault.field, &fault.message));
            say!("{} values are not valid:\n{}", many.len(), Sentence::join(each, "\n"))
        }
    }
}

fn taken(names: &[TakenName]) -> String {
    let by = |name: &TakenName| match &name.rotation {
        Some(rotation) => format!("of the rotation {rotation}"),
        None => "kept current by no rotation".to_owned(),
    };
    match names {
        [one, other] if one.rotation == other.rotation => format!("{} and {} ({})", one.name, other.name, by(one)),
        any => any.iter().map(|it| format!("{} ({})", it.name, by(it))).collect::<Vec<_>>().join(" and "),
    }
}

#[cfg(test)]
impl RequestCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let at = DateTime::UNIX_EPOCH;
        let field = FieldFault { field: "FIELD".into(), message: "what is wrong".into() };
        let taken = TakenName { name: "OKTA_CLIENT_ID".into(), rotation: None };
        let command = "windlass rotation create NAME --connection acme --app 0oa1 --path /NAME".into();
        let delete = "windlass secret delete OKTA_CLIENT_ID --environment prod".into();
        vec![
            Problem::because(Self::Invalid(vec![field])).and(InRequest::CorrectValues),
            Problem::because(Self::ReadOnly { engine: false }).and(InRequest::WithoutReadOnly { engine: false }),
            Problem::because(Self::ReadOnly { engine: true }).and(InRequest::WithoutReadOnly { engine: true }),
            Problem::because(Self::Undecided(Which::Old)).and(InRequest::ChooseOne(Which::Old)),
            Problem::because(Self::Undecided(Which::New)).and(InRequest::ChooseOne(Which::New)),
            Problem::because(Self::InPast { at }).and(InRequest::GiveLaterOrNow),
            Problem::because(Self::InPast { at }).and(InRequest::GiveLaterOrNone),
            Problem::because(Self::BadCount { count: 0, most: 10_000 }),
            Problem::because(Self::NoSuchPage).and(InRequest::PassOnNext),
            Problem::because(Self::Unknown { what: Thing::Rotation, name: "x".into() })
                .and(InRequest::Nearest { what: Thing::Rotation, name: "y".into() }),
            Problem::because(Self::Unknown { what: Thing::Connection, name: "x".into() })
                .and(InRequest::ListAll(Thing::Connection)),
            Problem::because(Self::NameTaken { what: Thing::Rotation, name: "NAME".into() })
                .and(InRequest::OtherName(Thing::Rotation)),
            Problem::because(Self::NameTaken { what: Thing::Connection, name: "NAME".into() })
                .and(InRequest::OtherName(Thing::Connection)),
            Problem::because(Self::AppTaken { label: "APP".into(), id: "ID".into(), rotation: "NAME".into() })
                .and(OnRotation::ShowAppsRotation),
            Problem::because(Self::PlacesTaken { environment: "prod".into(), path: "/".into(), names: vec![taken] })
                .and(InRequest::OwnFolder { path: "/NAME".into(), command })
                .and(InRequest::DeletePlain(vec![delete]))
                .and(InRequest::OtherNames),
            Problem::because(Self::OtherClientId { label: "APP".into(), shown: "ID1".into(), given: "ID2".into() })
                .and(InRequest::LeaveClientIdOut),
            Problem::because(Self::NoSecret { name: "NAME".into(), environment: "prod".into(), path: "/".into() })
                .and(InRequest::InFolder { environment: "dev".into(), path: "/".into() })
                .and(InRequest::ListAll(Thing::Secret)),
            Problem::because(Self::NoVersion { name: "NAME".into(), version: 9 })
                .and(InRequest::VersionsKept(vec![1, 2])),
            Problem::because(Self::Erased { name: "NAME".into(), version: 1 }).and(InRequest::LeaveVersionOut),
            Problem::because(Self::KeptCurrent { name: "SECRET".into(), rotation: "NAME".into() })
                .and(OnRotation::DeleteRotationFirst),
            Problem::because(Self::ConnectionChanged).and(OnConnection::ShowConnection),
            Problem::because(Self::ConnectionInUse { connection: "NAME".into(), rotations: vec!["orders".into()] })
                .and(OnRotation::DeleteRotationFirst),
            Problem::because(Self::ConnectionInUse { connection: "NAME".into(), rotations: vec!["orders".into()] })
                .and(OnRotation::WaitForDeletion),
            Problem::because(Self::OtherOrg { there: "ID1".into(), known: "ID2".into() })
                .and(OnConnection::NewConnection),
            Problem::because(Self::OrgNotKnown).and(OnConnection::TestOldUrl),
        ]
    }
}
