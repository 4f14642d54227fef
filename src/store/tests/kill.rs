//! A process that is killed while it opens the store or writes to it: the next one finds everything that was answered,
//! and has nothing to report.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::store::testing::*;
use crate::store::{Change, HistoryQuery, KeySource, Loaded, Opened, Purpose, StoreError, lock, open};

const PLACE: &str = "WINDLASS_TEST_KILL";

fn open_in(place: &Path) -> Result<Opened, StoreError> {
    let keys = KeySource { credentials: None, named: None, own: place.join("key") };
    open(lock(&place.join("data"))?, &keys, at(0), Purpose::Act)
}

/// The rotations that are there. Each was written with its named secrets, in one batch.
fn numbers(loaded: &Loaded) -> BTreeSet<u128> {
    let of_id = |id: uuid::Uuid| id.as_u128() - rotation_id(0).as_u128();
    let rotations: BTreeSet<u128> = loaded.rotations.iter().map(|rotation| of_id(rotation.id)).collect();
    let of_secrets = loaded.secrets.iter().filter_map(|secret| secret.rotation).map(of_id).collect();
    assert_eq!(rotations, of_secrets, "no batch was written by half");
    assert_eq!(loaded.secrets.len(), 2 * rotations.len());
    rotations
}

/// Run by the test below in a process of its own, until it is killed: prints each number once the store answered that
/// it is written.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Ok(place) = std::env::var(PLACE) else { return };
    println!("\nopening");
    let opened = open_in(Path::new(&place)).expect("opens");
    let mut store = opened.store;
    let first = numbers(&opened.loaded).last().map_or(1, |last| last + 1);
    for number in first.. {
        let mut batch = put(&published(number, 1));
        batch.push(Change::Append(Box::new(entry(number, rotation_id(number)))));
        store.commit(vec![batch]).expect("written");
        store.tend();
        println!("{number}");
    }
}

#[test]
fn nothing_that_was_answered_is_lost_and_there_is_nothing_to_report() {
    let place = tempfile::tempdir().expect("a directory");
    let mut answered = BTreeSet::new();
    for after in [0, 1, 30, 0, 2, 0, 90, 0, 0, 7] {
        let mut child = Command::new(std::env::current_exe().expect("known"))
            .args(["--exact", "--nocapture"])
            .arg("store::tests::kill::child_that_writes_until_it_is_killed")
            .env(PLACE, place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        while lines.next().expect("it continues until it is killed").expect("read") != "opening" {}
        for line in (&mut lines).take(after) {
            answered.insert(line.expect("read").parse::<u128>().expect("a number"));
        }
        child.kill().expect("killed");
        // What it said before it died was answered too; a number that was cut off ends without a line's end, and may
        // be another one.
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        answered.extend(rest.iter().rev().skip(1).filter_map(|line| line.parse::<u128>().ok()));
        child.wait().expect("ended");

        let Opened { store, loaded, notes, .. } = open_in(place.path()).expect("opens");
        assert_eq!((&loaded.quarantine, notes), (&None, vec![]));
        let found = numbers(&loaded);
        assert!(answered.is_subset(&found), "{:?}", answered.difference(&found).collect::<Vec<_>>());
        let page = store.history(&HistoryQuery { limit: 10_000, ..HistoryQuery::default() }).expect("read");
        assert_eq!(page.entries.len(), found.len(), "and their history");
    }
    assert!(answered.len() >= 130);
}
