//! What the test of a new secret came to.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{AtOkta, Automatic, OnRotation};
#[cfg(test)]
use crate::core::rotation::verify::Verify;
use crate::text::sentence::{Sentence, say};

/// Why a new secret is not published.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum VerifyCause {
    /// Okta refuses the new secret while another one authenticates.
    NewRefused,
    /// Okta refuses every secret of the app.
    AllRefused,
    /// Okta does not accept the new secret, and there is none to compare with.
    NothingToCompare,
    /// The pending secret has no value here.
    NoValueHere,
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
    /// A secret that may be ours or someone else's.
    Ambiguous {
        /// Okta's ids.
        secrets: Vec<String>,
    },
}

impl VerifyCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::NewRefused => say!("Okta refuses the new secret while another one of the app authenticates"),
            Self::AllRefused => say!("Okta refuses every secret of the app at the moment"),
            Self::NothingToCompare => {
                say!("Okta does not accept the new secret, and there is none known to work to compare with")
            }
            Self::NoValueHere => say!("the pending secret has no value here"),
            Self::RefusedBefore { secret } => {
                say!("Okta refused {} when it was tested, which a list alone does not outweigh", secret)
            }
            Self::OtherValue { secret } => {
                say!("Okta does not list {} with the value that windlass gave it", secret)
            }
            Self::Ambiguous { secrets } => say!(
                "{} appeared together with our new secret, but Okta hides what would tell ours from a stranger's",
                secrets.join(" and ")
            ),
        }
    }
}

#[cfg(test)]
impl VerifyCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::NewRefused)
                .and(AtOkta::LookAtApp)
                .and(OnRotation::RotateAgain)
                .and(Automatic::CurrentWorks),
            Problem::because(Self::AllRefused)
                .and(AtOkta::CheckSignOn)
                .and(Automatic::TestsAgain)
                .and(Automatic::CurrentWorks)
                .and(OnRotation::Decide),
            Problem::because(Self::NothingToCompare)
                .and(AtOkta::CheckSignOn)
                .and(Automatic::TestsAgain)
                .and(Automatic::CurrentWorks)
                .and(OnRotation::Decide),
            Problem::because(Self::NoValueHere)
                .and(AtOkta::CheckSignOn)
                .and(Automatic::TestsAgain)
                .and(Automatic::CurrentWorks)
                .and(OnRotation::Decide),
            Problem::because(Self::RefusedBefore { secret: "ID".into() })
                .and(OnRotation::TestBy { verify: Verify::Introspect, creating: false, or: false })
                .and(Automatic::CurrentWorks)
                .and(OnRotation::Decide),
            Problem::because(Self::OtherValue { secret: "ID".into() })
                .and(OnRotation::TestBy { verify: Verify::Introspect, creating: false, or: false })
                .and(Automatic::CurrentWorks)
                .and(OnRotation::Decide),
            Problem::because(Self::Ambiguous { secrets: vec!["ID".into()] })
                .and(AtOkta::RemoveUnused)
                .and(Automatic::CurrentWorks),
        ]
    }
}
