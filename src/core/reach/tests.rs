use chrono::{DateTime, Utc};

use super::*;
use crate::core::consumer::{Caller, Dismissed};
use crate::core::rotation::Previous;
use crate::store::testing;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + 60 * minute, 0).expect("valid")
}

fn fetches(consumer: &str, minute: i64) -> Fetches {
    let caller = Caller { uid: 1000, user: "ann".into(), ..Caller::default() };
    Fetches { consumer: consumer.into(), claimed: true, caller, first: at(0), last: at(minute), count: 3 }
}

/// A rotation whose second secret is published, and whose first is on its way out; with its named client secret.
fn pair() -> (Rotation, Secret) {
    let mut rotation = testing::published(1, 2);
    let key = rotation.secrets[0].key;
    rotation.previous = Some(Previous::undated(key));
    let [_, secret] = testing::named(&rotation);
    (rotation, secret)
}

fn fetch(secret: &mut Secret, version: usize, consumers: &[&str]) {
    let version = &mut secret.versions[version - 1];
    version.fetched_at = Some(at(0));
    version
        .fetches
        .extend(consumers.iter().enumerate().map(|(minute, it)| fetches(it, minute.try_into().expect("small"))));
}

fn shown(rotation: &Rotation, secret: &Secret) -> (bool, String) {
    let reach = Reach::of(rotation, secret);
    let all = reach.consumers.iter().map(|it| format!("{} {} {:?}", it.fetches.consumer, it.version, it.stands));
    (reach.reached(), all.collect::<Vec<_>>().join(", "))
}

#[test]
fn the_old_secret_waits_for_each_consumer_that_had_it() {
    let (rotation, mut secret) = pair();
    fetch(&mut secret, 1, &["pay", "orders"]);
    assert_eq!(shown(&rotation, &secret), (false, "orders 1 Missing, pay 1 Missing".into()));
    fetch(&mut secret, 2, &["pay", "new"]);
    assert_eq!(shown(&rotation, &secret), (false, "orders 1 Missing, new 2 Current, pay 2 Current".into()));
    assert_eq!(Reach::of(&rotation, &secret).count(), (2, 3));
    fetch(&mut secret, 2, &["orders"]);
    assert!(shown(&rotation, &secret).0);
}

#[test]
fn a_dismissed_consumer_is_not_waited_for() {
    let (rotation, mut secret) = pair();
    fetch(&mut secret, 1, &["pay", "orders"]);
    fetch(&mut secret, 2, &["pay"]);
    let dismissed = |consumer: &str| Dismissed { consumer: consumer.into(), at: at(5), by: "ann".into() };
    secret.dismissed = vec![dismissed("orders")];
    assert_eq!(shown(&rotation, &secret), (true, "pay 2 Current, orders 1 Dismissed".into()));
    // Where all were dismissed, no fetch is awaited at all.
    let (rotation, mut secret) = pair();
    fetch(&mut secret, 1, &["pay"]);
    secret.dismissed = vec![dismissed("pay")];
    assert!(shown(&rotation, &secret).0);
}

#[test]
fn of_consumers_that_are_not_known_by_name_one_fetch_is_enough() {
    let (rotation, mut secret) = pair();
    assert_eq!(shown(&rotation, &secret), (false, String::new()), "neither was fetched");
    secret.versions[0].fetched_at = Some(at(0));
    assert!(!shown(&rotation, &secret).0, "the current one was not");
    fetch(&mut secret, 2, &["pay"]);
    assert!(shown(&rotation, &secret).0);
    // The app's original secret was never named here.
    let (rotation, mut secret) = pair();
    secret.versions.remove(0);
    secret.versions[0].fetched_at = Some(at(0));
    assert!(shown(&rotation, &secret).0);
}

#[test]
fn one_that_went_on_from_a_secret_has_to_fetch_it_again_where_that_is_published_again() {
    let (mut rotation, mut secret) = pair();
    fetch(&mut secret, 1, &["pay", "stays"]);
    fetch(&mut secret, 2, &["pay", "orders"]);
    // Back to the first one, as version 3.
    let first = secret.versions[0].clone();
    secret.versions.push(SecretVersion { number: 3, fetched_at: None, fetches: Vec::new(), ..first });
    let keys = (rotation.secrets[0].key, rotation.secrets[1].key);
    rotation.current = Some(keys.0);
    rotation.previous = Some(Previous::undated(keys.1));
    assert_eq!(shown(&rotation, &secret), (false, "orders 2 Missing, pay 2 Missing, stays 1 Current".into()));
    fetch(&mut secret, 3, &["pay", "orders"]);
    assert!(shown(&rotation, &secret).0);
}

#[test]
fn one_that_fetched_neither_is_known_and_not_waited_for() {
    let mut rotation = testing::published(1, 3);
    rotation.previous = Some(Previous::undated(rotation.secrets[1].key));
    let [_, mut secret] = testing::named(&rotation);
    fetch(&mut secret, 1, &["old"]);
    fetch(&mut secret, 3, &["pay"]);
    assert_eq!(shown(&rotation, &secret), (true, "pay 3 Current, old 1 Gone".into()));
}
