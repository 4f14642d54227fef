use std::fs;

use super::*;
use crate::store::testing::*;
use crate::store::values;

const STORE: Uuid = Uuid::from_u128(0x55);

fn key() -> MasterKey {
    MasterKey::of(7)
}

fn held(rotation: u128, number: u128) -> Held {
    let mut record = crate::store::testing::rotation(rotation);
    record.secrets.push(okta_secret(rotation, number, false));
    values::of_rotation(&record).next().expect("a value")
}

/// A ledger with five values, of which one was published and one released.
fn filled() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ledger");
    let mut ledger = Ledger::make(&path, &key(), STORE, vec![held(1, 1)], 0).expect("made");
    for number in 2..=5 {
        ledger.hold(vec![held(1, number)]).expect("held");
        ledger.note(vec![], vec![], u64::try_from(number).expect("small")).expect("noted");
    }
    ledger.note(vec![(value_key(1, 2), 3, at(9))], vec![value_key(1, 4)], 6).expect("noted");
    (dir, path)
}

fn open(path: &Path) -> Found {
    Ledger::open(path, &key(), None).expect("read")
}

fn live(ledger: &Ledger) -> Vec<Uuid> {
    ledger.live().map(|held| held.key).collect()
}

fn whole(found: Found) -> Ledger {
    match found {
        Found::Whole(ledger) => *ledger,
        Found::Damaged(_) => panic!("damaged"),
        Found::Absent | Found::Unreadable { .. } => panic!("nothing"),
    }
}

fn keys(numbers: &[u128]) -> Vec<Uuid> {
    numbers.iter().map(|number| value_key(1, *number)).collect()
}

#[test]
fn everything_comes_back_and_can_be_added_to() {
    let (_dir, path) = filled();
    for round in 0..2 {
        let mut ledger = whole(open(&path));
        assert_eq!((ledger.store(), ledger.head()), (STORE, 6 + round));
        assert_eq!(live(&ledger), keys(&[1, 2, 3, 5]));
        let second = ledger.live().find(|held| held.key == value_key(1, 2)).expect("there");
        assert_eq!((second.published, second.value.clone()), (Some((3, at(9))), value(1, 2)));
        assert!(!ledger.lacks_publication(value_key(1, 2), 3) && ledger.lacks_publication(value_key(1, 2), 4));
        assert!(!ledger.lacks_publication(value_key(1, 4), 1), "released, so nothing is missing");
        ledger.note(vec![], vec![], 7 + round).expect("noted");
        ledger.compact().expect("rewritten");
    }
}

#[test]
fn closing_takes_released_values_out_of_the_file() {
    let (_dir, path) = filled();
    let before = fs::metadata(&path).expect("there").len();
    let mut ledger = whole(open(&path));
    ledger.close().expect("closed");
    let after = fs::metadata(&path).expect("there").len();
    assert!(after < before, "{after} < {before}");
    let mut again = whole(open(&path));
    assert_eq!((live(&again), again.head()), (keys(&[1, 2, 3, 5]), 6));
    again.close().expect("closed");
    assert_eq!(fs::metadata(&path).expect("there").len(), after, "once");
}

#[test]
fn it_does_not_grow_for_ever() {
    let (_dir, path) = filled();
    let mut ledger = whole(open(&path));
    let mut largest = 0;
    for sequence in 7..9000 {
        // Not through `note`, which would sync each.
        ledger.length += 200;
        if sequence % 1000 == 0 {
            ledger.note(vec![], vec![], sequence).expect("noted");
        }
        largest = largest.max(ledger.length);
    }
    assert!(largest < SLACK + 210_000, "{largest}");
    let ledger = whole(open(&path));
    assert_eq!((live(&ledger), ledger.head()), (keys(&[1, 2, 3, 5]), 8000));
}

