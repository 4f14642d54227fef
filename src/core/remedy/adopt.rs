//! What to give instead where an app or a secret was named.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to give instead.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum InAdoption {
    /// Give the value of the secret.
    GiveValue,
    /// Check the value that was given.
    CheckValue,
    /// Check that the value was copied whole, and that it is this app's.
    CheckValueWhole,
    /// Find out which secret is in use, and have the other removed.
    CheckValueOfTwo,
    /// Adopt the one in use, or have a new one issued.
    AdoptOther,
    /// Create without adopting.
    IssueInstead,
    /// Say which one its consumers use.
    SayWhich,
    /// The app has these secrets.
    AppHas {
        /// Okta's ids of them.
        secrets: Vec<String>,
    },
    /// Find out which of two unknown secrets is in use; name the one that may go.
    FindOutWhich,
    /// Check the app id, and that it is this org's.
    CheckAppId,
    /// Name the app by its id.
    NameAppById,
    /// An app of nearly that label.
    DidYouMean {
        /// The app's label.
        label: String,
        /// Its id.
        id: String,
    },
}

impl InAdoption {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::GiveValue => say!("give the value: `--secret-stdin` or `--secret-file`"),
            Self::CheckValue => say!("check the value"),
            Self::CheckValueWhole => say!("check that it was copied whole, and that it is this app's"),
            Self::CheckValueOfTwo => say!(
                "check the value; where it is right, find out which of the two is in use (another windlass may have made them), \
                 have the other one removed at Okta, then try again"
            ),
            Self::AdoptOther => {
                say!("adopt the one that is in use, or create the rotation without `--adopt` to have a new one issued")
            }
            Self::IssueInstead => say!("create the rotation without `--adopt` to have a new one issued"),
            Self::SayWhich => say!("say which one its consumers use with `--adopt-secret`"),
            Self::AppHas { secrets } if secrets.is_empty() => say!("it has none"),
            Self::AppHas { secrets } => say!("it has {}", secrets.join(" and ")),
            Self::FindOutWhich => say!(
                "find out which of them is in use: another windlass may have made them. Then say which other one may go with \
                 `--replace SECRET_ID`"
            ),
            Self::CheckAppId => say!("check the app id, and that it is this org's"),
            Self::NameAppById => say!("name the app by its id"),
            Self::DidYouMean { label, id } => say!("did you mean {} ({})?", format!("{label:?}"), id),
        }
    }
}

#[cfg(test)]
impl InAdoption {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::DidYouMean { label: "Payments".into(), id: "0oa1".into() }]
    }
}
