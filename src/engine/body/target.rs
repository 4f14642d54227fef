//! What a target is made of, as the API has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::secret::Credential;

/// `POST /api/v1/targets`, and the peer's `POST /api/v1/secret-syncs/{destination}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TargetBody {
    /// The rotation, by id or name.
    pub rotation: String,
    /// Unique within the rotation; made from the kind and the place where there is none.
    pub name: Option<String>,
    /// The kind of place: `file`, `command`, `credential`, `hashicorp-vault`, `kubernetes`, `aws-secrets-manager`,
    /// `aws-parameter-store`, `infisical`.
    pub destination: String,
    /// The connection that it is reached through, by id or name, where it is not on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// The place.
    pub destination_config: ConfigBody,
    /// The names at the place, each with the credential that it holds; the mapped names where there are none.
    pub keys: Option<BTreeMap<String, Credential>>,
    /// Whether an old secret waits for it; true by default.
    pub gates: Option<bool>,
    /// How long after a confirmed delivery the old secret still waits, in seconds.
    pub settle_seconds: Option<u64>,
    /// `restore` or `attend`.
    pub drift: Option<String>,
    /// The command that runs after each delivery: the program, and its arguments.
    pub after: Option<Vec<String>>,
    /// Only say what would happen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// The place: of these fields a kind has its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ConfigBody {
    /// `file`: its absolute path. `hashicorp-vault`: the secret's path in the mount. `aws-parameter-store`: the path that the
    /// parameters are below. `infisical`: the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `file`: `dotenv`, `json`, `yaml`, `value` or `template`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// `file`: the text that the credentials are filled into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// `file`: its owner, by name or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// `file`: its group, by name or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// `file`: its mode in octal, as `0640`; empty for that of a file of which none is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// `file`: it is written where it lies, and not replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_place: Option<bool>,
    /// `hashicorp-vault`: where the KV engine is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    /// `kubernetes`: the Secret's namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `kubernetes`: the Secret's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `kubernetes`: what is restarted in the namespace once it has a new version, as `deployment/pay`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<Vec<String>>,
    /// `infisical`: the project's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `infisical`: the environment's slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// `credential`: the units that get it, with `*` and `?` for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// `aws-secrets-manager`: the secret's name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_name: Option<String>,
    /// `aws-secrets-manager`: it is one value alone, and no JSON object with keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain: Option<bool>,
    /// `aws-secrets-manager` and `aws-parameter-store`: the KMS key that is made or encrypted with; empty for the account's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `command`: the program, and its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argv: Option<Vec<String>>,
}

/// `PATCH /api/v1/targets/{id}`. Absent fields stay. Another place is another target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TargetPatch {
    /// New name.
    pub name: Option<String>,
    /// What is another about the place; its path stays.
    pub destination_config: ConfigBody,
    /// New names at the place, all of them; without any the mapped names again.
    pub keys: Option<BTreeMap<String, Credential>>,
    /// Whether an old secret waits for it.
    pub gates: Option<bool>,
    /// How long after a confirmed delivery the old secret still waits, in seconds.
    pub settle_seconds: Option<u64>,
    /// `restore` or `attend`.
    pub drift: Option<String>,
    /// The command that runs after each delivery; none where it is empty.
    pub after: Option<Vec<String>>,
}

/// `GET /api/v1/targets`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetsQuery {
    /// Only those of this rotation, by id or name.
    pub rotation: Option<String>,
}
