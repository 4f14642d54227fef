//! Secrets of a real OpenBao as places.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;
use windlass::clock::Clock;
use windlass::core::connection::Vault;
use windlass::core::connection::vault::Login;
use windlass::core::fault::{Class, Code};
use windlass::core::secret::{Credential, SecretValue};
use windlass::core::target::destination::Kv;
use windlass::core::target::judge::Marker;
use windlass::core::target::{Destination, Document, Keys, Target};
use windlass::delivery::Place;
use windlass::delivery::vault::Client;
use windlass::delivery::vault::kv::Secret;
use windlass::net::Network;

use crate::env::{self, OpenBao};

/// A server, and a path of this test's own.
struct Bao {
    server: OpenBao,
    path: String,
}

impl Bao {
    fn new() -> Self {
        Self { server: env::openbao(), path: format!("tests/{}", Uuid::new_v4()) }
    }

    /// What its root asks for.
    async fn root(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let url = format!("{}/v1/{path}", self.server.url);
        let request = http.request(method.parse().expect("a method"), url).header("x-vault-token", &self.server.token);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let answer = request.send().await.expect("it answers");
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default())
    }

    fn client(&self, login: Login) -> Client {
        let vault = Vault { namespace: None, login };
        Client::new(&self.server.url.parse().expect("a URL"), &vault, &Network::default(), Clock::System)
            .expect("a client")
    }

    fn by_token(&self, token: &str) -> Client {
        self.client(Login::Token { token: SecretValue::new(token) })
    }

    fn place(&self, client: Client, mount: &str) -> Secret {
        let kv = Kv { mount: mount.into(), path: self.path.clone() };
        let target = Target::new(
            Uuid::new_v4(),
            "vault".parse().expect("a name"),
            Destination::HashicorpVault(kv.clone()),
            Keys::from([("ID".to_owned(), Credential::ClientId), ("SECRET".to_owned(), Credential::ClientSecret)]),
            DateTime::UNIX_EPOCH,
        );
        Secret::new(client, &kv, &target)
    }

    fn of_root(&self) -> Secret {
        self.place(self.by_token(&self.server.token), "secret")
    }

    /// A token with a policy of its own.
    async fn limited(&self, capabilities: &[(&str, &str)]) -> (String, String) {
        let name = format!("p-{}", Uuid::new_v4());
        let rules = capabilities
            .iter()
            .map(|(kind, may)| format!("path \"secret/{kind}/{}\" {{ capabilities = [{may}] }}\n", self.path));
        let policy: String = rules.collect();
        self.root("PUT", &format!("sys/policies/acl/{name}"), json!({"policy": policy})).await;
        let (_, made) = self.root("POST", "auth/token/create", json!({"policies": [name], "ttl": "1h"})).await;
        (made["auth"]["client_token"].as_str().expect("a token").to_owned(), name)
    }

    /// What stands there, and its version.
    async fn stored(&self) -> (BTreeMap<String, String>, u64) {
        let (_, read) = self.root("GET", &format!("secret/data/{}", self.path), Value::Null).await;
        let data = read["data"]["data"].as_object().cloned().unwrap_or_default();
        let data = data.into_iter().map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned())).collect();
        (data, read["data"]["metadata"]["version"].as_u64().unwrap_or_default())
    }

    async fn put(&self, data: Value) {
        self.root("POST", &format!("secret/data/{}", self.path), json!({"data": data})).await;
    }
}

fn document(secret: &str) -> Document {
    let pairs = [("ID", "0oaclient"), ("SECRET", secret)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), SecretValue::new(value))).collect()
}

async fn deliver(place: &Secret, secret: &str) -> String {
    let seen = place.read().await.expect("read");
    place.write(&document(secret), &seen).await.expect("written")
}

#[tokio::test]
async fn a_secret_is_made_renewed_and_taken_away_again() {
    let bao = Bao::new();
    let place = bao.of_root();
    assert_eq!(deliver(&place, "one \"quoted\" ü").await, "1");
    let seen = place.read().await.expect("there");
    assert!(seen.tidy && seen.marker == Marker::Ours && seen.values == document("one \"quoted\" ü"), "{seen:?}");
    assert_eq!(deliver(&place, "one \"quoted\" ü").await, "1", "nothing is written anew");
    assert_eq!(deliver(&place, "two").await, "2");
    let seen = place.read().await.expect("there");
    place.strip(&seen, true).await.expect("purged");
    assert!(bao.stored().await.0.is_empty());
    assert_eq!(deliver(&place, "three").await, "3", "after a version that was deleted");
    assert_eq!(place.read().await.expect("there").marker, Marker::Ours);
}

