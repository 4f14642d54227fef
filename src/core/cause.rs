//! What happened, as data: every cause of a fault that core or a call to Okta can name. Its words stand beside it, in pieces:
//! who reads them is known at the edge alone, where [`crate::words`] makes a sentence of them. Nothing decides by one.

use serde::{Deserialize, Serialize};

use super::pages::Endless;
use super::rotation::method::AuthMethod;
use super::rotation::verify::Verify;

pub mod call;
mod details;
pub mod request;
pub mod rotation;
pub mod store;

use call::CallCause;
pub use details::{Answer, HeaderOf, LeftAlone, Secretless, Untestable, Way};
use request::RequestCause;
use rotation::RotationCause;
use store::StoreCause;

/// What happened. In JSON the groups at the end are flat: each cause has a name of its own.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Cause {
    /// Okta answered with a refusal.
    Okta {
        /// Which.
        answer: Answer,
        /// HTTP status.
        status: u16,
        /// Okta's error code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// Okta's own text, sanitised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<String>,
    },
    /// The call needed an access token, and Okta gave none.
    NoAccessToken(Box<Cause>),
    /// Okta could not be reached.
    Unreached {
        /// How.
        way: Way,
        /// The org's host.
        host: String,
        /// What the transport says.
        why: String,
        /// Who issued the certificate that was presented, where that could be found out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issuer: Option<String>,
    },
    /// No answer in time.
    TimedOut,
    /// The connection broke before the answer.
    Broken {
        /// What the transport says.
        why: String,
    },
    /// The answer is not what Okta sends.
    AnswerUnreadable {
        /// Line and column where reading ended.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An answer has a body where none belongs.
    AnswerNotEmpty,
    /// An answer is larger than is read.
    AnswerTooLarge {
        /// The most that is read, in bytes.
        most: usize,
    },
    /// An answer repeats a secret that was sent, and is not shown.
    AnswerRepeatsSecret,
    /// A good answer that makes no sense: in a few words, what of.
    AnswerOdd(String),
    /// Okta answered that a change was made, and the secret is unchanged.
    Unchanged {
        /// Okta's id of the secret.
        secret: String,
        /// Whether it is still ACTIVE.
        active: bool,
    },
    /// Okta's token lacks a scope that was asked for.
    TokenLacksScope {
        /// The scope.
        scope: String,
        /// The service app's client id.
        client_id: String,
    },
    /// The certificates of `ca_file` cannot be used.
    CaFile {
        /// Its path.
        path: String,
        /// Why not.
        why: String,
        /// What to do about the file's permissions, where they are the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fix: Option<String>,
    },
    /// The HTTP client cannot be set up.
    HttpClient {
        /// Why not.
        why: String,
    },
    /// A token with characters that no token has.
    TokenCharacters,
    /// The connection's credential cannot be used.
    CredentialUnusable,
    /// The connection's stored key cannot be read.
    KeyUnreadable,
    /// This machine's cryptography failed: in a few words, at what.
    Cryptography(String),
    /// A value cannot be put into a header.
    NotAHeader(HeaderOf),
    /// The system gives no random bytes.
    NoRandom(Option<String>),
    /// Too many scheduled rotations of a connection in a row were refused.
    Braked {
        /// So many.
        refusals: u32,
    },
    /// The pages of a list of apps do not end.
    EndlessList {
        /// The org's host.
        host: String,
        /// In which way.
        how: Endless,
    },
    /// The next page is on another host.
    PageElsewhere,
    /// No app of that id, client id or label.
    NoSuchApp {
        /// The org's host.
        host: String,
        /// What was typed.
        typed: String,
    },
    /// Several apps have that label.
    AppsAlike {
        /// The label.
        typed: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// No Okta org answers at the address.
    NoOrgThere(Box<Cause>),
    /// A credential has no role that shows apps.
    NoRole {
        /// The service app's client id; absent for the user of an API token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<String>,
        /// What Okta answered.
        cause: Box<Cause>,
    },
    /// The app of a rotation is not there at Okta.
    AppGone {
        /// Its label.
        label: String,
        /// Its id.
        id: String,
    },
    /// The app has no client secret.
    NoClientSecret {
        /// Its label and id.
        app: String,
        /// What it has or is instead.
        what: Secretless,
    },
    /// The app is not ACTIVE.
    AppNotActive {
        /// Its label and id.
        app: String,
        /// Its status as Okta shows it; empty where it shows none.
        status: String,
    },
    /// A new secret of the app cannot be tested that way.
    CannotTest {
        /// The app's label.
        app: String,
        /// Why not.
        why: Untestable,
        /// The way.
        verify: Verify,
    },
    /// This machine's clock is off.
    ClockOff {
        /// By so many seconds.
        seconds: i64,
    },
    /// Okta's answer carried no date.
    NoDate,
    /// An internal error: this is windlass's own.
    Internal,
    /// What was asked for is not done yet.
    NotDoneYet {
        /// The rotation's name.
        rotation: String,
    },
    /// The new secret is published, and the old one is not off yet.
    PublishedNotOff(Box<Cause>),
    /// The rotation's connection is not there.
    ConnectionGone,
    /// The app has a second secret that windlass did not make.
    SecondSecret {
        /// Okta's id of it.
        secret: String,
    },
    /// The app has a secret that windlass does not know.
    UnknownSecret {
        /// Okta's id of it.
        secret: String,
        /// The secret that is left alone for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<String>,
    },
    /// The app has two secrets, neither of which windlass knows.
    TwoSecrets {
        /// Okta's ids of them.
        secrets: Vec<String>,
    },
    /// The previous secret still exists, and no one agreed to cut it short.
    NoRoom {
        /// Okta's id of it.
        previous: String,
        /// The rotation is due.
        #[serde(default)]
        due: bool,
    },
    /// A secret is left alone.
    LeftAlone {
        /// Okta's id of it.
        secret: String,
        /// Why.
        why: LeftAlone,
    },
    /// The create's answer was lost, and it may still arrive.
    CreateOut,
    /// The answer to a call that deactivates a secret was lost, and it may still arrive.
    CutOut {
        /// Okta's id of it.
        secret: String,
    },
    /// A secret that may be ours or someone else's.
    Ambiguous {
        /// Okta's ids.
        secrets: Vec<String>,
    },
    /// Okta refused a secret when it was tested, which a list does not outweigh.
    RefusedBefore {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta does not list a secret with the value that windlass gave it.
    OtherValue {
        /// Okta's id of it.
        secret: String,
    },
    /// The pending secret has no value here.
    NoValueHere,
    /// Okta does not accept the new secret, and there is none to compare with.
    NothingToCompare,
    /// Okta refuses every secret of the app.
    AllRefused,
    /// Okta refuses the new secret while another one authenticates.
    NewRefused,
    /// A secret could not be tested.
    NotTested {
        /// Okta's id of it; absent where it has none yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
        /// What stood in the way.
        cause: Box<Cause>,
    },
    /// The new secret was removed at Okta by others, twice.
    RemovedTwice,
    /// The new secret was withdrawn, as was asked.
    Withdrawn,
    /// The rotation is being deleted.
    BeingDeleted,
    /// The old secret was activated again by others.
    Reactivated {
        /// Okta's id of it.
        secret: String,
        /// A drift check found it, and not the attempt to retire it.
        #[serde(default)]
        noticed: bool,
    },
    /// Others have deactivated the published secret.
    PublishedOff {
        /// Okta's id of it.
        secret: String,
    },
    /// Others have deleted the published secret.
    PublishedGone {
        /// Okta's id of it.
        secret: String,
    },
    /// No consumer has fetched the current secret, so the previous one is kept.
    Unfetched {
        /// Okta's id of the previous one.
        previous: String,
    },
    /// There is no previous secret to go back to.
    NoPrevious,
    /// windlass never held the value of a secret.
    NeverHeld {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta does not accept the previous secret.
    PreviousRefused {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta hides whether the given value is that secret's.
    GivenValueHidden,
    /// Okta does not show a secret's value to the connection's role.
    ValueHidden {
        /// Okta's id of it.
        secret: String,
    },
    /// The secret to adopt is INACTIVE.
    AdoptInactive {
        /// Okta's id of it.
        secret: String,
    },
    /// The given value is none of the app's two secrets, or Okta hides which.
    GivenValueUnknownOfTwo,
    /// The given value is no secret of the app.
    GivenValueUnknown,
    /// The given value does not authenticate.
    GivenValueRefused {
        /// Okta's id of the secret that it was taken for.
        secret: String,
    },
    /// The app has no such secret.
    NoSuchSecret {
        /// What was named.
        named: String,
        /// It was to be replaced; else adopted.
        #[serde(default)]
        replace: bool,
    },
    /// The app has no ACTIVE secret to adopt.
    NothingToAdopt,
    /// The app has two ACTIVE secrets.
    TwoActive,
    /// No test of a secret is made with that method.
    NotVerifiable {
        /// The method.
        method: AuthMethod,
    },
    /// A request about a rotation is refused.
    #[serde(untagged)]
    Rotation(RotationCause),
    /// A request is refused for its values.
    #[serde(untagged)]
    Request(RequestCause),
    /// Nothing is done at all.
    #[serde(untagged)]
    Store(StoreCause),
    /// A call of the API is refused before the engine hears of it.
    #[serde(untagged)]
    Call(CallCause),
    /// What a command or the screen says of itself, which nothing decides by.
    #[serde(untagged, skip_deserializing)]
    Words(String),
    /// What an older version of windlass wrote down in its own words.
    #[serde(untagged)]
    Written(String),
}

impl Cause {
    /// Okta's error code, where this is what Okta answered, or was caused by it: its words have that code.
    pub fn okta_code(&self) -> Option<&str> {
        match self {
            Self::Okta { code, .. } => code.as_deref(),
            Self::NoAccessToken(cause)
            | Self::NoOrgThere(cause)
            | Self::PublishedNotOff(cause)
            | Self::NoRole { cause, .. }
            | Self::NotTested { cause, .. } => cause.okta_code(),
            _ => None,
        }
    }
}

macro_rules! groups {
    ($($group:ident($cause:ty)),*) => {$(
        impl From<$cause> for Cause {
            fn from(cause: $cause) -> Self {
                Self::$group(cause)
            }
        }
    )*};
}
groups!(Rotation(RotationCause), Request(RequestCause), Store(StoreCause), Call(CallCause));
