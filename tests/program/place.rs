//! Where things are: a data directory that vanished or was moved, a socket that was removed, a store that was retired.

use std::fs;

use crate::world::{World, files};

const GET: [&str; 5] = ["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"];

#[tokio::test]
async fn where_a_store_was_and_is_not_no_command_begins_another() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    let away = world.path("away");
    fs::rename(world.data(), &away).expect("moved");
    for empty in [false, true] {
        if empty {
            fs::create_dir_all(world.data()).expect("made");
        }
        for args in [
            &GET[..],
            &["rotation", "list"],
            &["status"],
            &["serve", "--once"],
            &["serve"],
            &["rotation", "pause", "payments"],
        ] {
            let stderr = world.fails(7, args).await;
            assert!(stderr.contains("one was kept there") && stderr.contains("--new-store"), "{args:?}: {stderr}");
        }
        let doctor = world.run(&["doctor"]).await;
        assert!(doctor.status == 7 && doctor.stdout.contains("one was kept there"), "{doctor:?}");
        assert_eq!(world.data().exists(), empty, "nothing is made");
        assert!(!empty || files(&world.data()).is_empty(), "nothing is made in it");
    }
    fs::remove_dir(world.data()).expect("empty");
    fs::rename(&away, world.data()).expect("moved back");
    assert_eq!(world.value().await, value, "nothing was lost");
}

#[tokio::test]
async fn a_new_store_is_begun_when_that_is_said_and_said_when_it_is() {
    let world = World::at(windlass::clock::Clock::fast(windlass::clock::Clock::System.now(), 1.0)).await;
    let first = world.run(&["connection", "list"]).await;
    assert!(first.status == 0 && first.stderr.contains("began a new, empty store"), "{first:?}");
    let second = world.run(&["--new-store", "connection", "list"]).await;
    assert!(second.status == 0 && !second.stderr.contains("began"), "ignored where a store is: {second:?}");
    fs::remove_dir_all(world.data()).expect("removed");
    world.fails(7, &["connection", "list"]).await;
    let begun = world.run(&["--new-store", "connection", "list"]).await;
    assert!(begun.status == 0 && begun.stderr.contains("began a new, empty store"), "{begun:?}");
    fs::remove_dir_all(world.data()).expect("removed");
    let again = world.fails(7, &["--new-store", "connection", "list"]).await;
    assert!(again.contains("does not count twice") && again.contains("stores/"), "{again}");
}

#[tokio::test]
async fn a_removed_socket_is_made_again_with_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::connected().await;
    world.create(&[]).await;
    let mut serve = world.serve().await;
    let socket = world.data().join("windlass.sock");
    let mode = |mode| fs::set_permissions(&socket, fs::Permissions::from_mode(mode));
    for (round, bits) in [0o660, 0o600].into_iter().enumerate() {
        mode(bits).expect("set");
        // Whoever opens it to a group does so long before it is removed.
        world.json(&["status"]).await;
        if round == 0 {
            fs::remove_file(&socket).expect("there");
        } else {
            fs::rename(&socket, world.data().join("old.sock")).expect("moved");
        }
        serve.until("another one was made").await;
        let shown = world.json(&["status"]).await;
        assert_eq!(shown["engine"]["role"], "serve", "the engine is reached again");
        assert_eq!(fs::metadata(&socket).expect("there").permissions().mode() & 0o777, bits);
    }
    assert_eq!(serve.stop().await.0, 0);
    assert!(!socket.exists(), "it goes with the engine");
}

#[tokio::test]
async fn a_first_start_on_a_full_disk_leaves_no_key_that_refuses_the_next() {
    let world = World::at(windlass::clock::Clock::fast(windlass::clock::Clock::System.now(), 1.0)).await;
    let list = ["connection", "list"];
    let done = crate::store::cramped(&world, 0, &list).await;
    assert_eq!(done.status, 7, "{done:?}");
    assert!(done.stderr.contains("disk is full"), "{done:?}");
    let left = files(&world.path("config"));
    assert!(left.is_empty(), "{left:?}");
    world.ok(&list).await;
    assert_eq!(fs::read(world.path("config/windlass/master.key")).expect("made").len(), 59);
}

