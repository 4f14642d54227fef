//! Public keys (RFC 7517).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::hash;
use crate::core::connection::Algorithm;

/// A public key, with the members alone that a JWK must have.
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
    /// What its private half signs with; `None` for a curve that is not known here.
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Rsa { .. } => Some(Algorithm::Rs256),
            Self::Ec { crv, .. } if crv == "P-256" => Some(Algorithm::Es256),
            Self::Ec { .. } => None,
        }
    }

    /// RFC 7638: over the required members in lexicographic order, which is how serde_json writes a value.
    pub fn thumbprint(&self) -> String {
        hash(&json!(self).to_string())
    }

    /// Whether its private half signed this.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
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
