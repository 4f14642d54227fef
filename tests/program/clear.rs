//! No secret value in the clear: not in a file, a log, an error, an argument or the environment of another.

use crate::world::{World, files};

#[tokio::test]
async fn no_secret_stands_in_the_clear_anywhere() {
    let world = World::connected().await;
    let mut said = world.create(&[]).await;
    let mut serve = world.serve().await;
    let mut secrets = vec![world.sandbox.token().to_owned(), world.value().await];
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    secrets.push(world.value().await);
    serve.until("done: published").await;
    secrets.extend(
        world.sandbox.org().inside().apps.iter().flat_map(|app| &app.secrets).map(|it| it.client_secret.clone()),
    );
    for args in [
        &["connection", "list"][..],
        &["connection", "show", "acme"],
        &["connection", "test", "acme"],
        &["connection", "apps", "acme"],
        &["rotation", "list"],
        &["rotation", "show", "payments"],
        &["rotation", "secrets", "payments"],
        &["rotation", "upcoming"],
        &["secret", "list"],
        &["history"],
    ] {
        for done in [world.run(args).await, world.run(&[&["--json"], args].concat()).await] {
            assert_eq!(done.status, 0, "{done:?}");
            said.push_str(&done.stdout);
            said.push_str(&done.stderr);
        }
    }
    // Refused calls, whose bodies may quote what was sent.
    world.order(serde_json::json!({"on": "create", "when": "after", "times": 1, "kind": {"type": "garbage"}}));
    said.push_str(&world.run(&["rotation", "rotate", "payments", "--yes"]).await.stderr);
    world.sandbox.org().inside().token_valid = false;
    said.push_str(&world.run(&["connection", "test", "acme"]).await.stderr);
    let (status, log) = serve.stop().await;
    assert_eq!(status, 0, "{log}");
    said.push_str(&log);
    for secret in &secrets {
        assert!(!said.contains(secret.as_str()), "a secret was said:\n{said}");
        for path in files(&world.data()).into_iter().chain(files(&world.path("config"))) {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let clear = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!clear, "a secret stands in the clear in {}", path.display());
        }
    }
}

#[tokio::test]
async fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    for path in files(&world.data()).into_iter().chain(files(&world.path("config"))) {
        let mode = std::fs::symlink_metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
    assert_eq!(serve.stop().await.0, 0);
    assert!(!world.data().join("windlass.sock").exists(), "a socket does not outlive its engine");
}
