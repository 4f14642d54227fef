//! Rows as the API has them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{ODD, at};
use crate::core::secret::Credential;
use crate::engine::request::{ConfigBody, TargetBody};

pub fn target() -> Value {
    json!({"id": Uuid::from_u128(9), "name": "file", "rotationId": Uuid::from_u128(2), "rotationName": "payments",
        "destination": "file", "place": "/run/pay/okta.env",
        "destinationConfig": {"kind": "file", "path": "/run/pay/okta.env", "format": "dotenv", "group": "pay", "mode": 0o640},
        "keys": {"A": "clientId", "B": "clientSecret"}, "gates": true, "settleSeconds": 0, "drift": "restore",
        "after": ["systemctl", "restart", "pay"], "stands": "behind", "syncStatus": "failed", "confirmedVersion": 6,
        "lastSyncedAt": at(0), "remoteVersion": "3", "found": {"is": "behind", "version": 6}, "lookedAt": at(1),
        "fault": null, "since": at(1), "tries": 2, "nextTryAt": at(5), "createdAt": at(0)})
}

pub fn target_plan() -> Value {
    json!({"rotation": "payments", "target": "file", "destination": "file", "place": "/run/pay/okta.env",
        "found": {"is": "foreign", "keys": [""]}, "version": 7, "writes": [""], "removes": ["OLD_NAME"], "after": ["true"], "gates": true,
        "fault": null, "seen": "0a1b2c"})
}

pub fn consumer() -> Value {
    json!({"consumer": ODD, "claimed": false, "uid": 1000, "user": "pay", "unit": "pay@.service", "parent": "run.sh",
        "version": 6, "firstFetchedAt": at(0), "lastFetchedAt": at(3), "fetches": 4, "stands": "missing"})
}

pub fn connection() -> Value {
    json!({"id": Uuid::from_u128(1), "name": "acme", "description": "", "app": "okta", "method": "api-token",
        "credentials": {"instanceUrl": "https://acme.okta.com"}, "status": "ok", "rotations": 1,
        "createdAt": at(0), "updatedAt": at(0), "version": 1})
}

pub fn rotation() -> Value {
    json!({"id": Uuid::from_u128(2), "name": "payments", "description": "d", "type": "okta-client-secret",
        "connectionId": Uuid::from_u128(1),
        "connection": {"app": "okta", "name": "acme", "id": Uuid::from_u128(1)},
        "environment": {"slug": "prod"}, "secretPath": "/", "projectId": "", "folder": {"path": "/"},
        "isAutoRotationEnabled": true, "rotationInterval": 30,
        "rotateAt": {"hours": 2, "minutes": 30, "timeZone": "Europe/Berlin"},
        "rotateAtUtc": {"hours": 0, "minutes": 30},
        "secretsMapping": {"clientId": "A", "clientSecret": "B"},
        "parameters": {"clientId": "0oa1", "appId": "0oa1", "appLabel": "Payments"},
        "activeIndex": 0, "rotationStatus": "success", "state": "OK", "phase": "idle",
        "isLastRotationManual": false, "nextRotationAt": at(600), "overlapSeconds": 1, "soakSeconds": 2,
        "retireUnread": false, "createdAt": at(0), "updatedAt": at(0), "version": 1})
}

pub fn secret() -> Value {
    json!({"name": "B", "environment": "prod", "path": "/", "version": 2, "createdAt": at(0), "value": "s3cr3t \"é\n"})
}

pub fn entry() -> Value {
    json!({"id": Uuid::from_u128(3), "rotationId": Uuid::from_u128(2), "rotationName": "payments",
        "connectionId": Uuid::from_u128(1), "appId": "0oa1", "trigger": "manual",
        "actor": {"user": "jo", "loginUser": null, "via": "cli"}, "startedAt": at(0), "outcome": "running",
        "message": "", "steps": []})
}

pub fn engine() -> Value {
    json!({"version": "0.1.0", "pid": 1, "user": "jo", "host": "bastion", "role": "serve", "startedAt": at(0),
        "now": at(5), "schedules": true, "connections": 1, "rotations": 1,
        "credentialSocket": "/run/windlass/credentials.sock"})
}

pub fn view() -> Value {
    json!({"engine": engine(), "appConnections": [connection()], "secretRotations": [rotation()]})
}

/// The body of a target, with all its fields set.
pub fn target_body() -> TargetBody {
    TargetBody {
        rotation: "payments".into(),
        name: Some("file".into()),
        destination: "file".into(),
        connection_id: Some("bao".into()),
        destination_config: ConfigBody {
            path: Some("/run/pay/okta.env".into()),
            format: Some("template".into()),
            template: Some("{{ clientSecret }}".into()),
            owner: Some("pay".into()),
            group: Some("pay".into()),
            mode: Some("0640".into()),
            in_place: Some(true),
            mount: Some("secret".into()),
            namespace: Some("pay".into()),
            name: Some("okta".into()),
            project: Some("7b0c".into()),
            environment: Some("prod".into()),
            restart: Some(vec!["deployment/pay".into(), ODD.into()]),
            unit: Some("pay@*.service".into()),
            secret_name: Some("apps/pay".into()),
            plain: Some(true),
            kms_key_id: Some("alias/pay".into()),
            argv: Some(vec!["deliver".into(), ODD.into()]),
        },
        keys: Some([("A".to_owned(), Credential::ClientSecret)].into()),
        gates: Some(false),
        settle_seconds: Some(3600),
        drift: Some("attend".into()),
        after: Some(vec!["systemctl".into(), "restart".into(), "pay".into()]),
        dry_run: true,
    }
}
