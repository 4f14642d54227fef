//! The parts by themselves. The whole, with its engine in a process of its own, is played by the tests of the program.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Weekday};
use tokio::sync::watch;

use super::board::Board;
use super::cast::{BIRTHS, CAST, CURTAIN, RETIREMENTS};
use super::fault::{self, Fault};
use super::pace::Pace;
use super::place::{self, Place};
use super::status::Status;
use crate::clock::{Clock, Staged};

#[test]
fn a_call_slows_time_down_and_time_hurries_only_where_no_call_came_since() {
    let dir = tempfile::tempdir().expect("a directory");
    let start = DateTime::UNIX_EPOCH;
    let clock = Staged::make(dir.path().join("clock"), start).expect("written");
    let pace = Pace::new(clock);
    let hour = |clock| Clock::Staged(clock).real(TimeDelta::hours(1)).as_secs();
    let seen = *pace.calls().borrow();
    assert!(pace.hurry(seen, 3600.0, None));
    assert_eq!(hour(clock), 1);
    pace.called();
    assert_eq!(hour(clock), 3600, "at its own pace");
    assert!(!pace.hurry(seen, 3600.0, None), "a call came since");
    assert!(pace.hurry(seen + 1, 3600.0, Some(start + TimeDelta::days(9))));
    pace.pause(true);
    let stands = clock.now();
    pace.called();
    pace.jump(stands + TimeDelta::hours(1));
    assert_eq!((clock.now(), hour(clock)), (stands + TimeDelta::hours(1), u64::MAX), "paused is paused");
    pace.pause(false);
    assert_eq!(hour(clock), 3600);
}

#[test]
fn the_cast_is_born_in_order_and_the_curtain_rises_on_a_monday_morning() {
    let order: Vec<_> = BIRTHS.into_iter().chain(RETIREMENTS).chain([CURTAIN]).collect();
    // The last retirement is said to happen before the curtain rises, and so it must.
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!((CURTAIN.weekday(), CURTAIN.hour(), CURTAIN.minute()), (Weekday::Mon, 2, 10));
    for part in CAST {
        assert_eq!(part.body().secret_path, Some(part.folder()));
    }
}

#[tokio::test]
async fn every_part_has_its_app_and_every_fault_can_be_ordered() {
    let place = Place::make().expect("a directory");
    let dir = place.dir().to_owned();
    let clock = place.clock(CURTAIN).expect("written");
    let (sender, status) = watch::channel(Status::new(CURTAIN));
    let board = Board::new(clock, place::socket(&place.data_dir()), sender).await.expect("loopback is there");
    board.tell(|_| {});
    let apps = status.borrow().apps.clone();
    assert_eq!(apps.len(), CAST.len());
    assert!(apps.iter().all(|app| app.secrets.len() == 1 && app.secrets[0].active), "{apps:?}");
    let org = board.orgs[0].org();
    for fault in Fault::ALL {
        fault.befall(org);
    }
    fault::park_change(org);
    assert!(!org.inside().token_valid);
    assert_eq!(org.inside().faults.len(), 7);
    fault::park_no_more(org);
    assert_eq!(org.inside().faults.len(), 3);
    drop((board, place));
    assert!(!dir.exists(), "nothing is left");
}
