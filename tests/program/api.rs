//! The socket, as `curl --unix-socket` uses it.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::world::World;

/// One exchange, in raw HTTP: the status and the body.
pub async fn exchange(world: &World, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut stream = UnixStream::connect(world.data().join("windlass.sock")).await.expect("listens");
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: windlass\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.to_lowercase().contains("x-request-id:"), "{head}");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn the_documented_body_creates_a_rotation_and_its_credentials_can_be_fetched() {
    let world = World::connected().await;
    let serve = world.serve().await;
    let (status, connections) = exchange(&world, "GET", "/api/v1/app-connections/okta", None).await;
    assert_eq!(status, 200);
    let body = json!({
        "name": "payments", "description": "made by hand", "projectId": "ignored",
        "connectionId": connections["appConnections"][0]["id"], "environment": "prod", "secretPath": "/",
        "isAutoRotationEnabled": true, "rotationInterval": 30, "rotateAtUtc": {"hours": 0, "minutes": 0},
        "rotateAt": {"hours": 2, "minutes": 30, "timeZone": "Europe/Berlin"},
        "parameters": {"clientId": world.app("Payments").id},
        "secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"},
    });
    let path = "/api/v2/secret-rotations/okta-client-secret";
    let (status, created) = exchange(&world, "POST", path, Some(&body)).await;
    assert_eq!(status, 200, "{created}");
    let row = &created["secretRotation"];
    assert_eq!(row["rotateAt"], json!({"hours": 2, "minutes": 30, "timeZone": "Europe/Berlin"}));
    assert_eq!(row["secretsMapping"]["clientSecret"], "OKTA_CLIENT_SECRET");
    let id = row["id"].as_str().expect("an id");
    let (status, credentials) = exchange(&world, "GET", &format!("{path}/{id}/generated-credentials"), None).await;
    assert_eq!(status, 200);
    let value = credentials["generatedCredentials"][0]["clientSecret"].as_str().expect("a value");
    assert!(world.authenticates(value).await);
    let (status, again) = exchange(&world, "POST", path, Some(&body)).await;
    assert_eq!((status, &again["secretRotation"]["id"]), (200, &row["id"]), "the same again is the same: {again}");
    let mut other = body.clone();
    other["rotationInterval"] = json!(60);
    let (status, again) = exchange(&world, "POST", path, Some(&other)).await;
    assert_eq!((status, &again["statusCode"]), (409, &json!(409)), "another one under its name is not");
    let history = world.json(&["history", "payments"]).await;
    assert_eq!(history["history"][0]["actor"]["via"], "api");
    let (status, _) = exchange(&world, "GET", "/readyz", None).await;
    assert_eq!(status, 200);
    assert_eq!(serve.stop().await.0, 0);
}
