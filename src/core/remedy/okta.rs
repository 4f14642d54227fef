//! What to do at Okta.

use serde::{Deserialize, Serialize};

use crate::text::sentence::{Sentence, say};

/// What a service app, or the user of a token, has to have.
pub const ROLES: &str = "Application Administrator, or a custom one with okta.apps.read, okta.apps.manage and \
                     okta.apps.clientCredentials.read";

/// What to do at Okta.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AtOkta {
    /// See Okta's status page.
    SeeStatusPage,
    /// Look the code up in Okta's documentation.
    LookUpCode,
    /// Add this machine's address to the network zone, or lift the zone from the token or app.
    AllowAddress,
    /// Add this machine's address to the zone, or let the app in from anywhere.
    AllowAddressOfApp,
    /// Let this machine into the app's own zone, or check that no proxy answers.
    AllowTest,
    /// Check the token's user, zone and role.
    CheckTokenUser,
    /// The token's user needs a role for this app.
    GiveRole,
    /// The service app needs a role.
    GiveServiceAppRole,
    /// The credential needs a role for the apps that are to be rotated.
    GiveAppsRole,
    /// Grant a scope to the service app.
    GrantScope {
        /// The scope.
        scope: String,
        /// The app's client id, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<String>,
    },
    /// Grant both scopes.
    GrantScopes,
    /// Make an API Services app.
    MakeServiceApp,
    /// Check that it is an API Services app with a key.
    CheckServiceApp,
    /// Check that the service app is ACTIVE.
    CheckServiceAppActive,
    /// Check the app and its key.
    CheckAppAndKey,
    /// Activate the app.
    ActivateApp,
    /// Look at the app at Okta.
    LookAtApp,
    /// Check the app and its sign-on policy.
    CheckSignOn,
    /// Switch the app to a method with a secret, or delete the rotation.
    SwitchMethod,
    /// Switch the app to a method with a secret.
    UseSecretMethod,
    /// Only apps with a client secret can be rotated.
    OnlySecretApps,
    /// Activate the published secret again.
    ActivatePublished,
    /// Activate another secret first.
    ActivateAnother,
    /// The published secret is gone at Okta.
    PublishedGone,
    /// Find out whose an unknown secret is.
    FindOutWhose,
    /// Have the app's other secret removed once it is known that nothing uses it.
    RemoveOther,
    /// Have a secret removed that nothing uses.
    RemoveUnused,
    /// Find out who needs a secret that was activated again.
    FindOutWhoNeeds,
}

impl AtOkta {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::SeeStatusPage => say!("see status.okta.com"),
            Self::LookUpCode => {
                say!("look up the code in Okta's documentation, fix the cause and try again")
            }
            Self::AllowAddress => say!(
                "add this machine's address to the network zone at Okta (Security > Networks), or lift the zone from the \
                 token or app"
            ),
            Self::AllowAddressOfApp => {
                say!("add it at Okta (Security > Networks), or let the app in from anywhere")
            }
            Self::AllowTest => say!(
                "let this machine's address into the app's own network zone at Okta (settings.oauthClient.network), or check \
                 that no proxy answers in Okta's place"
            ),
            Self::CheckTokenUser => say!("check the token's user, its network zone and its role at Okta"),
            Self::GiveRole => {
                say!("give its user a role that may manage this app (okta.apps.manage), then try again")
            }
            Self::GiveServiceAppRole => say!(
                "give the service app a role at Okta (the app > Admin roles; takes a Super Admin): {} for this app",
                ROLES
            ),
            Self::GiveAppsRole => say!("give it a role for the apps that are to be rotated: {}", ROLES),
            Self::GrantScope { scope, client_id } => say!(
                "grant {} to the {} at Okta (the app > Okta API Scopes; takes a Super Admin)",
                scope,
                client_id.as_ref().map_or_else(|| "service app".to_owned(), |id| format!("app {id}"))
            ),
            Self::GrantScopes => say!("grant both at Okta (the app > Okta API Scopes; takes a Super Admin)"),
            Self::MakeServiceApp => {
                say!("make an API Services app at Okta, whose grant type is Client Credentials")
            }
            Self::CheckServiceApp => say!(
                "check that it is an API Services app, ACTIVE, with \"Public key / Private key\" as its client authentication"
            ),
            Self::CheckServiceAppActive => say!("check that the service app is ACTIVE at Okta"),
            Self::CheckAppAndKey => say!("check the app and its key at Okta"),
            Self::ActivateApp => say!("activate the app at Okta"),
            Self::LookAtApp => say!("check the app at Okta"),
            Self::CheckSignOn => say!("check the app and its sign-on policy at Okta"),
            Self::SwitchMethod => {
                say!("switch it to client_secret_basic, _post or _jwt, or delete this rotation")
            }
            Self::UseSecretMethod => {
                say!("switch the app to client_secret_basic, client_secret_post or client_secret_jwt")
            }
            Self::OnlySecretApps => {
                say!("only client_secret_basic, client_secret_post and client_secret_jwt apps have a secret to rotate")
            }
            Self::ActivatePublished => say!("activate the published one again at Okta"),
            Self::ActivateAnother => say!("activate another one at Okta first, or leave this one"),
            Self::PublishedGone => say!("the published one is gone at Okta"),
            Self::FindOutWhose => say!(
                "find out whose it is before anything is done to it: it may be the live one, made by another copy of this store \
                 (on the host that it was moved to, or before an old copy was put back here). If so, let windlass run where the \
                 newest copy is, and retire this one: `windlass retire-store --to HOST`. If it is foreign and unused, \
                 have it deleted at Okta; windlass does not touch it, and continues automatically once it is gone"
            ),
            Self::RemoveOther => say!(
                "have the app's other secret deleted at Okta once no consumer uses it: there is no room for a new \
                 one before that"
            ),
            Self::RemoveUnused => say!(
                "check the app at Okta, and have the unused secret deleted there (check that no other copy of this store uses it)"
            ),
            Self::FindOutWhoNeeds => say!("find out who needs it"),
        }
    }
}

#[cfg(test)]
impl AtOkta {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::GiveServiceAppRole, Self::CheckServiceAppActive, Self::PublishedGone, Self::RemoveOther]
    }
}
