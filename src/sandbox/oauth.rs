//! The org's OAuth endpoints, as far as they tell whether a client's secret works (Okta note, §5).

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;

use super::org::Org;
use super::refusal::Refusal;
use super::routes::pairs;

const GENERIC: &str = "Client authentication failed. Either the client or the client credentials are invalid.";
const WRONG: &str = "The client secret supplied for a confidential client is invalid.";

/// `POST /oauth2/v1/introspect`: 200 for a client that authenticates, whatever the token.
pub fn introspect(org: &Org, parts: &Parts, body: &Bytes) -> Result<Response<Body>, Refusal> {
    let form = form(body);
    authenticate(org, parts, &form)?;
    if !form.iter().any(|(key, value)| key == "token" && !value.is_empty()) {
        return Err(Refusal::oauth(400, "invalid_request", "The `token` parameter is required."));
    }
    Ok(axum::Json(json!({"active": false})).into_response())
}

/// `POST /oauth2/v1/token`: no grant succeeds; a bad code of an authenticated client is told from a bad client.
pub fn token(org: &Org, parts: &Parts, body: &Bytes) -> Result<Response<Body>, Refusal> {
    let form = form(body);
    authenticate(org, parts, &form)?;
    match form.iter().find(|(key, _)| key == "grant_type").map(|(_, value)| value.as_str()) {
        Some("authorization_code") => {
            Err(Refusal::oauth(400, "invalid_grant", "The authorization code is invalid or has expired."))
        }
        Some("client_credentials") => Err(Refusal::oauth(
            401,
            "invalid_client",
            "Client Credentials requests to the Org Authorization Server must use the private_key_jwt \
             token_endpoint_auth_method.",
        )),
        _ => Err(Refusal::oauth(400, "unsupported_grant_type", "The grant type in the request isn't supported.")),
    }
}

fn form(body: &Bytes) -> Vec<(String, String)> {
    pairs(&String::from_utf8_lossy(body))
}

/// Authenticates a client by its own configured method, and by no other.
fn authenticate(org: &Org, parts: &Parts, form: &[(String, String)]) -> Result<(), Refusal> {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let basic = parts
        .headers
        .get("authorization")
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|encoded| String::from_utf8(STANDARD.decode(encoded).ok()?).ok())
        .and_then(|pair| pair.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned())));
    let post = field("client_id").zip(field("client_secret"));
    let (method, (id, given)) = match (basic, post) {
        (Some(_), Some(_)) => {
            let text = "Can't supply multiple client credentials. Use one of the following: credentials in the \
                        Authorization header, credentials in the post body, or a `client_assertion` in the post body.";
            return Err(Refusal::oauth(400, "invalid_request", text));
        }
        (Some(pair), None) => ("client_secret_basic", pair),
        (None, Some(pair)) => ("client_secret_post", pair),
        (None, None) => return Err(Refusal::oauth(401, "invalid_client", "No client credentials found")),
    };
    let now = org.now();
    let inside = org.inside();
    let Some(app) = inside.apps.iter().find(|app| app.client_id == id) else {
        // An unknown client is told in the other envelope.
        return Err(Refusal::management(401, "invalid_client", "Invalid value for 'client_id' parameter."));
    };
    // What an INACTIVE app's client is told is not confirmed.
    if app.status != "ACTIVE" || app.token_endpoint_auth_method != method {
        return Err(Refusal::oauth(401, "invalid_client", GENERIC));
    }
    let known = app.secrets.iter().find(|secret| secret.active && secret.client_secret == given);
    match known {
        Some(secret) if now - secret.created >= inside.propagation => Ok(()),
        _ => Err(Refusal::oauth(401, "invalid_client", WRONG)),
    }
}
