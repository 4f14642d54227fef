//! Stores that are damaged, sealed with another key, or have lost theirs: said, and never silently empty.

use crate::world::{World, files};

#[tokio::test]
async fn a_lost_key_is_said_and_none_is_made_beside_an_existing_store() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    let key = world.path("config/windlass/master.key");
    let away = world.path("away");
    std::fs::rename(&key, &away).expect("moved");
    let stderr = world.fails(7, &["rotation", "list"]).await;
    assert!(stderr.contains("master.key"), "{stderr}");
    assert!(!key.exists(), "no new key beside an existing store");
    world.fails(7, &["serve", "--once"]).await;
    assert!(!world.data().join("windlass.sock").exists(), "no socket is left of an engine that never was");
    std::fs::rename(&away, &key).expect("moved back");
    assert_eq!(world.value().await, value, "nothing was lost");
}

#[tokio::test]
async fn another_key_is_distinguished_from_damage() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    let other = World::connected().await;
    let foreign = other.path("config/windlass/master.key");
    let stderr = world.fails(7, &["--key-file", foreign.to_str().expect("text"), "rotation", "list"]).await;
    assert!(stderr.contains("another key"), "{stderr}");
    assert_eq!(world.value().await, value, "nothing was lost");
}

#[tokio::test]
async fn a_damaged_or_emptied_store_is_rebuilt_and_quarantined_or_refused_but_never_silently_empty() {
    for damage in ["truncated", "emptied", "flipped", "removed"] {
        let world = World::connected().await;
        world.create(&[]).await;
        let value = world.value().await;
        let store = world.data().join("store");
        let db = store.join("db");
        let bytes = std::fs::read(&db).expect("readable");
        match damage {
            "truncated" => std::fs::write(&db, &bytes[..bytes.len() / 2]).expect("written"),
            "emptied" => std::fs::write(&db, b"").expect("written"),
            "flipped" => {
                let mut flipped = bytes.clone();
                for at in (100..flipped.len()).step_by(997) {
                    flipped[at] ^= 4;
                }
                std::fs::write(&db, flipped).expect("written");
            }
            _ => std::fs::remove_dir_all(&store).expect("removed"),
        }
        let get = world.run(&["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"]).await;
        if get.status == 0 {
            assert_eq!(get.stdout.trim_end(), value, "{damage}: what is read is what was published");
        } else {
            assert_eq!(get.status, 7, "{damage}: {get:?}");
        }
        // Whatever could be read: nothing acts on a store that may have lost something.
        let act = world.run(&["rotation", "rotate", "payments", "--yes"]).await;
        let intact = get.status == 0 && act.status == 0;
        assert!(intact || matches!(act.status, 3 | 7), "{damage}: {act:?}");
        if intact {
            world.converged().await;
        }
    }
}

#[tokio::test]
async fn a_quarantined_store_is_said_by_every_command_and_to_cron() {
    let world = World::connected().await;
    world.create(&[]).await;
    std::fs::write(world.data().join("store/db"), b"").expect("written");
    for _ in 0..2 {
        let list = world.run(&["rotation", "list"]).await;
        assert!(list.status == 0 && list.stderr.contains("quarantined"), "{list:?}");
    }
    let cron = world.fails(7, &["serve", "--once"]).await;
    assert!(cron.contains("quarantined"), "{cron}");
    let serve = world.serve().await;
    let attached = world.run(&["rotation", "list"]).await;
    assert!(attached.stdout.contains("payments") && attached.stderr.contains("quarantined"), "{attached:?}");
    serve.stop().await;
}

#[tokio::test]
async fn a_quarantine_ends_once_someone_has_compared_each_rotation_with_okta() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    std::fs::write(world.data().join("store/db"), b"").expect("written");
    let shown = world.fails(4, &["confirm"]).await;
    assert!(shown.contains("published here as version 1, ACTIVE at Okta"), "{shown}");
    world.fails(7, &["rotation", "rotate", "payments", "--yes"]).await;
    let done = world.run(&["confirm", "--yes"]).await;
    assert!(done.status == 0 && done.stderr.contains("the quarantine is over"), "{done:?}");
    assert_eq!(world.value().await, value);
    let again = world.fails(4, &["confirm"]).await;
    assert!(again.contains("not quarantined"), "{again}");
    let list = world.run(&["rotation", "list"]).await;
    assert!(!list.stderr.contains("quarantined"), "{list:?}");
    world.run(&["rotation", "rotate", "payments", "--yes"]).await;
    assert_ne!(world.value().await, value, "and it rotates again");
    world.converged().await;
}