#[tokio::test]
async fn a_retired_store_is_read_and_sends_whoever_acts_to_the_new_host() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    let plan = world.fails(4, &["retire-store", "--to", "bastion-2"]).await;
    assert!(plan.contains("bastion-2") && plan.contains("no older than"), "{plan}");
    world.ok(&["rotation", "pause", "payments"]).await;
    world.ok(&["rotation", "resume", "payments"]).await;
    world.fails(5, &["--read-only", "retire-store", "--to", "bastion-2", "--yes"]).await;
    world.fails(2, &["retire-store"]).await;
    world.ok(&["retire-store", "--to", "bastion-2", "--yes"]).await;
    let again = world.fails(4, &["retire-store", "--to", "bastion-3", "--yes"]).await;
    assert!(again.contains("bastion-2") && again.contains("--undo"), "{again}");

    let calls = world.sandbox.org().inside().log.len();
    for args in [
        &["rotation", "rotate", "payments", "--yes"][..],
        &["rotation", "pause", "payments"],
        &["rotation", "delete", "payments", "--yes"],
        &["connection", "update", "acme", "--description", "x"],
        &["connection", "delete", "acme", "--yes"],
        &["rotation", "check", "payments"],
        &["secret", "delete", "OKTA_CLIENT_SECRET", "--environment", "prod", "--yes"],
        &["confirm", "--yes"],
        &["serve", "--once"],
    ] {
        let stderr = world.run(args).await;
        assert_eq!(stderr.status, 7, "{args:?}: {stderr:?}");
        assert!(
            stderr.stderr.contains("was retired on") && stderr.stderr.contains("bastion-2"),
            "{args:?}: {stderr:?}"
        );
    }
    assert_eq!(world.sandbox.org().inside().log.len(), calls, "nothing was asked of Okta");
    assert_eq!(world.value().await, value, "it can be read");
    let status = world.run(&["--json", "status"]).await;
    let shown: serde_json::Value = serde_json::from_str(&status.stdout).expect("JSON");
    assert_eq!((status.status, &shown["engine"]["retired"]["to"]), (7, &"bastion-2".into()), "{status:?}");

    let serve = world.serve().await;
    let ready = world.get("/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("bastion-2"), "{ready}");
    world.later(chrono::Duration::days(40));
    assert_eq!(serve.stop().await.0, 0);
    let mut serve = world.serve().await;
    assert!(serve.log.contains("was retired on"), "{}", serve.log);
    assert_eq!(world.value().await, value);

    let plan = world.fails(4, &["retire-store", "--undo"]).await;
    assert!(plan.contains("bastion-2") && plan.contains("confirm"), "{plan}");
    world.ok(&["retire-store", "--undo", "--yes"]).await;
    world.fails(7, &["rotation", "rotate", "payments", "--yes"]).await;
    world.ok(&["confirm", "--yes"]).await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    serve.until("done: published").await;
    assert_ne!(world.value().await, value);
    world.converged().await;
    assert_eq!(serve.stop().await.0, 0);
}

impl World {
    /// The whole answer to a GET on the engine's socket.
    async fn get(&self, path: &str) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::UnixStream::connect(self.data().join("windlass.sock")).await.expect("connected");
        let request = format!("GET {path} HTTP/1.1\r\nHost: windlass\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        answer
    }
}

#[tokio::test]
async fn an_engine_whose_directory_was_moved_away_leaves_the_new_one_alone() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let away = world.path("away");
    fs::rename(world.data(), &away).expect("moved");
    world.ok(&["--new-store", "connection", "list"]).await;
    world.connect().await;
    let content = |world: &World| {
        let mut all: Vec<_> = files(&world.data()).into_iter().map(|path| (fs::read(&path).ok(), path)).collect();
        all.sort();
        all
    };
    let before = content(&world);
    let (status, log) = serve.stop().await;
    assert_eq!(status, 0, "{log}");
    assert_eq!(content(&world), before, "ledger, backups, socket and all");
    let moved = ["--data-dir", away.to_str().expect("text"), "rotation", "list"];
    assert!(world.ok(&moved).await.contains("payments"), "and what was moved is whole");
}
