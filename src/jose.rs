//! Signed tokens (JWS, RFC 7515), the keys that sign them and what they claim: written once, for the client that signs and for
//! the stand-in that checks.
//!
//! Neither the time nor anything random is made here. Nothing in a token is true before its signature was checked. Tests hold
//! both directions against another JOSE library on another cryptography.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::core::secret::SecretValue;

pub mod claims;
mod jwk;
mod key;

pub use jwk::Jwk;
pub use key::{Given, Key};

/// The algorithm of a token that a client's secret signs.
pub const HS256: &str = "HS256";

/// The type of an assertion.
pub const JWT: &str = "JWT";

/// The type of a DPoP proof (RFC 9449).
pub const DPOP: &str = "dpop+jwt";

/// The longest signature in base64url: RSA with 8192 bits.
const MAX_SIGNATURE: usize = 1_366;

/// A token's header.
#[derive(Default, Serialize, Deserialize)]
pub struct Header {
    /// The algorithm; whatever signs fills it in.
    pub alg: String,
    /// The key itself, in a proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<Jwk>,
    /// The id of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
}

/// A token that was read, in its three parts.
pub struct Jws<C> {
    /// What it says of itself.
    pub header: Header,
    /// What it claims.
    pub claims: C,
    signed: String,
    signature: Vec<u8>,
}

impl<C: DeserializeOwned> Jws<C> {
    /// Reads one. Nothing of it is true yet.
    pub fn read(text: &str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { header: decoded(header)?, claims: decoded(claims)?, signed: signed.to_owned(), signature })
    }

    /// Whether this key signed it.
    pub fn signed_by(&self, key: &Jwk) -> bool {
        key.verifies(self.signed.as_bytes(), &self.signature)
    }

    /// Whether this secret signed it.
    pub fn signed_with(&self, secret: &str) -> bool {
        mac(secret).chain_update(&self.signed).verify_slice(&self.signature).is_ok()
    }
}

/// A token of these claims, signed with a client's secret.
pub fn sign_with_secret(claims: &impl Serialize, secret: &SecretValue) -> Zeroizing<String> {
    let header = Header { alg: HS256.into(), typ: Some(JWT.into()), ..Header::default() };
    let token = unsigned(&header, claims);
    let signature = mac(secret.expose()).chain_update(token.as_bytes()).finalize().into_bytes();
    signed(token, &signature)
}

/// What a token says of something long: its SHA-256 in base64url.
pub fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// Header and claims as they are signed, with room for the signature, so that growing leaves no copies behind.
fn unsigned(header: &Header, claims: &impl Serialize) -> Zeroizing<String> {
    let [header, claims] = [json!(header), json!(claims)].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let mut token = Zeroizing::new(String::with_capacity(header.len() + claims.len() + MAX_SIGNATURE + 2));
    token.push_str(&header);
    token.push('.');
    token.push_str(&claims);
    token
}

fn signed(mut token: Zeroizing<String>, signature: &[u8]) -> Zeroizing<String> {
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    token
}

/// What it keeps of the secret is wiped when it is dropped, by the `zeroize` features of both crates. What hashing leaves on
/// the stack is not ours to wipe.
fn mac(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("a key may have any length")
}

fn decoded<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests;
