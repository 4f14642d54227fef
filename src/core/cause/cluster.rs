//! What a Kubernetes cluster answers, where that is no good answer.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{Automatic, OnCluster};
use crate::text::sentence::{Sentence, say};

/// What is wrong with a cluster's Secret, or with what may be done there.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClusterCause {
    /// It takes the caller for no one that it knows.
    CallerUnknown {
        /// Its host.
        host: String,
        /// The connection's method.
        method: String,
    },
    /// It knows the caller, who may not do this.
    RightMissing {
        /// What it said: it names the user and the right.
        said: String,
    },
    /// There is no such namespace.
    NamespaceMissing {
        /// The namespace.
        namespace: String,
    },
    /// The Secret cannot be changed.
    SecretImmutable {
        /// Its namespace and name.
        place: String,
    },
    /// The Secret is one that Kubernetes itself gives a meaning to.
    SecretOfType {
        /// Its namespace and name.
        place: String,
        /// Its type.
        kind: String,
    },
    /// The Secret would be larger than one may be.
    SecretTooLarge {
        /// Its namespace and name.
        place: String,
    },
    /// What is to be restarted is not there.
    WorkloadMissing {
        /// It, as `deployment/pay`.
        workload: String,
        /// Where.
        namespace: String,
    },
}

impl ClusterCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::CallerUnknown { host, method } => {
                let what = match method.as_str() {
                    "client-certificate" => "certificate",
                    "service-account" => "service account's token",
                    _ => "token",
                };
                say!("{} does not accept the {}: it ended, was revoked, or was never issued there", host, what)
            }
            Self::RightMissing { said } if said.is_empty() => say!("a right is missing in the cluster"),
            Self::RightMissing { said } => say!("a right is missing in the cluster: {}", said),
            Self::NamespaceMissing { namespace } => say!("the cluster has no namespace {}", namespace),
            Self::SecretImmutable { place } => {
                say!("the Secret {} is immutable, so no new version can get into it", place)
            }
            Self::SecretOfType { place, kind } => {
                say!("the Secret {} is of the type {}, which has a meaning of its own to Kubernetes", place, kind)
            }
            Self::SecretTooLarge { place } => say!("the Secret {} would be larger than 1 MiB", place),
            Self::WorkloadMissing { workload, namespace } => {
                say!("{} is to be restarted, and is not in the namespace {}", workload, namespace)
            }
        }
    }
}

#[cfg(test)]
impl ClusterCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let host = || "10.0.0.1:6443".to_owned();
        let place = || "pay/okta".to_owned();
        let said = "secrets \"okta\" is forbidden: User \"system:serviceaccount:windlass:windlass\" cannot patch resource \
                    \"secrets\" in API group \"\" in the namespace \"pay\"";
        vec![
            Problem::because(Self::CallerUnknown { host: host(), method: "token".into() })
                .and(OnCluster::GiveOtherToken),
            Problem::because(Self::CallerUnknown { host: host(), method: "service-account".into() })
                .and(OnCluster::CheckAccount),
            Problem::because(Self::CallerUnknown { host: host(), method: "client-certificate".into() })
                .and(OnCluster::GiveCertificate),
            Problem::because(Self::RightMissing { said: said.into() })
                .and(OnCluster::BindRole)
                .and(Automatic::TriesAgain),
            Problem::because(Self::NamespaceMissing { namespace: "pay".into() })
                .and(OnCluster::MakeNamespace)
                .and(Automatic::TriesAgain),
            Problem::because(Self::SecretImmutable { place: place() })
                .and(OnCluster::MakeSecretAnew)
                .and(Automatic::TriesAgain),
            Problem::because(Self::SecretOfType { place: place(), kind: "kubernetes.io/tls".into() })
                .and(OnCluster::NameOtherSecret),
            Problem::because(Self::SecretTooLarge { place: place() }).and(OnCluster::NameOtherSecret),
            Problem::because(Self::WorkloadMissing { workload: "deployment/pay".into(), namespace: "pay".into() })
                .and(OnCluster::NameWorkload)
                .and(Automatic::TriesAgain),
        ]
    }
}
