//! The live log: draws the rows in sight and looks at no others.
//!
//! ```text
//!  paused, 12 below · WARN and louder · UTC · only hr-sync              /vault 3/12
//!  02:15:03 INFO  verify    hr-sync      the token endpoint took the new secret
//! ▌02:15:04 WARN  create    hr-sync      no answer; tried again at 02:15:14
//! ```

use std::ops::Range;

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::engine::events::Level;
use crate::text::columns::{cut, lines, skip, width, wrap};
use crate::text::when;
use crate::tui::panes::log::{Line, Log, TimeMode};
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::paint::{ELLIPSIS, put, put_right};
use crate::tui::widgets::pane::{PaneMemory, Window, cursor};

#[cfg(test)]
mod tests;

/// Where the parts of a line stand; a part without columns is not shown.
struct Columns {
    time: u16,
    level: u16,
    kind: u16,
    name: u16,
    /// Where the message begins.
    message: u16,
}

impl Columns {
    fn of(log: &Log, wide: u16) -> Self {
        let time = if wide >= 100 { 15 } else { 8 };
        let level = if wide >= 72 { 5 } else { 1 };
        let kind = if wide >= 72 { 12 } else { 0 };
        // Where all lines are about the same row its name stands above them.
        let name = match wide {
            100.. if log.about().is_none() => 20,
            56..100 if log.about().is_none() => 12,
            _ => 0,
        };
        let gap = |part: u16| if part > 0 { part + 1 } else { 0 };
        Self { time, level, kind, name, message: 1 + gap(time) + gap(level) + gap(kind) + gap(name) }
    }
}

/// Draws the log.
pub fn draw(log: &Log, scene: &Scene<'_>, memory: &mut PaneMemory, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let head = usize::from(area.height > 3);
    if head > 0 {
        status(log, scene, area, buf);
    }
    let body = Rect { y: area.y + u16::from(head > 0), height: area.height - u16::from(head > 0), ..area };
    let room = usize::from(body.height);
    memory.rows = room;
    if log.is_empty() {
        let text = if log.hidden() > 0 {
            "No line is like that: Esc and L show more."
        } else {
            "What happens from here on stands here."
        };
        put(buf, body.x + 1, body.y, body.right(), text, scene.look.style(Role::Dim));
        return;
    }
    let columns = Columns::of(log, area.width);
    let wide = usize::from(area.width.saturating_sub(columns.message));
    let tall = |place: usize| match log.line(place) {
        Some(line) if log.wraps() => lines(&text(line, &columns), wide),
        _ => 1,
    };
    let window = match log.cursor() {
        None => Window::at_end(log.len(), room, tall),
        Some(here) => {
            Window { first: log.place_of(memory.top), skip: memory.skip }.holding(here, log.len(), room, tall)
        }
    };
    (memory.top, memory.skip) = (log.number(window.first).unwrap_or(0), window.skip);
    let mut at = 0;
    for place in window.first..log.len() {
        let Some(line) = log.line(place).filter(|_| at < body.height) else { break };
        let above = if place == window.first { window.skip } else { 0 };
        let here = log.cursor() == Some(place);
        at = at.saturating_add(put_log_line(log, (line, here), scene, &columns, (body, at, above), buf));
    }
}

