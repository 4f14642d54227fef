//! Why a call of the API is refused before the engine hears of it.

use serde::{Deserialize, Serialize};

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
