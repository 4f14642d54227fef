//! The engine on stage: `windlass serve` in a process of its own, so that killing it is a real SIGKILL.
//!
//! It reads the demo's clock from its file and hears on stdin when that is turned. Its stdin closes when we die in
//! whatever way, and then it ends too.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::place::Place;
use crate::clock::Staged;
use crate::engine::refusal::{Kind, Refusal};
use crate::text::sanitize;

/// How long it may take until it serves.
const PATIENCE: Duration = Duration::from_mins(1);

/// What it says once it serves.
const SERVING: &str = "serving on ";

/// An engine's process. Dropping it kills it, and waits for its end.
pub struct Engine {
    child: Child,
    /// Its stderr, line by line; closed once it has ended.
    lines: mpsc::UnboundedReceiver<String>,
    last: String,
    ears: JoinHandle<()>,
}

impl Engine {
    /// Starts it in the demo's directory, with nothing of our environment.
    pub fn start(program: &Path, place: &Place, clock: &'static Staged) -> Result<Self, Refusal> {
        let mut command = Command::new(program);
        command
            .arg0("windlass")
            .arg("serve")
            .arg("--data-dir")
            .arg(place.data_dir())
            .env_clear()
            .env("HOME", place.dir())
            .env("XDG_CONFIG_HOME", place.dir())
            .env("XDG_DATA_HOME", place.dir())
            .env("TZ", "UTC")
            .env("WINDLASS_CLOCK", format!("@{}", clock.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // The terminal's signals are ours alone.
            .process_group(0);
        let mut child = command.spawn().map_err(|error| broken(format!("the engine cannot be started: {error}")))?;
        let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
        let (tell, lines) = mpsc::unbounded_channel();
        if let Some(stderr) = stderr {
            std::thread::spawn(move || read_lines(stderr, &tell));
        }
        let mut turns = clock.turns();
        let ears = tokio::spawn(async move {
            let Some(mut stdin) = stdin else { return };
            // An engine that is stopped and does not listen must not stop us; it hears of one turn as well as of many.
            let _ = fcntl(&stdin, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
            while turns.changed().await.is_ok() {
                if stdin.write(b".").is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock) {
                    return;
                }
            }
        });
        Ok(Self { child, lines, last: String::new(), ears })
    }

    /// Waits until it serves.
    pub async fn serving(&mut self) -> Result<(), Refusal> {
        let serves = async {
            while let Some(line) = self.lines.recv().await {
                if line.contains(SERVING) {
                    return true;
                }
                self.last = line;
            }
            false
        };
        match tokio::time::timeout(PATIENCE, serves).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(broken(format!("the engine ended: {}", self.last))),
            Err(_) => Err(broken("the engine does not come to serve".into())),
        }
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self) {
        while let Some(line) = self.lines.recv().await {
            self.last = line;
        }
    }

    /// What it said last.
    pub fn last_words(&self) -> &str {
        &self.last
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.ears.abort();
        // SIGKILL; either fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(stderr: impl Read, tell: &mpsc::UnboundedSender<String>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        // Bounded, whatever comes: a line of the engine's log is far shorter.
        match (&mut reader).take(8 << 10).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        // No one may be listening any more; the pipe is emptied all the same.
        let _ = tell.send(sanitize(String::from_utf8_lossy(&line).trim_end(), 400));
    }
}

fn broken(message: String) -> Refusal {
    Refusal::new(Kind::Failed, message, "this is a fault of the demo; please report it")
}
