//! Every change of every zone's clock from 1975 to 2037.

use chrono::{Datelike, Duration, LocalResult, NaiveDateTime, Offset};

use super::*;

/// The instants at which a zone's clock was, or will be, moved. Two moves within a week may hide each other.
fn moves(zone: Tz) -> Vec<DateTime<Utc>> {
    let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let week = Duration::days(7);
    let mut found = Vec::new();
    let mut start = utc("1975-01-01T00:00:00Z");
    while start.year() < 2037 {
        let (mut before, mut after) = (start, start + week);
        if offset(before) != offset(after) {
            while after - before > Duration::seconds(1) {
                let middle = before + Duration::seconds((after - before).num_seconds() / 2);
                if offset(middle) == offset(start) { before = middle } else { after = middle }
            }
            found.push(after);
        }
        start += week;
    }
    found
}

/// What an instant for a local time has to be, said in another way than it is computed.
fn check(local: NaiveDateTime, zone: Tz) {
    let instant = calendar::instant(local.date(), local.time(), zone);
    let shown = instant.with_timezone(&zone).naive_local();
    match zone.from_local_datetime(&local) {
        LocalResult::None => {
            let before = (instant - Duration::seconds(1)).with_timezone(&zone).naive_local();
            assert!(before < local && local < shown, "{zone} {local}: not the first after the gap, but {shown}");
        }
        LocalResult::Single(_) => assert_eq!(shown, local, "{zone}"),
        LocalResult::Ambiguous(first, second) => {
            assert_eq!(shown, local, "{zone}");
            assert!(instant <= first.to_utc() && instant <= second.to_utc(), "{zone} {local}: not the first");
        }
    }
}

#[test]
fn around_every_move_of_every_clock_a_local_time_is_itself_or_its_substitute() {
    let mut gaps = 0;
    for zone in chrono_tz::TZ_VARIANTS {
        for at in moves(zone) {
            let second = Duration::seconds(1);
            let (before, after) = ((at - second).with_timezone(&zone), at.with_timezone(&zone));
            let (before, after) = (before.naive_local() + second, after.naive_local());
            gaps += u32::from(before < after);
            let middle = before + (after - before) / 2;
            for local in [before - second, before, middle, after - second, after, after + Duration::hours(1)] {
                check(local, zone);
            }
        }
    }
    assert!(gaps > 10_000, "{gaps} gaps were found");
}

#[test]
fn around_every_move_of_every_clock_a_daily_schedule_goes_forward_and_never_meets_a_date_twice() {
    for zone in chrono_tz::TZ_VARIANTS {
        for moved in moves(zone).into_iter().rev().take(12) {
            let local = moved.with_timezone(&zone).naive_local();
            for at in [local.time(), (local - Duration::minutes(30)).time(), NaiveTime::MIN] {
                let mut schedule = every(1, at, zone, local.date() - Duration::days(3));
                let (mut last, mut seen) = (schedule.due() - Duration::seconds(1), None);
                for _ in 0..5 {
                    let due = schedule.due();
                    let day = schedule.local_date(due);
                    assert!(due > last && seen.is_none_or(|seen| day > seen), "{zone} {at} {day} after {seen:?}");
                    (last, seen) = (due, Some(day));
                    schedule = schedule.consumed(due);
                }
            }
        }
    }
}
