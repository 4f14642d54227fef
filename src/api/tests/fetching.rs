//! Which calls on the secret routes count as fetched.

use super::samples::reply;
use super::*;
use crate::engine::refusal::Kind;
use crate::engine::request::{ReadVersion, Request};

const ROUTES: [&str; 2] = ["/api/v1/secrets/B", "/api/v1/secrets-export"];

/// Who reads, and which version of what.
type Read = (Option<String>, Vec<(String, u32)>);

/// The acknowledgements among what was asked.
fn acknowledged(server: &TestServer) -> Vec<Read> {
    let read = |read: &ReadVersion| (read.name.clone(), read.version);
    let asked = server.played.asked().into_iter();
    asked
        .filter_map(|(_, request)| match request {
            Request::Acknowledge(it) => Some((it.reader, it.secrets.iter().map(read).collect())),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_read_over_the_api_counts_with_what_it_answered_unless_it_peeks() {
    let server = TestServer::answering();
    let b = || ("B".to_owned(), 2);
    for (route, versions) in ROUTES.iter().zip([vec![b()], vec![b(), b()]]) {
        assert_eq!(server.get(route).await.status, 200);
        assert_eq!(acknowledged(&server), [(None, versions.clone())], "{route}");
        assert_eq!(server.get(&format!("{route}?as=payments-api&peek=false")).await.status, 200);
        assert_eq!(acknowledged(&server), [(Some("payments-api".into()), versions)], "{route}");
        assert_eq!(server.get(&format!("{route}?peek=true&as=payments-api")).await.status, 200);
        assert_eq!(acknowledged(&server), [], "{route}");
    }
    server.get("/api/v2/secret-rotations/okta-client-secret/payments/generated-credentials").await;
    assert_eq!(acknowledged(&server), []);
}

#[tokio::test]
async fn a_header_names_the_consumer_where_the_query_does_not() {
    let server = TestServer::answering();
    let header = "x-windlass-consumer: payroll\r\n";
    for (query, named) in [("", "payroll"), ("?as=payments-api", "payments-api")] {
        assert_eq!(server.send("GET", &format!("{}{query}", ROUTES[0]), header, "").await.status, 200);
        assert_eq!(acknowledged(&server)[0].0.as_deref(), Some(named));
    }
    let body = r#"{"secrets": [{"name": "B", "version": 2}]}"#;
    assert_eq!(server.send("POST", "/api/v1/secrets-acknowledge", header, body).await.status, 200);
    assert_eq!(acknowledged(&server)[0].0.as_deref(), Some("payroll"));
    let bad = server.send("GET", ROUTES[0], "x-windlass-consumer: Pay roll\r\n", "").await;
    assert_eq!(bad.status, 400, "{bad:?}");
    assert!(server.played.asked().is_empty());
}

#[tokio::test]
async fn what_a_screen_asks_for_never_counts() {
    let server = TestServer::answering();
    for route in ROUTES {
        // As one of an earlier version does, which does not know of peeking.
        assert_eq!(server.send("GET", route, "x-windlass-via: ui\r\n", "").await.status, 200);
        assert_eq!(acknowledged(&server), [], "{route}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_is() {
    let server = TestServer::answering();
    for route in ROUTES {
        for query in ["?peek=1", "?peek", "?as=Pay%20ments", "?peek=true&as=-x", "?peek=true&peek=false"] {
            let answer = server.get(&format!("{route}{query}")).await;
            assert_eq!(answer.status, 400, "{route}{query}: {answer:?}");
        }
    }
    assert!(server.played.asked().is_empty());
}

#[tokio::test]
async fn a_fetch_that_cannot_be_noted_is_answered_all_the_same_and_a_read_that_failed_is_none() {
    let server = TestServer::open(|request| match request {
        Request::Acknowledge(_) => Act::Refuse(Refusal::new(Kind::Store, "the disk is full", "make room")),
        request => Act::Reply(reply(request)),
    });
    for route in ROUTES {
        assert_eq!(server.get(route).await.status, 200, "{route}");
        assert_eq!(acknowledged(&server).len(), 1);
    }
    let server = TestServer::open(|_| Act::Refuse(Refusal::new(Kind::Unknown, "there is no secret B", "list them")));
    for route in ROUTES {
        assert_eq!(server.get(route).await.status, 404, "{route}");
        assert_eq!(acknowledged(&server), []);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_before_its_answer_has_fetched_nothing() {
    let server = TestServer::open(|request| match request {
        Request::Acknowledge(_) => Act::Reply(reply(request)),
        _ => Act::Hang,
    });
    let mut stream = UnixStream::connect(&server.path).await.expect("connected");
    stream.write_all(b"GET /api/v1/secrets/B HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("written");
    server.played.open(1).await;
    drop(stream);
    server.played.open(0).await;
    assert_eq!(acknowledged(&server), []);
}
