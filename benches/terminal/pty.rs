//! A program on a terminal of 80×24, looked at from outside: what it writes, when, and what it costs the machine.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// So long without a byte, and what was asked for is painted.
const QUIET: Duration = Duration::from_millis(60);

/// What a terminal is asked, and what it answers.
const QUERIES: [(&[u8], &[u8]); 5] = [
    (b"\x1b[c", b"\x1b[?64;1;22c"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[?u", b""),
    (b"\x1b]10;?", b"\x1b]10;rgb:e5e5/e5e5/e5e5\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
];

/// See the module.
pub struct Pty {
    master: File,
    child: Child,
    began: Instant,
    /// All that was written so far.
    pub written: Vec<u8>,
    /// How late the terminal answers a question.
    trip: Duration,
    asked: usize,
    answers: Vec<(Instant, &'static [u8])>,
}

/// What a process has cost so far.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    /// Time on a processor.
    pub cpu: Duration,
    /// How often one of its threads went to sleep.
    pub sleeps: u64,
}

impl Pty {
    /// Starts a program on a new terminal that answers questions only after so long. The line is `raw` where the
    /// program would not set that itself.
    pub fn start(command: &mut Command, trip: Duration, raw: bool) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?.into_string().map_err(io::Error::other)?;
        let noctty = i32::try_from(OpenptFlags::NOCTTY.bits()).map_err(io::Error::other)?;
        let line = File::options().read(true).write(true).custom_flags(noctty).open(name)?;
        tcsetwinsize(&master, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 })?;
        if raw {
            let mut modes = tcgetattr(&line)?;
            modes.make_raw();
            tcsetattr(&line, OptionalActions::Now, &modes)?;
        }
        let end = || line.try_clone().map(Stdio::from);
        command.stdin(end()?).stdout(end()?).stderr(end()?);
        let began = Instant::now();
        let child = command.spawn()?;
        // The command holds ends of the line, too: with the last of them the terminal learns that the program is gone.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (master, written) = (File::from(master), Vec::new());
        Ok(Self { master, child, began, written, trip, asked: 0, answers: Vec::new() })
    }

    /// Reads once; `None` where nothing came in time, zero at the end.
    fn read(&mut self, wait: Duration) -> io::Result<Option<usize>> {
        let until = Instant::now() + wait;
        loop {
            let now = Instant::now();
            while let Some((due, answer)) = self.answers.first().copied()
                && due <= now
            {
                self.answers.remove(0);
                self.master.write_all(answer)?;
            }
            let due = self.answers.first().map_or(until, |(due, _)| until.min(*due));
            // Rounded down, and the rest is spun: a late look would be taken for a late paint.
            let left = u16::try_from(due.saturating_duration_since(now).as_millis()).unwrap_or(u16::MAX);
            let mut fds = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
            if poll(&mut fds, PollTimeout::from(left))? == 0 {
                if Instant::now() >= until {
                    return Ok(None);
                }
                continue;
            }
            let mut bytes = [0; 16 << 10];
            let count = match self.master.read(&mut bytes) {
                Ok(count) => count,
                // The last end of the line was closed.
                Err(error) if error.raw_os_error() == Some(5) => 0,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.written.extend_from_slice(&bytes[..count]);
            self.questions();
            return Ok(Some(count));
        }
    }

    fn questions(&mut self) {
        let asked = self.asked();
        if asked > self.asked {
            self.asked = asked;
            let due = Instant::now() + self.trip;
            let answers = QUERIES.iter().filter(|(query, _)| count(&self.written, query) > 0);
            self.answers.extend(answers.map(|(_, answer)| (due, *answer)));
        }
    }

    /// How many questions it asked.
    pub fn asked(&self) -> usize {
        QUERIES.iter().map(|(query, _)| count(&self.written, query)).sum()
    }

    /// When the first byte came, and when these words stood on the screen, from the start.
    pub fn shows(&mut self, wanted: &str) -> io::Result<(Duration, Duration)> {
        let mut first = None;
        while self.began.elapsed() < PATIENCE {
            let came = self.read(PATIENCE)?;
            let at = self.began.elapsed();
            if came == Some(0) || came.is_none() {
                break;
            }
            first.get_or_insert(at);
            if plain(&self.written).contains(wanted) {
                return Ok((first.unwrap_or(at), at));
            }
        }
        Err(io::Error::other(format!("no {wanted:?} in {:?}", plain(&self.written))))
    }

    /// Waits until nothing was written for a while; when the last byte came.
    pub fn rests(&mut self, quiet: Duration) -> io::Result<Instant> {
        let mut last = Instant::now();
        while let Some(1..) = self.read(quiet)? {
            last = Instant::now();
        }
        Ok(last)
    }

    /// Presses keys and waits for the paint; how long it took, and how many bytes came.
    pub fn press(&mut self, keys: &[u8]) -> io::Result<(Duration, usize)> {
        let (before, began) = (self.written.len(), Instant::now());
        self.master.write_all(keys)?;
        if self.read(PATIENCE)?.is_none() {
            return Err(io::Error::other("a key had no effect"));
        }
        let first = Instant::now();
        let last = self.rests(QUIET)?;
        let painted = if self.written.len() > before && last > first { last } else { first };
        Ok((painted - began, self.written.len() - before))
    }

    /// Presses keys; how long until these words are painted.
    pub fn until(&mut self, keys: &[u8], wanted: &str) -> io::Result<Duration> {
        let (before, began) = (self.written.len(), Instant::now());
        self.master.write_all(keys)?;
        while !plain(&self.written[before..]).contains(wanted) {
            if !matches!(self.read(PATIENCE)?, Some(1..)) {
                return Err(io::Error::other(format!("no {wanted:?} after a key")));
            }
        }
        Ok(began.elapsed())
    }

    /// Writes a flood of keys while reading; how long until the last byte came, and how many did.
    pub fn flood(&mut self, keys: &[u8]) -> io::Result<(Duration, usize)> {
        let (before, began) = (self.written.len(), Instant::now());
        let mut typing = self.master.try_clone()?;
        let keys = keys.to_vec();
        let typist = std::thread::spawn(move || typing.write_all(&keys));
        let last = loop {
            let last = self.rests(Duration::from_millis(500))?;
            if typist.is_finished() {
                break last;
            }
        };
        typist.join().map_err(|_| io::Error::other("typing failed"))??;
        Ok((last - began, self.written.len() - before))
    }

    /// What the process has cost.
    pub fn cost(&self) -> Cost {
        let mut cost = Cost::default();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten().flatten() {
            let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let nanos = read("schedstat").split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default();
            cost.cpu += Duration::from_nanos(nanos);
            cost.sleeps += field(&read("status"), "voluntary_ctxt_switches:");
        }
        cost
    }

    /// Memory that is the process's own, in bytes.
    pub fn private(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).unwrap_or_default();
        (field(&text, "Private_Dirty:") + field(&text, "Private_Clean:")) * 1024
    }

    /// Ends it by these keys, or by a signal where there are none; how long until the terminal was free.
    pub fn end(mut self, keys: &[u8], signal: Signal) -> io::Result<Duration> {
        let began = Instant::now();
        if keys.is_empty() {
            let pid = i32::try_from(self.child.id()).map_err(io::Error::other)?;
            kill(Pid::from_raw(pid), signal)?;
        } else {
            self.master.write_all(keys)?;
        }
        loop {
            match self.read(PATIENCE)? {
                Some(0) => break,
                Some(_) => {}
                None => return Err(io::Error::other(format!("it does not end: {:?}", plain(&self.written)))),
            }
        }
        let took = began.elapsed();
        self.child.wait()?;
        Ok(took)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).filter(|window| *window == wanted).count()
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
