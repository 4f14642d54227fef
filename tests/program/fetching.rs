//! What counts as fetched, as the real program ends: on real pipes, devices, terminals and sockets.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{UnixListener, UnixStream};
use tokio::process::Command;

use crate::world::World;

const WINDLASS: &str = env!("CARGO_BIN_EXE_windlass");
const GET: [&str; 3] = ["secret", "get", "OKTA_CLIENT_SECRET"];
const EXPORT: [&str; 3] = ["export", "--format", "shell"];

/// A world with a rotation.
async fn world() -> World {
    let world = World::connected().await;
    world.create(&[]).await;
    world
}

impl World {
    /// Whether the current secret counts as fetched.
    async fn is_fetched(&self) -> bool {
        let row = self.json(&["rotation", "show", "payments"]).await;
        !row["secretRotation"]["current"]["fetchedAt"].is_null()
    }

    /// Runs with this stdout, on a pipe's or a file's end; the status, and what was said.
    async fn run_into(&self, args: &[&str], stdout: impl Into<Stdio>) -> (i32, String) {
        let child = self.command(args).stdout(stdout).spawn().expect("the program starts");
        let output = child.wait_with_output().await.expect("it ends");
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).expect("text"))
    }

    /// Runs a line of shell; its status.
    async fn shell(&self, line: &str) -> i32 {
        let mut command = self.command(&[]);
        let env = command.as_std_mut().get_envs().filter_map(|(name, value)| Some((name, value?)));
        let mut shell = Command::new("sh");
        shell.env_clear().envs(env).arg("-c").arg(line).stdin(Stdio::null());
        let output = shell.output().await.expect("runs");
        output.status.code().unwrap_or(-1)
    }

    /// A pipe that no one reads from any more.
    fn broken_pipe() -> Stdio {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        writer.into()
    }
}

fn full() -> File {
    File::options().write(true).open("/dev/full").expect("there")
}

#[tokio::test]
async fn no_ending_that_delivers_nothing_counts() {
    let world = world().await;
    for args in [&GET[..], &EXPORT[..], &["--json", "secret", "get", "OKTA_CLIENT_SECRET"]] {
        let (status, said) = world.run_into(args, full()).await;
        assert_eq!(status, 1, "{args:?}: {said}");
        assert_eq!(world.run_into(args, World::broken_pipe()).await.0, 0, "{args:?}");
        assert_eq!(world.run_into(args, Stdio::null()).await.0, 0, "{args:?}");
    }
    assert_eq!(world.shell(&format!("exec {WINDLASS} secret get OKTA_CLIENT_SECRET >&-")).await, 0);
    assert!(!world.is_fetched().await, "stdout is closed");
    let nowhere = world.path("no/such/directory/env");
    world.fails(1, &[&EXPORT[..], &["--output", nowhere.to_str().expect("text")]].concat()).await;
    let link = world.path("link");
    std::os::unix::fs::symlink("/dev/null", &link).expect("linked");
    world.fails(1, &[&EXPORT[..], &["--output", link.to_str().expect("text")]].concat()).await;
    assert!(!world.is_fetched().await, "no file was made");
    world.fails(127, &["run", "--", "paymnets-service"]).await;
    world.fails(127, &["run", "--", "./payments-service"]).await;
    world.fails(126, &["run", "--", "/etc/passwd"]).await;
    assert!(!world.is_fetched().await, "no program was started");
}

#[tokio::test]
async fn no_look_counts_whoever_takes_it() {
    let world = world().await;
    for more in [&["--peek"][..], &["--reveal"], &["--read-only"], &["--read-only", "--as", "pay"]] {
        for args in [&GET[..], &EXPORT[..]] {
            world.ok(&[args, more].concat()).await;
        }
    }
    for more in ["--peek", "--read-only"] {
        world.ok(&["run", more, "--", "true"]).await;
    }
    world.ok(&["rotation", "credentials", "payments"]).await;
    assert!(!world.is_fetched().await);
}

