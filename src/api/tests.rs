//! The whole way: client, socket, server, and an engine that is played.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use chrono::DateTime;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::client::{Remote, connect};
use super::{HandleFactory, server};
use crate::core::history::Actor;
use crate::core::secret::SecretValue;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Events, Level, News, Rows};
use crate::engine::refusal::Refusal;
use crate::engine::request::{Asks, Reply, Request};
use crate::engine::{EventStream, Handle};

mod credentials;
mod crowd;
mod documented;
mod fetching;
mod fuzz;
mod hostile;
mod live;
mod raw;
mod round_trip;
pub mod samples;
mod stop;

/// What the played engine does with a request.
type Script = dyn Fn(&Request) -> Act + Send + Sync;

enum Act {
    Reply(Reply),
    Refuse(Refusal),
    Panic,
    /// Never answers.
    Hang,
}

/// An engine that is played: it follows a script, and remembers who asked for what.
struct Played {
    script: Box<Script>,
    asked: Mutex<Vec<(Actor, Request)>>,
    events: Events,
    /// How many calls and streams are open.
    open: watch::Sender<usize>,
}

/// A call or a stream, until it is dropped.
struct Waited(watch::Sender<usize>);

impl Waited {
    fn new(open: &watch::Sender<usize>) -> Self {
        open.send_modify(|open| *open += 1);
        Self(open.clone())
    }
}

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

impl Played {
    fn new(script: impl Fn(&Request) -> Act + Send + Sync + 'static) -> std::sync::Arc<Self> {
        let events = Events::new(Uuid::from_u128(7));
        std::sync::Arc::new(Self {
            script: Box::new(script),
            asked: Mutex::default(),
            events,
            open: watch::Sender::new(0),
        })
    }

    /// What was asked since the last look.
    fn asked(&self) -> Vec<(Actor, Request)> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until as many calls and streams are open.
    async fn open(&self, count: usize) {
        self.open.subscribe().wait_for(|open| *open == count).await.expect("the sender is ours");
    }

    fn tell(&self, message: impl Into<String>) {
        let news = News {
            rotation: Some("payments".into()),
            connection: None,
            attempt: None,
            notice: Notice::Said { level: Level::Info, event: "test".into(), message: message.into() },
            rows: Rows { gone: vec![Uuid::from_u128(9)], ..Rows::default() },
        };
        self.events.tell(DateTime::UNIX_EPOCH, news);
    }
}

struct PlayedHandles(std::sync::Arc<Played>);

struct PlayedHandle(std::sync::Arc<Played>, Actor);

impl HandleFactory for PlayedHandles {
    fn open(&self, actor: Actor) -> std::sync::Arc<dyn Handle> {
        std::sync::Arc::new(PlayedHandle(self.0.clone(), actor))
    }

    fn hand_out(&self, _: Asks) -> BoxFuture<'_, Option<SecretValue>> {
        std::future::ready(None).boxed()
    }
}

impl Handle for PlayedHandle {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        async move {
            let _waited = Waited::new(&self.0.open);
            let act = (self.0.script)(&request);
            self.0.asked.lock().unwrap_or_else(PoisonError::into_inner).push((self.1.clone(), request));
            match act {
                Act::Reply(reply) => Ok(reply),
                Act::Refuse(refusal) => Err(refusal),
                Act::Panic => panic!("as the script says"),
                Act::Hang => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn events(&self, cursor: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        let follower = self.0.events.follow(cursor.as_deref());
        let events = stream::unfold((follower, Waited::new(&self.0.open)), |(mut follower, waited)| async move {
            Some((follower.next().await?, (follower, waited)))
        });
        std::future::ready(Ok(Box::pin(events) as EventStream)).boxed()
    }
}

/// A served engine.
struct TestServer {
    path: PathBuf,
    played: std::sync::Arc<Played>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), Refusal>>,
    _dir: tempfile::TempDir,
}

impl TestServer {
    fn open(script: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("windlass.sock");
        let played = Played::new(script);
        let listener = server::bind(&path).expect("bound");
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            // Stopped, or the test is over.
            let _ = stopped.await;
        };
        let task = tokio::spawn(server::serve(listener, PlayedHandles(played.clone()), shutdown));
        Self { path, played, stop, task, _dir: dir }
    }

    /// A server whose engine answers everything with a sample.
    fn answering() -> Self {
        Self::open(|request| Act::Reply(samples::reply(request)))
    }

    fn remote(&self) -> Remote {
        connect(&self.path).expect("an engine listens")
    }

    /// Sends bytes, and reads until the server closes.
    async fn raw(&self, bytes: impl AsRef<[u8]>) -> Answer {
        let mut stream = UnixStream::connect(&self.path).await.expect("connected");
        stream.write_all(bytes.as_ref()).await.expect("written");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("read");
        let text = String::from_utf8(answer).expect("UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// A request by hand, on a connection of its own.
    async fn send(&self, method: &str, target: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let head =
            format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n");
        self.raw(format!("{head}{headers}\r\n{body}")).await
    }

    async fn get(&self, target: &str) -> Answer {
        self.send("GET", target, "", "").await
    }
}

/// An answer as it came.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    /// The refusal that it is, with its status in its body.
    fn refusal(&self) -> Refusal {
        let refusal: Refusal = serde_json::from_str(&self.body).expect("a refusal");
        assert_eq!(refusal.status_code, self.status, "{self:?}");
        assert!(!refusal.message().is_empty() && !refusal.hint().is_empty(), "{self:?}");
        assert!(self.header("x-request-id").is_some_and(|id| !id.is_empty()), "{self:?}");
        refusal
    }
}
