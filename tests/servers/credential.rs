//! A real systemd fetches the credentials of its units from the engine, and a unit that is refused one does not start.

use serde_json::Value;

use crate::machine::{Machine, WINDLASS, machine};
use crate::org::org;

/// The engine's service; like the units, none that other tests have, for they share the machine.
const ENGINE: &str = "wl-credential.service";
const SOCKET: &str = "WINDLASS_SOCKET=/run/wl-credential/windlass.sock";
const CREDENTIALS: &str = "/run/wl-credential/credentials.sock";

impl Machine {
    fn windlass(&self, args: &[&str]) -> String {
        self.ok(&[&["env", SOCKET, WINDLASS], args].concat())
    }

    fn engine(&self) {
        self.ok(&["systemctl", "start", ENGINE]);
        self.until(|| self.run(&["test", "-S", CREDENTIALS]).status.success().then_some(()));
    }

    /// A unit that keeps what it got, and with what mode, and runs on.
    fn keeps(&self, name: &str, line: &str) {
        let got = format!("/run/got-{name}");
        let script = "#!/bin/sh\nid=$CREDENTIALS_DIRECTORY/OKTA_CLIENT_SECRET\nstat -c '%a %s' \"$id\" > \"$1.mode\"\ncp \"$id\" \"$1\"\nexec sleep infinity\n";
        self.write("/usr/local/bin/keeps", 0o755, script);
        self.unit(name, &format!("[Service]\nType=exec\n{line}\nExecStart=/usr/local/bin/keeps {got}%i\n"));
    }

    fn got(&self, name: &str) -> Option<String> {
        let output = self.run(&["cat", &format!("/run/got-{name}")]);
        output.status.success().then(|| String::from_utf8(output.stdout).expect("text")).filter(|got| !got.is_empty())
    }

    /// Starts a unit that cannot; with what it ended.
    fn fails(&self, name: &str) -> String {
        assert!(!self.run(&["systemctl", "start", name]).status.success(), "{name} started");
        self.ok(&["systemctl", "show", "--property=ExecMainStatus", "--value", name]).trim().to_owned()
    }

    fn said(&self) -> String {
        self.ok(&["journalctl", "--no-pager", "--output=cat", "--unit", ENGINE])
    }

    fn published(&self) -> String {
        let text = self.windlass(&["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod", "--peek"]);
        text.trim_end_matches('\n').to_owned()
    }

    /// The consumers, each with how it stands.
    fn units(&self) -> Vec<(String, String)> {
        let text = self.windlass(&["--json", "rotation", "consumers", "payments"]);
        let found: Value = serde_json::from_str(&text).expect("JSON");
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found["consumers"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| (word(&it["consumer"]), word(&it["stands"])))
            .collect()
    }
}

