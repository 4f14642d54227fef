//! One request and its answer.

use crate::core::cause::CallCause;
use crate::core::remedy::{Automatic, InCall, OnStore};
use std::convert::Infallible;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CACHE_CONTROL, CONNECTION, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::json;
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::limits::Guest;
use super::peer::{Admission, Peer, Users};
use super::{GRACE, answer, metrics};
use crate::api::call::{Call, EventsQuery};
use crate::api::routes::{self, Serves};
use crate::api::{CONSUMER, HandleFactory, MAX_BODY, SUDO, VIA, spoken};
use crate::core::history::Via;
use crate::core::name::Slug;
use crate::engine::Handle;
use crate::engine::form::Form;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Acknowledgement, HowRead, Reply, Request, reader};
use crate::engine::view::SecretView;
use crate::words::voice::speaking;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// How much of a body that is too large is still read, so that a client that writes first and reads then hears why.
const MAX_DISCARDED: u64 = 4 << 20;

/// What all connections share.
pub struct Service {
    engine: Arc<dyn HandleFactory>,
    admission: Admission,
    users: Users,
    stopping: watch::Receiver<bool>,
}

impl Service {
    /// The service of an engine, until `stopping` turns true.
    pub fn new(engine: Arc<dyn HandleFactory>, admission: Admission, stopping: watch::Receiver<bool>) -> Self {
        Self { engine, admission, users: Users::default(), stopping }
    }

    /// Who is at the other end.
    pub async fn peer(&self, stream: &UnixStream) -> io::Result<Peer> {
        self.users.peer(stream).await
    }

