use serde_json::json;

use super::*;
use crate::engine::refusal::Kind;

const PEER_BODY: &str = r#"{"name":"my-okta-rotation","projectId":"1b3b6d0e-6f1f-4d53-8d5a-a1d7a4a0b111",
 "description":"my client secret rotation","connectionId":"2b3b6d0e-6f1f-4d53-8d5a-a1d7a4a0b222","environment":"dev",
 "secretPath":"/","isAutoRotationEnabled":true,"rotationInterval":30,"rotateAtUtc":{"hours":0,"minutes":0},
 "parameters":{"clientId":"0oa1"},"secretsMapping":{"clientId":"OKTA_CLIENT_ID","clientSecret":"OKTA_CLIENT_SECRET"}}"#;

const ROTATIONS: &str = "/api/v2/secret-rotations/okta-client-secret";

#[tokio::test]
async fn the_peers_request_is_understood_and_answered_in_its_words() {
    let server = TestServer::answering();
    let answer = server.send("POST", ROTATIONS, "content-type: application/json\r\n", PEER_BODY).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["secretRotation"]["type"], "okta-client-secret");
    let asked = server.played.asked();
    let Request::RotationCreate(body) = &asked[0].1 else { panic!("{asked:?}") };
    assert_eq!(body.rotation_interval, Some(30.into()));
    assert_eq!(body.secrets_mapping.as_ref().map(|mapping| mapping.client_secret.as_str()), Some("OKTA_CLIENT_SECRET"));
    // The peer's clients send their project everywhere, and no body where none is needed.
    for (method, target) in [
        ("GET", "/api/v2/secret-rotations?projectId=1"),
        ("GET", "/api/v2/secret-rotations/okta-client-secret?projectId=1"),
        ("GET", "/api/v2/secret-rotations/okta-client-secret/rotation-name/payments?projectId=1&environment=dev"),
        ("POST", "/api/v2/secret-rotations/okta-client-secret/payments/rotate-secrets"),
        ("DELETE", "/api/v2/secret-rotations/okta-client-secret/payments?deleteSecrets=true"),
        ("GET", "/api/v1/app-connections/okta/connection-name/acme?projectId=1"),
    ] {
        let answer = server.send(method, target, "", "").await;
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
    }
    let asked = server.played.asked();
    assert!(matches!(&asked[2].1, Request::RotationShow { id } if id == "payments"));
    assert!(
        matches!(&asked[4].1, Request::Act { act: crate::engine::request::Act::Delete(terms), .. } if terms.delete_secrets)
    );
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let server = TestServer::answering();
    let answer = server.send("GET", "/healthz", "x-request-id: trace-1.a:b_c\r\n", "").await;
    assert_eq!((answer.status, answer.header("x-request-id")), (200, Some("trace-1.a:b_c")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let long = format!("x-request-id: {}\r\n", "x".repeat(129));
    for odd in ["x-request-id: a b\r\n", "x-request-id: é\r\n", "x-request-id:\r\n", long.as_str()] {
        let answer = server.send("GET", "/nowhere", odd, "").await;
        assert_eq!(answer.header("x-request-id").map(str::len), Some(36), "{answer:?}");
        assert_eq!(answer.refusal().error, Kind::Unknown);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_reaches_no_engine() {
    let server = TestServer::answering();
    let connections = "/api/v1/app-connections/okta";
    let secret = r#"{"name":"acme","credentials":{"instanceUrl":"https://acme.okta.com","apiToken":["canary"]}}"#;
    let cases = [
        ("GET", "/nowhere", "", 404, ""),
        ("PUT", ROTATIONS, "{}", 405, "PUT"),
        ("HEAD", "/api/v1/secrets/A", "", 405, ""),
        ("POST", ROTATIONS, "", 400, "no body"),
        ("POST", ROTATIONS, "{\"name\":\"a\",", 400, "ends in the middle"),
        ("POST", connections, secret, 400, "credentials.apiToken: must be a string"),
        ("PATCH", "/api/v2/secret-rotations/okta-client-secret/a", "{\"secretPath\":\"/b\"}", 409, "secretPath"),
        ("PATCH", "/api/v2/secret-rotations/okta-client-secret/a", "{\"name\":1}", 400, "name"),
        ("GET", "/api/v1/history?outcome=canary2", "", 400, "outcome"),
        ("GET", "/api/v1/secrets/A?version=-1", "", 400, "version"),
        ("GET", "/api/v1/secrets/%zz", "", 400, "escape"),
    ];
    for (method, target, body, status, said) in cases {
        let answer = server.send(method, target, "", body).await;
        assert_eq!(answer.status, status, "{method} {target}: {answer:?}");
        if method != "HEAD" {
            let refusal = answer.refusal();
            assert!(refusal.message().contains(said), "{refusal:?}");
            assert!(!answer.body.contains("canary\""), "{answer:?}");
        }
    }
    let answer = server.send("PUT", ROTATIONS, "", "").await;
    assert_eq!(answer.header("allow"), Some("get, post"));
    assert!(server.played.asked().is_empty());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let server = TestServer::answering();
    let body = "x".repeat(super::super::MAX_BODY + 1);
    let answer = server.send("POST", ROTATIONS, "", &body).await;
    assert_eq!((answer.status, answer.refusal().error), (413, Kind::Invalid));
    let chunk = "x".repeat(64 << 10);
    let chunks = format!("{:x}\r\n{chunk}\r\n", chunk.len()).repeat(5);
    let head =
        format!("POST {ROTATIONS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
    let answer = server.raw(format!("{head}{chunks}0\r\n\r\n")).await;
    assert_eq!(answer.status, 413);
    // One that is beyond reading away is answered before it comes.
    let head =
        format!("POST {ROTATIONS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 99999999999\r\n\r\n");
    assert_eq!(server.raw(head).await.status, 413);
    assert!(server.played.asked().is_empty());
    // Exactly as much as is allowed passes.
    let mut body = json!({"name": "a", "parameters": {"clientId": ""}});
    let room = super::super::MAX_BODY - body.to_string().len();
    body["parameters"]["clientId"] = "c".repeat(room).into();
    assert_eq!(server.send("POST", ROTATIONS, "", &body.to_string()).await.status, 200);
}

#[tokio::test]
async fn a_panic_is_answered_and_the_connection_lives_on() {
    let server = TestServer::open(|request| match request {
        Request::View => Act::Panic,
        other => Act::Reply(samples::reply(other)),
    });
    let head = "GET /api/v1/view HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /api/v1/engine HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = server.raw(format!("{head}{last}")).await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("HTTP/1.1 200 OK"), "{answer:?}");
    assert!(!answer.body.contains("script"), "{answer:?}");
    let refusal = server.remote().call(Request::View).await.expect_err("a panic");
    assert_eq!(refusal.error, Kind::Failed);
}

#[tokio::test]
async fn readiness_is_the_engines_and_health_the_processes() {
    let server = TestServer::open(|request| {
        let mut engine = samples::engine();
        engine["trouble"] = json!({"message": "the store is quarantined: é", "hint": "confirm it"});
        match request {
            Request::Engine => Act::Reply(Reply::Engine { engine: serde_json::from_value(engine).expect("a sample") }),
            _ => Act::Panic,
        }
    });
    assert_eq!(server.get("/healthz").await.status, 200);
    assert!(server.played.asked().is_empty());
    let answer = server.get("/readyz").await;
    let refusal = answer.refusal();
    assert_eq!((answer.status, refusal.error, refusal.hint().as_str()), (503, Kind::Store, "confirm it"));
    assert!(refusal.message().contains("quarantined"));
    let server = TestServer::answering();
    assert_eq!(server.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn metrics_are_the_views() {
    let server = TestServer::open(|_| {
        let mut view = samples::view();
        let mut down = samples::connection();
        down["refusedSince"] = json!(samples::at(0));
        view["appConnections"] = json!([samples::connection(), down]);
        let mut other = samples::rotation();
        other["state"] = json!("ATTENTION");
        other["consumers"] = json!({"have": 1, "of": 2, "reached": false, "missing": [samples::consumer()]});
        other["nextRotationAt"] = json!(samples::at(60));
        view["secretRotations"] = json!([samples::rotation(), other, samples::rotation()]);
        view["engine"]["version"] = json!("0.1\"\\");
        Act::Reply(Reply::View { cursor: "7-0".into(), view: serde_json::from_value(view).expect("a sample") })
    });
    let answer = server.get("/metrics").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    for line in [
        "windlass_info{version=\"0.1\\\"\\\\\",role=\"serve\"} 1",
        "windlass_rotations{state=\"ok\"} 2",
        "windlass_rotations{state=\"attention\"} 1",
        "windlass_rotations{state=\"paused\"} 0",
        "windlass_consumers_missing 1",
        "windlass_connections 2",
        "windlass_connections_refused 1",
        "windlass_trouble 0",
        "windlass_next_rotation_timestamp_seconds 1790000060",
    ] {
        assert!(answer.body.lines().any(|it| it == line), "{line} in {}", answer.body);
    }
}
