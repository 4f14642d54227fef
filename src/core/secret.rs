//! Secret values, and the secrets that consumers read by name.
//!
//! A value leaves this module only through [`SecretValue::expose`], so that a search for that word finds every place
//! where one can leak. Nothing here prints, logs or serialises a value by default.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::consumer::{Dismissed, Fetches};
use super::name::{Environment, SecretName, SecretPath};

/// A secret value: wiped when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Takes a value into custody.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself. Every use of this is a place where a secret can leak.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Okta's `secret_hash`: base64url without padding of the first 16 bytes of SHA-256.
    ///
    /// Observed on seven of seven public vectors, not documented by Okta (Okta note, §1).
    pub fn okta_hash(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        URL_SAFE_NO_PAD.encode(&digest[..16])
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// Serialisation of values for sealed records and for the few answers that carry them.
///
/// A field opts in with `#[serde(with = "…::exposed")]`; without it a struct that holds a value does not compile as
/// serialisable, which is the point.
pub mod exposed {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::SecretValue;

    /// Writes the value in the clear: only for bytes that are sealed next, or for an answer that was asked for it.
    pub fn serialize<S: Serializer>(value: &SecretValue, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.expose())
    }

    /// Reads a value straight into custody.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretValue, D::Error> {
        String::deserialize(deserializer).map(SecretValue::new)
    }

    /// The same for a value that may be absent.
    pub mod option {
        use serde::{Deserialize, Deserializer, Serializer};

        use super::super::SecretValue;

        /// See [`super::serialize`].
        pub fn serialize<S: Serializer>(value: &Option<SecretValue>, serializer: S) -> Result<S::Ok, S::Error> {
            match value {
                Some(value) => serializer.serialize_some(value.expose()),
                None => serializer.serialize_none(),
            }
        }

        /// See [`super::deserialize`].
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretValue>, D::Error> {
            Ok(Option::<String>::deserialize(deserializer)?.map(SecretValue::new))
        }
    }
}

/// Where a consumer finds a secret: environment, path and name. Unique in the store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SecretKey {
    /// Environment slug, `prod` by default.
    pub environment: Environment,
    /// Folder, `/` by default.
    pub path: SecretPath,
    /// The mapped name, for instance `OKTA_CLIENT_SECRET`.
    pub name: SecretName,
}

impl fmt::Display for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.environment, self.path, self.name)
    }
}

/// Which of an app's two credentials a secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Credential {
    /// The app's OAuth client id.
    ClientId,
    /// The app's current client secret.
    ClientSecret,
}

/// One version of a secret. A rotation adds one at each publication.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecretVersion {
    /// 1 for the first, counting up without holes.
    pub number: u32,
    /// The value; `None` once Okta's list showed the secret gone and the value was erased here.
    #[serde(with = "exposed::option")]
    pub value: Option<SecretValue>,
    /// When this version was published.
    pub created_at: DateTime<Utc>,
    /// The [`super::rotation::OktaSecret::key`] that it came from.
    pub okta_secret: Uuid,
    /// When a consumer first fetched it: the evidence that the successor was reached. A read that does not count is no
    /// evidence.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When it was last fetched.
    pub last_fetched_at: Option<DateTime<Utc>>,
    /// By whom, of a client secret: in the order in which they came. Of what was fetched before consumers had names it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fetches: Vec<Fetches>,
}

/// A named secret with its versions, newest last. Versions are never empty.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secret {
    /// Where it is read.
    pub key: SecretKey,
    /// Which credential it holds.
    pub credential: Credential,
    /// The rotation that keeps it current; `None` for a plain secret whose rotation was deleted.
    pub rotation: Option<Uuid>,
    /// All versions that are kept, oldest first.
    pub versions: Vec<SecretVersion>,
    /// Consumers that no old secret waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dismissed: Vec<Dismissed>,
}

impl Secret {
    /// The newest version.
    pub fn current(&self) -> Option<&SecretVersion> {
        self.versions.last()
    }

    /// A version by its number.
    pub fn version(&self, number: u32) -> Option<&SecretVersion> {
        self.versions.iter().find(|version| version.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_matches_the_vector_in_oktas_documentation() {
        let value = SecretValue::new("D0HxBn1FtTXeYC4cSBwWL_sPMztMT2t6Ei9n1QjO");
        assert_eq!(value.okta_hash(), "tI4z6TbSw5YYd8RtcClaEw");
    }

    #[test]
    fn debug_never_shows_a_value() {
        let shown = format!("{:?}", SecretValue::new("canary"));
        assert!(!shown.contains("canary"), "{shown}");
    }
}
