//! `windlass run`: the secrets of a folder as environment variables of another program, which takes our place; or which we
//! watch over, and restart with the values that are current then.
//!
//! Values go from the reply into the new program's environment and nowhere else. Nothing of ours stays in it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use clap::Args;
use nix::sys::signal::Signal;

use super::Failure;
use super::ask::aside;
use super::completions::{environments, paths};
use super::context::Context;
use super::fetch::Fetch;
use crate::core::name::{SecretName, reserved};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{FolderQuery, Reply, Request};
use crate::engine::view::SecretView;

mod child;
mod news;
mod program;
mod watch;

/// Which secrets, and which program.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass run --environment prod --path /payments -- ./payments --port 8080
  windlass run --as payments --watch -- ./payments
  windlass run --as payments --watch --signal HUP -- ./payments

The secrets count as fetched once the program is found, directly before it starts.

With --watch this process stays beside the program. When a new version is current it ends the program with SIGTERM and starts it
again with the new values, which count as fetched then. The environment of a program that runs cannot be changed: --signal is for one
that reads its secrets again by itself (`secret get`, a file); those reads count, not the signal. Where the program ends by itself this
process ends with its exit status; SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 and SIGUSR2 are passed on to it. While no engine
answers the program keeps running, and an engine is looked for.")]
pub struct Run {
    #[command(flatten)]
    what: What,
    /// Stay, and restart the program when a new version is current
    #[arg(long)]
    watch: bool,
    /// With --watch: send it this signal instead; it reads its secrets anew by itself
    #[arg(long, requires = "watch", ignore_case = true, value_parser = child::signals())]
    signal: Option<Signal>,
    /// With --watch: kill it where it has not ended so many seconds after SIGTERM [default: 10]
    #[arg(long, value_name = "SECONDS", requires = "watch", conflicts_with = "signal", value_parser = child::grace)]
    grace: Option<Duration>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Which secrets, and how they are passed.
#[derive(Clone, Debug, Args)]
pub struct What {
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
}

impl Run {
    /// Whether windlass stays beside the program, and passes signals on to it.
    pub fn stays(&self) -> bool {
        self.watch
    }
}

/// A program that can be started, and what it is given.
struct Ready {
    secrets: Vec<SecretView>,
    file: PathBuf,
}

impl What {
    /// Reads the secrets and finds the program; starts nothing.
    async fn ready(&self, ctx: &Context, program: &OsStr) -> Result<Ready, Failure> {
        let secrets = fetch(ctx, self.environment.clone(), self.path.clone()).await?;
        variables(&secrets)?;
        steering(&secrets, &self.allow_name)?;
        let file = program::find(program, search_path(&secrets)).map_err(|error| not_started(program, &error))?;
        Ok(Ready { secrets, file })
    }
}

impl Ready {
    /// The program as it is started.
    fn command(&self, ctx: &Context, (program, arguments): (&OsString, &[OsString])) -> Command {
        let mut command = Command::new(&self.file);
        command.arg0(program).args(arguments);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WINDLASS_")) {
            command.env_remove(name);
        }
        // The key to everything is in there.
        if ctx.settings.keys.credential().is_some() {
            command.env_remove("CREDENTIALS_DIRECTORY");
        }
        for secret in &self.secrets {
            command.env(&secret.name, secret.value.expose());
        }
        command
    }
}

/// Reads the secrets and becomes the program, or watches over it; returns only where that fails or ends. They count as fetched
/// once the program is found, directly before it takes our place.
pub async fn run(ctx: &Context, args: Run) -> Result<(), Failure> {
    let Run { what, watch, signal, grace, command } = args;
    let Some(line @ (program, _)) = command.split_first() else { return Err(Failure::odd_reply()) };
    if watch {
        let when_new = signal.map_or(watch::WhenNew::Restart(grace.unwrap_or(child::GRACE)), watch::WhenNew::Signal);
        return watch::run(ctx, &what, line, when_new).await;
    }
    let ready = what.ready(ctx, program).await?;
    what.fetch.delivered(ctx, &ready.secrets).await;
    // The lock must not outlive us in the other program, nor the engine's last write be cut off.
    if let Some(engine) = ctx.let_go() {
        aside(move || engine.stop()).await;
    }
    ctx.output.say_notes();
    let mut command = ready.command(ctx, line);
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
