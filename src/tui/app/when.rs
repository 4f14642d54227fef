//! Instants and spans for people, as narrow as a column: local, to the minute.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// How long, roughly: `3d`, `5h`, `12m`, `8s`.
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

/// A day: `25 Oct`, with the year where it is another.
pub fn day(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    crate::text::when::day(at, now, zone)
}

/// A day and a time: `25 Oct 02:15`.
pub fn day_time(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    format!("{} {}", day(at, zone, now), at.with_timezone(&zone).format("%H:%M"))
}

/// With the day of the week: `Tue 24 Nov 02:15`.
pub fn weekday_time(at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    format!("{} {}", at.with_timezone(&zone).format("%a"), day_time(at, zone, now))
}

/// Reads `2026-12-24`, `2026-12-24 08:00`, `3d` or `12h`: local time, to come.
pub fn read(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let text = text.trim();
    let at = span(text).map(|span| now + span).or_else(|| instant(text, zone));
    match at {
        None => Err("write a date (2026-12-24), with a time (2026-12-24 08:00), or a span (3d, 12h)".into()),
        Some(at) if at <= now => Err("that is in the past".into()),
        Some(at) => Ok(at),
    }
}

fn span(text: &str) -> Option<Duration> {
    let number = text.get(..text.len().checked_sub(1)?)?.parse::<u32>().ok()?;
    match text.chars().last()? {
        'd' => Duration::try_days(number.into()),
        'h' => Duration::try_hours(number.into()),
        'm' => Duration::try_minutes(number.into()),
        _ => None,
    }
    // Ten years: more is a mistyped date.
    .filter(|span| span.num_days() <= 3_650)
}

fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok();
    let naive = naive.or_else(|| Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN)))?;
    // In the hour that a change of the clocks skips, the one after it.
    let local = zone.from_local_datetime(&naive).earliest();
    local.or_else(|| zone.from_local_datetime(&(naive + Duration::hours(1))).earliest()).map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_spans_are_read_in_the_readers_zone() {
        let zone: Tz = "Europe/Berlin".parse().expect("known");
        let now = "2026-11-25T12:00:00Z".parse().expect("valid");
        assert_eq!(read("2026-12-24 08:00", zone, now), Ok("2026-12-24T07:00:00Z".parse().expect("valid")));
        assert_eq!(read(" 3d", zone, now), Ok(now + Duration::days(3)));
        assert_eq!(read("2027-03-28 02:30", zone, now), Ok("2027-03-28T01:30:00Z".parse().expect("valid")));
        assert!(read("2026-11-25", zone, now).is_err());
        assert!(read("é", zone, now).is_err());
        assert!(read("99999999d", zone, now).is_err());
    }
}
