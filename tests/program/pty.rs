//! A terminal without an operator: what the program writes to it is kept, or left unread.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};
use tokio::process::Child;
use tokio::sync::Notify;

use crate::world::World;

/// Much longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(100);

/// A terminal and the UI on it.
pub struct Pty {
    master: Option<File>,
    /// Kept open, so that its modes can be looked at once the program is gone.
    line: File,
    before: Modes,
    pub child: Child,
    seen: Arc<(Mutex<Vec<u8>>, Notify)>,
    from: usize,
}

/// The parts of a line's modes that a program could leave changed.
type Modes = (u32, u32, u32, u32);

fn modes(line: &File) -> Modes {
    let Termios { input_modes, output_modes, control_modes, local_modes, .. } = tcgetattr(line).expect("a terminal");
    (input_modes.bits(), output_modes.bits(), control_modes.bits(), local_modes.bits())
}

impl Pty {
    /// Opens the UI on a terminal of 80×24. One that is not `read` takes what its buffer holds, and no more.
    pub fn open(world: &World, read: bool) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("text");
        let noctty = i32::try_from(OpenptFlags::NOCTTY.bits()).expect("a flag");
        let line = File::options().read(true).write(true).custom_flags(noctty).open(name).expect("its other end");
        let before = modes(&line);
        let end = || Stdio::from(line.try_clone().expect("a descriptor"));
        let mut command = world.command(&[]);
        command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        command.stdin(end()).stdout(end()).stderr(end());
        tcsetwinsize(&master, size(80, 24)).expect("resized");
        let child = command.spawn().expect("the program starts");
        let master = File::from(master);
        let seen = Arc::new((Mutex::new(Vec::new()), Notify::new()));
        if read {
            let (mut master, seen) = (master.try_clone().expect("a descriptor"), seen.clone());
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = master.read(&mut bytes) {
                    seen.0.lock().expect("no panic").extend_from_slice(&bytes[..count]);
                    seen.1.notify_one();
                }
            });
        }
        Self { master: Some(master), line, before, child, seen, from: 0 }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.from = self.seen.0.lock().expect("no panic").len();
        self.master.as_mut().expect("open").write_all(keys.as_bytes()).expect("typed");
    }

    /// Gives the terminal another size. It is no one's controlling terminal, so the signal comes from here.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.from = self.seen.0.lock().expect("no panic").len();
        tcsetwinsize(self.master.as_ref().expect("open"), size(columns, rows)).expect("resized");
        self.signal(Signal::SIGWINCH);
    }

    pub fn signal(&mut self, signal: Signal) {
        self.from = self.seen.0.lock().expect("no panic").len();
        kill(self.pid(), signal).expect("signalled");
    }

    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().expect("runs")).expect("a pid"))
    }

    /// Waits until this was written since the last key, size or signal. Blanks do not count: what is blank already is not
    /// written again.
    pub async fn until(&mut self, wanted: &str) {
        let wanted: String = wanted.split_whitespace().collect();
        let shown = async {
            loop {
                let reported = self.seen.1.notified();
                let bytes = self.seen.0.lock().expect("no panic")[self.from..].to_vec();
                if plain(&bytes).contains(&wanted) {
                    return;
                }
                reported.await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, shown).await.is_ok();
        assert!(came, "no {wanted:?} in: {}", plain(&self.seen.0.lock().expect("no panic")[self.from..]));
    }

    /// Everything that was written.
    pub fn written(&self) -> Vec<u8> {
        self.seen.0.lock().expect("no panic").clone()
    }

    /// Everything that was written, once the program has ended: the reader may be behind it, and is waited for.
    pub async fn all(&mut self) -> Vec<u8> {
        const END: &[u8] = b"\0the end\0";
        self.line.write_all(END).expect("written");
        let seen = self.seen.clone();
        let caught_up = async {
            loop {
                let reported = seen.1.notified();
                let all = seen.0.lock().expect("no panic").clone();
                // What was typed after the program had given the terminal back is echoed, and may come behind it.
                if let Some(at) = all.windows(END.len()).rposition(|part| part == END) {
                    return all[..at].to_vec();
                }
                reported.await;
            }
        };
        tokio::time::timeout(PATIENCE, caught_up).await.expect("the reader catches up")
    }

    /// The terminal goes away.
    pub fn hang_up(&mut self) {
        self.master = None;
    }

    /// Waits for the end; its status.
    pub async fn ended(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends");
        ended.expect("waited for").code()
    }

    /// Presses `q` until the program ends; its status. A screen that has not heard yet that what was under way is done asks
    /// first, and what it did not show yet takes no key: so one `q` is not always enough.
    pub async fn quits(&mut self) -> Option<i32> {
        let ends = async {
            loop {
                let reported = self.seen.1.notified();
                self.master.as_ref().expect("open").write_all(b"q").expect("typed");
                tokio::select! {
                    ended = self.child.wait() => return ended.expect("waited for").code(),
                    () = reported => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, ends).await.expect("it ends")
    }

    /// The modes of the line are as they were before.
    pub fn is_as_it_was(&self) -> bool {
        modes(&self.line) == self.before
    }
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

/// Text without control sequences and blanks.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\x1b' {
            // A sequence ends with its first letter; the bracket after the escape does not end it.
            let _ = chars.by_ref().skip(1).find(char::is_ascii_alphabetic);
        } else if !c.is_whitespace() {
            plain.push(c);
        }
    }
    plain
}
