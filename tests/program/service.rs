//! An API service app in place of a token: made, tested, used and changed by the real program.

use chrono::Duration;
use serde_json::Value;
use windlass::jose::{Given, Key};

use crate::world::{World, clock, files};

/// A key that is registered nowhere yet.
pub const RSA: &str = include_str!("../../src/jose/key/vectors/rsa.pkcs8.pem");

/// A world whose service app knows the key in `key.pem`, by the id `kid-1`.
async fn world() -> World {
    let world = World::at(clock()).await;
    register(&world, "kid-1", RSA);
    write(&world, "key.pem", RSA);
    world
}

/// Makes the public half of a key known to the org.
pub fn register(world: &World, kid: &str, pem: &str) {
    let public = Given::read(pem).expect("a key").key.public();
    world.sandbox.org().inside().service.register(kid, public);
}

fn write(world: &World, name: &str, text: &str) -> String {
    std::fs::write(world.path(name), text).expect("written");
    world.path(name).to_str().expect("text").to_owned()
}

fn drawn() -> String {
    let kept = Key::draw().and_then(|key| key.kept()).expect("drawn");
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", kept.expose())
}

impl World {
    fn create_args(&self, file: &str, more: &[&str]) -> Vec<String> {
        let client_id = self.sandbox.org().inside().service.client_id.clone();
        let url = self.sandbox.url();
        let file = self.path(file).to_str().expect("text").to_owned();
        let args =
            ["connection", "create", "acme", "--url", &url, "--client-id", &client_id, "--private-key-file", &file];
        args.iter().chain(more).map(|arg| (*arg).to_owned()).collect()
    }

