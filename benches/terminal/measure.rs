//! The figures. Ours and the floor's are taken in turn, so that a noisy moment hits both.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::Failure;
use super::pty::{Cost, Pty};
use super::table::Row;

const DOWN: &[u8] = b"\x1b[B";
const UP: &[u8] = b"\x1b[A";
const TRIP: Duration = Duration::from_millis(100);

/// A program that is measured.
pub struct Subject {
    /// How it is started.
    pub command: Vec<PathBuf>,
    /// Its user's home directory.
    pub home: PathBuf,
    /// What stands on its screen once that can be used.
    pub first: String,
}

/// How much is measured.
pub struct Work {
    /// Starts.
    pub starts: usize,
    /// Keys of each kind.
    pub keys: usize,
    /// Seconds of rest.
    pub idle: u64,
}

impl Default for Work {
    fn default() -> Self {
        Self { starts: 15, keys: 100, idle: 5 }
    }
}

/// What was found of one program.
#[derive(Default)]
struct Found {
    first: Vec<f64>,
    rows: Vec<f64>,
    far: Vec<f64>,
    asked: usize,
    quit: Vec<f64>,
    term: f64,
    killed: f64,
    moves: Vec<f64>,
    move_bytes: Vec<f64>,
    scroll_bytes: Vec<f64>,
    idle: (f64, f64, f64),
    flood: (f64, f64),
    coming: Vec<f64>,
    memory: f64,
}

impl Subject {
    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(&self.command[0]);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let set: [(&str, OsString); 6] = [
            ("PATH", path),
            // No one's config file.
            ("HOME", self.home.clone().into()),
            ("TERM", "xterm-256color".into()),
            ("COLORTERM", "truecolor".into()),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
        ];
        command.env_clear().envs(set).args(&self.command[1..]).args(more);
        command
    }

    fn start(&self, trip: Duration) -> Result<(Pty, Duration, Duration), Failure> {
        let mut pty = Pty::start(&mut self.command(&[]), trip, false)?;
        let (first, rows) = pty.shows(&self.first)?;
        Ok((pty, first, rows))
    }

    fn start_and_quit(&self, found: &mut Found) -> Result<(), Failure> {
        let (mut pty, first, rows) = self.start(Duration::ZERO)?;
        found.first.push(millis(first));
        found.rows.push(millis(rows));
        pty.rests(Duration::from_millis(50))?;
        found.quit.push(millis(pty.end(b"q", Signal::SIGTERM)?));
        let (pty, _, rows) = self.start(TRIP)?;
        found.far.push(millis(rows));
        found.asked = pty.asked();
        pty.end(b"", Signal::SIGTERM)?;
        Ok(())
    }

    fn use_it(&self, found: &mut Found, work: &Work, flood: bool) -> Result<(), Failure> {
        let (mut pty, ..) = self.start(Duration::ZERO)?;
        pty.rests(Duration::from_millis(1500))?;
        let (written, Cost { cpu, sleeps }) = (pty.written.len(), pty.cost());
        pty.rests(Duration::from_secs(work.idle))?;
        let seconds = f64::from(u32::try_from(work.idle)?);
        let after = pty.cost();
        let bytes = float(pty.written.len() - written) / seconds;
        let wakes = f64::from(u32::try_from(after.sleeps.saturating_sub(sleeps))?) / seconds;
        found.idle = (bytes, millis(after.cpu.saturating_sub(cpu)) / seconds, wakes);
        for number in 0..work.keys {
            let (took, bytes) = pty.press(if number % 2 == 0 { DOWN } else { UP })?;
            found.moves.push(millis(took));
            found.move_bytes.push(float(bytes));
        }
        // To the foot of the list as it is shown: each further key scrolls.
        for _ in 0..30 {
            pty.press(DOWN)?;
        }
        for _ in 0..work.keys {
            found.scroll_bytes.push(float(pty.press(DOWN)?.1));
        }
        if flood {
            for _ in 0..=work.starts {
                found.coming.push(millis(pty.until(b"w", "WHEN")?));
                pty.press(b"q")?;
            }
            let keys: Vec<u8> = [DOWN.repeat(40), UP.repeat(40)].concat().repeat(125);
            let (took, bytes) = pty.flood(&keys)?;
            found.flood = (millis(took), float(bytes) / 1000.0);
            let (before, _) = (pty.written.len(), pty.press(DOWN)?);
            if pty.written.len() == before {
                return Err("10,000 keys at once were too many: nothing is painted any more".into());
            }
        }
        found.memory = f64::from(u32::try_from(pty.private() / 1000)?) / 1000.0;
        found.term = millis(pty.end(b"", Signal::SIGTERM)?);
        let (pty, ..) = self.start(Duration::ZERO)?;
        pty.end(b"", Signal::SIGKILL)?;
        let (pty, _, rows) = self.start(Duration::ZERO)?;
        found.killed = millis(rows);
        pty.end(b"", Signal::SIGTERM)?;
        Ok(())
    }
}

