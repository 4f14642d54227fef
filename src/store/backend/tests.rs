use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::*;
use crate::core::history::ending::Ending;
use crate::core::rotation::Status;
use crate::store::Purpose;
use crate::store::testing::*;

/// A store with one rotation, and its records.
fn filled() -> (Place, Sled, Vec<String>) {
    let place = Place::new();
    let mut store = place.open_sled();
    store.commit(vec![put(&published(1, 1))]).expect("written");
    let shown = shown(&store.load().expect("read"));
    (place, store, shown)
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[test]
fn a_value_is_in_the_ledger_before_the_store_has_it() {
    let (place, mut store, before) = filled();
    // The store's sync fails, so that it stops between the two.
    store.files.as_mut().expect("open").file = File::open("/dev/null").expect("there");
    let error = store.commit(vec![put(&published(2, 1))]).expect_err("not durable");
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    drop(store);
    assert!(place.ledger().holds(value_key(2, 1)));
    // Whether sled wrote it after all is open; that it did so by half is not.
    let after = shown(&place.open().loaded);
    assert!(after == before || after.len() == before.len() + 3, "{after:?}");
}

#[test]
fn what_the_ledger_cannot_take_never_reaches_the_store() {
    let (place, mut store, before) = filled();
    assert!(place.path("ballast").exists());
    store.ledger.fill_disk();
    let error = store.commit(vec![put(&published(2, 1))]).expect_err("full");
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(!place.path("ballast").exists(), "given up for what follows");
    assert_eq!(shown(&store.load().expect("read")), before, "reading continues");
    drop(store);
    assert_eq!(shown(&place.open().loaded), before);
    assert!(place.path("ballast").exists(), "taken again where there is room");
}

#[test]
fn after_an_error_nothing_is_written_even_if_it_could_be() {
    let (place, mut store, before) = filled();
    store.files.as_mut().expect("open").file = File::open("/dev/null").expect("there");
    let first = store.commit(vec![put(&published(2, 1))]).expect_err("not durable").to_string();
    let held = store.ledger.live().count();
    for _ in 0..2 {
        assert_eq!(store.commit(vec![put(&published(3, 1))]).expect_err("poisoned").to_string(), first);
    }
    assert_eq!(store.ledger.live().count(), held);
    drop(store);
    let after = place.open().loaded;
    assert!(after.rotations.iter().all(|rotation| rotation.id != rotation_id(3)));
    assert!(before.iter().all(|record| shown(&after).contains(record)));
}

#[test]
fn a_value_leaves_the_ledger_once_no_record_holds_it() {
    let (place, mut store, _) = filled();
    let mut rotation = published(1, 2);
    store.commit(vec![put(&rotation)]).expect("written");
    assert!(store.ledger.holds(value_key(1, 1)) && store.ledger.holds(value_key(1, 2)));
    rotation.secrets[0].value = None;
    rotation.secrets[0].status = Status::Gone;
    store.commit(vec![vec![Change::PutRotation(Box::new(rotation.clone()))]]).expect("written");
    assert!(store.ledger.holds(value_key(1, 1)), "its named secret still does");
    rotation.secrets.remove(0);
    let secrets = named(&rotation).map(|secret| Change::PutSecret(Box::new(secret)));
    store.commit(vec![secrets.into()]).expect("written");
    assert!(!store.ledger.holds(value_key(1, 1)));
    assert!(store.ledger.holds(value_key(1, 2)));
    let drops = vec![Change::DropRotation(rotation.id), Change::DropSecret(rotation.client_secret_key())];
    store.commit(vec![drops]).expect("written");
    assert_eq!(store.ledger.live().count(), 0);
    drop(store);
    assert_eq!(place.ledger().live().count(), 0);
}

#[test]
fn a_publication_is_noted_in_the_ledger() {
    let (_place, mut store, _) = filled();
    let mut rotation = published(1, 1);
    rotation.secrets.push(okta_secret(1, 2, false));
    store.commit(vec![put(&rotation)]).expect("written");
    assert!(store.ledger.lacks_publication(value_key(1, 2), 2), "only held so far");
    store.commit(vec![put(&published(1, 2))]).expect("written");
    assert!(!store.ledger.lacks_publication(value_key(1, 2), 2));
}

#[test]
fn batches_of_one_group_are_written_in_order_and_all_their_values_are_held() {
    let (_place, mut store, _) = filled();
    let mut erased = published(2, 1);
    erased.secrets[0].value = None;
    let batch = |rotation: &crate::core::rotation::Rotation| vec![Change::PutRotation(Box::new(rotation.clone()))];
    store.commit(vec![batch(&published(2, 1)), batch(&erased)]).expect("written");
    let loaded = store.load().expect("read");
    let rotation = loaded.rotations.iter().find(|rotation| rotation.id == rotation_id(2)).expect("there");
    assert_eq!(rotation.secrets[0].value, None, "the later one counts");
    assert!(store.ledger.holds(value_key(2, 1)), "whoever wrote the first one may have acted on it");
    store.commit(vec![vec![Change::DropRotation(rotation_id(2))], batch(&published(2, 1))]).expect("written");
    assert_eq!(store.load().expect("read").rotations.len(), 2);
}

#[test]
fn records_that_trade_places_do_not_open() {
    let (place, mut store, _) = filled();
    store.commit(vec![put(&published(2, 1))]).expect("written");
    drop(store);
    let (files, _) = place.files();
    let tree = &files.trees()[Table::Rotations];
    let pairs: Vec<_> = tree.iter().map(|pair| pair.expect("read")).collect();
    tree.insert(&pairs[0].0, &pairs[1].1).expect("written");
    tree.insert(&pairs[1].0, &pairs[0].1).expect("written");
    files.make_durable().expect("synced");
    drop(files);
    let crate::store::Opened { loaded, notes, .. } = place.open();
    assert!(!notes.iter().any(|note| note.contains("history")), "that is whole: {notes:?}");
    let reason = loaded.quarantine.expect("quarantined").reason;
    assert!(reason.contains("2 of the rotations cannot be opened"), "{reason}");
    assert_eq!(loaded.rotations.len(), 2, "the backup has them");
}

#[test]
fn an_older_record_in_the_place_of_a_newer_one_is_noticed() {
    let (place, mut store, _) = filled();
    let files = store.files.as_ref().expect("open");
    let old: Vec<_> = files.trees()[Table::Rotations].iter().map(|pair| pair.expect("read")).collect();
    store.commit(vec![put(&published(1, 2))]).expect("written");
    drop(store);
    let (files, _) = place.files();
    files.trees()[Table::Rotations].insert(&old[0].0, &old[0].1).expect("written");
    files.make_durable().expect("synced");
    drop(files);
    let loaded = place.open().loaded;
    let reason = loaded.quarantine.expect("quarantined").reason;
    assert!(reason.contains("the rotations are not those that were last written"), "{reason}");
    assert_eq!(loaded.rotations[0].current, Some(value_key(1, 2)));
}

#[test]
fn a_newer_store_is_left_alone() {
    let (place, store, _) = filled();
    drop(store);
    // Threads of the store that was just let go of may hold its lock a moment longer.
    let db = loop {
        match sled::Config::new().path(place.path("store")).segment_size(record::SEGMENT).open() {
            Err(sled::Error::Io(error)) if crate::store::files::is_locked(&error) => std::thread::yield_now(),
            opened => break opened.expect("opens"),
        }
    };
    let mut identity = db.get("identity").expect("read").expect("there").to_vec();
    identity[15] = b'9';
    db.insert("identity", identity).expect("written");
    drop(db);
    let error = place.try_open(0).map(|opened| opened.notes).expect_err("refused");
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
    assert_eq!(place.names("store.damaged-"), Vec::<String>::new());
}

#[test]
fn a_store_says_that_it_holds_consumers_from_the_first_one_on() {
    let (place, store, _) = filled();
    drop(store);
    let format = |place: &Place| {
        let (files, _) = place.files();
        files.identity().expect("read").expect("there").format
    };
    assert_eq!(format(&place), Format::First);
    let [_, mut secret] = named(&published(1, 2));
    let caller = crate::core::consumer::Caller::default();
    crate::core::consumer::note(&mut secret.versions[1].fetches, None, &caller, at(9));
    place.write(vec![vec![Change::PutSecret(Box::new(secret))]]);
    assert_eq!(format(&place), Format::Consumers);
    // It stays so, and is opened as before.
    let loaded = place.open().loaded;
    assert!(loaded.secrets.iter().any(|secret| secret.versions.iter().any(|it| !it.fetches.is_empty())));
    assert_eq!(format(&place), Format::Consumers);
}

#[test]
fn no_value_stands_in_any_file() {
    let place = Place::new();
    let mut store = place.open().store;
    store.commit(vec![vec![Change::PutConnection(Box::new(connection(1)))], put(&published(1, 2))]).expect("written");
    store.tend();
    for closed in [false, true] {
        if closed {
            store.close();
        }
        let all = files(&place.dir);
        assert!(!closed || all.iter().any(|file| file.extension().is_some_and(|it| it == "backup")), "{all:?}");
        for file in all {
            let bytes = fs::read(&file).expect("read");
            for word in ["canary", "OKTA_CLIENT_SECRET", "app-1"] {
                assert!(!contains(&bytes, word.as_bytes()), "{word} in {}", file.display());
            }
        }
    }
}

#[test]
fn large_records_stay_in_the_log() {
    let (place, mut store, _) = filled();
    for round in 1..=3 {
        for number in 1..=40 {
            let mut rotation = published(number, 1);
            rotation.secrets[0].request_ids = vec!["r".repeat(1000); 30 + usize::try_from(number).expect("small")];
            rotation.version = round;
            store.commit(vec![put(&rotation)]).expect("written");
        }
        assert_eq!(names(&place.path("store/blobs"), ""), Vec::<String>::new());
    }
    let before = shown(&store.load().expect("read"));
    drop(store);
    assert_eq!(shown(&place.open().loaded), before);
}

/// Run by the test below in a process of its own, whose files cannot grow beyond a limit: writes until it fails.
#[test]
fn child_that_fills_its_disk() {
    let Ok(place) = std::env::var("WINDLASS_TEST_PLACE") else { return };
    let keys = crate::store::KeySource { credentials: None, named: None, own: Path::new(&place).join("key") };
    let lock = crate::store::lock(&Path::new(&place).join("data")).expect("free");
    let mut store = crate::store::open(lock, &keys, at(0), Purpose::Act).expect("opens").store;
    let query = HistoryQuery { limit: 1, ..HistoryQuery::default() };
    let mut written = 0_u128;
    let error = loop {
        let mut entry = entry(written + 1, rotation_id(1));
        entry.ending = Ending::said("m".repeat(20_000));
        match store.commit(vec![vec![Change::Append(Box::new(entry))]]) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 10_000, "there is no limit");
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    // With a limit for each file the ballast is no help. Room is made for it instead.
    let read = store.history(&query);
    println!("at once: {}", read.is_ok());
    let (_, most) = getrlimit(Resource::RLIMIT_FSIZE).expect("known");
    setrlimit(Resource::RLIMIT_FSIZE, most, most).expect("raised");
    let newest = store.history(&query).expect("reading continues").entries[0].id.as_u128();
    assert!(newest == written || newest == written + 1, "{newest} of {written}");
    let again = store.commit(vec![]).expect_err("but writing does not");
    assert!(matches!(again, StoreError::Full), "{again}");
    println!("written={written}.");
}

#[test]
fn on_a_full_disk_nothing_that_was_answered_is_lost() {
    let place = tempfile::tempdir().expect("a directory");
    let script = "ulimit -S -f 12000; trap '' XFSZ; exec \"$0\" --exact --nocapture \
                  store::backend::tests::child_that_fills_its_disk";
    let child = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().expect("known"))
        .env("WINDLASS_TEST_PLACE", place.path())
        .output()
        .expect("started");
    let out = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{out}\n{}", String::from_utf8_lossy(&child.stderr));
    let written = out.split_once("written=").and_then(|(_, rest)| rest.split_once('.')).expect("said").0;
    let written: usize = written.parse().expect("a number");
    assert!(written > 10, "{written}");
    let keys = crate::store::KeySource { credentials: None, named: None, own: place.path().join("key") };
    let lock = crate::store::lock(&place.path().join("data")).expect("free");
    let opened = crate::store::open(lock, &keys, at(0), Purpose::Act).expect("opens once there is room");
    assert_eq!((opened.loaded.quarantine, opened.notes), (None, vec![]));
    let mut query = HistoryQuery { limit: 1000, ..HistoryQuery::default() };
    let mut found = 0;
    loop {
        let page = opened.store.history(&query).expect("read");
        found += page.entries.len();
        query.before = page.next;
        if page.next.is_none() {
            break;
        }
    }
    assert!(found == written || found == written + 1, "{found} of {written}; the last one was not answered");
}
