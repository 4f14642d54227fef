//! A drift check on request.

use super::attempt::{busy, known, shown};
use crate::engine::body::Reply;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::work::drift::check;

/// Checks now, and shows the rotation after that.
pub async fn on_demand(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let rotation = known(engine, id)?;
    if rotation.operation.is_some() {
        return Err(busy(&rotation));
    }
    if rotation.current.is_none() || rotation.leaving.is_some() {
        let hint = "a check compares what is published with what is at Okta";
        return Err(Refusal::new(Kind::Conflict, format!("{} has nothing to compare", rotation.name), hint));
    }
    check(engine, &rotation).await.map_err(|fault| Refusal::from_fault(&fault))?;
    shown(engine, rotation.id, None)
}
