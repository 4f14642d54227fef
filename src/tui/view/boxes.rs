//! Frames around panes and overlays. The focused one has heavier lines, not only another colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::header::PANES;
use super::paint::{put, put_right};
use crate::tui::app::{Model, Pane};
use crate::tui::look::{Glyph, Look, Role};
use crate::tui::text::width;

/// A frame with a title, and a note at its right end. Returns what is inside.
pub fn frame(area: Rect, title: &str, note: &str, focused: bool, look: &Look, buf: &mut Buffer) -> Rect {
    let style = look.style(if focused { Role::BorderFocused } else { Role::Border });
    let [across, down, top_left, top_right, bottom_left, bottom_right] = lines(focused).map(|glyph| look.glyph(glyph));
    let (left, right, top, bottom) = (area.left(), area.right(), area.top(), area.bottom());
    if area.width < 4 || area.height < 2 {
        return Rect { width: 0, height: 0, ..area };
    }
    for x in left + 1..right - 1 {
        buf.set_string(x, top, across, style);
        buf.set_string(x, bottom - 1, across, style);
    }
    for y in top + 1..bottom - 1 {
        buf.set_string(left, y, down, style);
        buf.set_string(right - 1, y, down, style);
    }
    buf.set_string(left, top, top_left, style);
    buf.set_string(right - 1, top, top_right, style);
    buf.set_string(left, bottom - 1, bottom_left, style);
    buf.set_string(right - 1, bottom - 1, bottom_right, style);
    heading(area, title, note, look.style(if focused { Role::Header } else { Role::Dim }), look, buf);
    Rect { x: left + 1, y: top + 1, width: area.width - 2, height: area.height - 2 }
}

/// The signs of a frame: across, down, and the corners.
fn lines(focused: bool) -> [Glyph; 6] {
    if focused {
        [
            Glyph::FocusHorizontal,
            Glyph::FocusVertical,
            Glyph::FocusTopLeft,
            Glyph::FocusTopRight,
            Glyph::FocusBottomLeft,
            Glyph::FocusBottomRight,
        ]
    } else {
        [Glyph::Horizontal, Glyph::Vertical, Glyph::TopLeft, Glyph::TopRight, Glyph::BottomLeft, Glyph::BottomRight]
    }
}

/// A title and a note on a line that is drawn already.
pub fn heading(area: Rect, title: &str, note: &str, style: Style, look: &Look, buf: &mut Buffer) {
    let mut end = area.right().saturating_sub(2);
    if !note.is_empty() && width(title) + width(note) + 8 < usize::from(area.width) {
        end = put_right(buf, area.x, area.y, end, &format!(" {note} "), look.style(Role::Dim));
    }
    if !title.is_empty() {
        put(buf, area.x + 2, area.y, end, &format!(" {title} "), style);
    }
}

/// The frame of a pane, with its key.
pub fn pane(model: &Model, pane: Pane, area: Rect, focused: bool, look: &Look, buf: &mut Buffer) -> Rect {
    let named = PANES.iter().find(|(_, known, _)| *known == pane);
    let title = match (named, pane) {
        (Some((key, _, name)), _) => format!("{key} {name}"),
        (None, _) => super::detail::title(model),
    };
    let note = match pane {
        Pane::Rotations => {
            let list = &model.rotations;
            let at = if list.order.is_empty() { 0 } else { list.cursor.index() + 1 };
            format!("{at} of {}  sort: {}", list.order.len(), list.sort.word())
        }
        Pane::Connections => format!("{}", model.rows.connections.len()),
        _ => String::new(),
    };
    frame(area, &title, &note, focused, look, buf)
}
