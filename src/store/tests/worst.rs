//! Everything that may happen to a store's files, kind by kind: consumers read their secrets, reading moves nothing, an
//! engine's start puts right what can be put right, once, and says the rest. Nothing panics, and nothing is waited for.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use nix::sys::stat::Mode;

use crate::core::history::Entry;
use crate::core::history::ending::Ending;
use crate::store::testing::*;
use crate::store::{Change, HistoryQuery, Opened, Purpose, StoreError};

/// What an engine's start comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comes {
    /// To a store that can be written; quarantined or not.
    Back,
    /// To one that is trusted as before.
    Trusted,
    /// To a refusal to write, which says this.
    Refused(&'static str),
}
use Comes::{Back, Refused, Trusted};

type Damage = Box<dyn Fn(&Place)>;
type Kind = (String, Damage, Comes);

/// A store of several segments: records in the first ones, then history for the most part. Closed twice, so that there is
/// a snapshot.
fn filled() -> Place {
    let place = Place::new();
    let mut batches = vec![vec![Change::PutConnection(Box::new(connection(1)))], put(&published(1, 2))];
    for number in 1..=200 {
        batches.push(vec![Change::Append(Box::new(Entry {
            ending: Ending::said("m".repeat(900)),
            ..entry(number, rotation_id(1))
        }))]);
    }
    batches.push(put(&published(2, 1)));
    place.write(batches);
    drop(place.open());
    place
}

fn flip(path: PathBuf, at: impl Fn(&[u8]) -> usize) {
    let mut bytes = fs::read(&path).expect("read");
    let at = at(&bytes);
    bytes[at] ^= 1 << (at % 8);
    fs::write(path, bytes).expect("written");
}

fn remove(path: PathBuf) {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.expect("removed");
}

/// Puts something that is no plain file into a file's place, or a file that never ends.
fn odd(name: &'static str) -> Vec<(&'static str, Damage)> {
    let path = move |place: &Place| {
        let path = match name {
            "store/snap" => place.path("store").join(&names(&place.path("store"), "snap.")[0]),
            "backup" => place.path("backups").join(names(&place.path("backups"), "").pop().expect("one")),
            name => place.path(name),
        };
        remove(path.clone());
        path
    };
    vec![
        ("a FIFO", Box::new(move |place| nix::unistd::mkfifo(&path(place), Mode::S_IRWXU).expect("made"))),
        ("a socket", Box::new(move |place| drop(UnixListener::bind(path(place)).expect("bound")))),
        ("a directory", Box::new(move |place| fs::create_dir(path(place)).expect("made"))),
        (
            "a loop",
            Box::new(move |place| symlink(name.rsplit('/').next().expect("a name"), path(place)).expect("made")),
        ),
        ("holes", Box::new(move |place| File::create(path(place)).expect("made").set_len(3 << 30).expect("grown"))),
    ]
}

