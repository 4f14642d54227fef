//! A JWT that a client signs with its secret, as Okta checks it. The words are those of Okta's catalogue of OAuth errors;
//! in which order Okta looks is not confirmed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::refusal::Refusal;

/// The only `client_assertion_type` there is.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Okta takes the other two lengths of HMAC as well; nothing that talks to this sandbox signs with them.
const ALGORITHM: &str = "HS256";

#[derive(Deserialize)]
struct Header {
    alg: String,
}

/// What it says.
#[derive(Deserialize)]
pub struct Claims {
    /// The client.
    #[serde(default)]
    pub iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: String,
    exp: Option<i64>,
    iat: Option<i64>,
    jti: Option<String>,
}

/// One that can be read.
pub struct Assertion {
    /// What it says, whoever signed it.
    pub claims: Claims,
    signed: String,
    signature: Vec<u8>,
}

fn refuse<T>(text: &str) -> Result<T, Refusal> {
    Err(Refusal::oauth(401, "invalid_client", text))
}

impl Assertion {
    /// Reads one. Nothing of it is true yet.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let unreadable = || refuse("The parsing of the client_assertion failed.");
        let Some((signed, signature)) = text.rsplit_once('.') else { return unreadable() };
        let Some((header, claims)) = signed.split_once('.') else { return unreadable() };
        let (Some(header), Some(claims)) = (json::<Header>(header), json::<Claims>(claims)) else {
            return unreadable();
        };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return unreadable() };
        // The client's method decides, never what the token says of itself.
        if header.alg != ALGORITHM {
            return refuse("The client_assertion JWT signature algorithm is invalid.");
        }
        if claims.sub != claims.iss {
            return refuse("The subject claim for client_assertion is not a valid client_id.");
        }
        Ok(Self { claims, signed: signed.to_owned(), signature })
    }

    /// Whether this secret signed it.
    pub fn signed_with(&self, secret: &str) -> bool {
        Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .is_ok_and(|mac| mac.chain_update(self.signed.as_bytes()).verify_slice(&self.signature).is_ok())
    }

    /// Whether it is for this endpoint and for now. `used` holds those taken before, until they expire.
    pub fn spend(
        &self,
        endpoint: &str,
        now: DateTime<Utc>,
        used: &mut Vec<(String, String, DateTime<Utc>)>,
    ) -> Result<(), Refusal> {
        let claims = &self.claims;
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

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
