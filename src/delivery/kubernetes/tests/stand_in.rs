//! A small kube-apiserver for tests: Secrets and what runs pods, with server-side apply and who owns which field, as it was
//! measured at kube-apiserver 1.20.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::delivery::tests::served::{Answers, Call, Served};

/// The token that it knows at first.
pub const TOKEN: &str = "stand-in-token-0123456789";

/// Who has it.
pub const USER: &str = "system:serviceaccount:windlass:windlass";

/// A field: of the values, of the annotations, or of anything else.
type Field = (&'static str, String);

/// An object, and who owns which of its fields: by manager, and whether it applied them.
#[derive(Clone, Default)]
struct Kept {
    object: Value,
    owners: BTreeMap<(String, bool), BTreeSet<Field>>,
}

/// What it knows.
#[derive(Default)]
pub struct Inside {
    /// Tokens that are valid, and whose they are.
    pub tokens: BTreeMap<String, String>,
    /// Objects by their path.
    kept: BTreeMap<String, Kept>,
    /// Counts up with each change.
    version: u64,
    /// Methods and paths that no role allows.
    pub denied: Vec<(&'static str, &'static str)>,
    /// What is answered next, in place of what would be.
    pub script: VecDeque<(u16, String)>,
    /// Method and path of each call.
    pub asked: Vec<String>,
    /// It has no such API as would say who calls.
    pub is_old: bool,
    /// Writes are answered, and not kept.
    pub forgets: bool,
}

/// It, while it runs.
pub type StandIn = Served<Inside>;

impl StandIn {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        Self::with(Inside { tokens: [(TOKEN.to_owned(), USER.to_owned())].into(), ..Inside::default() }).await
    }

    /// The value under a key of a Secret.
    pub fn value(&self, namespace: &str, name: &str, key: &str) -> Option<String> {
        let inside = self.inside();
        let kept = inside.kept.get(&format!("api/v1/namespaces/{namespace}/secrets/{name}"))?;
        let bytes = STANDARD.decode(kept.object["data"][key].as_str()?).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// Has a Secret made by others.
    pub fn put(&self, namespace: &str, name: &str, pairs: &[(&str, &str)]) {
        let data: Value = pairs.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value))).collect();
        let path = format!("api/v1/namespaces/{namespace}/secrets");
        let body = json!({"metadata": {"name": name}, "type": "Opaque", "data": data});
        let (status, said) = self.inside().create(&path, "kubectl-create", body);
        assert_eq!(status, 201, "{said}");
    }
}

impl Answers for Inside {
    const DATE: Option<&'static str> = Some("Tue, 09 Mar 2027 23:30:00 GMT");

    fn answers(&mut self, call: &Call) -> (u16, String) {
        self.asked.push(format!("{} {}", call.method, call.path));
        if let Some(scripted) = self.script.pop_front() {
            return scripted;
        }
        let (status, said) = self.answer(&call.method, &call.path, &call.query, &call.headers, call.json());
        (status, if said.is_null() { "404 page not found\n".into() } else { said.to_string() })
    }

    fn calls(&mut self) -> &mut Vec<String> {
        &mut self.asked
    }
}

/// How it says what is wrong.
pub fn status(code: u16, reason: &str, message: &str, details: &Value) -> (u16, Value) {
    let said = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "details": details, "code": code,
    });
    (code, said)
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

impl Inside {
    fn answer(&mut self, method: &str, path: &str, query: &str, headers: &HeaderMap, body: Value) -> (u16, Value) {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(user) = text("authorization").strip_prefix("Bearer ").and_then(|token| self.tokens.get(token)) else {
            return status(401, "Unauthorized", "Unauthorized", &Value::Null);
        };
        let user = user.clone();
        if self.denied.iter().any(|(verb, place)| *verb == method && path.contains(place)) {
            let message = format!("secrets is forbidden: User {user:?} cannot {method} {path}");
            return status(403, "Forbidden", &message, &Value::Null);
        }
        let manager = parameter(query, "fieldManager").unwrap_or("unknown").to_owned();
        match (method, path) {
            ("GET", "version") => (200, json!({"major": "1", "minor": "20", "gitVersion": "v1.20.2"})),
            ("POST", "apis/authentication.k8s.io/v1/selfsubjectreviews") if !self.is_old => {
                (201, json!({"status": {"userInfo": {"username": user}}}))
            }
            ("POST", "apis/authorization.k8s.io/v1/selfsubjectaccessreviews") => {
                (201, json!({"status": {"allowed": true}}))
            }
            (_, path) if !path.contains("/namespaces/") => (404, Value::Null),
            ("POST", path) => self.create(path, &manager, body),
            ("GET", path) => match self.kept.get(path) {
                Some(kept) => (200, kept.shown()),
                None => missing(path),
            },
            ("DELETE", path) => self.delete(path, &body),
            ("PATCH", path) if text("content-type").contains("apply-patch") => {
                self.apply(path, &manager, parameter(query, "force") == Some("true"), &body)
            }
            ("PATCH", path) => self.merge(path, &manager, &body),
            _ => (404, Value::Null),
        }
    }

