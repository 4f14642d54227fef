//! What still works, and what happens by itself: nothing has to be done.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// Nothing has to be done.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Automatic {
    /// The current secret keeps working.
    CurrentWorks,
    /// The secrets issued so far keep working.
    SecretsWork,
    /// The secret keeps working.
    SecretWorks,
    /// The secrets issued so far are kept.
    SecretsKept,
    /// Nothing was changed.
    NothingChanged,
    /// Nothing was saved.
    NothingSaved,
    /// The app's secrets are read again.
    LooksAgain,
    /// The same, in a minute.
    LooksInAMinute,
    /// The new secret is tested again.
    TestsAgain,
    /// It is tried again.
    TriesAgain,
    /// The clock is compared again.
    ComparesClockAgain,
    /// The rate limit resets.
    LimitResets,
    /// Okta ends its read-only mode.
    ReadOnlyEnds,
    /// Another value is drawn.
    DrawsAnother,
    /// The call was not made; it is tried again.
    CallNotMade,
    /// Whether the call took effect is not known; windlass looks before it does anything else.
    MayHaveTakenEffect,
    /// Until then there is no room for the next rotation, and no old secret goes.
    NoRoomUntilThen,
    /// It continues by itself.
    Continues,
    /// It is kept on disk, and continues with an engine, or with the same request again.
    ContinuesWithEngine,
    /// It is tried next at that instant.
    NextTry(DateTime<Utc>),
}

impl Automatic {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::CurrentWorks => say!("the current secret keeps working"),
            Self::SecretsWork => say!("the secrets issued so far keep working"),
            Self::SecretWorks => say!("the secret keeps working"),
            Self::SecretsKept => say!("the secrets issued so far are kept"),
            Self::NothingChanged => say!("nothing was changed"),
            Self::NothingSaved => say!("nothing was saved"),
            Self::LooksAgain => say!("windlass reads the app's secrets again"),
            Self::LooksInAMinute => say!("windlass checks again in a minute"),
            Self::TestsAgain => say!("it is tested again automatically"),
            Self::TriesAgain => say!("it is retried automatically"),
            Self::ComparesClockAgain => say!("it is compared again automatically"),
            Self::LimitResets => say!("the limit resets by itself, as a rule within a minute"),
            Self::ReadOnlyEnds => say!(
                "Okta ends it by itself (status.okta.com); until then secrets can be read, and none can be made or switched"
            ),
            Self::DrawsAnother => say!("windlass generates another one"),
            Self::CallNotMade => say!("the call itself was not made; it is retried automatically, see status.okta.com"),
            Self::MayHaveTakenEffect => {
                say!("whether the call took effect is unknown; windlass checks before it does anything else")
            }
            Self::NoRoomUntilThen => {
                say!("until then the next rotation has no room, and no old secret is retired")
            }
            Self::Continues => say!("it continues automatically"),
            // What asking again is called depends on who reads it.
            Self::ContinuesWithEngine => {
                say!("it is kept on disk and resumes when an engine runs (`windlass serve`), or by `again`")
            }
            Self::NextTry(at) => say!("next try at {}", *at),
        }
    }
}

#[cfg(test)]
impl Automatic {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::NothingChanged, Self::NothingSaved, Self::ContinuesWithEngine, Self::NextTry(DateTime::UNIX_EPOCH)]
    }
}
