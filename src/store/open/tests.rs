use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use super::*;
use crate::core::history::ending::Ending;
use crate::store::ledger::Held;
use crate::store::testing::{shown as shown_in, *};
use crate::store::{Change, HistoryQuery, lock, values};

/// A store with a connection, two rotations and some history.
fn filled() -> (Place, Vec<String>) {
    let place = Place::new();
    let mut second = put(&published(1, 2));
    second.push(Change::Append(Box::new(entry(1, rotation_id(1)))));
    let shown = place.write(vec![vec![Change::PutConnection(Box::new(connection(1)))], second, put(&published(2, 1))]);
    (place, shown)
}

/// Opens and expects everything, and nothing to report.
fn opens_quietly(place: &Place, expected: &[String], why: &str) {
    let opened = place.try_open(0).unwrap_or_else(|error| panic!("{why}: {error}"));
    assert_eq!(shown(&opened.loaded), expected, "{why}");
    assert_eq!((opened.loaded.quarantine, opened.notes), (None, vec![]), "{why}");
}

/// Opens and expects everything, under quarantine.
fn opens_quarantined(place: &Place, expected: &[String], reason: &str) -> Opened {
    let opened = place.open();
    let quarantine = opened.loaded.quarantine.clone().unwrap_or_else(|| panic!("no quarantine: {reason}"));
    assert!(quarantine.reason.contains(reason), "{quarantine:?}");
    assert_eq!(shown(&opened.loaded), expected, "{reason}");
    assert!(!opened.notes.is_empty(), "it is said: {reason}");
    opened
}

#[test]
fn a_crash_between_the_ledger_and_the_store_leaves_the_store_as_it_was() {
    let (place, shown) = filled();
    let values: Vec<Held> = values::of_rotation(&published(3, 1)).collect();
    let key = values[0].key;
    place.ledger().hold(values).expect("held");
    opens_quietly(&place, &shown, "the value was never acted upon");
    assert!(!place.ledger().holds(key), "and is let go");
}

#[test]
fn a_crash_between_the_store_and_the_ledgers_note_loses_nothing() {
    for held in [true, false] {
        let (place, _) = filled();
        if held {
            place.ledger().hold(values::of_rotation(&published(3, 1)).collect()).expect("held");
        }
        let before = fs::read(place.path("ledger")).expect("read");
        let head = place.ledger().head();
        let mut store = place.open().store;
        store.commit(vec![put(&published(3, 1))]).expect("written");
        let shown = shown(&store.load().expect("read"));
        drop(store);
        fs::write(place.path("ledger"), before).expect("put back");
        opens_quietly(&place, &shown, "the store is ahead of the ledger");
        let ledger = place.ledger();
        assert_eq!(ledger.head(), head + 1, "the ledger is brought up");
        assert!(ledger.holds(value_key(3, 1)), "with the value");
        assert!(!ledger.lacks_publication(value_key(3, 1), 1), "and its version");
    }
}

#[test]
fn a_ledger_that_was_cut_anywhere_in_its_last_write_is_whole() {
    let (place, _) = filled();
    let before = fs::metadata(place.path("ledger")).expect("there").len();
    let mut store = place.open().store;
    store.commit(vec![put(&published(3, 1))]).expect("written");
    let shown = shown(&store.load().expect("read"));
    drop(store);
    let bytes = fs::read(place.path("ledger")).expect("read");
    let start = usize::try_from(before).expect("small");
    let step = (bytes.len() - start) / 23;
    let some = (start..bytes.len()).step_by(step).chain(start + 1..start + 6).chain(bytes.len() - 10..bytes.len());
    for end in some {
        fs::write(place.path("ledger"), &bytes[..end]).expect("cut");
        opens_quietly(&place, &shown, &format!("cut at {end}"));
        let zeroes = [&bytes[..end], &[0; 300]].concat();
        fs::write(place.path("ledger"), zeroes).expect("cut");
        opens_quietly(&place, &shown, &format!("cut at {end}, with zeroes behind it"));
    }
}

