//! Damage to a real store's files, at many places: the outcome is the whole store, a rebuilt one under quarantine, or an
//! error that says what is wrong. Never an empty store, never one that misses something without saying so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::store::testing::*;
use crate::store::{Change, HistoryQuery, Loaded};

const ROTATIONS: u128 = 8;

/// Enough records for several leaves in each tree, written in many commits, with rewrites; then one backup is as new as
/// the store, or the last commits came after it.
fn filled(backup_is_old: bool) -> (Place, Vec<String>) {
    let place = Place::new();
    let mut batches = vec![vec![Change::PutConnection(Box::new(connection(1)))]];
    for round in 1..=3 {
        for number in 1..=ROTATIONS {
            let mut batch = put(&published(number, round));
            batch.push(Change::Append(Box::new(entry(round * 100 + number, rotation_id(number)))));
            batches.push(batch);
        }
    }
    place.write(batches);
    let shown = place.write(vec![put(&published(13, 1)), put(&published(14, 1)), put(&published(1, 4))]);
    if backup_is_old {
        let newest = names(&place.path("backups"), "").pop().expect("one");
        fs::remove_file(place.path("backups").join(newest)).expect("removed");
    }
    (place, shown)
}

fn values(loaded: &Loaded) -> BTreeSet<String> {
    let rotations = loaded.rotations.iter().flat_map(|rotation| &rotation.secrets).map(|secret| secret.value.clone());
    let secrets = loaded.secrets.iter().flat_map(|secret| &secret.versions).map(|version| version.value.clone());
    rotations.chain(secrets).flatten().map(|value| value.expose().to_owned()).collect()
}

#[derive(Default, Debug)]
struct Tally {
    intact: u32,
    rebuilt: u32,
    refused: u32,
}

/// Opens a damaged copy and judges what comes of it.
fn judge(place: &Place, expected: &[String], all_records: bool, what: &str, tally: &mut Tally) {
    let opened = match place.try_open(0) {
        Ok(opened) => opened,
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.hint().is_empty());
            tally.refused += 1;
            return;
        }
    };
    let mut store = opened.store;
    let page = store.history(&HistoryQuery { limit: 1000, ..HistoryQuery::default() });
    if opened.loaded.quarantine.is_none() {
        let recovered = &opened.loaded.recovered;
        let moved = place.names("store.damaged-").len();
        if moved == 0 {
            tally.intact += 1;
        } else {
            tally.rebuilt += 1;
        }
        assert!(moved == 0 || !recovered.is_empty(), "{what}: it is said");
        assert_eq!(shown(&opened.loaded), expected, "{what}");
        let page = page.unwrap_or_else(|error| panic!("{what}: {error}"));
        let lost = page.unreadable > 0 || recovered.iter().any(|recovery| recovery.lost.is_some());
        assert!(page.entries.len() == 24 || lost, "{what}: {} entries", page.entries.len());
    } else {
        tally.rebuilt += 1;
        let page = page.unwrap_or_else(|error| panic!("{what}: {error}"));
        let reported = opened.notes.iter().any(|note| note.contains("history"));
        assert!(reported || page.unreadable > 0 || page.entries.len() == 24, "{what}: {} entries", page.entries.len());
        assert!(!opened.notes.is_empty(), "{what}");
        assert_eq!(place.names("store.damaged-").len(), 1, "{what}: the damaged files are kept");
        if all_records {
            assert_eq!(shown(&opened.loaded), expected, "{what}");
        }
        let mut missing: BTreeSet<String> = (1..=ROTATIONS)
            .flat_map(|rotation| (1..=3).map(move |n| value(rotation, n)))
            .map(|it| it.expose().into())
            .collect();
        missing.extend([value(13, 1), value(14, 1), value(1, 4)].map(|it| it.expose().into()));
        let found = values(&opened.loaded);
        missing.retain(|value| !found.contains(value));
        assert!(missing.is_empty(), "{what}: {missing:?}");
    }
    store.commit(vec![put(&published(20, 1))]).unwrap_or_else(|error| panic!("{what}: cannot be written: {error}"));
    drop(store);
    let again = place.try_open(1).unwrap_or_else(|error| panic!("{what}: cannot be opened again: {error}"));
    assert!(again.loaded.rotations.iter().any(|rotation| rotation.id == rotation_id(20)), "{what}");
}

