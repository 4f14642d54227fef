//! Fast clocks and their text; staged clocks, which are turned.

use std::io::{self, Write};

use super::*;

#[test]
fn a_fast_clock_survives_its_text_and_runs_fast() {
    let start = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("valid").to_utc();
    let clock = Clock::fast(start, 3600.0);
    assert_eq!(clock.to_string().parse::<Clock>().expect("own text"), clock);
    let Clock::Fast(fast) = clock else { panic!("made fast") };
    assert_eq!(fast.at(fast.real_ms + 1000), start + Duration::hours(1));
    assert_eq!(clock.real(Duration::hours(1)), StdDuration::from_secs(1));
    assert!("2026-01-01T00:00:00Z@0x0".parse::<Clock>().is_err());
}

fn staged(dir: &tempfile::TempDir, start: DateTime<Utc>) -> &'static Staged {
    Staged::make(dir.path().join("clock"), start).expect("written")
}

#[test]
fn a_staged_clock_continues_from_where_it_was_turned_and_other_processes_see_the_same() {
    let dir = tempfile::tempdir().expect("a directory");
    let start = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("valid").to_utc();
    let ours = staged(&dir, start);
    let clock = Clock::Staged(ours);
    assert_eq!((clock.now(), clock.real(Duration::seconds(1))), (start, StdDuration::MAX), "it stands still");
    let theirs: Clock = clock.to_string().parse().expect("own text");
    assert_eq!((theirs, theirs.now()), (clock, start));
    ours.turn(None, 3600.0, None).expect("written");
    assert_eq!(theirs.real(Duration::hours(1)), StdDuration::from_secs(1));
    ours.turn(Some(start + Duration::days(1)), 0.0, None).expect("written");
    assert_eq!(theirs.now(), start + Duration::days(1));
    dir.close().expect("removed");
    assert_eq!(theirs.now(), start + Duration::days(1), "what was seen last");
    assert!("@/nowhere/at/all".parse::<Clock>().is_err());
}

#[tokio::test]
async fn sleepers_wait_out_a_pause_and_are_woken_by_the_turns_of_another_process() {
    let dir = tempfile::tempdir().expect("a directory");
    let start = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("valid").to_utc();
    let ours = staged(&dir, start);
    let theirs = Staged::open(ours.path()).expect("there");
    let (ear, mut mouth) = io::pipe().expect("a pipe");
    let gone = theirs.heed(ear);
    let sleeper = tokio::spawn(async move { Clock::Staged(theirs).sleep(Duration::hours(1)).await });
    tokio::task::yield_now().await;
    let mut turns = theirs.turns();
    ours.turn(Some(start + Duration::minutes(59)), 0.0, None).expect("written");
    mouth.write_all(b".").expect("heard");
    turns.changed().await.expect("turned");
    tokio::task::yield_now().await;
    assert!(!sleeper.is_finished(), "not yet, and it stands still");
    ours.turn(Some(start + Duration::hours(1)), 0.0, None).expect("written");
    mouth.write_all(b".").expect("heard");
    sleeper.await.expect("its hour has come");
    drop(mouth);
    gone.await.expect("known");
}

#[test]
fn it_hurries_to_an_instant_and_continues_at_its_own_pace() {
    let shown = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("valid").to_utc();
    let until = shown + Duration::hours(2);
    let fast = Fast { shown, real_ms: 0, speed: 3600.0, until: Some(until) };
    assert_eq!(fast.to_string().parse::<Fast>().expect("own text"), fast);
    assert_eq!(fast.at(1_000), shown + Duration::hours(1));
    assert_eq!(fast.at(2_000), until);
    assert_eq!(fast.at(5_000), until + Duration::seconds(3));
    assert_eq!(fast.real(1_000, Duration::hours(1)), StdDuration::from_secs(1));
    assert_eq!(fast.real(1_000, Duration::hours(1) + Duration::seconds(7)), StdDuration::from_secs(8));
    assert_eq!(fast.real(5_000, Duration::seconds(7)), StdDuration::from_secs(7));
    let behind = Fast { until: Some(shown - Duration::hours(1)), ..fast };
    assert_eq!(behind.at(1_000), shown + Duration::seconds(1), "it has no hurry at all");
    assert!(fast.to_string().parse::<Clock>().is_err(), "only a staged clock does that");
}
