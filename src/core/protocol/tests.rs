//! The machine against a small deterministic Okta: [`model`] is the other side, [`world`] executes effects and keeps a
//! disk, [`scenario`] plays the files of `scenarios/`, [`cases`] and its neighbours are what needs more than data, and
//! [`explorer`] looks for what no one thought of.

mod adopting;
mod cases;
mod drift;
mod explorer;
mod forecasting;
mod foreign;
mod host;
mod identity;
mod judge;
mod leaving;
mod model;
mod operations;
mod people;
mod retirement;
mod rollback;
mod scenario;
mod ways;
mod world;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use super::call::{Call, Holds, SeenApp};
use crate::core::history::{Actor, Via};
use crate::core::rotation::{App, AuthMethod, Leaving, Mapping, Rotation, Verify};
use crate::core::schedule::Schedule;
use crate::core::secret::SecretValue;

/// Half past nine in the morning of the first day.
fn start() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2026, 3, 2).and_then(|day| day.and_hms_opt(9, 30, 0)).expect("a date").and_utc()
}

fn days(count: i64) -> Duration {
    Duration::days(count)
}

/// A rotation that has never run: every 30 days at 03:00 UTC, a week of overlap, a day of soak.
fn blank() -> Rotation {
    let app = app();
    Rotation {
        id: Uuid::from_u128(1),
        name: "payments".parse().expect("a slug"),
        description: "".parse().expect("free text"),
        connection_id: Uuid::from_u128(2),
        app: App {
            id: app.id,
            label: app.label,
            client_id: app.client_id,
            client_id_hidden: false,
            auth_method: app.auth_method,
            redirect_uri: app.redirect_uri,
        },
        environment: "prod".parse().expect("a slug"),
        path: "/".parse().expect("a path"),
        mapping: Mapping {
            client_id: "OKTA_CLIENT_ID".parse().expect("a name"),
            client_secret: "OKTA_CLIENT_SECRET".parse().expect("a name"),
        },
        schedule: Schedule {
            interval_days: 30,
            at: NaiveTime::from_hms_opt(3, 0, 0).expect("a time"),
            zone: chrono_tz::UTC,
            anchor: start().date_naive(),
            skipped: 0,
        },
        auto: true,
        paused_until: None,
        pause: None,
        overlap: 7 * 86_400,
        soak: 86_400,
        retire_unread: false,
        verify: Verify::Introspect,
        secrets: Vec::new(),
        current: None,
        previous: None,
        operation: None,
        attention: None,
        last: None,
        last_rotated_at: None,
        targets: Vec::new(),
        leaving: None,
        created_at: start(),
        updated_at: start(),
        version: 1,
    }
}

fn app() -> SeenApp {
    SeenApp {
        id: "0oaPayments".into(),
        label: "Payments".into(),
        client_id: "client-payments".into(),
        client_id_hidden: false,
        auth_method: AuthMethod::ClientSecretBasic,
        method_name: "client_secret_basic".into(),
        sign_on: "OPENID_CONNECT".into(),
        holds: Holds::Secrets,
        status: "ACTIVE".into(),
        redirect_uri: Some("https://payments.example/callback".into()),
    }
}

fn operator() -> Actor {
    Actor { user: "ana".into(), login_user: None, sudo_user: None, via: Via::Cli }
}

fn leaving(revoke: bool) -> Leaving {
    Leaving { since: start(), actor: operator(), revoke, kept_until: None }
}

/// A value like those that are drawn; the number tells them apart.
fn value(number: u32) -> SecretValue {
    SecretValue::new(format!("{number:064}"))
}

/// Which secret a call is about.
fn target(call: &Call) -> Option<&str> {
    match call {
        Call::Activate { secret_id, .. } | Call::Deactivate { secret_id, .. } | Call::Delete { secret_id, .. } => {
            Some(secret_id)
        }
        Call::App { .. } | Call::Secrets { .. } | Call::Create { .. } | Call::Authenticate { .. } => None,
    }
}
