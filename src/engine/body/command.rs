//! A request as the shell command that does the same, for hints and for the review of a form. No value of a secret is in it.

pub mod target;

use std::fmt::Write as _;

use super::RotationBody;
use crate::text::shell_word;
use crate::text::when::span;

/// An option with its value, quoted where a shell wants it.
pub fn option(command: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        // Writing to a String cannot fail.
        let _ = write!(command, " --{name} {}", shell_word(value));
    }
}

/// The command that asks for the same as a request; what is as it is by default is left out. The value of a secret that is
/// taken over is asked for, and never in it.
pub fn create(body: &RotationBody, connection: &str) -> String {
    let mut command = format!("windlass rotation create {}", shell_word(&body.name));
    let not = |value: &Option<String>, default: &str| value.clone().filter(|value| value != default);
    let at = body.rotate_at.as_ref();
    option(&mut command, "connection", Some(connection));
    option(&mut command, "app", Some(body.parameters.app()));
    option(&mut command, "client-id", body.parameters.given_client_id());
    option(&mut command, "every", body.rotation_interval.as_ref().map(ToString::to_string).as_deref());
    option(&mut command, "at", at.map(|at| format!("{:02}:{:02}", at.hours, at.minutes)).as_deref());
    option(&mut command, "time-zone", at.and_then(|at| at.time_zone.as_deref()));
    option(&mut command, "first", body.first_rotation_at.as_deref());
    option(&mut command, "environment", not(&body.environment, "prod").as_deref());
    option(&mut command, "path", not(&body.secret_path, "/").as_deref());
    option(&mut command, "description", body.description.as_deref());
    if let Some(names) = &body.secrets_mapping {
        option(&mut command, "client-id-name", Some(names.client_id.as_str()).filter(|it| *it != "OKTA_CLIENT_ID"));
        let name = Some(names.client_secret.as_str()).filter(|it| *it != "OKTA_CLIENT_SECRET");
        option(&mut command, "client-secret-name", name);
    }
    option(&mut command, "overlap", body.overlap_seconds.map(span).as_deref());
    option(&mut command, "soak", body.soak_seconds.map(span).as_deref());
    option(&mut command, "verify", not(&body.verify, "introspect").as_deref());
    option(&mut command, "replace", body.replace_secret_id.as_deref());
    for (on, name) in [
        (body.is_auto_rotation_enabled == Some(false), "manual"),
        (body.retire_unread == Some(true), "retire-unread"),
        (body.adopt, "adopt"),
    ] {
        if on {
            let _ = write!(command, " --{name}");
        }
    }
    option(&mut command, "adopt-secret", body.adopt_secret_id.as_deref());
    if body.adopt_client_secret.is_some() {
        command.push_str(" --secret-stdin");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_asked_for_by_command_too_but_for_a_secrets_value() {
        let body = serde_json::json!({
            "name": "payments", "environment": "dev", "secretPath": "/a", "isAutoRotationEnabled": false,
            "rotationInterval": 14, "rotateAt": {"hours": 2, "minutes": 5, "timeZone": "Europe/Berlin"},
            "firstRotationAt": "2026-12-01", "parameters": {"clientId": "HR Sync"}, "overlapSeconds": 3600,
            "soakSeconds": 7200, "verify": "token", "adopt": true, "adoptSecretId": "ocs1", "adoptClientSecret": "hush",
        });
        let body: RotationBody = serde_json::from_value(body).expect("a body");
        assert_eq!(
            create(&body, "acme"),
            "windlass rotation create payments --connection acme --app 'HR Sync' --every 14 --at 02:05 --time-zone \
             Europe/Berlin --first 2026-12-01 --environment dev --path /a --overlap 1h --soak 2h --verify token --manual \
             --adopt --adopt-secret ocs1 --secret-stdin"
        );
    }
}
