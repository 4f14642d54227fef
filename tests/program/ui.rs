//! The UI on a real terminal: what an operator would see first, and everything that could leave a terminal spoiled.

use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

use crate::pty::Pty;
use crate::world::World;

const LEAVES: &[u8] = b"\x1b[?1049l";

fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}

#[tokio::test]
async fn it_is_an_engine_for_commands_and_ends_with_the_terminal_as_it_was() {
    let world = World::connected().await;
    world.create(&[]).await;
    let mut ui = Pty::open(&world, true);
    ui.until("payments").await;
    ui.until("engine: this session").await;
    // Answered by the UI's engine: it holds the lock.
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    ui.keys("4");
    ui.until("done: published").await;
    assert_eq!(ui.quits().await, Some(0));
    assert!(ui.is_as_it_was());
    let written = ui.all().await;
    assert_eq!(count(&written, LEAVES), 1);
    // A query would wait for an answer on a slow line: cursor position, device attributes, colours.
    for query in [&b"\x1b[6n"[..], b"\x1b[c", b"\x1b[>c", b"\x1b]10;?", b"\x1b]11;?"] {
        assert_eq!(count(&written, query), 0, "{}", query.escape_ascii());
    }
    world.converged().await;
}

#[tokio::test]
async fn rotating_by_keys_shows_the_plan_and_what_became_of_it() {
    let world = World::connected().await;
    world.create(&[]).await;
    // Its consumers have the first one: a key is enough to let the original go.
    world.value().await;
    let mut ui = Pty::open(&world, true);
    ui.until("payments").await;
    ui.keys("r");
    ui.until("make a new secret").await;
    ui.keys("y");
    ui.until("rotated; version 2 is published").await;
    assert_eq!(ui.quits().await, Some(0));
    let history = world.json(&["history", "payments", "--limit", "1"]).await;
    assert_eq!(history["history"][0]["actor"]["via"], "ui", "{history}");
    world.converged().await;
}

#[tokio::test]
async fn it_follows_the_size_of_the_terminal_down_to_a_notice() {
    let world = World::connected().await;
    let mut ui = Pty::open(&world, true);
    ui.until("Nothing rotates yet").await;
    for size in 50..120 {
        ui.resize(size, 30);
    }
    ui.resize(140, 40);
    ui.until("4 Log").await;
    ui.resize(20, 5);
    ui.until("needs 40x10").await;
    assert_eq!(ui.quits().await, Some(0));
    assert!(ui.is_as_it_was());
}

#[tokio::test]
async fn attached_it_can_be_suspended_and_continues_where_it_was() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let mut ui = Pty::open(&world, true);
    ui.until("engine: service").await;
    ui.keys("\x1a");
    let pid = ui.pid();
    let stopped = tokio::task::spawn_blocking(move || waitpid(pid, Some(WaitPidFlag::WUNTRACED))).await;
    assert!(matches!(stopped.expect("no panic"), Ok(WaitStatus::Stopped(..))));
    assert!(ui.is_as_it_was(), "the shell gets its terminal back");
    ui.signal(Signal::SIGCONT);
    ui.until("payments").await;
    assert_eq!(ui.quits().await, Some(0));
    assert!(ui.is_as_it_was());
    assert_eq!(serve.stop().await.0, 0, "its engine never noticed");
}

#[tokio::test]
async fn a_signal_ends_it_in_good_order() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let world = World::connected().await;
        world.create(&[]).await;
        let mut ui = Pty::open(&world, true);
        ui.until("payments").await;
        ui.signal(signal);
        assert_eq!(ui.ended().await, Some(0));
        assert!(ui.is_as_it_was(), "{signal}");
        assert_eq!(count(&ui.all().await, LEAVES), 1, "{signal}");
        world.converged().await;
    }
}

#[tokio::test]
async fn a_terminal_that_vanishes_leaves_no_orphan_behind() {
    let world = World::connected().await;
    world.create(&[]).await;
    // Unread: a reader would keep the terminal open.
    let mut ui = Pty::open(&world, false);
    let socket = world.data().join("windlass.sock");
    while !socket.exists() {
        tokio::task::yield_now().await;
    }
    ui.hang_up();
    ui.ended().await;
    world.converged().await;
}

#[tokio::test]
async fn a_terminal_that_no_one_reads_delays_no_rotation() {
    let world = World::connected().await;
    world.create(&[]).await;
    let mut ui = Pty::open(&world, false);
    let socket = world.data().join("windlass.sock");
    while !socket.exists() {
        tokio::task::yield_now().await;
    }
    // Whole frames, until the line takes no more of them.
    for size in 0..60 {
        ui.resize(150 + size, 50);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let before = world.value().await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    assert_ne!(world.value().await, before);
    ui.signal(Signal::SIGTERM);
    ui.ended().await;
    assert!(ui.is_as_it_was());
    world.converged().await;
}

#[tokio::test]
async fn without_a_terminal_it_says_so() {
    let world = World::connected().await;
    assert!(world.fails(2, &[]).await.contains("needs a terminal"));
}

#[tokio::test]
async fn a_store_with_another_key_is_said_and_nothing_is_made_in_its_place() {
    let world = World::connected().await;
    world.create(&[]).await;
    let key = world.path("config/windlass/master.key");
    let kept = std::fs::read(&key).expect("the key");
    let other: Vec<u8> = kept.iter().map(|byte| if *byte == b'a' { b'b' } else { *byte }).collect();
    std::fs::write(&key, other).expect("written");
    let mut ui = Pty::open(&world, true);
    ui.until("The engine cannot be opened.").await;
    std::fs::write(&key, kept).expect("written");
    ui.keys("r");
    ui.until("payments").await;
    assert_eq!(ui.quits().await, Some(0));
}

#[tokio::test]
async fn a_second_ui_takes_over_where_the_first_one_ends() {
    let world = World::connected().await;
    world.create(&[]).await;
    let mut first = Pty::open(&world, true);
    first.until("engine: this session").await;
    let mut second = Pty::open(&world, true);
    second.until("engine: pid").await;
    assert_eq!(first.quits().await, Some(0));
    second.until("this session is the engine now").await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    assert_eq!(second.quits().await, Some(0));
    world.converged().await;
}
