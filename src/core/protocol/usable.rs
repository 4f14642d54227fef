//! Which apps have a client secret that can be rotated, and what the others are.
//!
//! An app's own method decides where Okta shows it. Of the OpenID apps of its catalogue it does not: there the link to
//! their secrets decides.

use super::call::{Holds, SeenApp};
use crate::core::cause::{AppCause, Secretless};
use crate::core::fault::Fault;
use crate::core::remedy::{AtOkta, Automatic};
use crate::core::rotation::AuthMethod;

/// Whether an app's secrets can be rotated at all.
pub fn usable(app: &SeenApp) -> Result<(), Fault> {
    let name = format!("{} ({})", app.label, app.id);
    if let Some(what) = secretless(app) {
        return Err(Fault::precondition(AppCause::NoClientSecret { app: name, what }).and(AtOkta::OnlySecretApps));
    }
    if app.status != "ACTIVE" {
        let cause = AppCause::AppNotActive { app: name, status: app.status.clone() };
        return Err(Fault::precondition(cause).and(AtOkta::ActivateApp).and(Automatic::SecretsKept));
    }
    Ok(())
}

/// Why an app has no client secret; `None` where it has some.
pub fn secretless(app: &SeenApp) -> Option<Secretless> {
    match app.auth_method {
        method if method.takes_secret() => None,
        method if method.is_open() && app.holds == Holds::Secrets => None,
        AuthMethod::Hidden if app.holds == Holds::Keys => Some(Secretless::Key),
        AuthMethod::Hidden => Some(Secretless::SignOn(app.sign_on.clone())),
        AuthMethod::Unknown => Some(Secretless::OtherMethod(app.method_name.clone())),
        method => Some(Secretless::Method(method)),
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
