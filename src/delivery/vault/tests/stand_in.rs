//! A small Vault for tests: KV version 2 in memory, with what it says measured at OpenBao 2.7.2.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::delivery::tests::served::{Answers, Call, Served};

/// The token that it knows at first.
pub const TOKEN: &str = "hvs.stand-in-token-0123456789";
/// The secret id that it takes.
pub const SECRET_ID: &str = "stand-in-secret-id-0123456789";

/// A secret.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its versions from 1; `None` where one is deleted.
    pub versions: Vec<Option<Map<String, Value>>>,
    /// Its custom metadata.
    pub marks: Map<String, Value>,
}

/// What it knows.
#[derive(Default)]
pub struct Inside {
    /// Tokens that are valid.
    pub tokens: BTreeSet<String>,
    /// How long a token lasts after it was renewed, in seconds; none can be renewed where it is 0.
    pub lasts: u64,
    /// Logins so far.
    pub logins: usize,
    /// Secrets by path.
    pub entries: BTreeMap<String, Entry>,
    /// Methods and paths that the policies do not allow.
    pub denied: Vec<(&'static str, &'static str)>,
    /// What is answered next, in place of what would be.
    pub script: VecDeque<(u16, &'static str)>,
    /// Method and path of each call.
    pub asked: Vec<String>,
    /// The version that `kv` says to be.
    pub mount_version: &'static str,
    /// Writes are answered, and not kept.
    pub forgets: bool,
    /// It is sealed.
    pub sealed: bool,
}

/// It, while it runs.
pub type StandIn = Served<Inside>;

impl StandIn {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        Self::with(Inside { tokens: [TOKEN.to_owned()].into(), mount_version: "2", ..Inside::default() }).await
    }
}

impl Answers for Inside {
    fn answers(&mut self, call: &Call) -> (u16, String) {
        let path = call.path.trim_start_matches("v1/");
        self.asked.push(format!("{} {path}", call.method));
        if let Some((status, said)) = self.script.pop_front() {
            return (status, said.to_owned());
        }
        let (status, said) = self.answer(&call.method, path, &call.headers, &call.json());
        (status, if said.is_null() { String::new() } else { said.to_string() })
    }

    fn calls(&mut self) -> &mut Vec<String> {
        &mut self.asked
    }
}

fn errors(status: u16, said: &str) -> (u16, Value) {
    (status, json!({"errors": [said]}))
}

impl Inside {
    fn answer(&mut self, method: &str, path: &str, headers: &HeaderMap, body: &Value) -> (u16, Value) {
        let words: Vec<&str> = path.split('/').collect();
        if path == "sys/health" {
            let status = if self.sealed { 503 } else { 200 };
            return (status, json!({"initialized": true, "sealed": self.sealed, "version": "2.7.2"}));
        }
        if self.sealed {
            return errors(503, "Vault is sealed");
        }
        if headers.get("x-vault-namespace").is_some_and(|namespace| namespace != "team") {
            return errors(404, "namespace not found");
        }
        match words.as_slice() {
            ["auth", "approle", "login"] if body["secret_id"] == SECRET_ID => return self.log_in(),
            ["auth", "kubernetes", "login"] if body["jwt"].as_str().is_some_and(|it| it.starts_with("eyJ")) => {
                return self.log_in();
            }
            ["auth", "approle" | "kubernetes", "login"] => return errors(400, "invalid role or secret ID"),
            ["auth", _, "login"] => {
                return errors(404, "no handler for route \"auth/x/login\". route entry not found.");
            }
            _ => {}
        }
        let token = headers.get("x-vault-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
        if !self.tokens.contains(token) {
            return errors(403, "permission denied");
        }
        if self.denied.iter().any(|(verb, place)| *verb == method && path.starts_with(place)) {
            return errors(403, "1 error occurred:\n\t* permission denied\n\n");
        }
        match words.as_slice() {
            ["auth", "token", "lookup-self"] => (200, json!({"data": {"ttl": 600, "renewable": false}})),
            ["auth", "token", "renew-self"] if self.lasts > 0 => {
                (200, json!({"auth": {"client_token": token, "lease_duration": self.lasts}}))
            }
            ["auth", "token", "renew-self"] => errors(400, "lease is not renewable"),
            ["sys", "internal", "ui", "mounts", "kv", ..] => {
                (200, json!({"data": {"type": "kv", "path": "kv/", "options": {"version": self.mount_version}}}))
            }
            ["sys", "internal", "ui", "mounts", "pki", ..] => (200, json!({"data": {"type": "pki", "path": "pki/"}})),
            ["sys", ..] => errors(403, "preflight capability check returned 403"),
            ["kv", kind, rest @ ..] => self.kv(method, kind, &rest.join("/"), body),
            _ => errors(404, "no handler for route"),
        }
    }

    fn log_in(&mut self) -> (u16, Value) {
        self.logins += 1;
        let token = format!("hvs.login-{}", self.logins);
        self.tokens.insert(token.clone());
        (200, json!({"auth": {"client_token": token, "lease_duration": 60}}))
    }

    fn kv(&mut self, method: &str, kind: &str, path: &str, body: &Value) -> (u16, Value) {
        let forgets = self.forgets;
        let known = self.entries.get(path).cloned();
        let mut entry = known.clone().unwrap_or_default();
        let version = entry.versions.len();
        let metadata =
            json!({"version": version, "custom_metadata": entry.marks, "deletion_time": "", "destroyed": false});
        let last = entry.versions.last().cloned().flatten();
        let stale = body["options"]["cas"].as_u64().is_some_and(|cas| cas != version as u64);
        let answer = match (method, kind, known.is_some()) {
            ("GET", "data", _) if version == 0 => return (404, json!({"errors": []})),
            ("GET", "data", _) => match last {
                Some(data) => return (200, json!({"data": {"data": data, "metadata": metadata}})),
                None => return (404, json!({"data": {"data": null, "metadata": metadata}})),
            },
            ("POST" | "PATCH", "data", _) if stale => {
                return errors(400, "check-and-set parameter did not match the current version");
            }
            ("POST", "data", _) => {
                entry.versions.push(body["data"].as_object().cloned());
                (200, json!({"data": {"version": version + 1}}))
            }
            ("PATCH", "data", _) => {
                let Some(mut data) = last else { return (404, json!({"data": {"version": version}})) };
                merge(&mut data, &body["data"]);
                entry.versions.push(Some(data));
                (200, json!({"data": {"version": version + 1}}))
            }
            ("PATCH", "metadata", true) => {
                merge(&mut entry.marks, &body["custom_metadata"]);
                (204, Value::Null)
            }
            ("PUT" | "POST", "delete", true) => {
                for number in body["versions"].as_array().into_iter().flatten().filter_map(Value::as_u64) {
                    let at = usize::try_from(number).expect("small") - 1;
                    entry.versions[at] = None;
                }
                (204, Value::Null)
            }
            _ => return (404, Value::Null),
        };
        if !forgets {
            self.entries.insert(path.to_owned(), entry);
        }
        answer
    }
}

fn merge(into: &mut Map<String, Value>, patch: &Value) {
    for (key, value) in patch.as_object().into_iter().flatten() {
        if value.is_null() {
            into.remove(key);
        } else {
            into.insert(key.clone(), value.clone());
        }
    }
}
