//! How HashiCorp Vault or OpenBao is called.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::core::secret::{SecretValue, exposed};

/// The names of the ways to log in, as [`Login::method`] has them.
pub const METHODS: &[&str] = &["token", "app-role", "kubernetes"];

/// Where Kubernetes puts a pod's token.
pub const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// A Vault server, or a namespace of it, and how to log in there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vault {
    /// The namespace that all calls are for, without slashes at its ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How to get a token there.
    pub login: Login,
}

/// How to get a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Login {
    /// It is given.
    Token {
        /// The token.
        #[serde(with = "exposed")]
        token: SecretValue,
    },
    /// For a role id and a secret id.
    AppRole {
        /// Where the auth method is mounted, without slashes at its ends.
        mount: String,
        /// The role's id.
        role_id: String,
        /// The secret id.
        #[serde(with = "exposed")]
        secret_id: SecretValue,
    },
    /// For the token of a pod's service account, which Kubernetes renews in its file.
    Kubernetes {
        /// Where the auth method is mounted, without slashes at its ends.
        mount: String,
        /// The role's name.
        role: String,
        /// The file, read at each login.
        jwt_file: PathBuf,
    },
}

impl Login {
    /// Its name in commands and in the API.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Token { .. } => "token",
            Self::AppRole { .. } => "app-role",
            Self::Kubernetes { .. } => "kubernetes",
        }
    }

    /// Where the auth method is mounted; a token that is given needs none.
    pub fn mount(&self) -> Option<&str> {
        match self {
            Self::Token { .. } => None,
            Self::AppRole { mount, .. } | Self::Kubernetes { mount, .. } => Some(mount),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::core::connection::{App, Auth};

    use super::*;

    #[test]
    fn each_login_is_read_back_as_it_was_written_and_shows_no_credential() {
        let canary = || SecretValue::new("canary");
        let logins = [
            Login::Token { token: canary() },
            Login::AppRole { mount: "approle".into(), role_id: "role".into(), secret_id: canary() },
            Login::Kubernetes { mount: "k8s".into(), role: "windlass".into(), jwt_file: SERVICE_ACCOUNT.into() },
        ];
        for (login, method) in logins.into_iter().zip(METHODS) {
            let auth = Auth::HashicorpVault(Vault { namespace: Some("team".into()), login: login.clone() });
            assert_eq!((auth.method(), auth.app(), auth.key()), (*method, App::HashicorpVault, None));
            assert!(!format!("{auth:?}").contains("canary"), "{auth:?}");
            let again: Auth = serde_json::from_value(serde_json::to_value(&auth).expect("written")).expect("read");
            assert!(matches!(again, Auth::HashicorpVault(Vault { login: read, .. }) if read == login));
        }
    }
}
