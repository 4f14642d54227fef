//! What happened and what is coming: the history, and the due times ahead.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use uuid::Uuid;

use super::refusal::{Kind, Refusal};
use super::request::{HistoryQuery, Reply, UpcomingQuery};
use super::shared::Engine;
use super::view::UpcomingRow;
use crate::core::history::{Entry, Outcome};
use crate::core::protocol::open::opening;
use crate::core::rotation::Rotation;
use crate::store;

/// Entries of a page where nothing is said, and at the most.
const PAGE: usize = 50;
const LARGEST: usize = 1000;

/// Rows of due times at the most.
const ROWS: usize = 10_000;

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
        if let Some(entry) = page.entries.iter().find(|entry| entry.rotation_name.as_str() == id) {
            return Ok(entry.rotation_id);
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
    let waits = operation.fault.as_ref().map(|fault| fault.message.clone());
    Some(Entry {
        id: operation.attempt,
        rotation_id: rotation.id,
        rotation_name: rotation.name.clone(),
        connection_id: rotation.connection_id,
        app_id: rotation.app.id.clone(),
        trigger: operation.trigger,
        actor: operation.actor.clone(),
        started_at: operation.opened_at,
        ended_at: None,
        outcome: if attention.is_some() { Outcome::Attention } else { Outcome::Running },
        message: waits.unwrap_or_else(|| "under way".into()),
        new_secret_id: None,
        previous_secret_id: rotation.previous_secret().and_then(|secret| secret.okta_id.clone()),
        steps: operation.steps.clone(),
    })
}

/// The due times ahead, of one rotation or of all, by date. What holds a rotation shifts its row, and never drops it.
pub fn upcoming(engine: &Engine, query: &UpcomingQuery) -> Result<Reply, Refusal> {
    let now = engine.clock.now();
    let from = query.from.unwrap_or(now);
    let until = query.days.map(|days| from + Duration::days(i64::from(days)));
    let count = query.count.unwrap_or(if until.is_some() { ROWS } else { 5 });
    if count == 0 || count > ROWS {
        let message = format!("the count is 1 to {ROWS}, not {count}");
        return Err(Refusal::new(Kind::Invalid, message, "nothing was changed"));
    }
    let model = engine.model.borrow();
    let only = match &query.rotation {
        Some(id) => Some(model.rotation(id)?.id),
        None => None,
    };
    let mut rows = Vec::new();
    for rotation in model.saved().filter(|rotation| only.is_none_or(|only| rotation.id == only)) {
        rows.extend(due_rows(rotation, from, until, count, now));
    }
    rows.sort_by(|a, b| (a.due_at, &a.rotation).cmp(&(b.due_at, &b.rotation)));
    rows.truncate(count);
    Ok(Reply::Upcoming { upcoming: rows })
}

fn due_rows(
    rotation: &Rotation,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    count: usize,
    now: DateTime<Utc>,
) -> Vec<UpcomingRow> {
    if !rotation.auto || rotation.leaving.is_some() {
        return Vec::new();
    }
    let seconds = |seconds: u64| Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000));
    let mut schedule = rotation.schedule.clone();
    let mut rows = Vec::new();
    let mut first = Some(held(rotation));
    loop {
        let (shifted, held_by) = match first.take() {
            Some((at, by)) => (at, by),
            None => (schedule.due(), None),
        };
        // A due time that has passed already is caught up on now.
        let due_at = shifted.max(if rows.is_empty() { shifted } else { now });
        if until.is_some_and(|until| due_at > until) || rows.len() == count {
            return rows;
        }
        if due_at > from || (rows.is_empty() && due_at <= now && from <= now) {
            let deactivate_at = due_at + seconds(rotation.overlap);
            rows.push(UpcomingRow {
                rotation: rotation.name.to_string(),
                due_at,
                local: due_at.with_timezone(&schedule.zone).to_rfc3339_opts(SecondsFormat::Secs, false),
                deactivate_at: Some(deactivate_at),
                delete_at: Some(deactivate_at + seconds(rotation.soak)),
                held_by,
            });
        }
        schedule = schedule.consumed(due_at);
    }
}

/// The next due time after what holds it, and what that is.
fn held(rotation: &Rotation) -> (DateTime<Utc>, Option<String>) {
    let due = rotation.schedule.due();
    let open = opening(rotation);
    let mut held = (open, (open > due).then(|| "paused".to_owned()));
    if let Some(previous) = rotation.previous {
        let gone = previous.delete_at.or(previous.deactivate_at);
        match gone {
            Some(gone) if gone > held.0 => held = (gone, Some("room".to_owned())),
            None => held.1 = Some("room".to_owned()),
            Some(_) => {}
        }
    }
    held
}
