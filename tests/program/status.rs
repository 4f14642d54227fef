//! `windlass status`, with an engine and without one, and the command that an engine runs when something needs attention.

use std::path::PathBuf;

use chrono::{DateTime, Duration};
use serde_json::{Value, json};
use windlass::clock::Clock;

use crate::pty::Pty;
use crate::world::{Serve, World};

/// A pipe that the notify command writes to and a test reads from.
struct Reported(PathBuf);

impl Reported {
    /// What the next command has to say: waits for it, and reads until it closes the pipe.
    async fn text(&self) -> String {
        let path = self.0.clone();
        let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path).expect("readable"));
        read.await.expect("read")
    }

    async fn message(&self) -> Value {
        serde_json::from_str(&self.text().await).expect("one object")
    }
}

/// Has the engines of this world run a shell script; `$fifo` is a pipe.
fn notify(world: &World, script: &str) -> Reported {
    let fifo = world.path("fifo");
    if !fifo.exists() {
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("made");
    }
    let script = format!("fifo={}; {script}", fifo.display());
    configure(world, &json!(["sh", "-c", script]));
    Reported(fifo)
}

fn configure(world: &World, command: &Value) {
    let config = world.path("config/windlass/config.toml");
    std::fs::write(config, format!("[notify]\ncommand = {command}\n")).expect("written");
}

/// A world whose one rotation will need attention at its next due time: its app is not there any more.
async fn doomed() -> World {
    let world = World::connected().await;
    world.create(&["--retire-unread"]).await;
    world.sandbox.org().inside().apps.retain(|app| app.label != "Payments");
    world.later(Duration::days(40));
    world
}

/// A second rotation, made and rotated by hand.
async fn another_rotates(world: &World) {
    let label = world.sandbox.org().inside().apps.first().expect("seeded").label.clone();
    world.ok(&["rotation", "create", "crm", "--connection", "acme", "--app", &label, "--path", "/crm"]).await;
    world.ok(&["rotation", "rotate", "crm", "--yes"]).await;
}

async fn stopped(serve: Serve) -> String {
    let (status, log) = serve.stop().await;
    assert_eq!(status, 0, "{log}");
    log
}

#[tokio::test]
async fn status_says_with_and_without_an_engine_how_things_stand_and_changes_nothing() {
    let world = World::connected().await;
    world.create(&[]).await;
    // Unread it would wait for its consumers, and no engine could do anything about that.
    world.value().await;
    let well = world.ok(&["status"]).await;
    assert!(well.starts_with("OK         1 rotation; next payments in ") && well.contains("no engine runs"), "{well}");
    let serve = world.serve().await;
    let well = world.ok(&["status"]).await;
    assert!(!well.contains("no engine runs"), "{well}");
    stopped(serve).await;

    world.later(Duration::days(40));
    let before = world.json(&["history"]).await;
    for _ in 0..2 {
        let late = world.run(&["status"]).await;
        assert_eq!((late.status, late.stderr.as_str()), (1, ""), "{late:?}");
        assert!(late.stdout.starts_with("ENGINE     "), "{late:?}");
    }
    assert_eq!(world.json(&["history"]).await, before, "nothing that is due was done");
    let cron = world.run(&["--json", "status", "--cron"]).await;
    let object: Value = serde_json::from_str(&cron.stdout).expect("JSON");
    assert!(cron.status == 1 && object["problems"][0]["state"] == "WAITING", "{object}");
    assert_eq!(
        (&object["problems"][0]["rotation"]["name"], &object["engine"]["role"]),
        (&json!("payments"), &json!("one-shot"))
    );
}

#[tokio::test]
async fn after_days_without_an_engine_a_due_rotation_waits_for_room_with_a_date_and_needs_no_one() {
    let world = World::connected().await;
    world.create(&[]).await;
    world.ok(&["rotation", "update", "payments", "--every", "7"]).await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    world.value().await;
    world.later(Duration::days(12));
    // It deactivates the old secret; before that has soaked nothing else can be done.
    world.ok(&["serve", "--once"]).await;
    let waits = world.run(&["status", "--cron"]).await;
    assert_eq!(waits.status, 0, "{waits:?}");
    assert!(waits.stdout.starts_with("WAITING    payments") && waits.stdout.contains("by itself on"), "{waits:?}");
    let row = world.json(&["rotation", "show", "payments"]).await;
    assert_eq!(
        (&row["secretRotation"]["state"], &row["secretRotation"]["attention"]),
        (&json!("WAITING"), &Value::Null)
    );
    let before = world.current().await;
    world.until_previous("deleteAt").await;
    world.ok(&["serve", "--once"]).await;
    assert_ne!(world.current().await, before, "it rotated by itself");
    let well = world.run(&["status", "--cron"]).await;
    assert!(well.status == 0 && well.stdout.starts_with("OK "), "{well:?}");
}

