//! A sandbox behind a tap that keeps what passes, and a client that talks through it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use windlass::clock::Clock;
use windlass::core::connection::Auth;
use windlass::core::name::Origin;
use windlass::core::secret::SecretValue;
use windlass::net::Network;
use windlass::okta::Client;
use windlass::sandbox::{self, Options, Sandbox};

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    sent: HeaderMap,
    pub asked: Vec<u8>,
    pub status: u16,
    got: HeaderMap,
    pub reported: Vec<u8>,
}

impl Exchange {
    pub fn request_header(&self, name: &str) -> Option<&str> {
        self.sent.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.got.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.reported).unwrap_or_default()
    }
}

pub struct Stand {
    pub sandbox: Sandbox,
    pub client: Client,
    /// Where the tap listens.
    pub url: String,
    pub http: reqwest::Client,
    kept: Arc<Mutex<Vec<Exchange>>>,
}

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-02T12:00:00Z").expect("an instant").to_utc()
}

pub async fn stand() -> Stand {
    stand_with(None).await
}

pub async fn stand_with(per_minute: Option<u32>) -> Stand {
    let loopback = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let options = Options { listen: loopback, apps: 8, now: Arc::new(noon), per_minute, seed: 7 };
    let sandbox = sandbox::start(options).await.expect("it starts");
    let listener = TcpListener::bind(loopback).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let http = http.build().expect("a client");
    let kept = Arc::new(Mutex::new(Vec::new()));
    let tap = Tap { http: http.clone(), from: url.clone(), to: sandbox.url(), kept: kept.clone() };
    tokio::spawn(tap.serve(listener));
    let (org, _) = Origin::of_org(&url).expect("loopback");
    let auth = Auth::ApiToken { token: SecretValue::new(sandbox.token()) };
    let client = Client::new(&org, &auth, &Network::default(), Clock::fast(noon(), 1.0)).expect("a client");
    Stand { sandbox, client, url, http, kept }
}

impl Stand {
    /// What passed since this was last asked.
    pub fn taken(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The exchange of a request that the client itself never sends.
    pub async fn raw(&self, method: &str, path: &str, body: &str) -> Exchange {
        self.sent(method, path, |request| {
            let token = format!("SSWS {}", self.sandbox.token());
            let request = request.header("authorization", token).header("content-length", body.len());
            request.body(body.to_owned())
        })
        .await
    }

    pub async fn sent(
        &self,
        method: &str,
        path: &str,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Exchange {
        let method = method.parse().expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.url)).header("accept", "application/json");
        with(request).send().await.expect("an answer");
        self.taken().pop().expect("it passed the tap")
    }

    pub fn app(&self, index: usize) -> String {
        self.sandbox.apps()[index].id.clone()
    }

    pub fn secrets(&self, index: usize) -> String {
        format!("/api/v1/apps/{}/credentials/secrets", self.app(index))
    }
}

#[derive(Clone)]
struct Tap {
    http: reqwest::Client,
    from: String,
    to: String,
    kept: Arc<Mutex<Vec<Exchange>>>,
}

impl Tap {
    async fn serve(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let tap = self.clone();
            let service = service_fn(move |request| {
                let tap = tap.clone();
                async move { Ok::<_, Infallible>(tap.pass(request).await) }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn pass(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let asked = body.collect().await.expect("a body").to_bytes().to_vec();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut passed = self.http.request(parts.method.clone(), format!("{}{target}", self.to));
        for (name, value) in
            parts.headers.iter().filter(|(name, _)| !["host", "content-length"].contains(&name.as_str()))
        {
            passed = passed.header(name, value);
        }
        let answer = passed.body(asked.clone()).send().await.expect("the sandbox answers");
        let (status, mut got) = (answer.status(), answer.headers().clone());
        let reported = answer.bytes().await.expect("a body");
        // The sandbox names itself in links, and the org is where the tap listens.
        for value in got.values_mut() {
            if let Some(text) = value.to_str().ok().filter(|text| text.contains(&self.to)) {
                *value = text.replace(&self.to, &self.from).parse().expect("a header");
            }
        }
        let exchange = Exchange {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            sent: parts.headers,
            asked,
            status: status.as_u16(),
            got: got.clone(),
            reported: reported.to_vec(),
        };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        let mut response = Response::new(Body::from(reported));
        *response.status_mut() = status;
        *response.headers_mut() = got;
        response
    }
}
