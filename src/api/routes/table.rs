//! The rows. Words come before names where both could stand.

use hyper::Method;

use super::{Call, Route, Serves};
use crate::engine::refusal::Refusal;
use crate::engine::request::Request;

const fn request(method: Method, path: &'static str, read: fn(&Call) -> Result<Request, Refusal>) -> Route {
    Route { method, path, serves: Serves::Request(read) }
}

const fn values(path: &'static str, read: fn(&Call) -> Result<Request, Refusal>) -> Route {
    Route { method: Method::GET, path, serves: Serves::Values(read) }
}

const fn look(path: &'static str, serves: Serves) -> Route {
    Route { method: Method::GET, path, serves }
}

/// All rows of the API.
pub static ROUTES: &[Route] = &[
    // Connections.
    request(Method::GET, "/api/v1/app-connections/okta", |_| Ok(Request::ConnectionList)),
    request(Method::POST, "/api/v1/app-connections/okta", |call| Ok(Request::ConnectionCreate(call.body()?))),
    request(Method::GET, "/api/v1/app-connections/okta/connection-name/{name}", |call| {
        Ok(Request::ConnectionShow { id: call.name() })
    }),
    request(Method::GET, "/api/v1/app-connections/okta/{id}", |call| Ok(Request::ConnectionShow { id: call.name() })),
    request(Method::PATCH, "/api/v1/app-connections/okta/{id}", |call| {
        Ok(Request::ConnectionUpdate { id: call.name(), patch: call.body()? })
    }),
    request(Method::DELETE, "/api/v1/app-connections/okta/{id}", |call| {
        Ok(Request::ConnectionDelete { id: call.name() })
    }),
    request(Method::POST, "/api/v1/app-connections/okta/{id}/test", |call| {
        Ok(Request::ConnectionTest { id: call.name(), terms: call.query()? })
    }),
    request(Method::GET, "/api/v1/app-connections/okta/{id}/apps", |call| {
        Ok(Request::ConnectionApps { id: call.name(), query: call.query()? })
    }),
    // Rotations. The second row is the peer's list of all kinds, of which there is one here.
    request(Method::GET, "/api/v2/secret-rotations/okta-client-secret", |_| Ok(Request::RotationList)),
    request(Method::GET, "/api/v2/secret-rotations", |_| Ok(Request::RotationList)),
    request(Method::GET, "/api/v2/secret-rotations/options", |_| Ok(Request::Options)),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret", |call| {
        Ok(Request::RotationCreate(Box::new(call.rotation()?)))
    }),
    request(Method::GET, "/api/v2/secret-rotations/okta-client-secret/rotation-name/{name}", |call| {
        Ok(Request::RotationShow { id: call.name() })
    }),
    request(Method::GET, "/api/v2/secret-rotations/okta-client-secret/{id}", |call| {
        Ok(Request::RotationShow { id: call.name() })
    }),
    request(Method::PATCH, "/api/v2/secret-rotations/okta-client-secret/{id}", |call| {
        Ok(Request::RotationUpdate { id: call.name(), patch: call.body()? })
    }),
    request(Method::DELETE, "/api/v2/secret-rotations/okta-client-secret/{id}", |call| {
        Ok(Request::RotationDelete { id: call.name(), terms: call.query()? })
    }),
    // What can be done with one, and seen of it.
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/rotate-secrets", |call| {
        Ok(Request::Rotate { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/pause", Call::pause),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/resume", |call| {
        Ok(Request::Resume { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/look", |call| {
        Ok(Request::Look { id: call.name() })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/skip", |call| {
        Ok(Request::Skip { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/retire", |call| {
        Ok(Request::Retire { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/rollback", |call| {
        Ok(Request::Rollback { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/resolve", |call| {
        Ok(Request::Resolve { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::POST, "/api/v2/secret-rotations/okta-client-secret/{id}/plan", |call| {
        Ok(Request::Plan { id: call.name(), terms: call.body_or_default()? })
    }),
    request(Method::GET, "/api/v2/secret-rotations/okta-client-secret/{id}/generated-credentials", |call| {
        Ok(Request::Credentials { id: call.name() })
    }),
    request(Method::GET, "/api/v2/secret-rotations/okta-client-secret/{id}/secrets", |call| {
        Ok(Request::OktaSecrets { id: call.name() })
    }),
    request(Method::POST, "/api/v1/engine/confirm", |call| Ok(Request::Confirm(call.body_or_default()?))),
    request(Method::POST, "/api/v1/engine/retire", |call| Ok(Request::RetireStore(call.body_or_default()?))),
    request(Method::POST, "/api/v1/engine/yield", |_| Ok(Request::Yield)),
    request(Method::GET, "/api/v1/upcoming", |call| Ok(Request::Upcoming(call.query()?))),
    // Named secrets. What acts on a folder has a path of its own: under `secrets/` it would take a name away.
    request(Method::GET, "/api/v1/secrets", |call| Ok(Request::SecretList(call.query()?))),
    values("/api/v1/secrets-export", |call| Ok(Request::Export(call.query()?))),
    request(Method::POST, "/api/v1/secrets-acknowledge", |call| Ok(Request::Acknowledge(call.body()?))),
    values("/api/v1/secrets/{name}", |call| Ok(Request::SecretGet { name: call.name(), query: call.query()? })),
    request(Method::DELETE, "/api/v1/secrets/{name}", |call| {
        Ok(Request::SecretDelete { name: call.name(), query: call.query()? })
    }),
    // The past, the present, and what goes on.
    request(Method::GET, "/api/v1/history", |call| Ok(Request::History(call.query()?))),
    request(Method::GET, "/api/v1/view", |_| Ok(Request::View)),
    look("/api/v1/events", Serves::Events),
    request(Method::GET, "/api/v1/engine", |_| Ok(Request::Engine)),
    look("/healthz", Serves::Health),
    look("/readyz", Serves::Readiness),
    look("/metrics", Serves::Metrics),
];
