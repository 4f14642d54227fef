//! Targets with the real program: commands without an engine deliver before they end, and a service that is killed leaves no
//! file half written.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::world::{World, files};

/// A directory of the world that only its user writes to.
fn directory(world: &World) -> PathBuf {
    let dir = world.path("pay");
    fs::create_dir(&dir).expect("made");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).expect("ours alone");
    dir
}

#[tokio::test]
async fn commands_without_an_engine_deliver_before_they_end() {
    let world = World::connected().await;
    world.create(&[]).await;
    let file = directory(&world).join("okta");
    let path = file.display().to_string();
    world.ok(&["target", "create", "payments", "file", "--path", &path, "--format", "value"]).await;
    assert_eq!(fs::read_to_string(&file).expect("delivered"), world.value().await);
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    let value = world.value().await;
    assert_eq!(fs::read_to_string(&file).expect("delivered"), value);
    let shown = world.json(&["target", "show", "payments/file", "--json"]).await;
    assert_eq!(
        (&shown["secretSync"]["stands"], &shown["secretSync"]["confirmedVersion"]),
        (&"confirmed".into(), &2.into())
    );
    let all = world.ok(&["target", "list", "--json"]).await + &world.ok(&["history", "--json"]).await;
    assert!(!all.contains(&value), "no value is shown");
}

#[tokio::test]
async fn what_is_not_ours_stays_until_it_is_adopted_and_a_purge_takes_ours_alone() {
    let world = World::connected().await;
    world.create(&[]).await;
    let file = directory(&world).join("okta");
    fs::write(&file, "theirs").expect("written");
    let path = file.display().to_string();
    let made = world.ok(&["target", "create", "payments", "file", "--path", &path, "--format", "value"]).await;
    assert!(made.contains("ATTENTION"), "{made}");
    let plan = world.run(&["target", "plan", "payments/file"]).await;
    assert!(plan.status == 4 && plan.stdout.contains("once it is adopted"), "{plan:?}");
    world.fails(4, &["target", "adopt", "payments/file"]).await;
    assert_eq!(fs::read_to_string(&file).expect("there"), "theirs");
    world.ok(&["target", "adopt", "payments/file", "--yes"]).await;
    assert_eq!(fs::read_to_string(&file).expect("there"), world.value().await);
    world.ok(&["target", "delete", "payments/file", "--purge", "--yes"]).await;
    assert!(!file.exists());
}

#[tokio::test]
async fn a_killed_service_leaves_the_old_file_or_the_new_one_and_delivers_at_its_next_start() {
    let world = World::connected().await;
    world.create(&[]).await;
    let dir = directory(&world);
    let file = dir.join("okta");
    let path = file.display().to_string();
    world.ok(&["target", "create", "payments", "file", "--path", &path, "--format", "value"]).await;
    let before = fs::read_to_string(&file).expect("delivered");
    let mut serve = world.serve().await;
    world.ok(&["rotation", "rotate", "payments", "--yes", "--no-wait"]).await;
    serve.until("published").await;
    serve.kill().await;
    let left = fs::read_to_string(&file).expect("one of the two");
    let current = world.value().await;
    assert!(left == before || left == current, "{left}");
    let serve = world.serve().await;
    world.ok(&["target", "deliver", "payments/file"]).await;
    assert_eq!(fs::read_to_string(&file).expect("delivered"), current);
    assert_eq!(files(&dir), [file], "nothing is left beside it");
    serve.stop().await;
}
