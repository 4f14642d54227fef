//! What is coming, of one rotation or of all, by date: read from the forecast, which alone knows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use super::refusal::{Kind, Refusal};
use super::request::{Reply, UpcomingQuery};
use super::shared::Engine;
use super::view::{ComingRow, Happens, UpcomingRow};
use crate::core::protocol::forecast::{Coming, Forecast, What};
use crate::core::protocol::open::opening;
use crate::core::protocol::retire::Hold;
use crate::core::rotation::Rotation;

/// Rows at the most, of either kind.
const ROWS: usize = 10_000;

/// One rotation's forecast, and the next thing in it.
struct Line<'a> {
    rotation: &'a Rotation,
    forecast: Forecast,
    next: Option<Coming>,
    /// Whether consumers read what is published, so that an old secret has a date at all.
    goes: bool,
    /// Whether a due time of it was shown already.
    begun: bool,
}

/// What is wanted of it.
#[derive(Clone, Copy)]
struct Window {
    now: DateTime<Utc>,
    /// Exclusive.
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

/// The due times ahead and all that happens beside them, by date. What holds a rotation shifts its row, and never drops
/// it. Only as much is run ahead as is shown.
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
    let wanted = model.saved().filter(|rotation| only.is_none_or(|only| rotation.id == only));
    let mut lines: Vec<Line> = wanted
        .map(|rotation| {
            let mut forecast = model.forecast(rotation, now);
            let next = forecast.next();
            let goes = rotation.retire_unread || model.has_readers(rotation);
            Line { rotation, forecast, next, goes, begun: false }
        })
        .collect();
    let window = Window { now, from, until };
    let (mut rows, mut events) = (Vec::new(), Vec::new());
    let at = |line: &Line, index: usize| {
        let next = line.next.as_ref()?;
        Some(Reverse((next.at, line.rotation.name.as_str().to_owned(), index)))
    };
    let mut order: BinaryHeap<_> = lines.iter().enumerate().filter_map(|(index, line)| at(line, index)).collect();
    while let Some(Reverse((instant, _, index))) = order.pop() {
        if rows.len() >= count || events.len() >= ROWS || until.is_some_and(|until| instant > until) {
            break;
        }
        let line = &mut lines[index];
        let Some(coming) = line.next.take() else { continue };
        rows.extend(line.row(&coming, window));
        events.extend(line.event(&coming, window));
        line.next = line.forecast.next();
        order.extend(at(line, index));
    }
    rows.sort_by(|a, b| (a.due_at, &a.rotation).cmp(&(b.due_at, &b.rotation)));
    Ok(Reply::Upcoming { upcoming: rows, events })
}

impl Line<'_> {
    /// The row of a due time: one that starts, or the next one of a rotation whose old secret has no date to go.
    fn row(&mut self, coming: &Coming, window: Window) -> Option<UpcomingRow> {
        let rotation = self.rotation;
        let (due, held_by) = match coming.what {
            What::Rotates { due } => {
                let paused = rotation.paused_until.is_some_and(|until| until > due);
                let waits = coming.at > due && coming.at > window.now;
                (due, waits.then_some(if paused { "paused" } else { "room" }))
            }
            What::Held { by } if rotation.auto && rotation.leaving.is_none() => {
                (opening(rotation), Some(if by == Hold::Unread { "unread" } else { "room" }))
            }
            What::Held { .. } | What::Deactivated { .. } | What::Deleted { .. } => return None,
        };
        let starts = matches!(coming.what, What::Rotates { .. });
        let at = if starts { coming.at } else { due };
        let overdue = !std::mem::replace(&mut self.begun, true) && at <= window.now && window.from <= window.now;
        if (at <= window.from && !overdue) || window.until.is_some_and(|until| at > until) {
            return None;
        }
        let off_at = (starts && self.goes).then(|| at + seconds(rotation.overlap));
        Some(UpcomingRow {
            rotation: rotation.name.to_string(),
            due_at: at,
            nominal_due_at: Some(due).filter(|due| *due != at),
            local: local(rotation, at),
            deactivate_at: off_at,
            delete_at: off_at.map(|off_at| off_at + seconds(rotation.soak)),
            held_by: held_by.map(str::to_owned),
        })
    }

    /// The event itself.
    fn event(&self, coming: &Coming, window: Window) -> Option<ComingRow> {
        let overdue = coming.at <= window.now && window.from <= window.now;
        if coming.at <= window.from && !overdue {
            return None;
        }
        let (what, secret_id, held_by) = match &coming.what {
            What::Rotates { .. } => (Happens::Rotates, None, None),
            What::Deactivated { secret } => (Happens::Deactivated, Some(secret), None),
            What::Deleted { secret } => (Happens::Deleted, Some(secret), None),
            What::Held { by } => (Happens::Held, None, Some(*by)),
        };
        Some(ComingRow {
            at: coming.at,
            local: local(self.rotation, coming.at),
            rotation: self.rotation.name.to_string(),
            what,
            secret_id: secret_id.filter(|id| !id.is_empty()).cloned(),
            held_by,
        })
    }
}

fn local(rotation: &Rotation, at: DateTime<Utc>) -> String {
    at.with_timezone(&rotation.schedule.zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn seconds(seconds: u64) -> Duration {
    Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000))
}