#[tokio::test]
async fn status_says_neither_of_no_store_nor_of_a_damaged_one_that_all_is_well() {
    let world = World::connected().await;
    let elsewhere = world.path("elsewhere");
    let nothing = world.fails(6, &["--data-dir", elsewhere.to_str().expect("text"), "status"]).await;
    assert!(nothing.contains("there is no store in") && !elsewhere.exists(), "{nothing}");
    world.create(&[]).await;
    std::fs::write(world.data().join("store/db"), b"").expect("written");
    let damaged = world.run(&["status"]).await;
    assert_eq!(damaged.status, 7, "{damaged:?}");
    assert!(damaged.stdout.starts_with("STORE      -") && damaged.stdout.contains("quarantined"), "{damaged:?}");
}

#[tokio::test]
async fn one_refused_connection_is_one_line_and_one_message_and_its_end_another() {
    let world = World::connected().await;
    let reported = notify(&world, "cat > $fifo");
    let mut serve = world.serve().await;
    world.sandbox.org().inside().token_valid = false;
    world.run(&["connection", "test", "acme"]).await;
    let message = reported.message().await;
    assert_eq!((&message["event"], &message["state"]), (&json!("attention"), &json!("REFUSED")), "{message}");
    assert_eq!((&message["connection"]["name"], &message["rotation"]), (&json!("acme"), &Value::Null));
    let status = world.run(&["status"]).await;
    assert_eq!(status.status, 1);
    assert!(status.stdout.starts_with("REFUSED    acme") && status.stdout.lines().count() == 1, "{status:?}");
    serve.until("was notified: attention").await;

    world.sandbox.org().inside().token_valid = true;
    world.ok(&["connection", "test", "acme"]).await;
    assert_eq!(reported.message().await["event"], "recovered");
    world.ok(&["status"]).await;
    stopped(serve).await;
}

#[tokio::test]
async fn a_problem_is_reported_once_though_the_engine_starts_again_and_the_message_has_no_secret_and_no_way_to_one() {
    let world = doomed().await;
    let value = world.value().await;
    let reported = notify(&world, "(cat; env) > $fifo");
    let mut serve = world.serve().await;
    let text = reported.text().await;
    let (message, env) = text.split_once('\n').expect("a line");
    let message: Value = serde_json::from_str(message).expect("an object");
    assert_eq!((&message["event"], &message["state"]), (&json!("attention"), &json!("ATTENTION")), "{message}");
    assert_eq!(message["rotation"]["name"], "payments");
    assert!(
        message["attempt"].is_string() && message["next"].as_str().is_some_and(|next| !next.is_empty()),
        "{message}"
    );
    assert!(!text.contains(&value) && !env.contains("WINDLASS_") && env.contains("PATH="), "{env}");
    serve.until("was notified: attention").await;
    serve.kill().await;

    // Whatever is reported from now on is kept.
    let file = world.path("later");
    notify(&world, &format!("cat >> {}", file.display()));
    stopped(world.serve().await).await;
    let mut serve = world.serve().await;
    world.sandbox.org().inside().token_valid = false;
    world.run(&["connection", "test", "acme"]).await;
    serve.until("was notified: attention").await;
    stopped(serve).await;
    let later = std::fs::read_to_string(&file).expect("the connection was reported");
    assert!(later.lines().count() == 1 && later.contains("REFUSED"), "{later}");
    let status = world.run(&["status", "--cron"]).await;
    let words: Vec<&str> = status.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!((status.status, words), (1, vec!["ATTENTION", "REFUSED"]));
}