fn kinds(filled: &Place) -> Vec<Kind> {
    let mut all: Vec<Kind> = Vec::new();
    let mut add = |name: &str, comes, damage: Damage| all.push((name.into(), damage, comes));
    add("nothing", Trusted, Box::new(|_| {}));
    let db = fs::read(filled.path("store/db")).expect("read");
    let used: Vec<usize> = (0..db.len()).filter(|at| db[*at] != 0).collect();
    for n in 0..14 {
        let at = used[n * (used.len() - 1) / 13];
        add(&format!("a bit of the log, at {at}"), Back, Box::new(move |place| flip(place.path("store/db"), |_| at)));
    }
    let word = b"windlass store 1";
    let identities: Vec<usize> = (0..db.len() - word.len()).filter(|at| db[*at..].starts_with(word)).collect();
    assert!(!identities.is_empty());
    for at in identities {
        let damage = move |place: &Place| flip(place.path("store/db"), |_| at + 20);
        add(&format!("a bit of the identity, at {at}"), Back, Box::new(damage));
    }
    for n in 0..4 {
        let snap = |place: &Place| place.path("store").join(&names(&place.path("store"), "snap.")[0]);
        let part = move |bytes: &[u8]| n * (bytes.len() - 1) / 3;
        add(&format!("a bit of the snapshot, {n}"), Trusted, Box::new(move |place| flip(snap(place), part)));
        add(&format!("a bit of conf, {n}"), Trusted, Box::new(move |place| flip(place.path("store/conf"), part)));
    }
    add(
        "a cut snapshot",
        Trusted,
        Box::new(|place| {
            fs::write(place.path("store").join(&names(&place.path("store"), "snap.")[0]), b"cut").expect("written");
        }),
    );
    add(
        "another conf",
        Trusted,
        Box::new(|place| {
            fs::write(place.path("store/conf"), b"segment_size: 17\nuse_compression: true\nversion: 1.0\n1234")
                .expect("written");
        }),
    );
    add("the log is emptied", Back, Box::new(|place| fs::write(place.path("store/db"), b"").expect("written")));
    add(
        "the log is garbage",
        Back,
        Box::new(|place| fs::write(place.path("store/db"), [0x55; 9999]).expect("written")),
    );
    add(
        "the log grew by holes",
        Back,
        Box::new(|place| {
            let log = File::options().write(true).open(place.path("store/db")).expect("there");
            log.set_len(3 << 30).expect("grown");
        }),
    );
    for name in ["store/db", "store", "store/snap", "store/conf"] {
        let comes = if name.starts_with("store/s") || name == "store/conf" { Trusted } else { Back };
        let damage = move |place: &Place| match name {
            "store/snap" => remove(place.path("store").join(&names(&place.path("store"), "snap.")[0])),
            name => remove(place.path(name)),
        };
        add(&format!("{name} is gone"), comes, Box::new(damage));
    }
    add(
        "store is a file",
        Refused("it is a file, not a directory"),
        Box::new(|place| {
            remove(place.path("store"));
            fs::write(place.path("store"), b"").expect("written");
        }),
    );
    add(
        "backups is a file",
        Refused("it is a file, not a directory"),
        Box::new(|place| {
            remove(place.path("backups"));
            fs::write(place.path("backups"), b"").expect("written");
        }),
    );
    add("the ledger is gone", Trusted, Box::new(|place| remove(place.path("ledger"))));
    add("a bit of the ledger", Trusted, Box::new(|place| flip(place.path("ledger"), |bytes| bytes.len() / 2)));
    add(
        "the ledger is garbage",
        Trusted,
        Box::new(|place| fs::write(place.path("ledger"), [7; 999]).expect("written")),
    );
    for name in ["store/db", "store/conf", "store/snap", "ledger", "lock", "backup"] {
        for (what, damage) in odd(name) {
            let comes = match (name, what) {
                // One that is not whole is passed over.
                ("backup", _) => Trusted,
                ("lock", "holes") => Refused("holes"),
                (_, "holes") if name == "store/db" => Back,
                (_, "holes") => Trusted,
                (_, "a loop") => Refused("it is a symbolic link"),
                (_, what) => Refused(what),
            };
            add(&format!("{name} is {what}"), comes, damage);
        }
    }
    all
}

/// What the consumer of a rotation's client secret reads.
fn read(opened: &Opened) -> Option<String> {
    let key = published(1, 2).client_secret_key();
    let secret = opened.loaded.secrets.iter().find(|secret| secret.key == key)?;
    Some(secret.current()?.value.as_ref()?.expose().to_owned())
}

