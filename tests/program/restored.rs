//! A data directory in which nothing but backups was put back, beside the key: every command knows it for a store.

use std::path::Path;

use serde_json::Value;

use crate::world::World;

/// A world with a published secret, and a data directory that has its backups alone.
async fn world() -> (World, String, String) {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    let dir = world.path("restored");
    std::fs::create_dir_all(dir.join("backups")).expect("made");
    for entry in std::fs::read_dir(world.data().join("backups")).expect("backups were taken") {
        let from = entry.expect("readable").path();
        let to = dir.join("backups").join(from.file_name().expect("a name"));
        std::fs::copy(from, to).expect("copied");
    }
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    for dir in [dir.clone(), dir.join("backups")] {
        std::fs::set_permissions(dir, std::fs::Permissions::clone(&private)).expect("set");
    }
    let text = dir.to_str().expect("text").to_owned();
    (world, text, value)
}

#[tokio::test]
async fn whoever_looks_finds_a_store_in_backups_alone_and_changes_nothing() {
    let (world, dir, value) = world().await;
    let at = |args: &[&str]| -> Vec<String> {
        let own = ["--data-dir", dir.as_str()];
        own.iter().chain(args).map(|arg| (*arg).to_owned()).collect()
    };
    let run = async |args: &[&str]| {
        let args = at(args);
        world.run(&args.iter().map(String::as_str).collect::<Vec<_>>()).await
    };
    let status = run(&["status"]).await;
    assert_eq!(status.status, 7, "{status:?}");
    assert!(status.stdout.starts_with("STORE ") && !status.stdout.contains("no store"), "{status:?}");
    assert!(status.stdout.contains("secrets can be read"), "what to do: {status:?}");
    let doctor = run(&["doctor"]).await;
    assert_eq!(doctor.status, 7, "{doctor:?}");
    assert!(!doctor.stdout.contains("no store yet") && !doctor.stdout.contains("made at the first use"), "{doctor:?}");
    let list = run(&["rotation", "list", "--json"]).await;
    let rows: Value = serde_json::from_str(&list.stdout).expect("an object");
    assert_eq!((list.status, &rows["secretRotations"][0]["name"]), (0, &"payments".into()), "{list:?}");
    let read = run(&["--read-only", "secret", "get", "OKTA_CLIENT_SECRET"]).await;
    assert_eq!((read.status, read.stdout.trim()), (0, value.as_str()), "{read:?}");
    let export = run(&["export", "--format", "dotenv", "--environment", "prod"]).await;
    assert!(export.status == 0 && export.stdout.contains(&value), "{export:?}");
    let history = run(&["history"]).await;
    assert_eq!((history.status, history.stdout.as_str()), (7, ""), "{history:?}");
    assert!(history.stderr.contains("backups hold no history"), "{history:?}");
    let names: Vec<_> =
        std::fs::read_dir(Path::new(&dir)).expect("readable").flatten().map(|it| it.file_name()).collect();
    assert!(!names.iter().any(|name| name == "store"), "a look makes none: {names:?}");
}
