//! Files that a command reads for the engine: tokens and request bodies, `-` meaning stdin.
//!
//! A token is read here and nowhere else, and never from an argument: arguments are in `ps` and in histories.

use std::io::{self, IsTerminal};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};
use zeroize::Zeroizing;

use super::Failure;
use super::ask;
use super::output::Output;
use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{CredentialsBody, RotationBody};
use crate::file::Unfit;
use crate::file::input::{Handed, take};
use crate::text;

mod aws;

pub use aws::AwsLogin;
mod identity;

pub use identity::IdentitySecret;

/// More than any token has; a wrong file is noticed before it is read.
const TOKEN: u64 = 64 << 10;
/// More than any request body has.
const BODY: u64 = 1 << 20;
/// More than a list of all rotations of an org has.
const DOCUMENT: u64 = 8 << 20;

/// Where a token comes from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct TokenSource {
    /// File with the token; - reads stdin (never an argument: those are in `ps`)
    #[arg(long, value_name = "FILE", conflicts_with = "token_stdin")]
    pub token_file: Option<PathBuf>,
    /// Read the token from stdin
    #[arg(long)]
    pub token_stdin: bool,
}

impl TokenSource {
    /// The token, without the end of its line; `None` where none was named.
    pub async fn read(&self, output: &Output) -> Result<Option<SecretValue>, Failure> {
        let text = unseen(Wanted::TOKEN, self.token_file.as_deref(), self.token_stdin, output).await?;
        let Some(text) = text else { return Ok(None) };
        if text.trim().is_empty() {
            return Err(invalid("the token is empty", "give the file with the token in it; nothing was changed").into());
        }
        Ok(Some(SecretValue::new(text.trim_end_matches(['\r', '\n']))))
    }

    /// What is to be said once it is in the store.
    pub fn leftover(&self) -> Option<String> {
        leftover(Wanted::TOKEN, self.token_file.as_deref())
    }
}

/// A service app's key, and where it comes from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct KeySource {
    /// Client id of an API service app (0oa…), instead of an API token; or of a machine identity of Infisical
    #[arg(long, value_name = "ID", conflicts_with_all = ["token_file", "token_stdin"])]
    pub client_id: Option<String>,
    /// File with the app's private key, as PEM or as a JWK; - reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["private_key_stdin", "token_file", "token_stdin"])]
    pub private_key_file: Option<PathBuf>,
    /// Read the private key from stdin
    #[arg(long, conflicts_with_all = ["token_file", "token_stdin"])]
    pub private_key_stdin: bool,
    /// Okta's id of that key; a JWK may bring it along
    #[arg(long, value_name = "KID", conflicts_with_all = ["token_file", "token_stdin"])]
    pub key_id: Option<String>,
}

impl KeySource {
    /// The private key; `None` where none was named. Whether it is one is the engine's to say.
    pub async fn read(&self, output: &Output) -> Result<Option<SecretValue>, Failure> {
        let text = unseen(Wanted::KEY, self.private_key_file.as_deref(), self.private_key_stdin, output).await?;
        Ok(text.map(|text| SecretValue::new(text.as_str())))
    }

    /// What is to be said once it is in the store.
    pub fn leftover(&self) -> Option<String> {
        leftover(Wanted::KEY, self.private_key_file.as_deref())
    }

    /// Whether anything of it was given.
    pub fn some(&self) -> bool {
        self.client_id.is_some() || self.key_id.is_some() || self.private_key_file.is_some() || self.private_key_stdin
    }
}

