//! A thousand targets that are behind at once, at a server that throttles: none is lost, and all of it is the server's pace.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;
use windlass::api::client::{Remote, connect};
use windlass::core::target::Stand;
use windlass::engine::Handle;
use windlass::engine::act::Mode;
use windlass::engine::request::{ConnectionBody, Reply, Request, RotateTerms, TargetsQuery};

use crate::env::{self, OpenBao};
use crate::org::org;

/// Rotations, and targets of each.
const HAVE: (usize, usize) = (20, 50);

/// Calls a second that the server takes: half of what would come at it.
const RATE: u32 = 200;

async fn root(bao: &OpenBao, method: &str, path: &str, body: Value) -> Value {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = http.request(method.parse().expect("a method"), format!("{}/v1/{path}", bao.url));
    let request = request.header("x-vault-token", &bao.token);
    let request = if body.is_null() { request } else { request.body(body.to_string()) };
    let answer = request.send().await.expect("it answers");
    assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
    serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default()
}

fn from<T: serde::de::DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).expect("written here")
}

/// Waits until every target has its rotation's current secret, for far longer than that takes. Returns how often one of them failed
/// on the way, as far as that was seen.
async fn delivered(engine: &Remote) -> u32 {
    let mut failed = 0;
    for _ in 0..1200 {
        let reply = engine.call(Request::TargetList(TargetsQuery::default())).await.expect("listed");
        let Reply::Targets { secret_syncs } = reply else { panic!("another reply") };
        let attention: Vec<_> = secret_syncs.iter().filter(|it| it.stands == Stand::Attention).collect();
        assert!(attention.is_empty(), "{:?}", attention.first());
        failed = failed.max(secret_syncs.iter().map(|it| it.tries).max().unwrap_or_default());
        if secret_syncs.len() == HAVE.0 * HAVE.1 && secret_syncs.iter().all(|it| it.stands == Stand::Confirmed) {
            return failed;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("not all of them have it after five minutes");
}

#[tokio::test]
async fn a_thousand_targets_that_are_behind_at_once_are_all_delivered_at_the_servers_pace() {
    let (bao, (sandbox, clock), folder) = (env::openbao(), org(HAVE.0 * 2).await, TempDir::new().expect("a folder"));
    let mount = format!("thousand-{}", Uuid::new_v4());
    root(&bao, "POST", &format!("sys/mounts/{mount}"), json!({"type": "kv", "options": {"version": "2"}})).await;
    let quota = format!("sys/quotas/rate-limit/{mount}");
    root(&bao, "POST", &quota, json!({"path": format!("{mount}/"), "rate": RATE, "interval": "1s"})).await;
    let data = folder.path().join("data");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_windlass"));
    serve.arg("serve").env_clear().env("HOME", folder.path()).env("WINDLASS_CLOCK", clock.to_string());
    serve.env("WINDLASS_DATA_DIR", &data).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut serve = serve.kill_on_drop(true).spawn().expect("it starts");
    let socket = data.join("windlass.sock");
    let engine = loop {
        assert!(serve.try_wait().expect("asked").is_none(), "it ended");
        match connect(&socket) {
            Ok(engine) => break engine,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let call = async |request| engine.call(request).await.unwrap_or_else(|refusal| panic!("{refusal}"));
    let acme = json!({"instanceUrl": sandbox.url(), "apiToken": sandbox.token()});
    let store = json!({"instanceUrl": bao.url, "accessToken": bao.token});
    for (name, app, credentials) in [("acme", "okta", acme), ("bao", "hashicorp-vault", store)] {
        let body = ConnectionBody {
            name: name.into(),
            app: app.into(),
            method: String::new(),
            description: None,
            credentials: from(credentials),
            no_test: false,
        };
        call(Request::ConnectionCreate(Box::new(body))).await;
    }
    let apps: Vec<String> = {
        let inside = sandbox.org().inside();
        let fits = inside.apps.iter().filter(|app| app.status == "ACTIVE" && app.secrets.len() == 1).take(HAVE.0);
        fits.map(|app| app.id.clone()).collect()
    };
    assert_eq!(apps.len(), HAVE.0);
    for (number, app) in apps.iter().enumerate() {
        let body = json!({"name": format!("r{number}"), "connectionId": "acme", "rotationInterval": 30,
            "secretPath": format!("/r{number}"), "parameters": {"clientId": app}});
        call(Request::RotationCreate(from(body))).await;
        for target in 0..HAVE.1 {
            let body = json!({"rotation": format!("r{number}"), "name": format!("t{target}"), "connectionId": "bao",
                "destination": "hashicorp-vault", "keys": {"secret": "clientSecret"},
                "destinationConfig": {"mount": mount, "path": format!("r{number}/t{target}")}});
            call(Request::TargetCreate(from(body))).await;
        }
    }
    delivered(&engine).await;
    for number in 0..HAVE.0 {
        let terms = RotateTerms { wait_seconds: Some(0), ..RotateTerms::default() };
        call(Request::act(format!("r{number}"), terms, Mode::Agreed)).await;
    }
    let begun = std::time::Instant::now();
    let failed = delivered(&engine).await;
    println!("{} delivered in {:?}, at most {failed} faults each", HAVE.0 * HAVE.1, begun.elapsed());
    root(&bao, "DELETE", &quota, Value::Null).await;
    let at_okta: BTreeMap<String, Vec<String>> = {
        let inside = sandbox.org().inside();
        let values =
            |app: &windlass::sandbox::org::App| app.secrets.iter().map(|it| it.client_secret.clone()).collect();
        inside.apps.iter().map(|app| (app.id.clone(), values(app))).collect()
    };
    for (number, app) in apps.iter().enumerate() {
        let newest = at_okta[app].last().expect("it was rotated");
        for target in 0..HAVE.1 {
            let stored = root(&bao, "GET", &format!("{mount}/data/r{number}/t{target}"), Value::Null).await;
            assert_eq!(stored["data"]["data"]["secret"], newest.as_str(), "r{number}/t{target}");
            // Each version is written once, whatever was turned away in between.
            assert_eq!(stored["data"]["metadata"]["version"], 2, "r{number}/t{target}");
        }
    }
}
