//! An engine in another process: the same handle, over its socket.
//!
//! Each request has its own connection, so that nothing waits behind a rotation, and a lost one is lost alone.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::call::{EventsQuery, Outgoing};
use super::socket::{Found, check_length, probe};
use super::{MAX_BODY, SUDO, VIA, routes};
use crate::core::history::Via;
use crate::engine::patience::AT_HAND;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::{EventStream, Handle};
use crate::trust::peer::Believed;
use crate::trust::user;

pub(super) mod sse;

/// Calls of one client that wait for Okta at once: fewer than the engine has places for one user.
pub(super) const MAX_LONG_CALLS: usize = 96;

/// The largest answer that is read: far more than the view of the largest store.
const MAX_ANSWER: usize = 256 << 20;

/// The largest refusal: one with a plan of all that would happen.
const MAX_REFUSAL: usize = 1 << 20;

/// Why no engine was reached at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// There is nothing.
    Absent,
    /// There is a socket, or another file, without a listener.
    Refused,
    /// This user may not open it.
    NotPermitted,
    /// The kernel takes no path of that length.
    TooLong(Box<Refusal>),
    /// Something else, in a sentence.
    Other(String),
}

impl Unreached {
    /// The same as the end of a command that needed the engine at `path`.
    pub fn refusal(&self, path: &Path) -> Refusal {
        let path = path.display();
        match self {
            Self::Absent => Refusal::new(
                Kind::Unavailable,
                format!("no engine listens at {path}: there is no such socket"),
                "start one with `windlass serve`, or name another socket with --socket",
            ),
            Self::Refused => Refusal::new(
                Kind::Unavailable,
                format!("no engine listens at {path}: the one that did has ended"),
                "start one with `windlass serve`; it resumes what was in progress",
            ),
            Self::NotPermitted => Refusal::new(
                Kind::Refused,
                format!("you may not open {path}"),
                "ask for membership in the group that the socket belongs to, or name another socket with --socket",
            ),
            Self::TooLong(refusal) => (**refusal).clone(),
            Self::Other(what) => Refusal::new(
                Kind::Unavailable,
                format!("the engine at {path} cannot be reached: {what}"),
                "name another socket with --socket, or start an engine with `windlass serve`",
            ),
        }
    }
}

/// An engine in another process.
#[derive(Clone, Debug)]
pub struct Remote {
    path: PathBuf,
    via: Via,
    /// The user that its process had when it was found, where the kernel said.
    owner: Option<u32>,
    believed: Believed,
    /// Who called `sudo`, where this process is root's.
    sudo_user: Option<String>,
    /// Places for the calls that wait for Okta: whoever makes a thousand of them keeps the queue here.
    long: Arc<Semaphore>,
}

/// Finds an engine. This waits for nothing and needs no runtime; the calls on what it returns need tokio's.
pub fn connect(path: &Path) -> Result<Remote, Unreached> {
    check_length(path).map_err(|refusal| Unreached::TooLong(Box::new(refusal)))?;
    match probe(path) {
        Ok(Found::Listener(owner)) => {
            let long = Arc::new(Semaphore::new(MAX_LONG_CALLS));
            let believed = Believed::default();
            Ok(Remote { path: path.to_owned(), via: Via::Cli, owner, believed, sudo_user: None, long })
        }
        Ok(Found::Nothing) => Err(Unreached::Absent),
        Ok(Found::Abandoned) => Err(Unreached::Refused),
        Ok(Found::Locked) => Err(Unreached::NotPermitted),
        Err(error) => Err(Unreached::Other(error.to_string())),
    }
}

impl Remote {
    /// The same engine, asked through another frontend. [`connect`] makes commands' handles.
    #[must_use]
    pub fn via(self, via: Via) -> Self {
        Self { via, ..self }
    }

    /// The same engine, believed also where it is a process of one of these users. Otherwise only our own and root's
    /// are believed.
    #[must_use]
    pub fn believing(self, believed: Believed) -> Self {
        Self { believed, ..self }
    }

    /// The same engine, asked by a process that `sudo` started for this user.
    #[must_use]
    pub fn sudo_user(self, sudo_user: Option<String>) -> Self {
        Self { sudo_user, ..self }
    }

    /// The socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The user of an engine that is not believed: nothing confidential is sent to it, and what it says is not relied on.
    pub fn stranger(&self) -> Option<u32> {
        self.owner.filter(|uid| !self.believed.holds(*uid))
    }

    /// Whether the kernel said whose it is.
    pub fn is_known(&self) -> bool {
        self.owner.is_some()
    }

    /// Sends a call: to any engine where it is `harmless`, and else only to one that is believed.
    async fn send(&self, call: Outgoing, harmless: bool) -> Result<(Response<Incoming>, Driver), Refusal> {
        if call.body.len() > MAX_BODY {
            let message = format!("the request is larger than {MAX_BODY} bytes");
            let refusal = Refusal::new(Kind::Invalid, message, "nothing was changed; a value in it is far too long");
            return Err(Refusal { status_code: 413, ..refusal });
        }
        let mut request = hyper::Request::new(Full::new(Bytes::from(call.body)));
        *request.method_mut() = call.method;
        *request.uri_mut() = call.target.parse().map_err(|_| {
            // Only length is left to go wrong: everything else is escaped.
            Refusal::new(Kind::Invalid, "the request's path is too long", "nothing was changed; shorten the name")
        })?;
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_static("windlass"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self.via {
            Via::Cli => drop(headers.insert(VIA, HeaderValue::from_static("cli"))),
            Via::Ui => drop(headers.insert(VIA, HeaderValue::from_static("ui"))),
            Via::Api | Via::Schedule => {}
        }
        if let Some(user) = self.sudo_user.as_ref().and_then(|user| HeaderValue::from_str(user).ok()) {
            headers.insert(SUDO, user);
        }
        let stream = self.stream().await?;
        // Each time anew: another may listen there by now. Before the first byte.
        if !harmless {
            self.check(&stream)?;
        }
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| lost())?;
        let driver = Driver(tokio::spawn(async move {
            // Its error is the request's too, and is reported there.
            let _ = connection.await;
        }));
        let response = sender.send_request(request).await.map_err(|_| lost())?;
        Ok((response, driver))
    }

