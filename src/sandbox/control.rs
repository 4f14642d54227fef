//! The sandbox's own controls, under `/sandbox/`: looking inside, foreign hands, faults. Not part of Okta's API.

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use chrono::Duration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::faults::{Fault, Order};
use super::org::{Org, Secret};
use crate::jose::Jwk;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenBody {
    valid: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
struct RoleBody {
    hide_values: bool,
    hide_hashes: bool,
    forbidden_apps: Vec<String>,
}

/// Of the service app; what is absent stays.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct ServiceBody {
    requires_dpop: Option<bool>,
    api_wants_nonce: Option<bool>,
    has_role: Option<bool>,
    within_zone: Option<bool>,
    nonce: Option<String>,
    scopes: Option<Vec<String>>,
    /// Public keys by their `kid`, in place of those that are registered.
    keys: Option<std::collections::BTreeMap<String, Jwk>>,
    revoke_tokens: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LimitsBody {
    per_minute: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PropagationBody {
    refuse_seconds: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockBody {
    offset_seconds: i64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct AppPatch {
    status: Option<String>,
    token_endpoint_auth_method: Option<String>,
    deleted: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct ForeignBody {
    force: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SecretPatch {
    status: String,
}

/// A refused control request's answer is boxed: it is large, and rare.
type Answer = Result<Response<Body>, Box<Response<Body>>>;

/// Answers a control request.
pub async fn answer(org: &Arc<Org>, parts: &Parts, body: &Bytes) -> Response<Body> {
    let path: Vec<&str> = parts.uri.path().trim_matches('/').split('/').skip(1).collect();
    if (parts.method.as_str(), path.as_slice()) == ("GET", &["held"]) {
        return held(org, parts).await;
    }
    control(org, parts, &path, body).unwrap_or_else(|refused| *refused)
}

/// Reads a body; an unknown field is refused, so that a mistyped fault is noticed.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Box<Response<Body>>> {
    let bytes: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(bytes).map_err(|error| boxed((StatusCode::BAD_REQUEST, format!("{error}\n"))))
}

fn boxed(answer: impl IntoResponse) -> Box<Response<Body>> {
    Box::new(answer.into_response())
}

fn control(org: &Org, parts: &Parts, path: &[&str], body: &Bytes) -> Answer {
    let now = org.now();
    let mut inside = org.inside();
    let done = || Ok(axum::Json(json!({})).into_response());
    let missing = || boxed((StatusCode::NOT_FOUND, "no such thing in this sandbox\n"));
    match (parts.method.as_str(), path) {
        ("GET", ["state"]) => Ok(axum::Json(json!({"now": now, "orgId": org.id, "apps": inside.apps})).into_response()),
        ("GET", ["log"]) => {
            let query = parts.uri.query().unwrap_or_default();
            let since = query.strip_prefix("since=").and_then(|since| since.parse::<u64>().ok()).unwrap_or(0);
            let lines: Vec<_> = inside.log.iter().filter(|line| line.seq > since).collect();
            Ok(axum::Json(json!({ "log": lines })).into_response())
        }
        ("POST", ["faults"]) => {
            let order: Order = read(body)?;
            let id = inside.number();
            inside.faults.push(Fault { id, order });
            Ok(axum::Json(json!({ "id": id })).into_response())
        }
        ("DELETE", ["faults"]) => {
            inside.faults.clear();
            done()
        }
        ("DELETE", ["held", id]) => {
            let id: u64 = id.parse().map_err(|_| missing())?;
            inside.parked.retain(|held| held.id != id);
            org.held.notify_waiters();
            done()
        }
        ("POST", ["token"]) => {
            inside.token_valid = read::<TokenBody>(body)?.valid;
            done()
        }
        ("POST", ["role"]) => {
            let role: RoleBody = read(body)?;
            inside.role.hide_values = role.hide_values;
            inside.role.hide_hashes = role.hide_hashes;
            inside.role.forbidden_apps = role.forbidden_apps.into_iter().collect();
            done()
        }
        ("POST", ["service"]) => {
            let change: ServiceBody = read(body)?;
            let service = &mut inside.service;
            service.requires_dpop = change.requires_dpop.unwrap_or(service.requires_dpop);
            service.api_wants_nonce = change.api_wants_nonce.unwrap_or(service.api_wants_nonce);
            service.has_role = change.has_role.unwrap_or(service.has_role);
            service.within_zone = change.within_zone.unwrap_or(service.within_zone);
            service.nonce = change.nonce.unwrap_or(std::mem::take(&mut service.nonce));
            service.scopes = change.scopes.unwrap_or(std::mem::take(&mut service.scopes));
            if let Some(keys) = change.keys {
                service.keys = keys.into_iter().collect();
            }
            if change.revoke_tokens {
                service.tokens.clear();
            }
            done()
        }
        ("POST", ["limits"]) => {
            inside.limits.per_minute = read::<LimitsBody>(body)?.per_minute;
            done()
        }
        ("POST", ["introspection"]) => {
            inside.propagation = Duration::seconds(read::<PropagationBody>(body)?.refuse_seconds);
            done()
        }
        ("POST", ["clock"]) => {
            inside.date_offset = Duration::seconds(read::<ClockBody>(body)?.offset_seconds);
            done()
        }
        ("PATCH", ["apps", id]) => {
            let change: AppPatch = read(body)?;
            let app = inside.app(id).map_err(boxed)?;
            if let Some(status) = change.status {
                app.status = status;
            }
            if let Some(method) = change.token_endpoint_auth_method {
                // Switching to a key deletes the secrets (Okta's guide on service apps).
                if matches!(method.as_str(), "private_key_jwt" | "none") {
                    app.secrets.clear();
                }
                app.token_endpoint_auth_method = method;
            }
            if change.deleted {
                inside.apps.retain(|app| app.id != *id);
            }
            done()
        }
        ("POST", ["apps", id, "secrets"]) => {
            let body: ForeignBody = read(body)?;
            let (ocs, value) = (format!("ocs{}", inside.dice.alphanumeric(17)), inside.dice.text(64));
            let app = inside.app(id).map_err(boxed)?;
            if app.secrets.len() >= 2 && !body.force {
                return Err(boxed((StatusCode::CONFLICT, "two secrets already\n")));
            }
            app.secrets.push(Secret {
                id: ocs.clone(),
                client_secret: value,
                active: true,
                created: now,
                last_updated: now,
                foreign: true,
            });
            Ok(axum::Json(json!({ "id": ocs })).into_response())
        }
        ("PATCH", ["apps", id, "secrets", secret]) => {
            let status = read::<SecretPatch>(body)?.status;
            let app = inside.app(id).map_err(boxed)?;
            if status == "DELETED" {
                app.secrets.retain(|known| known.id != *secret);
            } else {
                let known = app.secret(secret).map_err(boxed)?;
                known.active = status == "ACTIVE";
                known.last_updated = now;
            }
            done()
        }
        _ => Err(missing()),
    }
}

/// The parked requests; with `?wait=1` not before there is one.
async fn held(org: &Arc<Org>, parts: &Parts) -> Response<Body> {
    let wait = parts.uri.query() == Some("wait=1");
    loop {
        let notified = org.held.notified();
        let parked = org.inside().parked.clone();
        if !wait || !parked.is_empty() {
            return axum::Json(json!({ "held": parked })).into_response();
        }
        notified.await;
    }
}
