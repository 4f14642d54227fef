//! Okta's JSON, in the fields that are needed. Unknown fields are ignored, unknown words tolerated where they can be.
//!
//! What comes out of here is bounded and harmless, whatever came in: lists end, ids and hashes are short and have no
//! control characters, and a value is one that Okta can hold.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::core::protocol::call::{Holds, SeenApp, SeenSecret};
use crate::core::rotation::AuthMethod;
use crate::core::secret::{SecretValue, exposed};
use crate::text::sanitize;

/// A list of so many at most. A longer one is unreadable, before it takes a multiple of its bytes in memory.
pub struct List<T, const MOST: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const MOST: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Items<T, MOST> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of {MOST} at most")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    if list.len() == MOST {
                        return Err(A::Error::custom("the list is too long"));
                    }
                    list.push(item);
                }
                Ok(list)
            }
        }

        deserializer.deserialize_seq(Items::<T, MOST>(PhantomData)).map(Self)
    }
}

/// A page of apps: 200 are asked for, and one who sends more is believed up to here.
pub type Apps = List<App, 20_000>;

/// The secrets of an app, of which Okta allows two.
pub type Secrets = List<ClientSecret, 100>;

/// An app; `credentials.oauthClient` is absent for apps of the catalogue, and for those that are no OAuth clients.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    id: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    credentials: Option<Credentials>,
    #[serde(default)]
    settings: Option<Settings>,
    #[serde(default)]
    sign_on_mode: Option<String>,
    #[serde(default, rename = "_links")]
    links: Option<Links>,
}

/// Of the links to what belongs to an app those to its credentials: all that Okta tells of them for an app of its
/// catalogue.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Links {
    #[serde(default)]
    client_credentials: Option<Linked>,
}

/// Which credentials are linked to, by a link or a list of links (HAL allows both).
#[derive(Default)]
struct Linked {
    secrets: bool,
    keys: bool,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    name: Option<String>,
}

impl Linked {
    fn note(&mut self, link: &Link) {
        self.secrets |= link.name.as_deref() == Some("secrets");
        self.keys |= link.name.as_deref() == Some("jwks");
    }
}

impl<'de> Deserialize<'de> for Linked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Links;

        impl<'de> Visitor<'de> for Links {
            type Value = Linked;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a link or a list of links")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut links: A) -> Result<Linked, A::Error> {
                let mut linked = Linked::default();
                while let Some(link) = links.next_element()? {
                    linked.note(&link);
                }
                Ok(linked)
            }

            fn visit_map<A: MapAccess<'de>>(self, link: A) -> Result<Linked, A::Error> {
                let mut linked = Linked::default();
                linked.note(&Link::deserialize(MapAccessDeserializer::new(link))?);
                Ok(linked)
            }
        }

        deserializer.deserialize_any(Links)
    }
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
    token_endpoint_auth_method: Option<String>,
}

impl From<App> for SeenApp {
    fn from(app: App) -> Self {
        let client = app.credentials.and_then(|credentials| credentials.oauth_client);
        let (shown_id, method) = client.map_or((None, None), |c| (c.client_id, c.token_endpoint_auth_method));
        let method = method.map(|method| sanitize(&method, 64)).filter(|method| !method.is_empty());
        let linked = app.links.and_then(|links| links.client_credentials).unwrap_or_default();
        let holds = match linked {
            Linked { secrets: true, .. } => Holds::Secrets,
            Linked { keys: true, .. } => Holds::Keys,
            _ => Holds::Nothing,
        };
        let id = sanitize(&app.id, 64);
        // At most 100 characters at Okta, and no control characters: one that this changes is no client's.
        let shown_id = shown_id.map(|id| sanitize(&id, 128)).filter(|id| !id.is_empty());
        let client_id_hidden = shown_id.is_none() && (method.is_some() || holds != Holds::Nothing);
        // One without a label is called by its id: everything here shows apps by their labels.
        let label = app.label.map(|label| sanitize(&label, 128)).filter(|label| !label.trim().is_empty());
        Self {
            label: label.unwrap_or_else(|| id.clone()),
            client_id: shown_id.unwrap_or_else(|| if client_id_hidden { id.clone() } else { String::new() }),
            client_id_hidden,
            auth_method: method.as_deref().map_or(AuthMethod::Hidden, AuthMethod::of),
            method_name: method.unwrap_or_default(),
            sign_on: sanitize(&app.sign_on_mode.unwrap_or_default(), 64),
            holds,
            status: sanitize(&app.status.unwrap_or_default(), 32),
            redirect_uri: app.settings.and_then(|settings| settings.oauth_client?.redirect_uri()),
            id,
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
        // Some of Okta's APIs mask values (`***MQGQ`). A secret has 14 to 100 characters of printable ASCII; there is room
        // for longer ones, and none for what would leave its place in a file or on a screen.
        let shown = |value: &SecretValue| {
            let value = value.expose();
            (14..=1_000).contains(&value.len())
                && value.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
                && !value.starts_with("***")
        };
        Self {
            id: sanitize(&secret.id, 64),
            active: secret.status == Status::Active,
            value: secret.value.filter(shown),
            hash: secret.hash.map(|hash| sanitize(&hash, 64)),
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

/// What the token endpoint grants.
#[derive(Deserialize)]
pub struct Granted {
    /// The token.
    #[serde(with = "exposed")]
    pub access_token: SecretValue,
    /// `Bearer`, or `DPoP` for one that is bound to a key.
    pub token_type: String,
    /// For how many seconds it is good.
    pub expires_in: u32,
    /// The scopes that it has.
    #[serde(default)]
    pub scope: Option<String>,
}
