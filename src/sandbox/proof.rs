//! DPoP proofs (RFC 9449) as Okta checks them. The words are those of Okta's catalogue of OAuth errors and of a recorded
//! exchange; in which order Okta looks is not confirmed.

use axum::http::request::Parts;
use chrono::{DateTime, Duration, Utc};

use super::refusal::Refusal;
use crate::core::connection::Algorithm;
use crate::jose::claims::Proof;
use crate::jose::{DPOP, Jws, hash};

/// What a proof is held against.
pub struct Wanted<'a> {
    /// The org's own address.
    pub origin: &'a str,
    /// The org's time.
    pub now: DateTime<Utc>,
    /// The nonce that it must have, if one is wanted.
    pub nonce: Option<&'a str>,
    /// The access token that comes with it.
    pub token: Option<&'a str>,
}

fn refuse<T>(text: &str) -> Result<T, Refusal> {
    Err(Refusal::oauth(400, "invalid_dpop_proof", text))
}

/// Checks the one proof of a request; `None` where it has none. The thumbprint of its key. `used` holds the ids of those
/// taken before, for as long as one could be taken again.
pub fn check(
    parts: &Parts,
    wanted: &Wanted<'_>,
    used: &mut Vec<(String, DateTime<Utc>)>,
) -> Result<Option<String>, Refusal> {
    let mut proofs = parts.headers.get_all("dpop").iter();
    let Some(proof) = proofs.next() else { return Ok(None) };
    if proofs.next().is_some() {
        return refuse("Multiple DPoP proof JWT headers are not allowed.");
    }
    let Some(proof) = proof.to_str().ok().and_then(Jws::<Proof>::read) else {
        return refuse("The DPoP proof JWT cannot be parsed.");
    };
    if proof.header.typ.as_deref() != Some(DPOP) {
        return refuse("'typ' must be 'dpop+jwt' in the DPoP proof JWT.");
    }
    let Some(key) = &proof.header.jwk else { return refuse("The DPoP proof JWT is invalid.") };
    if key.algorithm().map(Algorithm::as_str) != Some(&proof.header.alg) {
        return refuse("The DPoP proof JWT signature algorithm is invalid.");
    }
    if !proof.signed_by(key) {
        return refuse("The DPoP proof JWT signature is invalid.");
    }
    let claims = &proof.claims;
    if claims.htm != parts.method.as_str() {
        return refuse("'htm' claim in the DPoP proof JWT is invalid.");
    }
    if claims.htu != format!("{}{}", wanted.origin, parts.uri.path()) {
        return refuse("'htu' claim in the DPoP proof JWT is invalid.");
    }
    let Some(issued) = claims.iat.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) else {
        return refuse("'iat' claim in the DPoP proof JWT is invalid.");
    };
    // How much leeway Okta gives for one from the future is not confirmed; a second is what rounding takes.
    if issued > wanted.now + Duration::seconds(1) {
        return refuse("The DPoP proof JWT is issued in the future.");
    }
    if wanted.now - issued > Duration::minutes(5) {
        return refuse("The DPoP proof JWT is issued more than five minutes in the past.");
    }
    if let Some(nonce) = wanted.nonce
        && claims.nonce.as_deref() != Some(nonce)
    {
        let text = "Authorization server requires nonce in DPoP proof.";
        return Err(Refusal::oauth(400, "use_dpop_nonce", text).with_header("dpop-nonce", nonce));
    }
    if wanted.token.is_some_and(|token| claims.ath != Some(hash(token))) {
        return refuse("'ath' claim in the DPoP proof does not match the presented access_token.");
    }
    if claims.jti.is_empty() {
        return refuse("'jti' claim in the DPoP proof JWT is invalid.");
    }
    used.retain(|(_, at)| wanted.now - *at <= Duration::minutes(6));
    if used.iter().any(|(known, _)| *known == claims.jti) {
        return refuse("The DPoP proof JWT has already been used.");
    }
    used.push((claims.jti.clone(), wanted.now));
    Ok(Some(key.thumbprint()))
}