#[tokio::test]
async fn everything_that_reaches_a_consumer_counts() {
    let world = world().await;
    let file = world.path("env");
    let file = file.to_str().expect("text");
    for args in [
        &GET[..],
        &EXPORT[..],
        &["export", "--format", "json", "--output", file],
        &["run", "--as", "payments-api", "--", "sh", "-c", "test ${#OKTA_CLIENT_SECRET} = 64"],
    ] {
        assert!(!world.is_fetched().await, "before {args:?}");
        world.ok(args).await;
        assert!(world.is_fetched().await, "{args:?}");
        world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    }
}

#[tokio::test]
async fn at_a_terminal_a_read_is_a_look_until_it_names_the_consumer() {
    let world = world().await;
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("text");
    let noctty = i32::try_from(OpenptFlags::NOCTTY.bits()).expect("a flag");
    let line = File::options().read(true).write(true).custom_flags(noctty).open(name).expect("its other end");
    let end = || Stdio::from(line.try_clone().expect("a descriptor"));
    let ended = async |command: &mut Command| {
        let output = command.spawn().expect("the program starts").wait_with_output().await.expect("it ends");
        assert!(output.status.success() && output.stdout.len() == 65, "{output:?}");
    };
    ended(world.command(&GET).stdin(end())).await;
    ended(world.command(&GET).stderr(end())).await;
    assert!(!world.is_fetched().await, "someone looked on");
    let named = [&GET[..], &["--as", "payments-api"]].concat();
    ended(world.command(&named).stdin(end()).stderr(end())).await;
    assert!(world.is_fetched().await);
}

#[tokio::test]
async fn an_engine_is_asked_in_the_same_way_and_its_routes_count_unless_they_peek() {
    let world = world().await;
    let mut serve = world.serve().await;
    let get = async |target: &str| {
        let mut stream = UnixStream::connect(world.data().join("windlass.sock")).await.expect("listens");
        let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("read");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    };
    assert_eq!(world.run_into(&GET, full()).await.0, 1);
    assert_eq!(world.run_into(&EXPORT, World::broken_pipe()).await.0, 0);
    world.fails(127, &["run", "--", "paymnets-service"]).await;
    // As on a disk without room, where the engine's has some.
    let file = world.path("env");
    let file = file.to_str().expect("text");
    for line in [
        format!("export --format shell --output {file}"),
        format!("export --format shell > {file}"),
        format!("secret get OKTA_CLIENT_SECRET > {file}"),
    ] {
        assert_eq!(world.shell(&format!("ulimit -f 0; exec {WINDLASS} {line}")).await, 1, "{line}");
    }
    for look in [&["--peek"][..], &["--read-only"]] {
        world.ok(&[&GET[..], look].concat()).await;
    }
    world.ok(&["rotation", "credentials", "payments"]).await;
    get("/api/v1/secrets/OKTA_CLIENT_SECRET?peek=true").await;
    get("/api/v1/secrets-export?peek=true").await;
    assert!(!world.is_fetched().await);
    get("/api/v1/secrets/OKTA_CLIENT_SECRET?as=payments-api").await;
    assert!(world.is_fetched().await);
    serve.until("fetched the current secret as payments-api").await;
    assert_eq!(serve.stop().await.0, 0);
}

/// An engine's socket, behind which every acknowledgement is answered with this.
fn between(world: &World, answer: &'static str) -> String {
    let path = world.path("between.sock");
    let _ = std::fs::remove_file(&path);
    let (listener, engine) = (UnixListener::bind(&path).expect("bound"), world.data().join("windlass.sock"));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let engine = engine.clone();
            tokio::spawn(async move {
                let mut first = vec![0; 4096];
                let count = client.read(&mut first).await.unwrap_or(0);
                if String::from_utf8_lossy(&first[..count]).contains("secrets-acknowledge") {
                    let _ = client.write_all(answer.as_bytes()).await;
                    return;
                }
                let mut engine = UnixStream::connect(engine).await.expect("listens");
                engine.write_all(&first[..count]).await.expect("written");
                let _ = copy_bidirectional(&mut client, &mut engine).await;
            });
        }
    });
    path.to_str().expect("text").to_owned()
}

