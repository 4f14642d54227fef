//! A JWT that a client signs with its secret or its key, as Okta checks it. The words are those of Okta's catalogue of
//! OAuth errors; in which order Okta looks is not confirmed.

use chrono::{DateTime, Duration, Utc};

use super::refusal::Refusal;
use crate::jose::claims::Assertion as Claims;
use crate::jose::{HS256, Jws};

/// One that can be read.
pub struct Assertion {
    /// Nothing of it is true before its signature was checked.
    pub token: Jws<Claims>,
}

fn refuse<T>(text: &str) -> Result<T, Refusal> {
    Err(Refusal::oauth(401, "invalid_client", text))
}

impl Assertion {
    /// Reads one. Nothing of it is true yet.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let Some(token) = Jws::<Claims>::read(text) else {
            return refuse("The parsing of the client_assertion failed.");
        };
        if !token.header.alg.starts_with(['R', 'E']) && token.header.alg != HS256 {
            return refuse("The client_assertion JWT signature algorithm is invalid.");
        }
        if token.claims.sub != token.claims.iss {
            return refuse("The subject claim for client_assertion is not a valid client_id.");
        }
        Ok(Self { token })
    }

    /// Whether the algorithm is one for secrets. The client's method decides, never what the token says of itself.
    pub fn by_secret(&self) -> Result<(), Refusal> {
        // Okta takes the other two lengths of HMAC as well; nothing that talks to this sandbox signs with them.
        if self.token.header.alg == HS256 {
            return Ok(());
        }
        refuse("The client_assertion JWT signature algorithm is invalid.")
    }

    /// Whether it is for this endpoint and for now. `used` holds those taken before, until they expire.
    pub fn spend(
        &self,
        endpoint: &str,
        now: DateTime<Utc>,
        used: &mut Vec<(String, String, DateTime<Utc>)>,
    ) -> Result<(), Refusal> {
        let claims = &self.token.claims;
        if claims.aud != endpoint {
            return refuse("The audience claim for client_assertion must be the endpoint invoked for the request.");
        }
        let instant = |seconds: i64| DateTime::from_timestamp(seconds, 0);
        let Some(expires) = claims.exp.and_then(instant) else {
            return refuse("The client_assertion must contain the 'exp' claim as seconds since epoch.");
        };
        if expires <= now {
            return refuse("The client_assertion token is expired.");
        }
        if expires - now > Duration::hours(1) {
            return refuse("The client_assertion token has an expiration too far into the future.");
        }
        // How much leeway Okta gives is not confirmed; here it is none.
        if claims.iat.and_then(instant).is_some_and(|issued| issued >= now) {
            return refuse("The client_assertion token must be issued before the current time.");
        }
        used.retain(|(_, _, expires)| *expires > now);
        if let Some(jti) = &claims.jti {
            if used.iter().any(|(client, known, _)| *client == claims.iss && known == jti) {
                return refuse("The client_assertion token has already been used.");
            }
            used.push((claims.iss.clone(), jti.clone(), expires));
        }
        Ok(())
    }
}
