//! An engine that outlives a session: `windlass serve --background`, started by the UI that leaves.
//!
//! It is a session of its own on no terminal, hears no hangup, and writes its log into the data directory. Nothing here
//! trusts that it runs: whoever starts it waits until it answers, a bounded time. Where it ends instead, it reports why
//! as one JSON object on its standard output.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep, timeout_at};

use super::settings::Settings;
use crate::api::client::connect;
use crate::core::remedy::Remedy;
use crate::engine::Handle;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::file::{Links, open_as};

/// How long it may take until it answers …
const PATIENCE: Duration = Duration::from_secs(20);
/// … and how often it is asked.
const AGAIN: Duration = Duration::from_millis(50);

/// A log of this size is put aside before another engine writes into it.
const LARGE: u64 = 4 << 20;

/// The longest report of why an engine ended, in bytes.
const LONGEST_REPORT: u64 = 64 << 10;

/// The engine that runs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// The one that was started.
    Behind {
        /// Its process.
        pid: u32,
        /// Its log.
        log: PathBuf,
    },
    /// Another session was faster; it is that one's.
    Elsewhere(u32),
}

impl Left {
    /// What an operator should know who leaves now, a line each.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Behind { pid, log } => vec![
                format!("An engine runs in the background (pid {pid}), and keeps running when you log out."),
                format!("`windlass` attaches to it, `kill {pid}` ends it; its log is {}", log.display()),
                "Where systemd ends what a user left running (KillUserProcesses=yes) it ends too: a service would not."
                    .into(),
            ],
            Self::Elsewhere(pid) => {
                vec![format!("Another session (pid {pid}) is the engine now; none was left in the background.")]
            }
        }
    }
}

/// Starts one, and waits until it answers. The caller has let go of the store.
pub async fn start(settings: &Settings) -> Result<Left, Refusal> {
    let (log, path) = open_log(&settings.data_dir).map_err(|(path, error)| {
        let message = format!("its log {} cannot be opened: {error}", path.display());
        Refusal::new(Kind::Failed, message, "correct that, then try again")
    })?;
    let mut child = command(settings).stderr(log).spawn().map_err(|error| {
        Refusal::new(Kind::Failed, format!("it cannot be started: {error}"), "`windlass serve` starts one by hand")
    })?;
    let socket = settings.own_socket();
    let until = Instant::now() + PATIENCE;
    loop {
        // Asked before its end is looked for: an engine that ended because another was faster is no failure.
        if let Ok(Some(pid)) = timeout_at(until, answers(&socket)).await {
            if pid == child.id() {
                return Ok(Left::Behind { pid, log: path });
            }
            end(&mut child);
            return Ok(Left::Elsewhere(pid));
        }
        if let Ok(Some(_)) = child.try_wait() {
            return Err(last_words(child.stdout.take(), &path));
        }
        if Instant::now() >= until {
            let message = format!("it has not answered for {} s", PATIENCE.as_secs());
            let hint = format!("it may do so still: its pid is {}, and its log {}", child.id(), path.display());
            return Err(Refusal::new(Kind::Unavailable, message, hint));
        }
        sleep(AGAIN).await;
    }
}

/// The same program on the same store, wherever each was named.
fn command(settings: &Settings) -> Command {
    // What it was started from may have been replaced since; the kernel has it still.
    let program = std::env::current_exe().ok().filter(|path| path.exists()).unwrap_or_else(|| "/proc/self/exe".into());
    let mut command = Command::new(program);
    command.arg0("windlass").args(["serve", "--background"]).arg("--data-dir").arg(&settings.data_dir);
    let named = [
        ("--config", settings.config.as_ref().filter(|_| settings.config_named)),
        ("--socket", settings.socket.as_ref()),
        ("--key-file", settings.keys.named.as_ref()),
    ];
    for (option, path) in named {
        if let Some(path) = path {
            command.arg(option).arg(path);
        }
    }
    // A journal that the session writes to is not where this log goes.
    command.env_remove("JOURNAL_STREAM").env_remove("NOTIFY_SOCKET");
    // It keeps no other directory busy than the one that it needs.
    command.current_dir(&settings.data_dir).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// The process of the engine that answers at a socket.
async fn answers(socket: &Path) -> Option<u32> {
    // This number may be killed later, so it is not taken from a stranger.
    let remote = connect(socket).ok().filter(|remote| remote.stranger().is_none())?;
    match remote.call(Request::Engine).await {
        Ok(Reply::Engine { engine }) => Some(engine.pid),
        _ => None,
    }
}

/// Ends one that waits for a store which another has.
fn end(child: &mut Child) {
    if let Ok(pid) = i32::try_from(child.id()) {
        // Either fails only where it has ended already; the kernel keeps its number until it is waited for.
        let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
    }
    let _ = child.wait();
}

/// Opens the log, to be appended to: the file, and where it is.
fn open_log(data_dir: &Path) -> Result<(File, PathBuf), (PathBuf, io::Error)> {
    let dir = data_dir.join("logs");
    let path = dir.join("serve.log");
    let opened = || {
        match DirBuilder::new().mode(0o700).create(&dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() > LARGE) {
            fs::rename(&path, dir.join("serve.log.old"))?;
        }
        let mut options = OpenOptions::new();
        // No limit: another process may have written to it since it was measured.
        Ok(open_as(&path, Links::Refused, u64::MAX, options.append(true).create(true).mode(0o600))?)
    };
    match opened() {
        Ok(log) => Ok((log, path)),
        Err(error) => Err((path, error)),
    }
}

/// Why an engine ended, as it reported on its standard output.
fn last_words(report: Option<ChildStdout>, log: &Path) -> Refusal {
    let mut bytes = Vec::new();
    if let Some(report) = report {
        // It has ended. What it may have started and left running holds the pipe open, and is not waited for.
        let _ = fcntl(&report, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
        let _ = report.take(LONGEST_REPORT).read_to_end(&mut bytes);
    }
    let refusal = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Refusal::new(Kind::Failed, "it ended at once, and did not say why", ""));
    refusal.and(Remedy::Words(format!("its log is {}", log.display())))
}

/// Reports to whoever started this engine why it ends.
pub fn report(refusal: &Refusal) {
    // Once it has answered nothing is waited for any more, and nothing reads this.
    let _ = serde_json::to_writer(io::stdout(), refusal);
}

#[cfg(test)]
mod tests;
