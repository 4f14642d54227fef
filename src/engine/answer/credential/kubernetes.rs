//! What an operator gives to call a Kubernetes cluster with.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::others::{is_plain, only, read_secret};
use crate::core::connection::vault::SERVICE_ACCOUNT;
use crate::core::connection::{App, Auth, Kubernetes};
use crate::core::secret::SecretValue;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;
use crate::net::check_certificates;

/// A new connection's caller.
pub fn read(form: &mut Form, method: &str, given: &CredentialsBody) -> Option<Auth> {
    read_caller(form, method, given, None).map(Auth::Kubernetes)
}

/// What a patch makes of one. What is given for another method replaces the old one, whole.
pub fn change(form: &mut Form, old: &Kubernetes, given: &CredentialsBody) -> Option<Auth> {
    if given.given().is_empty() {
        return None;
    }
    let method = if token(given).is_some() {
        "token"
    } else if given.client_certificate.is_some() || given.private_key.is_some() {
        "client-certificate"
    } else {
        "service-account"
    };
    read_caller(form, method, given, Some(old).filter(|old| old.method() == method)).map(Auth::Kubernetes)
}

fn read_caller(form: &mut Form, method: &str, given: &CredentialsBody, old: Option<&Kubernetes>) -> Option<Kubernetes> {
    let known: &[&str] = match method {
        "token" => &["accessToken", "apiToken"],
        "service-account" => &["jwtFile"],
        _ => &["clientCertificate", "privateKey"],
    };
    only(form, given, known, App::Kubernetes, method);
    match method {
        "token" => {
            let token = read_secret(form, "accessToken", "the token", token(given))?;
            Some(Kubernetes::Token { token })
        }
        "service-account" => {
            let jwt_file = PathBuf::from(given.jwt_file.as_deref().unwrap_or(SERVICE_ACCOUNT));
            is_plain(form, &jwt_file).then_some(Kubernetes::ServiceAccount { jwt_file })
        }
        _ => {
            let (old_certificate, old_key) = match old {
                Some(Kubernetes::ClientCertificate { certificate, key }) => (Some(certificate), Some(key)),
                _ => (None, None),
            };
            let certificate = given.client_certificate.as_ref().or(old_certificate);
            let key = given.private_key.as_ref().or(old_key);
            let (Some(certificate), Some(key)) = (certificate, key) else {
                let field = if certificate.is_none() { "clientCertificate" } else { "privateKey" };
                form.fault(&format!("credentials.{field}"), "give the certificate and its private key, as PEM".into());
                return None;
            };
            let certificate = certificate.trim().to_owned();
            let pem = Zeroizing::new(format!("{certificate}\n{}", key.expose()));
            if let Err(why) = check_certificates(None, Some(pem.as_bytes())) {
                let message = format!("the certificate and the key cannot be used together: {why}");
                form.fault("credentials.clientCertificate", message);
                return None;
            }
            Some(Kubernetes::ClientCertificate { certificate, key: key.clone() })
        }
    }
}

/// The token. Whoever gives one to a connection that is there need not know what it leads to.
fn token(given: &CredentialsBody) -> Option<&SecretValue> {
    given.access_token.as_ref().or(given.api_token.as_ref())
}
