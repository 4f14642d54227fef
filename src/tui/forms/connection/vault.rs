//! What is asked for HashiCorp Vault or OpenBao.

use super::ask::{Ask, Asked, CA, Kind};
use super::field;
use crate::core::connection::App;
use crate::core::connection::vault::SERVICE_ACCOUNT;

/// All of it.
pub const ASKED: Asked = Asked {
    app: App::HashicorpVault,
    label: "Vault",
    address: field::ADDRESS,
    address_help: "The server's address, such as https://vault.example.com:8200: of HashiCorp Vault, or of OpenBao.",
    has_address: false,
    ways: &[("token", "Token"), (APP_ROLE, "AppRole"), (POD, "Kubernetes login")],
    way_help: "A token ends one day. AppRole logs in with a secret id that you hand over; a pod of a cluster with its service \
               account's token, and no secret is kept.",
    asks: &[
        Ask {
            key: field::ACCESS_TOKEN,
            of: &["token"],
            help: "Of vault token create, hvs.… or s.…: with a policy for the paths that targets name. A periodic one can be kept alive.",
            kind: Kind::Secret { word: "token", slot: |body| &mut body.access_token },
        },
        Ask {
            key: field::ROLE_ID,
            of: &[APP_ROLE],
            help: "As vault read auth/approle/role/NAME/role-id shows it.",
            kind: Kind::Text {
                known: |row| row.credentials.role_id.as_deref(),
                usual: "",
                slot: |body| &mut body.role_id,
            },
        },
        Ask {
            key: field::SECRET_ID,
            of: &[APP_ROLE],
            help: "As vault write -f auth/approle/role/NAME/secret-id gives it.",
            kind: Kind::Secret { word: "secret id", slot: |body| &mut body.secret_id },
        },
        Ask {
            key: field::APP_ROLE_MOUNT,
            of: &[APP_ROLE],
            help: "Where the auth method is mounted, as vault auth list shows it, without auth/ before it.",
            kind: Kind::Text {
                known: |row| row.credentials.auth_mount.as_deref(),
                usual: "approle",
                slot: |body| &mut body.auth_mount,
            },
        },
        Ask {
            key: field::ROLE,
            of: &[POD],
            help: "The role of the auth method that names this pod's service account, as vault list auth/kubernetes/role shows it.",
            kind: Kind::Text { known: |row| row.credentials.role.as_deref(), usual: "", slot: |body| &mut body.role },
        },
        Ask {
            key: field::TOKEN_FILE,
            of: &[POD],
            help: "The file with the service account's token, on the engine's machine. It is read at each login.",
            kind: Kind::Text {
                known: |row| row.credentials.jwt_file.as_deref(),
                usual: SERVICE_ACCOUNT,
                slot: |body| &mut body.jwt_file,
            },
        },
        Ask {
            key: field::POD_MOUNT,
            of: &[POD],
            help: "Where the auth method is mounted, as vault auth list shows it, without auth/ before it.",
            kind: Kind::Text {
                known: |row| row.credentials.auth_mount.as_deref(),
                usual: "kubernetes",
                slot: |body| &mut body.auth_mount,
            },
        },
        Ask {
            key: field::NAMESPACE,
            of: &[],
            help: "The namespace that all calls are for, such as team/pay. Empty: none.",
            kind: Kind::Text {
                known: |row| row.credentials.namespace.as_deref(),
                usual: "",
                slot: |body| &mut body.namespace,
            },
        },
        CA,
    ],
};

const APP_ROLE: &str = "app-role";
const POD: &str = "kubernetes";
