use std::os::unix::fs::symlink;

use super::*;
use crate::store::testing::*;
use crate::store::{Opened, Purpose, lock, open_marked};

const NEW: Begin = Begin { new: true, read_only: false };

fn begin_at(dir: &Path, keys: &KeySource, begin: Begin) -> Result<Opened, StoreError> {
    check(dir, keys, begin)?;
    open_marked(lock(dir)?, keys, begin, at(5), Purpose::Act)
}

fn filled() -> Place {
    let place = Place::new();
    place.write(vec![put(&published(1, 1))]);
    place
}

fn vanished(result: Result<Opened, StoreError>, why: &str) -> Option<DateTime<Utc>> {
    match result.map(|opened| opened.notes) {
        Err(StoreError::Vanished { used, .. }) => used,
        other => panic!("{why}: {other:?}"),
    }
}

#[test]
fn a_store_that_vanished_is_not_begun_anew_and_nothing_is_made() {
    let place = filled();
    fs::remove_dir_all(&place.dir).expect("removed");
    vanished(begin_at(&place.dir, &place.keys, Begin::default()), "it is gone");
    assert!(!place.dir.exists(), "the place of a mount is left alone");
    fs::create_dir(&place.dir).expect("made");
    vanished(begin_at(&place.dir, &place.keys, Begin::default()), "it is empty");
    for name in ["backups", "logs", "store.new"] {
        fs::create_dir(place.path(name)).expect("made");
    }
    fs::write(place.path("windlass.sock"), b"").expect("written");
    vanished(begin_at(&place.dir, &place.keys, Begin::default()), "nothing of a store is there");
    let hint = check(&place.dir, &place.keys, Begin::default()).expect_err("gone").hint();
    assert!(hint.contains("--new-store") && hint.contains("mount") && hint.contains("--data-dir"), "{hint}");
}

#[test]
fn what_is_left_of_a_store_is_rebuilt_as_before() {
    let place = filled();
    fs::remove_dir_all(place.path("store")).expect("removed");
    fs::remove_file(place.path("ledger")).expect("removed");
    let opened = begin_at(&place.dir, &place.keys, NEW).expect("there are backups");
    assert!(!opened.begun && opened.loaded.quarantine.is_some());
}

#[test]
fn a_new_store_is_begun_once_and_never_where_one_is() {
    let place = filled();
    let opened = begin_at(&place.dir, &place.keys, NEW).expect("there is one");
    assert!(!opened.begun && opened.loaded.rotations.len() == 1, "it is ignored where a store is");
    drop(opened);
    fs::remove_dir_all(&place.dir).expect("removed");
    let opened = begin_at(&place.dir, &place.keys, NEW).expect("asked for");
    assert!(opened.begun && opened.loaded.rotations.is_empty());
    drop(opened);
    assert!(!begin_at(&place.dir, &place.keys, NEW).expect("there").begun, "an option that was left in place");
    fs::remove_dir_all(&place.dir).expect("removed");
    let used = vanished(begin_at(&place.dir, &place.keys, NEW), "and does not count when the disk is gone again");
    assert_eq!(used, Some(at(5)));
    let error = check(&place.dir, &place.keys, NEW).expect_err("used");
    let StoreError::Vanished { marker, .. } = &error else { panic!("{error}") };
    assert!(error.hint().contains(&*marker.to_string_lossy()), "the way out is named: {}", error.hint());
    fs::remove_file(marker).expect("there");
    assert!(begin_at(&place.dir, &place.keys, Begin::default()).expect("forgotten").begun);
}

#[test]
fn each_data_directory_has_its_own_marker_however_it_is_spelled() {
    let place = filled();
    let above = place.dir.parent().expect("a temporary directory").to_owned();
    let other = above.join("other");
    assert!(begin_at(&other, &place.keys, Begin::default()).expect("another one").begun);
    let link = above.join("link");
    symlink(&above, &link).expect("linked");
    fs::remove_dir_all(&place.dir).expect("removed");
    let spelled = [
        place.dir.clone(),
        above.join("other/../data"),
        above.join("./data/"),
        link.join("data"),
        link.join("link/other/../data"),
    ];
    for dir in spelled {
        vanished(begin_at(&dir, &place.keys, Begin::default()), &dir.display().to_string());
    }
    assert!(!begin_at(&other, &place.keys, Begin::default()).expect("still there").begun);
}

