//! What happened, as data: every cause of a fault that core or a call to Okta can name, by its subject. Its words stand
//! beside it, in pieces: who reads them is known at the edge alone, where [`crate::words`] makes a sentence of them.
//! Nothing decides by one.
//!
//! A file for each subject: the causes, their words, and an example of each with the remedies that it has as a rule.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use super::fault::Problem;
#[cfg(test)]
use super::remedy::{AtOkta, Automatic, OnConnection, OnRotation};
use crate::text::sentence::{Sentence, say};
use crate::text::written;

mod adopt;
mod answer;
mod app;
mod aws;
mod call;
mod cluster;
mod connection;
mod infisical;
mod machine;
mod network;
mod request;
mod rotation;
mod secret;
mod server;
mod store;
mod target;
mod verify;

pub use adopt::AdoptCause;
pub use answer::{Answer, Answered};
pub use app::{AppCause, Secretless, Untestable};
pub use aws::AwsCause;
pub use call::{CallCause, Place};
pub use cluster::ClusterCause;
pub use connection::ConnectionCause;
pub use infisical::InfisicalCause;
pub use machine::{HeaderOf, MachineCause};
pub use network::{NetworkCause, Way};
pub use request::{FieldFault, RequestCause, TakenName, Thing, Which};
pub use rotation::{Doing, RotationCause};
pub use secret::{LeftAlone, SecretCause};
pub use server::ServerCause;
pub use store::StoreCause;
pub use target::TargetCause;
pub use verify::VerifyCause;

/// What happened. In JSON the groups are flat: each cause has a name of its own.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Cause {
    /// Okta answered with a refusal.
    Okta(Answered),
    /// The call needed an access token, and Okta gave none.
    NoAccessToken(Box<Cause>),
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
    /// A secret could not be tested.
    NotTested {
        /// Okta's id of it; absent where it has none yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
        /// What stood in the way.
        cause: Box<Cause>,
    },
    /// The new secret is published, and the old one is not off yet.
    PublishedNotOff(Box<Cause>),
    /// No good answer came.
    #[serde(untagged)]
    Network(NetworkCause),
    /// The app is not as it should be.
    #[serde(untagged)]
    App(AppCause),
    /// The app's secrets are not as they should be, or a change to them is not done.
    #[serde(untagged)]
    Secret(SecretCause),
    /// A new secret did not pass its test.
    #[serde(untagged)]
    Verify(VerifyCause),
    /// A secret cannot be adopted.
    #[serde(untagged)]
    Adopt(AdoptCause),
    /// The connection or its credential is not as it should be.
    #[serde(untagged)]
    Connection(ConnectionCause),
    /// Something failed on this machine.
    #[serde(untagged)]
    Machine(MachineCause),
    /// The rotation stands otherwise.
    #[serde(untagged)]
    Rotation(RotationCause),
    /// A request is refused for its values.
    #[serde(untagged)]
    Request(RequestCause),
    /// Nothing is done at all.
    #[serde(untagged)]
    Store(StoreCause),
    /// A server that credentials are delivered to gave no good answer.
    #[serde(untagged)]
    Server(ServerCause),
    /// A Kubernetes cluster gave no good answer.
    #[serde(untagged)]
    Cluster(ClusterCause),
    /// AWS, which credentials are delivered to, gave no good answer.
    #[serde(untagged)]
    Aws(AwsCause),
    /// Infisical gave no good answer.
    #[serde(untagged)]
    Infisical(InfisicalCause),
    /// Credentials do not reach a target.
    #[serde(untagged)]
    Target(TargetCause),
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
    /// What happened, in a sentence.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Okta(answered) => answered.say(),
            Self::NoAccessToken(cause) => say!("Okta gave no access token: {}", cause.say()),
            Self::NoOrgThere(cause) => say!("no Okta org answers at that address: {}", cause.say()),
            Self::NoRole { client_id: None, cause } => {
                say!("the token's user has no role that shows apps: {}", cause.say())
            }
            Self::NoRole { client_id: Some(id), cause } => {
                say!("the app {} has no role that shows apps: {}", id, cause.say())
            }
            Self::NotTested { secret, cause } => {
                say!("{} could not be tested: {}", secret.as_deref().unwrap_or("the secret"), cause.say())
            }
            Self::PublishedNotOff(cause) => {
                say!("the new secret is published, and the old one is not off yet: {}", cause.say())
            }
            Self::Network(cause) => cause.say(),
            Self::App(cause) => cause.say(),
            Self::Secret(cause) => cause.say(),
            Self::Verify(cause) => cause.say(),
            Self::Adopt(cause) => cause.say(),
            Self::Connection(cause) => cause.say(),
            Self::Machine(cause) => cause.say(),
            Self::Rotation(cause) => cause.say(),
            Self::Request(cause) => cause.say(),
            Self::Store(cause) => cause.say(),
            Self::Server(cause) => cause.say(),
            Self::Cluster(cause) => cause.say(),
            Self::Aws(cause) => cause.say(),
            Self::Infisical(cause) => cause.say(),
            Self::Target(cause) => cause.say(),
            Self::Call(cause) => cause.say(),
            Self::Words(text) => Sentence::text(text),
            Self::Written(text) => written::read(text),
        }
    }

    /// Okta's error code, where this is what Okta answered, or was caused by it: its words have that code.
    pub fn okta_code(&self) -> Option<&str> {
        match self {
            Self::Okta(answered) => answered.code.as_deref(),
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
    ($($group:ident($cause:ident)),* $(,)?) => {
        $(impl From<$cause> for Cause {
            fn from(cause: $cause) -> Self {
                Self::$group(cause)
            }
        })*

        #[cfg(test)]
        impl Cause {
            /// The causes of each group: their names, and an example of each.
            pub fn groups() -> Vec<(&'static str, &'static [&'static str], Vec<Problem>)> {
                use strum::VariantNames;
                vec![$((stringify!($group), $cause::VARIANTS, $cause::samples())),*]
            }
        }
    };
}
groups! {
    Network(NetworkCause),
    App(AppCause),
    Secret(SecretCause),
    Verify(VerifyCause),
    Adopt(AdoptCause),
    Connection(ConnectionCause),
    Machine(MachineCause),
    Rotation(RotationCause),
    Request(RequestCause),
    Store(StoreCause),
    Server(ServerCause),
    Cluster(ClusterCause),
    Aws(AwsCause),
    Infisical(InfisicalCause),
    Target(TargetCause),
    Call(CallCause),
}

#[cfg(test)]
impl Cause {
    /// Those that are about another cause, with the remedies that each has as a rule.
    pub fn samples() -> Vec<Problem> {
        let refused = || {
            let answered = Answered { answer: Answer::Refused, status: 403, code: None, said: None };
            Box::new(Self::Okta(answered))
        };
        vec![
            Problem::because(Self::NoAccessToken(Box::new(NetworkCause::TimedOut.into()))).and(Automatic::CallNotMade),
            Problem::because(Self::NoOrgThere(refused())).and(OnConnection::CheckOrgAddress),
            Problem::because(Self::NoRole { client_id: None, cause: refused() }).and(AtOkta::GiveAppsRole),
            Problem::because(Self::NotTested { secret: Some("ID".into()), cause: refused() })
                .and(AtOkta::AllowTest)
                .and(OnRotation::Untested { creating: false })
                .and(Automatic::TestsAgain)
                .and(Automatic::CurrentWorks)
                .and(OnRotation::Decide),
            Problem::because(Self::PublishedNotOff(refused())).and(Automatic::Continues),
        ]
    }
}
