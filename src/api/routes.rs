//! The table of calls, and how each is read into a [`Request`]. Its other half is `client/encode.rs`.
//!
//! Nothing here acts: a row that needs the engine ends in a request, and the server asks.

use bytes::Bytes;
use hyper::{Method, Uri};
use serde::de::DeserializeOwned;

use super::{body, path, query};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{PauseTerms, Request, RotationBody};
use crate::text::sanitize;

mod table;

#[cfg(test)]
pub use table::ROUTES as ALL;
use table::ROUTES;

/// A row of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{…}` where it takes a name.
    pub path: &'static str,
    /// What it is for.
    pub serves: Serves,
}

/// What a row is for.
#[derive(Clone, Copy)]
pub enum Serves {
    /// A request to the engine.
    Request(fn(&Call) -> Result<Request, Refusal>),
    /// Values of secrets. What is answered counts as fetched, unless the call only peeks.
    Values(fn(&Call) -> Result<Request, Refusal>),
    /// The live log.
    Events,
    /// Whether the process answers.
    Health,
    /// Whether the engine can act.
    Readiness,
    /// Figures for Prometheus.
    Metrics,
}

/// A call as it came, and the name in its path.
pub struct Call {
    name: Option<String>,
    uri: Uri,
    body: Bytes,
}

impl Call {
    /// A call on a row. The body is empty where there is none.
    pub fn new(route: &Route, uri: Uri, body: Bytes) -> Result<Self, Refusal> {
        let name = match named(route.path, uri.path()) {
            None => None,
            Some(segment) => Some(path::unescaped(segment).ok_or_else(|| {
                let message = format!("the path {:?} has a broken escape", sanitize(uri.path(), 200));
                Refusal::new(Kind::Invalid, message, "escape names as UTF-8 with % and two hexadecimal digits")
            })?),
        };
        Ok(Self { name, uri, body })
    }

    fn name(&self) -> String {
        self.name.clone().unwrap_or_default()
    }

    /// The query, read as what the row takes.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        query::read(&self.uri)
    }

    fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        body::read(&self.body)
    }

    fn rotation(&self) -> Result<RotationBody, Refusal> {
        body::read_rotation(&self.body)
    }

    fn body_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, Refusal> {
        body::read_or_default(&self.body)
    }

    fn pause(&self) -> Result<Request, Refusal> {
        let PauseTerms { until } = self.body_or_default()?;
        Ok(Request::Pause { id: self.name(), until })
    }
}

/// The segment that stands where `pattern` takes a name.
fn named<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    pattern.split('/').zip(path.split('/')).find(|(pattern, _)| pattern.starts_with('{')).map(|(_, segment)| segment)
}

fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    pattern.split('/').all(|word| segments.next().is_some_and(|segment| word.starts_with('{') || word == segment))
        && segments.next().is_none()
}

/// The row for a call. The first that fits is meant, so words come before names.
pub fn find(method: &Method, path: &str) -> Result<&'static Route, Refusal> {
    let here: Vec<&Route> = ROUTES.iter().filter(|route| matches(route.path, path)).collect();
    if let Some(route) = here.iter().find(|route| route.method == *method) {
        return Ok(route);
    }
    let shown = sanitize(path, 200);
    if here.is_empty() {
        let hint = "docs/api.md lists the paths; an older engine may not have all of them";
        return Err(Refusal::new(Kind::Unknown, format!("there is no path {shown:?}"), hint));
    }
    let mut refusal = Refusal::new(
        Kind::Invalid,
        format!("{} is not possible on {shown:?}", sanitize(method.as_str(), 20)),
        format!("nothing was changed; what is possible there: {}", methods(path)),
    );
    refusal.status_code = 405;
    Err(refusal)
}

/// The methods that a path has, as the `Allow` header wants them.
pub fn methods(path: &str) -> String {
    let here = ROUTES.iter().filter(|route| matches(route.path, path));
    let mut methods: Vec<&str> = here.map(|route| route.method.as_str()).collect();
    methods.sort_unstable();
    methods.dedup();
    methods.join(", ")
}

#[cfg(test)]
mod tests;
