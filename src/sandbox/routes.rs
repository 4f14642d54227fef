//! Okta's Management API, in the parts that rotation needs.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::oauth;
use super::org::{App, Inside, Org, Secret, secret_hash};
use super::refusal::Refusal;

/// What a request is about.
#[derive(Clone, Debug)]
pub struct Target {
    /// The operation's name in logs and faults.
    pub operation: &'static str,
    /// The app.
    pub app_id: Option<String>,
    /// The secret.
    pub secret_id: Option<String>,
}

impl Target {
    /// Finds out by method and path.
    pub fn of(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (operation, app, secret) = match (method.as_str(), parts.as_slice()) {
            ("GET", ["api", "v1", "apps"]) => ("apps", None, None),
            ("GET", ["api", "v1", "apps", app]) => ("app", Some(*app), None),
            ("GET", ["api", "v1", "apps", app, "credentials", "secrets"]) => ("list", Some(*app), None),
            ("POST", ["api", "v1", "apps", app, "credentials", "secrets"]) => ("create", Some(*app), None),
            ("GET", ["api", "v1", "apps", app, "credentials", "secrets", id]) => ("get", Some(*app), Some(*id)),
            ("DELETE", ["api", "v1", "apps", app, "credentials", "secrets", id]) => ("delete", Some(*app), Some(*id)),
            ("POST", ["api", "v1", "apps", app, "credentials", "secrets", id, "lifecycle", "activate"]) => {
                ("activate", Some(*app), Some(*id))
            }
            ("POST", ["api", "v1", "apps", app, "credentials", "secrets", id, "lifecycle", "deactivate"]) => {
                ("deactivate", Some(*app), Some(*id))
            }
            ("GET", ["api", "v1", "users", "me"]) => ("user", None, None),
            ("POST", ["oauth2", "v1", "introspect"]) => ("introspect", None, None),
            ("POST", ["oauth2", "v1", "token"]) => ("token", None, None),
            ("GET", [".well-known", "okta-organization"]) => ("org", None, None),
            (_, ["api", "v1", "apps", ..] | ["oauth2", "v1", "introspect" | "token"]) => ("method", None, None),
            _ => ("unknown", None, None),
        };
        Self { operation, app_id: app.map(str::to_owned), secret_id: secret.map(str::to_owned) }
    }
}

/// `POST …/secrets`; the body is optional.
#[derive(Default, Deserialize)]
struct CreateBody {
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    status: Status,
}

/// The two states of a secret. What a create makes that asks for `INACTIVE` is not confirmed.
#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    #[default]
    Active,
    Inactive,
}

/// Answers a call, and tells whether it changed the org. The line of a create in the log, `seq`, names what was made.
pub fn answer(org: &Org, parts: &Parts, target: &Target, body: &Bytes, seq: u64) -> (Response<Body>, bool) {
    let now = org.now();
    match target.operation {
        "introspect" => {
            return (oauth::introspect(org, parts, body).unwrap_or_else(IntoResponse::into_response), false);
        }
        "token" => return (oauth::token(org, parts, body).unwrap_or_else(IntoResponse::into_response), false),
        _ => {}
    }
    let mut inside = org.inside();
    match management(org, &mut inside, parts, target, body, now) {
        Ok(answered) => {
            if target.operation == "create" {
                let made = inside.app(target.app_id.as_deref().unwrap_or_default()).ok();
                let made = made.and_then(|app| app.secrets.last()).map(|secret| secret.id.clone());
                if let Some(line) = inside.log.iter_mut().rev().find(|line| line.seq == seq) {
                    line.secret_id = made;
                }
            }
            answered
        }
        Err(refusal) => (refusal.into_response(), false),
    }
}

fn management(
    org: &Org,
    inside: &mut Inside,
    parts: &Parts,
    target: &Target,
    body: &Bytes,
    now: DateTime<Utc>,
) -> Result<(Response<Body>, bool), Refusal> {
    let app_id = target.app_id.as_deref().unwrap_or_default();
    let secret_id = target.secret_id.as_deref().unwrap_or_default();
    if inside.role.forbidden_apps.contains(app_id) {
        let text = "You do not have permission to perform the requested action";
        return Err(Refusal::management(403, "E0000006", text));
    }
    let json = |value: Value| (axum::Json(value).into_response(), false);
    Ok(match target.operation {
        "org" => json(json!({"id": org.id, "pipeline": "idx", "_links": {"organization": {"href": org.origin}}})),
        "user" => json(json!({"id": "00u0000000000000sand", "status": "ACTIVE"})),
        "apps" => (list_apps(org, inside, parts), false),
        "app" => json(app_json(&org.id, inside.app(app_id)?)),
        "list" => {
            let secrets = inside.app(app_id)?.secrets.clone();
            json(secrets.iter().map(|secret| secret_json(org, inside, app_id, secret)).collect())
        }
        "get" => {
            let secret = inside.app(app_id)?.secret(secret_id)?.clone();
            json(secret_json(org, inside, app_id, &secret))
        }
        "create" => {
            let body: CreateBody = if body.is_empty() {
                CreateBody::default()
            } else {
                // serde would take a list for an object with its fields in order.
                Some(body)
                    .filter(|body| body.trim_ascii_start().starts_with(b"{"))
                    .and_then(|body| serde_json::from_slice(body).ok())
                    .ok_or_else(|| Refusal::management(400, "E0000003", "The request body was not well-formed."))?
            };
            let active = body.status == Status::Active;
            let secret = inside.create(app_id, body.client_secret, active, now)?;
            // A create shows the value whatever the role hides: the caller may have brought it.
            let mut shown = secret_json(org, inside, app_id, &secret);
            shown["client_secret"] = json!(secret.client_secret);
            ((StatusCode::CREATED, axum::Json(shown)).into_response(), true)
        }
        "activate" | "deactivate" => {
            let (secret, changed) = inside.switch(app_id, secret_id, target.operation == "activate", now)?;
            (axum::Json(secret_json(org, inside, app_id, &secret)).into_response(), changed)
        }
        "delete" => {
            inside.delete(app_id, secret_id)?;
            (StatusCode::NO_CONTENT.into_response(), true)
        }
        "method" => {
            let text = "The endpoint does not support the provided HTTP method";
            return Err(Refusal::management(405, "E0000022", text));
        }
        _ => return Err(Refusal::management(404, "E0000008", "The requested path was not found")),
    })
}

