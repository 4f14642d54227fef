//! Where the time goes between exec and the first screen that can be used, and in commands that read a store.
//!
//! `cargo bench --bench start` measures with 1,000 rotations; `-- --big` with 10,000 and 1,000,000 entries; `-- --in DIR` with the
//! store that another bench kept there. The program notes its steps itself (`WINDLASS_START_STEPS`): each is shown with when it
//! was reached, in milliseconds after exec, the median of all starts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::time::{ClockId, clock_gettime};
use tempfile::TempDir;

#[path = "../terminal/pty.rs"]
#[expect(dead_code, reason = "the other bench has use for all of it")]
mod pty;
#[path = "../terminal/seed.rs"]
mod seed;

use pty::Pty;

type Failure = Box<dyn std::error::Error>;

/// So many starts of each kind.
const STARTS: usize = 15;

struct Subject {
    program: PathBuf,
    dir: PathBuf,
    /// What stands on the screen once it can be used.
    first: String,
}

impl Subject {
    fn command(&self, steps: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let home = [("HOME", self.dir.as_path()), ("WINDLASS_START_STEPS", steps)];
        let terminal = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("LANG", "C.UTF-8"), ("TZ", "UTC")];
        command.env_clear().envs(home).envs(terminal).arg("--data-dir").arg(self.dir.join("data"));
        command.arg("--key-file").arg(self.dir.join("master.key")).args(args);
        command
    }

    /// One start; when each step was reached, in milliseconds after exec.
    fn once(&self, args: &[&str]) -> Result<Vec<(String, f64)>, Failure> {
        let steps = tempfile::NamedTempFile::new()?;
        let mut command = self.command(steps.path(), args);
        let began = clock_gettime(ClockId::CLOCK_MONOTONIC)?;
        if args.is_empty() {
            let mut pty = Pty::start(&mut command, Duration::ZERO, false)?;
            pty.shows(&self.first)?;
            pty.end(b"q", Signal::SIGTERM)?;
        } else {
            let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
            // 1 says that there are problems.
            if !matches!(status.code(), Some(0 | 1)) {
                return Err(format!("{args:?} ended with {status}").into());
            }
        }
        let ended = clock_gettime(ClockId::CLOCK_MONOTONIC)?;
        let began = Duration::from(began);
        let text = std::fs::read_to_string(steps.path())?;
        let mut all = Vec::new();
        for line in text.lines() {
            let (nanos, name) = line.split_once(' ').ok_or("a step without a name")?;
            if all.iter().all(|(known, _)| known != name) {
                all.push((name.to_owned(), millis(Duration::from_nanos(nanos.parse()?).saturating_sub(began))));
            }
        }
        all.push(("ended".into(), millis(Duration::from(ended).saturating_sub(began))));
        Ok(all)
    }

    /// The steps in the order of a start, each with its median.
    fn steps(&self, args: &[&str]) -> Result<Vec<(String, f64)>, Failure> {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let mut order = Vec::new();
        for number in 0..=STARTS {
            let steps = self.once(args)?;
            if number == 0 {
                // The first warms the page cache.
                order = steps.into_iter().map(|(name, _)| name).collect();
                continue;
            }
            for (name, at) in steps {
                all.entry(name).or_default().push(at);
            }
        }
        let median = |name: String| {
            let mut values = all.remove(&name).unwrap_or_default();
            values.sort_by(f64::total_cmp);
            let middle = values.get(values.len() / 2).copied().unwrap_or(f64::NAN);
            (name, middle)
        };
        let mut steps: Vec<_> = order.into_iter().map(median).collect();
        steps.sort_by(|a, b| a.1.total_cmp(&b.1));
        Ok(steps)
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench has no output but this")]
fn main() -> Result<(), Failure> {
    let (mut rotations, mut entries, mut place) = (1_000, 20_000, None);
    let mut program = PathBuf::from(env!("CARGO_BIN_EXE_windlass"));
    let mut given = std::env::args().skip(1);
    while let Some(arg) = given.next() {
        let mut value = || given.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--big" => (rotations, entries) = (10_000, 1_000_000),
            "--in" => place = Some(PathBuf::from(value()?)),
            "--program" => program = value()?.into(),
            // Cargo says so.
            "--bench" => {}
            other => return Err(format!("unknown argument {other:?}; see the top of benches/start/main.rs").into()),
        }
    }
    let temp = TempDir::new()?;
    let dir = place.unwrap_or_else(|| temp.path().to_owned());
    if !dir.join("data").exists() {
        eprintln!("making a store of {rotations} rotations and {entries} entries");
        std::fs::create_dir_all(&dir)?;
        seed::store(&dir, rotations, entries)?;
    }
    let ours = Subject { program, dir, first: "service-00024".into() };
    let get = ["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod", "--path", "/service-00000"];
    let screen: (&str, &[&str]) = ("the screen", &[]);
    for (title, args) in [
        screen,
        ("secret get", &get),
        ("secret list", &["secret", "list"]),
        ("rotation list", &["rotation", "list"]),
        ("status", &["status", "--cron"]),
    ] {
        println!("{title:<28}      at    step, ms");
        let mut before = 0.0;
        for (name, at) in ours.steps(args)? {
            println!("  {name:<26} {at:>7.2}  {:>8.2}", at - before);
            before = at;
        }
        println!();
    }
    Ok(())
}
