//! Many at once, and strangers: what one user's programs hold open leaves room for the others, and an engine that is not
//! believed gets no more than questions.

use nix::unistd::geteuid;

use super::*;
use crate::api::server::limits::MAX_STREAMS;
use crate::engine::refusal::Kind;
use crate::engine::request::{Mode, Request, RotateTerms};
use crate::trust::peer::Believed;

#[tokio::test]
async fn readers_of_the_live_log_lock_no_one_out() {
    let server = TestServer::answering();
    let remote = server.remote();
    let mut logs = Vec::new();
    for _ in 0..MAX_STREAMS {
        logs.push(remote.events(None).await.expect("followed"));
    }
    let refusal = remote.events(None).await.err().expect("no more");
    assert_eq!((refusal.status_code, refusal.error), (429, Kind::Unavailable));
    assert!(refusal.hint().contains("everything else still works"), "{refusal:?}");
    let answer = server.get("/api/v1/events").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")));
    assert_eq!(answer.header("connection"), Some("close"), "it keeps no place");
    remote.call(Request::View).await.expect("a short call");
    logs.pop();
    server.played.open(MAX_STREAMS - 1).await;
    logs.push(remote.events(None).await.expect("one ended"));
}

#[tokio::test]
async fn calls_that_wait_for_okta_leave_room_for_those_that_do_not() {
    let server = TestServer::open(|request| match request {
        Request::View => Act::Reply(samples::reply(request)),
        _ => Act::Hang,
    });
    let remote = server.remote();
    // More than one client sends at once; the rest waits here and not there.
    let calls: Vec<_> = (0..200)
        .map(|number| {
            let remote = remote.clone();
            tokio::spawn(async move {
                remote.call(Request::act(number.to_string(), RotateTerms::default(), Mode::Ask)).await
            })
        })
        .collect();
    server.played.open(crate::api::client::MAX_LONG_CALLS).await;
    remote.call(Request::View).await.expect("a short call");
    calls.iter().for_each(JoinHandle::abort);
}

#[tokio::test]
async fn an_engine_that_is_not_believed_is_asked_and_neither_ordered_nor_trusted() {
    let server = TestServer::answering();
    // Ourselves, where the kernel names no user.
    let us = geteuid().as_raw();
    let strange = server.remote().believing(Believed::of(us, Some(us)));
    assert_eq!((strange.stranger(), server.remote().stranger()), (Some(us), None));
    let named = server.remote().believing(Believed::of(us.wrapping_add(1), None).with(Some(us)));
    assert_eq!(named.stranger(), None, "root has named it");
    drop(strange.events(None).await.expect("followed"));
    for request in samples::requests() {
        server.played.asked();
        let done = strange.call(request.clone()).await;
        let asked = server.played.asked();
        if request.is_harmless() {
            assert!(done.is_ok() && asked.len() == 1, "{request:?}: {done:?}");
            continue;
        }
        let refusal = done.expect_err("refused");
        assert_eq!(refusal.error, Kind::Refused, "{request:?}: {refusal:?}");
        assert!(refusal.message().contains("process of") && refusal.hint().contains("[engine] owner"), "{refusal:?}");
        assert!(asked.is_empty(), "nothing was sent: {request:?}");
    }
}

#[test]
fn what_holds_a_credential_or_a_value_or_acts_is_for_believed_engines_alone() {
    for request in samples::requests() {
        let reads = !request.changes();
        let value = matches!(request, Request::SecretGet { .. } | Request::Export(_) | Request::Credentials { .. });
        let secret = matches!(&request, Request::RotationCreate(body) if body.adopt_client_secret.is_some());
        assert_eq!(request.is_harmless(), reads && !value && !secret, "{request:?}");
    }
    let harmless: Vec<Request> = samples::requests().into_iter().filter(Request::is_harmless).collect();
    assert!(harmless.iter().any(|request| matches!(request, Request::View)), "`status` works");
    let sends = |request: &Request| matches!(request, Request::ConnectionCreate(_) | Request::ConnectionUpdate { .. });
    assert!(!harmless.iter().any(sends));
}
