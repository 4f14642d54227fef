//! The history: attempts, newest first, or the steps of one of them.
//!
//! ```text
//!    STARTED      ROTATION     BY             OUTCOME    TOOK   MESSAGE
//! ▌> 24 Nov 02:15 hr-sync      schedule       running    3.2s   under way
//!  x 23 Nov 14:02 billing-api  manual mira    failed     2m 11s withdrawn
//! ```

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::pane::{PaneMemory, Scene, Window, cursor, put, row};
use crate::core::history::{Actor, Entry, Trigger, Via};
use crate::text::when;
use crate::tui::app::history::{History, word};
use crate::tui::look::{Glyph, Role};

mod steps;
#[cfg(test)]
mod tests;

/// Draws the history.
pub fn draw(history: &History, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    if let Some(entry) = history.opened() {
        // The steps begin at their own top; where the attempts stood is found again by the cursor.
        return steps::draw(history, entry, scene, area, buf);
    }
    let mut body = area;
    if let Some(text) = above(history, scene) {
        put(buf, area.x + 1, row(area, 0), &text, scene.look.style(Role::Key), scene.look);
        body = below(body);
    }
    if let Some(fault) = history.fault() {
        put(buf, body.x + 1, row(body, 0), fault, scene.look.style(Role::Danger), scene.look);
        body = below(body);
    }
    if history.entries().is_empty() {
        let text = match (history.is_loading(), history.fault(), history.filter().is_empty()) {
            (_, Some(_), _) => "",
            (true, ..) => "loading",
            (false, _, true) => "nothing was tried yet",
            (false, _, false) => "nothing was tried that is as it is asked for",
        };
        put(buf, body.x + 1, row(body, 0), text, scene.look.style(Role::Dim), scene.look);
        return;
    }
    let columns = Columns::of(history, area.width);
    if body.height > 2 {
        columns.put(HEAD, |_| scene.look.style(Role::Heading), row(body, 0), scene, buf);
        body = below(body);
    }
    rows(history, scene, memory, &columns, body, buf);
}

fn below(area: Rect) -> Rect {
    Rect { y: area.y + u16::from(area.height > 0), height: area.height.saturating_sub(1), ..area }
}

fn rows(
    history: &History,
    scene: &Scene<'_>,
    memory: &mut PaneMemory,
    columns: &Columns,
    body: Rect,
    buf: &mut Buffer,
) {
    let (count, here) = (history.entries().len(), history.place());
    let more = usize::from(history.has_more());
    let room = usize::from(body.height);
    memory.rows = room;
    let top = usize::try_from(memory.top).unwrap_or(0);
    let wanted = if here + 1 == count { here + more } else { here };
    let window = Window { first: top, skip: 0 }.holding(wanted, count + more, room, |_| 1);
    memory.top = window.first as u64;
    for (line, place) in (window.first..count + more).take(room).enumerate() {
        let row = row(body, line);
        let Some(entry) = history.entries().get(place) else {
            let full = "there are more: narrow it with since: and until:";
            let text = if history.is_full() { full } else { "older ones are being loaded" };
            put(buf, row.x + 3, row, text, scene.look.style(Role::Dim), scene.look);
            continue;
        };
        let (style, sign) = scene.look.outcome(entry.outcome);
        put(buf, row.x + 1, row, sign, style, scene.look);
        let texts = cells(entry, scene, columns);
        let styles = |place| if place == OUTCOME { style } else { scene.look.style(Role::Text) };
        columns.put(texts.each_ref().map(String::as_str), styles, row, scene, buf);
        if place == here {
            cursor(buf, row, scene);
        }
    }
}

const HEAD: [&str; 6] = ["STARTED", "ROTATION", "BY", "OUTCOME", "TOOK", "MESSAGE"];

/// The column that is coloured.
const OUTCOME: usize = 3;

/// How wide each column is; one without columns is not shown.
struct Columns([u16; 6]);

impl Columns {
    fn of(history: &History, wide: u16) -> Self {
        let started = if wide >= 100 { 15 } else { 12 };
        let rotation = match history.filter().rotation {
            Some(_) => 0,
            None if wide >= 100 => 20,
            None => 12,
        };
        let by = if wide >= 100 { 18 } else { 14 };
        let mut columns = [started, rotation, if wide >= 60 { by } else { 0 }, 9, if wide >= 70 { 6 } else { 0 }, 0];
        let taken: u16 = columns.iter().filter(|wide| **wide > 0).map(|wide| wide + 1).sum();
        let rest = wide.saturating_sub(taken + 3);
        columns[5] = if rest < 8 { 0 } else { rest };
        Self(columns)
    }

    /// Writes texts beside one another.
    fn put(&self, texts: [&str; 6], style: impl Fn(usize) -> Style, line: Rect, scene: &Scene<'_>, buf: &mut Buffer) {
        let mut x = line.x + 3;
        for (place, (wide, text)) in self.0.into_iter().zip(texts).enumerate().filter(|(_, (wide, _))| *wide > 0) {
            let cell = Rect { width: line.width.min(x - line.x + wide), ..line };
            put(buf, x, cell, text, style(place), scene.look);
            x += wide + 1;
        }
    }
}

fn cells(entry: &Entry, scene: &Scene<'_>, columns: &Columns) -> [String; 6] {
    [
        started(entry.started_at, scene, columns.0[0]),
        entry.rotation_name.to_string(),
        by(entry.trigger, &entry.actor),
        word(entry.outcome).to_owned(),
        when::took(entry.ended_at.unwrap_or(scene.now) - entry.started_at),
        entry.message.clone(),
    ]
}

/// An instant in its column: to the minute or to the second; of another year, with that year.
fn started(at: DateTime<Utc>, scene: &Scene<'_>, wide: u16) -> String {
    let day = when::day(at, scene.zone, scene.now);
    if day.len() > 6 {
        day
    } else if wide > 12 {
        when::short_seconds(at, scene.zone)
    } else {
        when::short(at, scene.zone)
    }
}

/// Why, and by whom where that is a person.
fn by(trigger: Trigger, actor: &Actor) -> String {
    let why = match trigger {
        Trigger::Schedule => "schedule",
        Trigger::Manual => "manual",
        Trigger::Create => "create",
        Trigger::Recovery => "recovery",
        Trigger::Rollback => "rollback",
        Trigger::Retire => "retire",
        Trigger::Delete => "delete",
    };
    if actor.via == Via::Schedule { why.to_owned() } else { format!("{why} {actor}") }
}

/// The line above the attempts: what they are narrowed to.
fn above(history: &History, scene: &Scene<'_>) -> Option<String> {
    let filter = history.filter();
    let dot = scene.look.glyph(Glyph::Dot);
    (!filter.is_empty()).then(|| format!("{} {dot} {} shown", filter.words(scene.zone), history.entries().len()))
}
