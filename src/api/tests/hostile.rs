//! A hostile process at one end of the socket: the other end stays whole, and takes in no more than it must.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use tokio::net::UnixListener;

use super::*;
use crate::engine::refusal::Kind;

/// One who answers every request with the same bytes, and with a piece of them for ever after it.
struct Hostile {
    remote: Remote,
    said: Arc<AtomicU64>,
    _dir: tempfile::TempDir,
}

fn hostile(first: String, again: &str) -> Hostile {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("windlass.sock");
    let listener = UnixListener::bind(&path).expect("bound");
    let (said, again) = (Arc::new(AtomicU64::new(0)), again.repeat((64 << 10) / again.len().max(1)));
    let counted = said.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (first, again, said) = (first.clone(), again.clone(), counted.clone());
            tokio::spawn(async move {
                let mut asked = [0; 8 << 10];
                // The caller probes for a listener, and hangs up: nothing is said to that.
                if stream.read(&mut asked).await.is_ok_and(|count| count > 0)
                    && stream.write_all(first.as_bytes()).await.is_ok()
                {
                    while !again.is_empty() {
                        let Ok(count) = stream.write(again.as_bytes()).await else { return };
                        said.fetch_add(count as u64, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    Hostile { remote: connect(&path).expect("it listens"), said, _dir: dir }
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn what_no_engine_answers_is_a_refusal() {
    let deep = format!("{{\"view\":{}", "[".repeat(1_000_000));
    let lost = [
        String::new(),
        "SSH-2.0-OpenSSH\r\n".into(),
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}".into(),
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".into(),
    ];
    let unreadable = [
        answer("200 OK", ""),
        answer("200 OK", "null"),
        answer("200 OK", "{\"view\":{\"engine\":17}}"),
        answer("200 OK", &deep),
        answer("302 Found", ""),
        answer("404 Not Found", "<html>"),
        answer("500 No", "{\"statusCode\":\"x\",\"message\":[]}"),
        answer("204 No Content", ""),
    ];
    for (said, kind) in
        lost.iter().map(|said| (said, Kind::Unavailable)).chain(unreadable.iter().map(|said| (said, Kind::Failed)))
    {
        let refusal = hostile(said.clone(), "").remote.call(Request::View).await.expect_err("no engine");
        assert_eq!(refusal.error, kind, "{said:.60}: {refusal:?}");
        assert!(crate::text::is_harmless(&refusal.message()) && refusal.message().len() < 300, "{refusal:?}");
    }
}

#[tokio::test]
async fn a_flood_from_the_socket_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\n";
    for (first, again) in [
        (head.to_owned(), "x-filler: 0123456789\r\n"),
        (format!("{head}x-filler: "), "x"),
        ("HTTP/1.1 400 No\r\ncontent-length: 99999999999\r\n\r\n".to_owned(), " "),
    ] {
        let hostile = hostile(first.clone(), again);
        hostile.remote.call(Request::View).await.expect_err("no end");
        let said = hostile.said.load(Ordering::Relaxed);
        assert!(said < 8 << 20, "{first:?}: {said} bytes were taken");
    }
}

#[tokio::test]
async fn a_live_log_that_is_none_ends() {
    for first in [
        answer("200 OK", "data: {\n\n\u{0}\n: x"),
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx".into(),
    ] {
        let events = hostile(first, "").remote.events(None).await.expect("followed");
        // What cannot be read may have been anything: the view is taken again.
        assert!(events.map(|event| event.kind).collect::<Vec<_>>().await.iter().all(|kind| kind == "reset"));
    }
}

/// The status that the server answers, where it gets to say it: one who is hung up on in the middle may not hear it.
async fn status(server: &TestServer, bytes: &[u8]) -> Option<u16> {
    let mut stream = UnixStream::connect(&server.path).await.expect("connected");
    let mut answer = Vec::new();
    let written = stream.write_all(bytes).await;
    let read = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    assert!(status.is_some() || written.is_err() || read.is_err(), "neither an answer nor an end: {text}");
    status
}

#[tokio::test]
async fn hostile_requests_are_refused_and_the_server_stays() {
    let server = TestServer::answering();
    let post = "POST /api/v1/app-connections/okta HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    let deep = format!("{{\"name\":{}", "[".repeat(200_000));
    let nested = format!("{{\"name\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let cases = [
        (format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(64 << 10)), 431),
        (format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(200)), 431),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "y".repeat(64 << 10)), 431),
        ("GET /healthz\0 HTTP/1.1\r\nhost: x\r\n\r\n".into(), 400),
        ("GET  /healthz HTTP/1.1\r\nhost: x\r\n\r\n".into(), 400),
        (format!("{post}content-length: -1\r\n\r\n{{}}"), 400),
        (format!("{post}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"), 400),
        (format!("{post}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n"), 400),
        (format!("{post}content-length: {}\r\n\r\n{deep}", deep.len()), 400),
        (format!("{post}content-length: {}\r\n\r\n{nested}", nested.len()), 400),
        (format!("{post}content-length: 5\r\n\r\n{{\"\u{0}\":"), 400),
    ];
    for (said, wanted) in cases {
        let got = status(&server, said.as_bytes()).await;
        assert!(got.is_none_or(|got| got == wanted), "{said:.80}: {got:?}");
    }
    assert_eq!(server.get("/healthz").await.status, 200);
    assert!(server.played.asked().is_empty());
}
