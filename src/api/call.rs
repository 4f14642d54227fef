//! A call on its way: each part of a request as the server reads it, and as the client writes it. See [`super::routes`].

use crate::core::cause::CallCause;
use crate::core::remedy::InCall;
use bytes::Bytes;
use hyper::{Method, Uri};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::routes::Route;
use super::{body, path, query};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{ConnectionBody, HowRead, RotationBody, TargetBody};
use crate::text::sanitize;

/// The app that a path names where any does.
pub const APP: &str = "okta";

/// A call as it came.
pub struct Call {
    /// Its row in the table.
    pub route: &'static Route,
    /// Its path and query.
    pub uri: Uri,
    /// Its body; empty where there is none.
    pub body: Bytes,
}

impl Call {
    /// The id or name in the path.
    pub fn name(&self) -> Result<String, Refusal> {
        let path = self.uri.path();
        path::unescaped(self.route.name_in(path).unwrap_or_default()).ok_or_else(|| {
            Refusal::because(Kind::Invalid, CallCause::BadEscape { path: sanitize(path, 200) }).and(InCall::EscapeNames)
        })
    }

    /// The query.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        query::read(&self.uri)
    }

    /// The query of a call that answers with values of secrets.
    pub fn values<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        self.query()
    }

    /// The body.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        body::read(&self.body)
    }

    /// Refuses a body with another field than these.
    pub fn has_only(&self, known: &[String]) -> Result<(), Refusal> {
        body::has_only(&self.body, known)
    }

    /// The body, where it may be absent.
    pub fn terms<T: DeserializeOwned + Default>(&self) -> Result<T, Refusal> {
        body::read_or_default(&self.body)
    }

    /// The app in the path; empty where it names none.
    pub fn app(&self) -> Result<String, Refusal> {
        self.name()
    }

    /// The body of a connection that is to be. The path says what it leads to.
    pub fn new_connection(&self) -> Result<Box<ConnectionBody>, Refusal> {
        let body: ConnectionBody = self.body()?;
        Ok(Box::new(ConnectionBody { app: self.name()?, ..body }))
    }

    /// The body of a rotation that is to be.
    pub fn new_rotation(&self) -> Result<Box<RotationBody>, Refusal> {
        body::read_rotation(&self.body).map(Box::new)
    }

    /// The body of a target that is to be. The peer's path says of which kind.
    pub fn new_target(&self) -> Result<Box<TargetBody>, Refusal> {
        let kind = self.name()?;
        let body: TargetBody = self.body()?;
        Ok(Box::new(if kind.is_empty() { body } else { TargetBody { destination: kind, ..body } }))
    }
}

/// The query of the live log.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventsQuery {
    /// The event after which it begins; the next one where absent.
    pub cursor: Option<String>,
}

/// A call that goes out.
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// JSON; empty where there is no body. It may hold a credential.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// A call of a row, without its parts yet.
    pub fn new(method: Method, path: &str) -> Self {
        Self { method, target: path.replace("{app}", APP), body: Vec::new() }
    }

    /// Adds what the connections lead to that are asked for.
    pub fn app(mut self, app: &str) -> Self {
        if !app.is_empty() {
            self.target = format!("{}/{}", self.target, path::segment(app));
        }
        self
    }

    /// Adds the body of a connection that is to be, and what it leads to.
    pub fn new_connection(mut self, body: &ConnectionBody) -> Self {
        self.target = self.target.replace(APP, &path::segment(&body.app));
        self.body(body)
    }

    /// Puts an id or a name where the path takes one.
    pub fn name(mut self, name: &str) -> Self {
        if let Some((from, to)) = self.target.find('{').zip(self.target.find('}')) {
            self.target.replace_range(from..=to, &path::segment(name));
        }
        self
    }

    /// Adds the query.
    pub fn query(mut self, query: &impl Serialize) -> Self {
        self.target += &query::written(query);
        self
    }

    /// Adds the query of a call that answers with values. Our own reads are acknowledged apart, once the value is where it
    /// was to go.
    pub fn values(self, query: &impl Serialize) -> Self {
        #[derive(Serialize)]
        struct Peeking<'a, Q> {
            #[serde(flatten)]
            query: &'a Q,
            #[serde(flatten)]
            how: HowRead,
        }
        self.query(&Peeking { query, how: HowRead { peek: true, reader: None } })
    }

    /// Adds the body.
    pub fn body(self, body: &impl Serialize) -> Self {
        Self { body: serde_json::to_vec(body).expect("our own types have string keys and no failing parts"), ..self }
    }

    /// Adds the body.
    pub fn terms(self, terms: &impl Serialize) -> Self {
        self.body(terms)
    }

    /// Adds the body of a rotation that is to be.
    pub fn new_rotation(self, body: &RotationBody) -> Self {
        self.body(body)
    }

    /// Adds the body of a target that is to be.
    pub fn new_target(self, body: &TargetBody) -> Self {
        self.body(body)
    }
}
