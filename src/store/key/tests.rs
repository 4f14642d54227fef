use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::store::testing::{Place, names, published, put as written};

/// An empty key file, as a full disk left it.
fn emptied(place: &Place) {
    fs::create_dir_all(place.keys.config_dir()).expect("made");
    fs::write(&place.keys.own, b"").expect("written");
    fs::set_permissions(&place.keys.own, fs::Permissions::from_mode(0o600)).expect("set");
}

#[test]
fn an_empty_key_is_replaced_where_nothing_was_ever_sealed_with_one() {
    let place = Place::new();
    emptied(&place);
    let opened = place.open();
    assert_eq!(opened.key_made, Some(place.keys.own.clone()));
    drop(opened);
    assert_eq!(place.open().key_made, None, "it is a whole key now");
    assert_eq!(names(place.keys.config_dir(), "master"), ["master.key"], "and nothing is left beside it");
}

#[test]
fn an_empty_key_is_refused_beside_anything_that_was_sealed() {
    let place = Place::new();
    place.write(vec![written(&published(1, 1))]);
    emptied(&place);
    let refused = |place: &Place, why: &str| {
        let error = place.try_open(0).map(|opened| opened.notes).expect_err(why);
        assert!(matches!(&error, StoreError::BadKey { why, .. } if why.contains("empty")), "{why}: {error}");
        assert!(error.hint().contains("backup"), "{why}: {}", error.hint());
        assert_eq!(fs::read(&place.keys.own).expect("there"), b"", "{why}");
    };
    refused(&place, "beside its store");
    refused(&Place::new().with_key_of(&place), "beside the marker of another store");
}

#[test]
fn an_empty_credential_is_never_written() {
    let mut place = Place::new();
    let credentials = place.path("credentials");
    fs::create_dir_all(&credentials).expect("made");
    fs::write(credentials.join("windlass.key"), b"").expect("written");
    fs::set_permissions(credentials.join("windlass.key"), fs::Permissions::from_mode(0o400)).expect("set");
    place.keys.credentials = Some(credentials.clone());
    fs::set_permissions(&place.dir, fs::Permissions::from_mode(0o700)).expect("set");
    let error = place.try_open(0).map(|opened| opened.notes).expect_err("empty");
    assert!(matches!(error, StoreError::BadKey { .. }), "{error}");
    assert_eq!(fs::read(credentials.join("windlass.key")).expect("there"), b"");
}

#[test]
fn two_first_starts_at_once_end_with_one_key() {
    let place = Place::new();
    fs::create_dir_all(place.keys.config_dir()).expect("made");
    let ids: Vec<[u8; 8]> = std::thread::scope(|scope| {
        let find = || place.keys.find(&place.dir, true).map(|found| found.key.id()).expect("a key");
        let all: Vec<_> = (0..8).map(|_| scope.spawn(find)).collect();
        all.into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn a_key_that_cannot_be_written_leaves_nothing_in_its_place() {
    let mut place = Place::new();
    fs::create_dir_all(place.keys.config_dir()).expect("made");
    // The longest name there can be: none is left for the file that it is written to first.
    place.keys.own = place.keys.config_dir().join(format!("{}.key", "k".repeat(251)));
    assert!(place.keys.find(&place.dir, true).is_err());
    assert!(!place.keys.own.exists());
}

#[test]
fn a_key_is_made_only_where_no_one_else_could_put_another() {
    let dir = tempfile::tempdir().expect("a directory");
    let mode = |mode| std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(mode)).expect("set");
    let keys = KeySource { credentials: None, named: None, own: dir.path().join("config/windlass/master.key") };
    mode(0o707);
    let error = keys.find(dir.path(), true).err().expect("everybody can write there");
    assert!(error.to_string().contains("everybody can write to it"), "{error}");
    assert!(error.hint().contains("chmod go-w") && !dir.path().join("config").exists(), "{}", error.hint());
    mode(0o700);
    assert!(keys.find(dir.path(), true).is_ok_and(|found| found.made));
    // The store that is there is read all the same: no one's consumers stop for a directory's mode.
    mode(0o707);
    assert!(keys.find(dir.path(), false).is_ok_and(|found| !found.made));
}
