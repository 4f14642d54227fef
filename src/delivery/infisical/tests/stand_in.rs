//! A small Infisical for tests: a login, and secrets in folders, with what it says read in its sources.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The client secret that it takes.
pub const SECRET: &str = "stand-in-client-secret-0123456789";

/// The project that it has.
pub const PROJECT: &str = "7b0c";

/// What it knows.
#[derive(Default)]
pub struct Inside {
    /// Tokens that are valid.
    pub tokens: BTreeSet<String>,
    /// Logins so far.
    pub logins: usize,
    /// Secrets by folder and name.
    secrets: BTreeMap<(String, String), Value>,
    /// Methods that the identity's role does not allow.
    pub denied: Vec<&'static str>,
    /// Each change waits for an approval.
    pub protected: bool,
    /// The role shows no values.
    pub hides: bool,
    /// What is answered next, in place of what would be.
    pub script: VecDeque<(u16, String)>,
    /// Method and path of each call.
    pub asked: Vec<String>,
}

/// It, while it runs.
pub struct StandIn {
    /// Its address.
    pub url: String,
    inside: Arc<Mutex<Inside>>,
    task: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        let inside = Arc::new(Mutex::new(Inside::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let known = Arc::clone(&inside);
        let app = Router::new().fallback(move |request: Request| answer(Arc::clone(&known), request));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, inside, task }
    }

    /// What it knows.
    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no test panicked with it")
    }

    /// The calls so far, and forgets them.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.inside().asked)
    }

    /// A secret of the folder `/apps/pay`.
    pub fn stored(&self, name: &str) -> Option<Value> {
        self.inside().secrets.get(&("/apps/pay".to_owned(), name.to_owned())).cloned()
    }

    /// Its value.
    pub fn value(&self, name: &str) -> Option<String> {
        self.stored(name).and_then(|secret| secret["secretValue"].as_str().map(str::to_owned))
    }

    /// Has others put a secret there.
    pub fn put(&self, name: &str, value: &str, metadata: &Value) {
        let mut inside = self.inside();
        let at = ("/apps/pay".to_owned(), name.to_owned());
        let version = inside.secrets.get(&at).and_then(|it| it["version"].as_u64()).unwrap_or(0) + 1;
        let secret = json!({"secretKey": name, "secretValue": value, "version": version, "secretMetadata": metadata});
        inside.secrets.insert(at, secret);
    }
}

async fn answer(inside: Arc<Mutex<Inside>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.expect("a body");
    let mut body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let path = parts.uri.path().trim_start_matches('/').to_owned();
    if let Some(query) = parts.uri.query() {
        body = serde_urlencoded::from_str::<BTreeMap<String, String>>(query).expect("a query").into_iter().collect();
    }
    let token = parts.headers.get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    let mut inside = inside.lock().expect("no test panicked with it");
    inside.asked.push(format!("{} {path}", parts.method));
    let (status, said) = if let Some(scripted) = inside.script.pop_front() {
        scripted
    } else {
        let (status, said) = inside.answer(parts.method.as_str(), &path, &token, &body);
        (status, said.to_string())
    };
    Response::builder().status(status).body(said.into()).expect("an answer")
}

/// How it says what is wrong.
pub fn wrong(status: u16, error: &str, message: &str) -> (u16, Value) {
    (status, json!({"reqId": "req-1", "statusCode": status, "message": message, "error": error}))
}

impl Inside {
    fn answer(&mut self, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
        if path == "api/v1/auth/universal-auth/login" {
            if body["clientSecret"] != SECRET {
                return wrong(401, "UnauthorizedError", "Invalid credentials");
            }
            self.logins += 1;
            let token = format!("token-{}-0123456789", self.logins);
            self.tokens.insert(token.clone());
            return (200, json!({"accessToken": token, "expiresIn": 7200, "tokenType": "Bearer"}));
        }
        if !self.tokens.contains(token.trim_start_matches("Bearer ")) {
            return wrong(403, "TokenError", "Your token has expired. Please re-authenticate.");
        }
        let Some(name) = path.strip_prefix("api/v4/secrets/") else {
            return wrong(404, "Not Found", "Route not found");
        };
        if body["projectId"] != PROJECT {
            return wrong(404, "NotFoundError", &format!("Project with ID {} not found", body["projectId"]));
        }
        if self.denied.contains(&method) {
            return wrong(403, "PermissionDenied", "You are not allowed to edit on secrets");
        }
        let folder = body["secretPath"].as_str().unwrap_or("/").to_owned();
        if body["environment"] != "prod" || folder != "/apps/pay" {
            let message =
                format!("Folder with path '{folder}' in environment with slug '{}' not found", body["environment"]);
            return wrong(404, "GetSecretByName", &message);
        }
        let at = (folder, name.to_owned());
        let Some(known) = self.secrets.get(&at).cloned() else {
            return match method {
                "POST" if self.protected => (200, json!({"approval": {"id": "a"}})),
                "POST" => self.keep(at, 1, body, json!({"secretValue": "", "secretMetadata": []})),
                _ => wrong(404, "NotFoundError", &format!("Secret with name '{name}' not found")),
            };
        };
        match method {
            "GET" => {
                let mut shown = known;
                if self.hides {
                    (shown["secretValue"], shown["secretValueHidden"]) = ("<hidden-by-infisical>".into(), true.into());
                }
                (200, json!({"secret": shown}))
            }
            "POST" => wrong(400, "BadRequest", "Secret already exist"),
            _ if self.protected => (200, json!({"approval": {"id": "a"}})),
            "DELETE" => {
                self.secrets.remove(&at);
                (200, json!({"secret": known}))
            }
            _ => self.keep(at, known["version"].as_u64().unwrap_or(0) + 1, body, known),
        }
    }

    fn keep(&mut self, at: (String, String), version: u64, body: &Value, mut secret: Value) -> (u16, Value) {
        for name in ["secretValue", "secretMetadata"] {
            if !body[name].is_null() {
                secret[name] = body[name].clone();
            }
        }
        (secret["secretKey"], secret["version"]) = (at.1.as_str().into(), version.into());
        // It trims what it is given.
        secret["secretValue"] = secret["secretValue"].as_str().unwrap_or_default().trim().into();
        self.secrets.insert(at, secret.clone());
        (200, json!({"secret": secret}))
    }
}
