//! SIGKILL at every call to Okta, before it and after it took effect, which is also after every write of the journal:
//! the next start converges, nothing is lost, doubled or orphaned.
//!
//! [`at_random`] kills a program that does one thing after another on one store, in the middle of its writes too. It kills
//! 40 times with every test run; as often as wanted, and from another seed:
//!
//! ```text
//! WINDLASS_KILLS=200 WINDLASS_SEED=7 cargo test --test program killed::at_random -- --nocapture
//! ```

use chrono::Duration;
use serde_json::json;

use crate::world::{CREATE, World};

/// When a program is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Its call has reached Okta, and takes no effect.
    Before,
    /// Its call took effect, and is not answered.
    After,
    /// Its call was answered, and so many turns of this test's other tasks later: while it writes what it learned.
    Answered(u64),
}

/// Runs a command, and kills it at its `nth` call to Okta. Tells whether there was such a call.
async fn killed(world: &World, nth: u64, moment: Moment, args: &[&str]) -> bool {
    let when = if matches!(moment, Moment::Before) { "before" } else { "after" };
    world.order(json!({"on": "any", "skip": nth, "times": 1, "when": when, "kind": {"type": "hold"}}));
    let mut child = world.command(args).spawn().expect("the program starts");
    let killed = tokio::select! {
        ended = child.wait() => {
            let code = ended.expect("ends").code();
            assert!(code.is_some_and(|code| code != 2), "{args:?} is no command");
            false
        }
        parked = world.parked() => {
            if let Moment::Answered(turns) = moment {
                world.sandbox.org().release(parked);
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            }
            child.kill().await.expect("killed");
            world.sandbox.org().release(parked);
            true
        }
    };
    world.sandbox.org().inside().faults.clear();
    killed
}

async fn killed_at(world: &World, nth: usize, when: &str, args: &[&str]) -> bool {
    let moment = if when == "before" { Moment::Before } else { Moment::After };
    killed(world, nth as u64, moment, args).await
}

/// How often a value that we made reached the org.
fn creates(world: &World) -> usize {
    world.sandbox.org().inside().log.iter().filter(|line| line.operation == "create" && line.effect).count()
}

/// What was begun ends: what waits for a minute has waited.
async fn goes_on(world: &World) {
    world.later(Duration::minutes(2));
    let done = world.run(&["serve", "--once"]).await;
    assert!(matches!(done.status, 0 | 1), "{done:?}");
}

/// A rotation that was created and rotated once, whose previous secret is ours.
async fn rotated() -> World {
    let world = World::connected().await;
    world.create(&[]).await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    world
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
    for (step, when) in [("off", "before"), ("off", "after"), ("deleted", "before"), ("deleted", "after")] {
        let mut calls = 0;
        loop {
            let world = World::connected().await;
            world.create(&[]).await;
            world.value().await;
            let original = world.app("Payments").secrets[0].id.clone();
            world.until_previous("deactivateAt").await;
            if step == "deleted" {
                world.ok(&["serve", "--once"]).await;
                world.until_previous("deleteAt").await;
            }
            let killed = killed_at(&world, calls, when, &["serve", "--once"]).await;
            if !killed {
                break;
            }
            world.works().await;
            world.ok(&["serve", "--once"]).await;
            let left = world.app("Payments").secrets.into_iter().find(|secret| secret.id == original);
            match step {
                "off" => assert!(left.is_some_and(|secret| !secret.active), "off, and soaking"),
                _ => assert!(left.is_none(), "deleted"),
            }
            world.converged().await;
            calls += 1;
        }
        assert!(calls >= 2, "retiring looks and acts; {calls} calls were seen");
    }
}

#[tokio::test]
async fn going_back() {
    for when in ["before", "after"] {
        let mut calls = 0;
        loop {
            let world = rotated().await;
            let back = world.previous().await.expect("the first one");
            world.ok(&["rotation", "retire", "payments", "--now", "--yes"]).await;
            let killed = killed_at(&world, calls, when, &["rotation", "rollback", "payments"]).await;
            if !killed {
                break;
            }
            world.works().await;
            goes_on(&world).await;
            if world.previous().await.as_ref() == Some(&back) {
                // Killed before anything was on disk.
                world.ok(&["rotation", "rollback", "payments"]).await;
            }
            assert_ne!(world.previous().await, Some(back), "killed {when} call {calls}");
            assert_eq!(creates(&world), 2, "nothing is made");
            world.converged().await;
            calls += 1;
        }
        assert!(calls >= 5, "going back looks, switches on and tests; {calls} calls were seen");
    }
}