#[test]
fn of_a_ledger_with_any_one_byte_changed_only_what_that_byte_was_in_is_lost() {
    let (dir, path) = filled();
    let bytes = fs::read(&path).expect("read");
    let other = dir.path().join("other");
    let some = (0..bytes.len()).filter(|at| at % 5 == 0 || *at < 60 || *at > bytes.len() - 120);
    for at in some {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        fs::write(&other, &changed).expect("written");
        match Ledger::open(&other, &key(), Some(STORE)).expect("read") {
            Found::Damaged(ledger) => {
                // One value and one head may be gone; or a release, so that a value is back.
                let missing = keys(&[1, 2, 3, 5]).iter().filter(|key| !ledger.holds(**key)).count();
                assert!(missing <= 1, "byte {at}: {missing} values are missing");
                assert!(ledger.head() >= 5, "byte {at}: {}", ledger.head());
            }
            // The last frame's length, so that it seems cut short: the ledger is one commit behind.
            Found::Whole(ledger) => {
                assert_eq!((live(&ledger), ledger.head()), (keys(&[1, 2, 3, 5]), 5), "byte {at}");
            }
            Found::Absent | Found::Unreadable { .. } => panic!("byte {at}: all is lost"),
        }
    }
}

#[test]
fn several_destroyed_frames_are_bridged() {
    let (_dir, path) = filled();
    let mut bytes = fs::read(&path).expect("read");
    bytes[60..1200].fill(0);
    fs::write(&path, &bytes).expect("damaged");
    let Found::Damaged(ledger) = open(&path) else { panic!("it is damaged") };
    assert_eq!((live(&ledger).last(), ledger.head()), (Some(&value_key(1, 5)), 6));
}

#[test]
fn frames_cannot_be_moved_taken_out_or_repeated() {
    let (_dir, path) = filled();
    let bytes = fs::read(&path).expect("read");
    let mut frames = Vec::new();
    let mut at = HEADER;
    while at < bytes.len() {
        let length = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize + 4;
        frames.push(&bytes[at..at + length]);
        at += length;
    }
    let (a, b) = (frames[3], frames[4]);
    let header = &bytes[..HEADER];
    let [mut swapped, mut without, mut twice] = [frames.clone(), frames.clone(), frames.clone()];
    swapped[3] = b;
    swapped[4] = a;
    without.remove(3);
    twice.insert(3, a);
    for (what, frames) in [("swapped", swapped), ("taken out", without), ("repeated", twice)] {
        fs::write(&path, [header, &frames.concat()].concat()).expect("written");
        assert!(matches!(open(&path), Found::Damaged(_)), "{what}");
    }
}

#[test]
fn another_key_is_distinguished_from_damage_and_a_newer_ledger_from_both() {
    let (_dir, path) = filled();
    let other = MasterKey::of(8);
    let found = Ledger::open(&path, &other, None).expect("read");
    assert!(matches!(found, Found::Unreadable { foreign: true }));
    let mut bytes = fs::read(&path).expect("read");
    fs::write(&path, [0x55; 4096]).expect("damaged");
    assert!(matches!(open(&path), Found::Unreadable { foreign: false }));
    fs::write(&path, []).expect("emptied");
    assert!(matches!(open(&path), Found::Unreadable { foreign: false }));
    bytes[15] = b'2';
    fs::write(&path, &bytes).expect("written");
    assert!(matches!(open(&path), Found::Damaged(_)), "the frames are ours, whatever the header says");
    bytes[HEADER..].fill(0x55);
    fs::write(&path, &bytes).expect("written");
    assert!(matches!(Ledger::open(&path, &key(), None), Err(StoreError::Newer { .. })));
    fs::remove_file(&path).expect("removed");
    assert!(matches!(open(&path), Found::Absent));
}

#[test]
fn a_full_disk_is_an_error_and_leaves_what_was_there() {
    let (_dir, path) = filled();
    let mut ledger = whole(open(&path));
    ledger.fill_disk();
    let error = ledger.hold(vec![held(1, 6)]).expect_err("full");
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(!ledger.holds(value_key(1, 6)), "what is not on disk is not held");
    assert_eq!(live(&whole(open(&path))), keys(&[1, 2, 3, 5]));
}

#[test]
fn a_value_with_absurd_names_is_refused_and_not_written_unreadably() {
    let (_dir, path) = filled();
    let mut ledger = whole(open(&path));
    let huge = Held { rotation: Some((Uuid::nil(), "n".repeat(frame::LONGEST))), ..held(1, 6) };
    assert!(matches!(ledger.hold(vec![huge]), Err(StoreError::TooLarge(_))));
    ledger.hold(vec![held(1, 7)]).expect("held");
    assert_eq!(live(&whole(open(&path))), keys(&[1, 2, 3, 5, 7]));
}
