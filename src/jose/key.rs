//! Private keys: read from what a user gives, kept as PKCS#8, signed with.
//!
//! Nothing of a private half leaves this module but [`Key::kept`], which goes into a sealed record. The cryptography is
//! the TLS stack's own provider; what is written here is which forms a key may come in, and what is wrong with the rest.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Header, Jwk, signed, unsigned};
use crate::core::cause::{ConnectionCause, MachineCause};
use crate::core::connection::Algorithm;
use crate::core::fault::Fault;
use crate::core::remedy::{OnConnection, OnMachine};
use crate::core::secret::SecretValue;

mod private_jwk;
mod read;

pub use read::Given;

/// A private key.
pub struct Key(Pair);

enum Pair {
    Rsa(RsaPair),
    Ec(EcdsaKeyPair),
}

impl Key {
    /// Reads what [`Self::kept`] wrote.
    pub fn of_kept(kept: &SecretValue) -> Result<Self, Fault> {
        let der = STANDARD.decode(kept.expose()).map(Zeroizing::new).ok();
        der.and_then(|der| read::pkcs8(&der).ok())
            .ok_or_else(|| Fault::precondition(ConnectionCause::KeyUnreadable).and(OnConnection::GiveKeyAgain))
    }

    /// Draws a new one.
    pub fn draw() -> Result<Self, Fault> {
        let drawn = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        drawn.map(|pair| Self(Pair::Ec(pair))).map_err(|_| fault("no key can be drawn"))
    }

    /// For a sealed record: PKCS#8 in base64.
    pub fn kept(&self) -> Result<SecretValue, Fault> {
        let failed = |_| fault("the key cannot be written");
        // Both wipe their bytes when they are dropped.
        Ok(SecretValue::new(match &self.0 {
            Pair::Rsa(pair) => STANDARD.encode(pair.as_der().map_err(failed)?.as_ref()),
            Pair::Ec(pair) => STANDARD.encode(pair.to_pkcs8v1().map_err(failed)?.as_ref()),
        }))
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            Pair::Rsa(_) => Algorithm::Rs256,
            Pair::Ec(_) => Algorithm::Es256,
        }
    }

    /// The public half.
    pub fn public(&self) -> Jwk {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.0 {
            Pair::Rsa(pair) => {
                let public = pair.public_key();
                let number = |number: aws_lc_rs::io::Positive<'_>| encoded(number.big_endian_without_leading_zero());
                Jwk::Rsa { n: number(public.modulus()), e: number(public.exponent()) }
            }
            Pair::Ec(pair) => {
                // An uncompressed point: 4, x and y.
                let point = pair.public_key().as_ref();
                Jwk::Ec { crv: "P-256".into(), x: encoded(&point[1..33]), y: encoded(&point[33..]) }
            }
        }
    }

    /// The thumbprint of the public half.
    pub fn thumbprint(&self) -> String {
        self.public().thumbprint()
    }

    /// A token of these claims; the header gets the algorithm.
    pub fn sign(&self, header: Header, claims: &impl Serialize) -> Result<Zeroizing<String>, Fault> {
        let token = unsigned(&Header { alg: self.algorithm().as_str().into(), ..header }, claims);
        let signature = self.signature(token.as_bytes())?;
        Ok(signed(token, &signature))
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let (random, failed) = (SystemRandom::new(), |_| fault("the key does not sign"));
        match &self.0 {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({}, {})", self.algorithm().as_str(), self.thumbprint())
    }
}

fn fault(message: &str) -> Fault {
    Fault::precondition(MachineCause::Cryptography(message.to_owned())).and(OnMachine::ReportCryptography)
}

#[cfg(test)]
mod tests;
