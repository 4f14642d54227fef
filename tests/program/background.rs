//! Leaving the screen where this session is the engine: another is left behind, or it is said why there is none.

use chrono::Duration;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getsid};
use windlass::store::lock;

use crate::pty::{PATIENCE, Pty};
use crate::world::World;

/// A rotation that is due within the day, so that leaving is asked about.
async fn due_soon() -> World {
    let world = World::connected().await;
    let due = world.now() + Duration::hours(12);
    let (at, first) = (due.format("%H:%M").to_string(), due.date_naive().to_string());
    let create = ["rotation", "create", "payments", "--connection", "acme", "--app", "Payments", "--every", "1"];
    world.ok(&[&create[..], &["--at", &at, "--time-zone", "UTC", "--first", &first]].concat()).await;
    world
}

/// The engine in the background; ended with the test, however that ends.
struct Engine<'a> {
    world: &'a World,
    pid: Pid,
}

impl<'a> Engine<'a> {
    /// Whoever holds the store.
    fn of(world: &'a World) -> Self {
        let pid = std::fs::read_to_string(world.data().join("lock")).expect("a lock");
        let pid = Pid::from_raw(pid.trim().parse().expect("a pid"));
        assert!(lock(&world.data()).is_err(), "no one holds the store");
        Self { world, pid }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.world.data().join("logs/serve.log")).expect("a log")
    }

    /// SIGTERM; waits for its last word, which comes after the store is free.
    async fn stop(self) -> String {
        kill(self.pid, Signal::SIGTERM).expect("signalled");
        let ended = async {
            while !self.log().trim_end().ends_with("stopped") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("it ends");
        assert!(lock(&self.world.data()).is_ok(), "the store is free");
        self.log()
    }
}

impl Drop for Engine<'_> {
    fn drop(&mut self) {
        // It is not our child, so it cannot be waited for, and its number may be another process's by now.
        let line = std::fs::read_to_string(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        if line.contains("--background") {
            let _ = kill(self.pid, Signal::SIGKILL);
        }
    }
}

/// Opens the UI, and asks to leave it.
async fn leaving(world: &World) -> Pty {
    let mut ui = Pty::open(world, true);
    ui.until("engine: this session").await;
    ui.keys("q");
    ui.until("Keep a background engine").await;
    ui
}

#[tokio::test]
async fn an_engine_is_left_behind_that_no_hangup_ends() {
    let world = due_soon().await;
    let mut ui = leaving(&world).await;
    ui.keys("b");
    ui.until("An engine runs in the background").await;
    assert_eq!(ui.ended().await, Some(0));
    assert!(ui.is_as_it_was());
    let engine = Engine::of(&world);
    assert_eq!(getsid(Some(engine.pid)), Ok(engine.pid), "it has a session of its own");
    kill(engine.pid, Signal::SIGHUP).expect("signalled");
    ui.hang_up();
    assert!(world.ok(&["rotation", "list"]).await.contains("payments"));
    let rotate = world.run(&["rotation", "rotate", "payments", "--yes"]).await;
    assert!(rotate.status == 0 && !rotate.stderr.contains("no engine is running"), "{rotate:?}");
    assert!(!engine.log().contains("stopping"), "{}", engine.log());
    let log = engine.stop().await;
    for said in ["serving on", "done: published", "stopping", "stopped"] {
        assert!(log.contains(said), "no {said:?} in {log}");
    }
    world.converged().await;
}

#[tokio::test]
async fn whoever_leaves_the_screen_sooner_or_loses_it_leaves_an_engine_behind_all_the_same() {
    for ends in ["in a hurry", "hung up on"] {
        let world = due_soon().await;
        let mut ui = leaving(&world).await;
        ui.keys("b");
        ui.until("An engine for the background").await;
        if ends == "in a hurry" {
            ui.keys("q");
            ui.until("An engine runs in the background").await;
        } else {
            ui.signal(Signal::SIGHUP);
            ui.hang_up();
        }
        ui.ended().await;
        let engine = Engine::of(&world);
        assert_eq!(getsid(Some(engine.pid)), Ok(engine.pid), "{ends}");
        assert!(world.ok(&["rotation", "list"]).await.contains("payments"));
        engine.stop().await;
    }
}

#[tokio::test]
async fn where_none_comes_up_the_screen_stays_and_says_why() {
    let world = due_soon().await;
    let mut ui = leaving(&world).await;
    let key = world.path("config/windlass/master.key");
    let away = world.path("away");
    std::fs::rename(&key, &away).expect("moved");
    ui.keys("b");
    ui.until("No engine runs in the background").await;
    let seen = String::from_utf8_lossy(&ui.written()).into_owned();
    assert!(seen.contains("the sealing key"), "{seen}");
    let log = std::fs::read_to_string(world.data().join("logs/serve.log")).expect("a log");
    assert!(log.contains("master.key is missing"), "{log}");
    std::fs::rename(&away, &key).expect("moved back");
    // It tried to be the engine itself. If that came too early, an operator asks for another try. Everything is drawn
    // anew.
    ui.keys("q");
    ui.keys("E");
    ui.resize(81, 24);
    ui.until("this session").await;
    world.ok(&["rotation", "update", "payments", "--description", "the engine takes it"]).await;
    ui.keys("q");
    ui.until("Keep a background engine").await;
    assert_eq!(ui.quits().await, Some(0));
    world.converged().await;
}

#[tokio::test]
async fn where_another_session_takes_over_first_there_is_one_engine_and_it_is_said_whose() {
    let world = due_soon().await;
    let mut first = leaving(&world).await;
    let mut second = Pty::open(&world, true);
    second.until("engine: pid").await;
    first.keys("b");
    assert_eq!(first.ended().await, Some(0));
    let engine = Engine::of(&world);
    let said = if engine.pid == second.pid() { "Another session" } else { "An engine runs in the background" };
    first.until(&format!("{said} (pid {})", engine.pid)).await;
    let rotate = world.run(&["rotation", "rotate", "payments", "--yes"]).await;
    assert!(rotate.status == 0 && !rotate.stderr.contains("no engine is running"), "{rotate:?}");
    second.signal(Signal::SIGTERM);
    second.ended().await;
    world.converged().await;
}
