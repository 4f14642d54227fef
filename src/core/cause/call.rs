//! Why a call of the API is refused before the engine hears of it.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{InCall, OnRotation, OnStore};
use crate::text::sentence::{Sentence, say};

/// Where reading a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 0.
    pub column: usize,
}

/// What is wrong with a call.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CallCause {
    /// There is no such path.
    NoSuchPath {
        /// The path, sanitised.
        path: String,
    },
    /// The path has no such method.
    MethodNotAllowed {
        /// The method, sanitised.
        method: String,
        /// The path, sanitised.
        path: String,
    },
    /// A name in the path is not escaped as it should be.
    BadEscape {
        /// The path, sanitised.
        path: String,
    },
    /// The body is another kind of JSON.
    NotAnObject,
    /// There is no body.
    NoBody,
    /// The body ends in the middle of its JSON.
    BodyEnds(Place),
    /// The body is not JSON.
    NotJson(Place),
    /// The body is larger than is read.
    BodyTooLarge {
        /// The most, in bytes.
        most: usize,
    },
    /// The body did not arrive in time.
    BodyLate,
    /// The connection broke in the middle of the body.
    BodyBroken,
    /// The field cannot be changed.
    NotChangeable {
        /// The field, sanitised.
        field: String,
    },
    /// The engine is another user's.
    NotYourEngine {
        /// Who called.
        user: String,
    },
    /// This user follows the live log too often.
    TooManyLogs {
        /// So often.
        count: usize,
    },
    /// Too many calls of this user wait for Okta.
    TooManyCalls {
        /// So many.
        count: usize,
    },
    /// This user has too many connections at work.
    TooManyConnections,
    /// The engine is stopping.
    EngineStopping,
}

impl CallCause {
    /// What is wrong.
    pub fn say(&self) -> Sentence {
        match self {
            Self::NoSuchPath { path } => say!("there is no path {}", format!("{path:?}")),
            Self::MethodNotAllowed { method, path } => say!("{} is not possible on {}", method, format!("{path:?}")),
            Self::BadEscape { path } => say!("the path {} has a broken escape", format!("{path:?}")),
            Self::NotAnObject => say!("the body is not a JSON object"),
            Self::NoBody => say!("the request has no body, and needs one"),
            Self::BodyEnds(Place { line, column }) => {
                say!("the body ends in the middle of its JSON (line {}, column {})", *line, *column)
            }
            Self::NotJson(Place { line, column }) => {
                say!("the body is not JSON (line {}, column {})", *line, *column)
            }
            Self::BodyTooLarge { most } => say!("the body is larger than {} bytes", *most),
            Self::BodyLate => say!("the body did not arrive in time"),
            Self::BodyBroken => say!("the connection broke in the middle of the body"),
            Self::NotChangeable { field } => say!("{} cannot be changed", format!("{field:?}")),
            Self::NotYourEngine { user } => say!("this engine is another user's, and {} may not use it", user),
            Self::TooManyLogs { count } => {
                say!("this user follows the live log {} times already, and more is not possible", *count)
            }
            Self::TooManyCalls { count } => {
                say!("{} calls of this user wait for Okta already, and none ended within a minute", *count)
            }
            Self::TooManyConnections => say!("this user has too many connections to the engine at work"),
            Self::EngineStopping => say!("the engine is stopping"),
        }
    }
}

#[cfg(test)]
impl CallCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let place = Place { line: 1, column: 1 };
        vec![
            Problem::because(Self::NoSuchPath { path: "/api/v1/x".into() }).and(InCall::SeePaths),
            Problem::because(Self::MethodNotAllowed { method: "PUT".into(), path: "/api/v1/x".into() })
                .and(InCall::Methods(vec!["GET".into(), "POST".into()])),
            Problem::because(Self::BadEscape { path: "/api/v1/x".into() }).and(InCall::EscapeNames),
            Problem::because(Self::NotAnObject).and(InCall::SendObject),
            Problem::because(Self::NoBody).and(InCall::SendObject),
            Problem::because(Self::BodyEnds(place)).and(InCall::SendObject),
            Problem::because(Self::NotJson(place)).and(InCall::SendObject),
            Problem::because(Self::BodyTooLarge { most: 1 << 20 }).and(InCall::SendLess),
            Problem::because(Self::BodyLate).and(InCall::SendAtOnce),
            Problem::because(Self::BodyBroken).and(InCall::SendAgain),
            Problem::because(Self::NotChangeable { field: "FIELD".into() })
                .and(InCall::Changeable(vec!["name".into()])),
            Problem::because(Self::NotYourEngine { user: "USER".into() }).and(InCall::AskOwner),
            Problem::because(Self::TooManyLogs { count: 64 }).and(InCall::EndOneLog),
            Problem::because(Self::TooManyCalls { count: 128 }).and(InCall::TryWhenDone),
            Problem::because(Self::TooManyConnections).and(OnRotation::TryInAMoment),
            Problem::because(Self::EngineStopping).and(OnStore::ResumesWithEngine),
        ]
    }
}
