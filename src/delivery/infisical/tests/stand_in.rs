//! A small Infisical for tests: a login, and secrets in folders, with what it says read in its sources.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use crate::delivery::tests::served::{Answers, Call, Served};

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
pub type StandIn = Served<Inside>;

impl StandIn {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        Self::with(Inside::default()).await
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

impl Answers for Inside {
    fn answers(&mut self, call: &Call) -> (u16, String) {
        self.asked.push(format!("{} {}", call.method, call.path));
        if let Some(scripted) = self.script.pop_front() {
            return scripted;
        }
        let query = serde_urlencoded::from_str::<BTreeMap<String, String>>(&call.query).expect("a query");
        let body = if query.is_empty() { call.json() } else { query.into_iter().collect() };
        let (status, said) = self.answer(&call.method, &call.path, call.header("authorization"), &body);
        (status, said.to_string())
    }

    fn calls(&mut self) -> &mut Vec<String> {
        &mut self.asked
    }
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