    /// Refuses to continue where the process at the other end is a stranger's.
    fn check(&self, stream: &UnixStream) -> Result<(), Refusal> {
        let unknown = |error: io::Error| Unreached::Other(error.to_string()).refusal(&self.path);
        let uid = stream.peer_cred().map_err(unknown)?.uid();
        if self.believed.holds(uid) {
            return Ok(());
        }
        let message = format!("{}, so it gets only requests that change nothing", strange(&self.path, uid));
        let hint = format!(
            "nothing was sent to it, and no value is taken from it; if it is the service's user, root names it in \
             {SYSTEM_CONFIG} ([engine] owner); `windlass status` still works"
        );
        Err(Refusal::new(Kind::Refused, message, hint))
    }

    async fn stream(&self) -> Result<UnixStream, Refusal> {
        loop {
            let error = match UnixStream::connect(&self.path).await {
                Ok(stream) => return Ok(stream),
                Err(error) => error,
            };
            let unreached = match error.kind() {
                // The queue is full: the engine is there, and takes the next one in a moment.
                io::ErrorKind::WouldBlock => {
                    sleep(Duration::from_millis(10)).await;
                    continue;
                }
                io::ErrorKind::NotFound => Unreached::Absent,
                io::ErrorKind::ConnectionRefused => Unreached::Refused,
                io::ErrorKind::PermissionDenied => Unreached::NotPermitted,
                _ => Unreached::Other(error.to_string()),
            };
            return Err(unreached.refusal(&self.path));
        }
    }

    async fn ask(&self, request: &Request) -> Result<Reply, Refusal> {
        let (response, _driver) = self.send(routes::written(request), request.is_harmless()).await?;
        if response.status() != StatusCode::OK {
            return Err(refused(response).await);
        }
        let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(|_| lost())?.to_bytes();
        // What cannot be read is not quoted: it may hold secret values.
        Reply::decode(request, &body).map_err(|_| unreadable("the engine's answer cannot be read"))
    }

    async fn follow(&self, cursor: Option<String>) -> Result<EventStream, Refusal> {
        let call = Outgoing::new(Method::GET, routes::EVENTS).query(&EventsQuery { cursor });
        let (response, driver) = self.send(call, true).await?;
        if response.status() != StatusCode::OK {
            return Err(refused(response).await);
        }
        let state = (response.into_body(), sse::Reader::default(), driver);
        let batches = stream::unfold(state, |(mut body, mut reader, driver)| async move {
            loop {
                let data = body.frame().await?.ok()?.into_data().unwrap_or_default();
                let events = reader.read(&data).ok()?;
                if !events.is_empty() {
                    return Some((stream::iter(events), (body, reader, driver)));
                }
            }
        });
        // A caller that reads what is left of it may ask once more after its end.
        Ok(Box::pin(batches.fuse().flatten()))
    }
}

impl Handle for Remote {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        async move {
            let most = request.patience();
            // Never closed.
            let _place = if request.calls_okta() { self.long.acquire().await.ok() } else { None };
            timeout(most, self.ask(&request)).await.unwrap_or_else(|_| Err(silent(most)))
        }
        .boxed()
    }

    fn events(&self, cursor: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        async move { timeout(AT_HAND, self.follow(cursor)).await.unwrap_or_else(|_| Err(silent(AT_HAND))) }.boxed()
    }
}

/// Where root names the user of an engine.
const SYSTEM_CONFIG: &str = "/etc/windlass/config.toml";

/// Whose engine that is, as the beginning of a sentence.
pub fn strange(socket: &Path, uid: u32) -> String {
    format!(
        "the engine at {} is a process of {}, who is neither you nor root nor named by root for it",
        socket.display(),
        user(uid)
    )
}

/// Drives a connection; ends when its caller stops waiting for it.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn refused(response: Response<Incoming>) -> Refusal {
    let status = response.status();
    match Limited::new(response.into_body(), MAX_REFUSAL).collect().await {
        Ok(body) => serde_json::from_slice(&body.to_bytes())
            .unwrap_or_else(|_| unreadable(&format!("the engine answered {status} without a reason"))),
        Err(_) => lost(),
    }
}

fn unreadable(what: &str) -> Refusal {
    let hint = "the engine may be of another version: `windlass status` shows it; restart it with this one";
    Refusal::new(Kind::Failed, what, hint)
}

fn silent(waited: Duration) -> Refusal {
    let message = format!("the engine has not answered for {} seconds", waited.as_secs());
    let hint =
        "what is in progress continues; if its process hangs or is stopped, end it and start `windlass serve` again";
    Refusal::new(Kind::Unavailable, message, hint)
}

fn lost() -> Refusal {
    let hint =
        "what was in progress continues, or resumes when an engine runs again; `windlass status` shows its state";
    Refusal::new(Kind::Unavailable, "the engine went away before it answered", hint)
}
