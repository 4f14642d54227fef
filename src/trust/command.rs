//! Running a command that an operator named: bounded in time and in what is kept of its output, and with its whole process group gone
//! where it does not end by itself.

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use futures_util::FutureExt;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::text::sanitize;
use crate::trust::files::check;

/// What is kept of its output, for the log. The rest is read and forgotten, so that it never waits for a reader.
const KEPT: usize = 2048;
/// What is said of it.
const SAID: usize = 300;

/// A command that did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The status that it ended with; `None` where it was not started, was killed, or did not end in time.
    pub status: Option<i32>,
    /// How it failed: a sentence's end.
    pub why: String,
    /// The begin of what it said, with a colon before; it may repeat what it got on stdin.
    pub said: String,
    /// It was started, and was killed for not having ended in time: what it did is not known.
    pub killed: bool,
}

impl From<String> for Failed {
    fn from(why: String) -> Self {
        Self { status: None, why, said: String::new(), killed: false }
    }
}

/// Runs it with this on stdin, and waits until it ends, at most `limit`.
pub async fn run(command: &[String], input: &[u8], limit: Duration) -> Result<(), Failed> {
    let (program, args) = command.split_first().ok_or_else(|| "there is no command".to_owned())?;
    let mut child = prepare(&found(program)?, args).spawn().map_err(|error| format!("cannot be started: {error}"))?;
    let mut group = Group::of(&child);
    let kept = RefCell::default();
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // One that does not read it has no use for it.
            let _ = stdin.write_all(input).await;
        }
    };
    let talk = async { tokio::join!(feed, drain(stdout, &kept), drain(stderr, &kept)) };
    let mut talk = Box::pin(talk.fuse());
    let ended = async {
        let mut silent = false;
        loop {
            tokio::select! {
                ended = child.wait() => return ended,
                _ = &mut talk, if !silent => silent = true,
            }
        }
    };
    let ended = timeout(limit, ended).await;
    // What it wrote last; something that it left running may hold the pipes for ever.
    let _ = talk.now_or_never();
    let said = said(&kept.borrow());
    match ended {
        Ok(Ok(status)) => {
            group.spare();
            let failed = || Failed { status: status.code(), said, ..format!("ended with {status}").into() };
            if status.success() { Ok(()) } else { Err(failed()) }
        }
        Ok(Err(error)) => Err(Failed { killed: true, ..format!("cannot be waited for: {error}").into() }),
        Err(_) => {
            let why = format!("had not ended after {} s and was killed", limit.as_secs());
            Err(Failed { killed: true, said, ..why.into() })
        }
    }
}

fn prepare(program: &Path, args: &[String]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_ours)) {
        command.env_remove(name);
    }
    command
}

/// Variables that are for windlass alone: where its store and its key are, and what its service manager passed to it.
fn is_ours(name: &str) -> bool {
    const OTHERS: [&str; 8] = [
        "CREDENTIALS_DIRECTORY",
        "NOTIFY_SOCKET",
        "WATCHDOG_PID",
        "WATCHDOG_USEC",
        "LISTEN_PID",
        "LISTEN_FDS",
        "LISTEN_FDNAMES",
        "JOURNAL_STREAM",
    ];
    name.starts_with("WINDLASS_") || OTHERS.contains(&name)
}

async fn drain(pipe: Option<impl AsyncRead + Unpin>, kept: &RefCell<Vec<u8>>) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut buffer).await {
        let mut kept = kept.borrow_mut();
        let room = KEPT.saturating_sub(kept.len()).min(count);
        kept.extend_from_slice(&buffer[..room]);
    }
}

fn said(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!(": {}", sanitize(text, SAID)) }
}

/// Its process group, killed unless it is spared: it may have children, and they may hold on.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw))
    }

    /// It ended by itself. What it left running on purpose is its own affair, and its number may be another's by now.
    fn spare(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Only fails where no one is left.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

/// The program's file, which no one but the user and root can have written. Fails with a sentence's end. It is looked up
/// here: what is started is what was checked, and never a file of whatever directory this process happens to be in.
pub fn found(program: &str) -> Result<PathBuf, String> {
    let runs = |path: &Path| nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).map_err(io::Error::from);
    let path = if program.contains('/') {
        let path = PathBuf::from(program);
        runs(&path).map_err(|error| format!("cannot be started: {error}"))?;
        if !path.is_file() {
            return Err("cannot be started: it is no program".into());
        }
        path
    } else {
        let dirs = std::env::var_os("PATH").unwrap_or_default();
        let mut paths = std::env::split_paths(&dirs).filter(|dir| dir.is_absolute()).map(|dir| dir.join(program));
        paths.find(|path| path.is_file() && runs(path).is_ok()).ok_or("cannot be started: it is not found on PATH")?
    };
    check(&path).map_err(|found| format!("is not run: {found}; {}", found.fix))?;
    // A script without its interpreter is found, and cannot be started all the same.
    if let Some(interpreter) = interpreter(&path).filter(|interpreter| runs(interpreter).is_err()) {
        return Err(format!("cannot be started: it is a script for {}, which is not there", interpreter.display()));
    }
    Ok(path)
}

/// The program that a script names in its first line.
fn interpreter(path: &Path) -> Option<PathBuf> {
    let mut first = [0; 256];
    let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut first)).ok()?;
    let line = std::str::from_utf8(first[..read].split(|byte| *byte == b'\n').next()?).ok()?;
    Some(PathBuf::from(line.strip_prefix("#!")?.split_whitespace().next()?))
}

#[cfg(test)]
mod tests;
