//! How to call AWS, from options and files.

use std::path::PathBuf;

use super::{Wanted, leftover, unseen};
use crate::cli::Failure;
use crate::cli::output::Output;
use crate::core::secret::SecretValue;
use crate::engine::request::CredentialsBody;

/// How to call AWS.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct AwsLogin {
    /// Region of AWS, such as eu-central-1
    #[arg(long)]
    pub region: Option<String>,
    /// Id of an access key (method access-key)
    #[arg(long, value_name = "ID", conflicts_with_all = ["token_file", "token_stdin"])]
    pub access_key_id: Option<String>,
    /// File with the secret access key; - reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_key_stdin", "token_file", "token_stdin"])]
    pub secret_key_file: Option<PathBuf>,
    /// Read the secret access key from stdin
    #[arg(long, conflicts_with_all = ["token_file", "token_stdin"])]
    pub secret_key_stdin: bool,
    /// File with the session token of a temporary key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token_file", "token_stdin"])]
    pub session_token_file: Option<PathBuf>,
    /// Role that the token in --jwt-file is for (method web-identity)
    #[arg(long, value_name = "ARN", conflicts_with_all = ["token_file", "token_stdin", "access_key_id"])]
    pub role_arn: Option<String>,
    /// Role to assume then, with any method; '' for none
    #[arg(long, value_name = "ARN")]
    pub assume_role_arn: Option<String>,
    /// External id that the role's trust policy wants; '' for none
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
}

impl AwsLogin {
    /// Puts it into a request.
    pub async fn read(self, output: &Output, body: CredentialsBody) -> Result<CredentialsBody, Failure> {
        let key = unseen(Wanted::ACCESS_KEY, self.secret_key_file.as_deref(), self.secret_key_stdin, output).await?;
        let token = unseen(Wanted::SESSION_TOKEN, self.session_token_file.as_deref(), false, output).await?;
        let secret = |text: &str| SecretValue::new(text.trim_end_matches(['\r', '\n']));
        Ok(CredentialsBody {
            region: self.region,
            access_key_id: self.access_key_id,
            secret_access_key: key.as_deref().map(|text| secret(text)),
            session_token: token.as_deref().map(|text| secret(text)),
            role_arn: self.role_arn,
            assume_role_arn: self.assume_role_arn,
            external_id: self.external_id,
            ..body
        })
    }

    /// What is to be said once it is in the store.
    pub fn leftover(&self) -> Option<String> {
        leftover(Wanted::ACCESS_KEY, self.secret_key_file.as_deref())
    }

    /// The method that what was given is for.
    pub fn method(&self) -> &'static str {
        if self.role_arn.is_some() { "web-identity" } else { "access-key" }
    }

    /// The options that were given, as they were.
    pub fn options(&self) -> Vec<(&'static str, Option<String>)> {
        let file = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        vec![
            ("region", self.region.clone()),
            ("access-key-id", self.access_key_id.clone()),
            ("secret-key-file", file(&self.secret_key_file)),
            ("session-token-file", file(&self.session_token_file)),
            ("role-arn", self.role_arn.clone()),
            ("assume-role-arn", self.assume_role_arn.clone()),
            ("external-id", self.external_id.clone()),
        ]
    }
}
