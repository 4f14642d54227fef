//! The same for a target.

use std::fmt::Write as _;

use super::option;
use crate::core::secret::Credential;
use crate::engine::body::TargetBody;
use crate::text::when::span;
use crate::text::{argv, shell_word};

/// The command that asks for the same target; `template` is the file that the text in the request was read from.
pub fn create(body: &TargetBody, template: Option<&str>) -> String {
    let config = &body.destination_config;
    let mut command = format!("windlass target create {} {}", shell_word(&body.rotation), body.destination);
    option(&mut command, "connection", body.connection_id.as_deref());
    for (name, value) in [
        ("path", &config.path),
        ("format", &config.format),
        ("owner", &config.owner),
        ("group", &config.group),
        ("mode", &config.mode),
        ("mount", &config.mount),
        ("project", &config.project),
        ("environment", &config.environment),
        ("namespace", &config.namespace),
        ("secret", &config.name),
        ("secret-name", &config.secret_name),
        ("kms-key-id", &config.kms_key_id),
        ("unit", &config.unit),
        ("name", &body.name),
        ("drift", &body.drift),
    ] {
        option(&mut command, name, value.as_deref());
    }
    option(&mut command, "template", template);
    for what in config.restart.iter().flatten() {
        option(&mut command, "restart", Some(what));
    }
    for (key, holds) in body.keys.iter().flatten() {
        let holds = match holds {
            Credential::ClientId => "client-id",
            Credential::ClientSecret => "client-secret",
        };
        option(&mut command, "key", Some(&format!("{key}={holds}")));
    }
    option(&mut command, "settle", body.settle_seconds.map(span).as_deref());
    for (on, name) in [
        (config.in_place == Some(true), "in-place"),
        (config.plain == Some(true), "plain"),
        (body.gates == Some(false), "no-gate"),
    ] {
        if on {
            let _ = write!(command, " --{name}");
        }
    }
    if let Some(words) = &config.argv {
        let _ = write!(command, " -- {}", argv::join(words));
    } else if let Some(words) = body.after.as_ref().filter(|words| !words.is_empty()) {
        let _ = write!(command, " --after -- {}", argv::join(words));
    }
    command
}
