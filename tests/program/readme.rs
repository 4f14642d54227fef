//! The commands of the README and of the docs, as they stand and in their order, against the stand-in org: in a home in which
//! nothing is, by a shell, as a reader copies them.
//!
//! What cannot be walked stands in [`NOT_WALKED`], with the reason and what is held instead. A new command is walked by
//! itself.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

use crate::world::clock;

mod page;

use page::{Shown, all, words};

/// How a command that is not walked is held to the program.
enum Held {
    /// Its arguments for windlass are ones that it takes.
    Windlass(&'static [&'static str]),
    /// It is there for cargo to run: a bench of this name.
    Bench(&'static str),
    /// Cargo has done as much before it runs this.
    Cargo,
}

/// What is not walked, why, and how it is held all the same.
const NOT_WALKED: [(&str, &str, Held); 5] = [
    ("cargo install --locked --path .", "a release build takes minutes", Held::Cargo),
    (
        "cargo run --release -- demo",
        "a release build takes minutes, and the screen stays until it is left",
        Held::Windlass(&["demo"]),
    ),
    ("cargo test --locked", "it is what runs this test", Held::Cargo),
    ("cargo bench --bench terminal", "it measures for minutes", Held::Bench("terminal")),
    ("cargo bench --bench start", "it measures for minutes", Held::Bench("start")),
];

/// What continues until it is stopped: in a terminal of its own, or by a service manager. The line that says that it is there.
const GOES_ON: [(&str, &str); 2] = [("windlass sandbox", "\"url\""), ("windlass serve", "serving on")];

/// What ends with another status than 0, and says so where it stands.
const ENDS_WITH: [(&str, i32); 0] = [];

/// What stands for something of the reader's own in a command that is walked.
const ORG: &str = "https://acme.okta.com";
const CLIENT: &str = "0oa1b2c3d4";

/// Words that stand for something in a sentence, with something that they could be.
const STANDS_FOR: [(&str, &str); 4] = [("WHEN", "2027-04-01T09:00"), ("NAME", "payments"), ("…", ""), ("T", "7d")];

/// A home in which nothing is but what the README takes for granted: a program that reads its secrets.
struct Home {
    dir: TempDir,
    clock: String,
    goes_on: Vec<(String, Child)>,
    org: Option<Value>,
}

