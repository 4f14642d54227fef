//! Who fetches a rotation's secret, and who has the current one.

use crate::core::reach::Stands;
use crate::engine::body::{ConsumersQuery, Reply};
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::view::{ConsumerView, ReachView};

/// The consumers of a rotation, those first that the old secret waits for. Those that fetched neither the current secret nor
/// the old one are shown where all are asked for.
pub fn list(engine: &Engine, id: &str, query: ConsumersQuery) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotation = model.rotation(id)?;
    let reach = model.reach(rotation);
    let shown = reach.consumers.iter().filter(|consumer| query.all || consumer.stands != Stands::Gone);
    Ok(Reply::Consumers {
        consumers: shown.map(ConsumerView::of).collect(),
        reach: ReachView::of(&reach),
        version: rotation
            .current_secret()
            .and_then(|current| current.published)
            .map_or(0, |published| published.version),
    })
}
