//! The servers are what the other tests take them for.

use std::process::Command;

use serde_json::{Value, json};

use crate::env;

/// A call, and what was answered.
async fn call(request: reqwest::RequestBuilder) -> (u16, String) {
    let answer = request.send().await.expect("it answers");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

#[tokio::test]
async fn openbao_is_open_and_has_values_of_version_2() {
    let bao = env::openbao();
    let url = format!("{}/v1/sys/internal/ui/mounts/secret", bao.url);
    let (status, text) = call(client().get(url).header("x-vault-token", &bao.token)).await;
    assert_eq!(status, 200, "{text}");
    let mount: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(mount["data"]["options"]["version"], "2", "{mount}");
    let version = Command::new(&bao.program).arg("version").output().expect("it starts");
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("OpenBao"), "{version:?}");
}

/// Asks for a secret that is not there, with a signature that is none.
async fn unsigned(url: &str, key: &str) -> (u16, String) {
    let scope = format!("Credential={key}/20270309/us-east-1/secretsmanager/aws4_request");
    let request = client()
        .post(url)
        .header("authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host;x-amz-date, Signature=0"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-date", "20270309T130000Z")
        .header("x-amz-target", "secretsmanager.DescribeSecret")
        .body(json!({"SecretId": "not-there"}).to_string());
    call(request).await
}

#[tokio::test]
async fn of_the_two_that_play_aws_one_checks_who_asks() {
    let moto = env::moto();
    assert!(moto.secret.len() > 30, "{moto:?}");
    let (status, text) = unsigned(&moto.url, &moto.key).await;
    assert!((400..=403).contains(&status) && text.contains("Signature"), "{status} {text}");
    let (status, text) = unsigned(&env::ministack(), "test").await;
    assert!(status == 400 && text.contains("ResourceNotFoundException"), "{status} {text}");
}