impl Home {
    fn new() -> Self {
        let home = Self {
            dir: TempDir::new().expect("a directory"),
            clock: clock().to_string(),
            goes_on: Vec::new(),
            org: None,
        };
        for (name, script) in [
            ("payments-service", "#!/bin/sh\ntest ${#OKTA_CLIENT_SECRET} = 64\n"),
            ("payments-login", "#!/bin/sh\nread secret && test ${#secret} = 64\n"),
        ] {
            std::fs::write(home.path(name), script).expect("written");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(home.path(name), mode).expect("set");
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command as a shell gets it, with the org that is there in the place of the reader's.
    fn shell(&self, text: &str) -> Command {
        let field = |name: &str| self.org.as_ref().and_then(|org| org[name].as_str()).unwrap_or(name).to_owned();
        let text = text.replace(ORG, &field("url")).replace(CLIENT, &field("clientId"));
        let program = Path::new(env!("CARGO_BIN_EXE_windlass")).parent().expect("a directory").as_os_str();
        let path = [program.to_owned(), ":".into(), std::env::var_os("PATH").expect("set")];
        let mut shell = Command::new("bash");
        shell
            .args(["-euo", "pipefail", "-c", &text])
            .current_dir(self.dir.path())
            .env_clear()
            .env("HOME", self.dir.path())
            .env("PATH", path.into_iter().collect::<OsString>())
            .env("TZ", "UTC")
            .env("WINDLASS_CLOCK", &self.clock)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        shell
    }

    async fn walk(&mut self, Shown { place, text }: &Shown) {
        if let Some((_, there)) = GOES_ON.iter().find(|(begin, _)| text.starts_with(begin) && !text.contains("--once"))
        {
            return self.begin(text, there).await;
        }
        if text.starts_with("curl ") {
            return self.curl(place, text).await;
        }
        let done = self.shell(text).output().await.expect("bash is there");
        let status = ENDS_WITH.iter().find(|(command, _)| command == text).map_or(0, |(_, status)| *status);
        let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert_eq!(done.status.code(), Some(status), "{place}: {text}\n{out}{err}");
    }

    /// Starts what continues, and waits until it is there. The shell becomes the program, so that it is stopped with it.
    async fn begin(&mut self, text: &str, there: &str) {
        let mut child = self.shell(&format!("exec {text} 2>&1")).spawn().expect("bash is there");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut said = String::new();
        while !said.lines().last().is_some_and(|line| line.contains(there)) {
            let line = lines.next_line().await.expect("readable");
            said.push_str(&line.unwrap_or_else(|| panic!("{text} ended: {said}")));
            said.push('\n');
        }
        if let Some(org) = said.lines().find(|line| line.contains("\"url\"")) {
            self.org = Some(serde_json::from_str(org).expect("JSON"));
        }
        // Whatever it says from here on is taken from it, so that it does not stop in the middle of a line.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.goes_on.push((text.to_owned(), child));
    }

    /// Asks as curl does, which is not on every machine: the socket, the address, and a body.
    async fn curl(&self, place: &str, text: &str) {
        let words = words(text);
        let of = |option: &str| words.iter().position(|word| word == option).map(|at| words[at + 1].as_str());
        let socket =
            of("--unix-socket").expect("by the socket").replace("~/", &format!("{}/", self.dir.path().display()));
        let address = words.iter().find_map(|word| word.strip_prefix("http://windlass")).expect("an address");
        let body = of("--data").or(of("--json")).unwrap_or_default();
        let method = of("-X").unwrap_or(if body.is_empty() { "GET" } else { "POST" });
        let mut stream =
            UnixStream::connect(&socket).await.unwrap_or_else(|error| panic!("{place}: {socket}: {error}"));
        let length = body.len();
        let request = format!(
            "{method} {address} HTTP/1.1\r\nhost: windlass\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("read");
        assert!(answer.starts_with("HTTP/1.1 200"), "{place}: {text}\n{answer}");
    }

    /// Stops what continues, the last first; each ends well.
    async fn end(mut self) {
        while let Some((text, mut child)) = self.goes_on.pop() {
            let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id().expect("runs")).expect("a pid"));
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("signalled");
            assert_eq!(child.wait().await.expect("ends").code(), Some(0), "{text}");
        }
    }
}

#[tokio::test]
async fn every_command_to_copy_does_what_it_says_in_its_order() {
    let mut home = Home::new();
    let (mut walked, mut left_out) = (0, BTreeSet::new());
    for command in all().iter().flat_map(|page| &page.commands) {
        if let Some((text, why, held)) = NOT_WALKED.iter().find(|(text, ..)| *text == command.text) {
            assert!(!why.is_empty());
            left_out.insert(*text);
            match held {
                Held::Windlass(args) => parses(&command.place, args.iter().map(|arg| (*arg).to_owned()).collect()),
                Held::Bench(name) => {
                    let manifest = include_str!("../../Cargo.toml");
                    assert!(manifest.contains(&format!("[[bench]]\nname = \"{name}\"")), "{}", command.place);
                }
                Held::Cargo => {}
            }
            continue;
        }
        home.walk(command).await;
        walked += 1;
    }
    assert!(walked >= 20, "{walked} commands were found: the pages are read wrongly");
    let stale: Vec<&str> = NOT_WALKED.iter().map(|(text, ..)| *text).filter(|text| !left_out.contains(text)).collect();
    assert!(stale.is_empty(), "on no page any more: {stale:?}");
    // What the pages say of each secret is so.
    for gone in ["key.pem", "token"] {
        assert!(!home.path(gone).exists(), "{gone} is removed once it is in the store");
    }
    home.end().await;
}

#[test]
fn every_command_in_a_sentence_is_one_that_the_program_takes() {
    let mut checked = 0;
    for shown in all().iter().flat_map(|page| &page.mentioned) {
        let text = shown.text.replace(['[', ']'], "");
        let mut words = words(&text);
        if words.first().is_none_or(|word| word != "windlass") {
            continue;
        }
        words.remove(0);
        for word in &mut words {
            if let Some((_, means)) = STANDS_FOR.iter().find(|(stands, _)| stands == word) {
                (*means).clone_into(word);
            }
        }
        words.retain(|word| !word.is_empty());
        parses(&shown.place, words);
        checked += 1;
    }
    assert!(checked >= 30, "{checked} commands were found: the pages are read wrongly");
}

/// Options alone in a sentence are options of some command.
#[tokio::test]
async fn every_option_in_a_sentence_is_one_of_the_programs() {
    let home = Home::new();
    let done = home.shell("windlass man --dir man && cat man/*").output().await.expect("bash is there");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let manual = String::from_utf8_lossy(&done.stdout).replace("\\-", "-");
    let known = |option: &str| {
        manual
            .match_indices(option)
            .any(|(at, _)| !manual[at + option.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
    };
    for shown in all().iter().flat_map(|page| &page.mentioned) {
        let option = shown.text.split([' ', '=']).next().unwrap_or_default();
        if option.starts_with("--") {
            assert!(known(option) || option == "--big", "{}: no command has {option}", shown.place);
        }
    }
}

#[test]
fn a_page_is_taken_apart_as_a_reader_does() {
    let text = "By `windlass status`, or `windlass\nrotation list`:\n\n   ```sh\n   # why\n   a 'b # c' \\\n     d  # e\n   f\n   ```\n\n\
                ```\n$ windlass doctor\nok\n```\n";
    let page = page::read("x.md", text);
    let texts = |shown: &[Shown]| shown.iter().map(|shown| shown.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&page.commands), ["a 'b # c' d", "f"]);
    assert_eq!((page.commands[0].place.as_str(), page.commands[1].place.as_str()), ("x.md:6", "x.md:8"));
    assert_eq!(texts(&page.mentioned), ["windlass status", "windlass rotation list", "windlass doctor"]);
    assert_eq!(words("a --b 'c d' \"\"e | f"), ["a", "--b", "c d", "e"]);
}

/// The program takes these arguments, or shows the help that they ask for.
fn parses(place: &str, args: Vec<String>) {
    let line = args.join(" ");
    let all = std::iter::once("windlass".to_owned()).chain(args).map(Into::into);
    let status = windlass::cli::parse(all).map_or_else(|failure| failure.status(), |_| 0);
    assert_eq!(status, 0, "{place}: windlass {line}");
}
