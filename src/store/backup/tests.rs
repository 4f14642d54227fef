use super::*;
use crate::store::Purpose;
use crate::store::testing::{Place, at, connection, named, published, put, shown as shown_in};
use crate::store::{Change, lock, open};

fn name(minutes: i64, sequence: u64) -> Name {
    Name { at: at(minutes), sequence }
}

fn sequences(place: &Place) -> Vec<u64> {
    list(&place.dir).expect("read").into_iter().map(|(name, _)| name.sequence).collect()
}

#[test]
fn names_say_when_and_after_which_commit() {
    let name = name(3, 77);
    assert_eq!(name.file(), "20260921T141620Z-0000000000000077.backup");
    assert_eq!(Name::parse(&name.file()), Some(name));
    for other in ["", "x.backup", "20260921T141620Z-1.new", "20260921T141620Z.backup", "-.backup"] {
        assert_eq!(Name::parse(other), None, "{other:?}");
    }
}

#[test]
fn the_newest_and_the_last_of_each_day_are_kept() {
    // One an hour for 40 days, newest first.
    let all: Vec<Name> = (0..960).rev().map(|hour| name(hour * 60, u64::try_from(hour).expect("small"))).collect();
    let gone = spare(&all);
    let kept: Vec<&Name> = all.iter().filter(|name| !gone.contains(name)).collect();
    assert!(kept.iter().take(NEWEST).zip(&all).all(|(kept, newest)| *kept == newest), "the newest");
    let mut days: Vec<_> = kept.iter().map(|name| name.at.date_naive()).collect();
    days.dedup();
    assert_eq!(days.len(), DAYS);
    assert!(kept.len() < NEWEST + DAYS);
    for day in days {
        let last = all.iter().find(|name| name.at.date_naive() == day).expect("one");
        assert!(kept.contains(&last), "the last one of {day}");
    }
}

#[test]
fn one_is_taken_at_most_once_a_minute_and_only_if_something_changed() {
    let place = Place::new();
    let key = Place::key;
    drop(place.open());
    let backups = |minutes| Backups::new(&Spot::of(&place.dir).expect("there"), &key(&place), at(minutes));
    let mut none = backups(0);
    assert_eq!(none.due(), None, "nothing changed");
    none.note(true);
    assert_eq!(none.due(), Some(Duration::ZERO), "there is none yet");
    fs::create_dir_all(place.path("backups")).expect("made");
    fs::write(place.path("backups").join(name(10, 1).file()), []).expect("written");
    for (minutes, due) in [(10, false), (11, true), (9, true)] {
        let mut backups = backups(minutes);
        assert_eq!(backups.due(), None);
        backups.note(false);
        assert_eq!(backups.due() == Some(Duration::ZERO), due, "at minute {minutes}");
        assert!(backups.due().expect("changed") <= Duration::from_mins(1));
    }
}

#[test]
fn tending_takes_one_and_closing_takes_what_came_after() {
    let place = Place::new();
    let mut store = place.open().store;
    assert_eq!(store.tend(), None);
    store.commit(vec![put(&published(1, 1))]).expect("written");
    assert_eq!(store.tend(), None, "taken, so nothing is left to do");
    store.commit(vec![put(&published(2, 1))]).expect("written");
    let wait = store.tend().expect("not yet");
    assert!(wait > Duration::ZERO && wait <= Duration::from_mins(1), "{wait:?}");
    drop(store);
    assert_eq!(sequences(&place), [2, 1]);
    drop(place.open());
    assert_eq!(sequences(&place), [2, 1], "nothing changed");
}

#[test]
fn one_says_what_its_store_may_hold_and_one_of_a_newer_windlass_is_refused() {
    let place = Place::new();
    let [_, mut secret] = named(&published(1, 1));
    place.write(vec![put(&published(1, 1))]);
    let format = |path: &Path| fs::read(path).expect("read")[MAGIC.len()];
    let newest = || list(&place.dir).expect("read").into_iter().next().expect("one").1;
    assert_eq!(format(&newest()), b'1');
    let caller = crate::core::consumer::Caller::default();
    crate::core::consumer::note(&mut secret.versions[0].fetches, None, &caller, at(9));
    place.write(vec![vec![Change::PutSecret(Box::new(secret))], put(&published(2, 1))]);
    let path = newest();
    assert_eq!(format(&path), b'2');
    let (store, _) = identity(&path).expect("ours");
    let seal = place.key().seal_for(store);
    assert!(restore(&path, &seal).expect("read").is_some());
    // One byte that is damaged is no newer windlass; one that is sealed with the rest is.
    let mut bytes = fs::read(&path).expect("read");
    bytes[MAGIC.len()] = b'9';
    fs::write(&path, &bytes).expect("written");
    assert!(restore(&path, &seal).expect("passed over").is_none());
    let manifest = Manifest { sequence: 9, censuses: Censuses::default(), quarantine: None, recovered: Vec::new() };
    let mut newer = bytes[..HEADER].to_vec();
    let sealed = seal.seal("backup", &newer, &record::plain(&manifest));
    newer.extend(length(&sealed));
    newer.extend(sealed);
    fs::write(&path, &newer).expect("written");
    let refused = restore(&path, &seal).map(|_| ()).expect_err("refused");
    assert!(matches!(&refused, StoreError::Newer { what } if what.contains(".backup")), "{refused}");
    assert!(matches!(place.try_open(0).map(|_| ()), Err(StoreError::Newer { .. })), "and so is the store");
}

