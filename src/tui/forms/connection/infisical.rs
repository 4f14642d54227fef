//! What is asked for Infisical.

use super::ask::{Ask, Asked, CA, Kind};
use super::field;
use crate::core::connection::App;

/// All of it.
pub const ASKED: Asked = Asked {
    app: App::Infisical,
    label: "Infisical",
    address: field::ADDRESS,
    address_help: "Empty: Infisical's own cloud, https://app.infisical.com. Otherwise https://eu.infisical.com, or your own server's.",
    has_address: true,
    ways: &[("universal-auth", "Universal auth")],
    way_help: "",
    asks: &[
        Ask {
            key: field::CLIENT_ID,
            of: &[],
            help: "Of a machine identity's Universal Auth, at Access Control > Identities. It needs a role in the project.",
            kind: Kind::Text {
                known: |row| row.credentials.client_id.as_deref(),
                usual: "",
                slot: |body| &mut body.client_id,
            },
        },
        Ask {
            key: field::CLIENT_SECRET,
            of: &[],
            help: "One of its client secrets, which Infisical shows once: when it is made, on the same page.",
            kind: Kind::Secret { word: "client secret", slot: |body| &mut body.client_secret },
        },
        CA,
    ],
};
