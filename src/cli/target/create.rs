//! Making a target: a kind with its options, and what all have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Subcommand};

use super::show;
use crate::cli::Failure;
use crate::cli::completions::{connections, rotations};
use crate::cli::context::Context;
use crate::cli::values::Span;
use crate::core::secret::Credential;
use crate::engine::refusal::{Kind as Sort, Refusal};
use crate::engine::request::{ConfigBody, Reply, Request, TargetBody};

mod aws;
mod credential;
mod infisical;
mod kubernetes;

pub use kubernetes::Restart;

/// A template is a config file, and no more.
const LONGEST: u64 = 256 << 10;

/// For which rotation, and of which kind.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass target create payments file --path /run/pay/okta.env --group pay --mode 0640 --after -- systemctl restart pay
  windlass target create payments file --path /etc/pay/okta.json --format json --key id=client-id --key secret=client-secret
  windlass target create payments vault --connection bao --mount secret --path apps/pay --key secret=client-secret
  windlass target create payments kubernetes --connection cluster --namespace pay --secret okta --restart deployment/pay
  windlass target create payments secrets-manager --connection prod-aws --secret-name apps/pay
  windlass target create payments parameter-store --connection prod-aws --path /apps/pay
  windlass target create payments infisical --connection infisical --project ID --environment prod --path /apps/pay
  windlass target create payments command -- /usr/local/bin/push-to-lb
  windlass target create payments credential --unit 'pay@*.service' --after -- systemctl try-restart 'pay@*.service'

It is delivered to at once, and after each rotation; the old secret waits until it has the new one. What is at the place
already is overwritten only where it comes from this rotation: anything else needs `windlass target adopt NAME`.")]
pub struct Create {
    /// The rotation, by name or id
    #[arg(add = rotations())]
    rotation: String,
    /// Where to
    #[command(subcommand)]
    kind: Kind,
}

/// The kinds of places.
#[derive(Clone, Debug, Subcommand)]
enum Kind {
    /// A file on this machine
    File(File),
    /// A secret of HashiCorp Vault or OpenBao (KV version 2)
    #[command(alias = "hashicorp-vault")]
    Vault(Vault),
    /// A Secret of Kubernetes
    Kubernetes(kubernetes::Kubernetes),
    /// A secret of AWS Secrets Manager
    #[command(alias = "aws-secrets-manager")]
    SecretsManager(aws::Secret),
    /// Parameters of AWS Systems Manager: one for each key
    #[command(alias = "aws-parameter-store")]
    ParameterStore(aws::Parameters),
    /// Secrets in a folder of Infisical
    Infisical(infisical::Infisical),
    /// A command that takes the credentials on stdin, as JSON
    Command(Run),
    /// Credentials that systemd fetches for units at their start (LoadCredential=)
    Credential(credential::Credential),
}

/// A file.
#[derive(Clone, Debug, Args)]
struct File {
    /// Its path; its directory has to be there
    #[arg(long)]
    path: String,
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    after: After,
}

/// What runs after a delivery.
#[derive(Clone, Debug, Args)]
pub struct After {
    /// Run what follows -- after each delivery, for instance to restart a service
    #[arg(long, requires = "command")]
    after: bool,
    /// The command
    #[arg(last = true, value_name = "COMMAND", requires = "after")]
    command: Vec<String>,
}

impl After {
    /// The command, where there is one.
    pub fn command(self) -> Option<Vec<String>> {
        Some(self.command).filter(|command| !command.is_empty())
    }
}

/// A secret of Vault.
#[derive(Clone, Debug, Args)]
struct Vault {
    /// The connection to it, by name or id
    #[arg(long, add = connections())]
    connection: String,
    /// Where the KV engine is mounted
    #[arg(long)]
    mount: String,
    /// The secret's path in it; what others have there stays
    #[arg(long)]
    path: String,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    after: After,
}

/// How a file looks.
#[derive(Clone, Debug, Args)]
pub struct Look {
    /// How the credentials are written [default: dotenv]
    #[arg(long, value_parser = ["dotenv", "docker", "shell", "json", "yaml", "systemd", "value", "template"])]
    format: Option<String>,
    /// Fill the credentials into this text: {{ clientId }}, {{ clientSecret }}, {{ rotation }}, {{ version }}, each with the
    /// filters json, shell, url, base64
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Its owner [default: the engine's user]
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Its group
    #[arg(long)]
    group: Option<String>,
    /// Its mode in octal [default: 0600]
    #[arg(long)]
    mode: Option<String>,
    /// Write it where it lies instead of replacing it: for a file that is mounted into a container by itself
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    in_place: Option<bool>,
}

impl Look {
    /// Whether something is said.
    pub fn is_empty(&self) -> bool {
        let Self { format, template, owner, group, mode, in_place } = self;
        format.is_none()
            && template.is_none()
            && owner.is_none()
            && group.is_none()
            && mode.is_none()
            && in_place.is_none()
    }

