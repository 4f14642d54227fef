//! A rotation's whole life, as an operator and its consumers see it.

use chrono::{DateTime, Duration};
use windlass::clock::Clock;

use crate::world::World;

/// A day in 24 seconds, half an hour before midnight: the first due time is an hour away.
async fn fast() -> World {
    let start = DateTime::parse_from_rfc3339("2026-11-02T23:30:00Z").expect("valid").to_utc();
    let world = World::at(Clock::fast(start, 3600.0)).await;
    world.connect().await;
    world
}

#[tokio::test]
async fn scheduled_and_manual_rotations_publish_what_works_and_retire_the_old_ones_in_order() {
    let world = fast().await;
    let mut serve = world.serve().await;
    let create = [
        "rotation",
        "create",
        "payments",
        "--connection",
        "acme",
        "--app",
        "Payments",
        "--every",
        "1",
        "--at",
        "00:30",
        "--time-zone",
        "UTC",
        "--overlap",
        "2h",
        "--soak",
        "1h",
    ];
    world.ok(&create).await;
    let original = world.app("Payments").secrets[0].id.clone();
    let first = world.value().await;
    assert!(world.authenticates(&first).await);

    // The due time waits for room until the original is deleted, and no one has to do anything for it.
    serve.until(&format!("{original} was deactivated")).await;
    serve.until(&format!("Okta deleted {original}")).await;
    serve.until("done: published").await;
    let second = world.value().await;
    assert!(second != first && world.authenticates(&second).await);
    let row = world.json(&["rotation", "show", "payments"]).await;
    let previous = row["secretRotation"]["previous"]["secretId"].as_str().expect("the first one").to_owned();

    serve.until(&format!("{previous} was deactivated")).await;
    assert!(!world.authenticates(&first).await, "off means off");
    assert!(world.authenticates(&second).await);
    serve.until(&format!("Okta deleted {previous}")).await;

    world.ok(&["rotation", "rotate", "payments"]).await;
    let third = world.value().await;
    assert!(third != second && world.authenticates(&third).await && world.authenticates(&second).await);

    let (status, log) = serve.stop().await;
    assert_eq!(status, 0, "{log}");
    let history = world.json(&["history", "payments"]).await;
    let reported: Vec<(&str, &str)> = history["history"]
        .as_array()
        .expect("entries")
        .iter()
        .rev()
        .map(|entry| (entry["trigger"].as_str().expect("text"), entry["outcome"].as_str().expect("text")))
        .collect();
    let expected = ["create", "retire", "retire", "schedule", "retire", "retire", "manual"].map(|it| (it, "success"));
    assert_eq!(reported, expected);
    for entry in history["history"].as_array().expect("entries") {
        for step in entry["steps"].as_array().expect("steps") {
            let called = step["httpStatus"].is_number();
            assert!(!called || step["oktaRequestId"].is_string(), "{step}");
        }
    }
}

#[tokio::test]
async fn twenty_consumers_read_while_it_rotates_and_each_gets_what_works() {
    let world = World::connected().await;
    world.create(&["--retire-unread"]).await;
    let serve = world.serve().await;
    let rotations = async {
        for _ in 0..5 {
            world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
        }
    };
    let consumers = async {
        let all = (0..20).map(|_| async {
            let value = world.value().await;
            let made = world
                .sandbox
                .org()
                .inside()
                .apps
                .iter()
                .flat_map(|app| &app.secrets)
                .any(|secret| secret.client_secret == value);
            (value, made)
        });
        futures_util::future::join_all(all).await
    };
    let ((), read) = tokio::join!(rotations, consumers);
    assert_eq!(read.len(), 20);
    world.converged().await;
    let (status, log) = serve.stop().await;
    assert_eq!(status, 0, "{log}");
}

#[tokio::test]
async fn without_an_engine_commands_act_alone_and_wait_for_each_other() {
    let world = World::connected().await;
    world.create(&[]).await;
    let gets = futures_util::future::join_all((0..10).map(|_| world.value())).await;
    assert!(gets.iter().all(|value| *value == gets[0]));
    let stderr = world.run(&["rotation", "rotate", "payments", "--yes"]).await.stderr;
    assert!(stderr.contains("windlass serve"), "an act says what will not happen by itself: {stderr}");
    world.converged().await;
}

#[tokio::test]
async fn once_does_what_is_due_and_ends() {
    let world = World::connected().await;
    world.create(&[]).await;
    world.value().await;
    for days in [29, 1, 1] {
        world.later(Duration::days(days));
        world.ok(&["serve", "--once"]).await;
    }
    let row = world.json(&["rotation", "show", "payments"]).await;
    assert_eq!(row["secretRotation"]["current"]["version"], 2, "{row}");
    world.converged().await;
}