/// How to log in at HashiCorp Vault or OpenBao without a token of one's own.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct VaultLogin {
    /// Vault namespace; '' for none
    #[arg(long)]
    pub namespace: Option<String>,
    /// Where Vault's auth method is mounted (approle, kubernetes)
    #[arg(long, value_name = "MOUNT")]
    pub auth_mount: Option<String>,
    /// Role id to log in with (method app-role)
    #[arg(long, value_name = "ID", conflicts_with_all = ["token_file", "token_stdin"])]
    pub role_id: Option<String>,
    /// File with the role's secret id; - reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["secret_id_stdin", "token_file", "token_stdin"])]
    pub secret_id_file: Option<PathBuf>,
    /// Read the secret id from stdin
    #[arg(long, conflicts_with_all = ["token_file", "token_stdin"])]
    pub secret_id_stdin: bool,
    /// Role to log in as (method kubernetes)
    #[arg(long, conflicts_with_all = ["token_file", "token_stdin", "role_id"])]
    pub role: Option<String>,
    /// File with the service account's token; it is read at each login
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token_file", "token_stdin", "role_id"])]
    pub jwt_file: Option<String>,
}

impl VaultLogin {
    /// What of it goes into a request.
    pub async fn read(self, output: &Output) -> Result<CredentialsBody, Failure> {
        let text = unseen(Wanted::SECRET_ID, self.secret_id_file.as_deref(), self.secret_id_stdin, output).await?;
        Ok(CredentialsBody {
            namespace: self.namespace,
            auth_mount: self.auth_mount,
            role_id: self.role_id,
            secret_id: text.map(|text| SecretValue::new(text.trim_end_matches(['\r', '\n']))),
            role: self.role,
            jwt_file: self.jwt_file,
            ..CredentialsBody::default()
        })
    }

    /// What is to be said once it is in the store.
    pub fn leftover(&self) -> Option<String> {
        leftover(Wanted::SECRET_ID, self.secret_id_file.as_deref())
    }
}

/// Where the value of an adopted secret comes from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ValueSource {
    /// Read the adopted secret's value from a file, where the connection's role does not show it; - reads stdin
    #[arg(long, value_name = "FILE", requires = "adopt", conflicts_with = "secret_stdin")]
    pub secret_file: Option<PathBuf>,
    /// Read it from stdin
    #[arg(long, requires = "adopt")]
    pub secret_stdin: bool,
}

impl ValueSource {
    /// The value, without the end of its line; `None` where none was named.
    pub async fn read(&self, output: &Output) -> Result<Option<SecretValue>, Failure> {
        let text = unseen(Wanted::SECRET, self.secret_file.as_deref(), self.secret_stdin, output).await?;
        Ok(text.map(|text| SecretValue::new(text.trim_end_matches(['\r', '\n']))))
    }

    /// What is to be said once it is in the store.
    pub fn leftover(&self) -> Option<String> {
        leftover(Wanted::SECRET, self.secret_file.as_deref())
    }
}

/// A credential stays in the file that it was read from, which a pipe or a descriptor does not leave behind, and neither
/// does a directory in which nothing can be removed.
fn leftover(wanted: Wanted, path: Option<&Path>) -> Option<String> {
    let path = path.filter(|path| std::fs::metadata(path).is_ok_and(|meta| meta.is_file()))?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(dir, AccessFlags::W_OK).ok()?;
    Some(text::leftover(wanted.what, &path.display().to_string()))
}

/// What is read, and how its options are called.
#[derive(Clone, Copy)]
struct Wanted {
    what: &'static str,
    option: &'static str,
}

impl Wanted {
    const TOKEN: Self = Self { what: "token", option: "token" };
    const SECRET: Self = Self { what: "client secret", option: "secret" };
    const SECRET_ID: Self = Self { what: "secret id", option: "secret-id" };
    const ACCESS_KEY: Self = Self { what: "secret access key", option: "secret-key" };
    const SESSION_TOKEN: Self = Self { what: "session token", option: "session-token" };
    const IDENTITY: Self = Self { what: "client secret", option: "client-secret" };
    const KEY: Self = Self { what: "private key", option: "private-key" };
}

