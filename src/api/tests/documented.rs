//! docs/api.md against the routes: each call stands there, with each field that it takes and no other.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;

use crate::api::call::Call;
use crate::api::routes::{ROUTES, Route, Serves, find, written};
use crate::engine::request::Request;

const PAGE: &str = include_str!("../../../docs/api.md");

/// A call as it stands on the page: method, path with its names, query, and the bodies below it.
struct Documented {
    method: Method,
    path: String,
    query: String,
    bodies: Vec<String>,
}

fn documented() -> Vec<Documented> {
    let mut calls: Vec<Documented> = Vec::new();
    let mut body: Option<String> = None;
    for line in PAGE.lines() {
        match &mut body {
            Some(text) if line == "```" => {
                let text = std::mem::take(text);
                calls.last_mut().expect("a body stands below its call").bodies.push(text);
                body = None;
            }
            Some(text) => *text = std::mem::take(text) + line + "\n",
            None if line == "```json" => body = Some(String::new()),
            None => {
                let quoted = line.strip_prefix("### `").or_else(|| line.strip_prefix("| `"));
                let Some((call, _)) = quoted.and_then(|rest| rest.split_once('`')) else { continue };
                let Some((method, target)) = call.split_once(' ') else { continue };
                let Ok(method) = method.parse::<Method>() else { continue };
                let (path, query) = target.split_once('?').unwrap_or((target, ""));
                calls.push(Documented { method, path: path.into(), query: query.into(), bodies: Vec::new() });
            }
        }
    }
    calls
}

/// The names of all fields, with those that they stand in.
fn names(value: &Value, within: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = format!("{within}.{name}");
                names(value, &name, found);
                found.insert(name);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, within, found)),
        _ => {}
    }
}

fn keys(query: &str) -> BTreeSet<&str> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name)).collect()
}

/// A path with something in the place of each name.
fn filled(path: &str) -> String {
    let names = [("{app}", "okta"), ("{id}", "payments"), ("{name}", "NAME"), ("{destination}", "file")];
    names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

fn read(route: &'static Route, call: &Documented, body: &str) -> Option<Request> {
    let Serves::Request(read) = route.serves else { return None };
    let path = filled(&call.path);
    let target = format!("{path}?{}", call.query).parse().expect("a target");
    let call = Call { route, uri: target, body: Bytes::from(body.to_owned()) };
    Some(read(&call).unwrap_or_else(|refusal| panic!("{} {}: {refusal}\n{body}", route.method, path)))
}

#[test]
fn every_call_is_documented_and_every_documented_call_is_there() {
    let rows = ROUTES.iter().flat_map(|route| route.paths.iter().map(|path| (route.method.to_string(), *path)));
    let there: BTreeSet<(String, &str)> = rows.collect();
    let calls = documented();
    let said: BTreeSet<(String, &str)> = calls.iter().map(|it| (it.method.to_string(), it.path.as_str())).collect();
    assert_eq!(said, there, "docs/api.md and the routes");
    assert_eq!(calls.len(), said.len(), "none stands there twice");
}

#[test]
fn each_body_on_the_page_is_taken_and_has_all_fields_there_are() {
    let mut with_body = 0;
    for call in documented().iter().filter(|call| !call.bodies.is_empty()) {
        with_body += 1;
        let name = format!("{} {}", call.method, call.path);
        let path = call.path.replace("{app}", "okta").replace("{id}", "payments");
        let route = find(&call.method, &path).expect("a route");
        let (mut said, mut known) = (BTreeSet::new(), BTreeSet::new());
        for body in &call.bodies {
            let json: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
            names(&json, "", &mut said);
            let request = read(route, call, body).expect("a request");
            let sent = written(&request).body;
            names(&serde_json::from_slice(&sent).expect("JSON"), "", &mut known);
        }
        assert_eq!(said, known, "{name}: the page, and what the program takes");
    }
    assert!(with_body >= 14, "{with_body}");
    // What takes a body has one on the page: without one it reads as the default, or not at all.
    let bodies: BTreeMap<String, usize> =
        documented().into_iter().map(|call| (format!("{} {}", call.method, call.path), call.bodies.len())).collect();
    for route in ROUTES.iter().filter(|route| route.method == Method::POST || route.method == Method::PATCH) {
        let Serves::Request(read) = route.serves else { continue };
        let path = route.paths[0].replace("{app}", "okta").replace("{id}", "payments");
        let call = Call { route, uri: path.parse().expect("a path"), body: Bytes::from_static(b"[]") };
        let takes = read(&call).is_err();
        let name = format!("{} {}", route.method, route.paths[0]);
        assert_eq!(bodies.get(&name).is_some_and(|count| *count > 0), takes, "{name}");
    }
}

#[test]
fn each_query_on_the_page_is_taken_and_has_all_parameters_there_are() {
    for call in documented() {
        let path = filled(&call.path);
        let route = find(&call.method, &path).expect("a route");
        if !call.bodies.is_empty() {
            continue;
        }
        let Some(request) = read(route, &call, "") else { continue };
        let name = format!("{} {}", call.method, call.path);
        // A parameter that is left out is `None`.
        assert!(!format!("{request:?}").contains("None"), "{name} takes more than the page says: {request:?}");
        let sent = written(&request).target;
        let known = keys(sent.split_once('?').map_or("", |(_, query)| query));
        let said: BTreeSet<&str> = keys(&call.query).into_iter().filter(|name| *name != "as").collect();
        assert_eq!(said, known, "{name}");
    }
}
