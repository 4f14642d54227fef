//! Rows for the tests, as the API would send them.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

pub mod org;

use crate::core::cause::TargetCause;
use crate::core::fault::{self, Fault};
use crate::core::remedy::OnTarget;
use crate::engine::view::{ConnectionView, RotationView, View};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Msg};
use crate::tui::session::Preferences;
use crate::tui::theme::Looks;
use crate::tui::update::update;

/// The instant at which the tests are.
pub fn now() -> DateTime<Utc> {
    "2026-11-23T20:15:00Z".parse().expect("valid")
}

/// An id that is known by its number.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(hours: i64) -> Value {
    json!(now() + Duration::hours(hours))
}

/// A rotation that is well: made `age` days ago, due in so many hours.
pub fn rotation(number: u128, name: &str, label: &str, state: &str, due: i64, age: i64) -> RotationView {
    let value = json!({
        "id": id(number), "name": name, "description": "", "type": "okta-client-secret",
        "connectionId": id(1000), "connection": {"app": "okta", "name": "okta-prod", "id": id(1000)},
        "environment": {"slug": "prod"}, "secretPath": "/", "projectId": "", "folder": {"path": "/"},
        "isAutoRotationEnabled": true, "pausedUntil": null, "rotationInterval": 30,
        "rotateAt": {"hours": 2, "minutes": 15, "timeZone": "Europe/Berlin"},
        "rotateAtUtc": {"hours": 1, "minutes": 15},
        "secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"},
        "parameters": {"clientId": format!("0oac{number}"), "appId": format!("0oaa{number}"), "appLabel": label},
        "activeIndex": 0, "rotationStatus": "success", "state": state, "phase": "idle",
        "attention": null, "fault": null, "nextTryAt": null,
        "lastRotatedAt": at(-24 * age), "lastRotationAttemptedAt": at(-24 * age),
        "lastRotationMessage": "published", "isLastRotationManual": false, "nextRotationAt": at(due),
        "overlapSeconds": 604_800, "soakSeconds": 86_400, "retireUnread": false,
        "current": {"secretId": format!("ocs{number}"), "createdAt": at(-24 * age), "fetchedAt": at(-2), "version": 7},
        "previous": null, "createdAt": at(-9000), "updatedAt": at(-9000), "version": 3,
    });
    serde_json::from_value(value).expect("a row")
}

/// The same with some fields as they are given.
pub fn with(row: &RotationView, fields: Value) -> RotationView {
    let mut value = serde_json::to_value(row).expect("a row");
    let Value::Object(fields) = fields else { panic!("fields") };
    value.as_object_mut().expect("an object").extend(fields);
    serde_json::from_value(value).expect("a row")
}

/// The same with three consumers, one of which is missing.
pub fn with_one_missing(row: &RotationView) -> RotationView {
    let missing = json!({"consumer": "payroll.service", "claimed": false, "uid": 1000, "user": "pay", "version": 6,
        "firstFetchedAt": at(-100), "lastFetchedAt": at(-24), "fetches": 4, "stands": "missing"});
    with(row, json!({"consumers": {"have": 2, "of": 3, "reached": false, "missing": [missing]}}))
}

/// The same with three targets: one has the current secret, one fails, and in the way of one stands another's value.
pub fn with_targets(row: &RotationView) -> RotationView {
    let target = |number: u128, name: &str, place: &str, fields: Value| {
        let mut value = json!({
            "id": id(number), "name": name, "rotationId": row.id, "rotationName": row.name,
            "destination": "file", "place": place,
            "destinationConfig": {"kind": "file", "path": place, "format": "dotenv"},
            "keys": {"OKTA_CLIENT_ID": "clientId", "OKTA_CLIENT_SECRET": "clientSecret"},
            "gates": true, "settleSeconds": 0, "drift": "restore", "after": [], "stands": "confirmed",
            "syncStatus": "succeeded", "confirmedVersion": 7, "lastSyncedAt": at(-4), "remoteVersion": null,
            "found": {"is": "current", "tidy": true}, "lookedAt": at(-1), "fault": null, "since": null, "tries": 0,
            "nextTryAt": null, "createdAt": at(-9000),
        });
        let Value::Object(fields) = fields else { panic!("fields") };
        value.as_object_mut().expect("an object").extend(fields);
        value
    };
    let place = "/etc/pay/okta.json";
    let foreign = TargetCause::Foreign { place: format!("file {place}"), keys: vec!["OKTA_CLIENT_SECRET".into()] };
    let foreign = Fault::precondition(foreign).and(OnTarget::Adopt { target: "json".into() });
    let push = "/usr/local/bin/push-to-lb";
    let ended = TargetCause::Command { program: push.into(), why: "ended with exit status: 1".into() };
    let ended = Fault::new(fault::Code::Unreachable, ended).and(OnTarget::FixCommand);
    let list = [
        target(
            51,
            "env",
            "/run/pay/okta.env",
            json!({"after": ["systemctl", "restart", "pay"], "settleSeconds": 3600}),
        ),
        target(
            52,
            "balancer",
            push,
            json!({
                "destination": "command", "destinationConfig": {"kind": "command", "argv": [push]}, "stands": "behind",
                "syncStatus": "failed", "confirmedVersion": 6, "fault": ended, "since": at(-3), "tries": 4,
                "nextTryAt": now() + Duration::minutes(12), "found": {"is": "unknown"}, "gates": false,
            }),
        ),
        target(
            53,
            "json",
            place,
            json!({
                "stands": "attention", "syncStatus": "failed", "confirmedVersion": null, "lastSyncedAt": null,
                "fault": foreign, "since": at(-2), "tries": 1,
                "found": {"is": "foreign", "keys": ["OKTA_CLIENT_SECRET"]},
            }),
        ),
    ];
    with(row, json!({"targets": {"total": 3, "confirmed": 1, "behind": 1, "attention": 1, "list": list}}))
}