/// A text that no one else is to see, from a file or from stdin.
async fn unseen(
    wanted: Wanted,
    path: Option<&Path>,
    stdin: bool,
    output: &Output,
) -> Result<Option<Zeroizing<String>>, Failure> {
    let Wanted { what, .. } = wanted;
    let bytes = match path {
        _ if stdin => piped(wanted).await?,
        Some(path) if path.as_os_str() == "-" => piped(wanted).await?,
        Some(path) => {
            let (bytes, open) = file(path, TOKEN).await?;
            if open {
                output.warn(format!("others may read {0}; `chmod 600 {0}` keeps the {what} yours", path.display()));
            }
            bytes
        }
        None => return Ok(None),
    };
    let refused = |_| invalid(&format!("the {what} is not text"), &format!("give the file with the {what}"));
    Ok(Some(Zeroizing::new(str::from_utf8(&bytes).map_err(refused)?.to_owned())))
}

/// A file or stdin, and how to call it where something is wrong with it.
pub async fn document(path: &Path) -> Result<(String, Zeroizing<Vec<u8>>), Failure> {
    if path.as_os_str() == "-" {
        return Ok(("stdin".into(), stdin(DOCUMENT).await?));
    }
    Ok((path.display().to_string(), file(path, DOCUMENT).await?.0))
}

/// The API's own request body, from a file or stdin.
pub async fn rotation_body(path: &Path) -> Result<RotationBody, Failure> {
    let stdin_named = path.as_os_str() == "-";
    let bytes = if stdin_named { stdin(BODY).await? } else { file(path, BODY).await?.0 };
    let name = if stdin_named { "stdin".into() } else { path.display().to_string() };
    let body = crate::api::body::read_rotation(&bytes).map_err(|refusal| {
        let hint =
            "nothing was changed; it takes the body that the API takes; see `windlass rotation create --help` for one";
        invalid(&format!("{name} is not a request to create a rotation: {}", refusal.problem.what()), hint)
    })?;
    Ok(body)
}

/// A secret from a pipe. Typed on a terminal it would be shown, and bastions record sessions.
async fn piped(Wanted { what, option }: Wanted) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    if io::stdin().is_terminal() {
        let hint = format!("give --{option}-file FILE, or pipe it in with --{option}-stdin; nothing was changed");
        return Err(invalid(&format!("stdin is a terminal, which would show the {what} as it is typed"), &hint));
    }
    stdin(TOKEN).await
}

async fn stdin(limit: u64) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let bytes = ask::stdin(limit + 1).await;
    let bytes = bytes.map_err(|error| invalid(&format!("stdin cannot be read: {error}"), "nothing was changed"))?;
    bounded(Zeroizing::new(bytes), limit, "stdin")
}

/// A file, and whether others than its owner can read it. It may be a pipe that someone has yet to write to, so that
/// Ctrl-C must end the wait here too.
async fn file(path: &Path, limit: u64) -> Result<(Zeroizing<Vec<u8>>, bool), Refusal> {
    let place = path.to_owned();
    let read = move || take(&place, limit);
    let done = ask::aside(read).await.unwrap_or_else(|| Err(io::Error::other("the reader ended early").into()));
    let Handed { bytes, meta } = done.map_err(|unfit| match unfit {
        Unfit::Long { .. } | Unfit::Holes(_) | Unfit::Endless(_) => too_large(&path.display().to_string(), limit),
        other => {
            let message = format!("{} cannot be read: {other}", path.display());
            invalid(&message, "name a file that you can read; nothing was changed")
        }
    })?;
    Ok((bytes, meta.is_file() && meta.mode() & 0o044 != 0))
}

fn bounded(bytes: Zeroizing<Vec<u8>>, limit: u64, name: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    if bytes.len() as u64 > limit { Err(too_large(name, limit)) } else { Ok(bytes) }
}

fn too_large(name: &str, limit: u64) -> Refusal {
    invalid(&format!("{name} is larger than {limit} bytes"), "give the right file; nothing was changed")
}

fn invalid(message: &str, hint: &str) -> Refusal {
    Refusal::new(Kind::Invalid, message, hint)
}
