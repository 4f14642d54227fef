//! What cron runs: quiet where there is nothing to say, because it mails what is said.

use std::os::unix::fs::PermissionsExt;

use chrono::Duration;
use serde_json::Value;

use crate::world::World;

#[tokio::test]
async fn serve_once_says_what_happened_and_nothing_where_nothing_did() {
    let world = World::connected().await;
    world.create(&["--retire-unread"]).await;
    let idle = world.run(&["serve", "--once"]).await;
    assert_eq!((idle.status, idle.stdout.as_str(), idle.stderr.as_str()), (0, "", ""));
    let reported = world.run(&["serve", "--once", "-v"]).await;
    assert!(
        reported.stderr.contains("serving on") && reported.stderr.contains("stopped"),
        "-v says it all: {reported:?}"
    );
    world.until_previous("deactivateAt").await;
    let done = world.run(&["serve", "--once"]).await;
    assert_eq!((done.status, done.stderr.lines().count()), (0, 1), "{done:?}");
    assert!(done.stderr.contains("payments: done: ocs") && done.stderr.contains("was deactivated"), "{done:?}");
    world.sandbox.org().inside().token_valid = false;
    world.until_previous("deleteAt").await;
    let failed = world.run(&["serve", "--once"]).await;
    assert!(failed.stderr.contains("warn") && failed.stderr.contains("refuse"), "what is wrong is said: {failed:?}");
}

#[tokio::test]
async fn serve_once_leaves_what_is_due_to_an_engine_that_runs() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let beside = world.run(&["serve", "--once"]).await;
    assert_eq!((beside.status, beside.stdout.as_str()), (0, ""), "{beside:?}");
    assert!(beside.stderr.contains("an engine runs (serve, pid "), "{beside:?}");
    let quiet = world.run(&["serve", "--once", "--quiet"]).await;
    assert_eq!((quiet.status, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    assert_eq!(serve.stop().await.0, 0);
    assert_eq!(world.run(&["serve", "--once"]).await.status, 0, "and alone as always");
}

#[tokio::test]
async fn doctor_for_cron_says_only_what_is_wrong_and_misses_no_engine() {
    let world = World::connected().await;
    world.create(&["--retire-unread"]).await;
    let well = world.run(&["doctor", "--cron"]).await;
    assert_eq!((well.status, well.stdout.as_str(), well.stderr.as_str()), (0, "", ""));
    let quiet = world.run(&["status", "--cron", "--quiet"]).await;
    assert_eq!((quiet.status, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    world.later(Duration::days(29));
    let due = world.run(&["doctor"]).await;
    assert!(due.status == 1 && due.stdout.contains("no engine runs: "), "{due:?}");
    world.ok(&["doctor", "--cron"]).await;
    let dir = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(world.data(), dir).expect("set");
    let bad = world.run(&["doctor", "--cron"]).await;
    assert_eq!((bad.status, bad.stderr.as_str(), bad.stdout.lines().count()), (1, "", 1), "{bad:?}");
    assert!(bad.stdout.starts_with("data directory: ") && bad.stdout.contains("; chmod 700 "), "{bad:?}");
    let done = world.run(&["doctor", "--cron", "--json"]).await;
    let object: Value = serde_json::from_str(&done.stdout).expect("one object");
    assert_eq!((done.status, &object["ok"]), (1, &Value::Bool(false)));
}
