//! The list of rotations.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::column::{Column, places};
use super::paint::{put, state as state_style, wrap};
use crate::core::rotation::Status;
use crate::engine::view::{PreviousView, RotationView};
use crate::text::when;
use crate::tui::app::lists::List;
use crate::tui::app::rows::state;
use crate::tui::app::{Link, Model, State};
use crate::tui::look::{Glyph, Look, Role};
use crate::tui::text::width;

const COLUMNS: [Column; 8] = [
    Column { title: "S", rank: 0, least: 1, most: 1 },
    Column { title: "NAME", rank: 0, least: 12, most: 32 },
    Column { title: "APP", rank: 4, least: 11, most: 30 },
    Column { title: "CONNECTION", rank: 6, least: 10, most: 18 },
    Column { title: "STATE", rank: 1, least: 9, most: 9 },
    Column { title: "NEXT", rank: 2, least: 10, most: 11 },
    Column { title: "AGE", rank: 5, least: 4, most: 4 },
    Column { title: "OLD SECRET", rank: 3, least: 10, most: 12 },
];

/// The cursor's and the mark's own column.
const MARGIN: u16 = 3;

/// Draws the list; returns where the filter is typed.
pub fn draw(
    model: &Model,
    look: &Look,
    first: &mut usize,
    area: Rect,
    focused: bool,
    buf: &mut Buffer,
) -> Option<Position> {
    let (area, cursor) = filter_line(&model.rotations, look, area, focused, buf);
    if model.rotations.order.is_empty() {
        empty(model, look, area, buf);
        return cursor;
    }
    let many = model.rows.connections.len() > 1;
    let columns = columns(many);
    let places = places(&columns, area.width.saturating_sub(MARGIN + 1));
    for (column, place) in columns.iter().zip(&places) {
        if let Some((x, wide)) = place {
            let x = area.x + MARGIN + x;
            put(buf, x, area.y, x + wide, column.title, look.style(Role::Heading));
        }
    }
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let list = &model.rotations;
    hold(first, list.cursor.index(), list.order.len(), rows.height);
    for (line, id) in list.order.iter().enumerate().skip(*first).take(usize::from(rows.height)) {
        let Some(row) = model.rows.rotations.get(id) else { continue };
        let y = rows.y + u16::try_from(line - *first).unwrap_or(0);
        let here = line == list.cursor.index();
        let base = ground(look, here, focused);
        start(look, here, focused, list.marks.contains(id), Rect { y, height: 1, ..rows }, buf);
        let shown = state(row, model.now);
        let (style, sign) = state_style(look, shown);
        let cells = cells(model, row, shown, sign);
        for ((index, text), place) in cells.iter().enumerate().zip(&places) {
            let Some((x, wide)) = place else { continue };
            let x = rows.x + MARGIN + x;
            // The state is what is looked for; the rest is told by it. The cursor's row is of one piece.
            let style = match index {
                _ if here && focused => base,
                0 | 4 => style,
                1 => base,
                _ => look.style(Role::Dim),
            };
            put(buf, x, y, x + wide, text, style);
        }
    }
    cursor
}

/// With several connections the column of the app gives way before theirs.
fn columns(many: bool) -> [Column; 8] {
    let mut columns = COLUMNS;
    if many {
        (columns[2].rank, columns[3].rank) = (6, 4);
    } else {
        columns[3].rank = 9;
        columns[3].least = u16::MAX / 16;
    }
    columns
}

fn cells(model: &Model, row: &RotationView, shown: State, sign: &str) -> [String; 8] {
    let age =
        row.current.as_ref().map_or_else(String::new, |current| when::to_the_minute(model.now - current.created_at));
    [
        sign.to_owned(),
        row.name.clone(),
        row.parameters.app_label.clone(),
        row.connection.name.clone(),
        shown.word().to_owned(),
        next(model, row, shown),
        age,
        row.previous.as_ref().map_or_else(|| "none".into(), |previous| old(previous, model.now)),
    ]
}

/// What happens next, in a word or two.
fn next(model: &Model, row: &RotationView, shown: State) -> String {
    let now = model.now;
    let due = || row.next_rotation_at.map_or_else(|| "-".into(), |at| when::relative(at, now));
    match shown {
        State::Attention => "held".into(),
        State::Failing => row.next_try_at.map_or_else(
            || "retrying".into(),
            |at| {
                if at > now { format!("retry {}", when::rough(at - now)) } else { "retrying".into() }
            },
        ),
        State::Waiting => {
            let down = model.rows.connections.get(&row.connection_id).is_some_and(|known| known.fault.is_some());
            if down { "connection".into() } else { "for room".into() }
        }
        State::Rotating => row.phase.clone(),
        State::Due | State::Ok => due(),
        State::Paused => match row.paused_until {
            Some(until) => format!("till {}", when::day(until, model.zone, now)),
            None => "-".into(),
        },
    }
}

