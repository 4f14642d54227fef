//! Consumers as a real systemd, cron, at, sshd, sudo and su start them have the names that `docs/consumers.md` says.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use windlass::clock::Clock;

use crate::machine::{Machine, WINDLASS, machine};
use crate::org::org;

/// How a consumer is started: the words of the page, and what has to be done for a line of shell to be run so.
type Way = (&'static str, fn(&Machine, &str));

const WAYS: [Way; 20] = [
    ("a service", |machine, line| machine.service("payroll", "User=payroll", line)),
    ("an instance of a template", |machine, line| {
        machine.unit("pay@.service", &format!("[Service]\nType=oneshot\nUser=pay\nExecStart={line}\n"));
        machine.ok(&["systemctl", "start", "pay@3.service"]);
    }),
    ("a service with groups of its own", |machine, line| {
        // The group in either version: that of systemd's own hierarchy of version 1 is in a folder of its name.
        let script = format!(
            "#!/bin/sh\nof() {{ sed -n \"s/^[0-9]*:$1://p\" /proc/self/cgroup; }}\n\
             for group in \"/sys/fs/cgroup/systemd$(of name=systemd)\" \"/sys/fs/cgroup/unified$(of '')\" \"/sys/fs/cgroup$(of '')\"; do\n\
             if [ -e \"$group/cgroup.procs\" ]; then mkdir \"$group/workers\" && echo $$ > \"$group/workers/cgroup.procs\"; fi\n\
             done\n{line}\n"
        );
        machine.write("/usr/local/bin/gunicorn", 0o755, &script);
        machine.service("payroll", "Delegate=yes", "/usr/local/bin/gunicorn");
    }),
    ("a timer", |machine, line| {
        machine.write("/usr/local/bin/report.sh", 0o755, &format!("#!/bin/sh\n{line}\n"));
        machine.unit("report.service", "[Service]\nType=oneshot\nExecStart=/usr/local/bin/report.sh\n");
        machine.unit("report.timer", "[Timer]\nOnActiveSec=1ms\nAccuracySec=1us\n");
        machine.ok(&["systemctl", "start", "report.timer"]);
    }),
    ("a service of a user", |machine, line| {
        machine.ok(&["loginctl", "enable-linger", "alice"]);
        let unit = format!("[Service]\nType=oneshot\nExecStart={line}\n");
        machine.write("/etc/systemd/user/pay.service", 0o644, &unit);
        let uid = machine.ok(&["id", "-u", "alice"]).trim().to_owned();
        machine.ok(&["systemctl", "start", &format!("user@{uid}.service")]);
        let runtime = format!("XDG_RUNTIME_DIR=/run/user/{uid}");
        machine.ok(&["runuser", "-u", "alice", "--", "env", &runtime, "systemctl", "--user", "start", "pay.service"]);
    }),
    ("a login", |machine, line| machine.typed("alice", line)),
    ("a script at a login", |machine, line| {
        machine.write("/usr/local/bin/deploy.sh", 0o755, &format!("#!/bin/sh\n{line}\nexit\n"));
        machine.typed("alice", "deploy.sh");
    }),
    ("ssh with a command", |machine, line| {
        machine.ok(&ssh("deploy", &[line]));
    }),
    ("sudo", |machine, line| {
        machine.write("/usr/local/bin/deploy.sh", 0o755, &format!("#!/bin/sh\nsudo {line}\nexit\n"));
        machine.typed("alice", "deploy.sh");
    }),
    ("su", |machine, line| machine.typed("root", &format!("su pay -c '{line}'"))),
    ("cron, a script", |machine, line| {
        machine.write("/usr/local/bin/nightly.sh", 0o755, &format!("#!/bin/sh\n{line}\nexit\n"));
        machine.cron("/usr/local/bin/nightly.sh");
    }),
    ("cron, a command", |machine, line| machine.cron(line)),
    ("at", |machine, line| {
        machine.write("/usr/local/share/job", 0o644, line);
        machine.ok(&["runuser", "-u", "alice", "--", "at", "-f", "/usr/local/share/job", "now"]);
    }),
    ("`systemd-run`", |machine, line| machine.systemd_run(&[], line)),
    ("`systemd-run --scope`", |machine, line| {
        machine.write("/usr/local/bin/load.sh", 0o755, &format!("#!/bin/sh\n{line}\nexit\n"));
        machine.ok(&["systemd-run", "--quiet", "--scope", "/usr/local/bin/load.sh"]);
    }),
    ("`systemd-run --unit=load`", |machine, line| machine.systemd_run(&["--unit=load"], line)),
    ("`systemd-run --user`", |machine, line| {
        let at = ["systemd-run", "--quiet", "--wait", "--collect", "--user", "--machine=alice@"];
        machine.ok(&[&at[..], &line.split(' ').collect::<Vec<_>>()].concat());
    }),
    ("Docker", |machine, line| {
        // As a container is: a scope, a namespace of its own for processes, a user without a name, and / as its home.
        machine.write("/usr/local/bin/gunicorn", 0o755, &format!("#!/bin/sh\n{line}\nexit\n"));
        let scope =
            ["systemd-run", "--quiet", "--scope", "--unit=docker-4f1c", "unshare", "--pid", "--fork", "--mount-proc"];
        let user = [
            "setpriv",
            "--reuid=4242",
            "--regid=4242",
            "--groups=windlass",
            "env",
            "HOME=/",
            "/usr/local/bin/gunicorn",
        ];
        machine.ok(&[&scope[..], &user].concat());
    }),
    ("a program that calls the API", |machine, line| {
        let path = line.split(' ').find(|word| word.starts_with("/w")).expect("a folder");
        machine.write("/usr/local/bin/report.py", 0o755, &REPORT.replace("PATH", path));
        machine.typed("alice", "report.py");
    }),
    ("curl in a script", |machine, line| {
        let path = line.split(' ').find(|word| word.starts_with("/w")).expect("a folder");
        let get = format!("http://windlass/api/v1/secrets/OKTA_CLIENT_SECRET?environment=prod&path={path}");
        let script = format!("#!/bin/sh\ncurl -s --unix-socket /run/windlass/windlass.sock '{get}'\nexit\n");
        machine.write("/usr/local/bin/nightly.sh", 0o755, &script);
        machine.cron("/usr/local/bin/nightly.sh");
    }),
];

/// What is on the page and not tried: what needs a container's engine, and what no program does.
const UNTRIED: [&str; 4] = ["Docker without systemd", "Kubernetes", "Podman of a user", "where no more is known"];

/// It talks to the engine itself.
const REPORT: &str = "#!/usr/bin/python3
import http.client, socket
connection = http.client.HTTPConnection('windlass')
connection.sock = socket.socket(socket.AF_UNIX)
connection.sock.connect('/run/windlass/windlass.sock')
connection.request('GET', '/api/v1/secrets/OKTA_CLIENT_SECRET?environment=prod&path=PATH')
assert connection.getresponse().status == 200
";

/// A call of ssh to the machine.
fn ssh<'a>(user: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let to = ["ssh", "-F", "/etc/ssh/tests", "-l", user, "machine"];
    [&to[..], more].concat()
}

