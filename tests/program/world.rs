//! A home directory, an org, and the program between them.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use windlass::clock::Clock;
use windlass::sandbox::{self, Sandbox, org};

/// See the module.
pub struct World {
    home: TempDir,
    pub sandbox: Sandbox,
    clock: Arc<Mutex<Clock>>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Done {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A clock of the machine's pace that begins at an instant of the tests' own, so that they pass at any hour of any day:
/// `WINDLASS_TEST_NOW` (RFC 3339) chooses another.
pub fn clock() -> Clock {
    let chosen = std::env::var("WINDLASS_TEST_NOW");
    let now = chosen.as_deref().unwrap_or("2027-03-09T13:00:00Z").parse();
    Clock::fast(now.expect("WINDLASS_TEST_NOW is an instant (RFC 3339)"), 1.0)
}

impl World {
    /// An org of seven apps, a connection to it, and the machine's own pace.
    pub async fn connected() -> Self {
        let world = Self::at(clock()).await;
        world.connect().await;
        world
    }

    pub async fn at(clock: Clock) -> Self {
        let clock = Arc::new(Mutex::new(clock));
        let shown = clock.clone();
        let now: sandbox::Now = Arc::new(move || shown.lock().expect("no panic").now());
        let listen = "127.0.0.1:0".parse().expect("an address");
        let options = sandbox::Options { listen, apps: 7, now, per_minute: None, seed: 11 };
        let sandbox = sandbox::start(options).await.expect("loopback is there");
        let world = Self { home: TempDir::new().expect("a directory"), sandbox, clock };
        std::fs::write(world.path("token"), world.sandbox.token()).expect("written");
        world
    }

    pub async fn connect(&self) {
        let url = self.sandbox.url();
        let token = self.path("token");
        let token = token.to_str().expect("text");
        self.ok(&["connection", "create", "acme", "--url", &url, "--token-file", token]).await;
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("data/windlass")
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.lock().expect("no panic").now()
    }

    /// Time passes, for the org and for every program started from now on.
    pub fn later(&self, by: Duration) {
        let now = self.now();
        *self.clock.lock().expect("no panic") = Clock::fast(now + by, 1.0);
    }

    /// It is a minute after an instant of the previous secret's: `deactivateAt` or `deleteAt`.
    pub async fn until_previous(&self, field: &str) {
        let row = self.json(&["rotation", "show", "payments"]).await;
        let at = row["secretRotation"]["previous"][field].as_str().unwrap_or_else(|| panic!("no {field} in {row}"));
        let at = DateTime::parse_from_rfc3339(at).expect("an instant").to_utc();
        self.later(at + Duration::minutes(1) - self.now());
    }

    pub fn command(&self, args: &[&str]) -> Command {
        self.at_home(Command::new(env!("CARGO_BIN_EXE_windlass")), args)
    }

    /// The same, for a test of signals: those that whoever runs the tests ignores, as a shell in the background does, are not
    /// ignored by the program.
    pub fn command_with_signals(&self, args: &[&str]) -> Command {
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,INT,QUIT,TERM", env!("CARGO_BIN_EXE_windlass")]);
        self.at_home(command, args)
    }

    fn at_home(&self, mut command: Command, args: &[&str]) -> Command {
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TZ", "UTC")
            .env("WINDLASS_CLOCK", self.clock.lock().expect("no panic").to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub async fn run(&self, args: &[&str]) -> Done {
        let output = self.command(args).output().await.expect("the program starts");
        Done {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Runs, and must succeed.
    pub async fn ok(&self, args: &[&str]) -> String {
        let done = self.run(args).await;
        assert_eq!(done.status, 0, "{args:?}: {done:?}");
        done.stdout
    }

    /// Runs, and must end with this status; what it said.
    pub async fn fails(&self, status: i32, args: &[&str]) -> String {
        let done = self.run(args).await;
        assert_eq!(done.status, status, "{args:?}: {done:?}");
        assert_eq!(done.stdout, "", "{args:?}: a refusal is talk, not data");
        done.stderr
    }

    pub async fn json(&self, args: &[&str]) -> Value {
        let text = self.ok(&[&["--json"], args].concat()).await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
    }

    /// Creates the rotation that most tests are about.
    pub async fn create(&self, more: &[&str]) -> String {
        self.ok(&[&CREATE[..], more].concat()).await
    }

    /// The value as a consumer gets it.
    pub async fn value(&self) -> String {
        let text = self.ok(&["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod"]).await;
        let value = text.strip_suffix('\n').expect("a value and a newline").to_owned();
        assert_eq!(value.len(), 64);
        value
    }

    /// Whether a secret authenticates at the org, asked as the app itself would.
    pub async fn authenticates(&self, value: &str) -> bool {
        let client_id = self.app("Payments").client_id;
        let answer = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client")
            .post(format!("{}/oauth2/v1/introspect", self.sandbox.url()))
            .basic_auth(client_id, Some(value))
            .form(&[("token", "x")])
            .send()
            .await
            .expect("answers");
        answer.status() == 200
    }

    pub fn app(&self, label: &str) -> org::App {
        self.sandbox.org().inside().apps.iter().find(|app| app.label == label).expect("seeded").clone()
    }

    /// Promise 1, at any instant: what is published works.
    pub async fn works(&self) {
        assert!(self.authenticates(&self.value().await).await, "the published secret does not work");
    }

    /// At rest: what is published works, and every secret that we made is one that we know of, with its value.
    pub async fn converged(&self) {
        self.works().await;
        let rows = self.json(&["rotation", "secrets", "payments"]).await;
        let known: Vec<&str> = rows["secrets"]
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["status"] != "GONE" && row["valueKept"] == true)
            .filter_map(|row| row["secretId"].as_str())
            .collect();
        for secret in &self.app("Payments").secrets {
            assert!(secret.foreign || known.contains(&secret.id.as_str()), "{} is an orphan: {rows}", secret.id);
        }
    }

    /// Every rotation, as a command shows them.
    pub async fn rows(&self) -> Vec<Value> {
        self.json(&["rotation", "list"]).await["secretRotations"].as_array().expect("rows").clone()
    }

    /// Okta's id of the published secret.
    pub async fn current(&self) -> String {
        let row = self.json(&["rotation", "show", "payments"]).await;
        row["secretRotation"]["current"]["secretId"].as_str().expect("published").to_owned()
    }

    /// Okta's id of the previous secret.
    pub async fn previous(&self) -> Option<String> {
        let row = self.json(&["rotation", "show", "payments"]).await;
        row["secretRotation"]["previous"]["secretId"].as_str().map(str::to_owned)
    }

    /// Orders a fault.
    pub fn order(&self, fault: Value) {
        let mut inside = self.sandbox.org().inside();
        let id = inside.number();
        inside.faults.push(sandbox::faults::Fault { id, order: serde_json::from_value(fault).expect("a fault") });
    }

    /// Waits until a call is parked; its number.
    pub async fn parked(&self) -> u64 {
        let org = self.sandbox.org();
        loop {
            let reported = org.held_changed();
            let parked = org.inside().parked.first().map(|held| held.id);
            match parked {
                Some(id) => return id,
                None => reported.await,
            }
        }
    }

    /// Starts `serve` and waits until it serves.
    pub async fn serve(&self) -> Serve {
        let mut child = self.command(&["serve"]).spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let mut serve = Serve { child, lines, log: String::new() };
        serve.until("serving on").await;
        serve
    }
}

/// The command that creates it.
pub const CREATE: [&str; 17] = [
    "rotation",
    "create",
    "payments",
    "--connection",
    "acme",
    "--app",
    "Payments",
    "--every",
    "30",
    "--at",
    "02:30",
    "--time-zone",
    "Europe/Berlin",
    "--environment",
    "prod",
    "--path",
    "/",
];

/// A running `serve`.
pub struct Serve {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    pub log: String,
}

impl Serve {
    /// Reads its log until a line has this in it.
    pub async fn until(&mut self, wanted: &str) -> String {
        loop {
            let line = self.lines.next_line().await.expect("readable");
            let line = line.unwrap_or_else(|| panic!("serve ended before {wanted:?}:\n{}", self.log));
            self.log.push_str(&line);
            self.log.push('\n');
            if line.contains(wanted) {
                return line;
            }
        }
    }

    /// SIGTERM, and how it ended.
    pub async fn stop(mut self) -> (i32, String) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id().expect("runs")).expect("a pid"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("signalled");
        while let Some(line) = self.lines.next_line().await.expect("readable") {
            self.log.push_str(&line);
            self.log.push('\n');
        }
        let status = self.child.wait().await.expect("ends");
        (status.code().unwrap_or(-1), self.log)
    }

    /// SIGKILL.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }
}

/// Every file below a directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() && !path.is_symlink() { dirs.push(path) } else { found.push(path) }
        }
    }
    found
}
