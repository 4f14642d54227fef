//! Notes in words. In JSON a note is its sentence.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::sentence::{Sentence, say};
use super::{voice, written};
use crate::core::remedy::ROLES;
use crate::engine::view::Note;
use crate::text::when::span;

impl Note {
    /// The note in a sentence.
    pub fn say(&self) -> Sentence {
        match self {
            Self::OtherKeyId { own, used } => {
                say!("the key has the key id {}; it is used as {}, as was asked for", own, used)
            }
            Self::NoKeyId => {
                say!("the key has no key id (kid); Okta takes that only while the app has no other key")
            }
            Self::UrlCut { url, cut } => say!("the URL is {}; {} was cut off", url, format!("{cut:?}")),
            Self::TokenEnds { seconds } => say!(
                "the token ends in {} and cannot be renewed; give another one before that, or let the connection log in in another way",
                span(seconds.unsigned_abs())
            ),
            Self::TokenTrimmed => say!("there was white space around the API token; it was cut off"),
            Self::TokenUnusual => {
                say!("the API token does not look like Okta's (00 and 40 more characters); it was saved unchanged")
            }
            Self::ClockOff { seconds, behind } => {
                let way = if *behind { "behind" } else { "ahead of" };
                say!("this machine's clock is {} s {} Okta's; set it (NTP)", *seconds, way)
            }
            Self::SecretsHidden => say!(
                "the role does not show client secrets (okta.apps.clientCredentials.read). windlass works with those that it \
                 makes; what is lost: an app's own secret can be adopted only with its value (`--secret-file`), and after a \
                 lost answer you may have to say which secret is windlass's"
            ),
            Self::AppHidden { label } => say!(
                "the role shows the app {} and not its client secrets, so that one cannot be rotated; give it a role for the \
                 apps that are to be rotated: {}",
                label,
                ROLES
            ),
            Self::KeyMade { path } => say!(
                "made the sealing key {}; back it up: without it neither the store nor its backups can be read",
                path
            ),
            Self::StoreBegun { dir } => say!(
                "began a new, empty store in {}; if one should be there, stop windlass and check that its disk is mounted",
                dir
            ),
            Self::Stands(problem) => problem.whole(),
            Self::Store(text) => Sentence::text(text),
            Self::Written(text) => written::read(text),
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.say().by(voice::current()))
    }
}

impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Written)
    }
}