    /// What the API has for it.
    pub fn config(self, path: Option<String>) -> Result<ConfigBody, Failure> {
        let Self { format, template, owner, group, mode, in_place } = self;
        let template = template.map(|file| read(&file)).transpose()?;
        Ok(ConfigBody { path, format, template, owner, group, mode, in_place, ..ConfigBody::default() })
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let text = crate::file::read_text(file, crate::file::Links::Followed, LONGEST);
    text.map_err(|unfit| {
        let message = format!("{}: {unfit}", file.display());
        Refusal::new(Sort::Invalid, message, "name a template of at most 256 KiB; nothing was changed").into()
    })
}

/// The path from the root: the engine may run elsewhere.
fn whole(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
}

/// A command.
#[derive(Clone, Debug, Args)]
struct Run {
    #[command(flatten)]
    common: Common,
    /// The program, and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    argv: Vec<String>,
}

/// What all kinds have.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The target's name [default: from its kind]
    #[arg(long)]
    name: Option<String>,
    /// A name at the place and what it holds: client-id or client-secret; several in a row [default: the mapped names]
    #[arg(long = "key", value_name = "NAME=WHAT")]
    keys: Vec<Key>,
    /// Whether the old secret waits until this has the new one [default: true]
    #[arg(long, value_name = "BOOL", conflicts_with = "no_gate")]
    gate: Option<bool>,
    /// The same as --gate false
    #[arg(long)]
    no_gate: bool,
    /// Let the old secret wait this much longer once this has the new one, such as 1h
    #[arg(long, value_name = "SPAN")]
    settle: Option<Span>,
    /// What to do where others change what was delivered
    #[arg(long, value_parser = ["restore", "attend"])]
    drift: Option<String>,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
}

/// A name at the place, and what it holds.
#[derive(Clone, Debug)]
pub struct Key(String, Credential);

impl FromStr for Key {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, what) = text.rsplit_once('=').ok_or("is NAME=client-id or NAME=client-secret")?;
        let credential = match what.trim() {
            "client-id" | "clientId" => Credential::ClientId,
            "client-secret" | "clientSecret" => Credential::ClientSecret,
            _ => return Err("holds client-id or client-secret"),
        };
        Ok(Self(name.trim().to_owned(), credential))
    }
}

/// All names, where there are some.
pub fn keys(typed: Vec<Key>) -> Option<BTreeMap<String, Credential>> {
    (!typed.is_empty()).then(|| typed.into_iter().map(|Key(name, holds)| (name, holds)).collect())
}

/// Makes it, and waits for its first delivery.
pub async fn run(ctx: &Context, args: Create) -> Result<(), Failure> {
    let reply = ctx.call(Request::TargetCreate(Box::new(body(args)?))).await?;
    match &reply {
        Reply::TargetPlan { .. } => show::plan(ctx, &reply),
        Reply::Target { secret_sync } => show::delivered(ctx, &secret_sync.id.to_string()).await,
        _ => Err(Failure::odd_reply()),
    }
}

/// The request for it.
fn body(args: Create) -> Result<TargetBody, Failure> {
    let Create { rotation, kind } = args;
    let mut connection_id = None;
    let (destination, config, common, after) = match kind {
        Kind::File(File { path, look, common, after }) => {
            ("file", look.config(Some(whole(&path)))?, common, after.command())
        }
        Kind::Vault(Vault { connection, mount, path, common, after }) => {
            connection_id = Some(connection);
            let config = ConfigBody { mount: Some(mount), path: Some(path), ..ConfigBody::default() };
            ("hashicorp-vault", config, common, after.command())
        }
        Kind::Kubernetes(object) => {
            let (connection, config, common, after) = object.parts();
            connection_id = Some(connection);
            ("kubernetes", config, common, after)
        }
        Kind::SecretsManager(secret) => {
            let config = secret.config();
            connection_id = Some(secret.connection);
            ("aws-secrets-manager", config, secret.common, secret.after.command())
        }
        Kind::ParameterStore(parameters) => {
            let config = parameters.config();
            connection_id = Some(parameters.connection);
            ("aws-parameter-store", config, parameters.common, parameters.after.command())
        }
        Kind::Infisical(folder) => {
            let (connection, config, common, after) = folder.parts();
            connection_id = Some(connection);
            ("infisical", config, common, after)
        }
        Kind::Command(Run { common, argv }) => {
            ("command", ConfigBody { argv: Some(argv), ..ConfigBody::default() }, common, None)
        }
        Kind::Credential(args) => ("credential", args.config(), args.common, args.after.command()),
    };
    Ok(TargetBody {
        rotation,
        name: common.name,
        destination: destination.into(),
        connection_id,
        destination_config: config,
        keys: keys(common.keys),
        gates: common.gate.or_else(|| common.no_gate.then_some(false)),
        settle_seconds: common.settle.map(|span| span.0),
        drift: common.drift,
        after,
        dry_run: common.dry_run,
    })
}

#[cfg(test)]
mod tests;
