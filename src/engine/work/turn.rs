//! What a rotation does next by itself, and when.

use chrono::{DateTime, Utc};

use crate::core::protocol::open::{Act, agenda, waits_for_connection};
use crate::core::rotation::Rotation;
use crate::engine::state::Engine;

/// What a rotation does next by itself. While its connection is refused it starts nothing, and what waits for it rests; a
/// one-shot only continues with what was begun.
pub fn next(engine: &Engine, rotation: &Rotation, fetched: bool) -> Option<(DateTime<Utc>, Act)> {
    let (at, act) = agenda(rotation, fetched, engine.clock.now())?;
    let begun = matches!(act, Act::Wake | Act::Revoke | Act::Remove);
    if !engine.schedules() && !begun {
        return None;
    }
    let (waits, put_off) = {
        let model = engine.model.borrow();
        let connection = model.connections.get(&rotation.connection_id);
        let waits = connection.is_some_and(|it| match act {
            Act::Wake => it.down.is_some() && waits_for_connection(rotation),
            Act::Rotate => it.held(),
            Act::Retire => it.down.is_some(),
            _ => false,
        });
        let put_off = model.put_off.get(&rotation.id).filter(|_| act == Act::Rotate);
        (waits, put_off.copied())
    };
    (!waits).then_some((put_off.map_or(at, |later| at.max(later)), act))
}
