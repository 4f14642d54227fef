//! What an operator gives to call an Okta org with: an API token, or a service app's key.

use chrono::{DateTime, Utc};

use super::others::only;
use crate::core::connection::{App, Auth, KeyFacts};
use crate::core::fault::Fault;
use crate::core::secret::SecretValue;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;
use crate::engine::view::Note;
use crate::jose::{Given, Key};

/// A new connection's credential.
pub fn read_auth(
    form: &mut Form,
    method: &str,
    given: &CredentialsBody,
    now: DateTime<Utc>,
    notes: &mut Vec<Note>,
) -> Option<Auth> {
    let empty = SecretValue::new("");
    match method {
        "api-token" => {
            only(form, given, &["apiToken"], App::Okta, method);
            let token = read_token(form, given.api_token.as_ref().unwrap_or(&empty), notes)?;
            Some(Auth::ApiToken { token })
        }
        "oauth-service-app" => {
            only(form, given, &["clientId", "privateKey", "keyId"], App::Okta, method);
            let client_id = read_client_id(form, given.client_id.as_deref().unwrap_or_default());
            let private_key = given.private_key.as_ref().unwrap_or(&empty);
            let key = read_key(form, private_key, given.key_id.as_deref(), now, notes);
            let proof_key = drawn(form);
            let ((private_key, key), client_id, proof_key) = (key?, client_id?, proof_key?);
            Some(Auth::OauthServiceApp { client_id, private_key, key, proof_key })
        }
        _ => None,
    }
}

/// What a patch makes of a credential; `None` where it leaves it alone. A key stays with its client id, and one that is
/// given with another kind of credential replaces that.
pub fn change_auth(
    form: &mut Form,
    old: &Auth,
    given: &CredentialsBody,
    now: DateTime<Utc>,
    notes: &mut Vec<Note>,
) -> Option<Auth> {
    only(form, given, &["apiToken", "clientId", "privateKey", "keyId"], App::Okta, old.method());
    let of_app = given.client_id.is_some() || given.private_key.is_some() || given.key_id.is_some();
    if let Some(token) = &given.api_token {
        if of_app {
            form.fault("credentials.apiToken", "a connection has either a token or a key; give one of them".into());
        }
        return read_token(form, token, notes).map(|token| Auth::ApiToken { token });
    }
    if !of_app {
        return None;
    }
    let client_id = match (&given.client_id, old.client_id()) {
        (Some(client_id), _) => read_client_id(form, client_id),
        (None, Some(client_id)) => Some(client_id.to_owned()),
        (None, None) => {
            form.fault("credentials.clientId", "a key is a service app's; give the app's client id as well".into());
            None
        }
    };
    let (known, proof_key) = match old {
        Auth::OauthServiceApp { private_key, key, proof_key, .. } => {
            (Some((private_key.clone(), key.clone())), Some(proof_key.clone()))
        }
        _ => (None, drawn(form)),
    };
    let other_app = given.client_id.as_deref().is_some_and(|id| Some(id.trim()) != old.client_id());
    let key = match (&given.private_key, known) {
        (Some(private_key), _) => read_key(form, private_key, given.key_id.as_deref(), now, notes),
        (None, Some((private_key, key))) if !other_app => {
            let key_id = given.key_id.as_deref().map(|key_id| read_key_id(form, key_id));
            Some((private_key, KeyFacts { key_id: key_id.unwrap_or(key.key_id), ..key }))
        }
        (None, _) => {
            form.fault(
                "credentials.privateKey",
                "another service app has another key; give its private key as well".into(),
            );
            None
        }
    };
    let ((private_key, key), client_id, proof_key) = (key?, client_id?, proof_key?);
    Some(Auth::OauthServiceApp { client_id, private_key, key, proof_key })
}

/// At Okta client ids have 6 to 100 characters; only Okta knows which it has.
fn read_client_id(form: &mut Form, given: &str) -> Option<String> {
    let id = given.trim();
    let message = match id {
        "" => "the client id is empty; it is on the service app's page at Okta",
        _ if id.len() > 100 || !id.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "the client id contains white space or characters that no client id has"
        }
        _ => return Some(id.to_owned()),
    };
    form.fault("credentials.clientId", message.into());
    None
}

/// An empty one counts as absent.
fn read_key_id(form: &mut Form, given: &str) -> Option<String> {
    let id = given.trim();
    if id.len() > 255 || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        form.fault("credentials.keyId", "the key id contains white space or characters that no key id has".into());
    }
    Some(id.to_owned()).filter(|id| !id.is_empty())
}

fn read_key(
    form: &mut Form,
    given: &SecretValue,
    key_id: Option<&str>,
    now: DateTime<Utc>,
    notes: &mut Vec<Note>,
) -> Option<(SecretValue, KeyFacts)> {
    let read = Given::read(given.expose());
    let named = key_id.and_then(|key_id| read_key_id(form, key_id));
    let Given { key, key_id: own } = match read {
        Ok(read) => read,
        Err(why) => {
            form.fault("credentials.privateKey", format!("the private key {why}"));
            return None;
        }
    };
    let own = own.as_deref().and_then(|own| read_key_id(form, own));
    if let (Some(named), Some(own)) = (&named, &own)
        && named != own
    {
        notes.push(Note::OtherKeyId { own: own.clone(), used: named.clone() });
    }
    let key_id = named.or(own);
    if key_id.is_none() {
        notes.push(Note::NoKeyId);
    }
    let kept = noted(form, "credentials.privateKey", key.kept())?;
    Some((kept, KeyFacts { key_id, algorithm: key.algorithm(), thumbprint: key.thumbprint(), since: now }))
}

fn drawn(form: &mut Form) -> Option<SecretValue> {
    noted(form, "credentials.privateKey", Key::draw().and_then(|key| key.kept()))
}

fn noted<T>(form: &mut Form, field: &str, made: Result<T, Fault>) -> Option<T> {
    made.map_err(|fault| form.fault(field, fault.problem.whole().to_string())).ok()
}

/// A token's odd shape is said, never refused: only Okta knows what it accepts.
fn read_token(form: &mut Form, given: &SecretValue, notes: &mut Vec<Note>) -> Option<SecretValue> {
    // The end of a file's line is no news.
    let line = given.expose().trim_end_matches(['\r', '\n']);
    let token = SecretValue::new(line.trim());
    let text = token.expose();
    if text.is_empty() {
        form.fault("credentials.apiToken", "the API token is empty".into());
        return None;
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        form.fault("credentials.apiToken", "the API token contains white space or characters that no token has".into());
        return None;
    }
    if text.len() < line.len() {
        notes.push(Note::TokenTrimmed);
    }
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !(text.len() == 42 && text.starts_with("00") && text.bytes().all(usual)) {
        notes.push(Note::TokenUnusual);
    }
    Some(token)
}

#[cfg(test)]
mod tests;
