//! A secret as a place: what others have in it stays, and what is not ours is never touched.

use std::collections::BTreeMap;

use super::*;
use crate::clock::Clock;
use crate::core::connection::vault::{Login, Vault};
use crate::core::fault::Class;
use crate::core::secret::Credential;
use crate::core::target::{Destination, Keys};
use crate::delivery::vault::tests::stand_in::{Entry, StandIn, TOKEN};
use crate::net::Network;

const ID: &str = "0197f000-0000-7000-8000-000000000001";

fn kv(mount: &str) -> Kv {
    Kv { mount: mount.into(), path: "apps/pay".into() }
}

fn target(id: &str) -> Target {
    Target::new(
        id.parse().expect("an id"),
        "vault".parse().expect("a name"),
        Destination::HashicorpVault(kv("kv")),
        Keys::from([("ID".to_owned(), Credential::ClientId), ("SECRET".to_owned(), Credential::ClientSecret)]),
        chrono::DateTime::UNIX_EPOCH,
    )
}

fn client(stand_in: &StandIn) -> Client {
    let vault = Vault { namespace: None, login: Login::Token { token: SecretValue::new(TOKEN) } };
    Client::new(&stand_in.url.parse().expect("a URL"), &vault, &Network::default(), Clock::test()).expect("a client")
}

fn place(stand_in: &StandIn) -> Secret {
    Secret::new(client(stand_in), &kv("kv"), &target(ID))
}

fn document(secret: &str) -> Document {
    let pairs = [("ID", "0oaclient"), ("SECRET", secret)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), SecretValue::new(value))).collect()
}

/// What stands there, as text.
fn stored(stand_in: &StandIn) -> BTreeMap<String, String> {
    let inside = stand_in.inside();
    let last = inside.entries.get("apps/pay").and_then(|entry| entry.versions.last().cloned().flatten());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    last.into_iter().flatten().map(|(key, value)| (key, text(&value))).collect()
}

fn put(stand_in: &StandIn, pairs: &[(&str, &str)], marks: &[(&str, &str)]) {
    let map =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect();
    let entry = Entry { versions: vec![Some(map(pairs))], marks: map(marks) };
    stand_in.inside().entries.insert("apps/pay".into(), entry);
}

