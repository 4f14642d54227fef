//! What is found of an app at Okta.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
use crate::core::pages::{Endless, MOST_ENTRIES, MOST_PAGES};
#[cfg(test)]
use crate::core::remedy::{AtOkta, Automatic, InAdoption, OnConnection, OnRotation};
use crate::core::rotation::method::AuthMethod;
use crate::core::rotation::verify::Verify;
use crate::text::sentence::{Sentence, say};

/// Why a new secret of an app cannot be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Untestable {
    /// Okta does not show the app's method.
    MethodHidden,
    /// Okta shows one that windlass does not know.
    MethodUnknown,
    /// The app authenticates by a method without a secret.
    Method(AuthMethod),
    /// The app may not use authorization codes.
    NoCodes,
}

/// What an app has or is instead of having a client secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Secretless {
    /// It authenticates by this method.
    Method(AuthMethod),
    /// By a method that windlass does not know, in Okta's word.
    OtherMethod(String),
    /// By a key.
    Key,
    /// Its sign-on mode, in Okta's word; empty for an app without sign-on.
    SignOn(String),
}

/// What is wrong with the app.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AppCause {
    /// The pages of a list of apps do not end.
    EndlessList {
        /// The org's host.
        host: String,
        /// In which way.
        how: Endless,
    },
    /// No app of that id, client id or label.
    NoSuchApp {
        /// The org's host.
        host: String,
        /// What was typed.
        typed: String,
    },
    /// Several apps have that label.
    AppsAlike {
        /// The label.
        typed: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The app of a rotation is not there at Okta.
    AppGone {
        /// Its label.
        label: String,
        /// Its id.
        id: String,
    },
    /// The app has no client secret.
    NoClientSecret {
        /// Its label and id.
        app: String,
        /// What it has or is instead.
        what: Secretless,
    },
    /// The app is not ACTIVE.
    AppNotActive {
        /// Its label and id.
        app: String,
        /// Its status as Okta shows it; empty where it shows none.
        status: String,
    },
    /// A new secret of the app cannot be tested that way.
    CannotTest {
        /// The app's label.
        app: String,
        /// Why not.
        why: Untestable,
        /// The way.
        verify: Verify,
    },
    /// No test of a secret is made with that method.
    NotVerifiable {
        /// The method.
        method: AuthMethod,
    },
}

impl AppCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::EndlessList { host, how } => say!("{} ({})", endless(*how), host),
            Self::NoSuchApp { host, typed } => {
                say!("{} has no app with the id, client id or label {}", host, format!("{typed:?}"))
            }
            Self::AppsAlike { typed, ids } => {
                say!("{} apps are labelled {}: {}", ids.len(), format!("{typed:?}"), ids.join(", "))
            }
            Self::AppGone { label, id } => say!("the app {} ({}) is not there at Okta", label, id),
            Self::NoClientSecret { app, what } => {
                let method = matches!(what, Secretless::Method(_) | Secretless::OtherMethod(_));
                let its = if method { "its authentication method is " } else { "" };
                say!("the app {} has no client secret ({}{})", app, its, what.words())
            }
            Self::AppNotActive { app, status } if status.is_empty() => {
                say!("Okta shows no status of the app {}", app)
            }
            Self::AppNotActive { app, status } => say!("the app {} is {} at Okta", app, status),
            Self::CannotTest { app, why, verify } => untestable(app, *why, verify.as_str()),
            Self::NotVerifiable { method } => say!("a secret cannot be verified with {}", method.as_str()),
        }
    }
}

impl Secretless {
    /// In words, short enough for a column.
    pub fn words(&self) -> String {
        let words = match self {
            Self::Method(method) => method.as_str(),
            Self::OtherMethod(method) => return format!("{method}, unknown to windlass"),
            Self::Key => "it authenticates by a key",
            Self::SignOn(mode) => match mode.as_str() {
                "OPENID_CONNECT" => "Okta shows none for it",
                "SAML_2_0" => "a SAML 2.0 app",
                "SAML_1_1" => "a SAML 1.1 app",
                "WS_FEDERATION" => "a WS-Federation app",
                "AUTO_LOGIN" | "BROWSER_PLUGIN" | "SECURE_PASSWORD_STORE" => "a SWA app",
                "BASIC_AUTH" => "a basic authentication app",
                "BOOKMARK" => "a bookmark",
                "" => "an app without sign-on",
                other => return format!("sign-on mode {other}"),
            },
        };
        words.to_owned()
    }
}

fn endless(how: Endless) -> Sentence {
    match how {
        Endless::Back => say!("Okta's list of apps leads back to a page that was read before"),
        Endless::Again => say!("Okta's list of apps repeats apps that were read before"),
        Endless::TooMany => {
            say!("the list of apps has no end within {} pages or {} apps", MOST_PAGES, MOST_ENTRIES)
        }
    }
}

fn untestable(app: &str, why: Untestable, verify: &str) -> Sentence {
    let what = match why {
        Untestable::NoCodes => {
            return say!(
                "the app {} may not use authorization codes, so a new secret cannot be tested with `token`",
                app
            );
        }
        Untestable::MethodHidden => say!("Okta does not show how the app {} authenticates", app),
        Untestable::MethodUnknown => say!("Okta shows a method of the app {} that windlass does not know", app),
        Untestable::Method(method) => say!("the app {} authenticates by {}, without a secret", app, method.as_str()),
    };
    say!("{}, so a new secret cannot be tested by `{}`", what, verify)
}

#[cfg(test)]
impl AppCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::EndlessList { host: "HOST".into(), how: Endless::TooMany })
                .and(InAdoption::NameAppById),
            Problem::because(Self::NoSuchApp { host: "HOST".into(), typed: "x".into() }).and(OnConnection::ListApps),
            Problem::because(Self::AppsAlike { typed: "x".into(), ids: vec!["ID1".into(), "ID2".into()] })
                .and(InAdoption::NameAppById),
            Problem::because(Self::AppGone { label: "APP".into(), id: "ID".into() }).and(OnRotation::DeleteRotation),
            Problem::because(Self::NoClientSecret { app: "APP".into(), what: Secretless::SignOn("SAML_2_0".into()) })
                .and(AtOkta::OnlySecretApps),
            Problem::because(Self::AppNotActive { app: "APP".into(), status: "INACTIVE".into() })
                .and(AtOkta::ActivateApp)
                .and(Automatic::SecretsKept),
            Problem::because(Self::CannotTest {
                app: "APP".into(),
                why: Untestable::MethodHidden,
                verify: Verify::Introspect,
            })
            .and(OnRotation::NameMethod { creating: false }),
            Problem::because(Self::CannotTest { app: "APP".into(), why: Untestable::NoCodes, verify: Verify::Token })
                .and(OnRotation::TestBy { verify: Verify::Introspect, creating: false, or: false }),
            Problem::because(Self::NotVerifiable { method: AuthMethod::PrivateKeyJwt }).and(AtOkta::UseSecretMethod),
        ]
    }
}
