//! The stand-in over real HTTP: what it says is what Okta's description and the recorded exchanges say.

mod assertions;
mod faults;
mod management;
mod oauth;
mod service;

use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::*;

/// A sandbox whose clock stands still, and a client for it.
struct Stand {
    sandbox: Sandbox,
    http: reqwest::Client,
}

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-02T12:00:00Z").expect("an instant").to_utc()
}

async fn stand_with(per_minute: Option<u32>) -> Stand {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let options = Options { listen, apps: 8, now: Arc::new(noon), per_minute, seed: 7 };
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let http = http.build().expect("a client");
    Stand { sandbox: start(options).await.expect("it starts"), http }
}

async fn stand() -> Stand {
    stand_with(None).await
}

impl Stand {
    fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.sandbox.url()))
    }

    fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("authorization", format!("SSWS {}", self.sandbox.token()))
    }

    async fn get(&self, path: &str) -> Response {
        self.api(Method::GET, path).send().await.expect("an answer")
    }

    async fn post(&self, path: &str) -> Response {
        self.api(Method::POST, path).send().await.expect("an answer")
    }

    /// The status and the body of a create.
    async fn create(&self, app: usize, body: &Value) -> (u16, Value) {
        reported(self.api(Method::POST, &self.secrets(app)).body(body.to_string())).await
    }

    /// Sends something to the sandbox's own controls.
    async fn control(&self, method: Method, path: &str, body: &Value) {
        let answer = self.bare(method, path).body(body.to_string()).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
    }

    async fn order(&self, fault: &Value) {
        self.control(Method::POST, "/sandbox/faults", fault).await;
    }

    fn app(&self, index: usize) -> String {
        self.sandbox.apps()[index].id.clone()
    }

    fn secrets(&self, app: usize) -> String {
        format!("/api/v1/apps/{}/credentials/secrets", self.app(app))
    }

    /// The only secret of a fresh app.
    async fn first(&self, app: usize) -> Value {
        read(self.get(&self.secrets(app)).await).await[0].clone()
    }
}

/// The status and the body of an answer; `null` for an empty one.
async fn reported(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), read(answer).await)
}

async fn read(answer: Response) -> Value {
    let bytes = answer.bytes().await.expect("a body");
    if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") }
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Checks an answer in the Management API's envelope.
fn refused(answer: &(u16, Value), status: u16, code: &str, summary: &str, cause: Option<&str>) {
    let (got, body) = answer;
    assert_eq!((*got, body["errorCode"].as_str()), (status, Some(code)), "{body}");
    assert_eq!((body["errorSummary"].as_str(), body["errorLink"].as_str()), (Some(summary), Some(code)));
    assert!(body["errorId"].as_str().is_some_and(|id| id.len() == 25 && id.starts_with("oae")), "{body}");
    let causes = cause.map_or_else(|| json!([]), |cause| json!([{ "errorSummary": cause }]));
    assert_eq!(body["errorCauses"], causes);
}
