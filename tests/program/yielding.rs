//! `serve` beside a screen that is the engine: the screen makes way, and stays.

use crate::api::exchange;
use crate::pty::Pty;
use crate::world::World;

#[tokio::test]
async fn a_screen_that_is_the_engine_makes_way_for_serve_and_stays_attached() {
    let world = World::connected().await;
    world.create(&[]).await;
    let mut ui = Pty::open(&world, true);
    ui.until("engine: this session").await;
    let mut other = Pty::open(&world, true);
    other.until("engine: pid").await;
    let serve = world.serve().await;
    assert!(serve.log.contains("it makes way"), "{}", serve.log);
    ui.until("service, pid").await;
    ui.until("has taken over").await;
    other.until("has taken over").await;
    let engine = world.json(&["status"]).await;
    assert_eq!(engine["engine"]["role"], "serve", "{engine}");
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    // What it was asked for is in its log.
    ui.keys("4");
    ui.until("makes way for").await;
    assert_eq!(ui.quits().await, Some(0));
    assert_eq!(other.quits().await, Some(0));
    assert_eq!(serve.stop().await.0, 0);
    world.converged().await;
}

#[tokio::test]
async fn an_engine_of_serve_makes_way_for_no_one() {
    let world = World::connected().await;
    let serve = world.serve().await;
    let (status, body) = exchange(&world, "POST", "/api/v1/engine/yield", None).await;
    assert_eq!(status, 409, "{body}");
    assert!(body["message"].as_str().is_some_and(|said| said.contains("does not end for another")), "{body}");
    assert_eq!(serve.stop().await.0, 0);
}
