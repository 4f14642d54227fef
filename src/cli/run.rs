//! `windlass run`: the secrets of a folder as environment variables of another program, which takes our place.
//!
//! Values go from the reply into the new program's environment and nowhere else. Nothing of ours stays in it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;

use super::Failure;
use super::ask::aside;
use super::completions::{environments, paths};
use super::context::Context;
use super::fetch::Fetch;
use crate::core::name::{SecretName, reserved};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{FolderQuery, Reply, Request};
use crate::engine::view::SecretView;

mod program;

/// Which secrets, and which program.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Example:
  windlass run --environment prod --path /payments -- ./payments --port 8080

The secrets count as fetched once the program is found, directly before it starts.")]
pub struct Run {
    /// Environment [default: prod]
    #[arg(long, add = environments())]
    environment: Option<String>,
    /// Folder
    #[arg(long, default_value = "/", add = paths())]
    path: String,
    #[command(flatten)]
    fetch: Fetch,
    /// Pass this name on although it steers the program that gets it, as PATH or LD_PRELOAD would
    #[arg(long, value_name = "NAME")]
    allow_name: Vec<String>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Reads the secrets and becomes the program; returns only where that fails. They count as fetched once the program is
/// found, directly before it takes our place.
pub async fn run(ctx: &Context, args: Run) -> Result<(), Failure> {
    let Run { environment, path, fetch: counts, allow_name, command } = args;
    let secrets = fetch(ctx, environment, path).await?;
    variables(&secrets)?;
    steering(&secrets, &allow_name)?;
    let Some((program, arguments)) = command.split_first() else { return Err(Failure::odd_reply()) };
    let file = program::find(program, search_path(&secrets)).map_err(|error| not_started(program, &error))?;
    counts.delivered(ctx, &secrets).await;
    // The lock must not outlive us in the other program, nor the engine's last write be cut off.
    if let Some(engine) = ctx.let_go() {
        aside(move || engine.stop()).await;
    }
    ctx.output.say_notes();
    let mut command = Command::new(file);
    command.arg0(program).args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WINDLASS_")) {
        command.env_remove(name);
    }
    // The key to everything is in there.
    if ctx.settings.keys.credential().is_some() {
        command.env_remove("CREDENTIALS_DIRECTORY");
    }
    for secret in &secrets {
        command.env(&secret.name, secret.value.expose());
    }
    if let Some(before) = &ctx.before {
        before.restore();
    }
    Err(not_started(program, &command.exec()))
}

/// Where the program is looked for: by the environment that it gets.
fn search_path(secrets: &[SecretView]) -> Option<OsString> {
    let own = secrets.iter().find(|secret| secret.name == "PATH").map(|secret| secret.value.expose().into());
    own.or_else(|| std::env::var_os("PATH"))
}

fn not_started(program: &OsStr, error: &io::Error) -> Failure {
    let absent = error.kind() == io::ErrorKind::NotFound;
    let message = format!("{} cannot be started: {error}", program.display());
    let hint = if absent { "check the command after --" } else { "check that it is a program that you may run" };
    // As shells have it.
    Failure::Status(if absent { 127 } else { 126 }, Some(Refusal::new(Kind::Invalid, message, hint)))
}

/// All secrets of a folder, with values; none at all is an error, for it is a mistyped place.
pub async fn fetch(ctx: &Context, environment: Option<String>, path: String) -> Result<Vec<SecretView>, Failure> {
    let environment = environment.map_or_else(|| ctx.settings.environment(), Ok)?;
    let query = FolderQuery { environment: Some(environment.clone()), path: Some(path.clone()) };
    let Reply::Export { export } = ctx.call(Request::Export(query)).await? else { return Err(Failure::odd_reply()) };
    if export.is_empty() {
        let message = format!("there are no secrets in {environment}:{path}");
        let hint = "`windlass secret list` shows where there are some";
        return Err(Refusal::new(Kind::Unknown, message, hint).into());
    }
    Ok(export)
}

/// Refuses names that cannot be environment variables, all at once.
pub fn variables(secrets: &[SecretView]) -> Result<(), Failure> {
    let is_variable = |name: &str| name.parse::<SecretName>().is_ok_and(|name| name.is_variable());
    let bad: Vec<&str> = secrets.iter().map(|secret| secret.name.as_str()).filter(|name| !is_variable(name)).collect();
    if bad.is_empty() {
        return Ok(());
    }
    let message = format!("not a name of an environment variable ([A-Za-z_][A-Za-z0-9_]*): {}", bad.join(", "));
    let hint = "rename it: `windlass rotation update NAME --client-secret-name …` (or --client-id-name)";
    Err(Refusal::new(Kind::Invalid, message, hint).into())
}

/// Refuses names that steer whatever gets them, all at once, but for those that are `allowed` by name. A store may have them
/// from before they were refused, or from elsewhere.
pub fn steering(secrets: &[SecretView], allowed: &[String]) -> Result<(), Failure> {
    let steers = |secret: &&SecretView| reserved(&secret.name).is_some() && !allowed.contains(&secret.name);
    let bad: Vec<&str> = secrets.iter().filter(steers).map(|secret| secret.name.as_str()).collect();
    let Some(first) = bad.first() else { return Ok(()) };
    let why = reserved(first).unwrap_or_default();
    let message = format!("not a name for a secret, for it would steer what is started: {} ({why})", bad.join(", "));
    let hint = format!(
        "rename it: `windlass rotation update NAME --client-secret-name …` (or --client-id-name); or pass it on purpose: \
         --allow-name {first}"
    );
    Err(Refusal::new(Kind::Invalid, message, hint).into())
}

#[cfg(test)]
mod tests;
