//! Instants and spans for people: local, to the minute, as wide as their place. How they are typed is in
//! `crate::core::schedule::typed`.

use chrono::{DateTime, Datelike, Duration, Offset, SecondsFormat, Utc};
use chrono_tz::Tz;

/// An instant in the reader's zone: `2026-11-25 02:30 CET`.
pub fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

/// An instant to the second, for logs and histories.
pub fn local_seconds(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// An instant that may be absent.
pub fn local_or_none(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    at.map(|at| local(at, zone)).unwrap_or_default()
}

/// The time of day, to the second, in the reader's zone: `02:30:07`.
pub fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// An instant in a column, where the zone is said elsewhere: ` 5 Nov 02:30:07`.
pub fn short_seconds(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%e %b %H:%M:%S").to_string()
}

/// The same, to the minute: ` 5 Nov 02:30`.
pub fn short(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%e %b %H:%M").to_string()
}

/// A date as people say it: `25 Nov`, with the year where it is another than now's.
pub fn day(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    at.format(if at.year() == now.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// A day and a time: `25 Nov 02:30`.
pub fn day_time(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    format!("{} {}", day(at, zone, now), at.with_timezone(&zone).format("%H:%M"))
}

/// With the day of the week: `Tue 25 Nov 02:30`.
pub fn weekday_time(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    format!("{} {}", at.with_timezone(&zone).format("%a"), day_time(at, zone, now))
}

/// The same with the name of the zone: `Tue 25 Nov 02:30 CET`.
pub fn weekday_time_zone(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    format!("{} {}", weekday_time(at, zone, now), at.with_timezone(&zone).format("%Z"))
}

/// An instant of UTC to the second, for sentences that programs read as well: `2026-11-25T01:30:00Z`.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A number of seconds in the largest unit that fits without a rest: `7d`, `36h`, `90s`.
pub fn span(seconds: u64) -> String {
    for (unit, name) in [(86_400, 'd'), (3_600, 'h'), (60, 'm')] {
        if seconds >= unit && seconds.is_multiple_of(unit) {
            return format!("{}{name}", seconds / unit);
        }
    }
    format!("{seconds}s")
}

/// How long, roughly: `3d`, `30h`, `12m`, `8s`.
pub fn rough(span: Duration) -> String {
    let seconds = span.num_seconds().abs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// The same, where seconds would change too fast to be read.
pub fn to_the_minute(span: Duration) -> String {
    if span.num_seconds().abs() < 60 { "<1m".into() } else { rough(span) }
}

/// An instant as seen from now: `in 3d`, `2h ago`, `now`.
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (at - now).num_seconds() {
        -59..60 => "now".into(),
        60.. => format!("in {}", rough(at - now)),
        _ => format!("{} ago", rough(now - at)),
    }
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

/// Where a rotation keeps its own time, what its clock shows at an instant; `None` where that is what the reader's shows.
pub fn there(at: DateTime<Utc>, zone: Tz, own: Option<&str>) -> Option<String> {
    let own: Tz = own?.parse().ok()?;
    let offset = |zone: Tz| at.with_timezone(&zone).offset().fix();
    (offset(own) != offset(zone)).then(|| local(at, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_zone_and_says_it_and_a_rotations_own_clock_is_named_where_it_differs() {
        let at: DateTime<Utc> = "2026-12-01T01:30:00Z".parse().expect("valid");
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(weekday_time_zone(at, berlin, at), "Tue 1 Dec 02:30 CET");
        assert_eq!(there(at, Tz::UTC, Some("Europe/Berlin")).as_deref(), Some("2026-12-01 02:30 CET"));
        assert_eq!(there(at, berlin, Some("Europe/Paris")), None, "the same clock by another name");
        assert_eq!((there(at, berlin, None), there(at, berlin, Some("Mars/Olympus"))), (None, None));
    }

    #[test]
    fn spans_are_as_rough_as_they_are_read() {
        let now: DateTime<Utc> = "2026-11-25T12:00:00Z".parse().expect("valid");
        assert_eq!(relative(now + Duration::hours(30), now), "in 30h");
        assert_eq!(relative(now - Duration::days(3), now), "3d ago");
        assert_eq!(relative(now + Duration::seconds(59), now), "now");
        assert_eq!(to_the_minute(Duration::seconds(59)), "<1m");
    }

    #[test]
    fn instants_are_said_as_people_say_them() {
        let at = DateTime::parse_from_rfc3339("2026-11-24T01:15:09Z").expect("valid").to_utc();
        let zone = chrono_tz::Europe::Berlin;
        assert_eq!(clock(at, zone), "02:15:09");
        assert_eq!(short_seconds(at, zone), "24 Nov 02:15:09");
        assert_eq!(day(at, zone, at), "24 Nov");
        assert_eq!(day(at, zone, at + Duration::days(90)), "24 Nov 2026");
        assert_eq!(weekday_time(at, zone, at), "Tue 24 Nov 02:15");
    }
}
