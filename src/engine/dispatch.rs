//! Which answer a request gets.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use uuid::Uuid;

use super::act::On;
use super::answer::{
    apps, connections, consumers, create, engine as running, history, rotations, secrets, settings, targets, upcoming,
    yielding,
};
use super::refusal::{Kind, Refusal};
use super::request::{Reply, Request};
use super::state::Engine;
use crate::core::cause::MachineCause;
use crate::core::history::Actor;
use crate::core::remedy::{OnMachine, OnStore};

/// Answers a request, once everything that the reply rests on is durable.
pub async fn answered(engine: &Engine, request: Request, actor: Actor) -> Result<Reply, Refusal> {
    let through = through(engine, &request);
    let reply = AssertUnwindSafe(Box::pin(answer(engine, request, actor))).catch_unwind().await;
    engine.settled().await;
    let reply = reply.unwrap_or_else(|_| {
        Err(Refusal::because(Kind::Failed, MachineCause::Internal).and(OnMachine::Report).and(OnStore::DiskAsBefore))
    });
    reply.map_err(|mut refusal| {
        let model = engine.model.borrow();
        let connection = through.and_then(|id| model.connections.get(&id));
        if let Some(connection) = connection {
            refusal.problem.names.connection.get_or_insert_with(|| connection.name.to_string());
        }
        refusal
    })
}

/// The connection that the calls for a request go through, where it is known before.
fn through(engine: &Engine, request: &Request) -> Option<Uuid> {
    let model = engine.model.borrow();
    match request {
        Request::ConnectionApps { id, .. } => Some(model.connection(id).ok()?.id),
        Request::RotationCreate(body) => Some(model.connection(&body.connection_id).ok()?.id),
        Request::Act { id, act, .. } if act.kind().spec().on == On::Rotation && request.calls_okta() => {
            Some(model.rotation(id).ok()?.connection_id)
        }
        _ => None,
    }
}

async fn answer(engine: &Engine, request: Request, actor: Actor) -> Result<Reply, Refusal> {
    // A session that only reads keeps no service from its store either.
    if engine.read_only && request.changes() && !matches!(request, Request::Yield) {
        return Err(Refusal::read_only(true));
    }
    match request {
        Request::Act { id, act, mode } => act.answer(engine, &id, mode, actor).await,
        Request::ConnectionCreate(body) => connections::create(engine, *body, &actor).await,
        Request::ConnectionList { app } => Ok(connections::list(engine, &app)),
        Request::ConnectionShow { id } => connections::show(engine, &id),
        Request::ConnectionUpdate { id, patch } => connections::update(engine, &id, *patch, &actor).await,
        Request::ConnectionApps { id, query } => apps::list(engine, &id, query).await,
        Request::RotationCreate(body) => create::create(engine, *body, actor).await,
        Request::RotationList => Ok(rotations::list(engine)),
        Request::RotationShow { id } => rotations::show(engine, &id),
        Request::RotationUpdate { id, patch } => settings::update(engine, &id, *patch, actor).await,
        Request::Credentials { id } => secrets::credentials(engine, &id),
        Request::OktaSecrets { id } => rotations::okta_secrets(engine, &id),
        Request::Consumers { id, query } => consumers::list(engine, &id, query),
        Request::TargetList(query) => targets::list(engine, &query),
        Request::TargetCreate(body) => targets::create(engine, *body, &actor).await,
        Request::TargetShow { id } => targets::show(engine, &id),
        Request::TargetUpdate { id, patch } => targets::update(engine, &id, *patch, &actor).await,
        Request::TargetPlan { id } => targets::plan(engine, &id).await,
        Request::Options => Ok(running::options()),
        Request::Upcoming(query) => upcoming::upcoming(engine, &query),
        Request::SecretList(query) => secrets::list(engine, &query),
        Request::SecretGet { name, query } => secrets::get(engine, &name, &query),
        Request::SecretDelete { name, query } => secrets::delete(engine, &name, &query, &actor).await,
        Request::Export(query) => secrets::export(engine, &query),
        Request::Acknowledge(read) => secrets::acknowledge(engine, &read, &actor).await,
        Request::History(query) => history::history(engine, query).await,
        Request::Yield => yielding::give_way(engine, &actor),
        Request::View => Ok(running::view(engine)),
        Request::Engine => Ok(Reply::Engine { engine: Box::new(running::engine_view(engine)) }),
    }
}
