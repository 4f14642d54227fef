//! Engines of other users: who is asked, who is believed, and what is never sent or taken.
//!
//! Only root can start a process as another user; elsewhere there is nothing to be tried, and the rules themselves are
//! tested beside them.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use windlass::clock::Clock;

use crate::world::{Done, World};

/// A user of no name.
const OTHER: u32 = 54_321;

/// A directory that is given to another user.
fn give(dir: &Path, mode: u32, user: u32) {
    std::fs::create_dir_all(dir).expect("made");
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(mode)).expect("set");
    chown(dir, Some(user), Some(user)).expect("given away");
}

/// An engine of another user, on a socket, with a store of its own.
async fn engine_of(user: u32, world: &World, socket: &Path) -> Child {
    let home = world.path("other");
    give(&home, 0o700, user);
    // The way there has to be open to that user.
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(home.parent().expect("a home"), open).expect("set");
    // The program may lie where that user cannot go.
    let program = world.path("windlass");
    // By another process: a program that another test starts meanwhile would hold a file that was open for writing
    // here, and what is open for writing cannot be run (ETXTBSY).
    let copy = tokio::process::Command::new("install")
        .args(["-m", "755", env!("CARGO_BIN_EXE_windlass")])
        .arg(&program)
        .status()
        .await;
    assert!(copy.expect("install is there").success());
    let mut command = tokio::process::Command::new(&program);
    command
        .args(["serve", "--data-dir"])
        .arg(home.join("data"))
        .arg("--socket")
        .arg(socket)
        .env_clear()
        .env("HOME", &home)
        .env("TZ", "UTC")
        .uid(user)
        .gid(user)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut log = String::new();
    loop {
        let line = lines.next_line().await.expect("readable").unwrap_or_else(|| panic!("it ended:\n{log}"));
        if line.contains("serving on") {
            // It continues logging, and must not wait for a reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return child;
        }
        log.push_str(&line);
        log.push('\n');
    }
}

struct Socket(PathBuf);

