//! What to do at Infisical, or about the connection to it.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do at Infisical, or about the connection to it.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnInfisical {
    /// Give another client secret.
    GiveClientSecret,
    /// Give the identity a role in the project.
    GiveProjectRole,
    /// Check the project, and whether the identity is in it.
    CheckProject,
    /// Make the environment or the folder.
    MakeFolder,
    /// Have the change approved.
    ApproveChange,
    /// Deliver elsewhere.
    DeliverElsewhere,
}

impl OnInfisical {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::GiveClientSecret => say!(
                "check the client id, and give a client secret that is valid with `windlass connection update NAME \
                 --client-secret-file FILE`"
            ),
            Self::GiveProjectRole => {
                say!(
                    "give it a role in the project that may read the values of secrets, and create, edit and delete them"
                )
            }
            Self::CheckProject => {
                say!("check the project's id, and that the machine identity was added to the project")
            }
            Self::MakeFolder => say!("make it there, or name another one in a new target"),
            Self::ApproveChange => say!(
                "have it approved there: windlass looks each hour; after a refusal `windlass target deliver NAME/TARGET` asks \
                 again; the old secret keeps working until then"
            ),
            Self::DeliverElsewhere => say!("deliver this one to another kind of place"),
        }
    }
}

#[cfg(test)]
impl OnInfisical {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::GiveClientSecret]
    }
}
