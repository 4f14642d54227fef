//! A data directory that is moved away while a store in it is open, and what takes its place meanwhile.

use std::fs;
use std::path::Path;

use crate::store::testing::*;
use crate::store::{Begin, Change, StoreError};

/// Every file below a directory, with what is in it.
fn content(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.strip_prefix(dir).expect("below").display().to_string();
    let mut all: Vec<_> = files(dir).iter().map(|path| (name(path), fs::read(path).expect("readable"))).collect();
    all.sort();
    all
}

/// A store with something in it to be compacted at its end, whose directory is moved to another name.
fn moved() -> (Place, crate::store::Opened) {
    let place = Place::new();
    place.write(vec![put(&published(1, 1))]);
    let mut old = place.open();
    old.store.commit(vec![put(&published(2, 1))]).expect("written");
    old.store.commit(vec![vec![Change::DropRotation(rotation_id(2))]]).expect("written");
    fs::rename(&place.dir, place.dir.with_file_name("away")).expect("moved");
    (place, old)
}

#[test]
fn the_end_of_a_moved_store_leaves_the_one_in_its_place_alone() {
    let (place, mut old) = moved();
    let new = Begin { new: true, ..Begin::default() };
    drop(place.try_begin(new, 1).expect("another one begins"));
    let shown = place.write(vec![put(&published(3, 1))]);
    let before = content(&place.dir);
    old.store.close();
    drop(old);
    assert_eq!(content(&place.dir), before, "ledger, backups and all");
    assert_eq!(crate::store::testing::shown(&place.open().loaded), shown);
}

#[test]
fn a_moved_store_writes_nothing_more_and_says_so() {
    let (place, mut old) = moved();
    let new = Begin { new: true, ..Begin::default() };
    drop(place.try_begin(new, 1).expect("another one begins"));
    let before = content(&place.dir);
    let error = old.store.commit(vec![put(&published(4, 1))]).expect_err("moved");
    assert!(matches!(error, StoreError::Moved { .. }), "{error}");
    assert!(error.hint().contains("--data-dir"), "{}", error.hint());
    old.store.tend();
    drop(old);
    assert_eq!(content(&place.dir), before);
}

#[test]
fn where_nothing_is_in_its_place_nothing_is_made_there() {
    let (place, mut old) = moved();
    assert!(old.store.commit(vec![put(&published(4, 1))]).is_err());
    drop(old);
    assert!(!place.dir.exists());
}

#[test]
fn a_store_that_was_moved_and_put_back_is_whole() {
    let (place, old) = moved();
    fs::rename(place.dir.with_file_name("away"), &place.dir).expect("moved back");
    let shown = shown(&old.store.load().expect("read"));
    drop(old);
    let opened = place.open();
    assert_eq!((crate::store::testing::shown(&opened.loaded), opened.notes), (shown, vec![]));
}
