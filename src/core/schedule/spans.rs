//! Spans as they are stored: whole seconds.

use chrono::Duration;

/// Seconds as stored, as a duration.
pub fn seconds(seconds: u64) -> Duration {
    Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000))
}
