//! What to do about a call of the API.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do about a call.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum InCall {
    /// Send a JSON object.
    SendObject,
    /// No request needs so much.
    SendLess,
    /// Send the whole body at once.
    SendAtOnce,
    /// Send it again.
    SendAgain,
    /// The documentation lists the paths.
    SeePaths,
    /// The methods of the path.
    Methods(Vec<String>),
    /// How names are escaped.
    EscapeNames,
    /// The fields that can be changed.
    Changeable(Vec<String>),
    /// Ask the engine's owner, or use another engine.
    AskOwner,
    /// End one of the programs that follow the live log.
    EndOneLog,
    /// Try again when some calls are done.
    TryWhenDone,
}

impl InCall {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::SendObject => say!("send a JSON object, as docs/api.md shows it"),
            Self::SendLess => say!("no request needs that much"),
            Self::SendAtOnce => say!("send the whole body at once"),
            Self::SendAgain => say!("send it again"),
            Self::SeePaths => say!("docs/api.md lists the paths; an older engine may not have all of them"),
            Self::Methods(methods) => say!("what is possible there: {}", methods.join(", ")),
            Self::EscapeNames => say!("escape names as UTF-8 with % and two hexadecimal digits"),
            Self::Changeable(fields) => say!("what can be: {}", fields.join(", ")),
            Self::AskOwner => {
                say!("ask its owner, or use an engine of your own: `windlass --data-dir DIR`")
            }
            Self::EndOneLog => {
                say!("end one of the programs that follow it; everything else still works")
            }
            Self::TryWhenDone => say!("try again when some of them are done"),
        }
    }
}

#[cfg(test)]
impl InCall {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        Vec::new()
    }
}
