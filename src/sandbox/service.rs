//! The org's API service app: it gets access tokens for assertions that a registered key signed, and calls the API with
//! them (Okta note, §3).

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, header};
use axum::response::IntoResponse;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::assertion::Assertion;
use super::org::{Inside, Org};
use super::proof::{self, Wanted};
use super::refusal::Refusal;
use crate::core::connection::Algorithm;
use crate::jose::Jwk;

/// Okta's tokens last an hour, always.
const LASTS: i64 = 3_600;

/// The service app.
#[derive(Clone, Debug)]
pub struct ServiceApp {
    /// Its client id.
    pub client_id: String,
    /// `kid` and public key, as registered.
    pub keys: Vec<(String, Jwk)>,
    /// Whether it "requires Demonstrating Proof of Possession".
    pub requires_dpop: bool,
    /// The scopes that it was granted.
    pub scopes: Vec<String>,
    /// Whether it was given an admin role.
    pub has_role: bool,
    /// Whether it may be used from where its callers are.
    pub within_zone: bool,
    /// The nonce that its proofs must have; see `api_wants_nonce`.
    pub nonce: String,
    /// Whether the API asks for the nonce as well: "isn't currently required" (Okta's guide on DPoP).
    pub api_wants_nonce: bool,
    /// How long its tokens last, in seconds.
    pub lasts: i64,
    /// Its access tokens.
    pub tokens: Vec<AccessToken>,
    /// Ids of proofs that were taken.
    pub used_proofs: Vec<(String, DateTime<Utc>)>,
}

/// An access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// Its value.
    pub value: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// The thumbprint of the key that it is bound to.
    pub bound: Option<String>,
    /// Its end.
    pub until: DateTime<Utc>,
}

impl ServiceApp {
    /// One with no key yet, and both scopes.
    pub fn new(client_id: String) -> Self {
        Self {
            client_id,
            keys: Vec::new(),
            requires_dpop: false,
            scopes: vec!["okta.apps.read".into(), "okta.apps.manage".into()],
            has_role: true,
            within_zone: true,
            nonce: "sandbox-nonce-1".into(),
            api_wants_nonce: false,
            lasts: LASTS,
            tokens: Vec::new(),
            used_proofs: Vec::new(),
        }
    }

    /// Registers a public key, in place of one with its id.
    pub fn register(&mut self, kid: &str, public: Jwk) {
        self.keys.retain(|(known, _)| known != kid);
        self.keys.push((kid.to_owned(), public));
    }

    /// The registered key of an assertion.
    fn key(&self, kid: Option<&str>) -> Result<&Jwk, Refusal> {
        let invalid = |text: &str| Refusal::oauth(401, "invalid_client", text);
        match (kid, self.keys.as_slice()) {
            (_, []) => {
                Err(invalid("The client does not have a JWKSet configured, but the client_assertion requires one."))
            }
            (None, [(_, only)]) => Ok(only),
            (kid, keys) => keys
                .iter()
                .find(|(known, _)| Some(known.as_str()) == kid)
                .map(|(_, key)| key)
                .ok_or_else(|| invalid("The client_assertion JWT kid is invalid.")),
        }
    }
}

