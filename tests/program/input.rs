//! What people mistype: a clear error with the fix, the right status, and nothing changed.

use serde_json::Value;

use crate::world::{World, clock};

#[tokio::test]
async fn bad_values_are_refused_with_the_fix_and_their_status() {
    let world = World::connected().await;
    let url = world.sandbox.url();
    let create = ["rotation", "create", "payments", "--connection", "acme", "--app"];
    let with = |app: &'static str, more: &[&'static str]| [&create[..], &[app], more].concat();
    let token = world.path("token");
    let token = token.to_str().expect("text");
    let connect = |url: &'static str| vec!["connection", "create", "other", "--url", url, "--token-file", token];
    let table: Vec<(i32, &str, Vec<&str>)> = vec![
        (3, "No Such App", with("No Such App", &[])),
        (4, "private_key_jwt", with("Checkout Web", &[])),
        (4, "--replace", with("IdP Admin", &[])),
        (2, "Europe/Berlin", with("Payments", &["--time-zone", "Europe/Berlln"])),
        (2, "whole days", with("Payments", &["--every", "0"])),
        (2, "1.5", with("Payments", &["--every", "1.5"])),
        (2, "25:00", with("Payments", &["--at", "25:00"])),
        (2, "do not fit", with("Payments", &["--every", "7", "--overlap", "7d"])),
        (2, "\"pay-ments\"", ["rotation", "create", "Pay Ments", "--connection", "acme", "--app", "Payments"].to_vec()),
        (3, "acme", ["rotation", "create", "payments", "--connection", "acmee", "--app", "Payments"].to_vec()),
        (2, "https://acme.okta.com", connect("https://acme-admin.okta.com")),
        (2, "https", connect("http://acme.okta.com")),
        (
            2,
            "empty",
            ["connection", "create", "x", "--url", "https://acme.okta.com", "--token-file", "/dev/null"].to_vec(),
        ),
        (3, "nothing-here", ["rotation", "show", "nothing-here"].to_vec()),
        (3, "OKTA_CLIENT_SECRET", ["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"].to_vec()),
        (2, "rotate", ["rotation", "rotat", "payments"].to_vec()),
    ];
    for (status, fix, args) in table {
        let stderr = world.fails(status, &args).await;
        assert!(stderr.contains(fix), "{args:?} should say {fix:?}: {stderr}");
    }
    let taken = world.fails(4, &["connection", "create", "acme", "--url", &url, "--token-file", token]).await;
    assert!(taken.contains("acme"), "{taken}");
    assert_eq!(world.json(&["rotation", "list"]).await["secretRotations"], Value::Array(Vec::new()));
    assert_eq!(world.json(&["connection", "list"]).await["appConnections"].as_array().map(Vec::len), Some(1));
    let made = world.sandbox.org().inside().log.iter().any(|line| line.effect);
    assert!(!made, "nothing was changed at Okta");
}

#[tokio::test]
async fn a_wrong_token_and_an_unreachable_org_are_reported_apart_and_nothing_is_saved() {
    let world = World::at(clock()).await;
    let url = world.sandbox.url();
    let wrong = world.path("wrong");
    std::fs::write(&wrong, "00wrong").expect("written");
    let wrong = wrong.to_str().expect("text");
    let refused = world.fails(5, &["connection", "create", "acme", "--url", &url, "--token-file", wrong]).await;
    assert!(refused.contains("E0000011") && !refused.contains("00wrong"), "{refused}");
    let unused = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port");
    let nowhere = format!("http://{unused}");
    let unreachable = world.fails(6, &["connection", "create", "acme", "--url", &nowhere, "--token-file", wrong]).await;
    assert!(unreachable.contains("cannot be reached"), "{unreachable}");
    let error = world.run(&["--json", "connection", "create", "acme", "--url", &url, "--token-file", wrong]).await;
    let error: Value = serde_json::from_str(&error.stderr).expect("an error object");
    assert_eq!(error["error"]["oktaErrorCode"], "E0000011");
    assert!(error["error"]["message"].is_string() && error["error"]["hint"].is_string());
    assert_eq!(world.json(&["connection", "list"]).await["appConnections"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_path_behind_the_url_is_cut_and_said() {
    let world = World::at(clock()).await;
    let url = format!("{}/app/UserHome", world.sandbox.url());
    let token = world.path("token");
    let done = world
        .run(&["connection", "create", "acme", "--url", &url, "--token-file", token.to_str().expect("text")])
        .await;
    assert_eq!(done.status, 0, "{done:?}");
    assert!(done.stderr.contains("/app/UserHome"), "{done:?}");
}

#[tokio::test]
async fn the_peers_request_body_is_taken_unchanged() {
    let world = World::connected().await;
    let id = world.json(&["connection", "show", "acme"]).await["appConnection"]["id"].clone();
    let app = world.app("Payments").id;
    let body = serde_json::json!({
        "name": "my-okta-rotation", "projectId": "00000000-0000-0000-0000-000000000000",
        "description": "my client secret rotation", "connectionId": id, "environment": "dev", "secretPath": "/",
        "isAutoRotationEnabled": true, "rotationInterval": 30, "rotateAtUtc": {"hours": 0, "minutes": 0},
        "parameters": {"clientId": app},
        "secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"},
    });
    let path = world.path("request.json");
    std::fs::write(&path, body.to_string()).expect("written");
    let answer = world.json(&["rotation", "create", "--from-file", path.to_str().expect("text")]).await;
    let row = &answer["secretRotation"];
    assert_eq!(row["type"], "okta-client-secret");
    assert_eq!((&row["environment"]["slug"], &row["rotationStatus"]), (&"dev".into(), &"success".into()));
    assert_eq!(row["rotateAt"]["timeZone"], "UTC");
}
