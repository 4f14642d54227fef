//! `windlass doctor`: its exit statuses, and that the worst it finds is reported whole, with the fix.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::world::{Done, World};

/// The line of a finding, which is not broken off a terminal.
fn line<'a>(done: &'a Done, what: &str) -> &'a str {
    let lines = done.stdout.lines().filter(|line| line.starts_with("ok ") || line.starts_with("WRONG "));
    let mut found =
        lines.filter(|line| line.split_once(' ').is_some_and(|(_, rest)| rest.trim_start().starts_with(what)));
    found.next().unwrap_or_else(|| panic!("no {what:?} in {done:?}"))
}

/// Ends with this status; on stderr there is nothing, for what it finds is data.
async fn doctor(world: &World, status: i32, more: &[&str]) -> Done {
    let done = world.run(&[&["doctor"], more].concat()).await;
    assert_eq!((done.status, done.stderr.as_str()), (status, ""), "{done:?}");
    done
}

#[tokio::test]
async fn a_config_that_others_could_have_written_stops_what_acts_and_not_what_looks() {
    let world = World::connected().await;
    let config = world.path("config/windlass/config.toml");
    std::fs::write(&config, "[defaults]\nenvironment = \"dev\"\n").expect("written");
    let mode = |mode| std::fs::set_permissions(&config, std::fs::Permissions::from_mode(mode)).expect("set");
    mode(0o666);
    let fix = format!("chmod go-w {}", config.display());
    for args in [&["secret", "get", "A"][..], &["run", "--", "true"], &["serve"], &["connection", "list"]] {
        let said = world.fails(2, args).await;
        assert!(said.contains("everybody can write to it") && said.contains(&fix), "{args:?}: {said}");
    }
    let done = world.run(&["status"]).await;
    assert!(done.status == 0 && done.stderr.contains(&fix), "{done:?}");
    let done = world.run(&["doctor"]).await;
    assert!(done.status == 1 && line(&done, "config").contains(&fix), "{done:?}");
    // One that says nothing about what is read stops no consumer.
    std::fs::write(&config, "[drift]\nevery = \"off\"\n").expect("written");
    let said = world.fails(3, &["secret", "get", "A"]).await;
    assert!(said.contains(&fix), "{said}");
    world.fails(2, &["serve"]).await;
    std::fs::write(&config, "[defaults]\nenvironment = \"dev\"\n").expect("written");
    mode(0o600);
    let said = world.fails(3, &["secret", "get", "A"]).await;
    assert!(said.contains("dev"), "the config is used: {said}");
}

#[tokio::test]
async fn before_anything_is_there_all_is_well_and_nothing_is_made() {
    let world = World::connected().await;
    let empty = world.path("empty");
    let at = ["--data-dir", empty.to_str().expect("text")];
    let done = doctor(&world, 0, &at).await;
    assert!(line(&done, "engine").contains("there is no store yet: the first connection begins one"));
    assert!(line(&done, "data directory").starts_with("ok ") && !empty.exists());
}

#[tokio::test]
async fn a_store_that_is_well_says_what_no_engine_means_and_an_engine_is_reported_with_its_user() {
    let world = World::connected().await;
    world.create(&[]).await;
    let done = doctor(&world, 0, &["--call"]).await;
    assert!(line(&done, "engine").contains("nothing rotates until one does (`windlass serve`)"), "{done:?}");
    assert!(line(&done, "connection acme").starts_with("ok "), "{done:?}");
    assert!(line(&done, "call to acme").contains("the clocks agree"), "{done:?}");
    assert!(line(&done, "backups").starts_with("ok "), "{done:?}");

    let serve = world.serve().await;
    // What keeps it running depends on where the tests run; the status says whether that is in order.
    let done = world.run(&["--json", "doctor"]).await;
    let report: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(done.status, i32::from(report["ok"] == false), "{report}");
    let of =
        |what: &str| report["checks"].as_array().expect("checks").iter().find(|check| check["what"] == what).cloned();
    let engine = of("engine").expect("an engine");
    assert!(
        engine["ok"] == true && engine["told"].as_str().is_some_and(|reported| reported.contains("serve, pid")),
        "{report}"
    );
    assert!(of("kept running by").is_some(), "{report}");
    serve.stop().await;
}

#[tokio::test]
async fn a_key_that_is_lost_or_that_others_read_is_the_stores_trouble_and_is_reported_whole_and_once() {
    let world = World::connected().await;
    world.create(&[]).await;
    let key = world.path("config/windlass/master.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("set");
    let open = doctor(&world, 7, &[]).await;
    assert!(line(&open, "sealing key").contains("chmod 600"), "{open:?}");

    std::fs::rename(&key, world.path("away")).expect("moved");
    let lost = doctor(&world, 7, &[]).await;
    let reported = line(&lost, "sealing key");
    assert!(reported.starts_with("WRONG") && reported.contains("from your backup of it"), "{reported}");
    assert!(reported.ends_with("without the key the store cannot be read"), "the fix is not cut: {reported}");
    assert!(line(&lost, "engine").ends_with("cannot be checked; see the sealing key above"), "{lost:?}");
    assert!(!key.exists(), "it only looks");
}

#[tokio::test]
async fn a_refused_connection_and_backups_that_are_gone_are_reported_with_the_command_that_fixes_it() {
    let world = World::connected().await;
    world.create(&[]).await;
    world.sandbox.org().inside().token_valid = false;
    world.run(&["connection", "test", "acme"]).await;
    std::fs::remove_dir_all(world.data().join("backups")).expect("removed");
    let done = doctor(&world, 1, &[]).await;
    let refused = line(&done, "REFUSED acme");
    assert!(refused.starts_with("WRONG") && refused.contains("`windlass connection update acme --token-file FILE`"));
    assert!(line(&done, "backups").contains("there is none; see whether"), "{done:?}");
    assert!(!done.stdout.contains("NAME"), "commands can be taken as they stand: {done:?}");
}

#[tokio::test]
async fn a_socket_path_that_is_too_long_and_a_quarantined_store_are_reported_apart() {
    let world = World::connected().await;
    world.create(&[]).await;
    let long = world.path(&"x".repeat(120));
    let done = doctor(&world, 1, &["--socket", long.to_str().expect("text")]).await;
    let reported = line(&done, "socket");
    assert!(reported.contains("107 are possible; name a shorter one with --socket"), "{reported}");
    assert!(line(&done, "engine").ends_with("see the socket above"), "{done:?}");

    std::fs::write(world.data().join("store/db"), b"").expect("written");
    let done = doctor(&world, 7, &[]).await;
    assert!(done.stdout.contains("quarantined") && done.stdout.contains("`windlass confirm`"), "{done:?}");
}
