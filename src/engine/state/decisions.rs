//! Decisions: each is in the history and in the live log, in the same words.

use uuid::Uuid;

use super::Engine;
use super::notices::About;
use crate::core::history::deed::Deed;
use crate::core::history::ending::What;
use crate::core::history::{Actor, Entry};
use crate::core::rotation::Rotation;
use crate::engine::events::notice::Notice;
use crate::engine::refusal::Refusal;
use crate::store::Change;

/// A decision.
pub struct Decided<'a> {
    /// What.
    pub deed: Deed,
    /// By whom.
    pub actor: &'a Actor,
}

impl Decided<'_> {
    /// Its entry in the history, about a rotation or none.
    pub fn entry(&self, engine: &Engine, rotation: Option<&Rotation>) -> Entry {
        let (id, actor, now) = (Uuid::now_v7(), self.actor.clone(), engine.clock.now());
        Entry::act(id, rotation, self.deed.kind().0, actor, now, What::Decided { deed: self.deed.clone() })
    }

    /// Its line in the live log.
    pub fn notice(self) -> Notice {
        Notice::Decided { deed: self.deed, actor: self.actor.clone() }
    }
}

/// Writes a decision that is about no rotation, with what it changes, and says it in the live log.
pub async fn write(
    engine: &Engine,
    mut changes: Vec<Change>,
    decided: Decided<'_>,
    connection: Option<Uuid>,
    about: About,
) -> Result<(), Refusal> {
    let entry = Entry { connection_id: connection, ..decided.entry(engine, None) };
    let id = entry.id;
    changes.push(Change::Append(Box::new(entry)));
    engine.write(changes).await?;
    engine.report(decided.notice(), About { attempt: Some(id), ..about });
    Ok(())
}

/// Writes a decision about a rotation that changes other records than its own, and says it in the live log.
pub async fn note(
    engine: &Engine,
    rotation: &Rotation,
    mut changes: Vec<Change>,
    decided: Decided<'_>,
) -> Result<(), Refusal> {
    let entry = decided.entry(engine, Some(rotation));
    let about = About { attempt: Some(entry.id), ..About::rotation(rotation.id) };
    changes.push(Change::Append(Box::new(entry)));
    engine.write(changes).await?;
    engine.report(decided.notice(), about);
    Ok(())
}
