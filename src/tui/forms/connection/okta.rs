//! What is asked for an Okta org.

use super::ask::{Ask, Asked, Kind};
use super::field;
use crate::core::connection::App;

/// All of it.
pub const ASKED: Asked = Asked {
    app: App::Okta,
    label: "Okta",
    address: field::INSTANCE_URL,
    address_help: "As the browser shows it after signing in, such as https://acme.okta.com: without -admin, or your own domain.",
    has_address: false,
    ways: &[("api-token", "API token"), (SERVICE, "OAuth service app")],
    way_help: "A service app has only the scopes it is granted. An API token can do whatever its user can, and expires after 30 \
               days without use.",
    asks: &[
        Ask {
            key: field::API_TOKEN,
            of: &["api-token"],
            help: "From Okta's Security > API > Tokens. Its user needs a role that may manage the apps.",
            kind: Kind::Secret { word: "token", slot: |body| &mut body.api_token },
        },
        Ask {
            key: field::CLIENT_ID,
            of: &[SERVICE],
            help: "Of the API services app at Okta, 0oa…: it needs the scopes okta.apps.read and okta.apps.manage, and a role \
                   over the apps.",
            kind: Kind::Text {
                known: |row| row.credentials.client_id.as_deref(),
                usual: "",
                slot: |body| &mut body.client_id,
            },
        },
        Ask {
            key: field::PRIVATE_KEY,
            of: &[SERVICE],
            help: "The private key as PEM (RSA or EC), or as a JWK; pasted with its lines. Its public half is registered at Okta.",
            kind: Kind::Secret { word: "private key", slot: |body| &mut body.private_key },
        },
        Ask {
            key: field::KEY_ID,
            of: &[SERVICE],
            help: "Okta's id of that key (kid), where the key does not bring it along; empty where the app has one key.",
            kind: Kind::Text {
                known: |row| row.key.as_ref()?.key_id.as_deref(),
                usual: "",
                slot: |body| &mut body.key_id,
            },
        },
    ],
};

const SERVICE: &str = "oauth-service-app";
