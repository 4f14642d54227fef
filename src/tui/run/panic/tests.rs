//! The real loop on a real terminal, in a process of its own, with a surface or a task that makes a fault.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};

use super::*;
use crate::clock::Clock;
use crate::engine::refusal::{Kind, Refusal};
use crate::tui::run::clipboard::Clipboard;
use crate::tui::run::events::channel;
use crate::tui::run::terminal::{Surface, Terminal};
use crate::tui::run::{Loop, Options};
use crate::tui::theme::Looks;
use crate::tui::{Connected, Connector, LocalEngine};

/// Which play a process is to do.
const PLAY: &str = "WINDLASS_TEST_FAULT";

/// Much longer than a play takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the engine of the play says when it was stopped in order.
const STOPPED: &str = "stopped in order";

/// The process's own terminal, where the first frame is shown and the second is a fault.
struct Breaking(Terminal, bool);

impl Surface for Breaking {
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((80, 24))
    }

    fn show(&mut self, before: Option<&Buffer>, frame: &Buffer, cursor: Option<Position>) -> io::Result<()> {
        assert!(!self.1 || before.is_none(), "the value s3cret was on the screen");
        self.0.show(before, frame, cursor)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.send(bytes)
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.0.suspend()
    }

    fn retake(&mut self) -> io::Result<()> {
        self.0.retake()
    }
}

/// Finds nothing; or makes a fault, in the task that looks for the engine.
struct Nothing(bool);

impl Connector for Nothing {
    fn connect(&self, _: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        let breaks = self.0;
        async move {
            tokio::task::yield_now().await;
            assert!(!breaks, "the value s3cret was at hand");
            Err(Refusal::new(Kind::Unavailable, "there is none", ""))
        }
        .boxed()
    }
}

/// The play itself, in the process that is made for it; elsewhere there is nothing to do.
#[test]
fn play() {
    let Some(play) = std::env::var_os(PLAY) else { return };
    let in_the_loop = play == "loop";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = runtime.block_on(async {
        let (sender, receiver) = channel();
        let current = Arc::new(CurrentEngine::default());
        if play != "task without" {
            // It may wait for what it stops, as the real one does.
            let own = LocalEngine::new(Vec::new(), || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
                runtime.block_on(async { eprintln!("{STOPPED}") });
            });
            drop(current.set(None, Some(own)));
        }
        let left = Left::new(Clipboard::new(false));
        watch(sender.clone(), current.clone(), left.clone());
        let connector = Arc::new(Nothing(!in_the_loop));
        let options = Options {
            connector,
            clock: Clock::test(),
            preferences: crate::tui::session::Preferences::of(chrono_tz::UTC),
            keep_theme: None,
            looks: Looks::default(),
            notes: Vec::new(),
            demo: None,
        };
        let terminal = Terminal::take().expect("a terminal");
        let the_loop = Loop::new(options, Breaking(terminal, in_the_loop), sender, current, left).expect("a loop");
        // Where the fault ends nothing, the process does not stay behind.
        tokio::time::timeout(PATIENCE, the_loop.run(receiver)).await
    });
    panic!("the fault did not end it: {done:?}");
}

/// Does a play on a terminal; what was written to it, and how the process ended. The modes are as before, or it fails.
fn perform(play: &str) -> (String, Option<i32>) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("text");
    let noctty = i32::try_from(OpenptFlags::NOCTTY.bits()).expect("a flag");
    let line = File::options().read(true).write(true).custom_flags(noctty).open(name).expect("its other end");
    tcsetwinsize(&master, Winsize { ws_col: 80, ws_row: 24, ws_xpixel: 0, ws_ypixel: 0 }).expect("resized");
    let modes = || tcgetattr(&line).map(|modes| (modes.local_modes, modes.input_modes, modes.output_modes));
    let before = modes().expect("a terminal");
    let end = || Stdio::from(line.try_clone().expect("a descriptor"));
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "tui::run::panic::tests::play", "--nocapture"]);
    command.env(PLAY, play).env("RUST_BACKTRACE", "0").stdin(end()).stdout(end()).stderr(end());
    let mut child = command.spawn().expect("started");
    drop(command);
    let mut master = File::from(master);
    let reading = thread::spawn(move || {
        let (mut seen, mut part) = (Vec::new(), [0; 4096]);
        loop {
            // Once no one holds the other end any more, reading is an error.
            match master.read(&mut part) {
                Ok(0) | Err(_) => return seen,
                Ok(count) => seen.extend_from_slice(&part[..count]),
            }
        }
    });
    let status = child.wait().expect("it ends");
    assert_eq!(modes().expect("a terminal"), before, "the modes of the line are given back");
    drop(line);
    (String::from_utf8_lossy(&reading.join().expect("read")).into_owned(), status.code())
}

#[test]
fn a_fault_of_the_screen_gives_the_terminal_back_and_stops_the_engine_in_order() {
    for play in ["loop", "task"] {
        let (seen, status) = perform(play);
        assert!(seen.contains("\x1b[?1049h") && seen.contains("looking for the engine"), "{play}: {seen}");
        let (_, after) = seen.rsplit_once("\x1b[?1049l").expect("the first screen is shown again");
        assert!(after.starts_with("windlass: the screen had a fault"), "{play}: {after}");
        assert!(after.contains("panic/tests.rs:") && after.contains("windlass history"), "{play}: {after}");
        assert!(after.contains("This session was the engine"), "{play}: {after}");
        assert!(after.trim_end().ends_with(STOPPED), "{play}: {after}");
        assert!(!after.contains('\x1b') && !after.contains("s3cret"), "{play}: {after}");
        assert_eq!(status, Some(FAILED), "{play}");
    }
}

#[test]
fn a_fault_beside_another_engine_says_that_it_continues() {
    let (seen, status) = perform("task without");
    assert!(seen.contains("The engine is another process, and keeps rotating."), "{seen}");
    assert!(!seen.contains(STOPPED));
    assert_eq!(status, Some(FAILED));
}
