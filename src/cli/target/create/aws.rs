//! Places at AWS, from options.

use clap::Args;

use super::{After, Common};
use crate::cli::completions::connections;
use crate::engine::request::ConfigBody;

/// A secret of Secrets Manager.
#[derive(Clone, Debug, Args)]
pub struct Secret {
    /// The connection to the region, by name or id
    #[arg(long, add = connections())]
    pub connection: String,
    /// The secret's name or ARN; it is made where it is not there, and keys that others have in it stay
    #[arg(long = "secret-name", value_name = "NAME")]
    at: String,
    /// It holds one value alone, and no JSON object with keys
    #[arg(long)]
    plain: bool,
    /// KMS key that it is made with: id, ARN or alias [default: aws/secretsmanager]
    #[arg(long, value_name = "KEY")]
    kms_key_id: Option<String>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub after: After,
}

impl Secret {
    /// What it says of the place.
    pub fn config(&self) -> ConfigBody {
        ConfigBody {
            secret_name: Some(self.at.clone()),
            plain: self.plain.then_some(true),
            kms_key_id: self.kms_key_id.clone(),
            ..ConfigBody::default()
        }
    }
}

/// Parameters of Systems Manager.
#[derive(Clone, Debug, Args)]
pub struct Parameters {
    /// The connection to the region, by name or id
    #[arg(long, add = connections())]
    pub connection: String,
    /// The path that they are below: /apps/pay has /apps/pay/OKTA_CLIENT_SECRET
    #[arg(long)]
    path: String,
    /// KMS key that they are encrypted with: id, ARN or alias [default: aws/ssm]
    #[arg(long, value_name = "KEY")]
    kms_key_id: Option<String>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub after: After,
}

impl Parameters {
    /// What it says of the place.
    pub fn config(&self) -> ConfigBody {
        ConfigBody { path: Some(self.path.clone()), kms_key_id: self.kms_key_id.clone(), ..ConfigBody::default() }
    }
}