    fn create(&mut self, path: &str, manager: &str, mut object: Value) -> (u16, Value) {
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let path = format!("{path}/{name}");
        if self.kept.contains_key(&path) {
            return status(409, "AlreadyExists", "already exists", &Value::Null);
        }
        if path.contains("/secrets/") && object["type"].is_null() {
            object["type"] = "Opaque".into();
        }
        object["metadata"]["uid"] = format!("uid-{}", self.version).into();
        let mut kept = Kept { object, ..Kept::default() };
        let own = kept.fields().into_keys().collect();
        kept.owners.insert((manager.to_owned(), false), own);
        self.keep(&path, kept, 201)
    }

    fn delete(&mut self, path: &str, body: &Value) -> (u16, Value) {
        let Some(kept) = self.kept.get(path) else { return missing(path) };
        for name in ["uid", "resourceVersion"] {
            let wanted = &body["preconditions"][name];
            if !wanted.is_null() && *wanted != kept.object["metadata"][name] {
                return status(409, "Conflict", "Precondition failed", &Value::Null);
            }
        }
        self.kept.remove(path);
        (200, json!({"kind": "Status", "status": "Success"}))
    }

    fn apply(&mut self, path: &str, manager: &str, force: bool, body: &Value) -> (u16, Value) {
        let namespace = path.split('/').nth(3).unwrap_or_default();
        if namespace == "nowhere" {
            let message = "namespaces \"nowhere\" not found";
            return status(404, "NotFound", message, &json!({"name": namespace, "kind": "namespaces"}));
        }
        let wanted = Kept { object: body.clone(), ..Kept::default() }.fields();
        let version = body["metadata"]["resourceVersion"].clone();
        let Some(known) = self.kept.get(path).cloned() else {
            if !version.is_null() {
                let message = "resourceVersion should not be set on objects to be created";
                return status(500, "InternalError", message, &Value::Null);
            }
            let mut object = body.clone();
            (object["metadata"]["uid"], object["type"]) = (format!("uid-{}", self.version).into(), "Opaque".into());
            let owners = [((manager.to_owned(), true), wanted.into_keys().collect())].into();
            return self.keep(path, Kept { object, owners }, 201);
        };
        if known.is_stale(&version) {
            return modified();
        }
        let (before, mut kept) = (known.fields(), known.clone());
        let own = (manager.to_owned(), true);
        let differs = |field: &Field| before.get(field) != wanted.get(field);
        let mut conflicts = Vec::new();
        for (owner, fields) in kept.owners.iter_mut().filter(|(owner, _)| **owner != own) {
            let contested: Vec<_> =
                fields.iter().filter(|it| wanted.contains_key(*it) && differs(it)).cloned().collect();
            for field in contested {
                fields.remove(&field);
                let message = format!("conflict with {:?} using v1", owner.0);
                conflicts.push(json!({"reason": "FieldManagerConflict", "message": message, "field": field.1}));
            }
        }
        if !conflicts.is_empty() && !force {
            return status(409, "Conflict", "Apply failed with 1 conflict", &json!({"causes": conflicts}));
        }
        for field in kept.owners.insert(own.clone(), wanted.keys().cloned().collect()).unwrap_or_default() {
            let others = kept.owners.iter().any(|(owner, fields)| *owner != own && fields.contains(&field));
            if !wanted.contains_key(&field) && !others {
                kept.set(&field, Value::Null);
            }
        }
        for (field, value) in &wanted {
            kept.set(field, value.clone());
        }
        self.settle(path, &known, kept)
    }