fn story(machine: &Machine, url: &str, token: &str, clock: &str) {
    machine.unit(
        ENGINE,
        &format!(
            "[Service]\nUser=windlass\nRuntimeDirectory=wl-credential\nStateDirectory=wl-credential\nEnvironment=TZ=UTC \"WINDLASS_CLOCK={clock}\"\n\
             Environment=HOME=/var/lib/wl-credential WINDLASS_DATA_DIR=/var/lib/wl-credential/data {SOCKET}\n\
             ExecStart={WINDLASS} serve\n"
        ),
    );
    machine.engine();
    machine.write("/run/credential-token", 0o600, token);
    machine.write("/etc/sudoers.d/wl-credential", 0o440, "windlass ALL=(root) NOPASSWD: /usr/bin/systemctl\n");
    machine.windlass(&["connection", "create", "acme", "--url", url, "--token-file", "/run/credential-token"]);
    machine.windlass(&[
        "rotation",
        "create",
        "payments",
        "--connection",
        "acme",
        "--app",
        "Payments",
        "--environment",
        "prod",
    ]);
    let create = ["target", "create", "payments", "credential", "--unit", "till@*.service", "--after", "--"];
    let restart = ["sudo", "-n", "/usr/bin/systemctl", "try-restart", "till@*.service"];
    let shown = machine.windlass(&[&create[..], &restart].concat());
    let lines: Vec<&str> = shown.lines().filter_map(|line| Some(&line[line.find("LoadCredential=")?..])).collect();
    assert_eq!(
        lines,
        [
            "LoadCredential=OKTA_CLIENT_ID:/run/wl-credential/credentials.sock",
            "LoadCredential=OKTA_CLIENT_SECRET:/run/wl-credential/credentials.sock"
        ]
    );

    // The exact bytes, for its user alone.
    machine.keeps("till@.service", &lines.join("\n"));
    machine.ok(&["systemctl", "start", "till@1.service"]);
    let first = machine.published();
    assert_eq!(machine.until(|| machine.got("till@.service1")), first);
    assert_eq!(machine.got("till@.service1.mode"), Some(format!("400 {}\n", first.len())));
    assert_eq!(machine.units(), [("till@.service".to_owned(), "current".to_owned())]);

    // A unit that it is not for does not start, and why stands in the engine's log.
    machine.keeps("hr.service", lines[1]);
    assert_eq!(machine.fails("hr.service"), "243");
    assert_eq!(machine.got("hr.service"), None, "never an empty one");
    let said = machine.said();
    assert!(
        said.contains("hr.service did not get the credential OKTA_CLIENT_SECRET: payments/credential offers"),
        "{said}"
    );

    // Whoever else asks gets the same, whatever it calls itself.
    machine.ok(&["chmod", "0666", CREDENTIALS]);
    machine.write("/usr/local/bin/asks.py", 0o755, ASKS);
    assert_eq!(machine.ok(&["runuser", "-u", "pay", "--", "/usr/local/bin/asks.py"]), "1048577 {0}\n");
    assert!(machine.said().contains("pay asked, and credentials go to"), "{}", machine.said());

    // A rotation restarts those that run, and they are the consumers that the old secret waits for.
    machine.windlass(&["rotation", "rotate", "payments", "--yes"]);
    let second = machine.published();
    assert_ne!(first, second);
    machine.until(|| machine.got("till@.service1").filter(|got| *got == second));
    assert_eq!(machine.units(), [("till@.service".to_owned(), "current".to_owned())]);

    // Without an engine a unit does not start, and one that runs has what it has.
    machine.ok(&["systemctl", "stop", ENGINE]);
    assert_eq!(machine.fails("till@2.service"), "243");
    assert_eq!(machine.got("till@.service1"), Some(second.clone()));
    machine.engine();
    machine.ok(&["systemctl", "start", "till@2.service"]);
    assert_eq!(machine.until(|| machine.got("till@.service2")), second);

    // The longest names that systemd can ask for: the page says so.
    let named =
        |length: usize| format!("till@{}.service", "x".repeat(length - "till@.serviceOKTA_CLIENT_SECRET".len()));
    machine.ok(&["systemctl", "start", &named(83)]);
    assert_eq!(machine.fails(&named(85)), "243");
    machine.ok(&["systemctl", "stop", "till@*.service", ENGINE]);
}

/// Asks as a service manager would, from a process that is none; how many bytes come, and which.
const ASKS: &str = "#!/usr/bin/python3
import socket
asks = socket.socket(socket.AF_UNIX)
asks.bind('\\0' + '0123456789abcdef/unit/till@1.service/OKTA_CLIENT_SECRET')
asks.connect('/run/wl-credential/credentials.sock')
got = b''.join(iter(lambda: asks.recv(65536), b''))
print(len(got), set(got))
";

#[tokio::test]
async fn units_start_with_what_is_published_or_not_at_all() {
    let (sandbox, clock) = org(7).await;
    let (url, token, clock) = (sandbox.url(), sandbox.token().to_owned(), clock.to_string());
    // The org answers on this thread meanwhile.
    tokio::task::spawn_blocking(move || story(machine(), &url, &token, &clock)).await.expect("no panic");
}
