//! Certificates that a connection is made with: whom it trusts, and what it shows. They are no secrets.

use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::CredentialsBody;
use crate::file::{Links, read_text};

/// More than a file of certificates has.
const LONGEST: u64 = 256 << 10;

/// Files with certificates.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Certificates {
    /// Trust this CA alone there, as PEM; it is kept with the connection ('' for the system's; not for Okta)
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<String>,
    /// Certificate to show to a Kubernetes cluster, as PEM; its key is given with --private-key-file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token_file", "token_stdin", "jwt_file"])]
    pub certificate_file: Option<PathBuf>,
}

impl Certificates {
    /// A request with them.
    pub fn read(&self, credentials: CredentialsBody) -> Result<CredentialsBody, Failure> {
        let ca_certificate = self.ca_file.as_deref().map(|file| text(Path::new(file))).transpose()?;
        let client_certificate = self.certificate_file.as_deref().map(text).transpose()?;
        Ok(CredentialsBody { client_certificate, ca_certificate, ..credentials })
    }
}

fn text(file: &Path) -> Result<String, Failure> {
    if file.as_os_str().is_empty() {
        return Ok(String::new());
    }
    read_text(file, Links::Followed, LONGEST).map_err(|unfit| {
        let message = format!("{}: {unfit}", file.display());
        Refusal::new(Kind::Invalid, message, "name a file of certificates as PEM; nothing was changed").into()
    })
}