impl Work {
    /// What is seen on a terminal.
    pub fn screens(&self, ours: &Subject, floor: &Subject) -> Result<Vec<Row>, Failure> {
        let (mut we, mut they) = (Found::default(), Found::default());
        for _ in 0..self.starts {
            ours.start_and_quit(&mut we)?;
            floor.start_and_quit(&mut they)?;
        }
        ours.use_it(&mut we, self, true)?;
        // It draws for each key, which takes a minute and shows nothing.
        floor.use_it(&mut they, self, false)?;
        let mut echo = Pty::start(&mut Command::new("cat"), Duration::ZERO, true)?;
        let echoed =
            (0..self.keys.max(1)).map(|_| Ok(millis(echo.press(b"x")?.0))).collect::<Result<Vec<_>, Failure>>()?;
        let above = |found: &Found, part| quantile(&found.moves, part) - quantile(&echoed, part);
        let both = |what: &str, aim: &str, of: &dyn Fn(&Found) -> f64| Row::new(what, aim, of(&we), Some(of(&they)));
        let late = |found: &Found| median(&found.far) - median(&found.rows);
        Ok(vec![
            both("start to the first paint, ms", "", &|it| median(&it.first)),
            both("start to a usable first screen, ms", "15; big: 25", &|it| median(&it.rows)),
            both(&format!("… more over a round trip of {} ms", TRIP.as_millis()), "< 5", &late),
            both("… questions put to the terminal", "0", &|it| float(it.asked)),
            both("key to paint above cat, p50, ms", "0.6", &|it| above(it, 0.5)),
            both("key to paint above cat, p99, ms", "3", &|it| above(it, 0.99)),
            both("bytes of a cursor move", "250", &|it| median(&it.move_bytes)),
            both("bytes of a scrolled row", "900", &|it| median(&it.scroll_bytes)),
            both("idle: bytes a second", "0", &|it| it.idle.0),
            both("idle: CPU, ms a second", "< 0.3", &|it| it.idle.1),
            both("idle: wake-ups a second", "< 2", &|it| it.idle.2),
            Row::new(
                "what is coming (w), over a key of the floor, ms",
                "100 of 3,000",
                median(&we.coming),
                Some(median(&they.moves)),
            ),
            Row::new("10,000 keys at once, ms", "< 50", we.flood.0, None),
            Row::new("10,000 keys at once, kB", "< 50", we.flood.1, None),
            both("quit, ms", "< 10", &|it| median(&it.quit)),
            both("SIGTERM, ms", "", &|it| it.term),
            both("first screen after SIGKILL, ms", "< 2000", &|it| it.killed),
            both("private memory, MB", "12; big: 40", &|it| it.memory),
        ])
    }

    /// What commands take, beside the smallest ones that there are.
    pub fn commands(&self, ours: &Subject, dir: &Path) -> Result<Vec<Row>, Failure> {
        let file = dir.join("small");
        std::fs::write(&file, "value")?;
        let get = ["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod", "--path", "/service-00000"];
        let run = ["run", "--environment", "prod", "--path", "/service-00000", "--", "true"];
        let times = |command: &dyn Fn() -> Command| -> Result<f64, Failure> {
            let mut all = Vec::new();
            for _ in 0..=self.starts {
                let began = Instant::now();
                let status = command().stdin(Stdio::null()).stdout(Stdio::null()).status()?;
                all.push(millis(began.elapsed()));
                if !status.success() {
                    return Err(format!("a command ended with {status}").into());
                }
            }
            Ok(median(&all[1..]))
        };
        let read = || {
            let mut command = Command::new("cat");
            command.arg(&file);
            command
        };
        let cat = times(&read)?;
        let alone = times(&|| ours.command(&get))?;
        let alone_run = times(&|| ours.command(&run))?;
        let list = ["rotation", "list"];
        let upcoming = ["rotation", "upcoming", "--days", "14"];
        let (alone_list, alone_upcoming) = (times(&|| ours.command(&list))?, times(&|| ours.command(&upcoming))?);
        let mut engine = ours.command(&["serve"]).stderr(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let lines = BufReader::new(engine.stderr.take().ok_or("no stderr")?).lines();
        // Its pipe stays open as long as it runs.
        let mut lines = lines.map_while(Result::ok);
        let serves = lines.by_ref().any(|line| line.contains("serving on"));
        let through = if serves { times(&|| ours.command(&get)) } else { Err("serve does not serve".into()) };
        let through_run = if serves { times(&|| ours.command(&run)) } else { Err("serve does not serve".into()) };
        let through_list = if serves { times(&|| ours.command(&list)) } else { Err("serve does not serve".into()) };
        let through_upcoming =
            if serves { times(&|| ours.command(&upcoming)) } else { Err("serve does not serve".into()) };
        let pid = i32::try_from(engine.id())?;
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGTERM)?;
        engine.wait()?;
        let plain = times(&|| Command::new("true"))?;
        Ok(vec![
            Row::new("secret get, an engine running, over cat, ms", "5x", through?, Some(cat)),
            Row::new("secret get, no engine, over cat, ms", "15x", alone, Some(cat)),
            Row::new("run -- true, an engine running, over true, ms", "+ 15", through_run?, Some(plain)),
            Row::new("run -- true, no engine, over true, ms", "+ 15", alone_run, Some(plain)),
            Row::new(
                "rotation upcoming --days 14, an engine running, ms",
                "100 of 3,000",
                through_upcoming?,
                Some(cat),
            ),
            Row::new("rotation upcoming --days 14, no engine, ms", "", alone_upcoming, Some(cat)),
            Row::new("rotation list, an engine running, ms", "100 of 3,000", through_list?, Some(cat)),
            Row::new("rotation list, no engine, ms", "", alone_list, Some(cat)),
            Row::new("the program, MB", "15", float(usize::try_from(ours.command[0].metadata()?.len())?) / 1e6, None),
        ])
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which this part of them lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list of a few hundred")]
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((float(last) * part).round() as usize).copied().unwrap_or(f64::NAN)
}
