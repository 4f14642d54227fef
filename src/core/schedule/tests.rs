//! Due times over every zone there is: at each change of a zone's clock, and for schedules and histories at random.

mod clocks;
mod properties;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::*;

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).expect("a time")
}

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

fn every(interval_days: u32, at: NaiveTime, zone: Tz, anchor: NaiveDate) -> Schedule {
    Schedule { interval_days, at, zone, anchor, skipped: 0 }
}

#[test]
fn half_past_two_stays_half_past_two_all_year() {
    let mut schedule = every(30, time(2, 30), Tz::Europe__Berlin, date(2026, 1, 1));
    for _ in 0..12 {
        let due = schedule.due();
        assert_eq!(due.with_timezone(&schedule.zone).time(), time(2, 30));
        schedule = schedule.consumed(due);
    }
}

#[test]
fn in_a_gap_it_is_the_first_instant_after_and_in_an_overlap_the_first_of_the_two() {
    for (zone, at, day, due) in [
        (Tz::Europe__Berlin, time(2, 30), date(2026, 3, 29), "2026-03-29T01:00:00Z"),
        (Tz::Europe__Berlin, time(2, 30), date(2026, 10, 25), "2026-10-25T00:30:00Z"),
        (Tz::America__New_York, time(2, 0), date(2026, 3, 8), "2026-03-08T07:00:00Z"),
        (Tz::America__New_York, time(2, 59), date(2026, 3, 8), "2026-03-08T07:00:00Z"),
        (Tz::America__New_York, time(1, 30), date(2026, 11, 1), "2026-11-01T05:30:00Z"),
        (Tz::Australia__Lord_Howe, time(2, 15), date(2026, 10, 4), "2026-10-03T15:30:00Z"),
        (Tz::Australia__Lord_Howe, time(2, 30), date(2026, 10, 4), "2026-10-03T15:30:00Z"),
        (Tz::Australia__Lord_Howe, time(1, 45), date(2026, 4, 5), "2026-04-04T14:45:00Z"),
        (Tz::America__Sao_Paulo, time(0, 0), date(2018, 11, 4), "2018-11-04T03:00:00Z"),
        (Tz::Pacific__Apia, time(9, 0), date(2011, 12, 30), "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(calendar::instant(day, at, zone), utc(due), "{zone} {day} {at}");
    }
}

#[test]
fn a_date_that_a_zone_skipped_is_due_once_at_the_start_of_the_next_day() {
    let mut schedule = every(1, time(9, 0), Tz::Pacific__Apia, date(2011, 12, 28));
    let mut dates = Vec::new();
    for _ in 0..4 {
        let due = schedule.due();
        dates.push(due.with_timezone(&schedule.zone).naive_local().to_string());
        schedule = schedule.consumed(due);
    }
    let expected = ["2011-12-29 09:00:00", "2011-12-31 00:00:00", "2012-01-01 09:00:00", "2012-01-02 09:00:00"];
    assert_eq!(dates, expected);
}

#[test]
fn what_was_missed_runs_once_and_then_the_regular_rhythm_continues() {
    let schedule = every(7, time(3, 0), Tz::Europe__Berlin, date(2026, 1, 1));
    let soon = schedule.consumed(utc("2026-01-10T12:00:00Z"));
    assert_eq!(soon.due(), utc("2026-01-15T02:00:00Z"), "the regular rhythm");
    let late = schedule.consumed(utc("2026-06-10T12:00:00Z"));
    assert_eq!(late.due(), utc("2026-06-17T01:00:00Z"), "one run for all that was missed");
}

#[test]
fn a_catch_up_is_not_followed_by_the_regular_run_of_the_same_day() {
    let schedule = every(7, time(15, 0), Tz::Europe__Berlin, date(2026, 1, 1));
    let morning = schedule.consumed(utc("2026-01-15T08:00:00Z"));
    assert_eq!(morning.due(), utc("2026-01-22T14:00:00Z"));
}

#[test]
fn a_manual_rotation_moves_the_anchor_to_its_own_local_date() {
    let schedule = every(30, time(3, 0), Tz::Pacific__Auckland, date(2026, 1, 1));
    let moved = schedule.anchored(utc("2026-01-10T12:30:00Z"));
    assert_eq!(moved.anchor, date(2026, 1, 11), "it is the next day there");
    assert_eq!(moved.due(), utc("2026-02-09T14:00:00Z"));
}

#[test]
fn a_due_time_that_would_lie_in_the_past_becomes_the_next_opening() {
    let schedule = every(30, time(3, 0), Tz::UTC, date(2026, 1, 1));
    let now = utc("2026-03-05T12:00:00Z");
    assert_eq!(schedule.settled(now).due(), utc("2026-03-06T03:00:00Z"));
    let before = utc("2026-01-20T12:00:00Z");
    assert_eq!(schedule.settled(before), schedule, "one that lies ahead stays");
}

#[test]
fn a_due_time_that_a_wrong_clock_made_is_computed_anew() {
    let now = utc("2026-03-05T12:00:00Z");
    let wrong = every(30, time(3, 0), Tz::UTC, date(2027, 3, 5));
    assert_eq!(wrong.sane(now).due(), utc("2026-04-04T03:00:00Z"));
    let right = every(30, time(23, 59), Tz::UTC, date(2026, 3, 5));
    assert_eq!(right.sane(now), right);
}

#[test]
fn a_skipped_due_time_is_dropped_and_comes_back_when_that_is_undone() {
    let now = utc("2026-01-10T12:00:00Z");
    let schedule = every(30, time(2, 30), Tz::Europe__Berlin, date(2026, 1, 1));
    let once = schedule.skip(now);
    let twice = once.skip(now);
    assert_eq!([&once, &twice].map(|it| it.local_date(it.due())), [date(2026, 3, 2), date(2026, 4, 1)]);
    assert_eq!([&once, &twice].map(|it| it.sane(now) == *it), [true, true], "a far due time is meant");
    assert_eq!(twice.unskip(now), Some(once.clone()));
    assert_eq!(once.unskip(now), Some(schedule.clone()));
    assert_eq!(schedule.unskip(now), None);
    assert_eq!(once.anchored(now).unskip(now), None, "a rotation in between begins anew");
}

#[test]
fn skipping_what_is_overdue_leads_to_the_regular_rhythm() {
    let schedule = every(7, time(3, 0), Tz::Europe__Berlin, date(2026, 1, 1));
    let late = schedule.skip(utc("2026-01-10T12:00:00Z"));
    assert_eq!((late.due(), late.skipped), (utc("2026-01-15T02:00:00Z"), 0));
    let longest = every(3650, time(3, 0), Tz::UTC, date(2026, 1, 1));
    let now = utc("2026-01-10T12:00:00Z");
    let far = (0..5_000).fold(longest, |schedule, _| schedule.skip(now));
    assert!(far.due() > now && far.sane(now) == far, "no number of skips breaks it");
}

#[test]
fn a_schedule_starts_on_a_date_to_come_and_continues_from_there() {
    let now = utc("2026-01-10T12:00:00Z");
    let schedule = every(30, time(2, 30), Tz::Europe__Berlin, date(2026, 1, 10));
    let first = schedule.starting(date(2026, 1, 15), now).expect("to come");
    assert_eq!(first.due(), utc("2026-01-15T01:30:00Z"));
    assert_eq!(
        first.local_date(first.consumed(first.due()).due()),
        date(2026, 2, 14),
        "the rhythm continues from there"
    );
    assert_eq!(schedule.starting(date(2026, 1, 10), now), Err(BadStart::Past));
    let latest = date(2026, 2, 9);
    assert_eq!(schedule.starting(latest, now), Ok(schedule.clone()), "as it would be by itself");
    assert_eq!(schedule.starting(date(2026, 2, 10), now), Err(BadStart::Far { latest }));
    let later = every(30, time(13, 30), Tz::UTC, date(2026, 1, 10));
    assert_eq!(later.starting(date(2026, 1, 10), now).map(|it| it.due()), Ok(utc("2026-01-10T13:30:00Z")), "today");
}

#[test]
fn an_instant_means_the_first_time_of_day_that_is_not_before_it() {
    let schedule = every(30, time(2, 30), Tz::America__New_York, date(2026, 1, 10));
    for (from, opening) in [
        ("2026-12-01T00:00:00Z", date(2026, 12, 1)),
        ("2026-12-01T07:30:00Z", date(2026, 12, 1)),
        ("2026-12-01T07:30:01Z", date(2026, 12, 2)),
    ] {
        assert_eq!(schedule.opening(utc(from)), opening, "{from}");
    }
}
