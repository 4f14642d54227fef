//! What is asked for a region of AWS.

use super::ask::{Ask, Asked, CA, Kind};
use super::field;
use crate::core::connection::App;
use crate::core::connection::aws::EKS_TOKEN;

/// All of it.
pub const ASKED: Asked = Asked {
    app: App::Aws,
    label: "AWS",
    address: field::ADDRESS,
    address_help: "Empty: AWS's own of the region. Otherwise an endpoint of your own, such as a VPC endpoint's.",
    has_address: true,
    ways: &[(KEY, "Access key"), ("instance-profile", "Machine's role"), (WEB, "Web identity")],
    way_help: "An access key of a user; the role of the machine, the task or the pod that the engine runs on; or a token that \
               stands for a role, as EKS gives service accounts. The last two keep no secret.",
    asks: &[
        Ask {
            key: field::REGION,
            of: &[],
            help: "Where the secrets are, such as eu-central-1.",
            kind: Kind::Text {
                known: |row| row.credentials.region.as_deref(),
                usual: "",
                slot: |body| &mut body.region,
            },
        },
        Ask {
            key: field::ACCESS_KEY_ID,
            of: &[KEY],
            help: "AKIA…, from IAM > Users > Security credentials; ASIA… where it is temporary.",
            kind: Kind::Text {
                known: |row| row.credentials.access_key_id.as_deref(),
                usual: "",
                slot: |body| &mut body.access_key_id,
            },
        },
        Ask {
            key: field::SECRET_ACCESS_KEY,
            of: &[KEY],
            help: "What AWS shows once, when the key is made.",
            kind: Kind::Secret { word: "access key", slot: |body| &mut body.secret_access_key },
        },
        Ask {
            key: field::SESSION_TOKEN,
            of: &[KEY],
            help: "Of a temporary key alone, which ends within hours. Optional.",
            kind: Kind::Secret { word: "session token", slot: |body| &mut body.session_token },
        },
        Ask {
            key: field::ROLE_ARN,
            of: &[WEB],
            help: "The role that the token is for, such as arn:aws:iam::111122223333:role/windlass.",
            kind: Kind::Text {
                known: |row| row.credentials.role_arn.as_deref(),
                usual: "",
                slot: |body| &mut body.role_arn,
            },
        },
        Ask {
            key: field::WEB_TOKEN,
            of: &[WEB],
            help: "The file with the token, on the engine's machine, as AWS_WEB_IDENTITY_TOKEN_FILE names it.",
            kind: Kind::Text {
                known: |row| row.credentials.jwt_file.as_deref(),
                usual: EKS_TOKEN,
                slot: |body| &mut body.jwt_file,
            },
        },
        Ask {
            key: field::ASSUMED,
            of: &[],
            help: "A role that is assumed then, by its ARN: where the secrets are another account's. Optional.",
            kind: Kind::Text {
                known: |row| row.credentials.assume_role_arn.as_deref(),
                usual: "",
                slot: |body| &mut body.assume_role_arn,
            },
        },
        Ask {
            key: field::EXTERNAL_ID,
            of: &[],
            help: "The external ID that the role's trust policy requires (sts:ExternalId). Optional.",
            kind: Kind::Text {
                known: |row| row.credentials.external_id.as_deref(),
                usual: "",
                slot: |body| &mut body.external_id,
            },
        },
        CA,
    ],
};

const KEY: &str = "access-key";
const WEB: &str = "web-identity";
