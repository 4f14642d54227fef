//! What a request looks like on the way: the other half of `routes.rs`.

use hyper::Method;
use serde::Serialize;

use crate::api::path::segment;
use crate::api::query::written;
use crate::engine::request::{HowRead, PauseTerms, Request};

/// A request as it is sent.
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// JSON, where there is a body. It may hold a credential.
    pub body: Option<Vec<u8>>,
    /// It may go to any engine, see [`Request::is_harmless`].
    pub harmless: bool,
}

/// Writes a request.
pub fn encode(request: &Request) -> Result<Outgoing, serde_json::Error> {
    let outgoing = match request {
        Request::ConnectionCreate(body) => post("/api/v1/app-connections/okta".into(), body)?,
        Request::ConnectionList => get("/api/v1/app-connections/okta".into()),
        Request::ConnectionShow { id } => get(connection(id, "")),
        Request::ConnectionUpdate { id, patch } => with_body(Method::PATCH, connection(id, ""), patch)?,
        Request::ConnectionDelete { id } => delete(connection(id, "")),
        Request::ConnectionTest { id, terms } => bare(Method::POST, connection(id, "/test") + &written(terms)),
        Request::ConnectionApps { id, query } => get(connection(id, "/apps") + &written(query)),
        Request::RotationCreate(body) => post("/api/v2/secret-rotations/okta-client-secret".into(), body)?,
        Request::RotationList => get("/api/v2/secret-rotations/okta-client-secret".into()),
        Request::RotationShow { id } => get(rotation(id, "")),
        Request::RotationUpdate { id, patch } => with_body(Method::PATCH, rotation(id, ""), patch)?,
        Request::RotationDelete { id, terms } => delete(rotation(id, "") + &written(terms)),
        Request::Rotate { id, terms } => post(rotation(id, "/rotate-secrets"), terms)?,
        Request::Pause { id, until } => post(rotation(id, "/pause"), &PauseTerms { until: *until })?,
        Request::Resume { id, terms } => post(rotation(id, "/resume"), terms)?,
        Request::Look { id } => bare(Method::POST, rotation(id, "/look")),
        Request::Skip { id, terms } => post(rotation(id, "/skip"), terms)?,
        Request::Retire { id, terms } => post(rotation(id, "/retire"), terms)?,
        Request::Rollback { id, terms } => post(rotation(id, "/rollback"), terms)?,
        Request::Resolve { id, terms } => post(rotation(id, "/resolve"), terms)?,
        Request::Plan { id, terms } => post(rotation(id, "/plan"), terms)?,
        Request::Credentials { id } => get(rotation(id, "/generated-credentials")),
        Request::OktaSecrets { id } => get(rotation(id, "/secrets")),
        Request::Options => get("/api/v2/secret-rotations/options".into()),
        Request::Upcoming(query) => get("/api/v1/upcoming".to_owned() + &written(query)),
        Request::SecretList(query) => get("/api/v1/secrets".to_owned() + &written(query)),
        Request::SecretGet { name, query } => get(secret(name) + &peeking(query)),
        Request::SecretDelete { name, query } => delete(secret(name) + &written(query)),
        Request::Export(query) => get("/api/v1/secrets-export".to_owned() + &peeking(query)),
        Request::Acknowledge(read) => post("/api/v1/secrets-acknowledge".into(), read)?,
        Request::History(query) => get("/api/v1/history".to_owned() + &written(query)),
        Request::View => get("/api/v1/view".into()),
        Request::Engine => get("/api/v1/engine".into()),
        Request::Confirm(terms) => post("/api/v1/engine/confirm".into(), terms)?,
        Request::RetireStore(terms) => post("/api/v1/engine/retire".into(), terms)?,
        Request::Yield => bare(Method::POST, "/api/v1/engine/yield".into()),
    };
    Ok(Outgoing { harmless: request.is_harmless(), ..outgoing })
}

/// The live log, from a cursor on.
pub fn events(cursor: Option<&str>) -> Outgoing {
    let query = cursor.map(|cursor| format!("?cursor={}", crate::api::path::escaped(cursor)));
    Outgoing { harmless: true, ..get("/api/v1/events".to_owned() + &query.unwrap_or_default()) }
}

fn connection(id: &str, rest: &str) -> String {
    format!("/api/v1/app-connections/okta/{}{rest}", segment(id))
}

fn rotation(id: &str, rest: &str) -> String {
    format!("/api/v2/secret-rotations/okta-client-secret/{}{rest}", segment(id))
}

fn secret(name: &str) -> String {
    format!("/api/v1/secrets/{}", segment(name))
}

/// Our own reads are acknowledged apart, once the value is where it was to go.
fn peeking(query: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Peeking<'a, Q> {
        #[serde(flatten)]
        query: &'a Q,
        #[serde(flatten)]
        how: HowRead,
    }
    written(&Peeking { query, how: HowRead { peek: true, reader: None } })
}

fn bare(method: Method, target: String) -> Outgoing {
    Outgoing { method, target, body: None, harmless: false }
}

fn get(target: String) -> Outgoing {
    bare(Method::GET, target)
}

fn delete(target: String) -> Outgoing {
    bare(Method::DELETE, target)
}

fn post(target: String, body: &impl Serialize) -> Result<Outgoing, serde_json::Error> {
    with_body(Method::POST, target, body)
}

fn with_body(method: Method, target: String, body: &impl Serialize) -> Result<Outgoing, serde_json::Error> {
    Ok(Outgoing { body: Some(serde_json::to_vec(body)?), ..bare(method, target) })
}