fn app_json(org_id: &str, app: &App) -> Value {
    if let Some(mut shown) = app.shown.clone() {
        for (name, value) in [("id", &app.id), ("label", &app.label), ("status", &app.status)] {
            shown[name] = json!(value);
        }
        return shown;
    }
    json!({
        "id": app.id,
        "orn": format!("orn:okta:idp:{org_id}:apps:oidc_client:{}", app.id),
        "name": "oidc_client",
        "label": app.label,
        "status": app.status,
        "created": instant(app.created),
        "lastUpdated": instant(app.created),
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {
            "autoKeyRotation": true,
            "client_id": app.client_id,
            "pkce_required": true,
            "token_endpoint_auth_method": app.token_endpoint_auth_method,
        }},
        "settings": {"oauthClient": {
            "application_type": app.application_type,
            "grant_types": app.grant_types(),
            "response_types": ["code"],
            "redirect_uris": app.redirect_uris(),
        }},
    })
}

fn secret_json(org: &Org, inside: &Inside, app_id: &str, secret: &Secret) -> Value {
    let href = format!("{}/api/v1/apps/{app_id}/credentials/secrets/{}", org.origin, secret.id);
    let post = |what: &str| json!({"href": format!("{href}/lifecycle/{what}"), "hints": {"allow": ["POST"]}});
    let links = if secret.active {
        json!({"deactivate": post("deactivate")})
    } else {
        json!({"activate": post("activate"), "delete": {"href": href, "hints": {"allow": ["DELETE"]}}})
    };
    let mut shown = json!({
        "id": secret.id,
        "created": instant(secret.created),
        "lastUpdated": instant(secret.last_updated),
        "status": if secret.active { "ACTIVE" } else { "INACTIVE" },
        "_links": links,
    });
    if !inside.role.hide_values {
        shown["client_secret"] = json!(secret.client_secret);
    }
    if !inside.role.hide_hashes {
        shown["secret_hash"] = json!(secret_hash(&secret.client_secret));
    }
    shown
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `GET /api/v1/apps`: `q` is a start of the name or label, `limit` at most 200 and 20 by default, `after` a cursor.
fn list_apps(org: &Org, inside: &Inside, parts: &Parts) -> Response<Body> {
    let query = parts.uri.query().unwrap_or_default();
    let asked: Vec<(String, String)> = pairs(query);
    let get = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let limit = get("limit").and_then(|limit| limit.parse::<usize>().ok()).unwrap_or(20).clamp(1, 200);
    let starts = get("q").unwrap_or_default().to_lowercase();
    let filter = get("filter").map(|filter| filter.replace('"', ""));
    let wanted = |app: &&App| {
        let named = app.label.to_lowercase().starts_with(&starts) || "oidc_client".starts_with(&starts);
        let (id, status) = (format!("id eq {}", app.id), format!("status eq {}", app.status));
        named
            && filter
                .as_ref()
                .is_none_or(|filter| *filter == id || *filter == status || filter == "name eq oidc_client")
    };
    let start = match get("after") {
        Some(after) => inside.apps.iter().position(|app| app.id == after).map_or(inside.apps.len(), |index| index + 1),
        None => 0,
    };
    let mut rest = inside.apps[start..].iter().filter(wanted);
    let page: Vec<&App> = rest.by_ref().take(limit).collect();
    let more = rest.next().is_some();
    let mut response = axum::Json(page.iter().map(|app| app_json(&org.id, app)).collect::<Vec<_>>()).into_response();
    let kept = asked.iter().filter(|(key, _)| !matches!(key.as_str(), "after" | "limit"));
    let mut link = |after: Option<&str>, relation: &str| {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(after.map(|after| ("after", after)))
            .append_pair("limit", &limit.to_string())
            .extend_pairs(kept.clone())
            .finish();
        let value = format!("<{}/api/v1/apps?{query}>; rel=\"{relation}\"", org.origin);
        // Okta sends one header line for each link.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(header::LINK, value);
        }
    };
    link(None, "self");
    if let Some(last) = page.last().filter(|_| more) {
        link(Some(&last.id), "next");
    }
    response
}

/// Decodes `a=b&c=d`.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
