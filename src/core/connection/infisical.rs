//! How Infisical is called.

use serde::{Deserialize, Serialize};

use crate::core::secret::{SecretValue, exposed};

/// The names of the ways to log in.
pub const METHODS: &[&str] = &["universal-auth"];

/// Where Infisical's own cloud is.
pub const CLOUD: &str = "https://app.infisical.com";

/// A machine identity, and how it logs in: by universal auth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Infisical {
    /// The identity's client id.
    pub client_id: String,
    /// One of its client secrets.
    #[serde(with = "exposed")]
    pub client_secret: SecretValue,
}

#[cfg(test)]
mod tests {
    use crate::core::connection::{App, Auth};

    use super::*;

    #[test]
    fn it_is_read_back_as_it_was_written_and_shows_no_credential() {
        let known = Infisical { client_id: "id".into(), client_secret: SecretValue::new("canary") };
        let auth = Auth::Infisical(known.clone());
        assert_eq!((auth.method(), auth.app(), auth.client_id()), (METHODS[0], App::Infisical, Some("id")));
        assert!(!format!("{auth:?}").contains("canary"), "{auth:?}");
        let again: Auth = serde_json::from_value(serde_json::to_value(&auth).expect("written")).expect("read");
        assert!(matches!(again, Auth::Infisical(read) if read == known));
    }
}
