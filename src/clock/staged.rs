//! A clock that someone turns while it runs: faster, slower, still, or to another instant.
//!
//! What it shows stands in a small file, so that processes share one clock and none of them is ever ahead: each look
//! reads it. Whoever turns it wakes those who sleep by it; between two turns no one is woken, so that it costs nothing
//! while it stands still.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use tokio::sync::{oneshot, watch};

use super::{Fast, real_ms};

/// See the module. There is one for each file in a process, and it lasts as long as the process.
#[derive(Debug)]
pub struct Staged {
    path: PathBuf,
    /// What was read last: all that is left to show once the file is gone.
    last: Mutex<Fast>,
    turned: watch::Sender<()>,
}

impl PartialEq for Staged {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Staged {
    /// Makes the clock's file; it shows `shown` now, and stands still.
    pub fn make(path: PathBuf, shown: DateTime<Utc>) -> io::Result<&'static Self> {
        let start = Fast { shown, real_ms: real_ms(), speed: 0.0, until: None };
        fs::write(&path, start.to_string())?;
        Ok(Self::lasting(path, start))
    }

    /// The clock that another process turns.
    pub fn open(path: &Path) -> io::Result<&'static Self> {
        let start = fs::read_to_string(path)?.parse().map_err(io::Error::other)?;
        Ok(Self::lasting(path.to_owned(), start))
    }

    /// Clocks are copied into every corner of an engine, so that one that has state must outlive them all.
    fn lasting(path: PathBuf, start: Fast) -> &'static Self {
        Box::leak(Box::new(Self { path, last: Mutex::new(start), turned: watch::Sender::new(()) }))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The current instant.
    pub fn now(&self) -> DateTime<Utc> {
        // Before the file is read: a turn in between can then not be overshot by what passed at the old speed.
        let real_ms = real_ms();
        self.read().at(real_ms)
    }

    /// How long `shown` takes to pass on the machine's clock, as it runs now.
    pub fn real(&self, shown: Duration) -> StdDuration {
        self.read().real(real_ms(), shown)
    }

    /// How long it takes until it shows `at`, as it runs now.
    pub(super) fn until(&self, at: DateTime<Utc>) -> StdDuration {
        let real_ms = real_ms();
        let clock = self.read();
        clock.real(real_ms, at - clock.at(real_ms))
    }

    fn read(&self) -> Fast {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = fs::read_to_string(&self.path).ok().and_then(|text| text.parse().ok()) {
            *last = read;
        }
        *last
    }

    /// Continues from here, or from another instant, at another speed; with `until`, at its own pace from there on. Only one
    /// process may turn a clock.
    pub fn turn(&self, to: Option<DateTime<Utc>>, speed: f64, until: Option<DateTime<Utc>>) -> io::Result<()> {
        let real_ms = real_ms();
        let next = Fast { shown: to.unwrap_or_else(|| self.read().at(real_ms)), real_ms, speed, until };
        let beside = self.path.with_extension("new");
        // Renamed over, so that whoever reads finds the old one or the new one whole.
        fs::write(&beside, next.to_string()).and_then(|()| fs::rename(&beside, &self.path))?;
        self.turned.send_replace(());
        Ok(())
    }

    /// A signal at each turn from now on.
    pub fn turns(&self) -> watch::Receiver<()> {
        self.turned.subscribe()
    }

    /// Hears of the turns of another process: each byte that comes is one. Resolves once that process is gone.
    pub fn heed(&'static self, mut turns: impl Read + Send + 'static) -> oneshot::Receiver<()> {
        let (end, gone) = oneshot::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 64];
            loop {
                match turns.read(&mut bytes) {
                    Ok(0) => break,
                    Ok(_) => {
                        self.turned.send_replace(());
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            // No one may be waiting any more.
            let _ = end.send(());
        });
        gone
    }
}
