//! What a cause can say in more detail: which answer of Okta's, which way failed, why a secret is left alone.

use serde::{Deserialize, Serialize};

use crate::core::rotation::method::AuthMethod;

/// What Okta answered, distinguished as far as it makes a difference to whoever has to act on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::VariantNames))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Answer {
    /// 429.
    RateLimited,
    /// 5xx with `E0000010`.
    ReadOnlyOrg,
    /// 503.
    NotAvailable,
    /// Any other 5xx.
    ServerError,
    /// 401 on a call with an API token.
    TokenRefused,
    /// 401 on a call with an access token of a service app.
    AccessTokenRefused,
    /// 403 `E0000005`.
    NoCredential,
    /// 403 `access_denied`.
    OutsideNetwork,
    /// Any other 403 that is about the connection.
    NotAllowed,
    /// 403 `insufficient_scope`.
    ScopeMissing {
        /// The scope that the call needs.
        scope: String,
    },
    /// 3xx.
    Redirected,
    /// 403 `E0000006`.
    Forbidden,
    /// 404 on the app.
    AppUnknown,
    /// 404 on a secret.
    SecretUnknown,
    /// `E0000001`: two secrets already.
    SecretLimit,
    /// `E0000001`: an ACTIVE secret is not deleted.
    DeleteActive,
    /// `E0000001`: the only ACTIVE secret is not deactivated.
    OnlyActive,
    /// `E0000001`: the value breaks a rule.
    ValueRefused,
    /// `E0000001`: the app authenticates by a key.
    AuthenticatesByKey,
    /// A 4xx without Okta's own error code.
    NotOktas,
    /// Any other 4xx.
    Refused,
    /// `invalid_client`: no such client id.
    ClientUnknown {
        /// The service app's client id.
        client_id: String,
    },
    /// `invalid_client`: the assertion's key is not the app's.
    KeyUnknown {
        /// What the key is called: its `kid`, or its thumbprint.
        key: String,
        /// The service app's client id.
        client_id: String,
    },
    /// `invalid_client`: the assertion's instants are refused.
    ClockDiffers,
    /// `invalid_client`: the assertion's audience is refused.
    OtherDomain,
    /// `invalid_client`: the app does not authenticate by a key.
    KeyLoginOff {
        /// The service app's client id.
        client_id: String,
    },
    /// `invalid_scope`: the scopes are not granted.
    ScopesNotGranted {
        /// The service app's client id.
        client_id: String,
        /// The scopes that are asked for.
        scopes: Vec<String>,
    },
    /// `access_denied` of the token endpoint: outside the app's network zone.
    OutsideAppZone,
    /// `invalid_dpop_proof`, `use_dpop_nonce`.
    ProofRefused,
    /// `unauthorized_client`, `unsupported_grant_type`.
    GrantNotAllowed {
        /// The service app's client id.
        client_id: String,
    },
    /// Any other refusal of a service app.
    ServiceAppRefused {
        /// The service app's client id.
        client_id: String,
    },
}

/// Why the transport failed before Okta could answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// The certificate is for another name.
    OtherName,
    /// The certificate is expired, or not valid yet.
    Expired,
    /// The certificate's issuer is not trusted.
    Issuer,
    /// The proxy refuses the way.
    Proxy,
    /// No connection: DNS, refused, no route.
    Connect,
}

/// Why an old secret is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeftAlone {
    /// It is the published secret.
    Published,
    /// It is the app's only ACTIVE secret.
    OnlyActive,
    /// The published secret is not ACTIVE at Okta.
    PublishedOff,
}

/// Why a new secret of an app cannot be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Untestable {
    /// Okta does not show the app's method.
    MethodHidden,
    /// Okta shows one that windlass does not know.
    MethodUnknown,
    /// The app authenticates by a method without a secret.
    Method(AuthMethod),
    /// The app may not use authorization codes.
    NoCodes,
}

/// What cannot be put into a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeaderOf {
    /// An access token.
    AccessToken,
    /// A DPoP proof.
    Proof,
    /// A client secret.
    Secret,
}

/// What an app has or is instead of having a client secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Secretless {
    /// It authenticates by this method.
    Method(AuthMethod),
    /// By a method that windlass does not know, in Okta's word.
    OtherMethod(String),
    /// By a key.
    Key,
    /// Its sign-on mode, in Okta's word; empty for an app without sign-on.
    SignOn(String),
}