/// Places in a file that hold something, evenly spread.
fn places(bytes: &[u8], count: usize) -> Vec<usize> {
    let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    (0..count).map(|n| used[n * (used.len() - 1) / count.max(2)]).collect()
}

/// What is done to a file, by name.
type Way = (&'static str, fn(&mut Vec<u8>, usize));

/// Damages one file in many ways, each in a fresh copy.
fn damage(file: &str, backup_is_old: bool, count: usize, ways: &[Way]) -> Tally {
    // The key lies beside this place; the copies use it.
    let (place, expected) = filled(backup_is_old);
    let name = if file == "snap" { format!("store/{}", names(&place.path("store"), "snap.")[0]) } else { file.into() };
    let bytes = fs::read(place.path(&name)).expect("read");
    let mut tally = Tally::default();
    for (way, change) in ways {
        for at in places(&bytes, count) {
            let copy = place.copy();
            let mut changed = bytes.clone();
            change(&mut changed, at);
            write_over(&copy.path(&name), &changed);
            judge(&copy, &expected, !backup_is_old, &format!("{file}: {way} at {at}"), &mut tally);
        }
    }
    tally
}

fn write_over(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("written");
}

const FLIP: Way = ("a bit flipped", |bytes, at| bytes[at] ^= 1 << (at % 8));

const ZERO: Way = ("a page zeroed", |bytes, at| {
    let start = at / 4096 * 4096;
    let end = bytes.len().min(start + 4096);
    bytes[start..end].fill(0);
});

const CUT: Way = ("cut", Vec::truncate);

#[test]
fn flipped_bits_in_the_log() {
    let tally = damage("store/db", false, 60, &[FLIP]);
    assert!(tally.rebuilt > 0, "the test reaches it: {tally:?}");
}

#[test]
fn flipped_bits_in_the_log_with_an_old_backup() {
    let tally = damage("store/db", true, 30, &[FLIP]);
    assert!(tally.rebuilt > 0, "the test reaches it: {tally:?}");
}

#[test]
fn zeroed_pages_and_cut_ends_of_the_log() {
    let tally = damage("store/db", true, 20, &[ZERO, CUT]);
    assert!(tally.rebuilt > 0, "the test reaches it: {tally:?}");
}

#[test]
fn damage_to_the_small_files() {
    for file in ["store/conf", "snap"] {
        let tally = damage(file, false, 6, &[FLIP, CUT]);
        assert!(tally.rebuilt + tally.intact > 0, "{tally:?}");
    }
}

#[test]
fn damage_to_the_ledger() {
    let tally = damage("ledger", false, 14, &[FLIP, ZERO, CUT]);
    assert_eq!((tally.rebuilt, tally.refused), (0, 0), "the store is whole: {tally:?}");
}

#[test]
fn damage_to_the_store_and_the_ledger_at_once() {
    let (place, expected) = filled(false);
    let [db, ledger] = ["store/db", "ledger"].map(|name| fs::read(place.path(name)).expect("read"));
    let mut tally = Tally::default();
    for (in_db, in_ledger) in places(&db, 12).into_iter().zip(places(&ledger, 12)) {
        let copy = place.copy();
        let [mut db, mut ledger] = [db.clone(), ledger.clone()];
        FLIP.1(&mut db, in_db);
        FLIP.1(&mut ledger, in_ledger);
        write_over(&copy.path("store/db"), &db);
        write_over(&copy.path("ledger"), &ledger);
        judge(&copy, &expected, true, &format!("{in_db} and {in_ledger}"), &mut tally);
    }
    assert_eq!(tally.refused, 0, "the backup is whole: {tally:?}");
}