#[tokio::test]
async fn the_third_failed_try_in_a_row_is_reported_and_that_it_went_well_in_the_end() {
    let start = DateTime::parse_from_rfc3339("2026-11-02T23:30:00Z").expect("valid").to_utc();
    let world = World::at(Clock::fast(start, 3600.0)).await;
    world.connect().await;
    let reported = notify(&world, "cat > $fifo");
    let mut create = vec!["rotation", "create", "payments", "--connection", "acme", "--app", "Payments"];
    create.extend(["--every", "1", "--at", "00:30", "--time-zone", "UTC", "--overlap", "2h", "--soak", "1h"]);
    world.ok(&[&create[..], &["--retire-unread"]].concat()).await;
    world.order(json!({"on": "app", "kind": {"type": "status", "status": 503}}));
    let mut serve = world.serve().await;
    let message = reported.message().await;
    assert_eq!((&message["event"], &message["state"]), (&json!("failing"), &json!("FAILING")), "{message}");
    assert!(message["cause"].as_str().is_some_and(|cause| cause.contains("tries in a row)")), "{message}");
    world.sandbox.org().inside().faults.clear();
    let over = reported.message().await;
    assert_eq!((&over["event"], &over["rotation"]), (&json!("recovered"), &message["rotation"]), "{over}");
    assert_eq!(over["attempt"], message["attempt"]);
    serve.until("done: published").await;
    stopped(serve).await;
}

#[tokio::test]
async fn a_command_that_hangs_holds_no_rotation_up() {
    let world = doomed().await;
    let reported = notify(&world, "cat > $fifo; exec sleep 1000");
    let mut serve = world.serve().await;
    assert_eq!(reported.message().await["event"], "attention");
    another_rotates(&world).await;
    let row = world.json(&["rotation", "show", "crm"]).await;
    assert_eq!(row["secretRotation"]["current"]["version"], 2, "{row}");
    serve.until("crm: done: published").await;
    assert!(!serve.log.contains("notify:"), "the command is still at it: {}", serve.log);
    let log = stopped(serve).await;
    assert!(log.contains("was killed, for the engine has ended"), "{log}");
}

#[tokio::test]
async fn a_command_that_floods_and_fails_is_said_once() {
    let world = doomed().await;
    let reported = notify(&world, "cat > $fifo; head -c 3000000 /dev/zero | tr '\\0' x; exit 1");
    let mut serve = world.serve().await;
    reported.message().await;
    let line = serve.until("notify:").await;
    assert!(line.contains("ended with exit status: 1: xxx") && line.len() < 600, "{line}");
    world.sandbox.org().inside().token_valid = false;
    world.run(&["connection", "test", "acme"]).await;
    reported.message().await;
    world.sandbox.org().inside().token_valid = true;
    world.run(&["connection", "test", "acme"]).await;
    reported.message().await;
    another_rotates(&world).await;
    let log = stopped(serve).await;
    assert_eq!(log.matches("notify:").count(), 1, "{log}");
}

#[tokio::test]
async fn a_command_that_is_missing_is_said_at_the_start_and_the_engine_does_without() {
    let world = doomed().await;
    configure(&world, &json!(["windlass-no-such-program"]));
    let mut serve = world.serve().await;
    serve.until("is not found on PATH; no messages are sent").await;
    serve.until("cannot be started").await;
    another_rotates(&world).await;
    stopped(serve).await;
    configure(&world, &json!([]));
    let refused = world.fails(2, &["serve"]).await;
    assert!(refused.contains("line 2") && refused.contains("names no program"), "{refused}");
}

#[tokio::test]
async fn cron_reports_what_it_met_before_it_ends() {
    let world = doomed().await;
    let file = world.path("reported");
    configure(&world, &json!(["sh", "-c", format!("cat > {}", file.display())]));
    world.fails(1, &["serve", "--once"]).await;
    let message: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("reported")).expect("an object");
    assert_eq!(message["rotation"]["name"], "payments");
    std::fs::remove_file(&file).expect("removed");
    world.fails(1, &["serve", "--once"]).await;
    assert!(!file.exists(), "not twice");
}

#[tokio::test]
async fn the_uis_own_engine_reports_as_well_and_leaving_it_leaves_a_command_that_hangs() {
    let world = doomed().await;
    let reported = notify(&world, "cat > $fifo; echo noise; exec sleep 1000");
    let mut ui = Pty::open(&world, true);
    assert_eq!(reported.message().await["rotation"]["name"], "payments");
    ui.until("ATTENTION").await;
    // It asks first: something is due.
    ui.keys("q");
    ui.until("it runs late").await;
    assert_eq!(ui.quits().await, Some(0));
    assert!(ui.is_as_it_was());
    assert!(!String::from_utf8_lossy(&ui.all().await).contains("noise"));
}
