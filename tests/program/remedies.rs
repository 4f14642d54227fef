//! Whatever is said to be done where something is wrong can be done: each command is taken as it stands, in the state in which
//! it was named.

use chrono::Duration;
use serde_json::{Value, json};
use windlass::sandbox::org::Secret;

use crate::world::World;

/// A state in which something is wrong: made anew for each command, for each changes it.
async fn walk(make: impl AsyncFn() -> (World, String), expected: &[&str]) {
    let (_, text) = make().await;
    let commands = commands(&text);
    for wanted in expected {
        assert!(commands.iter().any(|command| command.contains(wanted)), "{wanted:?} is not named: {text}");
    }
    for command in commands {
        let (world, again) = make().await;
        assert!(again.contains(command.split(' ').nth(2).unwrap_or_default()), "{again}");
        // Whoever is asked to put a new token in has one.
        world.sandbox.org().inside().token_valid = true;
        let token = world.path("token").display().to_string();
        let filled = [("HOST", "elsewhere"), ("FILE", token.as_str()), ("WHEN", "2d")];
        let words = command
            .split(' ')
            .skip(1)
            .map(|word| filled.iter().find(|(placeholder, _)| *placeholder == word).map_or(word, |(_, value)| value));
        let mut words: Vec<&str> = words.collect();
        let mut done = world.run(&words).await;
        if done.status == 4 && done.stderr.contains("with --yes") || done.stderr.contains("say --yes") {
            words.push("--yes");
            done = world.run(&words).await;
        }
        assert_eq!(done.status, 0, "`{command}` is named and cannot be done: {text}\n{done:?}");
    }
}

/// What stands between backticks, each once.
fn commands(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("windlass "));
    let mut commands: Vec<String> = quoted.map(|quoted| quoted.replace("\\n", " ")).collect();
    commands.sort();
    commands.dedup();
    commands
}

/// What `status` says is to be done, of everything.
async fn to_do(world: &World) -> String {
    let status = world.run(&["--json", "status", "--cron"]).await;
    let object: Value = serde_json::from_str(&status.stdout).expect("JSON");
    let problems = object["problems"].as_array().expect("rows");
    problems.iter().filter_map(|problem| problem["next"].as_str()).collect::<Vec<_>>().join("; ")
}

/// What a command that is refused says is to be done.
async fn refused(world: &World, args: &[&str]) -> String {
    let done = world.run(&[&["--json"], args].concat()).await;
    assert_ne!(done.status, 0, "{args:?}: {done:?}");
    let line = done.stderr.lines().last().unwrap_or_default();
    let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    object["error"]["hint"].as_str().expect("a hint").to_owned()
}

/// Others change the app's secrets at Okta.
fn at_okta(world: &World, change: impl FnOnce(&mut Vec<Secret>)) {
    let id = world.app("Payments").id;
    let org = world.sandbox.org();
    change(&mut org.inside().apps.iter_mut().find(|app| app.id == id).expect("there").secrets);
}

fn switch_off(secrets: &mut [Secret], id: &str) {
    secrets.iter_mut().filter(|secret| secret.id == id).for_each(|secret| secret.active = false);
}

/// The same, and windlass looks.
async fn changed(world: &World, change: impl FnOnce(&mut Vec<Secret>)) -> String {
    at_okta(world, change);
    world.run(&["rotation", "check", "payments"]).await;
    to_do(world).await
}

/// A rotation whose published secret is fetched, and whose previous one is ours, or not there any more.
async fn rotated(alone: bool) -> World {
    let world = World::connected().await;
    world.create(&[]).await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    world.value().await;
    if alone {
        let previous = world.previous().await;
        changed(&world, |secrets| secrets.retain(|secret| Some(&secret.id) != previous.as_ref())).await;
    }
    world
}

#[tokio::test]
async fn where_others_deactivated_the_published_secret() {
    let off = async |world: World| {
        let id = world.current().await;
        let text = changed(&world, |secrets| switch_off(secrets, &id)).await;
        let row = world.json(&["rotation", "show", "payments"]).await;
        assert_eq!(row["secretRotation"]["current"]["status"], "INACTIVE", "its state at Okta is shown");
        let sheet = world.ok(&["rotation", "show", "payments"]).await;
        assert!(sheet.contains("INACTIVE at Okta"), "{sheet}");
        (world, text)
    };
    walk(async || off(rotated(false).await).await, &["rotation rollback payments"]).await;
    walk(async || off(rotated(true).await).await, &["rotation rotate payments"]).await;
    // A new one would need room, and nothing is cut while the published one is off.
    let (world, text) = off(rotated(false).await).await;
    assert!(!text.contains("rotation rotate"), "{text}");
    assert!(!refused(&world, &["rotation", "rotate", "payments"]).await.contains("rotation rotate"));
    let blocked = async || {
        let (world, _) = off(rotated(false).await).await;
        let text = refused(&world, &["rotation", "rotate", "payments", "--yes"]).await;
        (world, text)
    };
    walk(blocked, &["rotation rollback payments"]).await;
}

#[tokio::test]
async fn where_others_deleted_the_published_secret() {
    let gone = async |world: World| {
        let id = world.current().await;
        let text = changed(&world, |secrets| secrets.retain(|secret| secret.id != id)).await;
        (world, text)
    };
    let both = ["rotation rollback payments", "rotation rotate payments"];
    walk(async || gone(rotated(false).await).await, &both).await;
    walk(async || gone(rotated(true).await).await, &both[1..]).await;
}

