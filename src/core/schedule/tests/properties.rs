//! Any zone, any schedule, any history.

use chrono::{Days, Duration};
use proptest::prelude::*;

use super::*;

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(&chrono_tz::TZ_VARIANTS[..])
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let intervals = prop_oneof![1..=7_u32, 1..=3650_u32];
    (intervals, 0..86_400_u32, zones(), 0..29_000_u64).prop_map(|(interval_days, seconds, zone, day)| {
        let at = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).expect("a time");
        every(interval_days, at, zone, date(1970, 1, 1) + Days::new(day))
    })
}

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (0..2_500_000_000_i64).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).expect("an instant"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn a_due_time_is_on_its_date_at_its_time_or_where_that_does_not_exist_right_after(schedule in schedules()) {
        let wanted = (schedule.anchor + Days::new(u64::from(schedule.interval_days))).and_time(schedule.at);
        let shown = schedule.due().with_timezone(&schedule.zone).naive_local();
        if schedule.zone.from_local_datetime(&wanted).earliest().is_some() {
            prop_assert_eq!(shown, wanted);
        } else {
            prop_assert!(shown > wanted && shown - wanted <= Duration::hours(24));
        }
    }

    #[test]
    fn each_due_time_is_later_than_the_last_and_none_comes_twice_for_a_date(
        schedule in schedules(),
        delays in prop::collection::vec(prop_oneof![Just(0), 0..100_000_i64, 0..400_000_000_i64], 1..8),
    ) {
        let mut schedule = schedule;
        let mut last: Option<(DateTime<Utc>, NaiveDate)> = None;
        for delay in delays {
            let due = schedule.due();
            let now = due + Duration::seconds(delay);
            if let Some((ran_at, day)) = last {
                prop_assert!(due > ran_at, "{due} is not after the run at {ran_at}");
                prop_assert!(schedule.local_date(due) > day, "again on {day}");
            }
            last = Some((now, schedule.local_date(now).max(schedule.local_date(due))));
            schedule = schedule.consumed(now);
        }
    }

    #[test]
    fn whatever_was_missed_is_caught_up_with_once(schedule in schedules(), missed in 1..50_u32, hours in 0..24_i64) {
        let now = schedule.due_after(missed) + Duration::hours(hours);
        let next = schedule.consumed(now);
        let interval = Duration::days(i64::from(schedule.interval_days));
        prop_assert!(next.due() > now);
        prop_assert!(next.due() <= now + interval + Duration::days(2));
    }

    #[test]
    fn after_a_manual_rotation_the_next_is_an_interval_later_on_the_calendar(schedule in schedules(), now in instants()) {
        let next = schedule.anchored(now);
        prop_assert!(next.due() > now);
        let days = next.local_date(next.due()) - next.local_date(now);
        let expected = i64::from(schedule.interval_days);
        // A date that the zone skipped is due on the next.
        prop_assert!(days.num_days() == expected || days.num_days() == expected + 1, "{days}");
        prop_assert_eq!(next.sane(now), next);
    }

    #[test]
    fn a_settled_schedule_has_nothing_overdue_and_its_opening_is_near(schedule in schedules(), now in instants()) {
        let settled = schedule.settled(now);
        prop_assert!(settled.due() > now);
        prop_assert_eq!(&settled.settled(now), &settled);
        if schedule.due() > now {
            prop_assert_eq!(settled, schedule);
        } else {
            prop_assert!(settled.due() <= now + Duration::days(2), "{}", settled.due());
        }
    }

    #[test]
    fn a_schedule_starts_within_its_interval_and_is_never_taken_for_one_that_a_wrong_clock_made(
        schedule in schedules(), now in instants(), ahead in 0..4_000_u64,
    ) {
        let date = schedule.local_date(now) + Days::new(ahead);
        match schedule.starting(date, now) {
            Ok(started) => {
                prop_assert!(started.due() > now);
                prop_assert_eq!(started.sane(now), started);
            }
            Err(BadStart::Past) => prop_assert!(schedule.due_on(date).due() <= now),
            Err(BadStart::Far { latest }) => prop_assert!(date > latest),
        }
    }

    #[test]
    fn settling_is_monotone_in_now(schedule in schedules(), now in instants(), later in 0..10_000_000_i64) {
        let later = now + Duration::seconds(later);
        prop_assert!(schedule.settled(now).due() <= schedule.settled(later).due());
        let (soon, late) = (schedule.consumed(now), schedule.consumed(later));
        prop_assert!(soon.due() <= late.due());
    }

    #[test]
    fn a_sane_schedule_is_never_further_off_than_its_interval(schedule in schedules(), now in instants()) {
        let sane = schedule.sane(now);
        let interval = Duration::days(i64::from(schedule.interval_days));
        prop_assert!(sane.due() <= now + interval + Duration::days(3), "{}", sane.due());
        prop_assert_eq!(&sane.sane(now), &sane);
    }
}
