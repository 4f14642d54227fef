//! A private key as a JWK (RFC 7517, RFC 7518 §6), the form in which Okta's console hands it out.

use aws_lc_rs::rsa::{KeyPair as RsaPair, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::read::{Given, rsa};
use super::{Key, Pair};
use crate::core::secret::{SecretValue, exposed};

/// The members that matter. Private ones are wiped.
#[derive(Deserialize)]
struct PrivateJwk {
    kty: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    #[serde(default, with = "exposed::option")]
    d: Option<SecretValue>,
    #[serde(default, with = "exposed::option")]
    p: Option<SecretValue>,
    #[serde(default, with = "exposed::option")]
    q: Option<SecretValue>,
    #[serde(default, with = "exposed::option")]
    dp: Option<SecretValue>,
    #[serde(default, with = "exposed::option")]
    dq: Option<SecretValue>,
    #[serde(default, with = "exposed::option")]
    qi: Option<SecretValue>,
    keys: Option<serde::de::IgnoredAny>,
}

type Bytes = Zeroizing<Vec<u8>>;

pub fn read(text: &str) -> Result<Given, String> {
    // What serde says could quote the key.
    let jwk: PrivateJwk = serde_json::from_str(text).map_err(|error| {
        format!("is no JWK: its JSON breaks off at line {}, column {}", error.line(), error.column())
    })?;
    if jwk.keys.is_some() {
        return Err("is a set of keys; give the one private key of it (an object with \"kty\" in it)".into());
    }
    if jwk.usage.as_deref().is_some_and(|usage| usage != "sig")
        || jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "sign"))
    {
        return Err(
            "is not for signing (its \"use\" or \"key_ops\" says so); give the key whose \"use\" is \"sig\"".into()
        );
    }
    let alg = jwk.alg.as_deref();
    let pair = match jwk.kty.as_deref() {
        Some("RSA") if alg.is_none_or(|alg| alg == "RS256") => of_rsa(&jwk)?,
        Some("EC") if alg.is_none_or(|alg| alg == "ES256") => of_ec(&jwk)?,
        Some("RSA" | "EC") => {
            return Err("is for another algorithm (\"alg\"); windlass signs with RS256 or ES256".into());
        }
        Some("oct") => return Err("is a shared secret (\"kty\":\"oct\"), not a private key".into()),
        Some(_) => return Err("is of another kind (\"kty\"); windlass signs with RSA or on P-256".into()),
        None => return Err("is no JWK: it has no \"kty\"".into()),
    };
    Ok(Given { key: Key(pair), key_id: jwk.kid })
}

fn of_rsa(jwk: &PrivateJwk) -> Result<Pair, String> {
    let d = private(jwk)?;
    let part = |part: &Option<SecretValue>| match part {
        Some(part) => decoded(part.expose()),
        None => Err("lacks \"p\", \"q\", \"dp\", \"dq\" or \"qi\"; give the JWK with all of its members".into()),
    };
    let pair = RsaPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: public(jwk.n.as_deref())?, e: public(jwk.e.as_deref())? },
        d,
        p: part(&jwk.p)?,
        q: part(&jwk.q)?,
        dP: part(&jwk.dp)?,
        dQ: part(&jwk.dq)?,
        qInv: part(&jwk.qi)?,
    });
    pair.map(Pair::Rsa).map_err(|why| rsa(&why).to_owned())
}

fn of_ec(jwk: &PrivateJwk) -> Result<Pair, String> {
    if jwk.crv.as_deref() != Some("P-256") {
        return Err("is on another curve than P-256; windlass signs with RS256 or ES256".into());
    }
    let d = private(jwk)?;
    let point = [&[4], public(jwk.x.as_deref())?.as_slice(), public(jwk.y.as_deref())?.as_slice()].concat();
    EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &d, &point)
        .map(Pair::Ec)
        .map_err(|_| "does not fit together: its members are not one key's".to_owned())
}

fn private(jwk: &PrivateJwk) -> Result<Bytes, String> {
    match &jwk.d {
        Some(d) => decoded(d.expose()),
        None => Err("is a public key (it has no \"d\"); give the private one that belongs to it".into()),
    }
}

fn public(member: Option<&str>) -> Result<Bytes, String> {
    member.map_or_else(|| Err("lacks its public members; give the JWK with all of its members".into()), decoded)
}

fn decoded(member: &str) -> Result<Bytes, String> {
    let mut bytes = Zeroizing::new(vec![0; member.len() + 3]);
    let length = URL_SAFE_NO_PAD.decode_slice(member.trim_end_matches('='), &mut bytes);
    let length = length.map_err(|_| "has a member that is not base64url".to_owned())?;
    bytes.truncate(length);
    Ok(bytes)
}
