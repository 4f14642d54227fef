//! A look at Okta that somebody asked for.

use super::attempt::{busy, known, shown};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::engine::state::Engine;
use crate::engine::work::drift::look_at;

/// Looks now, because somebody asked, and shows the rotation after that.
pub async fn on_demand(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let rotation = known(engine, id)?;
    if rotation.operation.is_some() {
        return Err(busy(&rotation));
    }
    if rotation.current.is_none() || rotation.leaving.is_some() {
        let hint = "a look compares what is published with what is at Okta";
        return Err(Refusal::new(Kind::Conflict, format!("{} has nothing to compare", rotation.name), hint));
    }
    look_at(engine, &rotation).await.map_err(|fault| Refusal::from_fault(&fault))?;
    shown(engine, rotation.id, None)
}
