//! Which apps have a client secret that can be rotated, and what the others are.
//!
//! An app's own method decides where Okta shows it. Of the OpenID apps of its catalogue it does not: there the link to
//! their secrets decides.

use super::call::{Holds, SeenApp};
use crate::core::cause::Cause;
use crate::core::fault::Fault;
use crate::core::remedy::Remedy;
use crate::core::rotation::AuthMethod;

/// Whether an app's secrets can be rotated at all.
pub fn usable(app: &SeenApp) -> Result<(), Fault> {
    let name = format!("{} ({})", app.label, app.id);
    if let Some(what) = secretless(app) {
        let what = match app.auth_method {
            AuthMethod::Hidden => what,
            _ => format!("its authentication method is {what}"),
        };
        return Err(Fault::precondition(Cause::NoClientSecret { app: name, what }, [Remedy::OnlySecretApps]));
    }
    if app.status != "ACTIVE" {
        let cause = Cause::AppNotActive { app: name, status: app.status.clone() };
        return Err(Fault::precondition(cause, [Remedy::ActivateApp, Remedy::SecretsKept]));
    }
    Ok(())
}

/// Why an app has no client secret, short enough for a column; `None` where it has some.
pub fn secretless(app: &SeenApp) -> Option<String> {
    match app.auth_method {
        method if method.takes_secret() => None,
        method if method.is_open() && app.holds == Holds::Secrets => None,
        AuthMethod::Hidden if app.holds == Holds::Keys => Some("it authenticates by a key".into()),
        AuthMethod::Hidden => Some(kind(&app.sign_on)),
        AuthMethod::Unknown => Some(format!("{}, unknown to windlass", app.method_name)),
        method => Some(method.as_str().into()),
    }
}

/// What an app without an OAuth client is, by its sign-on mode.
fn kind(sign_on: &str) -> String {
    match sign_on {
        "OPENID_CONNECT" => "Okta shows none for it".into(),
        "SAML_2_0" => "a SAML 2.0 app".into(),
        "SAML_1_1" => "a SAML 1.1 app".into(),
        "WS_FEDERATION" => "a WS-Federation app".into(),
        "AUTO_LOGIN" | "BROWSER_PLUGIN" | "SECURE_PASSWORD_STORE" => "a SWA app".into(),
        "BASIC_AUTH" => "a basic authentication app".into(),
        "BOOKMARK" => "a bookmark".into(),
        "" => "an app without sign-on".into(),
        other => format!("sign-on mode {other}"),
    }
}

/// How an app authenticates, in a word: Okta's own, `hidden` where Okta does not show it, and `not-oauth` for what is no
/// OAuth client.
pub fn method_word(app: &SeenApp) -> &str {
    match app.auth_method {
        AuthMethod::Hidden if app.holds == Holds::Nothing && app.sign_on != "OPENID_CONNECT" => "not-oauth",
        AuthMethod::Unknown => &app.method_name,
        method => method.as_str(),
    }
}
