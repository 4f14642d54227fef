use std::collections::HashSet;

use crate::core::cause::StoreCause;
use crate::core::remedy::OnMachine;
use nix::unistd::{User, geteuid};

use super::samples::{essence, reply, requests};
use super::*;
use crate::api::client::Unreached;
use crate::core::history::Via;
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::{FieldFault, Kind};
use crate::engine::request::Acknowledgement;
use crate::engine::request::{self, ActKind, Request};

/// How many variants [`Request`] has. `samples::reply` does not compile without a row for each.
const VARIANTS: usize = 29;

#[tokio::test]
async fn every_request_and_its_reply_survive_the_way() {
    let server = TestServer::answering();
    let remote = server.remote();
    let (mut variants, mut acts) = (HashSet::new(), HashSet::new());
    for request in requests() {
        variants.insert(std::mem::discriminant(&request));
        if let Request::Act { act, .. } = &request {
            acts.insert(act.kind());
        }
        let wanted = reply(&request);
        let got = remote.call(request.clone()).await.unwrap_or_else(|refusal| panic!("{request:?}: {refusal:?}"));
        let asked = server.played.asked();
        assert_eq!(asked.len(), 1);
        // Who fetches is the server's own word, and not the request's.
        let asked = match asked[0].1.clone() {
            Request::Acknowledge(fetched) => Request::Acknowledge(Acknowledgement { caller: None, ..fetched }),
            asked => asked,
        };
        assert_eq!(essence(&asked), essence(&request));
        assert_eq!(std::mem::discriminant(&got), std::mem::discriminant(&wanted), "{request:?}");
        let json = |reply: &Reply| serde_json::to_string(reply).expect("JSON");
        assert_eq!(json(&got), json(&wanted));
    }
    assert_eq!((variants.len(), acts.len()), (VARIANTS, ActKind::ALL.len()));
}

#[test]
fn each_act_with_terms_has_an_example_of_all_of_them() {
    let requests = requests();
    let without = ActKind::ALL.iter().filter(|kind| {
        let plain = kind.plain().terms();
        let differs = |act: &request::Act| act.terms().iter().all(|(name, value)| plain.get(name) != Some(value));
        let whole =
            |request: &Request| matches!(request, Request::Act { act, .. } if act.kind() == **kind && differs(act));
        !requests.iter().any(whole)
    });
    // In samples.rs: one in which every term is another than by default.
    assert_eq!(without.map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn every_kind_of_refusal_survives_the_way_with_all_its_parts() {
    let kinds = [
        Kind::Failed,
        Kind::Invalid,
        Kind::Unknown,
        Kind::Conflict,
        Kind::NeedsConsent,
        Kind::Refused,
        Kind::Unavailable,
        Kind::Store,
        Kind::Interrupted,
    ];
    for kind in kinds {
        let refusal = Refusal {
            okta_error_code: Some("E0000011".into()),
            okta_request_id: Some("req".into()),
            fields: vec![FieldFault { field: "name".into(), message: "too long".into() }],
            plan: Some(Box::new(Plan { asks: true, ..Plan::default() })),
            ..Refusal::because(kind, StoreCause::DiskFails("what happened é".into()))
                .and(OnMachine::Fix("what to do".into()))
        };
        let sent = refusal.clone();
        let server = TestServer::open(move |_| Act::Refuse(sent.clone()));
        assert_eq!(server.remote().call(Request::View).await.expect_err("refused"), refusal);
        let answer = server.get("/api/v1/view").await;
        assert_eq!(answer.status, kind.http_status());
        assert_eq!(answer.refusal(), refusal);
    }
}

#[tokio::test]
async fn who_asks_is_the_process_at_the_other_end_through_its_face() {
    let server = TestServer::answering();
    let user = User::from_uid(geteuid()).expect("asked").map_or(geteuid().to_string(), |user| user.name);
    server.remote().call(Request::Engine).await.expect("answered");
    server.remote().via(Via::Ui).call(Request::Engine).await.expect("answered");
    server.get("/api/v1/engine").await;
    server.send("GET", "/api/v1/engine", "x-windlass-via: schedule\r\n", "").await;
    let asked = server.played.asked();
    let via: Vec<Via> = asked.iter().map(|(actor, _)| actor.via).collect();
    assert_eq!(via, [Via::Cli, Via::Ui, Via::Api, Via::Api]);
    let login = std::fs::read_to_string("/proc/self/loginuid").ok().filter(|uid| uid.trim() != "4294967295");
    for (actor, _) in asked {
        assert_eq!(actor.user, user);
        assert_eq!(actor.login_user.is_some(), login.is_some());
    }
}

#[tokio::test]
async fn what_is_not_there_is_reported_apart() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("windlass.sock");
    assert_eq!(connect(&path).map(drop), Err(Unreached::Absent));
    assert_eq!(connect(&dir.path().join("no/such/place")).map(drop), Err(Unreached::Absent));
    drop(server::bind(&path).expect("bound"));
    assert_eq!(connect(&path).map(drop), Err(Unreached::Refused));
    std::fs::write(dir.path().join("file"), "").expect("written");
    assert_eq!(connect(&dir.path().join("file")).map(drop), Err(Unreached::Refused));
    let long = connect(&dir.path().join("s".repeat(200))).map(drop).expect_err("too long");
    assert!(matches!(&long, Unreached::TooLong(why) if why.message().contains("107")), "{long:?}");
    for (unreached, status) in [
        (Unreached::Absent, 6),
        (Unreached::Refused, 6),
        (Unreached::NotPermitted, 5),
        (Unreached::Other("why".into()), 6),
    ] {
        assert_eq!(unreached.refusal(&path).error.exit_status(), status);
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_before_it_is_sent() {
    let server = TestServer::answering();
    let mut body = requests().into_iter().find_map(|request| match request {
        Request::RotationCreate(body) => Some(body),
        _ => None,
    });
    let body = body.as_mut().expect("a sample");
    body.description = Some("d".repeat(300 << 10));
    let refusal = server.remote().call(Request::RotationCreate(body.clone())).await.expect_err("too large");
    assert_eq!((refusal.error, refusal.status_code), (Kind::Invalid, 413));
    let refusal =
        server.remote().call(Request::RotationShow { id: "i".repeat(100 << 10) }).await.expect_err("too long");
    assert_eq!(refusal.error, Kind::Invalid, "{refusal:?}");
    assert!(server.played.asked().is_empty());
}
