use super::*;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::phase::Phase;
use crate::core::rotation::{Consent, Kind, Operation};
use crate::store::testing::*;

fn rescued(sequence: u64, whole: bool, rotations: Vec<Rotation>) -> Rescued {
    let secrets = rotations.iter().filter(|rotation| rotation.current.is_some()).flat_map(named).collect();
    Rescued { loaded: Loaded { rotations, secrets, ..Loaded::default() }, sequence, whole }
}

fn held(rotation: &Rotation) -> Vec<Held> {
    values::of_rotation(rotation).collect()
}

fn from(store: Option<Rescued>, backup: Option<Rescued>, held: Vec<Held>) -> Loaded {
    rebuild(Sources { store, backup, held, ledger_whole: true })
}

fn value_at(loaded: &Loaded, key: &SecretKey) -> Option<(u32, String)> {
    let version = loaded.secrets.iter().find(|secret| secret.key == *key)?.current()?;
    Some((version.number, version.value.as_ref()?.expose().to_owned()))
}

fn expected(rotation: u128, number: u128) -> (u32, String) {
    (u32::try_from(number).expect("small"), value(rotation, number).expose().to_owned())
}

#[test]
fn what_is_whole_and_newest_is_taken_as_it_is() {
    let (old, new) =
        (rescued(4, true, vec![published(1, 1), published(2, 1)]), rescued(5, true, vec![published(1, 2)]));
    let ledger = held(&published(1, 2));
    for (store, backup) in [(old.clone(), new.clone()), (new.clone(), old)] {
        let loaded = from(Some(store), Some(backup), ledger.clone());
        assert_eq!(shown(&loaded), shown(&new.loaded), "what was deleted since stays deleted");
    }
}

#[test]
fn of_a_store_with_holes_the_holes_are_filled_from_the_backup() {
    let backup = rescued(4, true, vec![published(1, 1), published(2, 1)]);
    let store = rescued(6, false, vec![published(1, 2)]);
    let loaded = from(Some(store), Some(backup.clone()), vec![]);
    let both = rescued(0, true, vec![published(1, 2), published(2, 1)]);
    assert_eq!(shown(&loaded), shown(&both.loaded));
    // And where the store is the older one, its records do not cover newer ones.
    let loaded = from(Some(rescued(3, false, vec![published(1, 1), published(3, 1)])), Some(backup.clone()), vec![]);
    assert_eq!(shown(&loaded), shown(&backup.loaded));
}

#[test]
fn a_value_that_was_sent_but_never_published_is_attached_as_intended() {
    let mut newer = published(1, 1);
    newer.secrets.push(okta_secret(1, 2, false));
    let loaded = from(None, Some(rescued(4, true, vec![published(1, 1)])), held(&newer));
    let secret = loaded.rotations[0].secret(value_key(1, 2)).expect("attached");
    assert_eq!((secret.status, secret.origin), (Status::Intended, Origin::Ours));
    assert_eq!((secret.value.clone(), secret.hash.clone()), (Some(value(1, 2)), Some(value(1, 2).okta_hash())));
    assert_eq!(loaded.rotations[0].current, Some(value_key(1, 1)), "and no one gets it");
    assert_eq!(value_at(&loaded, &published(1, 1).client_secret_key()), Some(expected(1, 1)));
    assert_eq!(loaded.secrets.len(), 2);
}

#[test]
fn a_publication_that_the_records_do_not_know_is_done_again() {
    let mut older = published(1, 1);
    older.secrets.push(okta_secret(1, 2, false));
    older.operation = Some(operation(value_key(1, 2)));
    let loaded = from(None, Some(rescued(4, true, vec![older.clone()])), held(&published(1, 2)));
    let rotation = &loaded.rotations[0];
    assert_eq!(rotation.current, Some(value_key(1, 2)));
    let secret = rotation.current_secret().expect("there");
    assert_eq!((secret.status, secret.published.map(|it| it.version)), (Status::Active, Some(2)));
    let previous = rotation.previous.expect("the one before");
    assert_eq!((previous.key, previous.deactivate_at), (value_key(1, 1), None), "on no date of its own");
    assert!(rotation.operation.is_none(), "that is done");
    assert_eq!(value_at(&loaded, &older.client_secret_key()), Some(expected(1, 2)));
    assert_eq!(value_at(&loaded, &older.client_id_key()), Some((2, "client-1".into())));
    // An operation on another secret is not done.
    older.operation = Some(operation(value_key(1, 9)));
    let loaded = from(None, Some(rescued(4, true, vec![older])), held(&published(1, 2)));
    assert!(loaded.rotations[0].operation.is_some());
}

