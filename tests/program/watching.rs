//! `run --watch`: a real program, restarted and signalled, beside a real engine that comes and goes.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use crate::world::World;

/// A program that says what it has and what it gets. It ends with 7 once its stdin does, and with 0 at SIGTERM; where its first
/// argument is `stubborn` it does not, where it is `weak` it ends with 5 at its second start.
const PROGRAM: &str = r#"#!/bin/sh
exec 3<&0
case $1 in
stubborn) trap '' TERM ;;
*) trap 'echo "ended by TERM"; exit 0' TERM ;;
esac
trap 'echo "USR2 $(WINDLASS secret get OKTA_CLIENT_SECRET)"' USR2
trap 'echo USR1' USR1
echo "has $OKTA_CLIENT_SECRET"
if [ "$1" = weak ]; then
    [ -e "$HOME/started" ] && exit 5
    : > "$HOME/started"
fi
while :; do
    cat <&3 >/dev/null &
    wait $!
    [ $? -gt 128 ] || exit 7
done
"#;

struct Watched {
    child: Child,
    stdin: Option<ChildStdin>,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
    said: String,
}

impl Watched {
    fn start(world: &World, options: &[&str], argument: &str) -> Self {
        let script = world.path("program.sh");
        std::fs::write(&script, PROGRAM.replace("WINDLASS", env!("CARGO_BIN_EXE_windlass"))).expect("written");
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("set");
        let script = script.to_str().expect("text");
        let args = [&["run", "--watch", "--as", "pay"], options, &["--", script, argument]].concat();
        let mut child = world.command_with_signals(&args).stdin(Stdio::piped()).spawn().expect("the program starts");
        let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let stdin = child.stdin.take();
        let (out, err) = (BufReader::new(out).lines(), BufReader::new(err).lines());
        Self { child, stdin, out, err, said: String::new() }
    }

    /// The next line of the program.
    async fn line(&mut self) -> String {
        self.out.next_line().await.expect("readable").unwrap_or_else(|| panic!("it ended"))
    }

    /// Reads what windlass says until a line has this in it.
    async fn says(&mut self, wanted: &str) {
        loop {
            let line = self.err.next_line().await.expect("readable");
            let line = line.unwrap_or_else(|| panic!("it ended before {wanted:?}:\n{}", self.said));
            self.said.push_str(&line);
            self.said.push('\n');
            if line.contains(wanted) {
                return;
            }
        }
    }

    fn send(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id().expect("runs")).expect("a pid"));
        kill(pid, signal).expect("signalled");
    }

    /// How it ended, and what windlass said.
    async fn ends(mut self) -> (ExitStatus, String) {
        let ended = self.child.wait().await.expect("ends");
        // What the program has started reads from there, and holds the other ends.
        self.stdin = None;
        while let Some(line) = self.err.next_line().await.expect("readable") {
            self.said.push_str(&line);
            self.said.push('\n');
        }
        (ended, self.said)
    }
}

impl World {
    async fn rotated(&self) -> String {
        self.ok(&["rotation", "rotate", "payments", "--yes", "--wait"]).await;
        self.peeked().await
    }

    async fn peeked(&self) -> String {
        let value = self.ok(&["secret", "get", "OKTA_CLIENT_SECRET", "--peek"]).await;
        value.trim_end().to_owned()
    }

    /// How the consumer stands.
    async fn stands(&self) -> String {
        let known = self.json(&["rotation", "consumers", "payments"]).await;
        let rows = known["consumers"].as_array().expect("consumers");
        let row = rows.iter().find(|row| row["consumer"] == "pay").unwrap_or_else(|| panic!("unknown: {known}"));
        row["stands"].as_str().expect("a word").to_owned()
    }

    /// Waits until the consumer stands so.
    async fn until_it_stands(&self, wanted: &str) {
        while self.stands().await != wanted {}
    }
}

