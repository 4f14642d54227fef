//! The forms that a key comes in: PEM with PKCS#8, PKCS#1 or SEC1 in it, or a JWK. What is none of them is said by name.

use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Key, Pair, private_jwk};

pub(super) const SMALL: &str = "is an RSA key of less than 2048 bits, which Okta does not take; make another one: openssl genrsa -out key.pem 2048";
const NEITHER: &str = "is neither PEM nor a JWK; give the private key's file as it was downloaded or made";
const ENCRYPTED: &str = "is encrypted with a passphrase, which windlass cannot ask for when it runs unattended; write it without one: \
                         openssl pkey -in key.pem -out plain.pem";
const PUBLIC: &str = "is a public key; give the private one that belongs to it";
const BROKEN: &str = "is cut off or damaged; give the file as it was downloaded or made";
const CURVE: &str = "is on another curve than P-256; windlass signs with RS256 or ES256";

/// A key as it was given.
#[derive(Debug)]
pub struct Given {
    /// The key.
    pub key: Key,
    /// The `kid` that stood with it.
    pub key_id: Option<String>,
}

impl Given {
    /// Reads one. The error continues the words "the private key": it names no byte of it.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err("is empty; give the file with the private key in it".into());
        }
        if text.starts_with(['{', '[']) {
            return private_jwk::read(text);
        }
        pem(text).map(|key| Self { key, key_id: None }).map_err(str::to_owned)
    }
}

/// The one private key in a PEM text; certificates and curve parameters beside it are passed over. Line ends do not matter:
/// environment variables and JSON carry a key in one line, often with its line ends written out as `\n`.
fn pem(text: &str) -> Result<Key, &'static str> {
    let mut found: Option<(&str, Zeroizing<Vec<u8>>)> = None;
    let mut other = NEITHER;
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, begun) = begun.split_once("-----").ok_or(BROKEN)?;
        let (inside, end) = begun.split_once("-----").ok_or(BROKEN)?;
        let end = end.strip_prefix("END ").and_then(|end| end.strip_prefix(label)).ok_or(BROKEN)?;
        rest = end.strip_prefix("-----").ok_or(BROKEN)?;
        // Room from the start, so that growing leaves no copies behind.
        let mut body = Zeroizing::new(String::with_capacity(inside.len()));
        let mut chars = inside.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.next_if(|next| matches!(next, 'n' | 'r')).is_some() => {}
                c if c.is_whitespace() => {}
                c => body.push(c),
            }
        }
        match label {
            "ENCRYPTED PRIVATE KEY" => return Err(ENCRYPTED),
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY" if body.starts_with("Proc-Type:") => {
                return Err(ENCRYPTED);
            }
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY" if found.is_some() => {
                return Err("is not alone: the file holds two; give a file with one");
            }
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" | "PRIVATE KEY" => {
                let mut der = Zeroizing::new(vec![0; body.len() + 3]);
                let length = STANDARD.decode_slice(body.as_bytes(), &mut der).map_err(|_| BROKEN)?;
                der.truncate(length);
                found = Some((label, der));
            }
            "PUBLIC KEY" | "RSA PUBLIC KEY" => other = PUBLIC,
            "CERTIFICATE" => other = "is a certificate; give the private key that belongs to it",
            "OPENSSH PRIVATE KEY" => {
                other = "is in OpenSSH's own form; write it as PEM: ssh-keygen -p -N '' -m PKCS8 -f key";
            }
            _ => {}
        }
    }
    match found {
        Some(("RSA PRIVATE KEY", der)) => RsaKeyPair::from_der(&der).map(Pair::Rsa).map(Key).map_err(|why| rsa(&why)),
        Some(("EC PRIVATE KEY", der)) => {
            let read = |curve| EcdsaKeyPair::from_private_key_der(curve, &der);
            read(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Ec).map(Key).map_err(|_| other_curve(read))
        }
        Some((_, der)) => pkcs8(&der),
        None => Err(other),
    }
}

/// A key in PKCS#8, RSA or on P-256.
pub(super) fn pkcs8(der: &[u8]) -> Result<Key, &'static str> {
    if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
        return Ok(Key(Pair::Ec(pair)));
    }
    let why = match RsaKeyPair::from_pkcs8(der) {
        Ok(pair) => return Ok(Key(Pair::Rsa(pair))),
        Err(why) => why,
    };
    if Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).is_ok() {
        return Err("is an Ed25519 key, which Okta does not take; windlass signs with RS256 or ES256");
    }
    match other_curve(|curve| EcdsaKeyPair::from_pkcs8(curve, der)) {
        CURVE => Err(CURVE),
        _ => Err(rsa(&why)),
    }
}

pub(super) fn rsa(why: &KeyRejected) -> &'static str {
    match why.description_() {
        "TooSmall" => SMALL,
        "TooLarge" => "is an RSA key of more than 8192 bits, which Okta does not take",
        _ => BROKEN,
    }
}

fn other_curve(read: impl Fn(&'static EcdsaSigningAlgorithm) -> Result<EcdsaKeyPair, KeyRejected>) -> &'static str {
    let others = [&ECDSA_P384_SHA384_FIXED_SIGNING, &ECDSA_P521_SHA512_FIXED_SIGNING];
    if others.into_iter().any(|curve| read(curve).is_ok()) { CURVE } else { BROKEN }
}