/// The old secret's life: how long it is on, when it goes, or what holds it.
pub fn old(previous: &PreviousView, now: DateTime<Utc>) -> String {
    let left = |at: Option<DateTime<Utc>>| at.map_or_else(String::new, |at| when::to_the_minute(at - now));
    let late = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
    match previous.status {
        _ if previous.held_by.is_some() => "held".into(),
        Status::Intended | Status::Active if late(previous.deactivate_at) => "on, due".into(),
        Status::Intended | Status::Active => format!("on {}", left(previous.deactivate_at)).trim_end().into(),
        Status::Inactive if late(previous.delete_at) => "off, due".into(),
        Status::Inactive => format!("off, {}", left(previous.delete_at)).trim_end_matches(", ").into(),
        Status::Gone => "gone".into(),
    }
}

/// The line that a filter is typed and shown on, where there is one.
pub fn filter_line(list: &List, look: &Look, area: Rect, focused: bool, buf: &mut Buffer) -> (Rect, Option<Position>) {
    if !list.typing && list.filter.text().is_empty() {
        return (area, None);
    }
    let x = put(buf, area.x + 1, area.y, area.right(), "/", look.style(Role::Key));
    let end = put(buf, x, area.y, area.right(), list.filter.text(), look.style(Role::Heading));
    let count = match list.order.len() {
        0 => "   nothing matches".into(),
        many => format!("   {many} match"),
    };
    let hint = if list.typing { format!("{count}  Enter keep  Esc clear") } else { format!("{count}  Esc clear") };
    put(buf, end, area.y, area.right(), &hint, look.style(Role::Dim));
    let typed = u16::try_from(width(list.filter.before())).unwrap_or(0);
    let cursor = (list.typing && focused).then(|| Position::new((x + typed).min(area.right() - 1), area.y));
    (Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }, cursor)
}

/// Keeps the cursor's row on the screen.
pub fn hold(first: &mut usize, at: usize, all: usize, height: u16) {
    let height = usize::from(height).max(1);
    *first = (*first).min(all.saturating_sub(height));
    if at < *first {
        *first = at;
    } else if at >= *first + height {
        *first = at + 1 - height;
    }
}

/// What a row is written on.
pub fn ground(look: &Look, here: bool, focused: bool) -> Style {
    match (here, focused) {
        (true, true) => look.style(Role::Selected),
        (true, false) => look.style(Role::SelectedAway),
        _ => look.style(Role::Text),
    }
}

/// The margin of a row: the cursor and the mark; and the ground all along where the cursor is.
pub fn start(look: &Look, here: bool, focused: bool, marked: bool, row: Rect, buf: &mut Buffer) {
    let mut style = look.style(Role::Marked);
    if here && focused {
        style = look.style(Role::Selected);
        buf.set_style(row, style);
    }
    if here {
        put(buf, row.x, row.y, row.right(), look.glyph(Glyph::Cursor), look.style(Role::Key));
    }
    if marked {
        put(buf, row.x + 1, row.y, row.right(), look.glyph(Glyph::Mark), style);
    }
}

fn empty(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    let lines: Vec<(Role, &str)> = if model.link == Link::Looking {
        vec![(Role::Dim, "looking for the engine …")]
    } else if !model.rows.rotations.is_empty() {
        vec![(Role::Dim, "nothing matches; Esc clears the filter")]
    } else {
        vec![
            (Role::Heading, "Nothing rotates yet."),
            (Role::Text, ""),
            (Role::Text, "windlass connection create NAME --url https://ORG.okta.com --token-file FILE"),
            (Role::Text, "windlass rotation create NAME --connection NAME --app APP --every 30"),
            (Role::Text, ""),
            (Role::Dim, "Both can be typed in another terminal: what they make appears here at once."),
        ]
    };
    let mut y = area.y + 1;
    for (role, text) in lines {
        for line in
            wrap(text, usize::from(area.width.saturating_sub(6))).into_iter().chain(text.is_empty().then(String::new))
        {
            if y < area.bottom() {
                put(buf, area.x + 3, y, area.right() - 1, &line, look.style(role));
            }
            y += 1;
        }
    }
}
