//! Making way for an engine that stays: that of a terminal UI ends for `windlass serve`, which takes the store over.

use super::engine::engine_view;
use crate::core::cause::StoreCause;
use crate::core::history::Actor;
use crate::core::remedy::{Automatic, OnStore};
use crate::engine::body::Reply;
use crate::engine::events::notice::Notice;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::role::Role;
use crate::engine::state::Engine;

/// Agrees to end, or says why not. The engine ends once this is answered, as it does when its session is left: the call in
/// flight finishes, and what is under way is on disk.
pub fn give_way(engine: &Engine, actor: &Actor) -> Result<Reply, Refusal> {
    if engine.role != Role::Ui {
        let cause = StoreCause::KeepsStore { role: engine.role.word().to_owned(), pid: std::process::id() };
        return Err(Refusal::because(Kind::Conflict, cause).and(OnStore::EndEngine).and(Automatic::NothingChanged));
    }
    engine.announce(Notice::MakesWay { actor: actor.clone() });
    Ok(Reply::Engine { engine: Box::new(engine_view(engine)) })
}
