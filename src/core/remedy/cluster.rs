//! What to do about a Kubernetes cluster, or about what may be done there.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What to do in a Kubernetes cluster, or about the connection to it.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnCluster {
    /// Issue another token and give it.
    GiveOtherToken,
    /// See that the service account is there, and that it is this cluster's.
    CheckAccount,
    /// Give another certificate with its key.
    GiveCertificate,
    /// Bind a role to the user.
    BindRole,
    /// Make the namespace.
    MakeNamespace,
    /// Make the Secret anew.
    MakeSecretAnew,
    /// Name another Secret.
    NameOtherSecret,
    /// Name what is to be restarted.
    NameWorkload,
}

impl OnCluster {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::GiveOtherToken => say!(
                "issue another one (kubectl create token, or a Secret of the type kubernetes.io/service-account-token) and give it \
                 with `windlass connection update NAME --token-file FILE`"
            ),
            Self::CheckAccount => {
                say!("check that the service account is there, and that the token in the file is one of this cluster")
            }
            Self::GiveCertificate => say!(
                "give another one with `windlass connection update NAME --certificate-file FILE --private-key-file FILE`"
            ),
            Self::BindRole => say!("bind a role to that user that has it: docs/targets.md has one to paste"),
            Self::MakeNamespace => say!("make it, or name another one in a new target"),
            Self::MakeSecretAnew => say!("delete it and let windlass make it anew, without `immutable`"),
            Self::NameOtherSecret => say!("make the target for another Secret, of the type Opaque"),
            Self::NameWorkload => {
                say!("make it, or name what is there with `windlass target update NAME/TARGET --restart WHAT`")
            }
        }
    }
}

#[cfg(test)]
impl OnCluster {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        Vec::new()
    }
}
