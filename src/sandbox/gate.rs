//! Every request comes through here: logged, counted, authorised, met by its fault, and given Okta's headers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::control;
use super::faults::{Held, Kind, Order, When, strike};
use super::limits::{Allowance, Bucket};
use super::org::{Logged, Org};
use super::refusal::Refusal;
use super::routes::{self, Target};
use super::service;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("dropped on demand")]
pub struct Dropped;

/// Accepts connections until the task is aborted.
pub async fn serve(listener: TcpListener, org: Arc<Org>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let org = org.clone();
        let service = service_fn(move |request| {
            let org = org.clone();
            async move { handle(&org, request).await }
        });
        tokio::spawn(async move {
            // A client that goes away, and a fault that drops the connection, are both fine.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn handle(org: &Arc<Org>, request: Request<Incoming>) -> Result<Response<Body>, Dropped> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, 64 << 10).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
    };
    if parts.uri.path().starts_with("/sandbox/") {
        return Ok(control::answer(org, &parts, &body).await);
    }
    let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    org.arrives(agent.unwrap_or_default());
    let target = Target::of(&parts.method, parts.uri.path());
    let now = org.now();
    let (seq, allowance, fault) = {
        let mut inside = org.inside();
        let seq = inside.number();
        inside.log.push(Logged {
            seq,
            at: now,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            operation: target.operation.to_owned(),
            app_id: target.app_id.clone(),
            secret_id: target.secret_id.clone(),
            answered: "pending".into(),
            effect: false,
        });
        let allowance = inside.limits.count(Bucket::of(parts.uri.path()), now);
        let fault = strike(&mut inside.faults, target.operation, target.app_id.as_deref());
        (seq, allowance, fault)
    };
    let before = fault.as_ref().filter(|fault| fault.when == When::Before);
    if let Some(fault) = before
        && let Some(response) = suffer(org, fault, &target).await.transpose()
    {
        return finish(org, seq, allowance, response, false);
    }
    let (response, effect) = if allowance.allowed {
        match authorised(org, &parts) {
            Ok(()) => routes::answer(org, &parts, &target, &body, seq),
            Err(refusal) => (refusal.into_response(), false),
        }
    } else {
        let text = "API call exceeded rate limit due to too many requests.";
        (Refusal::management(429, "E0000047", text).into_response(), false)
    };
    set(org, seq, |line| line.effect = effect);
    if let Some(fault) = fault.filter(|fault| fault.when == When::After)
        && let Some(response) = suffer(org, &fault, &target).await.transpose()
    {
        return finish(org, seq, allowance, response, effect);
    }
    finish(org, seq, allowance, Ok(response), effect)
}

fn set(org: &Org, seq: u64, change: impl FnOnce(&mut Logged)) {
    if let Some(line) = org.inside().log.iter_mut().rev().find(|line| line.seq == seq) {
        change(line);
    }
}

fn finish(
    org: &Org,
    seq: u64,
    allowance: Allowance,
    response: Result<Response<Body>, Dropped>,
    effect: bool,
) -> Result<Response<Body>, Dropped> {
    set(org, seq, |line| {
        line.effect = effect;
        line.answered = response.as_ref().map_or("dropped".into(), |response| response.status().as_u16().to_string());
    });
    let mut response = response?;
    let offset = org.inside().date_offset;
    let date = org.now() + offset;
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.entry(HeaderName::from_static(name)).or_insert(value);
        }
    };
    put("x-okta-request-id", uuid::Uuid::new_v4().simple().to_string());
    put("x-rate-limit-limit", allowance.limit.to_string());
    put("x-rate-limit-remaining", allowance.remaining.to_string());
    put("x-rate-limit-reset", (allowance.reset + offset.num_seconds()).to_string());
    put("date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    put("cache-control", "no-cache, no-store".into());
    Ok(response)
}

/// The Management API wants a token; the OAuth endpoints and the org's own description do not.
fn authorised(org: &Org, parts: &axum::http::request::Parts) -> Result<(), Refusal> {
    if !parts.uri.path().starts_with("/api/") {
        return Ok(());
    }
    let Some(given) = parts.headers.get(header::AUTHORIZATION) else {
        return Err(Refusal::management(403, "E0000005", "Invalid session"));
    };
    if given.to_str().is_ok_and(|given| given.starts_with("Bearer ") || given.starts_with("DPoP ")) {
        return service::authorised(org, parts);
    }
    let valid = given.to_str().ok().and_then(|text| text.strip_prefix("SSWS ")) == Some(org.token.as_str());
    if valid && org.inside().token_valid {
        return Ok(());
    }
    Err(Refusal::management(401, "E0000011", "Invalid token provided"))
}

/// Lets a call suffer its fault. `None` where it only came late.
async fn suffer(org: &Arc<Org>, fault: &Order, target: &Target) -> Result<Option<Response<Body>>, Dropped> {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match &fault.kind {
        Kind::Drop {} => Err(Dropped),
        Kind::Status { status, body, headers } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = (status, body.clone().unwrap_or_default()).into_response();
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                    response.headers_mut().insert(name, value);
                }
            }
            Ok(Some(response))
        }
        Kind::Garbage {} => Ok(Some((json, "<html>\u{202e} not json").into_response())),
        Kind::WrongType {} => Ok(Some((json, "{\"id\":17,\"list\":false}").into_response())),
        Kind::Slow { millis } => {
            tokio::time::sleep(Duration::from_millis(*millis)).await;
            Ok(None)
        }
        Kind::Huge { bytes } => {
            const CHUNK: usize = 64 << 10;
            let chunks = usize::try_from(*bytes).unwrap_or(usize::MAX) / CHUNK + 1;
            let chunk = Bytes::from(vec![b' '; CHUNK]);
            let body = stream::iter(std::iter::repeat_n(Ok::<_, Infallible>(chunk), chunks));
            Ok(Some((json, Body::from_stream(body)).into_response()))
        }
        Kind::Endless {} => {
            let drips = stream::repeat(Bytes::from_static(b" ")).then(|drip| async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, Infallible>(drip)
            });
            Ok(Some((json, Body::from_stream(drips)).into_response()))
        }
        Kind::Redirect { to } => Ok(Some((StatusCode::FOUND, [(header::LOCATION, to.clone())]).into_response())),
        Kind::Hold {} => {
            let id = {
                let mut inside = org.inside();
                let id = inside.number();
                let (operation, app_id) = (target.operation.to_owned(), target.app_id.clone());
                inside.parked.push(Held { id, operation, app_id, when: fault.when });
                id
            };
            org.held.notify_waiters();
            loop {
                let notified = org.held.notified();
                if !org.inside().parked.iter().any(|held| held.id == id) {
                    return Ok(None);
                }
                notified.await;
            }
        }
    }
}
