//! What the small servers of tests have in common: each answers on a port of its own, from what it knows, call by call.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A call.
pub struct Call {
    /// Its method.
    pub method: String,
    /// Its path, without the first slash.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Call {
    /// A header; empty where it has none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Its body as JSON; `null` where that is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What a server knows.
pub trait Answers: Send + 'static {
    /// What its answers are dated with.
    const DATE: Option<&'static str> = None;

    /// Answers one call.
    fn answers(&mut self, call: &Call) -> (u16, String);

    /// What was called so far.
    fn calls(&mut self) -> &mut Vec<String>;
}

/// A server, while it runs.
pub struct Served<I> {
    /// Its address.
    pub url: String,
    inside: Arc<Mutex<I>>,
    answered: watch::Receiver<()>,
    task: JoinHandle<()>,
}

impl<I> Drop for Served<I> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<I: Answers> Served<I> {
    /// Starts one on a port of its own.
    pub async fn with(inside: I) -> Self {
        let inside = Arc::new(Mutex::new(inside));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let known = Arc::clone(&inside);
        let (tell, answered) = watch::channel(());
        let app = Router::new().fallback(move |request| answer(Arc::clone(&known), tell.clone(), request));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, inside, answered, task }
    }

    /// What it knows.
    pub fn inside(&self) -> MutexGuard<'_, I> {
        self.inside.lock().expect("no test panicked with it")
    }

    /// The calls so far, and forgets them.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(self.inside().calls())
    }

    /// Waits until a call was answered after which something holds.
    pub async fn until(&self, holds: impl Fn(&I) -> bool) {
        let mut answered = self.answered.clone();
        while !holds(&self.inside()) {
            answered.changed().await.expect("it runs");
        }
    }
}

async fn answer<I: Answers>(inside: Arc<Mutex<I>>, tell: watch::Sender<()>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().trim_start_matches('/').to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: to_bytes(body, 4 << 20).await.expect("a body"),
    };
    let (status, said) = inside.lock().expect("no test panicked with it").answers(&call);
    tell.send_replace(());
    let response = Response::builder().status(status);
    let response = if let Some(date) = I::DATE { response.header("date", date) } else { response };
    response.body(said.into()).expect("an answer")
}