/// Draws a line from a row of the pane on, without its rows `above`; returns how many it took.
fn put_log_line(
    log: &Log,
    (line, here): (&Line, bool),
    scene: &Scene<'_>,
    columns: &Columns,
    (body, at, above): (Rect, u16, usize),
    buf: &mut Buffer,
) -> u16 {
    let look = scene.look;
    let (dim, level) = (look.style(Role::Dim), look.style(line.level.into()));
    if above == 0 {
        let level_word = &line.level_word()[..usize::from(columns.level).min(line.level_word().len())];
        let parts = [
            (columns.time, time(log.time(), line.at, scene, columns.time), dim),
            (columns.level, level_word.to_owned(), level),
            (columns.kind, line.kind.clone(), dim),
            (columns.name, line.name().to_owned(), look.style(Role::Text)),
        ];
        let (mut x, y) = (body.x + 1, body.y + at);
        for (wide, text, style) in parts.into_iter().filter(|(wide, ..)| *wide > 0) {
            put(buf, x, y, body.right().min(x + wide), &text, style);
            x += wide + 1;
        }
    }
    let wide = usize::from(body.width.saturating_sub(columns.message));
    if wide == 0 {
        return 1;
    }
    let text = text(line, columns);
    let style = if line.level == Level::Info { look.style(Role::Text) } else { level };
    let rows =
        if log.wraps() { wrap(&text, wide) } else { vec![cut(&skip(&text, log.left()), wide, ELLIPSIS).into_owned()] };
    let drawn = rows.iter().skip(above);
    for (row, text) in body.rows().skip(usize::from(at)).zip(drawn) {
        let x = body.x + columns.message;
        buf.set_stringn(x, row.y, text, wide, style);
        if here {
            cursor(buf, row, scene.focused, scene.look);
        }
        highlight(buf, (x, row), text, &log.search().ranges(text), look.style(Role::Match));
    }
    u16::try_from(rows.len().saturating_sub(above)).unwrap_or(u16::MAX)
}

/// What stands in the last column: the kind too, where it has none of its own.
fn text(line: &Line, columns: &Columns) -> String {
    if columns.kind == 0 { format!("{}: {}", line.kind, line.message) } else { line.message.clone() }
}

fn highlight(buf: &mut Buffer, (x, row): (u16, Rect), text: &str, ranges: &[Range<usize>], style: Style) {
    for range in ranges {
        let column = |at: usize| u16::try_from(width(&text[..at])).unwrap_or(u16::MAX);
        let (from, to) = (x.saturating_add(column(range.start)), x.saturating_add(column(range.end)));
        let to = to.min(row.right());
        buf.set_style(Rect { x: from.min(to), width: to.saturating_sub(from), ..row }, style);
    }
}

/// The time of a line in its column.
fn time(mode: TimeMode, at: DateTime<Utc>, scene: &Scene<'_>, columns: u16) -> String {
    let zone = match mode {
        TimeMode::Relative => return when::relative(at, scene.now()),
        TimeMode::Local => scene.zone(),
        TimeMode::Utc => chrono_tz::UTC,
    };
    let today = at.with_timezone(&zone).date_naive() == scene.now().with_timezone(&zone).date_naive();
    if columns > 8 {
        when::short_seconds(at, zone)
    } else if today {
        when::clock(at, zone)
    } else {
        when::day(at, zone, at)
    }
}

/// The line above the log: how it is shown, where that is not as usual, and what is searched for.
fn status(log: &Log, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let look = scene.look;
    let (y, right) = (area.y, area.right());
    let place = match log.cursor() {
        None => "following".to_owned(),
        Some(here) => format!("paused, {} below", log.len() - here - 1),
    };
    let role = if log.follows() { Role::Ok } else { Role::Warning };
    let x = put(buf, area.x + 1, y, right, &place, look.style(role));
    let mut words = Vec::new();
    match log.level() {
        Level::Info => {}
        Level::Warn => words.push("warnings and errors".to_owned()),
        Level::Error => words.push("errors".to_owned()),
    }
    words.extend(log.about().map(|about| format!("only {}", about.name())));
    if log.time() != TimeMode::Local {
        words.push(log.time().word().to_owned());
    }
    words.extend(log.wraps().then(|| "wrapped".to_owned()));
    words.extend((log.left() > 0).then(|| format!("from column {}", log.left() + 1)));
    if log.hidden() > 0 {
        words.push(format!("{} hidden", log.hidden()));
    }
    words.insert(0, String::new());
    let words = words.join(&format!(" {} ", look.glyph(Glyph::Dot)));
    let x = put(buf, x, y, right, words.trim_end(), look.style(Role::Dim));
    if !log.search().is_empty() {
        let count = match log.matched() {
            (0, _) => "no match".to_owned(),
            (count, Some(at)) => format!("{at}/{count}"),
            (count, None) => count.to_string(),
        };
        let only = if log.matches_only() { " only" } else { "" };
        let text = format!("/{} {count}{only} ", log.search().text());
        if usize::from(right.saturating_sub(x + 1)) >= width(&text) {
            put_right(buf, x + 1, y, right, &text, look.style(Role::Key));
        }
    }
}