#[test]
fn a_creation_that_was_interrupted_anywhere_continues() {
    let made = Place::new();
    let key_made = made.open().key_made;
    assert!(key_made.is_some());
    let steps: [(&str, &[&str]); 5] = [
        ("only the key", &["store", "ledger"]),
        ("no store", &["store"]),
        ("no file in the store", &["store/db", "store/conf", "store/blobs"]),
        ("no conf", &["store/conf"]),
        ("all of it", &[]),
    ];
    for (what, gone) in steps {
        let place = made.copy();
        for name in gone {
            let path = place.path(name);
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.expect("removed");
        }
        if gone.contains(&"ledger") {
            fs::write(place.path("ledger.new"), b"half").expect("written");
        }
        opens_quietly(&place, &[], what);
        assert_eq!(place.try_open(0).expect("again").key_made, None, "{what}: the key is there");
    }
}

#[test]
fn a_snapshot_that_was_never_finished_is_removed() {
    let (place, shown) = filled();
    fs::write(place.path("store/snap.00000000000000FF.generating"), b"half").expect("written");
    opens_quietly(&place, &shown, "sled alone would never open again");
}

#[test]
fn another_key_is_distinguished_from_damage_and_changes_nothing() {
    let (place, _) = filled();
    let other = Place::new();
    drop(other.open());
    let keeps: [&[&str]; 4] = [&[], &["ledger"], &["store"], &["store", "ledger"]];
    for gone in keeps {
        let copy = place.copy().with_key_of(&other);
        for name in gone {
            let path = copy.path(name);
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.expect("removed");
        }
        let names = copy.names("");
        let ledger = fs::read(copy.path("ledger")).ok();
        let error = copy.try_open(0).map(|opened| opened.notes).expect_err("another key");
        assert!(matches!(error, StoreError::ForeignKey { .. }), "without {gone:?}: {error}");
        assert_eq!(copy.names(""), names, "without {gone:?}");
        assert_eq!(fs::read(copy.path("ledger")).ok(), ledger, "without {gone:?}");
    }
}

#[test]
fn a_lost_key_is_not_made_anew_beside_anything_it_sealed() {
    for kept in ["store", "ledger", "backups"] {
        let (place, _) = filled();
        fs::remove_file(&place.keys.own).expect("removed");
        for gone in ["store", "ledger", "backups"].into_iter().filter(|name| *name != kept) {
            let path = place.path(gone);
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.expect("removed");
        }
        let error = place.try_open(0).map(|opened| opened.notes).expect_err("no key");
        assert!(matches!(error, StoreError::KeyMissing { .. }), "with {kept}: {error}");
        assert!(!place.keys.own.exists(), "with {kept}");
    }
}

