//! The one place that knows what time it is.
//!
//! Everything that compares or shows instants asks a [`Clock`], so that a stand-in org and the engine can share a fast
//! one. Durations are slept on the monotonic clock (RFC 3339 instants are only compared).

use std::fmt;
use std::str::FromStr;
use std::time::{Duration as StdDuration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Duration, SubsecRound, Utc};

/// Tells the time and sleeps by it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// A clock that runs `speed` times as fast as the machine's, for trying things out against a stand-in org.
    Fast(Fast),
}

/// Both ends of a fast clock's string, and its speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fast {
    /// What it showed …
    shown: DateTime<Utc>,
    /// … when the machine's clock stood here, in milliseconds since the epoch.
    real_ms: i64,
    /// Seconds shown for each second that passes, 1 or more.
    speed: f64,
}

/// A fast clock's text that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("a fast clock is written INSTANT@MILLISECONDSxSPEED, as `windlass sandbox --speed` prints it")]
pub struct BadClock;

impl Clock {
    /// A fast clock that shows `shown` now.
    pub fn fast(shown: DateTime<Utc>, speed: f64) -> Self {
        Self::Fast(Fast { shown: shown.trunc_subsecs(3), real_ms: real_ms(), speed: speed.max(1.0) })
    }

    /// The current instant, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => DateTime::from_timestamp_millis(real_ms()).unwrap_or_default(),
            Self::Fast(fast) => fast.at(real_ms()),
        }
    }

    /// How long `shown` takes to pass on the machine's clock.
    pub fn real(&self, shown: Duration) -> StdDuration {
        let shown = shown.to_std().unwrap_or_default();
        match self {
            Self::System => shown,
            Self::Fast(fast) => shown.div_f64(fast.speed),
        }
    }

    /// Sleeps for a while of this clock's time.
    pub async fn sleep(&self, shown: Duration) {
        tokio::time::sleep(self.real(shown)).await;
    }

    /// Whether this is not the machine's clock.
    pub fn is_fast(&self) -> bool {
        matches!(self, Self::Fast(_))
    }
}

impl Fast {
    fn at(&self, real_ms: i64) -> DateTime<Utc> {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "milliseconds of a few days")]
        let passed = ((real_ms - self.real_ms) as f64 * self.speed) as i64;
        self.shown + Duration::milliseconds(passed)
    }
}

fn real_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Fast(fast) => {
                let shown = fast.shown.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                write!(f, "{shown}@{}x{}", fast.real_ms, fast.speed)
            }
        }
    }
}

impl FromStr for Clock {
    type Err = BadClock;

    fn from_str(text: &str) -> Result<Self, BadClock> {
        if text == "system" {
            return Ok(Self::System);
        }
        let (shown, rest) = text.split_once('@').ok_or(BadClock)?;
        let (real_ms, speed) = rest.split_once('x').ok_or(BadClock)?;
        let shown = DateTime::parse_from_rfc3339(shown).map_err(|_| BadClock)?.to_utc();
        let real_ms = real_ms.parse().map_err(|_| BadClock)?;
        let speed: f64 = speed.parse().map_err(|_| BadClock)?;
        if !(1.0..=10_000_000.0).contains(&speed) {
            return Err(BadClock);
        }
        Ok(Self::Fast(Fast { shown, real_ms, speed }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_survives_its_text_and_runs_fast() {
        let start = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("valid").to_utc();
        let clock = Clock::fast(start, 3600.0);
        assert_eq!(clock.to_string().parse::<Clock>().expect("own text"), clock);
        let Clock::Fast(fast) = clock else { panic!("made fast") };
        assert_eq!(fast.at(fast.real_ms + 1000), start + Duration::hours(1));
        assert_eq!(clock.real(Duration::hours(1)), StdDuration::from_secs(1));
        assert!("2026-01-01T00:00:00Z@0x0".parse::<Clock>().is_err());
    }
}
