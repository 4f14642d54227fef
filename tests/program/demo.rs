//! The demo without a screen: the whole script, kills at any moment, faults, a pause, and nothing left behind.

use std::process::Stdio;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::watch;
use windlass::api::client::connect;
use windlass::clock::Staged;
use windlass::demo::{EngineState, Fault, Moment, Options, Scene, Stage, Status, Tempo};
use windlass::engine::Handle;
use windlass::engine::request::{Reply, Request};

use crate::world::World;

/// How long anything may take before it counts as a failure.
const PATIENCE: Duration = Duration::from_secs(100);

async fn set() -> (Stage, watch::Receiver<Status>) {
    let options = Options { program: env!("CARGO_BIN_EXE_windlass").into(), tempo: Tempo::REHEARSAL };
    let stage = tokio::time::timeout(PATIENCE, Stage::set(options)).await.expect("in time").expect("the stage is set");
    let status = stage.status();
    (stage, status)
}

#[expect(clippy::print_stdout, reason = "what was said before a wait that is in vain")]
async fn until(status: &mut watch::Receiver<Status>, wanted: impl Fn(&Status) -> bool) -> Status {
    let mut last = String::new();
    let reached = tokio::time::timeout(PATIENCE, async {
        loop {
            let now = status.borrow_and_update().clone();
            if now.said != last {
                println!("{} {}", now.now.format("%d %b %H:%M:%S"), now.said);
                last.clone_from(&now.said);
            }
            if wanted(&now) {
                return now;
            }
            status.changed().await.expect("the stage stands");
        }
    });
    reached.await.unwrap_or_else(|_| panic!("{:#?}", status.borrow().clone()))
}

fn scenes(status: &Status) -> Vec<Scene> {
    status.seen.iter().map(|(scene, _)| *scene).collect()
}

/// The directory is gone, and so is the engine's process.
fn nothing_is_left(dir: &std::path::Path, pid: u32) {
    assert!(!dir.exists() && !dir.parent().expect("in the demo's directory").exists(), "{} is left", dir.display());
    let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let command = String::from_utf8_lossy(&command);
    assert!(!command.contains(&*dir.to_string_lossy()), "{command} still runs");
}

async fn pid(stage: &Stage) -> u32 {
    let engine = connect(&stage.socket()).expect("it serves");
    match engine.call(Request::Engine).await.expect("it answers") {
        Reply::Engine { engine } => engine.pid,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_whole_script_is_seen_in_order_without_one_refused_login_and_nothing_is_left() {
    let (stage, mut status) = set().await;
    let (dir, pid) = (stage.data_dir().to_owned(), pid(&stage).await);
    assert!(dir.exists());
    let end = until(&mut status, Status::is_over).await;
    assert_eq!(scenes(&end), Scene::ALL);
    assert!(end.seen.is_sorted_by_key(|(_, at)| *at), "{:?}", end.seen);
    let end = until(&mut status, |status| status.logins > 100).await;
    assert_eq!((end.refused, end.kills, &end.engine), (0, 0, &EngineState::Running));
    assert!(end.apps.len() == 8 && end.apps.iter().all(|app| (1..=2).contains(&app.secrets.len())), "{:?}", end.apps);
    drop(stage);
    nothing_is_left(&dir, pid);
}

#[tokio::test]
async fn killed_at_any_moment_it_continues_and_the_zero_stays() {
    let (stage, mut status) = set().await;
    let dir = stage.data_dir().to_owned();
    let moments = [Moment::Now, Moment::MidStep, Moment::MidStep, Moment::Now, Moment::MidStep, Moment::MidStep];
    for (number, moment) in (1..).zip(moments) {
        let before = pid(&stage).await;
        stage.kill(moment);
        until(&mut status, |status| status.kills == number && status.engine == EngineState::Running).await;
        assert_ne!(pid(&stage).await, before, "another process");
        // A little further in the story each time.
        let logins = status.borrow().logins;
        until(&mut status, |status| status.logins > logins + 5).await;
    }
    let end = until(&mut status, Status::is_over).await;
    assert_eq!((scenes(&end).as_slice(), end.refused), (Scene::ALL.as_slice(), 0));
    let pid = pid(&stage).await;
    drop(stage);
    nothing_is_left(&dir, pid);
}

#[tokio::test]
async fn whatever_is_injected_passes_and_the_zero_stays() {
    let (stage, mut status) = set().await;
    for fault in Fault::ALL {
        stage.inject(fault);
        until(&mut status, |status| status.said == fault.sentence()).await;
    }
    until(&mut status, |status| status.said.starts_with("acme: token restored")).await;
    let end = until(&mut status, Status::is_over).await;
    assert_eq!((end.refused, &end.engine), (0, &EngineState::Running));
}

#[tokio::test]
async fn while_time_stands_still_nothing_happens_and_a_kill_does_no_harm() {
    let (stage, mut status) = set().await;
    stage.pause();
    until(&mut status, |status| status.paused).await;
    let stood = stage.clock().now();
    stage.kill(Moment::MidStep);
    let back = until(&mut status, |status| status.kills == 1 && status.engine == EngineState::Running).await;
    assert_eq!((stage.clock().now(), back.now), (stood, stood));
    stage.resume();
    let end = until(&mut status, Status::is_over).await;
    assert_eq!((scenes(&end).as_slice(), end.refused), (Scene::ALL.as_slice(), 0));
    assert!(stage.clock().now() > stood);
}

#[tokio::test]
async fn days_after_the_script_no_one_is_needed() {
    let (stage, mut status) = set().await;
    let later = stage.clock().now() + TimeDelta::days(3);
    until(&mut status, |status| status.now > later).await;
    assert_eq!((status.borrow().refused, &status.borrow().engine), (0, &EngineState::Running));
    let engine = connect(&stage.socket()).expect("it serves");
    let Reply::View { view, .. } = engine.call(Request::View).await.expect("it answers") else { panic!("a view") };
    for row in view.secret_rotations {
        assert_eq!(row.attention, None, "{}", row.name);
    }
}

#[tokio::test]
async fn given_up_or_failing_while_it_is_set_it_ends_at_once() {
    let options = |program: &str| Options { program: program.into(), tempo: Tempo::REHEARSAL };
    tokio::select! {
        biased;
        _ = Stage::set(options(env!("CARGO_BIN_EXE_windlass"))) => panic!("it takes longer than nothing"),
        () = std::future::ready(()) => {}
    }
    let refusal = Stage::set(options("/nowhere/windlass")).await.map(|_| ()).expect_err("there is no such program");
    assert!(refusal.to_string().contains("cannot be started"), "{refusal}");
}

#[tokio::test]
async fn an_engine_on_a_staged_clock_ends_with_the_one_who_turns_it() {
    let world = World::connected().await;
    let clock = Staged::make(world.path("clock"), world.now()).expect("written");
    let mut command = world.command(&["serve"]);
    let staged = format!("@{}", clock.path().display());
    let mut child = command.env("WINDLASS_CLOCK", staged).stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    while !lines.next_line().await.expect("readable").expect("it serves").contains("serving on") {}
    drop(child.stdin.take());
    let ended = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("waited for");
    assert_eq!(ended.code(), Some(0));
}
