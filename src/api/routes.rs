//! The calls of the API. A row stands once: the server reads a request by it, and the client writes one. The rows of the acts
//! come from what is known of each ([`acts`]).
//!
//! A row of the others says where each part of a request travels. Every such word is a method of [`Call`], which reads
//! the part, and one of [`Outgoing`], which writes it. The first row that fits is meant, so words come before names.

use crate::core::cause::CallCause;
use crate::core::remedy::{Automatic, InCall};
use std::collections::BTreeSet;
use std::sync::LazyLock;

use hyper::Method;

use super::call::{Call, Outgoing};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Request;
use crate::text::sanitize;

mod acts;

/// A row of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The paths, with `{…}` where they take a name. The client writes the first.
    pub paths: &'static [&'static str],
    /// What it is for.
    pub serves: Serves,
}

/// What a row is for.
pub enum Serves {
    /// A request to the engine.
    Request(fn(&Call) -> Result<Request, Refusal>),
    /// The live log.
    Events,
    /// Whether the process answers.
    Health,
    /// Whether the engine can act.
    Readiness,
    /// Figures for Prometheus.
    Metrics,
}

/// The path of the live log.
pub const EVENTS: &str = "/api/v1/events";

macro_rules! routes {
    (
        requests {
            $($method:ident $($path:literal)|+
                => $request:ident $(($whole:ident))? $({ $($field:ident: $part:ident),+ })?;)+
        }
        others { $($other:expr => $serves:ident;)+ }
    ) => {
        /// All rows.
        pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
            let mut rows = acts::rows();
            rows.extend([
            $(Route {
                method: Method::$method,
                paths: &[$($path),+],
                serves: Serves::Request(|call| {
                    let _ = call;
                    Ok(Request::$request $((call.$whole()?))? $({ $($field: call.$part()?),+ })?)
                }),
            },)+
            $(Route { method: Method::GET, paths: &[$other], serves: Serves::$serves },)+
            ]);
            rows
        });

        /// The call that a request is.
        pub fn written(request: &Request) -> Outgoing {
            match request {
                Request::Act { id, act, mode } => acts::written(id, act, *mode),
                $(Request::$request $(($whole))? $({ $($field: $part),+ })? => {
                    Outgoing::new(Method::$method, [$($path),+][0]) $(.$whole($whole))? $($(.$part($part))+)?
                })+
            }
        }
    };
}

routes! {
    requests {
        // A client that has a connection's name need not know what that leads to: any `{app}` does.
        GET "/api/v1/app-connections" | "/api/v1/app-connections/{app}" => ConnectionList { app: app };
        POST "/api/v1/app-connections/{app}" => ConnectionCreate(new_connection);
        GET "/api/v1/app-connections/{app}/{id}" | "/api/v1/app-connections/{app}/connection-name/{name}"
            => ConnectionShow { id: name };
        PATCH "/api/v1/app-connections/{app}/{id}" => ConnectionUpdate { id: name, patch: body };
        GET "/api/v1/app-connections/{app}/{id}/apps" => ConnectionApps { id: name, query: query };

        // The second path is the peer's list of all kinds, of which there is one here.
        GET "/api/v2/secret-rotations/okta-client-secret" | "/api/v2/secret-rotations" => RotationList;
        GET "/api/v2/secret-rotations/options" => Options;
        POST "/api/v2/secret-rotations/okta-client-secret" => RotationCreate(new_rotation);
        GET "/api/v2/secret-rotations/okta-client-secret/{id}"
            | "/api/v2/secret-rotations/okta-client-secret/rotation-name/{name}" => RotationShow { id: name };
        PATCH "/api/v2/secret-rotations/okta-client-secret/{id}" => RotationUpdate { id: name, patch: body };
        GET "/api/v2/secret-rotations/okta-client-secret/{id}/generated-credentials" => Credentials { id: name };
        GET "/api/v2/secret-rotations/okta-client-secret/{id}/secrets" => OktaSecrets { id: name };
        GET "/api/v2/secret-rotations/okta-client-secret/{id}/consumers" => Consumers { id: name, query: query };

        // The paths of `secret-syncs` are the peer's.
        GET "/api/v1/targets" | "/api/v1/secret-syncs" | "/api/v1/secret-syncs/{destination}" => TargetList(query);
        POST "/api/v1/targets" | "/api/v1/secret-syncs/{destination}" => TargetCreate(new_target);
        GET "/api/v1/targets/{id}/plan" | "/api/v1/secret-syncs/{destination}/{id}/plan" => TargetPlan { id: name };
        GET "/api/v1/targets/{id}" | "/api/v1/secret-syncs/{destination}/{id}" => TargetShow { id: name };
        PATCH "/api/v1/targets/{id}" | "/api/v1/secret-syncs/{destination}/{id}"
            => TargetUpdate { id: name, patch: body };
        GET "/api/v1/upcoming" => Upcoming(query);

        // What acts on a folder has a path of its own: under `secrets/` it would take a name away.
        GET "/api/v1/secrets" => SecretList(query);
        GET "/api/v1/secrets-export" => Export(values);
        POST "/api/v1/secrets-acknowledge" => Acknowledge(body);
        GET "/api/v1/secrets/{name}" => SecretGet { name: name, query: values };
        DELETE "/api/v1/secrets/{name}" => SecretDelete { name: name, query: query };

        GET "/api/v1/history" => History(query);
        GET "/api/v1/view" => View;
        GET "/api/v1/engine" => Engine;
        POST "/api/v1/engine/yield" => Yield;
    }
    others {
        EVENTS => Events;
        "/healthz" => Health;
        "/readyz" => Readiness;
        "/metrics" => Metrics;
    }
}

impl Route {
    /// The segment that stands for a name, where a path is this row's; empty where there is none.
    pub fn name_in<'a>(&self, path: &'a str) -> Option<&'a str> {
        self.paths.iter().find_map(|pattern| name_in(pattern, path))
    }
}

fn name_in<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let (mut words, mut segments, mut name) = (pattern.split('/'), path.split('/'), "");
    loop {
        match (words.next(), segments.next()) {
            (None, None) => return Some(name),
            (Some(word), Some(segment)) if word.starts_with('{') => name = segment,
            (Some(word), Some(segment)) if word == segment => {}
            _ => return None,
        }
    }
}

/// The row for a call.
pub fn find(method: &Method, path: &str) -> Result<&'static Route, Refusal> {
    let here: Vec<&Route> = ROUTES.iter().filter(|route| route.name_in(path).is_some()).collect();
    if let Some(route) = here.iter().find(|route| route.method == *method) {
        return Ok(route);
    }
    let shown = sanitize(path, 200);
    if here.is_empty() {
        return Err(Refusal::because(Kind::Unknown, CallCause::NoSuchPath { path: shown }).and(InCall::SeePaths));
    }
    let cause = CallCause::MethodNotAllowed { method: sanitize(method.as_str(), 20), path: shown };
    let refusal = Refusal { status_code: 405, ..Refusal::because(Kind::Invalid, cause) };
    Err(refusal.and(Automatic::NothingChanged).and(InCall::Methods(methods(path))))
}

/// The methods that a path has.
pub fn methods(path: &str) -> Vec<String> {
    let here = ROUTES.iter().filter(|route| route.name_in(path).is_some());
    let methods: BTreeSet<&str> = here.map(|route| route.method.as_str()).collect();
    methods.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
