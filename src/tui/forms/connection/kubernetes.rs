//! What is asked for a Kubernetes cluster.

use super::ask::{Ask, Asked, CA, Kind};
use super::field;
use crate::core::connection::App;
use crate::core::connection::vault::SERVICE_ACCOUNT;

/// All of it.
pub const ASKED: Asked = Asked {
    app: App::Kubernetes,
    label: "Kubernetes",
    address: field::ADDRESS,
    address_help: "The API server's address, as kubectl cluster-info shows it; in a pod https://kubernetes.default.svc.",
    has_address: false,
    ways: &[("token", "Token"), (POD, "Service account"), (CERTIFICATE, "Certificate")],
    way_help: "A token that you hand over; the token of a pod's service account, which the cluster renews in its file; or a client \
               certificate with its key.",
    asks: &[
        Ask {
            key: field::ACCESS_TOKEN,
            of: &["token"],
            help: "Of kubectl create token NAME, for a service account whose role may read and write the Secrets.",
            kind: Kind::Secret { word: "token", slot: |body| &mut body.access_token },
        },
        Ask {
            key: field::TOKEN_FILE,
            of: &[POD],
            help: "The file with the service account's token, on the engine's machine. It is read at each call.",
            kind: Kind::Text {
                known: |row| row.credentials.jwt_file.as_deref(),
                usual: SERVICE_ACCOUNT,
                slot: |body| &mut body.jwt_file,
            },
        },
        Ask {
            key: field::CERTIFICATE_FILE,
            of: &[CERTIFICATE],
            help: "A file with the client certificate as PEM. In a kubeconfig it is client-certificate. Empty in an edit: as it is.",
            kind: Kind::File(|body| &mut body.client_certificate),
        },
        Ask {
            key: field::PRIVATE_KEY,
            of: &[CERTIFICATE],
            help: "The certificate's private key as PEM, pasted with its lines. In a kubeconfig it is client-key.",
            kind: Kind::Secret { word: "private key", slot: |body| &mut body.private_key },
        },
        CA,
    ],
};

const POD: &str = "service-account";
const CERTIFICATE: &str = "client-certificate";
