//! What is coming, of one rotation or of all, by date: read from the forecast, which alone knows.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use crate::core::cause::RequestCause;
use crate::core::protocol::forecast::{Coming, Forecast, What};
use crate::core::protocol::open::opening;
use crate::core::protocol::retire::needs_fetch;
use crate::core::remedy::Automatic;
use crate::core::rotation::Rotation;
use crate::core::rotation::hold::Hold;
use crate::engine::body::{Reply, UpcomingQuery};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::records::Model;
use crate::engine::view::{ComingRow, Happens, UpcomingRow};

/// Rows at the most, of either kind.
const ROWS: usize = 10_000;

/// One rotation's forecast, and what of it was taken already.
struct Line<'a> {
    rotation: &'a Rotation,
    forecast: Forecast,
    /// What comes next; more of it than that where a row needed to know when its old secret goes.
    ahead: VecDeque<Coming>,
    /// Whether what comes before its first start depends on a fetch of what is published now.
    depends: bool,
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
        let refusal = Refusal::because(Kind::Invalid, RequestCause::BadCount { count, most: ROWS });
        return Err(refusal.and(Automatic::NothingChanged));
    }
    let model = engine.model.borrow();
    let only = match &query.rotation {
        Some(id) => Some(model.rotation(id)?.id),
        None => None,
    };
    let wanted = model.saved().filter(|rotation| only.is_none_or(|only| rotation.id == only));
    let mut lines: Vec<Line> = wanted.map(|rotation| Line::of(rotation, &model, now)).collect();
    let window = Window { now, from, until };
    let (mut rows, mut events) = (Vec::new(), Vec::new());
    let at = |line: &Line, index: usize| {
        let next = line.ahead.front()?;
        Some(Reverse((next.at, line.rotation.name.as_str().to_owned(), index)))
    };
    let mut order: BinaryHeap<_> = lines.iter().enumerate().filter_map(|(index, line)| at(line, index)).collect();
    while let Some(Reverse((instant, _, index))) = order.pop() {
        if rows.len() >= count || events.len() >= ROWS || until.is_some_and(|until| instant > until) {
            break;
        }
        let line = &mut lines[index];
        let Some(coming) = line.ahead.pop_front() else { continue };
        events.extend(line.event(&coming, window));
        rows.extend(line.row(&coming, window));
        if line.ahead.is_empty() {
            line.ahead.extend(line.forecast.next());
        }
        order.extend(at(line, index));
    }
    rows.sort_by(|a, b| (a.due_at, &a.rotation).cmp(&(b.due_at, &b.rotation)));
    Ok(Reply::Upcoming { upcoming: rows, events })
}

impl<'a> Line<'a> {
    fn of(rotation: &'a Rotation, model: &Model, now: DateTime<Utc>) -> Self {
        let mut forecast = model.forecast(rotation, now);
        let ahead = forecast.next().into_iter().collect();
        let depends = needs_fetch(rotation, model.reached(rotation));
        Self { rotation, forecast, ahead, depends, begun: false }
    }

    /// When the secret that a start replaces is deactivated and deleted, where it is.
    fn goes(&mut self) -> [Option<DateTime<Utc>>; 2] {
        let is_start = |coming: &Coming| matches!(coming.what, What::Rotates { .. });
        while !self.ahead.iter().any(is_start) {
            match self.forecast.next() {
                Some(next) => self.ahead.push_back(next),
                None => break,
            }
        }
        let first = |wanted: fn(&What) -> bool| {
            let coming = self.ahead.iter().take_while(|coming| !is_start(coming)).find(|coming| wanted(&coming.what));
            coming.map(|coming| coming.at)
        };
        [first(|what| matches!(what, What::Deactivated { .. })), first(|what| matches!(what, What::Deleted { .. }))]
    }

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
        let [off_at, gone_at] = if starts { self.goes() } else { [None; 2] };
        Some(UpcomingRow {
            rotation: rotation.name.to_string(),
            due_at: at,
            nominal_due_at: Some(due).filter(|due| *due != at),
            local: local(rotation, at),
            deactivate_at: off_at,
            delete_at: gone_at,
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
            if_fetched: self.depends && !self.begun && what != Happens::Held,
        })
    }
}

fn local(rotation: &Rotation, at: DateTime<Utc>) -> String {
    at.with_timezone(&rotation.schedule.zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}