#[test]
fn a_store_that_was_emptied_is_rebuilt_and_quarantined() {
    type Case = (&'static str, fn(&Place));
    let cases: [Case; 4] = [
        ("its files are gone", |place| fs::remove_dir_all(place.path("store")).expect("removed")),
        ("its files are gone", |place| {
            fs::remove_dir_all(place.path("store")).expect("removed");
            fs::create_dir(place.path("store")).expect("made");
        }),
        ("it is empty", |place| fs::write(place.path("store/db"), []).expect("cut")),
        ("its files are gone", |place| {
            fs::remove_dir_all(place.path("store")).expect("removed");
            fs::remove_file(place.path("ledger")).expect("removed");
        }),
    ];
    for (reason, empty) in cases {
        let (place, shown) = filled();
        empty(&place);
        let opened = opens_quarantined(&place, &shown, reason);
        assert!(opened.notes.iter().any(|note| note.contains("history")), "{:?}", opened.notes);
        drop(opened);
        let again = place.try_open(5).expect("opens");
        assert_eq!(again.loaded.quarantine.expect("still").since, at(0), "over a restart");
        assert_eq!(again.notes, Vec::<String>::new(), "but it is said once");
    }
}

#[test]
fn an_older_copy_of_the_store_is_noticed_and_what_came_after_is_restored() {
    let (place, _) = filled();
    let old = place.copy();
    let shown = place.write(vec![put(&published(1, 3)), vec![Change::DropConnection(connection(1).id)]]);
    fs::remove_dir_all(place.path("store")).expect("removed");
    copy(&old.path("store"), &place.path("store"));
    let opened = opens_quarantined(&place, &shown, "older copy");
    assert_eq!(place.names("store.damaged-").len(), 1, "the copy is kept");
    let page = opened.store.history(&HistoryQuery { limit: 9, ..HistoryQuery::default() }).expect("read");
    assert_eq!(page.entries, [entry(1, rotation_id(1))], "its history is taken over");
}

#[test]
fn an_older_copy_without_a_newer_backup_gets_the_newer_values_from_the_ledger() {
    let (place, _) = filled();
    let old = place.copy();
    place.write(vec![put(&published(1, 3)), put(&published(3, 1))]);
    fs::remove_dir_all(place.path("store")).expect("removed");
    fs::remove_dir_all(place.path("backups")).expect("removed");
    copy(&old.path("store"), &place.path("store"));
    let loaded = place.open().loaded;
    assert!(loaded.quarantine.is_some());
    let rotation = loaded.rotations.iter().find(|rotation| rotation.id == rotation_id(1)).expect("there");
    assert_eq!(rotation.current, Some(value_key(1, 3)), "published since");
    assert_eq!(rotation.previous.map(|previous| previous.key), Some(value_key(1, 2)));
    let named = |key: &crate::core::secret::SecretKey| {
        let secret = loaded.secrets.iter().find(|secret| secret.key == *key).expect("there");
        let version = secret.current().expect("a version");
        (version.number, version.value.clone().expect("held").expose().to_owned(), secret.rotation)
    };
    let third = value(1, 3).expose().to_owned();
    assert_eq!(named(&rotation.client_secret_key()), (3, third, Some(rotation_id(1))));
    let lost = published(3, 1);
    assert_eq!(named(&lost.client_secret_key()), (1, value(3, 1).expose().to_owned(), None), "as a plain secret");
    assert_eq!(named(&lost.client_id_key()), (1, "client-3".to_owned(), None), "with its client id");
}

#[test]
fn a_lost_or_damaged_ledger_beside_a_whole_store_is_written_anew() {
    type Case = (&'static str, fn(&mut Vec<u8>));
    let cases: [Case; 4] = [
        ("was gone", |bytes| bytes.clear()),
        ("damaged", |bytes| bytes[100] ^= 1),
        ("damaged", |bytes| bytes[33] ^= 1),
        ("could not be read", |bytes| bytes.iter_mut().for_each(|byte| *byte = 0x55)),
    ];
    for (what, damage) in cases {
        let (place, shown) = filled();
        let (head, count) = (place.ledger().head(), place.ledger().live().count());
        let mut bytes = fs::read(place.path("ledger")).expect("read");
        damage(&mut bytes);
        if bytes.is_empty() {
            fs::remove_file(place.path("ledger")).expect("removed");
        } else {
            fs::write(place.path("ledger"), &bytes).expect("damaged");
        }
        let opened = place.open();
        assert_eq!((shown_in(&opened.loaded), opened.loaded.quarantine), (shown, None), "{what}");
        assert!(opened.notes.len() == 1 && opened.notes[0].contains(what), "{:?}", opened.notes);
        drop((opened.store, opened.notes));
        // That it was recovered is written down in a commit of its own.
        assert_eq!((place.ledger().head(), place.ledger().live().count()), (head + 1, count), "{what}");
        assert_eq!(place.names("ledger.damaged-").len(), usize::from(!bytes.is_empty()), "{what}");
    }
}

#[test]
fn a_lost_ledger_beside_an_older_copy_is_noticed_by_the_backup() {
    let (place, _) = filled();
    let old = place.copy();
    let shown = place.write(vec![put(&published(1, 3))]);
    fs::remove_dir_all(place.path("store")).expect("removed");
    fs::remove_file(place.path("ledger")).expect("removed");
    copy(&old.path("store"), &place.path("store"));
    opens_quarantined(&place, &shown, "older copy");
}

#[test]
fn the_ledger_of_another_store_is_refused() {
    let (place, _) = filled();
    let other = Place::new().with_key_of(&place);
    other.write(vec![put(&published(9, 1))]);
    fs::copy(other.path("ledger"), place.path("ledger")).expect("copied");
    let error = place.try_open(0).map(|opened| opened.notes).expect_err("refused");
    assert!(error.to_string().contains("another store"), "{error}");
}

#[test]
fn nothing_to_rebuild_from_is_an_error_and_not_an_empty_store() {
    let (place, _) = filled();
    fs::write(place.path("store/db"), [0x55; 4096]).expect("damaged");
    fs::remove_dir_all(place.path("backups")).expect("removed");
    fs::remove_file(place.path("ledger")).expect("removed");
    let names = place.names("");
    for _ in 0..2 {
        let error = place.try_open(0).map(|opened| opened.notes).expect_err("refused");
        assert!(matches!(error, StoreError::Damaged(_)), "{error}");
        assert_eq!(place.names(""), names, "nothing is moved");
    }
}

#[test]
fn a_rebuild_that_was_interrupted_continues() {
    let (place, shown) = filled();
    fs::write(place.path("store/db"), []).expect("cut");
    let rebuilt = place.copy();
    drop(rebuilt.open());
    // While the new store was written.
    let case = place.copy();
    copy(&rebuilt.path("store"), &case.path("store.new"));
    fs::remove_file(case.path("store.new/conf")).expect("removed");
    opens_quarantined(&case, &shown, "it is empty");
    // Before, and after, the old store was moved aside.
    for moved in [false, true] {
        let case = place.copy();
        copy(&rebuilt.path("store"), &case.path("store.ready"));
        if moved {
            fs::rename(case.path("store"), case.path("store.damaged-x")).expect("moved");
        }
        let opened = case.open();
        assert!(opened.loaded.quarantine.is_some(), "moved: {moved}");
        assert_eq!(shown_in(&opened.loaded), shown, "moved: {moved}");
        assert_eq!((case.names("store.ready"), case.names("store.damaged-").len()), (vec![], 1), "moved: {moved}");
    }
}

#[test]
fn links_are_refused() {
    for name in ["store", "ledger", "backups", "store/db"] {
        let (place, _) = filled();
        let real = place.path("elsewhere");
        fs::rename(place.path(name), &real).expect("moved");
        symlink(&real, place.path(name)).expect("linked");
        let opened = place.open();
        assert!(matches!(opened.stands_in, Some(StoreError::Unsafe { .. })), "{name}: {:?}", opened.stands_in);
        assert!(opened.loaded.quarantine.is_some(), "{name}: nothing acts");
    }
}

#[test]
fn files_of_another_user_are_refused() {
    let (place, _) = filled();
    // Only root can give files away; without that there is nothing to try.
    if std::os::unix::fs::chown(place.path("ledger"), Some(12345), None).is_err() {
        return;
    }
    let opened = place.open();
    assert!(matches!(opened.stands_in, Some(StoreError::Unsafe { .. })), "{:?}", opened.stands_in);
}

#[test]
fn no_one_else_can_enter() {
    let (place, _) = filled();
    let opened = place.open();
    let mut dirs = vec![place.dir.clone(), place.path("backups"), place.path("store"), place.path("store/blobs")];
    dirs.retain(|dir| dir.exists());
    for dir in dirs {
        assert_eq!(fs::metadata(&dir).expect("there").mode() & 0o777, 0o700, "{}", dir.display());
    }
    drop(opened);
    for file in files(&place.dir) {
        assert_eq!(fs::metadata(&file).expect("there").mode() & 0o777, 0o600, "{}", file.display());
    }
}

#[test]
fn a_second_process_learns_who_has_the_store() {
    let (place, _) = filled();
    let opened = place.open();
    match lock(&place.dir) {
        Err(StoreError::Busy { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
        other => panic!("{other:?}"),
    }
    drop(opened);
    assert!(lock(&place.dir).is_ok());
}

#[test]
fn a_page_that_cannot_say_which_store_it_is_costs_nothing() {
    let (place, shown) = filled();
    let word = b"windlass store 1";
    // Many segments later, so that sled opens its log without a look at the first one.
    let mut batches = Vec::new();
    for number in 1..=150 {
        let entry =
            crate::core::history::Entry { ending: Ending::said("m".repeat(900)), ..entry(number, rotation_id(1)) };
        batches.push(vec![Change::Append(Box::new(entry))]);
    }
    place.write(batches);
    drop(place.open());
    let db = fs::read(place.path("store/db")).expect("read");
    let places: Vec<usize> = (0..db.len() - word.len()).filter(|at| db[*at..].starts_with(word)).collect();
    assert!(!places.is_empty());
    for at in places {
        let copy = place.copy();
        let mut bytes = db.clone();
        bytes[at + 20] ^= 1;
        fs::write(copy.path("store/db"), bytes).expect("written");
        for purpose in [Purpose::Read, Purpose::Act, Purpose::Act] {
            let mut opened = copy.open_for(purpose).expect("opens");
            assert_eq!(shown_in(&opened.loaded), shown, "{purpose:?}");
            assert_eq!(opened.stands_in.is_none(), purpose == Purpose::Act);
            if purpose == Purpose::Act {
                assert_eq!(opened.loaded.quarantine, None);
                opened.store.commit(vec![Vec::new()]).expect("written");
            }
        }
        assert_eq!(copy.names("store.damaged-").len(), 1);
    }
}
