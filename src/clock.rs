//! The one place that knows what time it is.
//!
//! Everything that compares or shows instants asks a [`Clock`], so that a stand-in org and the engine can share a fast
//! one, or one that is turned while it runs. Durations are slept on the monotonic clock (RFC 3339 instants are only
//! compared).

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration as StdDuration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Duration, SubsecRound, Utc};

mod staged;

pub use staged::Staged;

/// Tells the time and sleeps by it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// A clock that runs `speed` times as fast as the machine's, for trying things out against a stand-in org.
    Fast(Fast),
    /// One that is turned while it runs, and that processes share.
    Staged(&'static Staged),
}

/// A fast clock: an instant that it showed, the machine's time then, and its speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fast {
    /// What it showed …
    shown: DateTime<Utc>,
    /// … when the machine's clock stood here, in milliseconds since the epoch.
    real_ms: i64,
    /// Seconds shown for each second that passes, 1 or more; 0 only in a staged clock that stands still.
    speed: f64,
    /// From here on it goes at the machine's own pace; only in a staged clock.
    until: Option<DateTime<Utc>>,
}

/// A clock's text that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadClock {
    /// Not a fast clock.
    #[error("a fast clock is written INSTANT@MILLISECONDSxSPEED, as `windlass sandbox --speed 3600` prints it")]
    Fast,
    /// Not the file of a staged clock.
    #[error("the staged clock cannot be read: {0}")]
    Staged(String),
}

impl Clock {
    /// A fast clock that shows `shown` now.
    pub fn fast(shown: DateTime<Utc>, speed: f64) -> Self {
        Self::Fast(Fast { shown: shown.trunc_subsecs(3), real_ms: real_ms(), speed: speed.max(1.0), until: None })
    }

    /// A clock of the machine's pace that begins where tests do.
    #[cfg(test)]
    pub fn test() -> Self {
        Self::fast(test_now(), 1.0)
    }

    /// The current instant, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => DateTime::from_timestamp_millis(real_ms()).unwrap_or_default(),
            Self::Fast(fast) => fast.at(real_ms()),
            Self::Staged(staged) => staged.now(),
        }
    }

    /// How long `shown` takes to pass on the machine's clock, as it runs now.
    pub fn real(&self, shown: Duration) -> StdDuration {
        match self {
            Self::System => shown.to_std().unwrap_or_default(),
            Self::Fast(fast) => fast.real(real_ms(), shown),
            Self::Staged(staged) => staged.real(shown),
        }
    }

    /// How long it takes until it shows `at`, as it runs now. From one look at the machine's clock: a staged clock can have
    /// come to the end of its hurry between two.
    fn until(&self, at: DateTime<Utc>) -> StdDuration {
        match self {
            Self::System => (at - self.now()).to_std().unwrap_or_default(),
            Self::Fast(fast) => {
                let real_ms = real_ms();
                fast.real(real_ms, at - fast.at(real_ms))
            }
            Self::Staged(staged) => staged.until(at),
        }
    }

    /// Sleeps for a while of this clock's time.
    pub async fn sleep(&self, shown: Duration) {
        if !matches!(self, Self::Staged(_)) {
            return tokio::time::sleep(self.real(shown)).await;
        }
        let until = self.now() + shown;
        while self.now() < until {
            self.towards(until, StdDuration::MAX).await;
        }
    }

    /// Sleeps until it shows `at`, for `most` of the machine's time at the longest, and no longer than until it is turned:
    /// whoever calls this looks at the clock again. One that stands still wakes no one.
    pub async fn towards(&self, at: DateTime<Utc>, most: StdDuration) {
        // Before the clock is read, so that no turn is missed.
        let turns = if let Self::Staged(staged) = self { Some(staged.turns()) } else { None };
        // A fast clock's instants are close together; less than a millisecond is not worth a wake-up.
        let sleep = tokio::time::sleep(self.until(at).min(most).max(StdDuration::from_millis(1)));
        match turns {
            None => sleep.await,
            Some(mut turns) => {
                tokio::select! {
                    () = sleep => {}
                    _ = turns.changed() => {}
                }
            }
        }
    }

    /// Whether this is not the machine's clock.
    pub fn is_fast(&self) -> bool {
        !matches!(self, Self::System)
    }
}

