//! Answers as they go out: JSON, refusals, the live log's frames.

use crate::core::cause::MachineCause;
use crate::core::remedy::{OnMachine, OnStore};
use axum::Json;
use axum::body::Body;
use axum::response::sse::{Event, Sse};
use axum::response::{AppendHeaders, IntoResponse};
use futures_util::StreamExt;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use serde::Serialize;
use uuid::Uuid;

use crate::engine::EventStream;
use crate::engine::refusal::{Kind, Refusal};
use crate::words::voice::{Voice, speaking};

/// The longest request id that is taken over.
const MAX_ID_LEN: usize = 128;

/// An object as JSON.
pub fn json(status: StatusCode, object: &impl Serialize) -> Response<Body> {
    (status, Json(object)).into_response()
}

/// A refusal, under its own status.
pub fn refused(refusal: &Refusal) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status_code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json(status, refusal)
}

/// A refusal of a method, with those that the path has.
pub fn not_allowed(refusal: &Refusal, methods: String) -> Response<Body> {
    (AppendHeaders([(ALLOW, methods)]), refused(refusal)).into_response()
}

/// The refusal for an error of our own.
pub fn panicked() -> Refusal {
    Refusal::because(Kind::Failed, MachineCause::Internal).and(OnMachine::Report).and(OnStore::EngineRuns)
}

/// Plain text.
pub fn text(kind: &'static str, text: String) -> Response<Body> {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// The live log as server-sent events. Nothing is sent while nothing happens: the end of a Unix socket's other process
/// is seen without asking. What is `held` is held as long as it lasts.
pub fn events(
    events: EventStream,
    stopped: impl Future<Output = ()> + Send + 'static,
    held: impl Send + 'static,
    voice: &'static (dyn Voice + Sync),
) -> Response<Body> {
    let events = events.take_until(stopped).map(move |event| {
        let _ = &held;
        speaking(voice, || Event::default().id(&event.cursor).json_data(&event))
    });
    Sse::new(events).into_response()
}

/// The id that the client gave its request, where that is fit for a log, or a new one.
pub fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |id: &&HeaderValue| {
        let bytes = id.as_bytes();
        let fit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        !bytes.is_empty() && bytes.len() <= MAX_ID_LEN && bytes.iter().all(fit)
    };
    let given = headers.get(crate::api::REQUEST_ID).filter(sane).cloned();
    given.unwrap_or_else(|| {
        let id = Uuid::new_v4().to_string();
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
    })
}
