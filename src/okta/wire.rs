//! Okta's JSON, in the fields that are needed. Unknown fields are ignored, unknown words tolerated where they can be.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::core::protocol::call::{SeenApp, SeenSecret};
use crate::core::rotation::AuthMethod;
use crate::core::secret::{SecretValue, exposed};
use crate::text::sanitize;

/// An app; `credentials` is absent for apps that are no OAuth clients.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    credentials: Option<Credentials>,
    #[serde(default)]
    settings: Option<Settings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    #[serde(default)]
    oauth_client: Option<OauthSettings>,
}

#[derive(Deserialize)]
struct OauthSettings {
    #[serde(default)]
    grant_types: Option<Vec<String>>,
    #[serde(default)]
    redirect_uris: Option<Vec<String>>,
}

impl OauthSettings {
    /// The first redirect URI that stands for itself, where codes may be used. An app whose grants are not shown is taken
    /// at its redirect URIs.
    fn redirect_uri(self) -> Option<String> {
        let codes = self.grant_types.is_none_or(|grants| grants.iter().any(|grant| grant == "authorization_code"));
        let plain = |uri: &String| !uri.is_empty() && !uri.contains('*') && *uri == sanitize(uri, 2_000);
        self.redirect_uris.filter(|_| codes)?.into_iter().find(plain)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    #[serde(default)]
    oauth_client: Option<OauthClient>,
}

#[derive(Deserialize)]
struct OauthClient {
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    token_endpoint_auth_method: Option<AuthMethod>,
}

impl From<App> for SeenApp {
    fn from(app: App) -> Self {
        let client = app.credentials.and_then(|credentials| credentials.oauth_client);
        let (client_id, method) = client.map_or((None, None), |c| (c.client_id, c.token_endpoint_auth_method));
        Self {
            id: app.id,
            label: sanitize(&app.label, 128),
            client_id: client_id.unwrap_or_default(),
            auth_method: method.unwrap_or(AuthMethod::None),
            status: sanitize(&app.status, 32),
            redirect_uri: app.settings.and_then(|settings| settings.oauth_client?.redirect_uri()),
        }
    }
}

/// A client secret. The value and the hash may be hidden by the role.
#[derive(Deserialize)]
pub struct ClientSecret {
    id: String,
    status: Status,
    #[serde(default, with = "exposed::option", rename = "client_secret")]
    value: Option<SecretValue>,
    #[serde(default, rename = "secret_hash")]
    hash: Option<String>,
    #[serde(default)]
    created: Option<DateTime<Utc>>,
}

/// There are two; anything else would be a state that the protocol does not know, so the whole answer is unreadable.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Active,
    Inactive,
}

impl From<ClientSecret> for SeenSecret {
    fn from(secret: ClientSecret) -> Self {
        // Some of Okta's APIs mask values (`***MQGQ`); ours are never that short, and bring-your-own starts at 14.
        let shown = |value: &SecretValue| value.expose().len() >= 14 && !value.expose().starts_with("***");
        Self {
            id: sanitize(&secret.id, 64),
            active: secret.status == Status::Active,
            value: secret.value.filter(shown),
            hash: secret.hash,
            created: secret.created,
        }
    }
}

/// The answer to an introspection.
#[derive(Deserialize)]
pub struct Introspection {
    /// Whether the token is active. Ours is random, so that it never is.
    #[serde(rename = "active")]
    pub _active: bool,
}

/// `/.well-known/okta-organization`.
#[derive(Deserialize)]
pub struct Organization {
    /// The org's id, `00o…`.
    pub id: String,
}