#[tokio::test]
async fn a_program_is_restarted_with_what_is_current_and_its_end_is_windlasss() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let mut watched = Watched::start(&world, &[], "");
    assert_eq!(watched.line().await, format!("has {}", world.peeked().await));
    world.until_it_stands("current").await;
    let second = world.rotated().await;
    assert_eq!(watched.line().await, "ended by TERM");
    assert_eq!(watched.line().await, format!("has {second}"));
    world.until_it_stands("current").await;
    watched.says("is restarted; current now: OKTA_CLIENT_ID 2, OKTA_CLIENT_SECRET 2").await;
    // Another consumer's fetch, and a rotation that changes nothing, restart nothing.
    world.ok(&["export", "--format", "json", "--as", "web"]).await;
    world.ok(&["rotation", "update", "payments", "--description", "changed"]).await;
    watched.send(Signal::SIGUSR1);
    assert_eq!(watched.line().await, "USR1");
    watched.send(Signal::SIGTERM);
    assert_eq!(watched.line().await, "ended by TERM");
    let (ended, said) = watched.ends().await;
    assert_eq!(ended.code(), Some(0), "{said}");
    let mut watched = Watched::start(&world, &[], "");
    watched.line().await;
    watched.stdin = None;
    let (ended, said) = watched.ends().await;
    assert_eq!((ended.code(), said.as_str()), (Some(7), ""));
    serve.stop().await;
}

#[tokio::test]
async fn a_program_that_reads_anew_by_itself_is_sent_a_signal_and_its_own_read_counts() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let mut watched = Watched::start(&world, &["--signal", "usr2"], "");
    watched.line().await;
    world.until_it_stands("current").await;
    let second = world.rotated().await;
    assert_eq!(watched.line().await, format!("USR2 {second}"));
    world.until_it_stands("current").await;
    watched.says("is sent SIGUSR2; current now: OKTA_CLIENT_ID 2, OKTA_CLIENT_SECRET 2").await;
    watched.stdin = None;
    assert_eq!(watched.ends().await.0.code(), Some(7));
    serve.stop().await;
}

#[tokio::test]
async fn the_program_outlives_an_engine_and_has_what_was_published_without_one() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let mut watched = Watched::start(&world, &[], "");
    watched.line().await;
    world.until_it_stands("current").await;
    serve.kill().await;
    watched.says("the program keeps running").await;
    let second = world.rotated().await;
    let serve = world.serve().await;
    assert_eq!(watched.line().await, "ended by TERM");
    assert_eq!(watched.line().await, format!("has {second}"));
    world.until_it_stands("current").await;
    watched.says("follows the engine again").await;
    watched.send(Signal::SIGINT);
    let (ended, said) = watched.ends().await;
    assert!(ended.signal() == Some(2) || ended.code() == Some(130), "{ended:?}: {said}");
    serve.stop().await;
}

#[tokio::test]
async fn one_that_does_not_end_is_killed_and_one_that_fails_with_new_values_says_so() {
    let world = World::connected().await;
    world.create(&[]).await;
    let serve = world.serve().await;
    let mut watched = Watched::start(&world, &["--grace", "0"], "stubborn");
    watched.line().await;
    let second = world.rotated().await;
    assert_eq!(watched.line().await, format!("has {second}"));
    watched.says("was killed: it had not ended 0 s after SIGTERM").await;
    watched.stdin = None;
    watched.ends().await;
    let mut watched = Watched::start(&world, &[], "weak");
    watched.line().await;
    world.rotated().await;
    watched.says("ended with status 5 soon after it got new values").await;
    let (ended, said) = watched.ends().await;
    assert_eq!(ended.code(), Some(5), "{said}");
    assert!(said.contains("`windlass rotation rollback payments`"), "{said}");
    serve.stop().await;
}

#[tokio::test]
async fn names_that_go_leave_the_program_alone_and_without_an_engine_it_is_not_watched() {
    let world = World::connected().await;
    world.create(&[]).await;
    let refused = world.fails(6, &["run", "--watch", "--", "echo", "started"]).await;
    assert!(refused.contains("no engine is running") && refused.contains("windlass serve"), "{refused}");
    let serve = world.serve().await;
    world.fails(127, &["run", "--watch", "--", "paymnets-service"]).await;
    let mut watched = Watched::start(&world, &[], "");
    watched.line().await;
    world.ok(&["rotation", "delete", "payments", "--delete-secrets", "--force", "--yes"]).await;
    watched.says("gone from that folder: OKTA_CLIENT_ID, OKTA_CLIENT_SECRET").await;
    watched.send(Signal::SIGUSR1);
    while watched.line().await != "USR1" {}
    watched.stdin = None;
    let (ended, said) = watched.ends().await;
    assert_eq!((ended.code(), said.matches("gone from").count()), (Some(7), 1), "{said}");
    serve.stop().await;
}