impl Socket {
    fn text(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

/// A directory of root's in `/run` that is gone afterwards.
struct Run(PathBuf);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An org that nothing is connected to yet.
async fn world() -> World {
    World::at(Clock::fast(Clock::System.now(), 1.0)).await
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// As root, with the user's socket: what `sudo windlass` does.
async fn ask(world: &World, socket: &Socket, args: &[&str]) -> Done {
    world.run(&[&["--socket", socket.text()], args].concat()).await
}

async fn gets_nothing(world: &World, socket: &Socket) {
    let url = world.sandbox.url();
    let token = world.path("token");
    let token = token.to_str().expect("text");
    let marker = world.path("started");
    let touch = marker.to_str().expect("text");
    for args in [
        &["connection", "create", "acme", "--url", &url, "--token-file", token][..],
        &["connection", "update", "acme", "--token-file", token],
        &["run", "--", "touch", touch],
        &["export", "--format", "shell"],
        &["secret", "get", "OKTA_CLIENT_SECRET"],
        &["rotation", "pause", "payments"],
    ] {
        let done = ask(world, socket, args).await;
        assert_eq!((done.status, done.stdout.as_str()), (5, ""), "{args:?}: {done:?}");
        assert!(done.stderr.contains("nothing was sent to it"), "{args:?}: {done:?}");
    }
    assert!(!marker.exists(), "nothing was started");
    assert!(world.sandbox.org().inside().log.is_empty(), "the token went nowhere");
}

#[tokio::test]
async fn root_asks_a_users_engine_and_neither_gives_it_a_token_nor_runs_anything_for_it() {
    if !is_root() {
        return;
    }
    let world = world().await;
    let socket = Socket(world.path("other/engine.sock"));
    let mut engine = engine_of(OTHER, &world, &socket.0).await;
    gets_nothing(&world, &socket).await;
    for args in [&["status"][..], &["rotation", "list"], &["history"]] {
        let done = ask(&world, &socket, args).await;
        assert_eq!(done.status, 0, "{args:?}: {done:?}");
        assert!(done.stderr.contains("uid 54321") && done.stderr.contains("neither you nor root"), "{done:?}");
    }
    let done = ask(&world, &socket, &["doctor"]).await;
    assert!(done.status == 1 && done.stdout.contains("neither you nor root"), "{done:?}");
    // Whom the config names is believed, by number; the name of a user does as well.
    let config = world.path("named.toml");
    std::fs::write(&config, format!("[engine]\nowner = \"{OTHER}\"\n")).expect("written");
    let named = ["--config", config.to_str().expect("text"), "secret", "get", "NOTHING"];
    let done = ask(&world, &socket, &named).await;
    assert_eq!(done.status, 3, "it was asked, and knows no such secret: {done:?}");
    engine.kill().await.expect("killed");
}

#[tokio::test]
async fn a_directory_that_root_made_in_run_names_the_user_of_the_service() {
    let dir = Run(PathBuf::from(format!("/run/windlass-named-{}", std::process::id())));
    if !is_root() || std::fs::create_dir(&dir.0).is_err() {
        return;
    }
    let world = world().await;
    give(&dir.0, 0o755, OTHER);
    let socket = Socket(dir.0.join("windlass.sock"));
    let mut engine = engine_of(OTHER, &world, &socket.0).await;
    let done = ask(&world, &socket, &["secret", "get", "NOTHING"]).await;
    assert_eq!(done.status, 3, "it was asked: {done:?}");
    assert!(!done.stderr.contains("neither you nor root"), "{done:?}");
    // A directory of a third user's names that one, and not who listens there.
    chown(&dir.0, Some(OTHER + 1), None).expect("given away");
    let done = ask(&world, &socket, &["secret", "get", "NOTHING"]).await;
    assert_eq!(done.status, 5, "{done:?}");
    engine.kill().await.expect("killed");
}

#[tokio::test]
async fn the_members_of_a_services_group_are_its_operators() {
    // A user that every system has, with a group of its name.
    let daemon = nix::unistd::User::from_name("daemon").ok().flatten().map(|user| (user.uid, user.gid));
    let dir = Run(PathBuf::from(format!("/run/windlass-operated-{}", std::process::id())));
    let Some((uid, gid)) = daemon.filter(|(uid, gid)| is_root() && uid.as_raw() == gid.as_raw()) else { return };
    if std::fs::create_dir(&dir.0).is_err() {
        return;
    }
    let world = world().await;
    give(&dir.0, 0o755, uid.as_raw());
    let socket = dir.0.join("windlass.sock");
    let mut engine = engine_of(uid.as_raw(), &world, &socket).await;
    let ask = async |group: u32| {
        let mut command = world.command(&["--socket", socket.to_str().expect("text"), "secret", "get", "NOTHING"]);
        // The one that the engine runs: this user may not go where the other one lies.
        let mut asked = tokio::process::Command::new(world.path("windlass"));
        asked.args(command.as_std_mut().get_args()).env_clear();
        asked.env("HOME", world.path("nowhere")).env("TZ", "UTC").uid(OTHER).gid(group).kill_on_drop(true);
        asked.output().await.expect("it starts")
    };
    let operator = ask(gid.as_raw()).await;
    assert_eq!(operator.status.code(), Some(3), "it was asked: {operator:?}");
    let other = ask(OTHER).await;
    assert_eq!(other.status.code(), Some(5), "{other:?}");
    assert!(String::from_utf8_lossy(&other.stderr).contains("membership of the socket's group"), "{other:?}");
    engine.kill().await.expect("killed");
}

#[tokio::test]
async fn in_a_user_namespace_no_one_in_particular_is_not_the_same_user() {
    let made = std::process::Command::new("unshare").args(["--user", "true"]).stderr(Stdio::null()).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let world = World::connected().await;
    let serve = world.serve().await;
    let socket = world.data().join("windlass.sock");
    // There both are 65534: the engine, and whoever asks it.
    let within = |args: &[&str]| {
        let inner = world.command(args);
        let mut command = tokio::process::Command::new("unshare");
        command.args(["--user", "--"]).arg(inner.as_std().get_program()).args(inner.as_std().get_args()).env_clear();
        for (name, value) in inner.as_std().get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    };
    let socket = socket.to_str().expect("text");
    let output = within(&["--socket", socket, "status"]).output().await.expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("uid 65534"), "{output:?}");
    let output = within(&["--socket", socket, "run", "--", "true"]).output().await.expect("it starts");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert_eq!(serve.stop().await.0, 0);
}
