//! What is chosen for several rotations that are made at once: their names, and the days on which they begin.
//!
//! The same rows always get the same, so that a list can be reviewed before anything is made of it, and given again after
//! something was.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};

use super::name::Slug;
use super::schedule::Schedule;

/// The longest name.
const LONGEST: usize = 64;

/// A name for each label, none of them twice and none that is taken: `Zürich Büro` becomes `zurich-buro`, and the second
/// of two `payments-2`.
pub fn names_for<'a>(labels: impl IntoIterator<Item = &'a str>, taken: &BTreeSet<String>) -> Vec<Slug> {
    let mut taken = taken.clone();
    let mut names = Vec::new();
    for label in labels {
        let base = slug(label);
        let mut number = 1_usize;
        let name = loop {
            let tail = if number == 1 { String::new() } else { format!("-{number}") };
            let name = format!("{}{tail}", cut(&base, LONGEST - tail.len()));
            if taken.insert(name.clone()) {
                break name;
            }
            number += 1;
        };
        // It always parses: it was made of the letters of a slug.
        names.extend(name.parse::<Slug>());
    }
    names
}

/// A folder of a rotation's own in a folder, which `is_free`: `/payments`, or `/payments-2` where that is taken, too. `None`
/// where nothing that can be a path is.
pub fn free_folder(within: &str, name: &str, is_free: impl Fn(&str) -> bool) -> Option<String> {
    /// More folders of nearly one name than any store has.
    const TRIES: usize = 1_000;
    let within = within.trim_end_matches('/');
    let numbered = (2..TRIES).map(|number| format!("{within}/{name}-{number}"));
    std::iter::once(format!("{within}/{name}")).chain(numbered).find(|path| is_free(path))
}

/// What is left of a label as a name: ASCII letters and digits, with hyphens between them.
fn slug(label: &str) -> String {
    let plain = any_ascii::any_ascii(label).to_ascii_lowercase();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    if name.is_empty() { "app".into() } else { name }
}

fn cut(name: &str, length: usize) -> &str {
    name.get(..length).unwrap_or(name).trim_end_matches('-')
}

/// The first due dates of so many rotations: from `first` on, as far apart as an interval allows, so that never more of
/// them are due on one day than have to be.
fn spread(first: NaiveDate, interval_days: u32, count: usize) -> Vec<NaiveDate> {
    let count = count as u64;
    let day = |index: u64| u64::from(interval_days).saturating_mul(index) / count.max(1);
    (0..count).map(|index| first.checked_add_days(Days::new(day(index))).unwrap_or(NaiveDate::MAX)).collect()
}

/// The first due dates of so many rotations that are made now: from `first` on, and none later than a schedule made now can
/// begin.
pub fn first_dates(schedule: &Schedule, first: NaiveDate, now: DateTime<Utc>, count: usize) -> Vec<NaiveDate> {
    let latest = schedule.latest_start(now);
    let days = (latest - first.min(latest)).num_days() + 1;
    spread(first, u32::try_from(days).unwrap_or(1).min(schedule.interval_days), count)
}

/// The first date on which there is room for a new secret: once the app's original one, which stays for these spans in
/// seconds, is gone. To be due sooner would only be to wait.
pub fn first_room(schedule: &Schedule, overlap: u64, soak: u64, now: DateTime<Utc>) -> NaiveDate {
    let stays = i64::try_from(overlap.saturating_add(soak)).unwrap_or(i64::MAX);
    let gone = Duration::try_seconds(stays).and_then(|stays| now.checked_add_signed(stays + Duration::hours(1)));
    let latest = schedule.latest_start(now);
    gone.map_or(latest, |gone| schedule.opening(gone).min(latest))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn names(labels: &[&str], taken: &[&str]) -> Vec<String> {
        let taken = taken.iter().map(|name| (*name).to_owned()).collect();
        names_for(labels.iter().copied(), &taken).into_iter().map(String::from).collect()
    }

    #[test]
    fn labels_become_names_that_are_free_and_differ() {
        let labels = ["Payments", "Zürich  Büro (PROD)", "payments", "東京", "—", "Payments 2", "--x--"];
        let expected = ["payments", "zurich-buro-prod", "payments-2", "dongjing", "app", "payments-2-2", "x"];
        assert_eq!(names(&labels, &[]), expected);
        assert_eq!(names(&["Payments", "Payments"], &["payments", "payments-2"]), ["payments-3", "payments-4"]);
        let long = "a".repeat(63) + " " + &"b".repeat(10);
        let cut = names(&[&long, &long], &[]);
        assert_eq!((cut[0].as_str(), cut[1].len()), ("a".repeat(63).as_str(), 64));
        assert!(cut[1].ends_with("a-2"), "{}", cut[1]);
    }

    #[test]
    fn first_dates_lie_as_far_apart_as_the_interval_allows() {
        let first = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a date");
        let days = |interval, count| {
            spread(first, interval, count).iter().map(|date| (*date - first).num_days()).collect::<Vec<_>>()
        };
        assert_eq!(days(30, 3), [0, 10, 20]);
        assert_eq!(days(7, 1), [0]);
        assert_eq!(days(2, 5), [0, 0, 0, 1, 1]);
        assert_eq!(days(30, 0), [0_i64; 0]);
    }

    #[test]
    fn first_dates_leave_room_for_the_original_secret_to_go() {
        let at = chrono::NaiveTime::from_hms_opt(2, 30, 0).expect("a time");
        let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().expect("an instant");
        let schedule =
            Schedule { interval_days: 30, at, zone: chrono_tz::Tz::UTC, anchor: now.date_naive(), skipped: 0 };
        let day = 86_400;
        let reported = |room: u64, count| -> Vec<String> {
            let first = first_room(&schedule, room, 0, now);
            first_dates(&schedule, first, now, count).iter().map(ToString::to_string).collect()
        };
        assert_eq!(reported(8 * day, 3), ["2026-12-10", "2026-12-17", "2026-12-24"]);
        assert_eq!(reported(40 * day, 2), ["2026-12-31", "2026-12-31"], "never later than a schedule can begin");
        assert_eq!(reported(u64::MAX, 1), ["2026-12-31"]);
        for date in first_dates(&schedule, first_room(&schedule, 8 * day, 0, now), now, 500) {
            assert!(schedule.starting(date, now).is_ok(), "{date}");
        }
    }

    proptest! {
        #[test]
        fn every_label_gets_a_name_of_its_own(labels in prop::collection::vec(".{0,80}", 0..20)) {
            let names = names_for(labels.iter().map(String::as_str), &BTreeSet::from(["app".to_owned()]));
            prop_assert_eq!(names.len(), labels.len());
            let different: BTreeSet<_> = names.iter().collect();
            prop_assert_eq!(different.len(), names.len());
        }

        #[test]
        fn no_day_has_more_than_it_must(interval in 1..400_u32, count in 1..500_usize) {
            let first = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a date");
            let dates = spread(first, interval, count);
            let mut on = BTreeMap::new();
            for date in &dates {
                prop_assert!(*date >= first && (*date - first).num_days() < i64::from(interval));
                *on.entry(*date).or_insert(0_usize) += 1;
            }
            let most = count.div_ceil(interval as usize);
            prop_assert!(on.values().all(|many| *many <= most));
        }
    }
}
