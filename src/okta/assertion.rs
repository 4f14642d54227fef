//! What a client that signs authenticates with: a JWT (RFC 7523), signed with its secret (HS256) or with its key.
//!
//! Signs what it is given: neither the time nor anything random is its own.

use chrono::{DateTime, Duration, Utc};
use zeroize::Zeroizing;

use crate::core::fault::Fault;
use crate::core::secret::SecretValue;
use crate::jose::claims::Assertion;
use crate::jose::{Header, JWT, Key, sign_with_secret};

/// How long it is good for; Okta takes an hour at most. It is sent at once, and once.
const LASTS: Duration = Duration::minutes(5);

/// Okta refuses one that was not issued before its own current time: a clock that is a little fast must not matter.
const BEFORE: Duration = Duration::seconds(10);

/// Signs one for a single request. `audience` is the very URL that is called, `now` Okta's time as far as it is known,
/// and `id` one that no other request had, for Okta takes each only once.
pub fn sign(client_id: &str, audience: &str, secret: &SecretValue, now: DateTime<Utc>, id: &str) -> Zeroizing<String> {
    sign_with_secret(&claims(client_id, audience, now, id), secret)
}

/// The same, signed with a key that Okta knows the public half of.
pub fn sign_with_key(
    client_id: &str,
    audience: &str,
    (key, key_id): (&Key, Option<&str>),
    now: DateTime<Utc>,
    id: &str,
) -> Result<Zeroizing<String>, Fault> {
    let header = Header { typ: Some(JWT.into()), kid: key_id.map(str::to_owned), ..Header::default() };
    key.sign(header, &claims(client_id, audience, now, id))
}

fn claims(client_id: &str, audience: &str, now: DateTime<Utc>, id: &str) -> Assertion {
    Assertion {
        iss: client_id.into(),
        sub: client_id.into(),
        aud: audience.into(),
        iat: Some((now - BEFORE).timestamp()),
        exp: Some((now + LASTS).timestamp()),
        jti: Some(id.into()),
    }
}

#[cfg(test)]
mod tests;
