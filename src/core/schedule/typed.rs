//! Times and spans as people type them: in options, in fields, in filters. One reader, so that what works in one place
//! works in all of them.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::calendar;

/// What a time is typed like.
const RULE: &str = "give a date (2026-11-25), a time (2026-11-25T14:00, with a Z for UTC), or a span (7d, 12h)";

/// A span of time: a whole number and a unit, such as `7d`, `24h`, `30m` or `90s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub u64);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = "a span is a whole number and one of d, h, m and s, such as 7d or 90s";
        let text = text.trim();
        let (number, unit) = text.split_at(text.trim_end_matches(|c: char| c.is_alphabetic()).len());
        let seconds: u64 = match unit {
            "d" => 86_400,
            "h" => 3_600,
            "m" => 60,
            "s" => 1,
            "" if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                return Err(format!("{rule}; did you mean {number}d?"));
            }
            _ => return Err(rule.into()),
        };
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(rule.into());
        }
        let span = number.parse::<u64>().ok().and_then(|number| number.checked_mul(seconds));
        // Beyond a hundred years is a mistake, and would overflow dates.
        span.filter(|span| *span <= 36_525 * 86_400).map(Self).ok_or_else(|| "a span is at most 36525d".into())
    }
}

impl Span {
    /// As the library of dates has it.
    pub fn duration(self) -> Duration {
        Duration::seconds(i64::try_from(self.0).unwrap_or(i64::MAX / 1000))
    }
}

/// An instant: RFC 3339, a date, a date and a time of day, or a span counted from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// An instant.
    Instant(DateTime<Utc>),
    /// A date and a time of day in the zone of whoever asks; where no time is given, the date's first instant.
    Local(NaiveDate, NaiveTime),
    /// That long from now; whether back or ahead depends on the option.
    Span(Span),
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let zoned = text.strip_suffix('Z').filter(|text| text.len() == 16).map(|text| format!("{text}:00Z"));
        if let Ok(instant) = DateTime::parse_from_rfc3339(zoned.as_deref().unwrap_or(text)) {
            return Ok(Self::Instant(instant.to_utc()));
        }
        let (date, time) =
            text.split_once(['T', ' ']).map_or((text, "00:00"), |(date, time)| (date, time.trim_start()));
        let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|date| (1970..=9999).contains(&date.year()));
        if let Some((date, time)) = date.zip(NaiveTime::parse_from_str(time, "%H:%M").ok()) {
            return Ok(Self::Local(date, time));
        }
        text.parse().map(Self::Span).map_err(|_| RULE.into())
    }
}

impl When {
    /// The instant, a span meaning that long ago.
    pub fn back(self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        self.instant(zone, |span| now.checked_sub_signed(span))
    }

    /// The instant, a span meaning that long from now.
    pub fn ahead(self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        self.instant(zone, |span| now.checked_add_signed(span))
    }

    fn instant(self, zone: Tz, spanned: impl Fn(Duration) -> Option<DateTime<Utc>>) -> DateTime<Utc> {
        match self {
            Self::Instant(instant) => instant,
            Self::Local(date, time) => calendar::instant(date, time, zone),
            Self::Span(span) => spanned(span.duration()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: FromStr<Err = String>>(text: &str) -> String {
        text.parse::<T>().err().unwrap_or_else(|| panic!("{text:?} was taken"))
    }

    #[test]
    fn spans_are_whole_numbers_with_a_unit() {
        for (text, seconds) in
            [("7d", 604_800), ("24h", 86_400), ("30m", 1_800), ("90s", 90), ("0s", 0), (" 1d ", 86_400)]
        {
            assert_eq!(text.parse(), Ok(Span(seconds)), "{text}");
        }
        for text in ["", "d", "1.5d", "-1d", "1w", "7 d", "d7", "7dd", "+7d", "１d"] {
            assert!(refused::<Span>(text).contains("whole number"), "{text}");
        }
        assert!(refused::<Span>("7").contains("did you mean 7d?"));
        assert!(refused::<Span>("99999999999999999999d").contains("at most"));
        assert!(refused::<Span>("36526d").contains("at most"));
    }

    #[test]
    fn instants_dates_and_spans() {
        let now = DateTime::parse_from_rfc3339("2026-11-25T12:00:00Z").expect("valid").to_utc();
        let berlin = chrono_tz::Europe::Berlin;
        let back = |text: &str| text.parse::<When>().expect("valid").back(now, berlin).to_rfc3339();
        let ahead = |text: &str| text.parse::<When>().expect("valid").ahead(now, berlin).to_rfc3339();
        assert_eq!(back("2026-11-01T00:00:00+02:00"), "2026-10-31T22:00:00+00:00");
        assert_eq!(back("2026-11-01T08:00Z"), "2026-11-01T08:00:00+00:00");
        assert_eq!(back("2026-07-01"), "2026-06-30T22:00:00+00:00");
        assert_eq!(back("7d"), "2026-11-18T12:00:00+00:00");
        assert_eq!(ahead("24h"), "2026-11-26T12:00:00+00:00");
        for text in ["2026-12-24 08:00", "2026-12-24T08:00", " 2026-12-24  08:00"] {
            assert_eq!(ahead(text), "2026-12-24T07:00:00+00:00", "{text}");
        }
        assert_eq!(
            ahead("2027-03-28 02:30"),
            "2027-03-28T01:00:00+00:00",
            "an hour that the clocks skip begins after it"
        );
        for text in ["", "yesterday", "2026-13-01", "2026-11-25 25:00", "7", "é"] {
            assert!(refused::<When>(text).contains("2026-11-25T14:00"), "{text}");
        }
    }
}
