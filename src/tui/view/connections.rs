//! The list of connections.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::column::{Column, places};
use super::paint::put;
use super::rotations::{filter_line, ground, hold, start};
use crate::engine::view::ConnectionView;
use crate::text::when;
use crate::tui::app::{Model, State};
use crate::tui::look::{Look, Role};

const COLUMNS: [Column; 6] = [
    Column { title: "S", rank: 0, least: 1, most: 1 },
    Column { title: "NAME", rank: 0, least: 12, most: 24 },
    Column { title: "ORG", rank: 3, least: 12, most: 40 },
    Column { title: "STATUS", rank: 1, least: 8, most: 8 },
    Column { title: "SINCE", rank: 2, least: 9, most: 9 },
    Column { title: "ROTATIONS", rank: 4, least: 9, most: 9 },
];

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
    let list = &model.connections;
    let (area, cursor) = filter_line(list, look, area, focused, buf);
    if list.order.is_empty() {
        let text = if model.rows.connections.is_empty() { "no connection yet" } else { "nothing matches" };
        put(buf, area.x + MARGIN, area.y, area.right(), text, look.style(Role::Dim));
        return cursor;
    }
    let places = places(&COLUMNS, area.width.saturating_sub(MARGIN + 1));
    for (column, place) in COLUMNS.iter().zip(&places) {
        if let Some((x, wide)) = place {
            let x = area.x + MARGIN + x;
            put(buf, x, area.y, x + wide, column.title, look.style(Role::Heading));
        }
    }
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    hold(first, list.cursor.index(), list.order.len(), rows.height);
    for (line, id) in list.order.iter().enumerate().skip(*first).take(usize::from(rows.height)) {
        let Some(row) = model.rows.connections.get(id) else { continue };
        let y = rows.y + u16::try_from(line - *first).unwrap_or(0);
        let here = line == list.cursor.index();
        let base = ground(look, here, focused);
        start(look, here, focused, list.marks.contains(id), Rect { y, height: 1, ..rows }, buf);
        let well = row.fault.is_none();
        let style = look.style(if well { Role::Ok } else { Role::Danger });
        let sign = look.sign(if well { State::Ok } else { State::Attention });
        for ((index, text), place) in cells(model, row, sign).iter().enumerate().zip(&places) {
            let Some((x, wide)) = place else { continue };
            let x = rows.x + MARGIN + x;
            let style = match index {
                _ if here && focused => base,
                0 | 3 => style,
                1 => base,
                _ => look.style(Role::Dim),
            };
            put(buf, x, y, x + wide, text, style);
        }
    }
    cursor
}

fn cells(model: &Model, row: &ConnectionView, sign: &str) -> [String; 6] {
    let since = row.refused_since.or(row.last_ok_at);
    [
        sign.to_owned(),
        row.name.clone(),
        host(row).to_owned(),
        row.status.clone(),
        since.map_or_else(|| "never".into(), |at| when::relative(at, model.now)),
        row.rotations.to_string(),
    ]
}

/// The org without the scheme that all of them have.
pub fn host(row: &ConnectionView) -> &str {
    let url = row.credentials.instance_url.as_str();
    url.strip_prefix("https://").unwrap_or(url).trim_end_matches('/')
}
