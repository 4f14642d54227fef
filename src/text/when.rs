//! Instants and spans for people: local, with the zone, to the minute.

use chrono::{DateTime, Datelike, Duration, Utc};
use chrono_tz::Tz;

/// An instant in the reader's zone: `2026-11-25 02:30 CET`.
pub fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

/// An instant to the second, for logs and histories.
pub fn local_seconds(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// The time of day, to the second, in the reader's zone: `02:30:07`.
pub fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// An instant in a line of its own kind, where the zone is said elsewhere: `25 Nov 02:30:07`.
pub fn short_seconds(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%d %b %H:%M:%S").to_string()
}

/// The same, to the minute: `25 Nov 02:30`.
pub fn short(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%d %b %H:%M").to_string()
}

/// A date as people say it: `25 Nov`, with the year where it is another than now's.
pub fn day(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    at.format(if at.year() == now.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// An instant as people say it: `Tue 25 Nov 02:30`, with the year where it is another than now's.
pub fn date(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    at.format(if at.year() == now.year() { "%a %-d %b %H:%M" } else { "%a %-d %b %Y %H:%M" }).to_string()
}

/// An instant that may be absent.
pub fn local_or_none(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    at.map(|at| local(at, zone)).unwrap_or_default()
}

/// How long, roughly: `3d`, `5h`, `12m`, `8s`.
pub fn rough(span: Duration) -> String {
    let seconds = span.num_seconds().abs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// An instant as seen from now: `in 3d`, `2h ago`.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at > now { format!("in {}", rough(at - now)) } else { format!("{} ago", rough(now - at)) }
}

/// How long something took: `0.4s`, `1m 5s`.
pub fn took(span: Duration) -> String {
    let ms = span.num_milliseconds().max(0);
    match ms {
        0..60_000 => format!("{}.{}s", ms / 1000, ms % 1000 / 100),
        60_000..3_600_000 => format!("{}m {}s", ms / 60_000, ms / 1000 % 60),
        _ => format!("{}h {}m", ms / 3_600_000, ms / 60_000 % 60),
    }
}
