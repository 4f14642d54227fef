//! What an operator gives to call AWS with.

use super::others::{is_plain, only, read_secret, read_word};
use crate::core::connection::aws::{Assume, EKS_TOKEN, Identity, is_region, usual_url};
use crate::core::connection::{App, Auth, Aws};
use crate::core::name::Origin;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;

/// A new connection's identity.
pub fn read(form: &mut Form, method: &str, given: &CredentialsBody) -> Option<Auth> {
    make(form, method, given, None)
}

/// What a patch makes of one. What is given for another method replaces the old one, whole.
pub fn change(form: &mut Form, old: &Aws, given: &CredentialsBody) -> Option<Auth> {
    if given.given().is_empty() {
        return None;
    }
    let method = if given.access_key_id.is_some() || given.secret_access_key.is_some() {
        "access-key"
    } else if given.role_arn.is_some() || given.jwt_file.is_some() {
        "web-identity"
    } else {
        old.identity.method()
    };
    make(form, method, given, Some(old))
}

/// Where AWS is called, where no address is given: the region's own, unless there was an address of one's own before.
pub fn address(given: &CredentialsBody, old: Option<(&Origin, &Aws)>) -> Option<Origin> {
    let region = given.region.as_deref()?.trim();
    let usual = old.is_none_or(|(url, aws)| usual_url(&aws.region).as_ref() == Some(url));
    usual.then(|| usual_url(region)).flatten()
}

fn make(form: &mut Form, method: &str, given: &CredentialsBody, old: Option<&Aws>) -> Option<Auth> {
    let own: &[&str] = match method {
        "access-key" => &["accessKeyId", "secretAccessKey", "sessionToken"],
        "web-identity" => &["roleArn", "jwtFile"],
        _ => &[],
    };
    only(form, given, &[&["region", "assumeRoleArn", "externalId"], own].concat(), App::Aws, method);
    let region = given.region.as_deref().or(old.map(|old| old.region.as_str())).unwrap_or_default().trim().to_owned();
    if !is_region(&region) {
        form.fault("credentials.region", "name the region, such as eu-central-1".into());
    }
    let identity = read_identity(form, method, given, old.map(|old| &old.identity).filter(|it| it.method() == method));
    let assume = read_assume(form, given, old.and_then(|old| old.assume.as_ref()));
    Some(Auth::Aws(Aws { region, identity: identity?, assume }))
}

fn read_identity(form: &mut Form, method: &str, given: &CredentialsBody, old: Option<&Identity>) -> Option<Identity> {
    match method {
        "access-key" => {
            let (old_id, old_key, old_token) = match old {
                Some(Identity::AccessKey { key_id, secret_key, session_token }) => {
                    (Some(key_id.as_str()), Some(secret_key), session_token.as_ref())
                }
                _ => (None, None, None),
            };
            let what = "the access key's id";
            let key_id = read_word(form, "accessKeyId", what, given.access_key_id.as_deref().or(old_id));
            let changed = given.access_key_id.is_some() || given.secret_access_key.is_some();
            // Another id has another key, and another key has no token of the one before.
            let old_key = old_key.filter(|_| given.access_key_id.is_none());
            let given_key = given.secret_access_key.as_ref().or(old_key);
            let secret_key = read_secret(form, "secretAccessKey", "the access key", given_key);
            let token = given.session_token.as_ref().or(old_token.filter(|_| !changed));
            let session_token = token.filter(|token| !token.expose().trim().is_empty());
            Some(Identity::AccessKey {
                key_id: key_id?,
                secret_key: secret_key?,
                session_token: match session_token {
                    Some(token) => Some(read_secret(form, "sessionToken", "the session token", Some(token))?),
                    None => None,
                },
            })
        }
        "web-identity" => {
            let (old_role, old_file) = match old {
                Some(Identity::WebIdentity { role_arn, jwt_file }) => (Some(role_arn.as_str()), Some(jwt_file.clone())),
                _ => (None, None),
            };
            let role_arn = read_arn(form, "roleArn", given.role_arn.as_deref().or(old_role));
            let jwt_file = given.jwt_file.as_deref().map(Into::into).or(old_file).unwrap_or_else(|| EKS_TOKEN.into());
            is_plain(form, &jwt_file);
            Some(Identity::WebIdentity { role_arn: role_arn?, jwt_file })
        }
        _ => Some(Identity::InstanceProfile),
    }
}

fn read_assume(form: &mut Form, given: &CredentialsBody, old: Option<&Assume>) -> Option<Assume> {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let role = match &given.assume_role_arn {
        Some(role) => some(role),
        None => old.map(|old| old.role_arn.clone()),
    };
    let external_id = match &given.external_id {
        Some(id) => some(id),
        None => old.and_then(|old| old.external_id.clone()).filter(|_| role.is_some()),
    };
    let known = |c: char| c.is_ascii_alphanumeric() || "+=,.@:/-_\\".contains(c);
    if external_id.as_ref().is_some_and(|id| !(2..=1224).contains(&id.len()) || !id.chars().all(known)) {
        form.fault("credentials.externalId", "has 2 to 1224 of A-Z, a-z, 0-9 and + = , . @ : / - _ \\".into());
    }
    if role.is_none() && external_id.is_some() {
        form.fault("credentials.externalId", "goes with the role that is assumed: give assumeRoleArn too".into());
    }
    let role_arn = read_arn(form, "assumeRoleArn", Some(&role?))?;
    Some(Assume { role_arn, external_id })
}

fn read_arn(form: &mut Form, field: &str, given: Option<&str>) -> Option<String> {
    let arn = read_word(form, field, "the role", given)?;
    if arn.starts_with("arn:") && arn.contains(":role/") {
        return Some(arn);
    }
    let message = "is the ARN of a role, such as arn:aws:iam::111122223333:role/windlass";
    form.fault(&format!("credentials.{field}"), message.into());
    None
}

#[cfg(test)]
mod tests;
