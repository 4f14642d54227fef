//! An engine that outlives a session: `windlass serve --background`, started by the UI that leaves.
//!
//! It is a session of its own on no terminal, hears no hangup, and writes its log into the data directory. Nothing here
//! trusts that it runs: whoever starts it waits until it answers, a bounded time, and tells what it said where it does not.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep, timeout_at};

use super::settings::Settings;
use crate::api::client::connect;
use crate::engine::Handle;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::file::{self, Links, open_as};
use crate::text::sanitize;

/// How long it may take until it answers …
const PATIENCE: Duration = Duration::from_secs(20);
/// … and how often it is asked.
const AGAIN: Duration = Duration::from_millis(50);

/// A log of this size is put aside before another engine writes into it.
const LARGE: u64 = 4 << 20;

/// As much of the log is read for what an engine said last.
const LAST_WORDS: u64 = 4 << 10;

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
    /// What a person should know who leaves now, a line each.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Behind { pid, log } => vec![
                format!("An engine runs in the background (pid {pid}), and goes on when you log out."),
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
    let (log, path, from) = open_log(&settings.data_dir).map_err(|(path, error)| {
        let message = format!("its log {} cannot be opened: {error}", path.display());
        Refusal::new(Kind::Failed, message, "correct that, then try again")
    })?;
    let mut child = command(settings).stderr(log).spawn().map_err(|error| {
        Refusal::new(Kind::Failed, format!("it cannot be started: {error}"), "`windlass serve` starts one by hand")
    })?;
    let socket = settings.own_socket();
    let until = Instant::now() + PATIENCE;
    loop {
        // Before the look whether it has ended: one that has, because another was faster, is no failure.
        if let Ok(Some(pid)) = timeout_at(until, answers(&socket)).await {
            if pid == child.id() {
                return Ok(Left::Behind { pid, log: path });
            }
            end(&mut child);
            return Ok(Left::Elsewhere(pid));
        }
        if let Ok(Some(_)) = child.try_wait() {
            return Err(last_words(&path, from));
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
    command.current_dir(&settings.data_dir).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The process of the engine that answers at a socket.
async fn answers(socket: &Path) -> Option<u32> {
    // A stranger's word for which process it is would be a number to kill.
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

/// Opens the log to be gone on with: the file, where it is, and where its end was.
fn open_log(data_dir: &Path) -> Result<(File, PathBuf, u64), (PathBuf, io::Error)> {
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
        // One that was kept in place of a longer one may be longer still for a moment.
        let log = open_as(&path, Links::Refused, u64::MAX, options.append(true).create(true).mode(0o600))?;
        let end = log.metadata()?.len();
        Ok((log, end))
    };
    match opened() {
        Ok((log, end)) => Ok((log, path, end)),
        Err(error) => Err((path, error)),
    }
}

/// Why an engine ended, as it said in what it wrote into its log from a place on.
fn last_words(path: &Path, from: u64) -> Refusal {
    let read = || {
        let mut file = file::open(path, Links::Refused, u64::MAX)?;
        let start = file.metadata()?.len().saturating_sub(LAST_WORDS).max(from);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(LAST_WORDS).read_to_end(&mut bytes)?;
        io::Result::Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).rev().peekable();
    let last = lines.peek().copied().unwrap_or("it ended at once, and did not say why");
    let mut hint = format!("its log is {}", path.display());
    // An error comes last, with a hint below it.
    let error = lines.find_map(|line| match (line.strip_prefix("error: "), line.strip_prefix("hint: ")) {
        (None, Some(said)) => {
            hint = format!("{}; {hint}", sanitize(said, 400));
            None
        }
        (error, _) => error,
    });
    Refusal::new(Kind::Failed, sanitize(error.unwrap_or(last), 400), hint)
}

#[cfg(test)]
mod tests;
