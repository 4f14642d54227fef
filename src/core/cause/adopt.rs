//! Why a secret that the app has already cannot be adopted, or be replaced.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{InAdoption, OnRotation};
#[cfg(test)]
use crate::core::rotation::verify::Verify;
use crate::text::sentence::{Sentence, say};

/// Why it is not taken over.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AdoptCause {
    /// The app has no ACTIVE secret to adopt.
    NothingToAdopt,
    /// The app has two ACTIVE secrets.
    TwoActive,
    /// The app has no such secret.
    NoSuchSecret {
        /// What was named.
        named: String,
        /// It was to be replaced; else adopted.
        #[serde(default)]
        replace: bool,
    },
    /// The secret to adopt is INACTIVE.
    AdoptInactive {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta does not show a secret's value to the connection's role.
    ValueHidden {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta hides whether the given value is that secret's.
    GivenValueHidden,
    /// The given value is no secret of the app.
    GivenValueUnknown,
    /// The given value is none of the app's two secrets, or Okta hides which.
    GivenValueUnknownOfTwo,
    /// The given value does not authenticate.
    GivenValueRefused {
        /// Okta's id of the secret that it was taken for.
        secret: String,
    },
}

impl AdoptCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::NothingToAdopt => say!("the app has no ACTIVE secret to adopt"),
            Self::TwoActive => say!("the app has two ACTIVE secrets"),
            Self::NoSuchSecret { named, replace } => {
                let way = if *replace { "replace" } else { "adopt" };
                say!("the app has no secret {} to {}", format!("{named:?}"), way)
            }
            Self::AdoptInactive { secret } => say!("{} is INACTIVE at Okta, so no consumer can be using it", secret),
            Self::ValueHidden { secret } => {
                say!("Okta does not show the value of {} to this connection's role", secret)
            }
            Self::GivenValueHidden => say!("Okta hides what would tell whether the given value is this secret's"),
            Self::GivenValueUnknown => say!("the given value is not a secret of this app"),
            Self::GivenValueUnknownOfTwo => {
                say!("the given value is none of the app's two secrets, or Okta hides which of them it is")
            }
            Self::GivenValueRefused { secret } => {
                say!("the value does not authenticate as {}, while another secret of the app does", secret)
            }
        }
    }
}

#[cfg(test)]
impl AdoptCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::NothingToAdopt).and(InAdoption::IssueInstead),
            Problem::because(Self::TwoActive)
                .and(InAdoption::SayWhich)
                .and(InAdoption::AppHas { secrets: vec!["ID1".into(), "ID2".into()] }),
            Problem::because(Self::NoSuchSecret { named: "ID".into(), replace: false })
                .and(InAdoption::AppHas { secrets: vec!["ID1".into()] }),
            Problem::because(Self::AdoptInactive { secret: "ID".into() }).and(InAdoption::AdoptOther),
            Problem::because(Self::ValueHidden { secret: "ID".into() }).and(InAdoption::GiveValue),
            Problem::because(Self::GivenValueHidden).and(OnRotation::TestBy {
                verify: Verify::Introspect,
                creating: true,
                or: false,
            }),
            Problem::because(Self::GivenValueUnknown).and(InAdoption::CheckValueWhole),
            Problem::because(Self::GivenValueUnknownOfTwo).and(InAdoption::CheckValueOfTwo),
            Problem::because(Self::GivenValueRefused { secret: "ID".into() }).and(InAdoption::CheckValue),
        ]
    }
}