#[tokio::test]
async fn switching_off() {
    for when in ["before", "after"] {
        let mut calls = 0;
        loop {
            let world = rotated().await;
            let old = world.previous().await.expect("the first one");
            let retire = ["rotation", "retire", "payments", "--now", "--yes"];
            let killed = killed_at(&world, calls, when, &retire).await;
            if !killed {
                break;
            }
            world.works().await;
            goes_on(&world).await;
            world.run(&retire).await;
            let left = world.app("Payments").secrets.into_iter().find(|secret| secret.id == old);
            assert!(left.is_some_and(|secret| !secret.active), "off, and soaking; killed {when} call {calls}");
            world.converged().await;
            calls += 1;
        }
        assert!(calls >= 2, "it looks and acts; {calls} calls were seen");
    }
}

#[tokio::test]
async fn revoking() {
    for when in ["before", "after"] {
        let mut calls = 0;
        loop {
            let world = rotated().await;
            let revoke = ["rotation", "delete", "payments", "--revoke-credentials", "--yes"];
            let killed = killed_at(&world, calls, when, &revoke).await;
            if !killed {
                break;
            }
            goes_on(&world).await;
            assert!(world.rows().await.is_empty(), "killed {when} call {calls}");
            let left = world.app("Payments").secrets;
            assert!(left.len() == 1 && left[0].active, "the app's last ACTIVE secret stays: {left:?}");
            calls += 1;
        }
        assert!(calls >= 3, "it looks, switches off and deletes; {calls} calls were seen");
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

/// Numbers that come again with the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[tokio::test]
async fn at_random() {
    let kills = from_environment("WINDLASS_KILLS", 40);
    let seed = from_environment("WINDLASS_SEED", 1);
    let mut dice = Dice(seed);
    let (mut killed_so_far, mut tried) = (0, 0);
    let mut met = std::collections::BTreeMap::<String, u32>::new();
    let mut world = World::connected().await;
    while killed_so_far < kills {
        // A store of its own from time to time, so that none grows without end.
        if tried % 25 == 24 {
            world = World::connected().await;
        }
        tried += 1;
        assert!(tried < kills * 10, "hardly a command reaches the call at which it is to be killed");
        if world.rows().await.is_empty() {
            world.create(&[]).await;
        }
        let (act, args) = next_act(&world, &mut dice).await;
        let moment = match dice.below(4) {
            0 => Moment::Before,
            1 => Moment::After,
            _ => Moment::Answered(dice.below(400)),
        };
        let calls = match act {
            "off" | "dates" => 3,
            "revoke" | "rollback" => 6,
            _ => 9,
        };
        let (nth, before) = (dice.below(calls), creates(&world));
        let killed = killed(&world, nth, moment, &args).await;
        let said = format!("seed {seed}, kill {killed_so_far}: {act}, {moment:?} of call {nth}");
        println!("{said}{}", if killed { "" } else { ": it had ended" });
        if killed {
            killed_so_far += 1;
            *met.entry(act.to_owned()).or_default() += 1;
        }
        if act != "revoke" {
            world.works().await;
        }
        goes_on(&world).await;
        assert!(creates(&world) <= before + 1, "{said}: a second secret was made");
        let rows = world.rows().await;
        if let Some(row) = rows.first() {
            assert_eq!(row["phase"], "idle", "{said}: {row}");
            // Due for more than a day, and the old secret in its way: that is said, and right.
            let cause = row["attention"]["cause"].as_str().unwrap_or_default();
            assert!(cause.is_empty() || cause.starts_with("the rotation is due, but"), "{said}: {row}");
            world.converged().await;
        } else {
            assert_eq!(act, "revoke", "{said}: the rotation is gone");
            // The app's original secret is not ours to revoke; of ours a last ACTIVE one stays.
            let left = world.app("Payments").secrets;
            let ours: Vec<_> = left.iter().filter(|secret| !secret.foreign).collect();
            let active = left.iter().filter(|secret| secret.active).count();
            assert!(active == 1 && ours.len() <= 1 && ours.iter().all(|secret| secret.active), "{said}: {left:?}");
            // For another rotation of this app what is left would be the app's own.
            world = World::connected().await;
        }
    }
    println!("{killed_so_far} kills: {met:?}");
}

/// Something that can be done now.
async fn next_act(world: &World, dice: &mut Dice) -> (&'static str, Vec<&'static str>) {
    let back = world.previous().await;
    let active = |id: &String| world.app("Payments").secrets.iter().any(|secret| secret.id == *id && secret.active);
    match dice.below(6) {
        0 => ("leak", vec!["rotation", "rotate", "payments", "--retire-now", "--yes"]),
        1 if back.is_some() => ("rollback", vec!["rotation", "rollback", "payments"]),
        2 if back.as_ref().is_some_and(active) => ("off", vec!["rotation", "retire", "payments", "--now", "--yes"]),
        3 => {
            world.run(&["rotation", "resume", "payments"]).await;
            world.value().await;
            world.later(Duration::days([1, 8, 23][usize::try_from(dice.below(3)).unwrap_or(0)]));
            ("dates", vec!["serve", "--once"])
        }
        4 => ("revoke", vec!["rotation", "delete", "payments", "--revoke-credentials", "--yes"]),
        _ => ("rotate", vec!["rotation", "rotate", "payments", "--yes"]),
    }
}
