//! What a client authenticates with that signs: a JWT (RFC 7523), signed with its secret (HS256) or with its key.
//!
//! Signs what it is given: neither the time nor anything random is its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::key::Key;
use crate::core::fault::Fault;
use crate::core::secret::SecretValue;

/// The form's `client_assertion_type`.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `{"alg":"HS256","typ":"JWT"}`.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// How long it is good for; Okta takes an hour at most. It is sent at once, and once.
const LASTS: Duration = Duration::minutes(5);

/// Okta refuses one that was not issued before its own current time: a clock that is a little fast must not matter.
const BEFORE: Duration = Duration::seconds(10);

/// Signs one for a single request. `audience` is the very URL that is called, `now` Okta's time as far as it is known,
/// and `id` one that no other request had, for Okta takes each only once.
pub fn sign(client_id: &str, audience: &str, secret: &SecretValue, now: DateTime<Utc>, id: &str) -> Zeroizing<String> {
    let claims = claims(client_id, audience, now, id);
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    // Room from the start, so that growing leaves no copies behind.
    let mut token = Zeroizing::new(String::with_capacity(HEADER.len() + claims.len() + 64));
    token.push_str(HEADER);
    token.push('.');
    token.push_str(&claims);
    // What it keeps of the secret is wiped when it is dropped, by the `zeroize` features of both crates. What hashing
    // leaves on the stack is not ours to wipe.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("a key may have any length");
    mac.update(token.as_bytes());
    let signature = mac.finalize().into_bytes();
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    token
}

/// The same, signed with a key that Okta knows the public half of.
pub fn sign_with_key(
    client_id: &str,
    audience: &str,
    (key, key_id): (&Key, Option<&str>),
    now: DateTime<Utc>,
    id: &str,
) -> Result<Zeroizing<String>, Fault> {
    let mut header = json!({"typ": "JWT"});
    if let Some(key_id) = key_id {
        header["kid"] = json!(key_id);
    }
    key.sign(header, &claims(client_id, audience, now, id))
}

fn claims(client_id: &str, audience: &str, now: DateTime<Utc>, id: &str) -> Value {
    json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": (now - BEFORE).timestamp(),
        "exp": (now + LASTS).timestamp(),
        "jti": id,
    })
}

#[cfg(test)]
mod tests;