    fn merge(&mut self, path: &str, manager: &str, body: &Value) -> (u16, Value) {
        let Some(known) = self.kept.get(path).cloned() else { return missing(path) };
        if known.is_stale(&body["metadata"]["resourceVersion"]) {
            return modified();
        }
        let (before, mut kept) = (known.fields(), known.clone());
        merge(&mut kept.object, body);
        kept.object["metadata"]["resourceVersion"] = known.object["metadata"]["resourceVersion"].clone();
        let after = kept.fields();
        let changed: BTreeSet<Field> =
            before.keys().chain(after.keys()).filter(|it| before.get(*it) != after.get(*it)).cloned().collect();
        for fields in kept.owners.values_mut() {
            fields.retain(|field| !changed.contains(field));
        }
        let own = changed.into_iter().filter(|field| after.contains_key(field));
        kept.owners.entry((manager.to_owned(), false)).or_default().extend(own);
        self.settle(path, &known, kept)
    }

    /// What is as it was keeps its version, and wakes no watcher.
    fn settle(&mut self, path: &str, known: &Kept, mut kept: Kept) -> (u16, Value) {
        kept.owners.retain(|_, fields| !fields.is_empty());
        if (&kept.object, &kept.owners) == (&known.object, &known.owners) {
            return (200, kept.shown());
        }
        if known.object["immutable"] == true && known.object["data"] != kept.object["data"] {
            let message = "data: Forbidden: field is immutable when `immutable` is set";
            return status(422, "Invalid", message, &Value::Null);
        }
        if known.object["spec"] != kept.object["spec"] {
            let before = known.object["metadata"]["generation"].as_u64().unwrap_or(1);
            kept.object["metadata"]["generation"] = (before + 1).into();
        }
        self.keep(path, kept, 200)
    }

    fn keep(&mut self, path: &str, mut kept: Kept, code: u16) -> (u16, Value) {
        self.version += 1;
        kept.object["metadata"]["resourceVersion"] = self.version.to_string().into();
        let shown = kept.shown();
        if !self.forgets {
            self.kept.insert(path.to_owned(), kept);
        }
        (code, shown)
    }
}

impl Kept {
    /// All fields that have an owner.
    fn fields(&self) -> BTreeMap<Field, Value> {
        let of = |place: &'static str, value: &Value| {
            let all = value.as_object().cloned().unwrap_or_default();
            all.into_iter().map(move |(name, value)| ((place, name), value)).collect::<Vec<_>>()
        };
        let Value::Object(all) = &self.object else { return BTreeMap::new() };
        let rest = all.iter().filter(|(name, _)| !["data", "metadata", "apiVersion", "kind"].contains(&name.as_str()));
        let rest = rest.map(|(name, value)| (("", name.clone()), value.clone()));
        let data = of("data", &self.object["data"]);
        data.into_iter().chain(of("annotations", &self.object["metadata"]["annotations"])).chain(rest).collect()
    }

    fn set(&mut self, (place, name): &Field, value: Value) {
        let at = match *place {
            "" => &mut self.object,
            "data" => &mut self.object["data"],
            _ => &mut self.object["metadata"]["annotations"],
        };
        if value.is_null() {
            if let Value::Object(all) = at {
                all.remove(name);
            }
        } else {
            at[name.as_str()] = value;
        }
    }

    fn is_stale(&self, version: &Value) -> bool {
        !version.is_null() && *version != self.object["metadata"]["resourceVersion"]
    }

    /// As it is answered.
    fn shown(&self) -> Value {
        let mut shown = self.object.clone();
        let managers = self.owners.iter().map(|((manager, applied), fields)| {
            let operation = if *applied { "Apply" } else { "Update" };
            let fields: Vec<String> = fields.iter().map(|(place, name)| format!("{place} {name}")).collect();
            json!({"manager": manager, "operation": operation, "fields": fields})
        });
        shown["metadata"]["managedFields"] = managers.collect();
        shown
    }
}

fn modified() -> (u16, Value) {
    let message = "the object has been modified; please apply your changes to the latest version and try again";
    status(409, "Conflict", message, &Value::Null)
}

fn missing(path: &str) -> (u16, Value) {
    let mut words = path.rsplit('/');
    let (name, kind) = (words.next(), words.next());
    status(404, "NotFound", "not found", &json!({"name": name, "kind": kind}))
}

fn merge(into: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else { return *into = patch.clone() };
    if !into.is_object() {
        *into = json!({});
    }
    for (key, value) in patch {
        if value.is_null() {
            into.as_object_mut().expect("an object").remove(key);
        } else {
            merge(&mut into[key.as_str()], value);
        }
    }
}