#[test]
fn whatever_happens_secrets_are_read_and_an_engine_recovers_once() {
    let expected = Some(value(1, 2).expose().to_owned());
    let damaged = |place: &Place| {
        let names = place.names("").into_iter();
        names.filter(|name| name.contains(".damaged-")).collect::<Vec<_>>()
    };
    let filled = filled();
    for (what, damage, comes) in kinds(&filled) {
        let place = filled.copy();
        damage(&place);
        let before = place.names("");
        for _ in 0..3 {
            let opened = place.open_for(Purpose::Read).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(read(&opened), expected, "{what}: read");
            drop(opened);
            let mut after = place.names("");
            after.retain(|name| !matches!(name.as_str(), "ballast" | "ledger" | "lock") || before.contains(name));
            assert_eq!(after, before, "{what}: reading moves nothing");
        }
        if let Refused(why) = comes {
            let error = match place.try_open(1) {
                Err(error) => error,
                Ok(mut opened) => {
                    assert_eq!(read(&opened), expected, "{what}: refused");
                    assert!(opened.loaded.quarantine.is_some(), "{what}: nothing acts");
                    opened.store.commit(vec![Vec::new()]).expect_err("refused")
                }
            };
            assert!(matches!(error, StoreError::Unsafe { .. }) && error.to_string().contains(why), "{what}: {error}");
            assert_eq!(place.names(""), before, "{what}: nothing is moved");
            continue;
        }
        let opened = place.try_open(1).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(read(&opened), expected, "{what}: recovered");
        assert!(opened.stands_in.is_none(), "{what}: {:?}", opened.stands_in);
        let trusted = opened.loaded.quarantine.is_none();
        assert!(trusted || comes == Back, "{what}: {:?}", opened.loaded.quarantine);
        let reported = opened.loaded.recovered.clone();
        assert_eq!(opened.notes, reported.iter().map(ToString::to_string).collect::<Vec<_>>(), "{what}: said and kept");
        let entries = |opened: &Opened| {
            let query = HistoryQuery { limit: 1000, ..HistoryQuery::default() };
            opened.store.history(&query).unwrap_or_else(|error| panic!("{what}: {error}")).entries.len()
        };
        let there = entries(&opened);
        assert!(
            there == 200 || reported.iter().any(|recovery| recovery.lost.is_some()),
            "{what}: {there} entries, {reported:?}"
        );
        assert!(there == 200 || comes == Back, "{what}: {there} entries");
        drop(opened);
        let kept = damaged(&place);
        assert_eq!(kept.is_empty(), reported.iter().all(|recovery| recovery.kept.is_none()), "{what}: {kept:?}");
        for minute in 2..4 {
            let mut again = place.try_open(minute).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!((read(&again), entries(&again)), (expected.clone(), there), "{what}: again");
            assert_eq!(again.notes, Vec::<String>::new(), "{what}: said once");
            assert_eq!(again.loaded.recovered, reported, "{what}: and kept");
            again.store.commit(vec![put(&published(30, 1))]).unwrap_or_else(|error| panic!("{what}: {error}"));
            drop(again);
            assert_eq!(damaged(&place), kept, "{what}: moved once");
        }
        let mut last = place.try_open(5).expect("opens");
        last.store.commit(vec![vec![Change::Acknowledge]]).expect("written");
        drop(last);
        assert_eq!(place.open().loaded.recovered, [], "{what}: acknowledged");
    }
}

#[test]
fn a_key_that_is_no_plain_file_is_said_and_not_waited_for() {
    let filled = filled();
    for (what, make) in [
        ("a FIFO", (|path| nix::unistd::mkfifo(&path, Mode::S_IRWXU).expect("made")) as fn(PathBuf)),
        ("a directory", |path| fs::create_dir(path).expect("made")),
        ("a socket", |path| drop(UnixListener::bind(path).expect("bound"))),
        ("3072 MiB", |path| File::create(path).expect("made").set_len(3 << 30).expect("grown")),
    ] {
        let place = filled.copy();
        let own = Place::new();
        fs::create_dir_all(own.keys.own.parent().expect("a directory")).expect("made");
        make(own.keys.own.clone());
        let place = place.with_key_of(&own);
        for purpose in [Purpose::Read, Purpose::Act] {
            let error = place.open_for(purpose).map(|opened| opened.notes).expect_err("refused");
            assert!(error.to_string().contains(what), "{what}: {error}");
        }
    }
}
