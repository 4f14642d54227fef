//! Local dates and times of day to instants, with daylight saving time.

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant of a local time of day: in a gap the first instant after it, in an overlap the first of the two.
///
/// The rule is Vixie cron's; the popular cron crates disagree with it and with each other (durability note, §5.4).
pub fn instant(date: NaiveDate, at: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let local = date.and_time(at);
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => instant.to_utc(),
        LocalResult::Ambiguous(first, second) => first.min(second).to_utc(),
        LocalResult::None => after_gap(local, zone),
    }
}

/// The first instant after the gap that swallowed `local`.
///
/// Offsets are known on both sides of the gap; bisecting between them needs no knowledge of how long gaps are (Apia
/// once skipped a whole day). Zone transitions fall on whole seconds.
fn after_gap(local: chrono::NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let reach = Duration::hours(48);
    let mut before = (local - reach).and_utc();
    let mut after = (local + reach).and_utc();
    // Invariant: the local clock shows less than `local` at `before`, and more at `after`.
    while after - before > Duration::seconds(1) {
        let middle = before + Duration::seconds((after - before).num_seconds() / 2);
        if middle.with_timezone(&zone).naive_local() < local {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}
