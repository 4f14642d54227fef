//! The kinds of places that credentials are delivered to.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::unit::Units;
use super::workload::Workload;
use crate::core::connection::App;
use crate::core::format::Format as Pairs;

/// A place. Its tag is the peer's word for the kind, as the API has it in its paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind")]
pub enum Destination {
    /// A file on this machine, all of which is ours.
    File(File),
    /// A secret of HashiCorp Vault or OpenBao, in which others may have keys as well.
    HashicorpVault(Kv),
    /// A Secret of Kubernetes, in which others may have keys as well.
    Kubernetes(Object),
    /// A secret of AWS Secrets Manager, in which others may have keys as well.
    AwsSecretsManager(SecretsManager),
    /// Parameters of AWS Systems Manager below a path: one for each key.
    AwsParameterStore(ParameterStore),
    /// A folder of Infisical, in which each key is a secret, beside those of others.
    Infisical(Folder),
    /// A command that takes the credentials on stdin as JSON. What it did with them cannot be read back.
    Command {
        /// The program, and its arguments.
        argv: Vec<String>,
    },
    /// Credentials of systemd units, which fetch them at their start. Nothing is written anywhere.
    Credential {
        /// The units that get them.
        unit: Units,
    },
}

/// A secret of a KV version 2 engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kv {
    /// Where the engine is mounted, without slashes at its ends.
    pub mount: String,
    /// The secret's path in it, likewise.
    pub path: String,
}

/// A Secret of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Object {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What is restarted in that namespace once it has a new version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restart: Vec<Workload>,
}

/// A secret of AWS Secrets Manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretsManager {
    /// Its name, or its ARN.
    pub secret_name: String,
    /// It is one value alone, and no JSON object with keys.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
    /// The KMS key that it is made with; the account's own where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
}

impl SecretsManager {
    /// Its name without what an ARN adds to it: before it region and account, after it six characters that AWS chose.
    pub fn name(&self) -> &str {
        let name =
            self.secret_name.strip_prefix("arn:").and_then(|arn| arn.split_once(":secret:")).map(|(_, name)| name);
        name.map_or(self.secret_name.as_str(), |name| {
            name.rsplit_once('-').filter(|(_, end)| end.len() == 6).map_or(name, |(name, _)| name)
        })
    }

    /// The account in its ARN.
    pub fn account(&self) -> Option<&str> {
        self.secret_name.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(3))
    }
}

/// Parameters of AWS Systems Manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParameterStore {
    /// The path that they are below, with a slash at its beginning and none at its end.
    pub path: String,
    /// The KMS key that they are encrypted with; the account's own where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
}

/// A folder of Infisical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// The project's id.
    pub project: String,
    /// The environment's slug.
    pub environment: String,
    /// The folder, from the root: `/apps/pay`.
    pub path: String,
}

/// A file on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its absolute path.
    pub path: PathBuf,
    /// How the credentials are written.
    pub format: Format,
    /// The text that they are filled into, with [`Format::Template`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Its owner, by name or number; the engine's own user where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its group, by name or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Who may read it: the mode's bits.
    #[serde(default = "private")]
    pub mode: u32,
    /// It is written where it lies, and not replaced: for a file that is mounted into a container by itself. A reader may see
    /// half of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_place: bool,
}

/// What only the owner reads and writes.
fn private() -> u32 {
    0o600
}

/// How credentials are written into a file. In JSON it is a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Format {
    /// All of them, as `windlass export` writes them.
    Pairs(Pairs),
    /// One value alone, without a line break.
    Value,
    /// A text of one's own.
    Template,
}

impl Default for Format {
    fn default() -> Self {
        Self::Pairs(Pairs::Dotenv)
    }
}

impl Format {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Pairs::ALL.into_iter().map(Self::Pairs).chain([Self::Value, Self::Template])
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pairs(pairs) => pairs.name(),
            Self::Value => "value",
            Self::Template => "template",
        }
    }

    /// One by its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name)
    }
}

impl From<Format> for String {
    fn from(format: Format) -> Self {
        format.name().to_owned()
    }
}

impl TryFrom<String> for Format {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::named(&name).ok_or_else(|| format!("no format {name}"))
    }
}

impl Destination {
    /// The kind, as commands and the API call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::HashicorpVault(_) => "hashicorp-vault",
            Self::Kubernetes(_) => "kubernetes",
            Self::AwsSecretsManager(_) => "aws-secrets-manager",
            Self::AwsParameterStore(_) => "aws-parameter-store",
            Self::Infisical(_) => "infisical",
            Self::Command { .. } => "command",
            Self::Credential { .. } => "credential",
        }
    }

    /// The app of the connection that it is reached through; `None` for what is on this machine.
    pub fn app(&self) -> Option<App> {
        match self {
            Self::File(_) | Self::Command { .. } | Self::Credential { .. } => None,
            Self::HashicorpVault(_) => Some(App::HashicorpVault),
            Self::Kubernetes(_) => Some(App::Kubernetes),
            Self::AwsSecretsManager(_) | Self::AwsParameterStore(_) => Some(App::Aws),
            Self::Infisical(_) => Some(App::Infisical),
        }
    }

    /// Whether it is on this machine, and runs code or writes files as the engine's user.
    pub fn is_local(&self) -> bool {
        self.app().is_none()
    }

    /// Whether what stands there cannot be read.
    pub fn is_blind(&self) -> bool {
        matches!(self, Self::Command { .. })
    }

    /// The units that fetch it, where nothing is brought to it: who has what is known by their fetches alone.
    pub fn units(&self) -> Option<&Units> {
        match self {
            Self::Credential { unit } => Some(unit),
            _ => None,
        }
    }

    /// What no two targets may share, besides the connection and the keys.
    pub fn place(&self) -> String {
        match self {
            Self::File(file) => file.path.display().to_string(),
            Self::HashicorpVault(Kv { mount, path }) => format!("{mount}/{path}"),
            Self::Infisical(Folder { project, environment, path }) => format!("{project}/{environment}{path}"),
            Self::Kubernetes(object) => format!("{}/{}", object.namespace, object.name),
            Self::AwsSecretsManager(secret) => secret.secret_name.clone(),
            Self::AwsParameterStore(parameters) => parameters.path.clone(),
            Self::Command { argv } => argv.join(" "),
            Self::Credential { unit } => unit.to_string(),
        }
    }
}

/// The kind and the place.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.place())
    }
}
