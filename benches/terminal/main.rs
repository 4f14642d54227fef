//! What the terminal UI costs, beside a bare list on the same libraries, in the same run on the same machine.
//!
//! `cargo bench --bench terminal` measures with 1,000 rotations; `-- --big` with 10,000 and 1,000,000 entries of history;
//! `-- --rotations N --entries N --in DIR` with others, in a directory that is kept and used again. It needs no network,
//! judges nothing by time and never fails for being slow: machines differ, and what counts is the ratio.

use std::path::{Path, PathBuf};
use std::time::Instant;

use tempfile::TempDir;

mod floor;
mod measure;
mod pty;
mod seed;
mod table;

use measure::{Subject, Work};

type Failure = Box<dyn std::error::Error>;

struct Args {
    rotations: u64,
    entries: u64,
    place: Option<PathBuf>,
    program: PathBuf,
    work: Work,
}

fn read() -> Result<Args, Failure> {
    let mut args = Args {
        rotations: 1_000,
        entries: 20_000,
        place: None,
        program: env!("CARGO_BIN_EXE_windlass").into(),
        work: Work::default(),
    };
    let mut given = std::env::args().skip(1);
    while let Some(arg) = given.next() {
        let mut value = || given.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--big" => (args.rotations, args.entries) = (10_000, 1_000_000),
            "--rotations" => args.rotations = value()?.parse()?,
            "--entries" => args.entries = value()?.parse()?,
            "--in" => args.place = Some(value()?.into()),
            "--program" => args.program = value()?.into(),
            "--starts" => args.work.starts = value()?.parse()?,
            "--keys" => args.work.keys = value()?.parse()?,
            "--idle" => args.work.idle = value()?.parse()?,
            // Cargo says so.
            "--bench" => {}
            other => return Err(format!("unknown argument {other:?}; see the top of benches/terminal/main.rs").into()),
        }
    }
    Ok(args)
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench has no output but this")]
fn main() -> Result<(), Failure> {
    let mut given = std::env::args().skip(1);
    if given.next().as_deref() == Some("floor") {
        return Ok(floor::run(given.next().unwrap_or_default().parse()?)?);
    }
    let args = read()?;
    let temp = TempDir::new()?;
    let dir = args.place.as_deref().unwrap_or(temp.path());
    if !dir.join("data").exists() {
        let began = Instant::now();
        std::fs::create_dir_all(dir)?;
        seed::store(dir, args.rotations, args.entries)?;
        eprintln!(
            "made a store of {} rotations and {} entries in {:.1?}",
            args.rotations,
            args.entries,
            began.elapsed()
        );
    }
    let ours = subject(&args, dir);
    let me = std::env::current_exe()?;
    let floor = Subject {
        home: dir.into(),
        command: vec![me, "floor".into(), args.rotations.to_string().into()],
        first: floor::FIRST.into(),
    };
    let title = format!("{} rotations, {} entries of history, 80x24", args.rotations, args.entries);
    println!("{title}\n");
    print!("{}", table::show(&args.work.screens(&ours, &floor)?));
    println!();
    print!("{}", table::show(&args.work.commands(&ours, dir)?));
    Ok(())
}

fn subject(args: &Args, dir: &Path) -> Subject {
    let command =
        vec![args.program.clone(), "--data-dir".into(), dir.join("data"), "--key-file".into(), dir.join("master.key")];
    // One in every twenty-five is due first, and of those the first by name stands on top.
    Subject { command, home: dir.into(), first: format!("service-{:05}", 24.min(args.rotations.saturating_sub(1))) }
}