#[tokio::test]
async fn where_the_value_of_the_old_secret_is_not_held() {
    let hidden = async || {
        let world = World::connected().await;
        world.sandbox.org().inside().role.hide_values = true;
        world.create(&[]).await;
        let id = world.current().await;
        let text = changed(&world, |secrets| switch_off(secrets, &id)).await;
        (world, text)
    };
    let (world, text) = hidden().await;
    assert!(!text.contains("windlass rotation") && text.contains("activate the published one again at Okta"), "{text}");
    let rollback = async || {
        let (world, _) = hidden().await;
        let text = refused(&world, &["rotation", "rollback", "payments"]).await;
        (world, text)
    };
    walk(rollback, &["rotation retire payments --hold"]).await;
    drop(world);
    walk(hidden, &[]).await;
}

#[tokio::test]
async fn where_others_brought_a_secret_or_took_one_back() {
    let stranger = async || {
        let world = rotated(true).await;
        let text = changed(&world, |secrets| {
            let mut stranger = secrets[0].clone();
            (stranger.id, stranger.client_secret) = ("ocsstranger".into(), "a value of someone else's".into());
            stranger.foreign = true;
            secrets.push(stranger);
        })
        .await;
        (world, text)
    };
    walk(stranger, &["retire-store --to HOST"]).await;
    let reactivated = async || {
        let world = rotated(false).await;
        world.until_previous("deactivateAt").await;
        world.run(&["serve", "--once"]).await;
        let text = changed(&world, |secrets| secrets.iter_mut().for_each(|secret| secret.active = true)).await;
        (world, text)
    };
    walk(reactivated, &["rotation retire payments --now"]).await;
}

#[tokio::test]
async fn where_an_old_secret_stands_in_the_way() {
    let unread = async || {
        let world = World::connected().await;
        world.create(&[]).await;
        world.later(Duration::days(31));
        world.run(&["serve", "--once"]).await;
        let text = to_do(&world).await;
        (world, text)
    };
    walk(unread, &["rotation retire payments --now"]).await;
    let kept = async || {
        let world = rotated(false).await;
        world.ok(&["rotation", "retire", "payments", "--hold"]).await;
        world.later(Duration::days(33));
        world.run(&["serve", "--once"]).await;
        let text = to_do(&world).await;
        (world, text)
    };
    walk(kept, &["rotation retire payments --now", "rotation rotate payments --yes"]).await;
    // The published one went off in the meantime: nothing is cut, and no way is named that would have to.
    let blocked = async || {
        let world = rotated(false).await;
        let id = world.current().await;
        world.until_previous("deactivateAt").await;
        at_okta(&world, |secrets| switch_off(secrets, &id));
        world.run(&["serve", "--once"]).await;
        let text = to_do(&world).await;
        (world, text)
    };
    walk(blocked, &["rotation rollback payments"]).await;
}

#[tokio::test]
async fn where_a_new_secret_has_no_verdict() {
    let untested = async || {
        let world = rotated(true).await;
        // It ends in the middle of the test of the new secret, and every test after that is turned away.
        world.order(json!({"on": "introspect", "times": 1, "kind": {"type": "hold"}}));
        let mut rotates = world.command(&["rotation", "rotate", "payments"]).spawn().expect("it starts");
        world.parked().await;
        rotates.kill().await.expect("killed");
        world.order(json!({"on": "introspect", "kind": {"type": "status", "status": 403}}));
        world.later(Duration::hours(2));
        let mut serve = world.serve().await;
        serve.until("could not be tested").await;
        let (status, log) = serve.stop().await;
        assert_eq!(status, 0, "{log}");
        let text = to_do(&world).await;
        (world, text)
    };
    let ways =
        ["update payments --verify listed", "resolve payments --publish-unverified", "resolve payments --withdraw"];
    walk(untested, &ways).await;
}

#[tokio::test]
async fn where_the_app_or_the_credential_is_gone() {
    let gone = async || {
        let world = rotated(true).await;
        world.sandbox.org().inside().apps.retain(|app| app.label != "Payments");
        world.run(&["rotation", "check", "payments"]).await;
        let text = to_do(&world).await;
        (world, text)
    };
    walk(gone, &["rotation delete payments --force"]).await;
    let revoked = async || {
        let world = rotated(true).await;
        world.sandbox.org().inside().token_valid = false;
        world.run(&["connection", "test", "acme"]).await;
        let text = to_do(&world).await;
        (world, text)
    };
    walk(revoked, &["connection update acme --token-file FILE"]).await;
}

#[tokio::test]
async fn where_an_act_is_refused() {
    let alone = async |args: &[&str]| {
        let world = rotated(true).await;
        let text = refused(&world, args).await;
        (world, text)
    };
    walk(async || alone(&["rotation", "rollback", "payments"]).await, &["rotation rotate payments"]).await;
    walk(async || alone(&["rotation", "retire", "payments", "--now"]).await, &["rotation secrets payments"]).await;
    walk(async || alone(&["rotation", "skip", "payments", "--undo"]).await, &["rotation show payments"]).await;
    let paused = async || {
        let world = rotated(true).await;
        world.ok(&["rotation", "pause", "payments"]).await;
        let text = refused(&world, &["rotation", "skip", "payments"]).await;
        (world, text)
    };
    walk(paused, &["rotation resume payments"]).await;
    let used = async || alone(&["connection", "delete", "acme", "--yes"]).await;
    walk(used, &["rotation delete payments"]).await;
}
