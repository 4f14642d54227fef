//! What an operator gives to log in at Infisical with.

use super::others::{only, read_secret, read_word};
use crate::core::connection::{App, Auth, Infisical};
use crate::core::secret::SecretValue;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;

/// A new connection's identity; of one that is there what is not given stays.
pub fn read(form: &mut Form, method: &str, given: &CredentialsBody, old: Option<&Infisical>) -> Option<Auth> {
    only(form, given, &["clientId", "clientSecret"], App::Infisical, method);
    let id = given.client_id.as_deref().or(old.map(|old| old.client_id.as_str()));
    let secret: Option<&SecretValue> = given.client_secret.as_ref().or(old.map(|old| &old.client_secret));
    let client_id = read_word(form, "clientId", "the client id", id);
    let client_secret = read_secret(form, "clientSecret", "the client secret", secret);
    Some(Auth::Infisical(Infisical { client_id: client_id?, client_secret: client_secret? }))
}
