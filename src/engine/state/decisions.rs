//! Decisions: each stands in the history and in the live log in the same words.

use uuid::Uuid;

use super::Engine;
use super::notices::About;
use crate::core::history::{Actor, Entry, Trigger};
use crate::core::rotation::Rotation;
use crate::engine::events::notice::Notice;
use crate::store::{Change, StoreError};

/// Something that was decided: it stands in the history and in the live log in the same words.
pub struct Decided<'a> {
    /// What kind of decision.
    pub trigger: Trigger,
    /// By whom.
    pub actor: &'a Actor,
    /// In a sentence.
    pub message: String,
}

impl<'a> Decided<'a> {
    /// See the fields.
    pub fn new(trigger: Trigger, actor: &'a Actor, message: impl Into<String>) -> Self {
        Self { trigger, actor, message: message.into() }
    }

    /// Its entry in the history, about a rotation or none.
    pub fn entry(&self, engine: &Engine, rotation: Option<&Rotation>) -> Entry {
        let (id, actor, now) = (Uuid::now_v7(), self.actor.clone(), engine.clock.now());
        Entry::act(id, rotation, self.trigger, actor, now, self.message.clone())
    }
}

/// Writes a decision that is about no rotation, with what it changes, and says it in the live log.
pub async fn write(
    engine: &Engine,
    mut changes: Vec<Change>,
    decided: &Decided<'_>,
    connection: Option<Uuid>,
    about: About,
) -> Result<(), StoreError> {
    let entry = Entry { connection_id: connection, ..decided.entry(engine, None) };
    let id = entry.id;
    changes.push(Change::Append(Box::new(entry)));
    engine.write(changes).await?;
    let (trigger, message, actor) = (decided.trigger, decided.message.clone(), decided.actor.clone());
    engine.report(Notice::Decided { trigger, message, actor }, About { attempt: Some(id), ..about });
    Ok(())
}
