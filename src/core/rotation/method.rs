//! How an app authenticates. Names only: [`crate::core::protocol`] decides which of them can be rotated.

use serde::{Deserialize, Serialize};

/// An app's `token_endpoint_auth_method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The secret in an `Authorization: Basic` header.
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// A JWT signed with the secret.
    ClientSecretJwt,
    /// A key: no secrets at all.
    PrivateKeyJwt,
    /// A public client: no secrets at all.
    None,
    /// Okta does not show it, as of the OpenID apps of its catalogue.
    Hidden,
    /// Something that Okta added since.
    #[serde(other)]
    Unknown,
}

impl AuthMethod {
    /// What Okta's API names.
    const NAMED: [Self; 5] =
        [Self::ClientSecretBasic, Self::ClientSecretPost, Self::ClientSecretJwt, Self::PrivateKeyJwt, Self::None];

    /// The method that Okta's API calls so.
    pub fn of(name: &str) -> Self {
        Self::NAMED.into_iter().find(|method| method.as_str() == name).unwrap_or(Self::Unknown)
    }

    /// The name in Okta's API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
            Self::Hidden => "hidden",
            Self::Unknown => "unknown",
        }
    }

    /// Whether an app that authenticates so has a client secret, and how it sends it is known.
    pub fn takes_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt)
    }

    /// Whether Okta does not show it, so that it may be named.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Hidden | Self::Unknown)
    }
}
