//! What Infisical answers, where that is no good answer.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{Automatic, OnInfisical};
use crate::text::names;
use crate::text::sentence::{Sentence, say};

/// What is wrong with a folder of Infisical, or with what may be done there.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum InfisicalCause {
    /// The identity is known, and may not do this.
    NotPermitted {
        /// What it said.
        said: String,
    },
    /// There is no such project, or the identity does not see it.
    ProjectMissing {
        /// What it said.
        said: String,
    },
    /// The project has no such environment, or that has no such folder.
    FolderMissing {
        /// The environment.
        environment: String,
        /// The folder.
        path: String,
    },
    /// The identity may see that there is a value, and not which.
    ValuesHidden {
        /// The key.
        key: String,
    },
    /// A change was asked for, and waits until someone approves it.
    AwaitsApproval {
        /// The place.
        place: String,
        /// Which version is to be written; none where something is to be taken away.
        version: Option<u32>,
    },
    /// It would not give these values back as they are.
    ValuesNotKept {
        /// The keys.
        keys: Vec<String>,
    },
}

impl InfisicalCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::NotPermitted { said } if said.is_empty() => {
                say!("Infisical does not let the machine identity do this")
            }
            Self::NotPermitted { said } => say!("Infisical does not let the machine identity do this: {}", said),
            Self::ProjectMissing { said } if said.is_empty() => say!("Infisical has no such project"),
            Self::ProjectMissing { said } => say!("Infisical does not find the project: {}", said),
            Self::FolderMissing { environment, path } => {
                say!("the project has no environment {}, or that has no folder {}", environment, path)
            }
            Self::ValuesHidden { key } => say!("Infisical does not show the value of {} to the machine identity", key),
            Self::AwaitsApproval { place, .. } => {
                say!(
                    "the change of {} is a request at Infisical that someone has to approve; nothing is delivered yet",
                    place
                )
            }
            Self::ValuesNotKept { keys } => {
                say!(
                    "Infisical would not give the value of {} back as it is: it trims white space, and fills in references to other secrets",
                    names(keys)
                )
            }
        }
    }
}

#[cfg(test)]
impl InfisicalCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let place = || "infisical 7b0c/prod/apps/pay".to_owned();
        vec![
            Problem::because(Self::NotPermitted { said: "You are not allowed to edit on secrets".into() })
                .and(OnInfisical::GiveProjectRole)
                .and(Automatic::TriesAgain),
            Problem::because(Self::ProjectMissing { said: "Project with ID '7b0c' not found".into() })
                .and(OnInfisical::CheckProject)
                .and(Automatic::TriesAgain),
            Problem::because(Self::FolderMissing { environment: "prod".into(), path: "/apps/pay".into() })
                .and(OnInfisical::MakeFolder)
                .and(Automatic::TriesAgain),
            Problem::because(Self::ValuesHidden { key: "OKTA_CLIENT_SECRET".into() })
                .and(OnInfisical::GiveProjectRole)
                .and(Automatic::TriesAgain),
            Problem::because(Self::AwaitsApproval { place: place(), version: Some(7) }).and(OnInfisical::ApproveChange),
            Problem::because(Self::ValuesNotKept { keys: vec!["OKTA_CLIENT_SECRET".into()] })
                .and(OnInfisical::DeliverElsewhere),
        ]
    }
}