#[tokio::test]
async fn what_others_have_stays_with_either_right_to_write() {
    let bao = Bao::new();
    bao.put(json!({"THEIRS": "kept"})).await;
    let read = "\"read\"";
    for (rights, secret) in [
        ([("data", "\"read\", \"patch\""), ("metadata", "\"patch\"")], "one"),
        ([("data", "\"read\", \"create\", \"update\""), ("metadata", "\"update\"")], "two"),
    ] {
        let (token, _) = bao.limited(&rights).await;
        let place = bao.place(bao.by_token(&token), "secret");
        // Each run is a target of its own: the mark of the one before goes.
        let marks = json!({"custom_metadata": {}});
        bao.root("POST", &format!("secret/metadata/{}", bao.path), marks).await;
        deliver(&place, secret).await;
        let (data, _) = bao.stored().await;
        assert_eq!((data["THEIRS"].as_str(), data["SECRET"].as_str()), ("kept", secret), "{rights:?}");
        assert!(place.read().await.expect("there").tidy);
    }
    let (token, _) = bao.limited(&[("data", read)]).await;
    let place = bao.place(bao.by_token(&token), "secret");
    let mut seen = place.read().await.expect("it may read");
    seen.marker = Marker::None;
    let fault = place.write(&document("three"), &seen).await.expect_err("it may not write");
    assert_eq!((fault.code, fault.class()), (Code::Forbidden, Class::Person), "{fault:?}");
    assert_eq!(bao.stored().await.0["SECRET"], "two");
}

#[tokio::test]
async fn a_write_that_comes_late_is_refused() {
    let bao = Bao::new();
    let place = bao.of_root();
    deliver(&place, "one").await;
    let seen = place.read().await.expect("there");
    bao.put(json!({"SECRET": "by others"})).await;
    assert_eq!(place.write(&document("late"), &seen).await.expect_err("late").code, Code::Changed);
    assert_eq!(place.strip(&seen, true).await.expect_err("late").code, Code::Changed);
    assert_eq!(bao.stored().await.0["SECRET"], "by others");
    let seen = bao.place(bao.by_token(&bao.server.token), "secret").read().await.expect("there");
    assert!(matches!(seen.marker, Marker::Other(_)), "the mark is the first one's: {seen:?}");
}

#[tokio::test]
async fn a_mount_of_version_1_is_never_written() {
    let bao = Bao::new();
    let mount = format!("old-{}", Uuid::new_v4());
    bao.root("POST", &format!("sys/mounts/{mount}"), json!({"type": "kv", "options": {"version": "1"}})).await;
    let fault = bao.place(bao.by_token(&bao.server.token), &mount).read().await.expect_err("version 1");
    assert_eq!(fault.class(), Class::Person, "{fault:?}");
    assert!(fault.problem.what().to_string().contains("version 1"), "{fault:?}");
    let nowhere = bao.place(bao.by_token(&bao.server.token), "not-there").read().await.expect_err("no mount");
    assert_eq!(nowhere.class(), Class::Person, "{nowhere:?}");
}

#[tokio::test]
async fn a_role_logs_in_anew_once_its_token_was_revoked_and_a_token_that_was_is_refused() {
    let bao = Bao::new();
    let mount = format!("approle-{}", Uuid::new_v4());
    let at = |rest: &str| format!("auth/{mount}/role/windlass{rest}");
    bao.root("POST", &format!("sys/auth/{mount}"), json!({"type": "approle"})).await;
    let (token, policy) =
        bao.limited(&[("data", "\"read\", \"create\", \"update\", \"patch\""), ("metadata", "\"patch\"")]).await;
    bao.root("POST", &at(""), json!({"token_policies": [policy], "token_ttl": "1h"})).await;
    let (_, role) = bao.root("GET", &at("/role-id"), Value::Null).await;
    let (_, secret) = bao.root("POST", &at("/secret-id"), Value::Null).await;
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let login = |secret_id: &str| Login::AppRole {
        mount: mount.clone(),
        role_id: text(&role["data"]["role_id"]),
        secret_id: SecretValue::new(secret_id),
    };
    let client = bao.client(login(&text(&secret["data"]["secret_id"])));
    let tested = client.test().await.expect("it logs in");
    assert!(tested.renewed && tested.version.is_some_and(|version| version.starts_with('2')));
    let place = bao.place(client, "secret");
    deliver(&place, "one").await;
    bao.root("POST", &format!("sys/leases/revoke-prefix/auth/{mount}"), json!({})).await;
    deliver(&place, "two").await;
    assert_eq!(bao.stored().await.0["SECRET"], "two");
    let fault = bao.client(login("not-a-secret-id")).test().await.expect_err("refused");
    assert_eq!(fault.code, Code::TokenRefused, "{fault:?}");
    let place = bao.place(bao.by_token(&token), "secret");
    place.read().await.expect("it may");
    bao.root("POST", "auth/token/revoke", json!({"token": token})).await;
    let fault = place.read().await.expect_err("revoked");
    assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection), "{fault:?}");
}