#[tokio::test]
async fn files_that_others_can_change_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::connected().await;
    let key = world.path("config/windlass/master.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("changed");
    let stderr = world.fails(7, &["connection", "list"]).await;
    assert!(stderr.contains("chmod 600"), "{stderr}");
    assert!(!files(&world.data()).is_empty());
}

/// Runs with a limit on the size of files, which is what a full disk looks like to a store that grows.
pub async fn cramped(world: &World, blocks: u64, args: &[&str]) -> crate::world::Done {
    let command = world.command(args);
    let program = command.as_std();
    let line = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = tokio::process::Command::new("sh");
    shell.arg("-c").arg(line).arg(program.get_program()).args(program.get_args()).env_clear();
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let output = shell.stdin(std::process::Stdio::null()).output().await.expect("starts");
    crate::world::Done {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

#[tokio::test]
async fn a_full_disk_is_said_reading_continues_and_nothing_is_sent_that_was_not_recorded() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    let rotate = ["rotation", "rotate", "payments", "--yes"];
    let creates =
        |world: &World| world.sandbox.org().inside().log.iter().filter(|line| line.operation == "create").count();
    let before = creates(&world);
    let done = cramped(&world, 1, &rotate).await;
    assert_eq!(done.status, 7, "{done:?}");
    assert!(done.stderr.contains("disk is full") && done.stderr.contains("hint:"), "{done:?}");
    assert_eq!(creates(&world), before, "nothing was sent to Okta");
    let read = cramped(&world, 1, &["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"]).await;
    assert_eq!((read.status, read.stdout.trim_end()), (0, value.as_str()), "reading continues: {read:?}");
    world.ok(&rotate).await;
    world.converged().await;
}

#[tokio::test]
async fn reading_leaves_a_damaged_store_as_it_lies_and_what_was_recovered_is_said_until_it_was_read() {
    let world = World::connected().await;
    world.create(&[]).await;
    let value = world.value().await;
    std::fs::write(world.data().join("ledger"), b"damaged").expect("written");
    let damaged = || {
        let names = std::fs::read_dir(world.data()).expect("there").map(|entry| entry.expect("read").file_name());
        names.filter(|name| name.to_string_lossy().contains(".damaged-")).count()
    };
    let get = ["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"];
    for _ in 0..3 {
        let read = world.run(&get).await;
        assert_eq!((read.status, read.stdout.trim_end()), (0, value.as_str()), "{read:?}");
        assert_eq!(damaged(), 0, "reading moves nothing");
    }
    world.ok(&["rotation", "pause", "payments"]).await;
    assert_eq!(damaged(), 1, "whatever acts puts it right first");
    for _ in 0..2 {
        let status = world.run(&["status", "--cron"]).await;
        assert!(status.status == 1 && status.stdout.contains("RECOVERED"), "{status:?}");
        assert!(status.stdout.contains("ledger.damaged-"), "{status:?}");
        let json = world.run(&["status", "--cron", "--json"]).await;
        assert!(json.stdout.contains("\"recovered\":[{") && json.stdout.contains("\"kept\""), "{json:?}");
        let doctor = world.run(&["doctor"]).await;
        assert!(doctor.stdout.contains("ledger.damaged-"), "{doctor:?}");
    }
    let asked = world.fails(4, &["confirm"]).await;
    assert!(asked.contains("take note that the ledger"), "{asked}");
    world.ok(&["confirm", "--yes"]).await;
    let status = world.run(&["status", "--cron"]).await;
    assert!(status.status == 0 && !status.stdout.contains("RECOVERED"), "{status:?}");
    assert_eq!(damaged(), 1, "moved once");
}

#[tokio::test]
async fn where_the_lock_or_the_store_is_no_such_thing_secrets_are_read_and_nothing_is_moved() {
    for (name, what) in [("lock", "a FIFO"), ("store/db", "a FIFO"), ("ledger", "a FIFO"), ("store", "a file")] {
        let world = World::connected().await;
        world.create(&[]).await;
        let value = world.value().await;
        let path = world.data().join(name);
        let away = world.path("away");
        std::fs::rename(&path, &away).expect("moved");
        if name == "store" {
            std::fs::write(&path, b"").expect("written");
        } else {
            nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("made");
        }
        let read = world.run(&["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"]).await;
        assert_eq!((read.status, read.stdout.trim_end()), (0, value.as_str()), "{name}: {read:?}");
        let act = world.fails(7, &["rotation", "rotate", "payments", "--yes"]).await;
        assert!(act.contains(what), "{name}: {act}");
        // Put back, it continues as if nothing had been.
        std::fs::remove_file(&path).expect("removed");
        std::fs::rename(&away, &path).expect("moved back");
        world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    }
}
