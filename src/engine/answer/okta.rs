//! Looking at Okta for an operator who asked: reads only, and patient with what passes.

use crate::core::cause::{AdoptCause, MachineCause};
use crate::core::remedy::{Automatic, InAdoption, OnMachine};
use chrono::Duration;

use crate::core::fault::{Class, Code, Fault};
use crate::core::protocol::call::{Answer, Call, Reply, SeenApp, SeenSecret};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::okta::Client;

/// Reads, and reads again a few times where the fault passes by itself.
pub async fn patiently<T>(engine: &Engine, read: impl AsyncFn() -> Result<T, Fault>) -> Result<T, Refusal> {
    for seconds in [1, 2, 4] {
        match read().await {
            Err(fault) if fault.class() == Class::Passing && fault.code != Code::RateLimited => {
                engine.clock.sleep(Duration::seconds(seconds)).await;
            }
            done => return done.map_err(|fault| Refusal::from_fault(&fault)),
        }
    }
    read().await.map_err(|fault| Refusal::from_fault(&fault))
}

/// Refuses a secret to be replaced that the app does not have.
pub fn has_named(seen: &[SeenSecret], named: Option<&str>) -> Result<(), Refusal> {
    let Some(named) = named.filter(|named| seen.iter().all(|seen| seen.id != *named)) else { return Ok(()) };
    let secrets = seen.iter().map(|seen| seen.id.clone()).collect();
    let refusal = Refusal::because(Kind::Unknown, AdoptCause::NoSuchSecret { named: named.to_owned(), replace: true });
    Err(refusal.and(InAdoption::AppHas { secrets }).and(Automatic::NothingChanged))
}

/// An app by its id.
pub async fn app(client: &Client, app_id: &str) -> Result<SeenApp, Refusal> {
    match read(client, Call::App { app_id: app_id.into() }).await? {
        Reply::App(app) => Ok(app),
        _ => Err(unexpected()),
    }
}

/// An app's secrets.
pub async fn secrets(client: &Client, app_id: &str) -> Result<Vec<SeenSecret>, Refusal> {
    match read(client, Call::Secrets { app_id: app_id.into() }).await? {
        Reply::Secrets(secrets) => Ok(secrets),
        _ => Err(unexpected()),
    }
}

async fn read(client: &Client, call: Call) -> Result<Reply, Refusal> {
    let Answer { result, .. } = client.perform(&call).await;
    result.map_err(|fault| Refusal::from_fault(&fault))
}

fn unexpected() -> Refusal {
    Refusal::because(Kind::Failed, MachineCause::Internal).and(OnMachine::Report)
}
