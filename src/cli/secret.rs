//! `windlass secret`: what consumers read.

use clap::{Args, Subcommand};

use super::Failure;
use super::ask::consent;
use super::completions::{environments, paths, secrets};
use super::context::Context;
use super::fetch::Fetch;
use super::output::table::{Table, Way};
use super::output::when;
use crate::core::protocol::plan::Plan;
use crate::core::secret::Credential;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::command::option;
use crate::engine::request::{FolderQuery, Reply, Request, VersionQuery};
use crate::engine::view::SecretRow;
use crate::text::shell_word;

/// What can be done with secrets.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Names and versions, without values
    List {
        /// Only this environment
        #[arg(long, add = environments())]
        environment: Option<String>,
        /// Only this folder
        #[arg(long, add = paths())]
        path: Option<String>,
    },
    /// The bare value and a newline
    #[command(after_long_help = "Examples:
  windlass secret get OKTA_CLIENT_SECRET --environment prod
  curl -u \"$CLIENT_ID:$(windlass secret get OKTA_CLIENT_SECRET)\" …

An old secret is kept until its successor is fetched. A read counts as fetched where neither stdin, stdout nor stderr is
a terminal, or with --as; never with --peek, --reveal or --read-only.")]
    Get {
        #[command(flatten)]
        which: Which,
        /// Print it on a terminal too: whoever records the session records the value
        #[arg(long, conflicts_with = "reader")]
        reveal: bool,
        #[command(flatten)]
        fetch: Fetch,
    },
    /// Delete a plain secret, which no rotation keeps current
    Delete {
        #[command(flatten)]
        which: Which,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which secret.
#[derive(Clone, Debug, Args)]
pub struct Which {
    /// The mapped name, such as OKTA_CLIENT_SECRET
    #[arg(add = secrets())]
    name: String,
    /// Environment [default: prod]
    #[arg(long, add = environments())]
    environment: Option<String>,
    /// Folder
    #[arg(long, default_value = "/", add = paths())]
    path: String,
    /// Only this version
    #[arg(long, value_name = "N")]
    version: Option<u32>,
}

impl Which {
    fn query(&self, ctx: &Context) -> Result<VersionQuery, Refusal> {
        let environment = self.environment.clone().map_or_else(|| ctx.settings.environment(), Ok)?;
        Ok(VersionQuery { environment: Some(environment), path: Some(self.path.clone()), version: self.version })
    }
}

/// Does it.
pub async fn run(ctx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { environment, path } => list(ctx, FolderQuery { environment, path }).await,
        Command::Get { which, reveal, fetch } => get(ctx, which, reveal, &fetch).await,
        Command::Delete { which, yes } => delete(ctx, which, yes).await,
    }
}

/// Values are not for terminals: bastions record sessions. `ways` are the commands that take a value where it is needed.
pub fn never_on_a_terminal(ctx: &Context, reveal: bool, ways: &str) -> Result<(), Failure> {
    if reveal || !ctx.output.out_is_terminal {
        return Ok(());
    }
    let message = "this would print a secret value on a terminal, and terminal sessions are often recorded";
    let hint = format!("{ways}\nto see it here all the same, add --reveal; nothing was read");
    Err(Refusal::new(Kind::Invalid, message, hint).into())
}

/// The commands that take the secrets of a folder where they are needed.
pub fn ways(environment: Option<&str>, path: &str) -> String {
    let mut folder = String::new();
    option(&mut folder, "environment", environment);
    option(&mut folder, "path", Some(path).filter(|path| *path != "/"));
    format!(
        "to start a program with it: `windlass run{folder} -- PROGRAM`\n\
         to write a private file: `windlass export{folder} --format dotenv --output FILE`"
    )
}

/// The rows of a list of secrets.
pub fn rows(reply: &Reply) -> Result<&[SecretRow], Failure> {
    // Of two kinds of reply with the same name; an empty list may come as either.
    match reply {
        Reply::Secrets { secrets } => Ok(secrets),
        Reply::OktaSecrets { secrets } if secrets.is_empty() => Ok(&[]),
        _ => Err(Failure::odd_reply()),
    }
}

async fn list(ctx: &Context, query: FolderQuery) -> Result<(), Failure> {
    let reply = ctx.call(Request::SecretList(query)).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let secrets = rows(&reply)?;
    if secrets.is_empty() {
        ctx.output.talk("there are no secrets there");
        return Ok(());
    }
    let zone = ctx.settings.zone;
    let mut table = Table::new(&["name", "environment", "path", "holds", "rotation", "version", "created", "fetched"])
        .narrowed(&[
            ("created", Way::Below("created")),
            ("fetched", Way::Below("fetched")),
            ("holds", Way::Out),
            ("rotation", Way::Cut(16)),
        ]);
    for secret in secrets {
        let holds = match secret.credential {
            Credential::ClientId => "client id",
            Credential::ClientSecret => "client secret",
        };
        table.row([
            secret.name.as_str().into(),
            secret.environment.as_str().into(),
            secret.path.as_str().into(),
            holds.into(),
            secret.rotation.as_deref().unwrap_or_default().into(),
            secret.version.to_string().into(),
            when::local(secret.created_at, zone).into(),
            when::local_or_none(secret.fetched_at, zone).into(),
        ]);
    }
    ctx.output.table(&table)
}

async fn get(ctx: &Context, which: Which, reveal: bool, fetch: &Fetch) -> Result<(), Failure> {
    let mut command = format!("windlass secret get {}", shell_word(&which.name));
    option(&mut command, "environment", which.environment.as_deref());
    option(&mut command, "path", Some(which.path.as_str()).filter(|path| *path != "/"));
    let ways = ways(which.environment.as_deref(), &which.path);
    never_on_a_terminal(ctx, reveal, &format!("to hand it to a program: `{command} | PROGRAM`\n{ways}"))?;
    let query = which.query(ctx)?;
    let reply = ctx.call(Request::SecretGet { name: which.name, query }).await?;
    let Reply::Secret { secret } = &reply else { return Err(Failure::odd_reply()) };
    if ctx.output.json {
        ctx.output.object(&reply)?;
    } else {
        ctx.output.line(secret.value.expose())?;
    }
    if reveal || ctx.output.out_is_null {
        return Ok(());
    }
    if ctx.output.at_a_terminal && !fetch.is_named() {
        fetch.looked(ctx);
    } else {
        fetch.delivered(ctx, std::slice::from_ref(&**secret)).await;
    }
    Ok(())
}

async fn delete(ctx: &Context, which: Which, yes: bool) -> Result<(), Failure> {
    let query = which.query(ctx)?;
    let Which { name, path, version, .. } = which;
    let place = format!("{}:{path}", query.environment.as_deref().unwrap_or_default());
    if !yes {
        let what = version.map_or_else(|| "all versions".into(), |version| format!("version {version}"));
        let steps = vec![format!("delete {name} in {place}, {what}: this cannot be undone")];
        consent(ctx, &Plan::question(steps), "Delete this secret?").await?;
    }
    let reply = ctx.call(Request::SecretDelete { name: name.clone(), query }).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    ctx.output.talk(format!("{name} in {place} is deleted"));
    Ok(())
}

#[cfg(test)]
mod tests;
