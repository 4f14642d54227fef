//! The test of a connection says which of many things is wrong, with its fix; and where it works all the same, what is
//! missing.

use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use windlass::jose::{Given, Jwk};

use crate::world::World;

const KEY: &str = include_str!("../../src/jose/key/vectors/ec.sec1.pem");
const TEST: [&str; 3] = ["connection", "test", "acme"];

/// A world whose connection is the service app's.
async fn by_app() -> World {
    let world = World::connected().await;
    let client_id = {
        let mut inside = world.sandbox.org().inside();
        inside.service.register("kid-1", Given::read(KEY).expect("a key").key.public());
        inside.service.client_id.clone()
    };
    let file = world.path("key.pem");
    std::fs::write(&file, KEY).expect("written");
    let key = ["--private-key-file", file.to_str().expect("text"), "--key-id", "kid-1"];
    world.ok(&[&["connection", "update", "acme", "--client-id", &client_id][..], &key].concat()).await;
    world
}

fn status(world: &World, on: &str, status: u16, code: &str) {
    let body = json!({"errorCode": code, "errorSummary": "no"}).to_string();
    world.order(json!({"on": on, "times": 1, "kind": {"type": "status", "status": status, "body": body}}));
}

#[tokio::test]
async fn what_is_wrong_is_reported_apart_with_its_fix() {
    let world = World::connected().await;
    let reported = |exit: i32, words: &'static [&'static str]| {
        let world = &world;
        async move {
            let stderr = world.fails(exit, &TEST).await;
            for word in words {
                assert!(stderr.contains(word), "{word:?}: {stderr}");
            }
        }
    };
    status(&world, "org", 404, "E0000008");
    reported(4, &["no Okta org answers", "check the org URL"]).await;
    world.order(json!({"on": "org", "times": 1, "kind": {"type": "redirect", "to": "https://acme.okta.com"}}));
    reported(6, &["redirect", "-admin"]).await;
    status(&world, "apps", 403, "E0000005");
    reported(5, &["no credential that it can use", "Authorization header"]).await;
    status(&world, "apps", 403, "access_denied");
    reported(5, &["requests from this network", "Security > Networks"]).await;
    status(&world, "apps", 403, "E0000006");
    reported(5, &["no role that shows apps", "okta.apps.clientCredentials.read"]).await;
    status(&world, "apps", 429, "E0000047");
    reported(6, &["rate limit", "resets by itself"]).await;
    status(&world, "apps", 503, "E0000010");
    reported(6, &["read-only mode", "status.okta.com"]).await;
    world.sandbox.org().inside().token_valid = false;
    reported(5, &["was not used for 30 days", "user was deactivated", "--token-file"]).await;
    world.later(Duration::days(31));
    reported(5, &["it was last used 31 days ago"]).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_service_app_is_reported_apart_with_its_fix() {
    let world = by_app().await;
    let reported = |words: &'static [&'static str]| {
        let world = &world;
        async move {
            let stderr = world.fails(5, &TEST).await;
            for word in words {
                assert!(stderr.contains(word), "{word:?}: {stderr}");
            }
        }
    };
    world.sandbox.org().inside().service.has_role = false;
    reported(&["has no role that shows apps", "Application Administrator"]).await;
    world.sandbox.org().inside().service.scopes.pop();
    reported(&["may not have the scopes", "Okta API Scopes"]).await;
    world.sandbox.org().inside().service.within_zone = false;
    reported(&["outside the app's network zone", "Security > Networks"]).await;
    world.sandbox.org().inside().service.register("kid-1", Jwk::Rsa { n: "AQAB".into(), e: "AQAB".into() });
    reported(&["does not know the key \"kid-1\"", "signature algorithm"]).await;
    world.sandbox.org().inside().service.keys.clear();
    reported(&["does not know the key \"kid-1\"", "PUBLIC KEYS"]).await;
    world.sandbox.org().inside().service.client_id = "0oaanother".into();
    reported(&["unknown client ID", "ACTIVE"]).await;
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named_from_the_header() {
    let world = by_app().await;
    let challenge = "Bearer realm=\"x\", scope=\"okta.apps.manage\", error=\"insufficient_scope\"";
    world.order(json!({"on": "apps", "times": 1, "kind": {"type": "status", "status": 403,
        "headers": {"www-authenticate": challenge}}}));
    let stderr = world.fails(5, &TEST).await;
    assert!(stderr.contains("lacks the scope okta.apps.manage") && stderr.contains("Okta API Scopes"), "{stderr}");
}

#[tokio::test]
async fn where_it_works_all_the_same_it_says_what_is_missing() {
    let world = World::connected().await;
    world.sandbox.org().inside().role.hide_values = true;
    world.sandbox.org().inside().date_offset = Duration::minutes(4);
    let done = world.run(&TEST).await;
    assert_eq!(done.status, 0, "{done:?}");
    for word in ["okta.apps.clientCredentials.read", "--secret-file", "behind Okta's; set it (NTP)"] {
        assert!(done.stderr.contains(word), "{word}: {}", done.stderr);
    }
    let test = world.json(&TEST).await;
    assert_eq!(test["test"]["notes"].as_array().map(Vec::len), Some(2), "{test}");
    let app = world.app("Payments").id;
    world.sandbox.org().inside().role.forbidden_apps.insert(app);
    let done = world.run(&TEST).await;
    assert!(done.status == 0 && done.stderr.contains("cannot be rotated"), "{done:?}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_distinguished_from_an_org_that_does() {
    let world = World::connected().await;
    for (answer, said) in [("407 Proxy Authentication Required", "authorization"), ("403 Forbidden", "unsuccessful")] {
        let proxy = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let place = format!("http://{}", proxy.local_addr().expect("bound"));
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = proxy.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await;
            }
        });
        let token = world.path("token");
        let args = ["connection", "create", "other", "--url", "https://acme.okta.com", "--token-file"];
        let mut command = world.command(&[&args[..], &[token.to_str().expect("text")]].concat());
        let output = command.env("HTTPS_PROXY", place).output().await.expect("it starts");
        serving.abort();
        let stderr = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(6), "{stderr}");
        for word in ["the proxy refuses the way to acme.okta.com", said, "HTTPS_PROXY", "nothing was saved"] {
            assert!(stderr.contains(word), "{word}: {stderr}");
        }
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_reported_with_its_ca_which_can_be_trusted_then() {
    let world = World::connected().await;
    let chain = CertificateDer::pem_slice_iter(include_bytes!("tls/leaf.pem")).collect::<Result<_, _>>().expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/leaf.key.pem")).expect("PEM");
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("they fit");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("https://{}", server.local_addr().expect("bound"));
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = server.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    });
    let token = world.path("token");
    let create = ["connection", "create", "other", "--url", &url, "--token-file", token.to_str().expect("text")];
    let stderr = world.fails(6, &create).await;
    for word in ["is not trusted", "issued by Example Inspection CA (Example Corp)", "ca_file"] {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
    std::fs::create_dir_all(world.path("config/windlass")).expect("made");
    let ca = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/tls/ca.pem");
    std::fs::write(world.path("config/windlass/config.toml"), format!("[network]\nca_file = {ca:?}\n"))
        .expect("written");
    let stderr = world.fails(4, &create).await;
    assert!(stderr.contains("no Okta org answers"), "{stderr}");
    serving.abort();
}