#[test]
fn the_values_of_a_lost_rotation_stay_readable() {
    let mut lost = published(3, 2);
    lost.secrets.push(okta_secret(3, 3, false));
    let loaded = from(None, None, held(&lost));
    assert_eq!(loaded.rotations.len(), 0);
    assert!(loaded.secrets.iter().all(|secret| secret.rotation.is_none()), "as plain secrets");
    assert_eq!(value_at(&loaded, &lost.client_secret_key()), Some(expected(3, 2)));
    assert_eq!(value_at(&loaded, &lost.client_id_key()), Some((2, "client-3".into())));
    let secret = loaded.secrets.iter().find(|secret| secret.key == lost.client_secret_key()).expect("there");
    assert_eq!(secret.version(1).and_then(|version| version.value.clone()), Some(value(3, 1)), "the one before too");
    let apart = loaded.secrets.iter().find(|secret| secret.key.name.as_str().contains(".recovered-")).expect("there");
    assert_eq!(apart.versions[0].value, Some(value(3, 3)), "no one gets the unpublished one unasked");
    assert_eq!(apart.key.path, lost.path);
}

#[test]
fn a_name_that_belongs_to_another_by_now_is_left_to_it() {
    let lost = published(3, 2);
    let mut heir = published(4, 1);
    heir.path = lost.path.clone();
    let loaded = from(None, Some(rescued(4, true, vec![heir.clone()])), held(&lost));
    assert_eq!(value_at(&loaded, &heir.client_secret_key()), Some(expected(4, 1)));
    assert_eq!(loaded.rotations[0].secrets.len(), 1, "nor is anything attached to it");
    let apart: Vec<_> = loaded.secrets.iter().filter(|secret| secret.rotation.is_none()).collect();
    assert_eq!(apart.len(), 2, "both are kept apart");
}

#[test]
fn a_named_secret_that_is_missing_is_made_from_its_rotation() {
    let mut store = rescued(4, false, vec![published(1, 2)]);
    store.loaded.secrets.clear();
    let loaded = from(Some(store), None, vec![]);
    assert_eq!(value_at(&loaded, &published(1, 2).client_secret_key()), Some(expected(1, 2)));
    assert_eq!(loaded.secrets.len(), 2);
    assert!(loaded.secrets.iter().all(|secret| secret.rotation == Some(rotation_id(1))));
}

#[test]
fn a_named_secret_whose_rotation_is_missing_is_a_plain_one() {
    let mut store = rescued(4, false, vec![published(1, 2)]);
    store.loaded.rotations.clear();
    let loaded = from(Some(store), None, held(&published(1, 2)));
    assert_eq!(value_at(&loaded, &published(1, 2).client_secret_key()), Some(expected(1, 2)));
    assert_eq!(loaded.secrets.len(), 2, "nothing twice");
    assert!(loaded.secrets.iter().all(|secret| secret.rotation.is_none()));
}

#[test]
fn without_a_whole_ledger_no_value_from_anywhere_is_dropped() {
    let store = rescued(3, true, vec![published(1, 1), published(2, 1)]);
    let backup = rescued(4, true, vec![published(1, 1)]);
    for (ledger_whole, kept) in [(true, false), (false, true)] {
        let (store, backup) = (Some(store.clone()), Some(backup.clone()));
        let loaded = rebuild(Sources { store, backup, held: vec![], ledger_whole });
        let found = value_at(&loaded, &published(2, 1).client_secret_key());
        assert_eq!(found, kept.then(|| expected(2, 1)), "whole: {ledger_whole}");
    }
}

#[test]
fn rebuilding_what_was_rebuilt_changes_nothing() {
    let mut newer = published(1, 3);
    newer.secrets.push(okta_secret(1, 4, false));
    let ledger: Vec<Held> = [held(&newer), held(&published(3, 2))].concat();
    let once = from(None, Some(rescued(4, true, vec![published(1, 1), published(2, 1)])), ledger.clone());
    let again = Rescued { loaded: once.clone(), sequence: 5, whole: true };
    assert_eq!(shown(&from(Some(again), None, ledger)), shown(&once));
}

fn operation(pending: Uuid) -> Operation {
    Operation {
        attempt: Uuid::from_u128(1),
        kind: Kind::Rotate,
        trigger: Trigger::Schedule,
        actor: Actor::schedule(),
        opened_at: at(0),
        due: None,
        phase: Phase::Verifying,
        call: 3,
        pending: Some(pending),
        known_before: vec![],
        withdrawing: None,
        redrawn: 0,
        consent: Consent::default(),
        tries: 0,
        refusals: 0,
        stuck_since: None,
        fault: None,
        wake_at: None,
        journaled: true,
        unproven: false,
        authenticated: false,
        create_out: None,
        steps: vec![],
    }
}
