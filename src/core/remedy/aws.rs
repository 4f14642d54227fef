//! What to do at AWS.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do at AWS, or about how it is called.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AtAws {
    /// Make another access key and give it.
    GiveAccessKey,
    /// Give the machine a role.
    AttachRole,
    /// Let the role be assumed.
    CheckTrust,
    /// Let a policy allow an action.
    AllowAction {
        /// The action, as a policy has it.
        action: String,
    },
    /// Let the KMS key be used.
    AllowKms,
    /// Bring a secret back, or name another one.
    RestoreSecret {
        /// The secret.
        secret: String,
        /// Where it is.
        region: String,
    },
    /// Give the secret's name.
    GiveName,
    /// Make room there, or take another place.
    MakeRoom,
    /// Have a quota raised.
    RaiseQuota,
    /// Take the label off.
    RemoveLabel,
    /// Delete the parameter, so that it is made anew.
    DeleteParameter,
}

impl AtAws {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::GiveAccessKey => say!(
                "make another access key there and give it with `windlass connection update NAME --access-key-id ID \
                 --secret-key-file FILE`"
            ),
            Self::AttachRole => say!(
                "give the instance, the task or the pod a role, or let the connection have an access key \
                 (`windlass connection update NAME --access-key-id ID --secret-key-file FILE`)"
            ),
            Self::CheckTrust => {
                say!(
                    "check the role's name and its trust policy: who may assume it, for which subject, with which external id"
                )
            }
            Self::AllowAction { action } => say!("let an identity policy of the caller allow {} on it", action),
            Self::AllowKms => say!(
                "let the caller use the key: kms:Decrypt and kms:GenerateDataKey (for parameters kms:Encrypt), in its policy and in the key's own"
            ),
            Self::RestoreSecret { secret, region } => say!(
                "to keep it, run `aws secretsmanager restore-secret --region {} --secret-id {}`; else make a target with another name",
                region,
                secret
            ),
            Self::GiveName => say!("make the target with the secret's name; what is not there yet is made then"),
            Self::MakeRoom => say!("move what others have there, or make a target at another place"),
            Self::RaiseQuota => say!("remove what is not needed any more, or have the quota raised (Service Quotas)"),
            Self::DeleteParameter => {
                say!("delete it, and it is made anew as a SecureString; or make a target at another path")
            }
            Self::RemoveLabel => {
                say!(
                    "take the label off its oldest version (aws ssm unlabel-parameter-version), or move it to a newer one"
                )
            }
        }
    }
}

#[cfg(test)]
impl AtAws {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        Vec::new()
    }
}