    async fn connect_app(&self, more: &[&str]) {
        let args = self.create_args("key.pem", more);
        self.ok(&args.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }

    fn calls(&self, operation: &str) -> usize {
        self.sandbox.org().inside().log.iter().filter(|line| line.operation == operation).count()
    }
}

#[tokio::test]
async fn a_service_app_rotates_with_and_without_dpop() {
    for dpop in [false, true] {
        let world = world().await;
        world.sandbox.org().inside().service.requires_dpop = dpop;
        world.connect_app(&["--key-id", "kid-1"]).await;
        world.create(&[]).await;
        let first = world.value().await;
        world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
        assert_ne!(world.value().await, first);
        world.converged().await;
        let ssws = world.sandbox.org().inside().log.iter().any(|line| line.answered == "403");
        assert!(!ssws, "every call had its token");
        let tested = world.json(&["connection", "test", "acme"]).await;
        assert_eq!(tested["test"]["dpop"], Value::Bool(dpop));
    }
}

#[tokio::test]
async fn show_says_of_the_key_what_may_be_shown() {
    let world = world().await;
    world.connect_app(&["--key-id", "kid-1"]).await;
    let shown = world.json(&["connection", "show", "acme"]).await;
    let connection = &shown["appConnection"];
    assert_eq!(connection["method"], "oauth-service-app");
    assert_eq!(connection["credentials"]["clientId"], world.sandbox.org().inside().service.client_id.as_str());
    assert_eq!((&connection["key"]["keyId"], &connection["key"]["algorithm"]), (&"kid-1".into(), &"RS256".into()));
    let thumbprint = Given::read(RSA).expect("a key").key.thumbprint();
    assert_eq!(connection["key"]["thumbprint"], thumbprint.as_str());
    assert_eq!(connection["key"]["since"], connection["createdAt"]);
    let text = world.ok(&["connection", "show", "acme"]).await;
    for said in ["kid-1", "RS256", &thumbprint, "key since"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn what_is_no_key_is_said_plainly_and_nothing_is_saved() {
    let world = world().await;
    for (text, said) in [
        ("", "the private key is empty"),
        ("\r\n", "the private key is empty"),
        ("00a-token-and-no-key", "neither PEM nor a JWK"),
        (include_str!("../../src/jose/key/vectors/encrypted.pem"), "encrypted with a passphrase"),
        (include_str!("../../src/jose/key/vectors/public.pem"), "is a public key"),
        (include_str!("../../src/jose/key/vectors/small.pem"), "less than 2048 bits"),
        (r#"{"kty":"EC","use":"enc","crv":"P-256"}"#, "not for signing"),
    ] {
        write(&world, "bad", text);
        let args = world.create_args("bad", &[]);
        let stderr = world.fails(2, &args.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert!(stderr.contains(said) && stderr.contains("nothing was changed"), "{said}: {stderr}");
    }
    let url = world.sandbox.url();
    let stderr = world.fails(2, &["connection", "create", "acme", "--url", &url, "--client-id", "0oa1"]).await;
    assert!(stderr.contains("private key"), "{stderr}");
    let file = world.path("key.pem");
    let file = file.to_str().expect("text");
    let stderr = world.fails(2, &["connection", "create", "acme", "--url", &url, "--private-key-file", file]).await;
    assert!(stderr.contains("client id"), "{stderr}");
    let args = world.create_args("key.pem", &["--token-file", file]);
    let stderr = world.fails(2, &args.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(stderr.contains("cannot be used with"), "{stderr}");
    assert_eq!(world.json(&["connection", "list"]).await["appConnections"], Value::Array(Vec::new()));
    assert_eq!(world.calls("token"), 0, "and Okta was not asked");
    write(&world, "key.pem", &RSA.replace('\n', "\r\n"));
    world.connect_app(&[]).await;
}

#[tokio::test]
async fn another_key_is_tested_before_it_replaces_the_old_one_and_rotations_stay() {
    let world = world().await;
    world.connect_app(&["--key-id", "kid-1"]).await;
    world.create(&[]).await;
    let next = drawn();
    let file = write(&world, "next.pem", &next);
    let args = ["connection", "update", "acme", "--private-key-file", &file, "--key-id", "kid-2"];
    let stderr = world.fails(5, &args).await;
    assert!(stderr.contains("does not know the key \"kid-2\"") && stderr.contains("nothing was saved"), "{stderr}");
    assert!(stderr.contains("or give the key that is there;") && !stderr.contains("NAME"), "it is in hand: {stderr}");
    world.ok(&["connection", "test", "acme"]).await;
    register(&world, "kid-2", &next);
    world.ok(&args).await;
    world.sandbox.org().inside().service.keys.retain(|(kid, _)| kid == "kid-2");
    let shown = world.json(&["connection", "show", "acme"]).await;
    assert_eq!(
        (&shown["appConnection"]["key"]["keyId"], &shown["appConnection"]["key"]["algorithm"]),
        (&"kid-2".into(), &"ES256".into())
    );
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    // To a token and back.
    let token = world.path("token");
    world.ok(&["connection", "update", "acme", "--token-file", token.to_str().expect("text")]).await;
    assert_eq!(world.json(&["connection", "show", "acme"]).await["appConnection"]["method"], "api-token");
    let client_id = world.sandbox.org().inside().service.client_id.clone();
    world.ok(&[&args[..], &["--client-id", &client_id]].concat()).await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    world.converged().await;
}

#[tokio::test]
async fn rotations_that_wait_for_a_key_continue_by_themselves_once_there_is_one() {
    let world = world().await;
    world.connect_app(&["--key-id", "kid-1"]).await;
    world.create(&[]).await;
    let first = world.value().await;
    world.sandbox.org().inside().service.keys.clear();
    world.later(Duration::days(31));
    let mut serve = world.serve().await;
    serve.until("kid-1").await;
    assert_eq!(world.rows().await[0]["state"], "WAITING");
    let shown = world.json(&["connection", "show", "acme"]).await;
    assert_eq!(shown["appConnection"]["status"], "refused");
    assert_eq!(world.value().await, first, "what is published keeps working");
    let next = drawn();
    register(&world, "kid-2", &next);
    let file = write(&world, "next.pem", &next);
    world.ok(&["connection", "update", "acme", "--private-key-file", &file, "--key-id", "kid-2"]).await;
    serve.until("done:").await;
    assert_eq!(serve.stop().await.0, 0);
    world.converged().await;
}

#[tokio::test]
async fn no_key_and_no_token_stands_in_the_clear_anywhere() {
    let world = world().await;
    world.sandbox.org().inside().service.requires_dpop = true;
    world.connect_app(&["--key-id", "kid-1"]).await;
    let mut said = world.create(&[]).await;
    let mut serve = world.serve().await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    serve.until("done: published").await;
    world.sandbox.org().inside().service.tokens.retain(|_| false);
    world.sandbox.org().inside().service.keys.clear();
    for args in
        [&["connection", "list"][..], &["connection", "show", "acme"], &["connection", "test", "acme"], &["history"]]
    {
        for done in [world.run(args).await, world.run(&[&["--json"], args].concat()).await] {
            said.push_str(&done.stdout);
            said.push_str(&done.stderr);
        }
    }
    let (status, log) = serve.stop().await;
    assert_eq!(status, 0, "{log}");
    said.push_str(&log);
    let pieces: Vec<&str> = RSA.lines().filter(|line| !line.starts_with('-')).chain(["eyJ-sandbox-"]).collect();
    for piece in pieces {
        assert!(!said.contains(piece), "{piece} was said:\n{said}");
        for path in files(&world.data()).into_iter().chain(files(&world.path("config"))) {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let clear = bytes.windows(piece.len()).any(|window| window == piece.as_bytes());
            assert!(!clear, "{piece} stands in the clear in {}", path.display());
        }
    }
}
