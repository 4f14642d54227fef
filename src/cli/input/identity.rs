//! A machine identity's client secret, and where it comes from.

use std::path::PathBuf;

use super::{Wanted, leftover, unseen};
use crate::cli::Failure;
use crate::cli::output::Output;
use crate::core::secret::SecretValue;

/// A client secret of a machine identity of Infisical; its client id is given with `--client-id`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct IdentitySecret {
    /// File with a client secret of a machine identity of Infisical, whose id is --client-id; - reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["client_secret_stdin", "token_file", "token_stdin"])]
    pub client_secret_file: Option<PathBuf>,
    /// Read the client secret from stdin
    #[arg(long, conflicts_with_all = ["token_file", "token_stdin"])]
    pub client_secret_stdin: bool,
}

impl IdentitySecret {
    /// It, without the end of its line; `None` where none was named.
    pub async fn read(&self, output: &Output) -> Result<Option<SecretValue>, Failure> {
        let text =
            unseen(Wanted::IDENTITY, self.client_secret_file.as_deref(), self.client_secret_stdin, output).await?;
        Ok(text.map(|text| SecretValue::new(text.trim_end_matches(['\r', '\n']))))
    }

    /// What is to be said once it is in the store.
    pub fn leftover(&self) -> Option<String> {
        leftover(Wanted::IDENTITY, self.client_secret_file.as_deref())
    }
}
