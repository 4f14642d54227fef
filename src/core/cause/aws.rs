//! What AWS answers, where that is no good answer.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{AtAws, Automatic, OnMachine};
use crate::text::sentence::{Sentence, say};

/// What is wrong with AWS, or with what is asked of it.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AwsCause {
    /// The credentials are not valid, or not any more.
    KeyNotValid {
        /// Its host.
        host: String,
        /// What it said.
        said: String,
    },
    /// Signatures carry the time, and ours is off.
    SignedAtOtherTime {
        /// Its host.
        host: String,
        /// What it said.
        said: String,
    },
    /// This machine has no credentials to give.
    NoMachineRole {
        /// What gives them.
        from: String,
        /// Why it does not.
        why: String,
    },
    /// A role cannot be assumed.
    RoleDeclined {
        /// The role.
        role: String,
        /// What it said.
        said: String,
    },
    /// The credentials are valid and may not do this.
    ActionDenied {
        /// The action, as a policy has it.
        action: String,
        /// What it said.
        said: String,
    },
    /// The KMS key cannot be used.
    KmsDeclined {
        /// The place.
        place: String,
        /// What it said.
        said: String,
    },
    /// The secret is going to be deleted.
    DeletionScheduled {
        /// The secret.
        secret: String,
        /// The day that AWS gives.
        day: String,
    },
    /// There is no secret with this ARN, and AWS chooses ARNs itself.
    NoSuchArn {
        /// The ARN.
        arn: String,
    },
    /// What would be written is longer than the place takes.
    LongerThan {
        /// The place.
        place: String,
        /// Bytes at the most.
        most: usize,
    },
    /// A quota is used up.
    QuotaReached {
        /// The place.
        place: String,
        /// What it said.
        said: String,
    },
    /// A parameter has its hundred versions, and a label keeps the oldest.
    VersionsKept {
        /// The parameter.
        parameter: String,
    },
    /// A parameter that others made is not encrypted, and AWS keeps it so.
    ParameterPlain {
        /// The parameter.
        parameter: String,
    },
}

impl AwsCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::KeyNotValid { host, said } if said.is_empty() => say!("{} does not accept the credentials", host),
            Self::KeyNotValid { host, said } => say!("{} does not accept the credentials: {}", host, said),
            Self::SignedAtOtherTime { host, said } => {
                say!("{} does not accept the time that calls were signed at: {}", host, said)
            }
            Self::NoMachineRole { from, why } => say!("{} gave no credentials: {}", from, why),
            Self::RoleDeclined { role, said } => say!("the role {} cannot be assumed: {}", role, said),
            Self::ActionDenied { action, said } if said.is_empty() => {
                say!("the credentials are valid and may not call {}", action)
            }
            Self::ActionDenied { action, said } => {
                say!("the credentials are valid and may not call {}: {}", action, said)
            }
            Self::KmsDeclined { place, said } => say!("the KMS key of {} cannot be used: {}", place, said),
            Self::DeletionScheduled { secret, day } => {
                say!(
                    "the secret {} is scheduled for deletion (AWS gives the date {}); nothing was written",
                    secret,
                    day
                )
            }
            Self::NoSuchArn { arn } => say!("there is no secret {}, and none can be made with a given ARN", arn),
            Self::LongerThan { place, most } => {
                say!("what is to stand at {} is longer than the {} bytes that it can have", place, most.to_string())
            }
            Self::QuotaReached { place, said } => say!("AWS keeps no more for {}: {}", place, said),
            Self::VersionsKept { parameter } => say!(
                "{} has as many versions as a parameter can have, and a label keeps the oldest from being removed",
                parameter
            ),
            Self::ParameterPlain { parameter } => {
                say!("{} is no SecureString, and AWS does not let it become one; nothing was written to it", parameter)
            }
        }
    }
}

#[cfg(test)]
impl AwsCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let host = || "secretsmanager.eu-central-1.amazonaws.com".to_owned();
        let place = || "aws-secrets-manager apps/pay".to_owned();
        let said = || "…".to_owned();
        let role = || "arn:aws:iam::111122223333:role/windlass".to_owned();
        let action = || "secretsmanager:GetSecretValue".to_owned();
        vec![
            Problem::because(Self::KeyNotValid { host: host(), said: said() }).and(AtAws::GiveAccessKey),
            Problem::because(Self::SignedAtOtherTime { host: host(), said: said() }).and(OnMachine::SetClock),
            Problem::because(Self::NoMachineRole { from: "169.254.169.254".into(), why: "it has no role".into() })
                .and(AtAws::AttachRole),
            Problem::because(Self::RoleDeclined { role: role(), said: said() }).and(AtAws::CheckTrust),
            Problem::because(Self::ActionDenied { action: action(), said: said() })
                .and(AtAws::AllowAction { action: action() })
                .and(Automatic::TriesAgain),
            Problem::because(Self::KmsDeclined { place: place(), said: said() })
                .and(AtAws::AllowKms)
                .and(Automatic::TriesAgain),
            Problem::because(Self::DeletionScheduled { secret: "apps/pay".into(), day: "2027-04-08".into() })
                .and(AtAws::RestoreSecret { secret: "apps/pay".into(), region: "eu-central-1".into() })
                .and(Automatic::TriesAgain),
            Problem::because(Self::NoSuchArn { arn: "arn:aws:secretsmanager:…".into() }).and(AtAws::GiveName),
            Problem::because(Self::LongerThan { place: place(), most: 65_536 }).and(AtAws::MakeRoom),
            Problem::because(Self::QuotaReached { place: place(), said: said() }).and(AtAws::RaiseQuota),
            Problem::because(Self::ParameterPlain { parameter: "/apps/pay/OKTA_CLIENT_SECRET".into() })
                .and(AtAws::DeleteParameter)
                .and(Automatic::TriesAgain),
            Problem::because(Self::VersionsKept { parameter: "/apps/pay/OKTA_CLIENT_SECRET".into() })
                .and(AtAws::RemoveLabel)
                .and(Automatic::TriesAgain),
        ]
    }
}
