//! What an operator gives to call a server with, read and kept. A file for each kind of server.
//!
//! No error names a byte of a credential. Nothing is sent and nothing is saved from here.

use chrono::{DateTime, Utc};

use crate::core::connection::infisical::CLOUD;
use crate::core::connection::{App, Auth};
use crate::core::name::Origin;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;
use crate::engine::view::Note;
use crate::net::check_certificates;

pub mod aws;
mod infisical;
mod kubernetes;
mod okta;
mod others;
mod vault;

/// More than the certificates of one server have.
const CA: usize = 256 << 10;

/// What a new connection leads to, and its credential.
pub fn read_auth(
    form: &mut Form,
    app: App,
    method: &str,
    given: &CredentialsBody,
    now: DateTime<Utc>,
    notes: &mut Vec<Note>,
) -> Option<Auth> {
    let methods = app.methods();
    let method = if method.is_empty() { methods[0] } else { method };
    if !methods.contains(&method) {
        let known = methods.join(", ");
        form.fault("method", format!("{method:?} is not a method of {}; there are {known}", app.as_str()));
        return None;
    }
    match app {
        App::Okta => okta::read_auth(form, method, given, now, notes),
        App::HashicorpVault => vault::read(form, method, given),
        App::Kubernetes => kubernetes::read(form, method, given),
        App::Aws => aws::read(form, method, given),
        App::Infisical => infisical::read(form, method, given, None),
    }
}

/// What a patch makes of a credential; `None` where it leaves it alone.
pub fn change_auth(
    form: &mut Form,
    old: &Auth,
    given: &CredentialsBody,
    now: DateTime<Utc>,
    notes: &mut Vec<Note>,
) -> Option<Auth> {
    match old {
        Auth::ApiToken { .. } | Auth::OauthServiceApp { .. } => okta::change_auth(form, old, given, now, notes),
        Auth::HashicorpVault(old) => vault::change(form, old, given),
        Auth::Kubernetes(old) => kubernetes::change(form, old, given),
        Auth::Aws(old) => aws::change(form, old, given),
        Auth::Infisical(known) if !given.given().is_empty() => infisical::read(form, old.method(), given, Some(known)),
        Auth::Infisical(_) => None,
    }
}

/// Certificates that alone are trusted there: none where an empty text is given, and as before where none is.
pub fn read_ca(form: &mut Form, app: App, given: Option<&str>, old: Option<String>) -> Option<String> {
    const FIELD: &str = "credentials.caCertificate";
    let Some(pem) = given.map(str::trim) else { return old };
    let message = if app == App::Okta {
        "an org's certificate is checked as the system does, and by network.caFile".into()
    } else if pem.len() > CA {
        format!("has {} KiB at the most", CA >> 10)
    } else if pem.contains("PRIVATE KEY") {
        "has a private key in it: give certificates alone".into()
    } else if pem.is_empty() {
        return None;
    } else {
        match check_certificates(Some(pem), None) {
            Ok(()) => return Some(pem.to_owned()),
            Err(why) => format!("is no certificate, nor several, as PEM: {why}"),
        }
    };
    form.fault(FIELD, message);
    None
}

/// The address; what was cut off is noted.
pub fn read_url(form: &mut Form, app: App, typed: &str, notes: &mut Vec<Note>) -> Option<Origin> {
    let typed = if app == App::Infisical && typed.trim().is_empty() { CLOUD } else { typed };
    let read = if app == App::Okta { Origin::of_org(typed) } else { Origin::of_server(typed) };
    match read {
        Ok((url, cut)) => {
            if let Some(cut) = cut {
                notes.push(Note::UrlCut { url: url.to_string(), cut });
            }
            Some(url)
        }
        Err(fault) => {
            form.fault("credentials.instanceUrl", format!("{}; {}", fault.message, fault.hint));
            None
        }
    }
}