#[tokio::test]
async fn the_first_delivery_makes_it_and_a_second_of_the_same_writes_nothing() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in);
    let seen = place.read().await.expect("absent");
    assert!(seen.values.is_empty() && !seen.exists && seen.marker == Marker::None);
    assert_eq!(place.write(&document("one-canary"), &seen).await.expect("written"), "1");
    let seen = place.read().await.expect("there");
    assert!(seen.tidy && seen.marker == Marker::Ours && seen.values == document("one-canary"), "{seen:?}");
    stand_in.asked();
    assert_eq!(place.write(&document("one-canary"), &seen).await.expect("nothing to do"), "1");
    assert_eq!(stand_in.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn what_others_have_in_it_stays_whatever_the_token_may() {
    let stand_in = StandIn::start().await;
    put(&stand_in, &[("THEIRS", "their-value"), ("ID", "0oaclient")], &[("owner", "them")]);
    let place = place(&stand_in);
    let mut expected = BTreeMap::from([("THEIRS".to_owned(), "their-value".to_owned())]);
    for (secret, denied) in
        [("one-canary", vec![]), ("two-canary", vec![("PATCH", "kv/data"), ("PATCH", "kv/metadata")])]
    {
        stand_in.inside().denied = denied;
        let seen = place.read().await.expect("there");
        place.write(&document(secret), &seen).await.expect("merged");
        expected.extend([("ID".to_owned(), "0oaclient".to_owned()), ("SECRET".to_owned(), secret.to_owned())]);
        assert_eq!(stored(&stand_in), expected);
        let marks = stand_in.inside().entries["apps/pay"].marks.clone();
        assert_eq!(
            (marks["owner"].as_str(), marks[&format!("{MARK}{ID}")].as_str()),
            (Some("them"), Some("ID,SECRET"))
        );
    }
}

#[tokio::test]
async fn a_write_that_comes_too_late_changes_nothing() {
    let stand_in = StandIn::start().await;
    put(&stand_in, &[("SECRET", "one-canary")], &[]);
    let place = place(&stand_in);
    let seen = place.read().await.expect("there");
    let newer = Some(Map::from_iter([("SECRET".to_owned(), "newer".into())]));
    stand_in.inside().entries.get_mut("apps/pay").expect("there").versions.push(newer);
    for denied in [vec![], vec![("PATCH", "kv/data")]] {
        stand_in.inside().denied = denied;
        let fault = place.write(&document("late"), &seen).await.expect_err("too late");
        assert_eq!((fault.code, fault.class()), (Code::Changed, Class::Passing));
        assert_eq!(place.strip(&seen, true).await.expect_err("too late").code, Code::Changed);
    }
    assert_eq!(stored(&stand_in)["SECRET"], "newer");
}

#[tokio::test]
async fn a_version_that_was_deleted_is_followed_by_the_next() {
    let stand_in = StandIn::start().await;
    put(&stand_in, &[("SECRET", "one-canary")], &[]);
    stand_in.inside().entries.get_mut("apps/pay").expect("there").versions[0] = None;
    let place = place(&stand_in);
    let seen = place.read().await.expect("a definite answer");
    assert!(seen.values.is_empty() && !seen.exists && seen.condition.as_deref() == Some("1"));
    assert_eq!(place.write(&document("two-canary"), &seen).await.expect("written"), "2");
}

#[tokio::test]
async fn a_key_that_another_target_marked_is_that_ones_until_it_is_agreed_otherwise() {
    let stand_in = StandIn::start().await;
    const OTHER: &str = "0197f000-0000-7000-8000-000000000002";
    let mark = format!("{MARK}{OTHER}");
    put(&stand_in, &[("SECRET", "theirs")], &[(&mark, "SECRET")]);
    let place = place(&stand_in);
    let seen = place.read().await.expect("there");
    assert_eq!(seen.marker, Marker::Other(OTHER.into()));
    place.write(&document("ours-now"), &seen).await.expect("it was agreed");
    assert_eq!(place.read().await.expect("there").marker, Marker::Ours);
    // Another target with other keys in the same secret is no clash.
    put(&stand_in, &[("ELSE", "theirs")], &[(&mark, "ELSE")]);
    assert_eq!(place.read().await.expect("there").marker, Marker::None);
}

#[tokio::test]
async fn an_engine_that_keeps_no_versions_or_is_none_is_never_written() {
    let stand_in = StandIn::start().await;
    stand_in.inside().mount_version = "1";
    let unversioned = place(&stand_in).read().await.expect_err("version 1");
    let other = Secret::new(client(&stand_in), &kv("pki"), &target(ID)).read().await.expect_err("no KV");
    let none = Secret::new(client(&stand_in), &kv("nowhere"), &target(ID)).read().await.expect_err("no mount");
    let causes = [
        (unversioned, ServerCause::MountUnversioned { mount: "kv".into() }),
        (other, ServerCause::OtherMount { mount: "pki".into(), kind: "pki".into() }),
        (none, ServerCause::NoMount { mount: "nowhere".into() }),
    ];
    for (fault, cause) in causes {
        assert_eq!((&fault.problem.cause, fault.class()), (&cause.into(), Class::Person), "{fault:?}");
    }
}

#[tokio::test]
async fn what_is_taken_off_is_ours_alone() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in);
    put(&stand_in, &[("THEIRS", "their-value")], &[("owner", "them")]);
    let seen = place.read().await.expect("there");
    place.write(&document("one-canary"), &seen).await.expect("merged");
    // Without purge the values stay.
    let seen = place.read().await.expect("there");
    place.strip(&seen, false).await.expect("stripped");
    assert_eq!((stored(&stand_in).len(), place.read().await.expect("there").marker), (3, Marker::None));
    let seen = place.read().await.expect("there");
    place.strip(&seen, true).await.expect("purged");
    assert_eq!(stored(&stand_in), BTreeMap::from([("THEIRS".to_owned(), "their-value".to_owned())]));
    assert_eq!(stand_in.inside().entries["apps/pay"].marks.len(), 1);
    // With nothing of others in it the version goes.
    put(&stand_in, &[("ID", "0oaclient"), ("SECRET", "one-canary")], &[]);
    let seen = place.read().await.expect("there");
    place.strip(&seen, true).await.expect("purged");
    assert!(stand_in.inside().entries["apps/pay"].versions[0].is_none());
}

#[tokio::test]
async fn a_server_that_lies_is_found_out_by_the_next_look_and_a_page_in_its_place_is_no_absence() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in);
    stand_in.inside().forgets = true;
    let seen = place.read().await.expect("absent");
    let _ = place.write(&document("one-canary"), &seen).await;
    assert!(place.read().await.expect("still absent").values.is_empty());
    let mounted = r#"{"data":{"type":"kv","path":"kv/","options":{"version":"2"}}}"#;
    stand_in.inside().script.extend([(200, mounted), (404, "<html>not found</html>")]);
    assert_eq!(place.read().await.expect_err("no Vault").code, Code::Unreadable);
}

#[tokio::test]
async fn no_fault_and_no_path_has_a_value_in_it() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in);
    let seen = place.read().await.expect("absent");
    stand_in.inside().script.push_back((400, r#"{"errors":["cannot store one-canary-of-some-length"]}"#));
    let fault = place.write(&document("one-canary-of-some-length"), &seen).await.expect_err("refused");
    assert!(!format!("{fault:?}{:?}", stand_in.asked()).contains("canary"), "{fault:?}");
}
