//! What happened: the history.

use uuid::Uuid;

use crate::core::history::ending::What;
use crate::core::history::{Entry, Outcome};
use crate::core::rotation::Rotation;
use crate::engine::body::{HistoryQuery, Reply};
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::store;

/// Entries of a page where nothing is said, and at the most.
const PAGE: usize = 50;
const LARGEST: usize = 1000;

/// A page of history, newest first; what is still running stands on top of the first.
pub async fn history(engine: &Engine, query: HistoryQuery) -> Result<Reply, Refusal> {
    let rotation = match &query.rotation {
        Some(id) => Some(rotation_id(engine, id).await?),
        None => None,
    };
    let limit = query.limit.unwrap_or(PAGE).clamp(1, LARGEST);
    let wanted = store::HistoryQuery {
        rotation,
        since: query.since,
        until: query.until,
        outcome: query.outcome,
        actor: query.actor,
        before: query.before,
        limit,
    };
    let mut entries = if query.before.is_none() { running(engine, &wanted) } else { Vec::new() };
    let page = engine.history(wanted).await?;
    let mut next = page.next;
    entries.extend(page.entries);
    if entries.len() > limit {
        entries.truncate(limit);
        next = entries.last().map(|entry| entry.id);
    }
    Ok(Reply::History { history: entries, next, unreadable: page.unreadable })
}

/// A rotation by id or name; one that is deleted still has its history, under its id or the name it had.
async fn rotation_id(engine: &Engine, id: &str) -> Result<Uuid, Refusal> {
    let refusal = match engine.model.borrow().rotation(id) {
        Ok(rotation) => return Ok(rotation.id),
        Err(refusal) => refusal,
    };
    if let Ok(id) = id.parse() {
        return Ok(id);
    }
    let mut before = None;
    loop {
        let page = engine.history(store::HistoryQuery { before, limit: LARGEST, ..Default::default() }).await?;
        if let Some(id) = page.entries.iter().find(|entry| entry.whose() == id).and_then(|entry| entry.rotation_id) {
            return Ok(id);
        }
        match page.next {
            Some(next) => before = Some(next),
            None => return Err(refusal),
        }
    }
}

fn running(engine: &Engine, query: &store::HistoryQuery) -> Vec<Entry> {
    let model = engine.model.borrow();
    let mut open: Vec<Entry> =
        model.rotations.values().filter_map(running_entry).filter(|entry| query.wants(entry)).collect();
    open.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    open.truncate(query.limit);
    open
}

fn running_entry(rotation: &Rotation) -> Option<Entry> {
    let operation = rotation.operation.as_ref()?;
    let attention = rotation.attention.as_ref();
    let waits = operation.fault.as_ref().map(|fault| fault.problem.cause.clone());
    let (trigger, actor, started_at) = (operation.trigger, operation.actor.clone(), operation.opened_at);
    let what = waits.map_or(What::UnderWay, What::from);
    Some(Entry {
        ended_at: None,
        outcome: if attention.is_some() { Outcome::Attention } else { Outcome::Running },
        previous_secret_id: rotation.previous_secret().and_then(|secret| secret.okta_id.clone()),
        steps: operation.steps.clone(),
        ..Entry::act(operation.attempt, Some(rotation), trigger, actor, started_at, what)
    })
}
