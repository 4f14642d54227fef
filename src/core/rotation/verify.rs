//! How a new secret is tested. Names only: [`crate::core::protocol`] decides what follows from a test.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::method::AuthMethod;
use crate::core::name::BadName;

/// How a new secret is tested before anyone gets it.
///
/// None of these could be tried on a live org, which is why there is more than one. The answers are those of Okta's API
/// description and of its catalogue of errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verify {
    /// Authenticate at the org's `/oauth2/v1/introspect` with a random token: 200 means that the secret works, 401
    /// `invalid_client` that it does not. Works for every app that has a secret.
    ///
    /// Not confirmed: that a wrong secret gets exactly that answer at this endpoint, and that a token no one issued is
    /// answered with 200.
    #[default]
    Introspect,
    /// Redeem a made-up authorization code at `/oauth2/v1/token`: 400 `invalid_grant` means that the secret works, 401
    /// `invalid_client` that it does not. Only for an app that may use authorization codes.
    ///
    /// Not confirmed: that Okta authenticates the client before it looks at the code. If it did so after, a wrong secret
    /// would pass for a good one. What an app gets that may not use codes, or that has to prove possession of a key
    /// (DPoP), is not confirmed either, so that any other answer is no verdict.
    Token,
    /// Nothing is tested: a list read just then that shows the secret ACTIVE, by its id and by the value or hash where
    /// they are shown, is all. It finds nothing out against a secret, so that none is withdrawn for it.
    ///
    /// Not confirmed: that whatever Okta lists as ACTIVE authenticates, and from which moment on.
    Listed,
    /// As [`Self::Introspect`], by `client_secret_basic` where Okta does not show the app's own method.
    #[serde(rename = "client_secret_basic")]
    ClientSecretBasic,
    /// The same by `client_secret_post`.
    #[serde(rename = "client_secret_post")]
    ClientSecretPost,
    /// The same by `client_secret_jwt`.
    #[serde(rename = "client_secret_jwt")]
    ClientSecretJwt,
}

impl Verify {
    const ALL: [Self; 6] = [
        Self::Introspect,
        Self::Token,
        Self::Listed,
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
    ];

    /// Their names, as they are typed.
    pub const NAMES: [&str; 6] =
        ["introspect", "token", "listed", "client_secret_basic", "client_secret_post", "client_secret_jwt"];

    /// Those that name an app's method.
    pub const NAMED: [Self; 3] = [Self::ClientSecretBasic, Self::ClientSecretPost, Self::ClientSecretJwt];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Introspect => "introspect",
            Self::Token => "token",
            Self::Listed => "listed",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
        }
    }

    /// The method of an app that it names.
    pub fn names(self) -> Option<AuthMethod> {
        match self {
            Self::Introspect | Self::Token | Self::Listed => None,
            Self::ClientSecretBasic => Some(AuthMethod::ClientSecretBasic),
            Self::ClientSecretPost => Some(AuthMethod::ClientSecretPost),
            Self::ClientSecretJwt => Some(AuthMethod::ClientSecretJwt),
        }
    }

    /// The method that a test authenticates by: what Okta shows of the app, and what was named where it shows nothing that
    /// windlass knows.
    pub fn method(self, shown: AuthMethod) -> Option<AuthMethod> {
        if shown.is_open() { self.names() } else { Some(shown).filter(|shown| shown.takes_secret()) }
    }
}

impl FromStr for Verify {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let known = Self::ALL.into_iter().find(|way| way.as_str() == text);
        known.ok_or_else(|| {
            BadName(format!(
                "{text:?} is not known; a new secret is tested by introspect, token or listed, or where Okta hides the app's \
                 method by client_secret_basic, client_secret_post or client_secret_jwt"
            ))
        })
    }
}
