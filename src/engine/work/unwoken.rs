//! Promise 8, held over the engine's own state: whatever is open, or due one day, is woken by something that comes.
//!
//! An open operation has a call out, an instant on the agenda, or a connection that is down and whose next probe is on the
//! agenda. Debug builds look at that whenever the scheduler goes to sleep, and end in a panic where it does not hold.

use std::rc::Rc;

use super::turn::next;
use crate::core::protocol::open::waits_for_connection;
use crate::core::rotation::Rotation;
use crate::engine::state::Engine;
use crate::engine::state::agenda::Item;

/// With more rotations than this only those with an open operation are looked at: a wake-up must not cost more with each.
const FEW: usize = 64;

/// Notes what nothing wakes. Costs nothing in a release build.
pub fn note(engine: &Engine) {
    if cfg!(debug_assertions) {
        let found = unwoken(engine);
        engine.unwoken.borrow_mut().extend(found);
    }
}

/// Ends in a panic where something was noted.
pub fn expect_none(engine: &Engine) {
    note(engine);
    let found = engine.unwoken.borrow();
    assert!(found.is_empty(), "promise 8 is broken, nothing wakes: {found:#?}");
}

/// What nothing wakes. Nothing is said while a write is out: whoever waits for that puts things on the agenda next.
pub fn unwoken(engine: &Engine) -> Vec<String> {
    let model = engine.model.borrow();
    let rests = engine.stopping.get() || !engine.schedules() || model.trouble.is_some();
    if rests || Rc::strong_count(&engine.in_hand) > 1 {
        return Vec::new();
    }
    let (now, agenda, driven) = (engine.clock.now(), engine.agenda.borrow(), engine.driven.borrow());
    let probed = |rotation: &Rotation| {
        let down = model.connections.get(&rotation.connection_id).is_some_and(|known| known.down.is_some());
        down && agenda.at(Item::Connection(rotation.connection_id)).is_some()
    };
    let woken = |rotation: &Rotation| {
        let at = agenda.at(Item::Rotation(rotation.id));
        if rotation.operation.is_some() {
            return driven.contains(&rotation.id)
                || at.is_some()
                || (waits_for_connection(rotation) && probed(rotation));
        }
        let turn = (model.rotations.len() <= FEW).then(|| next(engine, rotation, model.reached(rotation)));
        turn.flatten().is_none_or(|(due, _)| at.is_some_and(|at| at <= due.max(now)))
    };
    let rotations = model.rotations.values().filter(|rotation| !woken(rotation));
    let reported =
        rotations.map(|rotation| format!("{}: {:?}, {:?}", rotation.name, rotation.operation, rotation.previous));
    let unprobed = model
        .connections
        .values()
        .filter(|known| known.down.is_some() && agenda.at(Item::Connection(known.id)).is_none())
        .map(|known| format!("the connection {}: {:?}", known.name, known.down));
    reported.chain(unprobed).collect()
}