impl Machine {
    /// Runs a service to its end.
    fn service(&self, name: &str, settings: &str, line: &str) {
        self.unit(&format!("{name}.service"), &format!("[Service]\nType=oneshot\n{settings}\nExecStart={line}\n"));
        self.ok(&["systemctl", "start", &format!("{name}.service")]);
    }

    fn systemd_run(&self, more: &[&str], line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        self.ok(&[&["systemd-run", "--quiet", "--wait", "--collect"], more, &words].concat());
    }

    /// Logs in, and types a line.
    fn typed(&self, user: &str, line: &str) {
        let entered = "/run/entered";
        self.write(entered, 0o644, &format!("{line}\n"));
        let ssh = ssh(user, &[]).join(" ");
        self.ok(&["sh", "-c", &format!("{ssh} < {entered}")]);
    }

    /// Runs a command once, from a table of the system's.
    fn cron(&self, command: &str) {
        self.write("/etc/cron.d/once", 0o644, &format!("@reboot backup {command}\n"));
        self.ok(&["rm", "-f", "/run/crond.reboot"]);
        self.ok(&["systemctl", "restart", "cron.service"]);
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.ok(&[&[WINDLASS, "--json"], args].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
    }
}

/// The names on the page, by how it says that they are started.
fn page() -> BTreeMap<String, String> {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/consumers.md")).expect("the page");
    let rows = page.lines().skip_while(|line| !line.starts_with("| started by |")).skip(2);
    let cells = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0].to_owned(), cells[cells.len() - 1].trim_matches('`').to_owned())
    };
    rows.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// A service as `docs/production.md` has it, beside an org.
