//! A folder as a place: what others have in it stays, and what waits for an approval is no delivery.

use super::*;
use crate::core::connection::Infisical;
use crate::core::fault::Class;
use crate::core::secret::Credential;
use crate::core::target::{Destination, Keys, State};
use crate::delivery::infisical::tests::stand_in::{PROJECT, SECRET, StandIn, wrong};
use crate::net::Network;

const ID: &str = "0197f000-0000-7000-8000-000000000001";

fn target() -> Target {
    let (project, environment, path) = (PROJECT.to_owned(), "prod".to_owned(), "/apps/pay".to_owned());
    Target::new(
        ID.parse().expect("an id"),
        "infisical".parse().expect("a name"),
        Destination::Infisical(Named { project, environment, path }),
        Keys::from([("ID".to_owned(), Credential::ClientId), ("SECRET".to_owned(), Credential::ClientSecret)]),
        chrono::DateTime::UNIX_EPOCH,
    )
}

fn place(stand_in: &StandIn, target: &Target) -> Folder {
    let identity = Infisical { client_id: "id".into(), client_secret: SecretValue::new(SECRET) };
    let url = stand_in.url.parse().expect("a URL");
    let client = Client::new(&url, &identity, &Network::default()).expect("a client");
    let Destination::Infisical(folder) = &target.destination else { panic!("another place") };
    Folder::new(client, folder, target, 1)
}

fn document(secret: &str) -> Document {
    let pairs = [("ID", "0oaclient"), ("SECRET", secret)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), SecretValue::new(value))).collect()
}

async fn deliver(place: &Folder, secret: &str) {
    let seen = place.read().await.expect("read");
    place.write(&document(secret), &seen).await.expect("written");
}

fn marked() -> Value {
    json!([{"key": MARK, "value": ID, "isEncrypted": false}])
}

#[tokio::test]
async fn only_what_differs_is_written_and_a_second_of_the_same_writes_nothing() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &target());
    let seen = place.read().await.expect("absent");
    assert!(seen.values.is_empty() && !seen.exists && seen.marker == Marker::None);
    place.write(&document("one"), &seen).await.expect("made");
    let seen = place.read().await.expect("there");
    assert!(seen.tidy && seen.marker == Marker::Ours && seen.values == document("one"), "{seen:?}");
    assert_eq!(stand_in.stored("SECRET").expect("there")["secretMetadata"], marked());
    stand_in.asked();
    place.write(&document("one"), &seen).await.expect("nothing to do");
    assert!(stand_in.asked().iter().all(|call| call.starts_with("GET ")));
    place.write(&document("two"), &seen).await.expect("written");
    let writes: Vec<_> = stand_in.asked().into_iter().filter(|call| !call.starts_with("GET ")).collect();
    assert_eq!(
        (writes, stand_in.value("SECRET").as_deref()),
        (vec!["PATCH api/v4/secrets/SECRET".into()], Some("two"))
    );
}

#[tokio::test]
async fn what_others_wrote_since_the_look_stays_and_so_does_their_metadata() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &target());
    let theirs = json!({"key": "owner", "value": "them", "isEncrypted": false});
    stand_in.put("SECRET", "theirs", &json!([theirs]));
    let seen = place.read().await.expect("there");
    stand_in.put("SECRET", "newer", &json!([theirs]));
    for fault in [
        place.write(&document("one"), &seen).await.expect_err("late"),
        place.strip(&seen, true).await.expect_err("late"),
    ] {
        assert_eq!((fault.code, fault.class()), (Code::Changed, Class::Passing));
    }
    deliver(&place, "one").await;
    let metadata = stand_in.stored("SECRET").expect("there")["secretMetadata"].clone();
    assert_eq!(metadata, json!([theirs, marked()[0]]));
    place.strip(&place.read().await.expect("there"), false).await.expect("stripped");
    assert_eq!(stand_in.stored("SECRET").expect("there")["secretMetadata"], json!([theirs]));
    assert_eq!(stand_in.value("SECRET").as_deref(), Some("one"));
    // Someone makes one between the look before a write and the write.
    stand_in.put("ID", "theirs", &json!([]));
    let absent = wrong(404, "NotFoundError", "Secret with name 'ID' not found").1.to_string();
    stand_in.inside().script.push_back((404, absent.clone()));
    let seen = place.read().await.expect("read");
    stand_in.inside().script.push_back((404, absent));
    assert_eq!(place.write(&document("one"), &seen).await.expect_err("made").code, Code::Changed);
    assert_eq!(stand_in.value("ID").as_deref(), Some("theirs"));
}