#[tokio::test]
async fn a_consumer_runs_on_where_the_engine_dies_before_it_has_noted_the_fetch() {
    let world = world().await;
    let serve = world.serve().await;
    let socket = between(&world, "");
    for args in [&GET[..], &EXPORT[..], &["run", "--", "sh", "-c", "test ${#OKTA_CLIENT_SECRET} = 64 && echo it runs"]]
    {
        let done = world.run(&[&["--socket", &socket][..], args].concat()).await;
        assert!(done.status == 0 && !done.stdout.is_empty(), "{args:?}: {done:?}");
        assert!(done.stderr.contains("may not be counted as fetched"), "{args:?}: {done:?}");
        let done = world.run(&[&["--json", "--socket", &socket][..], args].concat()).await;
        assert!(done.status == 0 && done.stderr.starts_with("{\"note\":"), "{args:?}: {done:?}");
    }
    assert!(!world.is_fetched().await);
    serve.stop().await;
}

#[tokio::test]
async fn an_engine_of_an_earlier_version_is_read_as_ever() {
    let world = world().await;
    let serve = world.serve().await;
    let unknown = r#"{"statusCode":404,"error":"unknown","message":"there is no path","hint":"see the README"}"#;
    let answer = format!(
        "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{unknown}",
        unknown.len()
    );
    let socket = between(&world, answer.leak());
    for args in [&GET[..], &EXPORT[..], &["run", "--", "true"]] {
        let done = world.run(&[&["--socket", &socket][..], args].concat()).await;
        assert!(done.status == 0 && done.stderr.is_empty(), "{args:?}: {done:?}");
    }
    serve.stop().await;
}

/// The consumers of payments as `NAME STANDS`, those that are missing first.
async fn consumers(world: &World) -> Vec<String> {
    let known = world.json(&["rotation", "consumers", "payments"]).await;
    let rows = known["consumers"].as_array().expect("consumers").iter();
    rows.map(|row| format!("{} {}", row["consumer"].as_str().expect("a name"), row["stands"].as_str().expect("a word")))
        .collect()
}

#[tokio::test]
async fn consumers_are_known_by_name_and_each_is_waited_for_until_it_is_dismissed() {
    let world = world().await;
    let serve = world.serve().await;
    let script = world.path("nightly.sh");
    std::fs::write(&script, format!("#!/bin/sh\n{WINDLASS} secret get OKTA_CLIENT_SECRET | cat >/dev/null\n"))
        .expect("written");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("set");
    let nightly = script.to_str().expect("text").to_owned();
    let fetch = [
        nightly.clone(),
        format!("WINDLASS_CONSUMER=payroll {nightly}"),
        format!("{WINDLASS} secret get OKTA_CLIENT_SECRET --as web | cat >/dev/null"),
    ];
    for line in &fetch {
        assert_eq!(world.shell(line).await, 0, "{line}");
    }
    let known = consumers(&world).await;
    assert_eq!(known.len(), 3, "{known:?}");
    // By its user and its script; or by the unit in which these tests run.
    let by_chance = |row: &String| row.ends_with("nightly.sh current") || row.ends_with(".service current");
    assert!(known.iter().any(by_chance), "{known:?}");
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    assert_eq!(world.shell(&fetch[2]).await, 0);
    let known = consumers(&world).await;
    assert_eq!(known.iter().filter(|row| row.ends_with(" missing")).count(), 2, "{known:?}");
    let asked = world.fails(4, &["rotation", "retire", "payments", "--now"]).await;
    assert!(asked.contains("payroll") && asked.contains("have not fetched version 2"), "{asked}");
    world.ok(&["rotation", "consumers", "payments", "--dismiss", "payroll"]).await;
    assert!(consumers(&world).await.contains(&"payroll dismissed".to_owned()));
    // It is back by itself, with an older version as well.
    assert_eq!(
        world
            .shell(&format!(
                "WINDLASS_CONSUMER=payroll {WINDLASS} secret get OKTA_CLIENT_SECRET --version 1 | cat >/dev/null"
            ))
            .await,
        0
    );
    assert!(consumers(&world).await.contains(&"payroll missing".to_owned()));
    assert!(world.fails(3, &["rotation", "dismiss", "payments", "--consumer", "payrol"]).await.contains("payroll"));
    serve.stop().await;
}