#[test]
fn who_fetched_a_secret_is_not_worth_one_out_of_turn() {
    let place = Place::new();
    place.write(vec![put(&published(1, 1))]);
    let [mut secret, _] = named(&published(1, 1));
    secret.versions[0].fetched_at = Some(at(1));
    place.write(vec![vec![Change::PutSecret(Box::new(secret.clone()))]]);
    assert_eq!(sequences(&place), [1]);
    let mut store = open(lock(&place.dir).expect("free"), &place.keys, at(2), Purpose::Act).expect("opens").store;
    store.commit(vec![vec![Change::PutSecret(Box::new(secret))]]).expect("written");
    drop(store);
    assert_eq!(sequences(&place), [3, 1], "but when it is due");
}

#[test]
fn a_backup_gives_back_all_but_the_history_and_is_bound_to_its_store() {
    let place = Place::new();
    let shown = place.write(vec![vec![Change::PutConnection(Box::new(connection(1)))], put(&published(1, 2))]);
    let (files, seal) = place.files();
    drop(files);
    let (_, path) = list(&place.dir).expect("read").remove(0);
    let read = restore(&path, &seal).expect("read").expect("ours");
    assert_eq!((shown_in(&read.loaded), read.sequence(), read.faults), (shown, 2, vec![]));
    let other = place.key().seal_for(Uuid::from_u128(9));
    assert!(restore(&path, &other).expect("read").is_none(), "another store");
    let reported = |seal| newest(&place.dir, seal).expect("read");
    assert_eq!((reported(&seal), reported(&other)), (Some(2), None));
}

#[test]
fn of_a_damaged_backup_the_good_records_are_read_and_an_older_whole_one_is_preferred() {
    let place = Place::new();
    place.write(vec![put(&published(1, 1))]);
    let old = place.write(vec![put(&published(2, 1))]);
    place.write(vec![put(&published(3, 1))]);
    let (files, seal) = place.files();
    drop(files);
    let (_, newest) = list(&place.dir).expect("read").remove(0);
    let bytes = fs::read(&newest).expect("read");
    let mut changed = bytes.clone();
    changed[bytes.len() - 40] ^= 1;
    let cases = [changed, bytes[..bytes.len() - 40].to_vec(), bytes[..bytes.len() / 2].to_vec()];
    for damaged in cases {
        fs::write(&newest, damaged).expect("damaged");
        let read = restore(&newest, &seal).expect("read").expect("ours");
        assert!(!read.faults.is_empty());
        assert!(!read.loaded.rotations.is_empty(), "most are still there");
        let best = best(&place.dir, &seal).expect("read").expect("one");
        assert_eq!((shown_in(&best.loaded), best.sequence()), (old.clone(), 2));
    }
    for (_, path) in list(&place.dir).expect("read").into_iter().skip(1) {
        fs::remove_file(path).expect("removed");
    }
    assert!(best(&place.dir, &seal).expect("read").is_some_and(|read| !read.faults.is_empty()), "better than none");
}

#[test]
fn trouble_with_a_backup_does_not_reach_the_store() {
    let place = Place::new();
    let mut store = place.open().store;
    fs::write(place.path("backups"), "in the way").expect("written");
    for sequence in 1..4 {
        store.commit(vec![put(&published(sequence, 1))]).expect("written");
        store.tend();
    }
    drop(store);
    fs::remove_file(place.path("backups")).expect("removed");
    assert_eq!(place.open().loaded.rotations.len(), 3);
}

#[test]
fn a_damaged_store_does_not_push_out_good_backups() {
    let place = Place::new();
    let mut store = place.open().store;
    store.commit(vec![put(&published(1, 1))]).expect("written");
    store.tend();
    store.commit(vec![put(&published(2, 1))]).expect("written");
    drop(store);
    let (files, seal) = place.files();
    let read = Read::new(&files, &seal).expect("read");
    let mut state = read.state.expect("a state");
    assert!(copy(&files, &seal, place.key().id(), &state).expect("read").is_some());
    state.censuses[1] = Census::default();
    assert!(copy(&files, &seal, place.key().id(), &state).expect("read").is_none());
}
