//! The wizard on a real terminal: from nothing to a readable secret, by keys and pastes alone.

use serde_json::json;

use crate::pty::Pty;
use crate::service::{RSA, register};
use crate::world::{World, clock};

const PAGE_DOWN: &str = "\x1b[6~";
const RIGHT: &str = "\x1b[C";

/// A paste as a terminal sends it: between brackets, its lines ended as Enter would.
fn paste(text: &str) -> String {
    format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r"))
}

/// An org, nothing here, and the UI on a terminal of this size.
async fn opened(columns: u16, rows: u16) -> (World, Pty) {
    let world = World::at(clock()).await;
    let mut ui = Pty::open(&world, true);
    ui.until("Before you begin").await;
    ui.keys("q");
    ui.until("the last").await;
    if (columns, rows) != (80, 24) {
        ui.resize(columns, rows);
        ui.until("Nothing rotates yet").await;
    }
    (world, ui)
}

/// From the wizard's first step on: the app with this name, everything else as it stands.
async fn create(ui: &mut Pty) {
    ui.until("Rotates").await;
    ui.keys(PAGE_DOWN);
    ui.until("Payments").await;
    ui.keys("paym\r");
    ui.until("one secret:").await;
    ui.keys(PAGE_DOWN);
    ui.until("Client Secret").await;
    ui.keys(PAGE_DOWN);
    ui.until("1 to 64 of a-z").await;
    ui.keys(PAGE_DOWN);
    ui.until("Off: consumers ask windlass").await;
    ui.keys(PAGE_DOWN);
    // The plan names the secret that is there.
    ui.until("original").await;
    ui.keys("\t");
    ui.until("[ Create ]").await;
    ui.keys("\r");
    ui.until("payments is there.").await;
    ui.keys("\r");
}

#[tokio::test]
async fn from_an_empty_screen_to_the_first_secret_by_keys_alone() {
    for (columns, rows) in [(80, 24), (60, 20)] {
        let (world, mut ui) = opened(columns, rows).await;
        ui.keys("n");
        ui.until("New connection").await;
        let token = world.sandbox.token();
        ui.keys(&format!("\tacme\t{}\t\t{}{PAGE_DOWN}", world.sandbox.url(), paste(token)));
        create(&mut ui).await;
        assert!(world.authenticates(&world.value().await).await);
        assert_eq!(ui.quits().await, Some(0));
        assert!(ui.is_as_it_was());
        let written = ui.all().await;
        let value = world.value().await;
        for secret in [token, value.as_str()] {
            let shown = written.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!shown, "a secret was on the screen");
        }
        world.converged().await;
    }
}

#[tokio::test]
async fn a_service_app_is_connected_with_a_key_that_is_pasted_with_its_lines() {
    let (world, mut ui) = opened(80, 24).await;
    register(&world, "kid-1", RSA);
    let client_id = world.sandbox.org().inside().service.client_id.clone();
    ui.keys("n");
    ui.until("New connection").await;
    ui.keys(&format!("\tacme\t{}\t{RIGHT}\t{client_id}\t{}", world.sandbox.url(), paste(RSA)));
    ui.until("lines").await;
    ui.keys(&format!("\tkid-1{PAGE_DOWN}"));
    create(&mut ui).await;
    assert_eq!(ui.quits().await, Some(0));
    let shown = world.json(&["connection", "show", "acme"]).await;
    assert_eq!(shown["appConnection"]["key"]["keyId"], "kid-1");
    let written = String::from_utf8_lossy(&ui.all().await).into_owned();
    assert!(RSA.lines().filter(|line| !line.is_empty()).all(|line| !written.contains(line)), "the key was shown");
    world.converged().await;
}

#[tokio::test]
async fn an_app_is_found_by_its_id_while_the_list_is_held_up_and_where_it_is_forbidden() {
    let forbidden = json!({"type": "status", "status": 403, "body": "{\"errorCode\":\"E0000006\",\"errorSummary\":\"You do not have permission\"}"});
    for kind in [json!({"type": "hold"}), forbidden] {
        let held = kind["type"] == "hold";
        let world = World::connected().await;
        let id = world.app("Payments").id;
        let mut ui = Pty::open(&world, true);
        ui.until("Nothing rotates yet").await;
        // The first call of all goes alone, until its answer tells the limits.
        ui.keys("2t");
        ui.until("works").await;
        world.order(json!({"on": "apps", "kind": kind, "times": 1}));
        ui.keys("1n");
        ui.until("Rotates").await;
        ui.keys(PAGE_DOWN);
        ui.until(if held { "asking Okta" } else { "^R asks again" }).await;
        ui.keys(&format!("{id}\r"));
        ui.until("one secret:").await;
        if held {
            let parked = world.parked().await;
            world.sandbox.org().release(parked);
        }
        ui.keys(PAGE_DOWN);
        ui.until("Client Secret").await;
        // Left by accident and continued: what was chosen is still there.
        ui.keys("\x03");
        ui.until("n continues with what was typed").await;
        ui.keys("n");
        ui.until("Continue draft").await;
        ui.keys("c");
        ui.until("Client Secret").await;
        ui.keys("\x03q");
        assert_eq!(ui.ended().await, Some(0));
    }
}

#[tokio::test]
async fn what_was_typed_outlives_the_engine_and_goes_to_the_next_one() {
    let world = World::connected().await;
    let serve = world.serve().await;
    let mut ui = Pty::open(&world, true);
    ui.until("engine: service").await;
    ui.keys("n");
    ui.until("Rotates").await;
    ui.keys(PAGE_DOWN);
    ui.until("Payments").await;
    ui.keys("paym\r");
    ui.until("one secret:").await;
    serve.kill().await;
    ui.until("The engine is gone").await;
    ui.keys(PAGE_DOWN);
    ui.until("Client Secret").await;
    ui.keys(&PAGE_DOWN.repeat(3));
    ui.until("no engine answers").await;
    ui.keys("\t\r");
    ui.until("R asks again").await;
    let serve = world.serve().await;
    ui.until("the engine is back").await;
    ui.keys("R");
    ui.until("original").await;
    ui.keys("\t\r");
    ui.until("payments is there.").await;
    ui.keys("\rq");
    assert_eq!(ui.ended().await, Some(0));
    assert_eq!(serve.stop().await.0, 0);
    world.converged().await;
}
