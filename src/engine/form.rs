//! Reading what people typed: every field that breaks a rule is reported at once, each with its fix.

use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde_json::Number;

use super::body::parts::{RotateAt, TimeOfDay};
use super::refusal::{FieldFault, Refusal};
use crate::core::name::BadName;
use crate::core::schedule::zone;
use crate::core::schedule::{BadStart, Schedule};
use crate::text::when::span;

pub mod target;

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;
/// The longest interval, in days.
const LONGEST: u32 = 3650;

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Form {
    faults: Vec<FieldFault>,
}

impl Form {
    /// Reads a name or value by its own rule.
    pub fn read<T: FromStr<Err = BadName>>(&mut self, field: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(BadName(message)) => {
                self.fault(field, message);
                None
            }
        }
    }

    /// Notes a fault.
    pub fn fault(&mut self, field: &str, message: String) {
        self.faults.push(FieldFault { field: field.into(), message });
    }

    /// All faults at once, or none.
    pub fn done(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(self.faults)) }
    }

    /// An app's client id that Okta does not show. At Okta it has at most 100 printable characters.
    pub fn client_id(&mut self, field: &str, given: &str) {
        if !(1..=100).contains(&given.len()) || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.fault(field, "a client id is 1 to 100 printable characters without white space".into());
        }
    }

    /// An interval in whole days.
    pub fn interval(&mut self, field: &str, given: &Number) -> Option<u32> {
        let days = given.as_u64().and_then(|days| u32::try_from(days).ok()).filter(|days| (1..=LONGEST).contains(days));
        if days.is_none() {
            let rule = format!("the interval is 1 to {LONGEST} whole days, not {given}");
            self.fault(field, rule);
        }
        days
    }

    /// A time of day.
    pub fn time(&mut self, field: &str, hours: i64, minutes: i64) -> Option<NaiveTime> {
        let part = |number: i64| u32::try_from(number).ok();
        let time =
            part(hours).zip(part(minutes)).and_then(|(hours, minutes)| NaiveTime::from_hms_opt(hours, minutes, 0));
        if time.is_none() {
            self.fault(field, format!("{hours:02}:{minutes:02} is not a time of day; write 00:00 to 23:59"));
        }
        time
    }

    /// A time of day in a zone, in either of the API's two ways; midnight UTC where neither is given. A `rotateAt` that
    /// names no zone is meant in `zone`.
    pub fn rotate_at(&mut self, at: Option<&RotateAt>, utc: Option<TimeOfDay>, zone: Tz) -> Option<(NaiveTime, Tz)> {
        let Some(at) = at else {
            let TimeOfDay { hours, minutes } = utc.unwrap_or(TimeOfDay { hours: 0, minutes: 0 });
            return self.time("rotateAtUtc", hours, minutes).map(|time| (time, Tz::UTC));
        };
        let time = self.time("rotateAt", at.hours, at.minutes);
        let zone = match &at.time_zone {
            Some(name) => self.zone("rotateAt.timeZone", name),
            None => Some(zone),
        };
        time.zip(zone)
    }

    /// The schedule with its first due time where someone wants it: on a local date, or at the first time of day that is
    /// not before an instant.
    pub fn first(&mut self, field: &str, given: Option<&str>, made: Schedule, now: DateTime<Utc>) -> Option<Schedule> {
        let Some(text) = given.map(str::trim) else { return Some(made) };
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let date = date.or_else(|| Some(made.opening(DateTime::parse_from_rfc3339(text).ok()?.to_utc())));
        let Some(date) = date.filter(|date| (1970..=9999).contains(&date.year())) else {
            let rule = "is a date in the schedule's zone (2026-12-05) or an instant (2026-12-05T00:00:00Z)";
            self.fault(field, format!("{rule}, not {:?}", text.chars().take(40).collect::<String>()));
            return None;
        };
        match made.starting(date, now) {
            Ok(schedule) => return Some(schedule),
            Err(BadStart::Past) => {
                let at = made.at.format("%H:%M");
                self.fault(field, format!("{date} at {at} ({}) has passed; the first due time is to come", made.zone));
            }
            Err(BadStart::Far { latest }) => {
                let days = made.interval_days;
                self.fault(
                    field,
                    format!("{date} is more than the {days} days of the interval away; {latest} is the last"),
                );
            }
        }
        None
    }

    /// A zone by its IANA name; where it is unknown the nearest is offered.
    pub fn zone(&mut self, field: &str, name: &str) -> Option<Tz> {
        zone::named(name).map_err(|why| self.fault(field, why)).ok()
    }

    /// Overlap and soak, in seconds, which must fit into the interval with an hour to spare.
    pub fn spans(&mut self, days: u32, overlap: Option<u64>, soak: Option<u64>) -> (u64, u64) {
        let interval = u64::from(days) * DAY;
        let (overlap, soak) = (overlap.unwrap_or(default_overlap(days)), soak.unwrap_or(default_soak(days)));
        let needed = overlap.saturating_add(soak).saturating_add(HOUR);
        if needed > interval {
            let room = interval - HOUR;
            self.fault(
                "overlapSeconds",
                format!(
                    "overlap {} and soak {} do not fit into {days} days with an hour to spare; together they may be {} at the \
                     most, or make the interval at least {} days",
                    span(overlap),
                    span(soak),
                    span(room),
                    needed.div_ceil(DAY)
                ),
            );
        }
        (overlap, soak)
    }
}

