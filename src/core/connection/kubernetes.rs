//! How a Kubernetes cluster is called.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::core::secret::{SecretValue, exposed};

/// The names of the ways to prove who calls, as [`Kubernetes::method`] has them.
pub const METHODS: &[&str] = &["token", "service-account", "client-certificate"];

/// How a caller proves who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Kubernetes {
    /// By a token that is given.
    Token {
        /// The token.
        #[serde(with = "exposed")]
        token: SecretValue,
    },
    /// By the token of a service account, which the kubelet renews in its file.
    ServiceAccount {
        /// The file, read at each call.
        jwt_file: PathBuf,
    },
    /// By a certificate that the cluster's CA for clients signed.
    ClientCertificate {
        /// The certificate, and those between it and the CA, as PEM.
        certificate: String,
        /// Its private key, as PEM.
        #[serde(with = "exposed")]
        key: SecretValue,
    },
}

impl Kubernetes {
    /// Its name in commands and in the API.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Token { .. } => "token",
            Self::ServiceAccount { .. } => "service-account",
            Self::ClientCertificate { .. } => "client-certificate",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::core::connection::vault::SERVICE_ACCOUNT;
    use crate::core::connection::{App, Auth};

    use super::*;

    #[test]
    fn each_way_is_read_back_as_it_was_written_and_shows_no_credential() {
        let ways = [
            Kubernetes::Token { token: SecretValue::new("canary") },
            Kubernetes::ServiceAccount { jwt_file: SERVICE_ACCOUNT.into() },
            Kubernetes::ClientCertificate { certificate: "cert".into(), key: SecretValue::new("canary") },
        ];
        for (way, method) in ways.into_iter().zip(METHODS) {
            let auth = Auth::Kubernetes(way.clone());
            assert_eq!((auth.method(), auth.app(), auth.key()), (*method, App::Kubernetes, None));
            assert!(!format!("{auth:?}").contains("canary"), "{auth:?}");
            let again: Auth = serde_json::from_value(serde_json::to_value(&auth).expect("written")).expect("read");
            assert!(matches!(again, Auth::Kubernetes(read) if read == way));
        }
    }
}
