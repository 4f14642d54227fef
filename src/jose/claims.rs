//! What tokens claim. Whoever checks one has to notice what is missing, so everything can be.

use serde::{Deserialize, Serialize};

/// The only `client_assertion_type` there is.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client says of itself when it authenticates (RFC 7523).
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Assertion {
    /// The client's id.
    pub iss: String,
    /// The client's id.
    pub sub: String,
    /// The URL that is called.
    pub aud: String,
    /// When it was issued, in seconds since 1970.
    pub iat: Option<i64>,
    /// When it ends, in seconds since 1970.
    pub exp: Option<i64>,
    /// An id that no other token has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

/// That a request was made by the holder of a key (DPoP, RFC 9449 §4.2).
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// The method.
    pub htm: String,
    /// The URL, without its query.
    pub htu: String,
    /// When it was made, in seconds since 1970.
    pub iat: Option<i64>,
    /// An id that no other proof has.
    pub jti: String,
    /// What the server gave for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The [`hash`](super::hash) of the access token that is sent beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ath: Option<String>,
}