#[test]
fn a_link_to_a_disk_that_is_not_mounted_leads_to_its_marker() {
    let place = Place::new();
    let above = place.dir.parent().expect("a temporary directory").to_owned();
    let (disk, link) = (above.join("disk"), above.join("srv"));
    fs::create_dir(&disk).expect("made");
    symlink("disk/volume", &link).expect("linked");
    fs::create_dir(disk.join("volume")).expect("made");
    drop(begin_at(&link.join("data"), &place.keys, Begin::default()).expect("begun"));
    fs::remove_dir_all(disk.join("volume")).expect("removed");
    vanished(begin_at(&link.join("data"), &place.keys, Begin::default()), "the link leads to nothing");
}

#[test]
fn a_store_from_before_is_remembered_when_it_is_opened_next_but_not_by_a_reader() {
    let place = filled();
    let markers = place.keys.config_dir().join(DIR);
    fs::remove_dir_all(&markers).expect("removed");
    let reader = Begin { read_only: true, ..Begin::default() };
    assert_eq!(begin_at(&place.dir, &place.keys, reader).expect("opens").notes, Vec::<String>::new());
    assert!(!markers.exists(), "a reader writes nothing");
    assert_eq!(begin_at(&place.dir, &place.keys, Begin::default()).expect("opens").notes, Vec::<String>::new());
    assert_eq!(names(&markers, "").len(), 1);
    fs::remove_dir_all(&place.dir).expect("removed");
    vanished(begin_at(&place.dir, &place.keys, reader), "to a reader too");
}

#[test]
fn a_moved_store_is_remembered_at_its_new_place() {
    let place = filled();
    let moved = place.dir.with_file_name("moved");
    fs::rename(&place.dir, &moved).expect("moved");
    vanished(begin_at(&place.dir, &place.keys, Begin::default()), "its old place");
    let opened = begin_at(&moved, &place.keys, Begin::default()).expect("its new place");
    assert_eq!((opened.begun, opened.notes), (false, vec![]));
    drop(opened.store);
    fs::remove_dir_all(&moved).expect("removed");
    vanished(begin_at(&moved, &place.keys, Begin::default()), "its new place");
}

#[test]
fn another_store_in_its_place_is_said_once() {
    let place = filled();
    let other = Place::new().with_key_of(&place);
    other.write(vec![put(&published(2, 1))]);
    fs::remove_dir_all(&place.dir).expect("removed");
    copy(&other.dir, &place.dir);
    let opened = begin_at(&place.dir, &place.keys, Begin::default()).expect("a store");
    assert!(opened.notes.len() == 1 && opened.notes[0].contains("not the one"), "{:?}", opened.notes);
    drop(opened);
    assert_eq!(begin_at(&place.dir, &place.keys, Begin::default()).expect("a store").notes, Vec::<String>::new());
}

#[test]
fn a_config_directory_that_cannot_be_written_is_said_and_stops_nothing() {
    let place = filled();
    let (above, key) = (place.dir.parent().expect("above").to_owned(), place.keys.own.clone());
    let file = above.join("no directory");
    fs::write(&file, b"").expect("written");
    let keys = KeySource { credentials: None, named: Some(key), own: file.join("master.key") };
    for dir in [place.dir.clone(), above.join("other")] {
        let opened = begin_at(&dir, &keys, Begin::default()).expect("opens all the same");
        assert!(opened.notes.len() == 1 && opened.notes[0].contains("cannot be written"), "{:?}", opened.notes);
    }
}

#[test]
fn a_marker_that_says_nothing_still_says_that_there_was_a_store() {
    let place = filled();
    let markers = place.keys.config_dir().join(DIR);
    let marker = markers.join(&names(&markers, "")[0]);
    for text in ["", "{\"store\":", "[]"] {
        fs::write(&marker, text).expect("written");
        fs::remove_dir_all(&place.dir).expect("removed");
        vanished(begin_at(&place.dir, &place.keys, Begin::default()), text);
        fs::create_dir(&place.dir).expect("made");
    }
    fs::remove_dir(&place.dir).expect("removed");
    assert!(begin_at(&place.dir, &place.keys, NEW).expect("asked for").begun);
    assert!(serde_json::from_slice::<Known>(&fs::read(&marker).expect("read")).is_ok(), "it is whole again");
}

#[test]
fn nothing_is_kept_inside_of_what_may_vanish() {
    let place = Place::new();
    let keys = KeySource { own: place.dir.join("master.key"), ..place.keys.clone() };
    drop(begin_at(&place.dir, &keys, Begin::default()).expect("begun"));
    assert_eq!(place.names("stores"), Vec::<String>::new());
    fs::remove_dir_all(&place.dir).expect("removed");
    assert!(begin_at(&place.dir, &keys, Begin::default()).expect("cannot know").begun);
}
