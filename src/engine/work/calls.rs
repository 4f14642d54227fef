//! Calls to Okta, and what their answers say of the connection and of the clock.

use uuid::Uuid;

use super::{health, overdue};
use crate::core::fault::{Class, Code};
use crate::core::protocol::call::{Answer, Call, Record};
use crate::engine::state::Engine;

/// Makes one call, and learns from its answer about the connection.
pub async fn call_okta(engine: &Engine, connection: Uuid, call: &Call) -> Answer {
    let client = engine.client(connection);
    let mut answer = match &client {
        Ok(client) => client.perform(call).await,
        Err(fault) => Answer { record: Record::default(), result: Err(fault.clone()) },
    };
    if let Some(skew) = answer.record.skew {
        overdue::heard(engine, skew);
    }
    // Authenticating as the app says nothing about the connection's own credential.
    if matches!(call, Call::Authenticate { .. }) {
        return answer;
    }
    if let (Err(fault), Ok(client)) = (&mut answer.result, &client)
        && fault.code == Code::Forbidden
        && let Err(probe) = client.probe().await
        && probe.code == Code::Forbidden
    {
        // Not this app alone: the role may not read apps at all.
        fault.code = Code::NotAllowed;
    }
    match &answer.result {
        Ok(_) => health::answered(engine, connection, Some(call)).await,
        // The rotation waits for the connection then, and for nothing else: that has to be known as down before.
        Err(fault) if fault.class() == Class::Connection => {
            health::refused(engine, connection, fault, Some(call)).await;
        }
        Err(_) => {}
    }
    answer
}
