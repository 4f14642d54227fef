//! What an operator gives to call a server with, read and kept. A file for each kind of server.
//!
//! No error names a byte of a credential. Nothing is sent and nothing is saved from here.

use chrono::{DateTime, Utc};

use crate::core::connection::{App, Auth};
use crate::core::name::Origin;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;
use crate::engine::view::Note;

mod okta;
mod others;
mod vault;

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
    }
}

/// The address; what was cut off is noted.
pub fn read_url(form: &mut Form, app: App, typed: &str, notes: &mut Vec<Note>) -> Option<Origin> {
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
