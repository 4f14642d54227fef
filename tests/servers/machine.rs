//! The machine of which the systemd is that `.ci/systemd` starts: it sees this one's files, and what is written to its `/etc`, `/usr`,
//! `/var` and `/run` is its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::env;

/// The program under test, as all users of the machine find it.
pub const WINDLASS: &str = "/usr/local/bin/windlass";

/// Where its programs are.
const PROGRAMS: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The machine, with the program in it.
pub struct Machine {
    manager: String,
}

/// The one machine of all tests.
pub fn machine() -> &'static Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let machine = Machine { manager: env::systemd() };
        machine.write(WINDLASS, 0o755, "");
        // A user need not see the folder in which it was built.
        machine.ok(&["mount", "--bind", env!("CARGO_BIN_EXE_windlass"), WINDLASS]);
        machine
    })
}

impl Machine {
    /// A program in the machine, run by root outside of all units.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.manager, "--all", "--root", "--wd", "--"]).args(args);
        command.env_clear().env("PATH", PROGRAMS).env("LANG", "C.UTF-8").stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("nsenter is there")
    }

    /// Runs, and must succeed; what was said.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {output:?}\n{}", self.journal());
        String::from_utf8(output.stdout).expect("text")
    }

    /// A path of the machine's, from outside.
    fn path(&self, path: &str) -> PathBuf {
        Path::new(&format!("/proc/{}/root", self.manager)).join(path.trim_start_matches('/'))
    }

    /// Writes a file of root's.
    pub fn write(&self, path: &str, mode: u32, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
    }

    /// Writes a unit, which the manager then knows.
    pub fn unit(&self, name: &str, text: &str) {
        self.write(&format!("/etc/systemd/system/{name}"), 0o644, text);
        self.ok(&["systemctl", "daemon-reload"]);
    }

    /// Waits for what another program does, far longer than that takes.
    #[expect(
        clippy::disallowed_methods,
        reason = "what happens in there is seen by looking; no runtime's thread waits here"
    )]
    pub fn until<T>(&self, mut look: impl FnMut() -> Option<T>) -> T {
        for _ in 0..600 {
            if let Some(found) = look() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it did not come within a minute:\n{}", self.journal());
    }

    /// The end of what its services said.
    fn journal(&self) -> String {
        let output = self.run(&["journalctl", "--no-pager", "--lines=40", "--output=cat"]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