impl Fast {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "milliseconds of a few days")]
    fn at(&self, real_ms: i64) -> DateTime<Utc> {
        let passed = real_ms - self.real_ms;
        let fast = self.shown + Duration::milliseconds((passed as f64 * self.speed) as i64);
        match self.until {
            Some(until) if fast > until && self.speed > 1.0 => {
                let until = until.max(self.shown);
                let hurried = ((until - self.shown).num_milliseconds() as f64 / self.speed) as i64;
                until + Duration::milliseconds(passed - hurried)
            }
            _ => fast,
        }
    }

    /// How long `shown` takes to pass from an instant on.
    fn real(&self, real_ms: i64, shown: Duration) -> StdDuration {
        if shown <= Duration::zero() {
            return StdDuration::ZERO;
        }
        let rest = |shown: Duration| shown.to_std().unwrap_or_default();
        // Of what stands still, nothing ever passes.
        let hurried = |shown: Duration| {
            StdDuration::try_from_secs_f64(rest(shown).as_secs_f64() / self.speed).unwrap_or(StdDuration::MAX)
        };
        match self.until {
            Some(until) if self.speed > 1.0 => {
                let first = (until - self.at(real_ms)).clamp(Duration::zero(), shown);
                hurried(first) + rest(shown - first)
            }
            _ => hurried(shown),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn real_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Fast(fast) => fast.fmt(f),
            Self::Staged(staged) => write!(f, "@{}", staged.path().display()),
        }
    }
}

impl fmt::Display for Fast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.shown.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        write!(f, "{shown}@{}x{}", self.real_ms, self.speed)?;
        self.until.map_or(Ok(()), |until| write!(f, "/{}", until.timestamp_millis()))
    }
}

impl FromStr for Clock {
    type Err = BadClock;

    fn from_str(text: &str) -> Result<Self, BadClock> {
        if text == "system" {
            return Ok(Self::System);
        }
        if let Some(path) = text.strip_prefix('@') {
            let staged = Staged::open(Path::new(path)).map_err(|error| BadClock::Staged(error.to_string()))?;
            return Ok(Self::Staged(staged));
        }
        let fast: Fast = text.parse()?;
        if fast.speed < 1.0 || fast.until.is_some() {
            return Err(BadClock::Fast);
        }
        Ok(Self::Fast(fast))
    }
}

impl FromStr for Fast {
    type Err = BadClock;

    fn from_str(text: &str) -> Result<Self, BadClock> {
        let (shown, rest) = text.split_once('@').ok_or(BadClock::Fast)?;
        let (real_ms, rest) = rest.split_once('x').ok_or(BadClock::Fast)?;
        let (speed, until) = rest.split_once('/').map_or((rest, None), |(speed, until)| (speed, Some(until)));
        let shown = DateTime::parse_from_rfc3339(shown).map_err(|_| BadClock::Fast)?.to_utc();
        let real_ms = real_ms.parse().map_err(|_| BadClock::Fast)?;
        let speed: f64 = speed.parse().map_err(|_| BadClock::Fast)?;
        if !(0.0..=10_000_000.0).contains(&speed) {
            return Err(BadClock::Fast);
        }
        let instant = |text: &str| DateTime::from_timestamp_millis(text.parse().ok()?);
        let until = until.map(|text| instant(text).ok_or(BadClock::Fast)).transpose()?;
        Ok(Self { shown, real_ms, speed, until })
    }
}

/// The instant at which tests begin: their own, so that they pass at any hour of any day. `WINDLASS_TEST_NOW` (RFC 3339)
/// chooses another.
#[cfg(test)]
pub fn test_now() -> DateTime<Utc> {
    let chosen = std::env::var("WINDLASS_TEST_NOW");
    chosen.as_deref().unwrap_or("2027-03-09T13:00:00Z").parse().expect("WINDLASS_TEST_NOW is an instant (RFC 3339)")
}

#[cfg(test)]
mod tests;