/// `client_credentials` at the token endpoint. The assertion is used up whatever comes of the rest: Okta's recorded
/// exchanges have a new one for each try.
pub fn grant(
    org: &Org,
    inside: &mut Inside,
    parts: &Parts,
    assertion: &Assertion,
    form: &[(String, String)],
) -> Result<Response<Body>, Refusal> {
    let now = org.now() + inside.date_offset;
    let key = inside.service.key(assertion.token.header.kid.as_deref())?.clone();
    if key.algorithm().map(Algorithm::as_str) != Some(&assertion.token.header.alg) {
        return Err(Refusal::oauth(401, "invalid_client", "The client_assertion JWT signature algorithm is invalid."));
    }
    if !assertion.token.signed_by(&key) {
        return Err(Refusal::oauth(401, "invalid_client", "The client_assertion signature is invalid."));
    }
    assertion.spend(&format!("{}{}", org.origin, parts.uri.path()), now, &mut inside.used_assertions)?;
    let service = &mut inside.service;
    if !service.within_zone {
        let text = "The request is made from outside the client's permitted network zones.";
        return Err(Refusal::oauth(403, "access_denied", text));
    }
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    match field("grant_type") {
        "client_credentials" => {}
        _ => {
            return Err(Refusal::oauth(
                400,
                "unsupported_grant_type",
                "The grant type in the request isn't supported.",
            ));
        }
    }
    let asked: Vec<String> = field("scope").split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    if asked.is_empty() {
        return Err(Refusal::oauth(400, "invalid_scope", "No scopes were requested."));
    }
    // What Okta says of a scope that was not granted is not confirmed.
    if asked.iter().any(|scope| !service.scopes.contains(scope)) {
        let text = "One or more scopes are not configured for the authorization server resource.";
        return Err(Refusal::oauth(400, "invalid_scope", text));
    }
    let wanted = Wanted { origin: &org.origin, now, nonce: Some(&service.nonce), token: None };
    let bound = proof::check(parts, &wanted, &mut service.used_proofs)?;
    if bound.is_none() && service.requires_dpop {
        return Err(Refusal::oauth(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing."));
    }
    if bound.as_deref() == Some(key.thumbprint().as_str()) {
        return Err(Refusal::oauth(400, "invalid_dpop_proof", "The DPoP proof JWT is invalid."));
    }
    let value = format!("eyJ-sandbox-{}", inside.dice.text(48));
    let service = &mut inside.service;
    let (kind, scope, lasts) = (if bound.is_some() { "DPoP" } else { "Bearer" }, asked.join(" "), service.lasts);
    service.tokens.push(AccessToken {
        value: value.clone(),
        scopes: asked,
        bound,
        until: now + Duration::seconds(lasts),
    });
    Ok(axum::Json(json!({"token_type": kind, "expires_in": lasts, "access_token": value, "scope": scope}))
        .into_response())
}

/// Whether an access token allows a call.
pub fn authorised(org: &Org, parts: &Parts) -> Result<(), Refusal> {
    let invalid = || {
        let challenge = "Bearer error=\"invalid_token\", error_description=\"The access token is invalid.\"";
        Refusal::management(401, "E0000011", "Invalid token provided").with_header("www-authenticate", challenge)
    };
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok()).unwrap_or_default();
    let Some((scheme, value)) = given.split_once(' ') else { return Err(invalid()) };
    let mut inside = org.inside();
    let now = org.now() + inside.date_offset;
    let service = &mut inside.service;
    let found = service.tokens.iter().find(|token| token.value == value && now < token.until).cloned();
    let token = found.ok_or_else(invalid)?;
    match (&token.bound, scheme) {
        (None, "Bearer") if service.requires_dpop => {
            return Err(Refusal::oauth(400, "invalid_request", "The resource request requires a DPoP proof."));
        }
        (None, "Bearer") => {}
        (Some(bound), "DPoP") => {
            let nonce = service.api_wants_nonce.then_some(service.nonce.as_str());
            let wanted = Wanted { origin: &org.origin, now, nonce, token: Some(value) };
            match proof::check(parts, &wanted, &mut service.used_proofs)? {
                None => {
                    return Err(Refusal::oauth(400, "invalid_request", "The resource request requires a DPoP proof."));
                }
                Some(key) if key != *bound => {
                    let text = "The access_token is not bound to the provided DPoP proof.";
                    return Err(Refusal::oauth(400, "invalid_dpop_proof", text));
                }
                Some(_) => {}
            }
        }
        (Some(_), _) => {
            let text =
                "The resource request must use the DPoP authentication scheme when the access token is DPoP bound.";
            return Err(Refusal::oauth(400, "invalid_request", text));
        }
        (None, _) => return Err(invalid()),
    }
    let manages = token.scopes.iter().any(|scope| scope == "okta.apps.manage");
    let reads = manages || token.scopes.iter().any(|scope| scope == "okta.apps.read");
    let scope = if parts.method == "GET" { "okta.apps.read" } else { "okta.apps.manage" };
    let denied = Refusal::management(403, "E0000006", "You do not have permission to perform the requested action");
    if !(manages || reads && parts.method == "GET") {
        let challenge = format!(
            "Bearer authorization_uri=\"{0}/oauth2/v1/authorize\", realm=\"{0}\", scope=\"{scope}\", \
             error=\"insufficient_scope\", error_description=\"The access token provided does not contain the required \
             scopes.\", resource=\"/api/v1/apps\"",
            org.origin
        );
        return Err(denied.with_header("www-authenticate", &challenge));
    }
    if service.has_role { Ok(()) } else { Err(denied) }
}
