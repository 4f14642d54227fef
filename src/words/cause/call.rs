//! What is wrong with a call of the API, in words.

use crate::core::cause::call::{CallCause, Place};
use crate::words::sentence::{Sentence, say};

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
