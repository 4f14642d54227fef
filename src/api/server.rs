//! The engine for other processes: HTTP/1.1 on a Unix socket.
//!
//! Every time is bounded but the engine's own, so that a client that is slow, dead or hostile costs one task for a
//! while and delays no other. A connection's requests are done in the name of the process at its other end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use nix::unistd::{Group, User, getegid, geteuid};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::HandleFactory;
use super::socket::credential_socket;
use crate::engine::refusal::{Kind, Refusal};
use crate::trust::peer::named_by;

mod answer;
mod credentials;
mod exchange;
pub(super) mod limits;
mod metrics;
mod peer;
mod place;
mod write_timeout;

use exchange::Service;
use limits::{Guest, Limits};
use peer::Admission;
use place::{Bound, Listening};
use write_timeout::WriteTimeout;

/// How long a request line and its headers may take, and how long a connection may rest between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a client may leave an answer unread before its connection is closed.
const WRITE_TIMEOUT: Duration = Duration::from_mins(1);

/// How long requests that are under way may still take when the server stops. A UI that attached takes over within a
/// second, so this is well below.
const GRACE: Duration = Duration::from_millis(500);

/// How long refusals and last bytes may take after that.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(250);

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 32 << 10;

/// The sockets of an engine: that of its API, and that where systemd fetches credentials.
pub struct Sockets {
    api: Bound,
    credentials: Bound,
}

/// Opens the sockets, for this user only; that of a service's API for the members of its group too, who are its operators.
/// The caller holds the store's lock.
pub fn bind(path: &Path) -> Result<Sockets, Refusal> {
    let api = Bound::new(path)?;
    if is_operated(path) {
        // The socket was made just now in our own directory, so this hardly fails. If it does, operators are refused
        // with that reason.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o660));
    }
    Ok(Sockets { api, credentials: Bound::or_later(&credential_socket(path)) })
}

impl Sockets {
    /// Other files are made only as long as this holds: a data directory that was moved away may have another's engine in
    /// its place by then.
    #[must_use]
    pub fn only_while(mut self, holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        let holds = Arc::new(holds);
        self.api.only_while(holds.clone());
        self.credentials.only_while(holds);
        self
    }
}

/// Whether a socket is a service's: root made its directory in `/run` for this user, whose own group it is that gets in.
fn is_operated(path: &Path) -> bool {
    let us = geteuid();
    let user = User::from_uid(us).ok().flatten().map(|user| user.name);
    let group = Group::from_gid(getegid()).ok().flatten().map(|group| group.name);
    !us.is_root() && named_by(path) == Some(us.as_raw()) && user.is_some() && user == group
}

/// Gives sockets up that no engine came to serve.
pub fn unbind(sockets: Sockets) {
    sockets.api.remove();
    sockets.credentials.remove();
}

/// Serves an engine until `shutdown`; returns once all connections are closed, at most a second later.
///
/// The sockets' files are gone then, so that none is taken for an engine that died; one that is removed before is made
/// again. Who may come in is decided by the file's mode as it is when this is called: [`bind`] makes it private, and who
/// opens it to a group does so in between.
pub async fn serve(
    sockets: Sockets,
    engine: impl HandleFactory,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Refusal> {
    let Sockets { api, credentials } = sockets;
    let broken = |error: std::io::Error| {
        Refusal::new(
            Kind::Failed,
            format!("cannot listen: {error}"),
            "the engine itself runs; restart it to be reached",
        )
    };
    let (stop, stopping) = watch::channel(false);
    let engine: Arc<dyn HandleFactory> = Arc::new(engine);
    let api = api.listen().map_err(broken)?;
    let service = Arc::new(Service::new(engine.clone(), Admission::at(api.mode()), stopping));
    let credentials = credentials::serve(credentials, engine, service.clone());
    // What ends the one ends the other.
    let (served, credentials) = tokio::join!(serve_api(api, service, stop, shutdown), credentials);
    served.and(credentials).map_err(broken)
}

async fn serve_api(
    mut socket: Listening,
    service: Arc<Service>,
    stop: watch::Sender<bool>,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let limits = Limits::of_the_process();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = socket.next() => admit(accepted?, &service, &limits, &mut connections),
        }
    }
    socket.end();
    stop.send_replace(true);
    let all = async { while connections.join_next().await.is_some() {} };
    // Clients that are still connected do not read. What is under way does not depend on them.
    let _ = tokio::time::timeout(GRACE + CLOSE_TIMEOUT, all).await;
    connections.shutdown().await;
    Ok(())
}

/// Says that there is no room, to one who may not hear it: nothing is waited for.
fn turn_away(stream: &UnixStream) {
    let body = serde_json::to_string(&limits::full()).unwrap_or_default();
    let head =
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nconnection: close\r\nretry-after: 1";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let _ = stream.try_write(answer.as_bytes());
}

/// Serves a client, where there is room for one of its user.
fn admit(stream: UnixStream, service: &Arc<Service>, limits: &Limits, connections: &mut JoinSet<()>) {
    match stream.peer_cred().ok().map(|peer| limits.enter(peer.uid())) {
        Some(Some(guest)) => drop(connections.spawn(connection(stream, service.clone(), guest))),
        Some(None) => turn_away(&stream),
        // It is gone already.
        None => {}
    }
}

async fn connection(stream: UnixStream, service: Arc<Service>, guest: Guest) {
    let Ok(peer) = service.peer(&stream).await else { return };
    let answer = service_fn(|request| service.answer(&peer, &guest, request));
    let io = TokioIo::new(WriteTimeout::new(stream, WRITE_TIMEOUT));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_header_size(MAX_HEAD)
            .serve_connection(io, answer)
    );
    // A client that goes away in the middle is no error of ours, and there is no one left to answer.
    tokio::select! {
        _ = &mut connection => {}
        // Others of the same user need the place more.
        () = guest.given_up() => {}
        () = service.stopped() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
