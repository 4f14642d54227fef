//! A command that takes the credentials on stdin, as JSON. What it did with them cannot be read back: it has delivered them
//! where it ends well, and is run once for each version. One that was killed may have, and is run again.
//!
//! No value is in its arguments or in its environment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use zeroize::Zeroizing;

use super::Place;
use crate::core::cause::TargetCause;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{Automatic, OnTarget};
use crate::core::target::Document;
use crate::core::target::judge::Seen;
use crate::trust::command::{Failed, run};

/// How long a command may take: one that delivers, and one that runs after a delivery.
pub const LIMIT: Duration = Duration::from_secs(30);

/// What a command ends with that wants to be run again later (`EX_TEMPFAIL` of sysexits.h).
const LATER: i32 = 75;

/// A command as a place.
pub struct Run<'a> {
    /// The program, and its arguments.
    pub argv: &'a [String],
    /// The rotation's name.
    pub rotation: &'a str,
    /// The target's name.
    pub target: &'a str,
    /// The version.
    pub version: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Delivery<'a> {
    event: &'a str,
    rotation: &'a str,
    target: &'a str,
    version: u32,
    values: BTreeMap<&'a str, &'a str>,
}

impl Place for Run<'_> {
    async fn read(&self) -> Result<Seen, Fault> {
        Ok(Seen::default())
    }

    async fn write(&self, document: &Document, _: &Seen) -> Result<String, Fault> {
        let values = document.iter().map(|(key, value)| (key.as_str(), value.expose())).collect();
        let Self { rotation, target, version, .. } = *self;
        let delivery = Delivery { event: "deliver", rotation, target, version, values };
        let input = Zeroizing::new(serde_json::to_vec(&delivery).unwrap_or_default());
        // What it says may be what it was given.
        let silent = |failed: Failed| fault(self.argv, Failed { said: String::new(), ..failed });
        run(self.argv, &input, LIMIT).await.map_err(silent)?;
        Ok(String::new())
    }

    async fn strip(&self, _: &Seen, _: bool) -> Result<(), Fault> {
        Ok(())
    }
}

/// What was delivered, for the command that runs after it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivered {
    /// The rotation's name.
    pub rotation: String,
    /// The target's name.
    pub target: String,
    /// The version.
    pub version: u32,
    /// The kind of place.
    pub kind: String,
    /// The place: a file's path, a path in a store.
    pub place: String,
}

/// Runs the command of one's own that follows deliveries, with their facts on stdin and no value.
pub async fn after(argv: &[String], deliveries: &[Delivered]) -> Result<(), Fault> {
    #[derive(Serialize)]
    struct Event<'a> {
        event: &'a str,
        deliveries: &'a [Delivered],
    }
    let mut input = serde_json::to_vec(&Event { event: "delivered", deliveries }).unwrap_or_default();
    input.push(b'\n');
    run(argv, &input, LIMIT).await.map_err(|failed| fault(argv, failed))
}

/// A command that failed is tried again by itself, ever more slowly; one that was killed may have done its work.
fn fault(argv: &[String], failed: Failed) -> Fault {
    let program = argv.first().cloned().unwrap_or_default();
    match failed {
        Failed { status: Some(LATER), .. } => {
            Fault::new(Code::NoRoom, TargetCause::CommandLater { program }).and(Automatic::TriesAgain)
        }
        Failed { why, said, killed, .. } => {
            let code = if killed { Code::TimedOut } else { Code::NoRoom };
            let cause = TargetCause::Command { program, why: why + &said };
            Fault::new(code, cause).and(OnTarget::FixCommand).and(Automatic::TriesAgain)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::secret::SecretValue;

    fn shell(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn the_values_are_on_stdin_and_nowhere_else() {
        let dir = tempfile::tempdir().expect("a directory");
        let out = dir.path().join("out");
        let argv =
            shell(&format!("cat > {0}; env >> {0}.env; tr '\\0' ' ' < /proc/$$/cmdline >> {0}.env", out.display()));
        let place = Run { argv: &argv, rotation: "payments", target: "pay", version: 3 };
        let document = Document::from([("SECRET".to_owned(), SecretValue::new("canary-1"))]);
        place.write(&document, &Seen::default()).await.expect("delivered");
        let read: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).expect("read")).expect("JSON");
        assert_eq!((&read["values"]["SECRET"], &read["version"]), (&"canary-1".into(), &3.into()));
        let around = std::fs::read_to_string(out.with_extension("env")).expect("written");
        assert!(!around.contains("canary"), "{around}");
    }

    #[tokio::test]
    async fn what_it_says_of_what_it_was_given_is_not_kept() {
        let argv = shell("cat; exit 1");
        let place = Run { argv: &argv, rotation: "payments", target: "pay", version: 3 };
        let document = Document::from([("SECRET".to_owned(), SecretValue::new("canary-1"))]);
        let fault = place.write(&document, &Seen::default()).await.expect_err("it fails");
        let shown = format!("{fault:?}");
        assert!(shown.contains("exit status: 1") && !shown.contains("canary"), "{shown}");
    }

    #[tokio::test]
    async fn one_that_asks_for_later_and_one_that_fails_are_tried_again_and_said_apart() {
        for (script, wanted) in [
            ("exit 75", TargetCause::CommandLater { program: "sh".into() }),
            (
                "echo no; exit 1",
                TargetCause::Command { program: "sh".into(), why: "ended with exit status: 1: no".into() },
            ),
        ] {
            let fault = after(&shell(script), &[]).await.expect_err("failed");
            assert_eq!((fault.problem.cause, fault.code), (wanted.into(), Code::NoRoom));
        }
    }
}
