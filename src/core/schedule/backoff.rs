//! How long to wait before the next try.

use chrono::Duration;
use uuid::Uuid;

/// Quick tries before the slow ones begin.
pub const QUICK: u32 = 3;

/// No wait after a passing fault is longer.
pub const LONGEST: Duration = Duration::minutes(75);

/// The wait before try `tries + 1` after a passing fault: 1, 2, 4 s, then 30 s doubling up to an hour, ±20 %.
///
/// The jitter is drawn from the attempt's id, so that the same attempt always waits the same and a thousand attempts
/// never wait alike. `tries` counts the faults so far and is at least 1.
pub fn passing(tries: u32, attempt: Uuid) -> Duration {
    if tries <= QUICK {
        return Duration::seconds(1 << tries.saturating_sub(1));
    }
    let doublings = (tries - QUICK - 1).min(7);
    let base = (30_000_i64 << doublings).min(3_600_000);
    let share = i64::from(spread(attempt, tries) % 401) - 200; // -200..=200 thousandths
    Duration::milliseconds(base + base * share / 1000)
}

/// The waits between verifications that Okta refused, while a new secret may not have propagated: 1, 2, 4, 8, 15 s.
pub fn verification(tries: u32) -> Option<Duration> {
    [1, 2, 4, 8, 15].get(tries.saturating_sub(1) as usize).map(|seconds| Duration::seconds(*seconds))
}

/// Sixteen bits out of an attempt and a number: FNV-1a, for spreading only.
pub fn spread(attempt: Uuid, number: u32) -> u16 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in attempt.as_bytes().iter().chain(&number.to_be_bytes()) {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    let folded = (hash >> 16) ^ (hash & 0xffff);
    u16::try_from(folded).unwrap_or(u16::MAX)
}
