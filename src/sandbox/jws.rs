//! Signed tokens, read and verified by the public half of a key (RFC 7515, RFC 7517).
//!
//! Nothing in a token is true before its signature was looked at.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A token in its three parts.
pub struct Jws<C> {
    /// What it says of itself.
    pub header: Header,
    /// What it claims.
    pub claims: C,
    signed: String,
    signature: Vec<u8>,
}

/// A token's header.
#[derive(Deserialize)]
pub struct Header {
    /// The algorithm.
    pub alg: String,
    /// The type.
    #[serde(default)]
    pub typ: Option<String>,
    /// Which key.
    #[serde(default)]
    pub kid: Option<String>,
    /// The key itself, in a proof.
    #[serde(default)]
    pub jwk: Option<Jwk>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum Jwk {
    /// RSA.
    #[serde(rename = "RSA")]
    #[expect(missing_docs, reason = "the members of RFC 7518")]
    Rsa { n: String, e: String },
    /// An elliptic curve.
    #[serde(rename = "EC")]
    #[expect(missing_docs, reason = "the members of RFC 7518")]
    Ec { crv: String, x: String, y: String },
}

impl Jwk {
    /// What it signs with; `None` for a curve that is not known here.
    pub fn algorithm(&self) -> Option<&'static str> {
        match self {
            Self::Rsa { .. } => Some("RS256"),
            Self::Ec { crv, .. } if crv == "P-256" => Some("ES256"),
            Self::Ec { .. } => None,
        }
    }

    /// RFC 7638.
    pub fn thumbprint(&self) -> String {
        let required: Value = match self {
            Self::Rsa { n, e } => json!({"e": e, "kty": "RSA", "n": n}),
            Self::Ec { crv, x, y } => json!({"crv": crv, "kty": "EC", "x": x, "y": y}),
        };
        URL_SAFE_NO_PAD.encode(Sha256::digest(required.to_string()))
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let bytes = |text: &String| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        match self {
            Self::Rsa { n, e } => {
                let key = RsaPublicKeyComponents { n: bytes(n), e: bytes(e) };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Self::Ec { x, y, .. } => {
                let point = [&[4], bytes(x).as_slice(), bytes(y).as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
        }
    }
}

impl<C: DeserializeOwned> Jws<C> {
    /// Reads one. Nothing of it is true yet.
    pub fn read(text: &str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { header: json(header)?, claims: json(claims)?, signed: signed.to_owned(), signature })
    }

    /// What was signed, and the signature.
    pub fn parts(&self) -> (&[u8], &[u8]) {
        (self.signed.as_bytes(), &self.signature)
    }

    /// Whether this key signed it.
    pub fn signed_by(&self, key: &Jwk) -> bool {
        key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