    /// Waits for the server to stop.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.clone();
        async move {
            // A server whose end of the channel is gone has stopped as well.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }

    /// Answers a request, whatever happens.
    pub async fn answer(
        &self,
        peer: &Peer,
        guest: &Guest,
        request: hyper::Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        let id = answer::request_id(request.headers());
        // A panic is reported by its hook; the client gets an answer and all others notice nothing.
        let outcome = AssertUnwindSafe(self.exchange(peer, guest, request)).catch_unwind().await;
        let mut response = outcome.unwrap_or_else(|_| answer::refused(&answer::panicked()));
        response.headers_mut().insert(crate::api::REQUEST_ID, id);
        // Some answers carry secret values, and none is worth keeping.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            // A user who has too much open already does not keep this connection open.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        Ok(response)
    }

    async fn exchange(&self, peer: &Peer, guest: &Guest, request: hyper::Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let via = match parts.headers.get(VIA).map(HeaderValue::as_bytes) {
            Some(b"cli") => Via::Cli,
            Some(b"ui") => Via::Ui,
            _ => Via::Api,
        };
        let done = async {
            self.admission.check(peer)?;
            let route = routes::find(&parts.method, parts.uri.path())?;
            let body = whole(body).await?;
            let sudo = parts.headers.get(SUDO).and_then(|user| user.to_str().ok());
            let engine = self.engine.open(peer.actor(via, sudo));
            let call = Call { route, uri: parts.uri.clone(), body };
            self.serve(&call, &*engine, (via, peer, guest), &parts.headers).await
        };
        done.await.unwrap_or_else(|refusal: Refusal| {
            speaking(spoken::voice(via), || match refusal.status_code {
                405 => answer::not_allowed(&refusal, routes::methods(parts.uri.path()).join(", ")),
                _ => answer::refused(&refusal),
            })
        })
    }

    async fn serve(
        &self,
        call: &Call,
        engine: &dyn Handle,
        (via, peer, guest): (Via, &Peer, &Guest),
        headers: &HeaderMap,
    ) -> Result<Response<Body>, Refusal> {
        match call.route.serves {
            Serves::Request(read) => {
                let mut request = read(call)?;
                let how = how_read(&request, call, headers)?;
                if let Request::Acknowledge(fetched) = &mut request {
                    fetched.caller = Some(peer.caller());
                    if fetched.reader.is_none() {
                        fetched.reader = consumer(headers)?;
                    }
                }
                let _stay = if request.calls_okta() { Some(guest.long().await?) } else { None };
                let _work = guest.work();
                let reply = self.ask(engine, request).await?;
                // A screen shows what it reads to its user, and one of an earlier version does not say that it peeks.
                if let Some(how) = how.filter(|how| !how.peek && via != Via::Ui) {
                    // Where it cannot be noted the value is answered all the same: the old secret then waits.
                    let fetched = Acknowledgement::of(delivered(&reply), how.reader).by(peer.caller());
                    let _ = self.ask(engine, Request::Acknowledge(fetched)).await;
                }
                Ok(speaking(spoken::voice(via), || answer::json(StatusCode::OK, &reply)))
            }
            Serves::Events => {
                // A browser's event source comes back with its old URL, so the header is the newer of the two.
                let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
                let EventsQuery { cursor } = call.query()?;
                let held = (guest.stream()?, guest.work());
                let events = engine.events(last.or(cursor)).await?;
                Ok(answer::events(events, self.stopped(), held, spoken::voice(via)))
            }
            Serves::Health => Ok(answer::json(StatusCode::OK, &json!({"status": "ok"}))),
            Serves::Readiness => self.readiness(engine).await,
            Serves::Metrics => match self.ask(engine, Request::View).await? {
                Reply::View { view, .. } => Ok(answer::text(metrics::CONTENT_TYPE, metrics::of(&view))),
                _ => Err(answer::panicked()),
            },
        }
    }

    async fn readiness(&self, engine: &dyn Handle) -> Result<Response<Body>, Refusal> {
        match self.ask(engine, Request::Engine).await? {
            Reply::Engine { engine } => match engine.trouble {
                None => Ok(answer::json(StatusCode::OK, &json!({"status": "ready"}))),
                Some(trouble) => {
                    // Probes know 503; the kind still says that it is the store.
                    Err(Refusal { status_code: 503, ..Refusal::of(Kind::Store, trouble) })
                }
            },
            _ => Err(answer::panicked()),
        }
    }

    /// Asks the engine. Where the server stops meanwhile, the client is not left waiting for long.
    async fn ask(&self, engine: &dyn Handle, request: Request) -> Result<Reply, Refusal> {
        let overtime = async {
            self.stopped().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            reply = engine.call(request) => reply,
            () = overtime => {
                Err(Refusal::because(Kind::Unavailable, CallCause::EngineStopping).and(OnStore::ResumesWithEngine))
            }
        }
    }
}

/// How a call that is answered with values counts; `None` for any other.
fn how_read(request: &Request, call: &Call, headers: &HeaderMap) -> Result<Option<HowRead>, Refusal> {
    if !matches!(request, Request::SecretGet { .. } | Request::Export(_)) {
        return Ok(None);
    }
    let mut how: HowRead = call.query()?;
    reader(how.reader.as_deref())?;
    if how.reader.is_none() {
        how.reader = consumer(headers)?;
    }
    Ok(Some(how))
}

/// What a consumer calls itself in its header.
fn consumer(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(named) = headers.get(CONSUMER) else { return Ok(None) };
    // What is no text is no name either.
    let named = named.to_str().unwrap_or_default();
    let mut form = Form::default();
    let named: Option<Slug> = form.read(CONSUMER, named.trim());
    form.done()?;
    Ok(named.as_ref().map(ToString::to_string))
}

/// What a reply with values delivers.
fn delivered(reply: &Reply) -> &[SecretView] {
    match reply {
        Reply::Secret { secret } => std::slice::from_ref(&**secret),
        Reply::Export { export } => export,
        _ => &[],
    }
}

/// Reads a body: bounded in size and in time.
async fn whole(mut body: Incoming) -> Result<Bytes, Refusal> {
    let refused = |kind, cause, next: InCall| Refusal::because(kind, cause).and(Automatic::NothingChanged).and(next);
    let too_large = || {
        let cause = CallCause::BodyTooLarge { most: MAX_BODY };
        Refusal { status_code: 413, ..refused(Kind::Invalid, cause, InCall::SendLess) }
    };
    let late = |_| Refusal { status_code: 408, ..refused(Kind::Unavailable, CallCause::BodyLate, InCall::SendAtOnce) };
    if body.size_hint().lower() > MAX_DISCARDED {
        return Err(too_large());
    }
    let read = async {
        let mut kept = BytesMut::new();
        let mut seen = 0;
        while let Some(frame) = body.frame().await {
            let broken = |_| refused(Kind::Invalid, CallCause::BodyBroken, InCall::SendAgain);
            let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
            seen += data.len();
            if seen as u64 > MAX_DISCARDED {
                break;
            }
            if seen <= MAX_BODY {
                kept.extend_from_slice(&data);
            }
        }
        if seen > MAX_BODY { Err(too_large()) } else { Ok(kept.freeze()) }
    };
    timeout(BODY_TIMEOUT, read).await.map_err(late)?
}
