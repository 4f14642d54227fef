use futures_util::StreamExt;

use super::*;
use crate::api::client::Unreached;
use crate::engine::refusal::Kind;

/// Starts a call beside a stream, and waits until the engine has both.
async fn under_way(server: &TestServer) -> JoinHandle<Result<Reply, Refusal>> {
    let remote = server.remote();
    let call = tokio::spawn(async move { remote.call(Request::View).await });
    server.played.open(2).await;
    call
}

#[tokio::test]
async fn a_server_that_stops_ends_streams_refuses_what_waits_and_takes_its_socket_along() {
    let server = TestServer::open(|_| Act::Hang);
    let mut events = server.remote().events(None).await.expect("followed");
    let call = under_way(&server).await;
    let idle = UnixStream::connect(&server.path).await.expect("connected");
    server.stop.send(()).expect("still served");
    assert!(events.next().await.is_none());
    let refusal = call.await.expect("no panic").expect_err("no reply");
    assert_eq!(refusal.error, Kind::Unavailable);
    assert!(refusal.hint().contains("resumes"), "{refusal:?}");
    server.task.await.expect("no panic").expect("stopped");
    assert_eq!(connect(&server.path).map(drop), Err(Unreached::Absent));
    drop(idle);
}

#[tokio::test]
async fn an_engine_that_dies_is_reported_as_such() {
    let server = TestServer::open(|_| Act::Hang);
    let remote = server.remote();
    let mut events = remote.events(None).await.expect("followed");
    let call = under_way(&server).await;
    server.task.abort();
    assert!(server.task.await.is_err_and(|error| error.is_cancelled()));
    assert!(events.next().await.is_none());
    let refusal = call.await.expect("no panic").expect_err("no reply");
    assert_eq!(refusal.error, Kind::Unavailable);
    assert!(refusal.hint().contains("when an engine runs again"), "{refusal:?}");
    // Its socket is left over without a listener, and the next engine takes the place.
    assert_eq!(connect(&server.path).map(drop), Err(Unreached::Refused));
    assert_eq!(remote.call(Request::View).await.expect_err("no listener").error, Kind::Unavailable);
    drop(server::bind(&server.path).expect("replaced"));
}

#[tokio::test]
async fn a_successors_socket_is_not_taken_away() {
    let server = TestServer::answering();
    std::fs::remove_file(&server.path).expect("there");
    let successor = server::bind(&server.path).expect("bound");
    server.stop.send(()).expect("still served");
    server.task.await.expect("no panic").expect("stopped");
    assert!(connect(&server.path).is_ok());
    drop(successor);
}