/// min(7 d, interval / 2), in seconds.
pub fn default_overlap(days: u32) -> u64 {
    (7 * DAY).min(u64::from(days) * DAY / 2)
}

/// min(24 h, interval / 4), in seconds.
pub fn default_soak(days: u32) -> u64 {
    DAY.min(u64::from(days) * DAY / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(form: Form) -> Vec<String> {
        form.done().err().map(|refusal| refusal.fields.into_iter().map(|it| it.message).collect()).unwrap_or_default()
    }

    #[test]
    fn an_unknown_zone_is_met_with_the_nearest() {
        for (typed, near) in [
            ("Europe/Berlln", "Europe/Berlin"),
            ("berlin", "Europe/Berlin"),
            ("New York", "America/New_York"),
            ("Asia/Tokio", "Asia/Tokyo"),
        ] {
            let mut form = Form::default();
            assert_eq!(form.zone("zone", typed), None, "{typed}");
            assert!(faults(form)[0].contains(near), "{typed}");
        }
        assert_eq!(Form::default().zone("zone", "europe/berlin"), Some(Tz::Europe__Berlin));
    }

    #[test]
    fn the_first_due_time_is_a_date_or_an_instant_to_come_within_the_interval() {
        let now = DateTime::parse_from_rfc3339("2026-11-25T12:00:00Z").expect("valid").to_utc();
        let at = NaiveTime::from_hms_opt(2, 30, 0).expect("valid");
        let anchor = now.date_naive();
        let made = Schedule { interval_days: 30, at, zone: Tz::Europe__Berlin, anchor, skipped: 0 };
        let read = |text: Option<&str>| {
            let mut form = Form::default();
            let due = form.first("firstRotationAt", text, made.clone(), now).map(|made| made.due().to_rfc3339());
            (due.unwrap_or_default(), faults(form).pop().unwrap_or_default())
        };
        assert_eq!(read(None).0, "2026-12-25T01:30:00+00:00");
        assert_eq!(read(Some(" 2026-12-05 ")).0, "2026-12-05T01:30:00+00:00");
        assert_eq!(read(Some("2026-12-05T01:31:00Z")).0, "2026-12-06T01:30:00+00:00", "not before it");
        for (text, reported) in [
            ("2026-11-25", "has passed"),
            ("2026-12-26", "2026-12-25 is the last"),
            ("2026-02-30", "is a date"),
            ("tomorrow\u{1b}", "tomorrow\\u{1b}"),
            ("9999999-01-01", "is a date"),
        ] {
            assert!(read(Some(text)).1.contains(reported), "{text}: {}", read(Some(text)).1);
        }
    }

    #[test]
    fn intervals_are_whole_days() {
        let read = |text: &str| {
            let mut form = Form::default();
            let days = form.interval("rotationInterval", &text.parse().expect("a number"));
            (days, faults(form).len())
        };
        assert_eq!(read("30"), (Some(30), 0));
        for bad in ["0", "1.5", "-3", "3651"] {
            assert_eq!(read(bad), (None, 1), "{bad}");
        }
    }

    #[test]
    fn overlap_and_soak_fit_into_the_interval() {
        for days in [1, 2, 7, 30, 3650] {
            let mut form = Form::default();
            form.spans(days, None, None);
            assert_eq!(faults(form), Vec::<String>::new(), "the defaults fit into {days} days");
        }
        let mut form = Form::default();
        form.spans(7, Some(7 * DAY), None);
        let faults = faults(form);
        assert!(faults[0].contains("at least 9 days"), "{faults:?}");
    }

    #[test]
    fn rotate_at_wins_over_its_utc_twin() {
        let at = RotateAt { hours: 2, minutes: 30, time_zone: Some("Europe/Berlin".into()) };
        let utc = TimeOfDay { hours: 1, minutes: 0 };
        let time = |hours, minutes| NaiveTime::from_hms_opt(hours, minutes, 0).expect("valid");
        let (mut form, tokyo) = (Form::default(), Tz::Asia__Tokyo);
        assert_eq!(form.rotate_at(Some(&at), Some(utc), tokyo), Some((time(2, 30), Tz::Europe__Berlin)));
        assert_eq!(form.rotate_at(None, Some(utc), tokyo), Some((time(1, 0), Tz::UTC)));
        assert_eq!(form.rotate_at(None, None, tokyo), Some((time(0, 0), Tz::UTC)));
        let without = RotateAt { time_zone: None, ..at };
        assert_eq!(form.rotate_at(Some(&without), None, tokyo), Some((time(2, 30), tokyo)));
        assert_eq!(form.time("rotateAt", 24, 0), None);
    }
}
