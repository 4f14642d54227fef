//! What still works and what to do, as data, by where it is done. A fault has a list of these, in the order in which
//! they are read. Their words stand beside them, in pieces; [`crate::words`] makes a sentence of them for whoever reads
//! it.
//!
//! A file for each place: the remedies, their words, and examples.

use serde::{Deserialize, Serialize};

use crate::text::sentence::Sentence;
use crate::text::written;

mod adopt;
mod automatic;
mod aws;
mod call;
mod cluster;
mod connection;
mod infisical;
mod machine;
mod okta;
mod request;
mod rotation;
mod server;
mod store;
mod target;

pub use adopt::InAdoption;
pub use automatic::Automatic;
pub use aws::AtAws;
pub use call::InCall;
pub use cluster::OnCluster;
pub use connection::OnConnection;
pub use infisical::OnInfisical;
pub use machine::OnMachine;
pub use okta::{AtOkta, ROLES};
pub use request::{InRequest, Instead};
pub use rotation::OnRotation;
pub use server::OnServer;
pub use store::OnStore;
pub use target::OnTarget;

/// What still works, what happens by itself, or what to do. In JSON the groups are flat: each remedy has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Remedy {
    /// Nothing has to be done.
    Automatic(Automatic),
    /// To do at Okta.
    AtOkta(AtOkta),
    /// To do on this machine.
    OnMachine(OnMachine),
    /// To do about the connection.
    OnConnection(OnConnection),
    /// To do about the rotation.
    OnRotation(OnRotation),
    /// To ask otherwise.
    InRequest(InRequest),
    /// To give otherwise.
    InAdoption(InAdoption),
    /// To do about the store or the engine.
    OnStore(OnStore),
    /// To do at or about a server that credentials are delivered to.
    OnServer(OnServer),
    /// To do in a Kubernetes cluster.
    OnCluster(OnCluster),
    /// To do at AWS.
    AtAws(AtAws),
    /// To do at Infisical.
    OnInfisical(OnInfisical),
    /// To do about a target.
    OnTarget(OnTarget),
    /// To call otherwise.
    InCall(InCall),
    /// What a command or the screen says of itself.
    #[serde(skip_deserializing)]
    Words(String),
    /// What an older version of windlass wrote down in its own words.
    Written(String),
}

impl Remedy {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Automatic(it) => it.say(),
            Self::AtOkta(it) => it.say(),
            Self::OnMachine(it) => it.say(),
            Self::OnConnection(it) => it.say(),
            Self::OnRotation(it) => it.say(),
            Self::InRequest(it) => it.say(),
            Self::InAdoption(it) => it.say(),
            Self::OnStore(it) => it.say(),
            Self::OnServer(it) => it.say(),
            Self::OnCluster(it) => it.say(),
            Self::AtAws(it) => it.say(),
            Self::OnInfisical(it) => it.say(),
            Self::OnTarget(it) => it.say(),
            Self::InCall(it) => it.say(),
            // It may name a file, whose name may hold anything.
            Self::Words(text) => Sentence::text(text),
            Self::Written(text) => written::read(text),
        }
    }
}

macro_rules! groups {
    ($($group:ident),* $(,)?) => {
        $(impl From<$group> for Remedy {
            fn from(remedy: $group) -> Self {
                Self::$group(remedy)
            }
        })*

        #[cfg(test)]
        impl Remedy {
            /// The remedies of each group: their names, and examples of those that nothing else has.
            pub fn groups() -> Vec<(&'static str, &'static [&'static str], Vec<Self>)> {
                use strum::VariantNames;
                vec![$((
                    stringify!($group),
                    $group::VARIANTS,
                    $group::samples().into_iter().map(Self::from).collect(),
                )),*]
            }
        }
    };
}
groups!(
    Automatic,
    AtOkta,
    OnMachine,
    OnConnection,
    OnRotation,
    InRequest,
    InAdoption,
    OnStore,
    OnServer,
    OnCluster,
    AtAws,
    OnInfisical,
    OnTarget,
    InCall
);
