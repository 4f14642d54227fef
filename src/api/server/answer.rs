//! Answers as they go out: JSON, refusals, the live log's frames.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde::Serialize;
use uuid::Uuid;

use crate::engine::EventStream;
use crate::engine::events::Event;
use crate::engine::refusal::{Kind, Refusal};

/// The longest request id that is taken over.
const LONGEST_ID: usize = 128;

/// An object as JSON.
pub fn json(status: StatusCode, object: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(object) {
        Ok(bytes) => with_type(status, "application/json", Body::from(bytes)),
        // Our own types have string keys and no failing parts, so this is for completeness.
        Err(_) => with_type(StatusCode::INTERNAL_SERVER_ERROR, "application/json", Body::empty()),
    }
}

/// A refusal, under its own status.
pub fn refused(refusal: &Refusal) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status_code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json(status, refusal)
}

/// What a method that a path has not is answered with.
pub fn not_allowed(refusal: &Refusal, methods: &str) -> Response<Body> {
    let mut response = refused(refusal);
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

/// The refusal for a fault of our own.
pub fn panicked() -> Refusal {
    let hint = "this is a bug of windlass; the engine goes on, and `windlass history` shows what was done";
    Refusal::new(Kind::Failed, "the request ended in a fault of windlass itself", hint)
}

/// Plain text.
pub fn text(kind: &'static str, text: String) -> Response<Body> {
    with_type(StatusCode::OK, kind, Body::from(text))
}

/// The live log as server-sent events. Nothing is sent while nothing happens: the end of a Unix socket's other process
/// is seen without asking. What is `held` is held as long as it lasts.
pub fn events(
    events: EventStream,
    stopped: impl Future<Output = ()> + Send + 'static,
    held: impl Send + Sync + 'static,
) -> Response<Body> {
    let frames = frames(events.take_until(stopped)).inspect(move |_| {
        let _ = &held;
    });
    with_type(StatusCode::OK, "text/event-stream", Body::from_stream(frames))
}

fn frames(events: impl Stream<Item = Event> + Send + 'static) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    events.filter_map(|event| {
        // JSON holds no line break outside its escapes, and a cursor is ours, so a frame is what it looks like.
        let frame = serde_json::to_string(&event).map(|data| format!("id: {}\ndata: {data}\n\n", event.cursor));
        std::future::ready(frame.ok().map(|frame| Ok(Bytes::from(frame))))
    })
}

fn with_type(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // Some answers carry secret values, and none is worth keeping.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The id that the client gave its request, where that is fit for a log, or a new one.
pub fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |id: &&HeaderValue| {
        let bytes = id.as_bytes();
        let fit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        !bytes.is_empty() && bytes.len() <= LONGEST_ID && bytes.iter().all(fit)
    };
    let given = headers.get(crate::api::REQUEST_ID).filter(sane).cloned();
    given.unwrap_or_else(|| {
        let id = Uuid::new_v4().to_string();
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
    })
}
