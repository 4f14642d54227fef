//! SIGKILL at every call to Okta, before it and after it took effect, which is also after every write of the journal:
//! the next start converges, nothing is lost, doubled or orphaned.

use chrono::Duration;
use serde_json::json;

use crate::world::{CREATE, World};

/// Runs a command, and kills it when its `nth` call to Okta is parked. Tells whether there was such a call.
async fn killed_at(world: &World, nth: usize, when: &str, args: &[&str]) -> bool {
    world.order(json!({"on": "any", "skip": nth, "times": 1, "when": when, "kind": {"type": "hold"}}));
    let mut child = world.command(args).spawn().expect("the program starts");
    let killed = tokio::select! {
        _ = child.wait() => false,
        parked = world.parked() => {
            child.kill().await.expect("killed");
            world.sandbox.org().release(parked);
            true
        }
    };
    world.sandbox.org().inside().faults.clear();
    killed
}

/// How often a value that we made reached the org.
fn creates(world: &World) -> usize {
    world.sandbox.org().inside().log.iter().filter(|line| line.operation == "create" && line.effect).count()
}

#[tokio::test]
async fn creating() {
    for when in ["before", "after"] {
        let mut calls = 0;
        loop {
            let world = World::connected().await;
            let killed = killed_at(&world, calls, when, &CREATE).await;
            if !killed {
                break;
            }
            world.create(&[]).await;
            assert_eq!(creates(&world), 1, "killed {when} call {calls}");
            world.converged().await;
            calls += 1;
        }
        assert!(calls >= 6, "a create looks, creates and verifies; {calls} calls were seen");
    }
}

#[tokio::test]
async fn rotating() {
    for when in ["before", "after"] {
        let mut calls = 0;
        loop {
            let world = World::connected().await;
            world.create(&[]).await;
            let rotate = ["rotation", "rotate", "payments", "--yes"];
            let killed = killed_at(&world, calls, when, &rotate).await;
            if !killed {
                break;
            }
            // Whatever was cut off: the published secret works at this instant, too.
            world.works().await;
            world.ok(&rotate).await;
            assert_eq!(creates(&world), 2, "killed {when} call {calls}");
            world.converged().await;
            calls += 1;
        }
        assert!(calls >= 8, "a rotation that makes room takes more calls than {calls}");
    }
}

#[tokio::test]
async fn retiring() {
    for (days, when) in [(29, "before"), (29, "after"), (30, "before"), (30, "after")] {
        let mut calls = 0;
        loop {
            let world = World::connected().await;
            world.create(&[]).await;
            world.value().await;
            let original = world.app("Payments").secrets[0].id.clone();
            if days == 30 {
                world.later(Duration::days(29));
                world.ok(&["serve", "--once"]).await;
            }
            world.later(Duration::days(if days == 30 { 1 } else { days }));
            let killed = killed_at(&world, calls, when, &["serve", "--once"]).await;
            if !killed {
                break;
            }
            world.works().await;
            world.ok(&["serve", "--once"]).await;
            let left = world.app("Payments").secrets.into_iter().find(|secret| secret.id == original);
            match days {
                29 => assert!(left.is_some_and(|secret| !secret.active), "off, and soaking"),
                _ => assert!(left.is_none(), "deleted"),
            }
            world.converged().await;
            calls += 1;
        }
        assert!(calls >= 2, "retiring looks and acts; {calls} calls were seen");
    }
}

#[tokio::test]
async fn serving() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    world.order(json!({"on": "create", "times": 1, "when": "after", "kind": {"type": "hold"}}));
    let rotate = world.command(&["rotation", "rotate", "payments", "--yes"]).spawn().expect("the program starts");
    let parked = world.parked().await;
    serve.kill().await;
    world.sandbox.org().release(parked);
    let ended = rotate.wait_with_output().await.expect("ends");
    assert_eq!(ended.status.code(), Some(6), "the engine is gone: {}", String::from_utf8_lossy(&ended.stderr));
    let mut serve = world.serve().await;
    serve.until("done: published").await;
    assert_eq!(creates(&world), 2, "adopted, not repeated");
    world.converged().await;
    assert_eq!(serve.stop().await.0, 0);
}
