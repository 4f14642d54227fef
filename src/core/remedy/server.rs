//! What to do about a server that credentials are delivered to, or about what its policies allow.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do at or about a server that credentials are delivered to.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnServer {
    /// Check its address.
    CheckAddress,
    /// Give the address of the server that does the work.
    GiveActiveAddress,
    /// Unseal it.
    Unseal,
    /// Its log says more.
    SeeItsLog,
    /// Issue another token and give it.
    IssueToken,
    /// Give the role's id and a secret id.
    GiveSecretId,
    /// See that the role is bound to the service account.
    CheckRole,
    /// Check where the auth method is mounted.
    CheckAuthMount,
    /// Check the namespace.
    CheckNamespace,
    /// Let a policy allow it.
    Grant {
        /// The path.
        path: String,
        /// What it has to allow, as a policy has it.
        capabilities: String,
    },
    /// Check the mount.
    CheckMount,
    /// Let the mount keep versions.
    UpgradeMount {
        /// The mount.
        mount: String,
    },
    /// Put the file right.
    FixJwt,
    /// Give the certificates that it is trusted by.
    GiveCa,
}

impl OnServer {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::CheckAddress => {
                say!("check its address, and whether a proxy answers in its place (`windlass connection show NAME`)")
            }
            Self::GiveActiveAddress => say!(
                "give the address of the active server, or of what stands in front of it, with `windlass connection update NAME \
                 --url URL`"
            ),
            Self::Unseal => say!("unseal it"),
            Self::SeeItsLog => say!("its own log says more"),
            Self::IssueToken => {
                say!("issue another token there and give it with `windlass connection update NAME --token-file FILE`")
            }
            Self::GiveSecretId => say!(
                "check the role id, and give a secret id that is valid with `windlass connection update NAME --secret-id-file FILE`"
            ),
            Self::CheckRole => {
                say!("check that the role there is bound to this service account and its namespace")
            }
            Self::CheckAuthMount => {
                say!("say where it is mounted with `windlass connection update NAME --auth-mount MOUNT`")
            }
            Self::CheckNamespace => {
                say!("give the right one with `windlass connection update NAME --namespace NAMESPACE`")
            }
            Self::Grant { path, capabilities } => {
                say!("let one of its policies have path \"{}\" with the capabilities [{}]", path, capabilities)
            }
            Self::CheckMount => say!("check the target's mount"),
            Self::UpgradeMount { mount } => {
                say!("enable versions on {} (vault kv enable-versioning), or name a mount of KV version 2", mount)
            }
            Self::GiveCa => {
                say!("give the certificate of its CA with `windlass connection update NAME --ca-file FILE`")
            }
            Self::FixJwt => say!("see that the file is there, and that the service may read it"),
        }
    }
}

#[cfg(test)]
impl OnServer {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::GiveCa]
    }
}
