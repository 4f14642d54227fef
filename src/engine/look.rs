//! Looking at Okta for a person who asked: reads only.

use super::refusal::Refusal;
use crate::core::protocol::call::{Answer, Call, Reply, SeenApp, SeenSecret};
use crate::okta::Client;

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
    Refusal::new(
        super::refusal::Kind::Failed,
        "a call was answered as another",
        "this is a fault of windlass; report it",
    )
}
