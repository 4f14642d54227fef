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

use crate::core::history::{Actor, Entry, Trigger, Via};
use crate::text::when;
use crate::tui::panes::history::{History, word};
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::paint::put;
use crate::tui::widgets::pane::{PaneMemory, Window, cursor};
use crate::tui::widgets::table::{Cell, Column, Table};
use crate::words::voice::Page;

mod steps;
#[cfg(test)]
mod tests;

const COLUMNS: [Column; 6] = [
    Column::new("STARTED", 0, 12, 12),
    Column::new("ROTATION", 1, 12, 24),
    Column::new("BY", 4, 16, 18),
    Column::new("OUTCOME", 2, 9, 9),
    Column::new("TOOK", 5, 7, 7),
    Column::new("MESSAGE", 3, 16, u16::MAX),
];

/// The same where there is room for seconds.
const TO_THE_SECOND: [Column; 6] = {
    let mut columns = COLUMNS;
    columns[STARTED] = Column::new("STARTED", 0, 15, 15);
    columns
};

/// The column of the instant.
const STARTED: usize = 0;

/// The cursor's column and the sign's.
const MARGIN: u16 = 3;

/// Draws the history.
pub fn draw(history: &History, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) {
    if let Some(entry) = history.opened() {
        // The steps begin at their own top; where the attempts stood is found again by the cursor.
        return steps::draw(history, entry, scene, area, buf);
    }
    let mut body = area;
    let mut say = |text: &str, role: Role| {
        if let Some(row) = body.rows().next() {
            put(buf, row.x + 1, row.y, row.right(), text, scene.look.style(role));
            body = below(body);
        }
    };
    if let Some(text) = above(history, scene) {
        say(&text, Role::Key);
    }
    if let Some(fault) = history.fault() {
        say(fault, Role::Danger);
    }
    if history.entries().is_empty() {
        match (history.is_loading(), history.fault(), history.filter().is_empty()) {
            (_, Some(_), _) => {}
            (true, ..) => say("loading …", Role::Dim),
            (false, _, true) => say("Nothing was tried yet. Each rotation leaves its steps here.", Role::Dim),
            (false, _, false) => say("No attempt is like that.", Role::Dim),
        }
        return;
    }
    rows(history, scene, memory, body, buf);
}

/// What is left of an area below its first row.
fn below(area: Rect) -> Rect {
    Rect { y: area.y + u16::from(area.height > 0), height: area.height.saturating_sub(1), ..area }
}

fn rows(history: &History, scene: &Scene<'_>, memory: &mut PaneMemory, mut body: Rect, buf: &mut Buffer) {
    let look = scene.look;
    let mut columns = if body.width >= 100 { TO_THE_SECOND } else { COLUMNS };
    if history.filter().rotation.is_some() {
        // Its name stands above them all.
        columns[1] = Column::new("", u8::MAX, u16::MAX / 16, 0);
    }
    let table = Table::new(&columns, body, MARGIN);
    if body.height > 2 {
        table.head(body.y, look, buf);
        body = below(body);
    }
    let (count, here) = (history.entries().len(), history.place());
    let more = usize::from(history.has_more());
    let room = usize::from(body.height);
    memory.rows = room;
    let top = usize::try_from(memory.top).unwrap_or(0);
    let wanted = if here + 1 == count { here + more } else { here };
    let window = Window { first: top, skip: 0 }.holding(wanted, count + more, room, |_| 1);
    memory.top = window.first as u64;
    for (row, place) in body.rows().zip(window.first..count + more) {
        let Some(entry) = history.entries().get(place) else {
            let full = "there are more: narrow it with since: and until:";
            let text = if history.is_full() { full } else { "older ones are being loaded" };
            put(buf, row.x + MARGIN, row.y, row.right(), text, look.style(Role::Dim));
            continue;
        };
        let (style, sign) = look.outcome(entry.outcome);
        put(buf, row.x + 1, row.y, row.right(), sign, style);
        table.row(row.y, cells(entry, scene, &table, style), buf);
        if place == here {
            cursor(buf, row, scene.focused, scene.look);
        }
    }
}

fn cells<'a>(entry: &'a Entry, scene: &Scene<'_>, table: &Table<'_>, outcome: Style) -> [Cell<'a>; 6] {
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let took = when::took(entry.ended_at.unwrap_or(scene.now()) - entry.started_at);
    [
        (text, started(entry.started_at, scene, table.wide(STARTED)).into()),
        (text, entry.whose().into()),
        (dim, by(entry.trigger, &entry.actor).into()),
        (outcome, word(entry.outcome).into()),
        (dim, took.into()),
        (text, entry.say().by(&Page(scene.zone())).into()),
    ]
}

/// An instant in its column: to the minute or to the second; of another year, with that year.
fn started(at: DateTime<Utc>, scene: &Scene<'_>, wide: u16) -> String {
    let day = when::day(at, scene.zone(), scene.now());
    if day.len() > 6 {
        day
    } else if wide > 12 {
        when::short_seconds(at, scene.zone())
    } else {
        when::short(at, scene.zone())
    }
}

/// Why, and by whom where that is an operator.
fn by(trigger: Trigger, actor: &Actor) -> String {
    let why = trigger.word();
    if actor.via == Via::Schedule { why.to_owned() } else { format!("{why} {actor}") }
}

/// The line above the attempts: what they are narrowed to.
fn above(history: &History, scene: &Scene<'_>) -> Option<String> {
    let filter = history.filter();
    let dot = scene.look.glyph(Glyph::Dot);
    (!filter.is_empty()).then(|| format!("{} {dot} {} shown", filter.words(scene.zone()), history.entries().len()))
}
