//! The org's OAuth endpoints, as far as they tell whether a client's secret works (Okta note, §5).

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;

use super::assertion::Assertion;
use super::org::{Org, Secret};
use super::refusal::Refusal;
use super::routes::pairs;
use super::service;
use crate::jose::claims::ASSERTION_TYPE;

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

/// `POST /oauth2/v1/token`: no grant but the service app's succeeds; a bad code of an authenticated client is told
/// apart from a bad client.
///
/// That the client is looked at before its grant is not confirmed, nor what is said of a code that is missing.
pub fn token(org: &Org, parts: &Parts, body: &Bytes) -> Result<Response<Body>, Refusal> {
    let form = form(body);
    if let Ok(Credentials::Assertion(assertion)) = Credentials::read(parts, &form) {
        let inside = &mut *org.inside();
        if assertion.token.claims.iss == inside.service.client_id {
            return service::grant(org, inside, parts, &assertion, &form);
        }
    }
    let grants = authenticate(org, parts, &form)?;
    let given = |name: &str| form.iter().any(|(key, value)| key == name && !value.is_empty());
    match form.iter().find(|(key, _)| key == "grant_type").map(|(_, value)| value.as_str()) {
        Some("authorization_code") if !grants.contains(&"authorization_code") => {
            let text = format!(
                "The client is not authorized to use the provided grant type. Configured grant types: [{}].",
                grants.join(", ")
            );
            Err(Refusal::oauth(400, "unauthorized_client", text))
        }
        Some("authorization_code") if !given("code") || !given("redirect_uri") => {
            Err(Refusal::oauth(400, "invalid_request", "The token request must have a 'code' and a 'redirect_uri'."))
        }
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

/// How a client says who it is.
enum Credentials {
    Basic(String, String),
    Post(String, String),
    Assertion(Box<Assertion>),
}

impl Credentials {
    fn read(parts: &Parts, form: &[(String, String)]) -> Result<Self, Refusal> {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let basic = parts
            .headers
            .get("authorization")
            .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
            .and_then(|encoded| String::from_utf8(STANDARD.decode(encoded).ok()?).ok())
            .and_then(|pair| pair.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned())));
        let post = field("client_id").zip(field("client_secret"));
        let assertion =
            field("client_assertion").filter(|_| field("client_assertion_type").as_deref() == Some(ASSERTION_TYPE));
        match (basic, post, assertion) {
            (Some((id, secret)), None, None) => Ok(Self::Basic(id, secret)),
            (None, Some((id, secret)), None) => Ok(Self::Post(id, secret)),
            (None, None, Some(text)) => Assertion::read(&text).map(|read| Self::Assertion(Box::new(read))),
            (None, None, None) => Err(Refusal::oauth(401, "invalid_client", "No client credentials found")),
            _ => {
                let text = "Can't supply multiple client credentials. Use one of the following: credentials in the \
                            Authorization header, credentials in the post body, or a `client_assertion` in the post body.";
                Err(Refusal::oauth(400, "invalid_request", text))
            }
        }
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Basic(..) => "client_secret_basic",
            Self::Post(..) => "client_secret_post",
            Self::Assertion(_) => "client_secret_jwt",
        }
    }

    fn client_id(&self) -> &str {
        match self {
            Self::Basic(id, _) | Self::Post(id, _) => id,
            Self::Assertion(assertion) => &assertion.token.claims.iss,
        }
    }
}

/// Authenticates a client by its own configured method, and by no other. Its grants are what it gets.
fn authenticate(org: &Org, parts: &Parts, form: &[(String, String)]) -> Result<Vec<&'static str>, Refusal> {
    let credentials = Credentials::read(parts, form)?;
    let refuse = |text: &str| Err(Refusal::oauth(401, "invalid_client", text));
    let now = org.now();
    let inside = &mut *org.inside();
    let Some(app) = inside.apps.iter().find(|app| app.client_id == credentials.client_id()) else {
        return match credentials {
            Credentials::Assertion(_) => refuse("The issuer claim for client_assertion is not a valid client_id."),
            // An unknown client is answered in the other envelope.
            _ => Err(Refusal::management(401, "invalid_client", "Invalid value for 'client_id' parameter.")),
        };
    };
    // What an INACTIVE app's client is answered is not confirmed.
    if app.status != "ACTIVE" || app.token_endpoint_auth_method != credentials.method() {
        return refuse(GENERIC);
    }
    let usable = |secret: &&Secret| secret.active && now - secret.created >= inside.propagation;
    let mut secrets = app.secrets.iter().filter(usable).map(|secret| secret.client_secret.as_str());
    match &credentials {
        Credentials::Basic(_, given) | Credentials::Post(_, given) => {
            if !secrets.any(|secret| secret == given) {
                return refuse(WRONG);
            }
        }
        Credentials::Assertion(assertion) => {
            assertion.by_secret()?;
            let Some(secret) = secrets.find(|secret| assertion.token.signed_with(secret)) else {
                return refuse("The client_assertion signature is invalid.");
            };
            if secret.len() < 32 {
                return refuse("The client secret is too short to verify a JWT HMAC.");
            }
            let endpoint = format!("{}{}", org.origin, parts.uri.path());
            assertion.spend(&endpoint, now + inside.date_offset, &mut inside.used_assertions)?;
        }
    }
    Ok(app.grant_types())
}
