//! A Secret as a place, at the stand-in: what holds at a real one as well, and what only a stand-in can be made to do.

use super::*;
use crate::core::connection::Kubernetes;
use crate::core::fault::Class;
use crate::core::secret::{Credential, SecretValue};
use crate::core::target::{Destination, Keys};
use crate::delivery::kubernetes::tests::stand_in::{StandIn, TOKEN};
use crate::net::Network;

#[path = "../tests/suite.rs"]
mod suite;

fn place(stand_in: &StandIn, restart: &[&str]) -> Secret {
    let restart = restart.iter().map(|it| it.parse().expect("a workload")).collect();
    let object = Named { namespace: "pay".into(), name: "okta".into(), restart };
    let target = Target::new(
        "0197f000-0000-7000-8000-000000000001".parse().expect("an id"),
        "cluster".parse().expect("a name"),
        Destination::Kubernetes(object.clone()),
        Keys::from([("SECRET".to_owned(), Credential::ClientSecret)]),
        chrono::DateTime::UNIX_EPOCH,
    );
    let caller = Kubernetes::Token { token: SecretValue::new(TOKEN) };
    let url = stand_in.url.parse().expect("a URL");
    Secret::new(Client::new(&url, &caller, &Network::default()).expect("a client"), &object, &target, 1)
}

fn document(secret: &str) -> Document {
    Document::from([("SECRET".to_owned(), SecretValue::new(secret))])
}

#[tokio::test]
async fn the_stand_in_has_all_that_a_real_server_has() {
    let stand_in = StandIn::start().await;
    let cluster = suite::Cluster { url: stand_in.url.clone(), token: TOKEN.into(), ca: None, namespace: "pay".into() };
    suite::all(&cluster).await;
}

#[tokio::test]
async fn what_others_own_is_first_asked_for_and_then_overruled_and_never_where_nothing_was_seen() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &[]);
    let absent = place.read().await.expect("absent");
    stand_in.put("pay", "okta", &[("SECRET", "theirs")]);
    let seen = place.read().await.expect("there");
    stand_in.asked();
    place.write(&document("one"), &seen).await.expect("agreed to");
    let patch = "PATCH api/v1/namespaces/pay/secrets/okta";
    assert_eq!(stand_in.asked(), ["GET api/v1/namespaces/pay/secrets/okta", patch, patch]);
    // Someone makes it between our look and our write.
    stand_in.inside().script.push_back((404, {
        let details = json!({"name": "okta", "kind": "secrets"});
        crate::delivery::kubernetes::tests::stand_in::status(404, "NotFound", "", &details).1.to_string()
    }));
    assert_eq!(place.write(&document("two"), &absent).await.expect("ours").len(), 1);
    let other = Secret { target: Uuid::from_u128(2), ..self::place(&stand_in, &[]) };
    stand_in.inside().script.push_back((404, {
        let details = json!({"name": "okta", "kind": "secrets"});
        crate::delivery::kubernetes::tests::stand_in::status(404, "NotFound", "", &details).1.to_string()
    }));
    assert_eq!(other.write(&document("three"), &absent).await.expect_err("another's").code, Code::Changed);
    assert_eq!(stand_in.value("pay", "okta", "SECRET").as_deref(), Some("two"));
}

#[tokio::test]
async fn an_empty_one_stays_where_it_may_not_be_deleted() {
    let stand_in = StandIn::start().await;
    stand_in.inside().denied.push(("DELETE", "secrets"));
    let place = place(&stand_in, &[]);
    place.write(&document("one"), &place.read().await.expect("absent")).await.expect("made");
    place.strip(&place.read().await.expect("there"), true).await.expect("purged");
    let seen = place.read().await.expect("there");
    assert!(seen.exists && seen.values.is_empty() && seen.marker == Marker::None);
}

#[tokio::test]
async fn a_right_that_is_missing_is_this_targets_fault_and_what_could_be_done_is() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &["statefulset/db"]);
    stand_in.inside().denied.push(("PATCH", "statefulsets"));
    let fault = place.write(&document("one"), &place.read().await.expect("absent")).await.expect_err("denied");
    assert_eq!((fault.code, fault.class()), (Code::Forbidden, Class::Person));
    assert!(fault.problem.what().to_string().contains("cannot PATCH apis/apps/v1/namespaces/pay/statefulsets/db"));
    assert_eq!(stand_in.value("pay", "okta", "SECRET").as_deref(), Some("one"));
    stand_in.inside().denied.push(("GET", "secrets"));
    assert_eq!(place.read().await.expect_err("denied").code, Code::Forbidden);
}

#[tokio::test]
async fn a_server_that_lies_is_found_out_by_the_next_look_and_a_page_in_its_place_is_no_absence() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &[]);
    stand_in.inside().forgets = true;
    place.write(&document("one"), &place.read().await.expect("absent")).await.expect("it says so");
    assert!(place.read().await.expect("still absent").values.is_empty());
    for page in ["<html>not found</html>", "{}", "404 page not found\n"] {
        stand_in.inside().script.push_back((404, page.into()));
        assert_eq!(place.read().await.expect_err(page).code, Code::Unreadable, "{page}");
    }
    stand_in.inside().script.push_back((200, r#"{"kind":"Secret","metadata":{},"type":"Opaque"}"#.into()));
    assert_eq!(place.read().await.expect_err("no version").code, Code::Unreadable);
}

#[tokio::test]
async fn what_is_no_text_is_no_ones_value_but_theirs_and_no_fault_has_one() {
    let stand_in = StandIn::start().await;
    let place = place(&stand_in, &[]);
    let object = json!({"type": "Opaque", "metadata": {"resourceVersion": "1"}, "data": {"SECRET": "/w=="}});
    stand_in.inside().script.push_back((200, object.to_string()));
    assert_eq!(place.read().await.expect("read").values, document("base64:/w=="));
    let secret = "one-canary-of-some-length";
    use base64::Engine as _;
    for said in [secret.to_owned(), base64::engine::general_purpose::STANDARD.encode(secret)] {
        let absent = Seen::default();
        let refused = |message: &str| {
            crate::delivery::kubernetes::tests::stand_in::status(422, "Invalid", message, &Value::Null).1.to_string()
        };
        let gone = json!({"kind": "Status", "reason": "NotFound", "details": {"kind": "secrets"}}).to_string();
        stand_in.inside().script.extend([(404, gone), (422, refused(&format!("cannot take {said}")))]);
        let fault = place.write(&document(secret), &absent).await.expect_err("refused");
        assert_eq!(fault.code, Code::Refused);
        assert!(!format!("{fault:?}{:?}", stand_in.asked()).contains(&said), "{fault:?}");
    }
}