#[tokio::test]
async fn another_targets_mark_is_a_clash_until_it_is_agreed_otherwise_and_former_names_go() {
    let stand_in = StandIn::start().await;
    let other = json!([{"key": MARK, "value": "another", "isEncrypted": false}]);
    stand_in.put("SECRET", "theirs", &other);
    let place = place(&stand_in, &target());
    let seen = place.read().await.expect("there");
    assert_eq!(seen.marker, Marker::Other("another".into()));
    place.write(&document("ours"), &seen).await.expect("it was agreed");
    assert_eq!(place.read().await.expect("there").marker, Marker::Ours);
    stand_in.put("CLAIMED", "ours", &other);
    stand_in.put("OLD", "ours", &marked());
    let state = State { keys: ["OLD".to_owned(), "CLAIMED".to_owned()].into(), ..State::default() };
    let place = self::place(&stand_in, &Target { state, ..target() });
    let seen = place.read().await.expect("there");
    assert_eq!(seen.former.keys().collect::<Vec<_>>(), ["OLD"]);
    place.write(&document("ours"), &seen).await.expect("written");
    assert_eq!((stand_in.value("OLD"), stand_in.value("CLAIMED").as_deref()), (None, Some("ours")));
    place.strip(&place.read().await.expect("there"), true).await.expect("purged");
    assert_eq!((stand_in.value("SECRET"), stand_in.value("CLAIMED").as_deref()), (None, Some("ours")));
}

#[tokio::test]
async fn what_waits_for_an_approval_is_no_delivery_and_is_asked_for_once_a_version() {
    let stand_in = StandIn::start().await;
    stand_in.inside().protected = true;
    let place = place(&stand_in, &target());
    let seen = place.read().await.expect("absent");
    let fault = place.write(&document("one"), &seen).await.expect_err("it waits");
    assert_eq!(fault.class(), Class::Person);
    let cause = fault.problem.cause.clone();
    assert!(matches!(cause, Cause::Infisical(InfisicalCause::AwaitsApproval { version: Some(1), .. })), "{cause:?}");
    let state = State { fault: Some(fault), ..State::default() };
    let place = self::place(&stand_in, &Target { state, ..target() });
    stand_in.asked();
    assert_eq!(place.write(&document("one"), &seen).await.expect_err("it waits").problem.cause, cause);
    assert_eq!(stand_in.asked(), Vec::<String>::new());
    let next = Folder { version: 2, ..place };
    next.write(&document("two"), &seen).await.expect_err("asked for anew");
    assert!(stand_in.asked().iter().any(|call| call.starts_with("POST api/v4")));
    stand_in.inside().protected = false;
    deliver(&next, "two").await;
    stand_in.inside().protected = true;
    let seen = next.read().await.expect("there");
    let cause = next.strip(&seen, true).await.expect_err("that waits as well").problem.cause;
    assert!(matches!(cause, Cause::Infisical(InfisicalCause::AwaitsApproval { version: None, .. })), "{cause:?}");
}

#[tokio::test]
async fn a_value_that_would_come_back_as_another_is_never_sent() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &target());
    let seen = place.read().await.expect("absent");
    stand_in.asked();
    for value in [" a", "a ", "a\n\n", "\u{feff}a", "", "a${b}"] {
        let cause = place.write(&document(value), &seen).await.expect_err(value).problem.cause;
        assert_eq!(cause, InfisicalCause::ValuesNotKept { keys: vec!["SECRET".into()] }.into(), "{value:?}");
    }
    assert_eq!(stand_in.asked(), Vec::<String>::new());
    assert!(keeps("a b") && keeps("a\n") && keeps("$a{b}"));
}

#[tokio::test]
async fn what_is_not_there_or_not_shown_says_which() {
    let stand_in = StandIn::start().await;
    let mut elsewhere = target();
    let named = |project: &str, environment: &str| {
        Destination::Infisical(Named {
            project: project.into(),
            environment: environment.into(),
            path: "/apps/pay".into(),
        })
    };
    elsewhere.destination = named(PROJECT, "staging");
    let fault = place(&stand_in, &elsewhere).read().await.expect_err("no environment");
    let cause = InfisicalCause::FolderMissing { environment: "staging".into(), path: "/apps/pay".into() };
    assert_eq!((&fault.problem.cause, fault.class()), (&cause.into(), Class::Person));
    elsewhere.destination = named("other", "prod");
    let cause = place(&stand_in, &elsewhere).read().await.expect_err("no project").problem.cause;
    assert!(matches!(cause, Cause::Infisical(InfisicalCause::ProjectMissing { .. })), "{cause:?}");
    stand_in.put("SECRET", "theirs", &json!([]));
    stand_in.inside().hides = true;
    let cause = place(&stand_in, &target()).read().await.expect_err("hidden").problem.cause;
    assert_eq!(cause, InfisicalCause::ValuesHidden { key: "SECRET".into() }.into());
}

#[tokio::test]
async fn no_fault_has_a_value_in_it() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &target());
    let seen = place.read().await.expect("absent");
    let absent = || (404, wrong(404, "NotFoundError", "Secret with name 'A' not found").1.to_string());
    let said = wrong(400, "BadRequest", "cannot take 0oaclient-canary-value").1.to_string();
    stand_in.inside().script.extend([absent(), absent(), (400, said)]);
    let document = Document::from([("ID".to_owned(), SecretValue::new("0oaclient-canary-value"))]);
    let fault = place.write(&document, &seen).await.expect_err("refused");
    assert!(fault.code == Code::Refused && !format!("{fault:?}").contains("canary"), "{fault:?}");
}
