//! Values as people type them in options: spans, times of day, instants, numbers of days.
//!
//! Only the form is checked here. Whether a value is allowed is the engine's to say, by the field's name.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::core::schedule::calendar;

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

/// A number of days as it was typed: whether it is a good one is the engine's to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Every(pub serde_json::Number);

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(days) = text.parse::<u64>() {
            return Ok(Self(days.into()));
        }
        let number = serde_json::from_str(text).map(Self);
        number.map_err(|_| "the interval is a whole number of days from 1 to 3650, such as 30".into())
    }
}

/// A time of day, `HH:MM`, not yet checked for being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Hours as typed.
    pub hours: i64,
    /// Minutes as typed.
    pub minutes: i64,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2).map(i64::from);
        let parts = text.trim().split_once(':').and_then(|(hours, minutes)| Some((part(hours)?, part(minutes)?)));
        let (hours, minutes) = parts.ok_or("a time of day is HH:MM in 24 hours, such as 02:30")?;
        Ok(Self { hours, minutes })
    }
}

/// An instant: RFC 3339, a date, or a span counted from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// An instant.
    Instant(DateTime<Utc>),
    /// A date: its first instant in the zone of whoever asks.
    Date(NaiveDate),
    /// That long from now; whether back or ahead depends on the option.
    Span(Span),
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::Instant(instant.to_utc()));
        }
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d")
            && (1970..=9999).contains(&date.year())
        {
            return Ok(Self::Date(date));
        }
        let rule = "give an instant such as 2026-11-25T14:00:00Z, a date such as 2026-11-25, or a span such as 7d";
        text.parse().map(Self::Span).map_err(|_| rule.into())
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
            Self::Date(date) => calendar::instant(date, NaiveTime::MIN, zone),
            Self::Span(span) => spanned(span.duration()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
