//! Stores of earlier versions, kept in `tests/stores`: every windlass opens every one of them, for ever.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::store::testing::*;
use crate::store::{Change, HistoryQuery, KeySource, Loaded, Opened, Purpose, lock, open};

/// Entries in a kept store: enough for packed blocks and an open end.
const ENTRIES: u128 = 120;

fn keys(place: &Path) -> KeySource {
    KeySource { credentials: None, named: None, own: place.join("master.key") }
}

/// What a kept store holds.
fn batches() -> Vec<Vec<Change>> {
    let mut batches = vec![vec![Change::PutConnection(Box::new(connection(1)))], put(&published(1, 2))];
    let entries: Vec<Change> =
        (1..=ENTRIES).map(|number| Change::Append(Box::new(entry(number, rotation_id(1))))).collect();
    batches.extend(entries.chunks(60).map(<[Change]>::to_vec));
    batches.push(put(&published(2, 1)));
    batches
}

/// Makes a store to be kept, in the directory that the variable names: run it before the format changes, and add the
/// directory to `tests/stores`.
#[test]
fn child_that_makes_a_store_to_keep() {
    let Ok(place) = std::env::var("WINDLASS_TEST_KEEP") else { return };
    let place = PathBuf::from(place);
    for batch in batches() {
        // Opened anew each time, so that sled writes its snapshot.
        let lock = lock(&place.join("data")).expect("free");
        let mut store = open(lock, &keys(&place), at(0), Purpose::Act).expect("opens").store;
        store.commit(vec![batch]).expect("written");
        store.close();
    }
    for spare in ["ballast", "lock"] {
        fs::remove_file(place.join("data").join(spare)).expect("removed");
    }
}

/// A copy of a kept store, with the permissions that a repository does not keep.
fn taken_out(kept: &Path) -> Place {
    let place = Place::new();
    fs::create_dir_all(place.keys.own.parent().expect("a directory")).expect("made");
    copy(&kept.join("data"), &place.dir);
    fs::copy(kept.join("master.key"), &place.keys.own).expect("copied");
    fs::set_permissions(&place.keys.own, fs::Permissions::from_mode(0o600)).expect("set");
    for dir in [place.dir.clone(), place.path("store"), place.path("backups")] {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).expect("set");
    }
    place
}

fn values(loaded: &Loaded) -> Vec<String> {
    let current = |secret: &crate::core::secret::Secret| {
        Some(format!("{} {}", secret.key.path, secret.current()?.value.as_ref()?.expose()))
    };
    let mut all: Vec<String> = loaded.secrets.iter().filter_map(current).collect();
    all.sort();
    all
}

fn expected() -> [String; 4] {
    let client_secret = |rotation, number| format!("/app-{rotation} {}", value(rotation, number).expose());
    [client_secret(1, 2), "/app-1 client-1".into(), client_secret(2, 1), "/app-2 client-2".into()]
}

#[test]
fn every_kept_store_opens() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores");
    let all: Vec<PathBuf> = fs::read_dir(kept)
        .expect("there")
        .map(|entry| entry.expect("read").path())
        .filter(|path| path.is_dir())
        .collect();
    assert!(!all.is_empty());
    for kept in all {
        let what = kept.display();
        for purpose in [Purpose::Read, Purpose::Act] {
            let Opened { store, loaded, notes, stands_in, .. } = taken_out(&kept).open_for(purpose).expect("opens");
            assert_eq!((&loaded.quarantine, notes, stands_in.is_none()), (&None, vec![], true), "{what}");
            assert_eq!(values(&loaded), expected(), "{what}");
            assert_eq!((loaded.connections.len(), loaded.rotations.len()), (1, 2), "{what}");
            let page = store.history(&HistoryQuery { limit: 1000, ..HistoryQuery::default() }).expect("read");
            assert_eq!((page.entries.len() as u128, page.unreadable), (ENTRIES, 0), "{what}");
            assert_eq!(page.entries[0], entry(ENTRIES, rotation_id(1)), "{what}");
        }
        // And each of the other copies alone.
        for (gone, from) in [(["store", "backups"], "its ledger"), (["store", "ledger"], "its backup")] {
            let place = taken_out(&kept);
            for name in gone {
                let path = place.path(name);
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("removed");
            }
            let loaded = place.open().loaded;
            assert!(loaded.quarantine.is_some(), "{what}");
            assert_eq!(values(&loaded), expected(), "{what}, from {from}");
        }
    }
}