/// A connection; refused where there is a fault.
pub fn connection(number: u128, name: &str, fault: Option<&str>) -> ConnectionView {
    let fault = fault.map(|message| {
        json!({"code": "tokenRefused", "message": message, "hint": "make a new token and give it to the connection",
               "httpStatus": 401, "oktaCode": "E0000011", "requestId": "req-1", "retryAt": null})
    });
    let refused = fault.is_some();
    let value = json!({
        "id": id(number), "name": name, "description": "", "app": "okta", "method": "api-token",
        "credentials": {"instanceUrl": "https://acme.okta.com"},
        "status": if refused { "refused" } else { "ok" }, "fault": fault,
        "refusedSince": refused.then(|| at(-1)), "nextProbeAt": refused.then(|| now() + Duration::minutes(8)),
        "lastOkAt": at(-1), "rotations": 6, "createdAt": at(-9000), "updatedAt": at(-9000), "version": 1,
    });
    serde_json::from_value(value).expect("a row")
}

/// The engine's whole view with these rows.
pub fn view_of(rotations: Vec<RotationView>, connections: Vec<ConnectionView>) -> Box<View> {
    let engine = json!({
        "version": "0.1.0", "pid": 812, "user": "mira", "host": "bastion-eu1", "role": "serve", "startedAt": at(-5),
        "now": at(0), "schedules": true, "trouble": null, "connections": connections.len(), "rotations": rotations.len(),
        "credentialSocket": "/run/windlass/credentials.sock",
    });
    Box::new(View {
        engine: serde_json::from_value(engine).expect("an engine"),
        app_connections: connections,
        secret_rotations: rotations,
    })
}

/// One rotation in each state, as on the drawing of the main screen.
pub fn rows() -> Vec<RotationView> {
    let previous = |hours: i64, held: Value| {
        let goes = |hours: i64| held.is_null().then(|| at(hours));
        json!({"previous": {"secretId": "ocsold", "status": "ACTIVE", "deactivateAt": at(hours), "deleteAt": null,
            "heldBy": held, "goesOffAt": goes(hours), "goneAt": goes(hours + 24)}})
    };
    let off = json!({"previous": {"secretId": "ocsold", "status": "INACTIVE", "deactivateAt": at(-4), "deleteAt": at(20),
        "heldBy": null, "goneAt": at(20)}});
    let attention = json!({"attention": {
        "cause": "the new secret does not authenticate", "next": "check the app at Okta, then press R", "since": at(-3)}});
    vec![
        with(
            &with(&rotation(1, "billing-api", "Billing API", "ATTENTION", -3, 31), attention),
            previous(70, json!(null)),
        ),
        rotation(2, "checkout-web", "Checkout Web", "WAITING", -1, 29),
        rotation(3, "hr-sync", "HR Sync", "DUE", 5, 29),
        with(&rotation(4, "idp-admin", "IdP Admin", "OK", 12 * 24, 18), off),
        with(&rotation(5, "mobile-bff", "Mobile BFF", "OK", 26 * 24, 4), previous(72, json!(null))),
        with(
            &with(&rotation(6, "legacy-erp", "Legacy ERP 東京 🚀", "PAUSED", 0, 203), previous(0, json!("paused"))),
            json!({"isAutoRotationEnabled": false, "nextRotationAt": null}),
        ),
    ]
}

/// A model that is attached to an engine with the rows above, one of its connections refused.
pub fn model(columns: u16, lines: u16) -> Model {
    let zone = "Europe/Berlin".parse().expect("known");
    let mut model = Model::new(now(), Preferences::of(zone), (columns, lines));
    model.themes = (&Looks { config: "~/config.toml".into(), ..Looks::default() }).into();
    let connections = vec![connection(1000, "okta-prod", Some("token refused"))];
    let view = view_of(rows(), connections);
    send(&mut model, Msg::Linked { own: false, notes: Vec::new(), view });
    model.settle();
    model
}

/// Gives a model a message, and shows all of what comes of it.
pub fn send(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let effects = update(model, msg, now());
    model.settle();
    model.saw(true);
    effects
}

/// Presses a key for each character; `⏎` is Enter, `⎋` Esc, `⇥` Tab, `⌫` Backspace.
pub fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    for c in keys.chars() {
        let key = match c {
            '⏎' => Key::of(Code::Enter),
            '⎋' => Key::of(Code::Esc),
            '⇥' => Key::of(Code::Tab),
            '→' => Key::of(Code::Right),
            '↓' => Key::of(Code::Down),
            '⇤' => Key::of(Code::BackTab),
            '⌫' => Key::of(Code::Backspace),
            c => Key::char(c),
        };
        effects.extend(send(model, Msg::Key(key)));
    }
    effects
}