fn engine(machine: &Machine, clock: &Clock, url: &str, token: &str) {
    machine.unit(
        "windlass.service",
        &format!(
            "[Service]\nUser=windlass\nRuntimeDirectory=windlass\nStateDirectory=windlass\nEnvironment=TZ=UTC \"WINDLASS_CLOCK={clock}\"\n\
             Environment=HOME=/var/lib/windlass WINDLASS_DATA_DIR=/var/lib/windlass/data WINDLASS_SOCKET=/run/windlass/windlass.sock\n\
             ExecStart={WINDLASS} serve\n"
        ),
    );
    machine.ok(&["systemctl", "start", "windlass.service"]);
    machine.until(|| machine.run(&["test", "-S", "/run/windlass/windlass.sock"]).status.success().then_some(()));
    machine.write("/run/token", 0o600, token);
    machine.ok(&[WINDLASS, "connection", "create", "acme", "--url", url, "--token-file", "/run/token"]);
}

/// The consumers that fetch a rotation's secret, once there are any.
fn consumers(machine: &Machine, name: &str) -> String {
    let found = machine.until(|| {
        let found = machine.json(&["rotation", "consumers", name])["consumers"].take();
        found.as_array().filter(|some| !some.is_empty()).cloned()
    });
    let names: Vec<&str> = found.iter().filter_map(|it| it["consumer"].as_str()).collect();
    names.join(" ")
}

/// Each way, on a secret of its own; by the words of the page the names that came of it.
fn started(machine: &Machine, labels: &[String]) -> BTreeMap<&'static str, String> {
    let each = |(number, (started_by, start)): (usize, &Way)| {
        let (name, folder) = (format!("w{number}"), format!("/w{number}"));
        let create = [WINDLASS, "rotation", "create", &name, "--connection", "acme", "--app", &labels[number]];
        machine.ok(&[&create[..], &["--every", "30", "--environment", "prod", "--path", &folder]].concat());
        start(machine, &format!("{WINDLASS} run --environment prod --path {folder} -- true"));
        (*started_by, consumers(machine, &name))
    };
    WAYS.iter().enumerate().map(each).collect()
}

#[tokio::test]
async fn consumers_are_named_as_the_page_says() {
    let (sandbox, clock) = org(WAYS.len() + 20).await;
    let (url, token) = (sandbox.url(), sandbox.token().to_owned());
    let labels = sandbox.org().inside().apps.iter().map(|app| app.label.clone()).collect::<Vec<_>>();
    let labels = labels.into_iter().filter(|label| label.starts_with("App ")).collect::<Vec<_>>();
    // The org answers on this thread meanwhile.
    let found = tokio::task::spawn_blocking(move || {
        let machine = machine();
        engine(machine, &clock, &url, &token);
        let found = started(machine, &labels);
        machine.ok(&["systemctl", "stop", "windlass.service"]);
        found
    });
    let found = found.await.expect("no panic");
    // The page's user without a name is one of those who have one here.
    let found: BTreeMap<String, String> =
        found.into_iter().map(|(started_by, name)| (started_by.into(), name.replace("4242", "1000"))).collect();
    let said: BTreeMap<String, String> =
        page().into_iter().filter(|(started_by, _)| !UNTRIED.contains(&started_by.as_str())).collect();
    assert_eq!(found, said, "left what is, right what the page says");
}
