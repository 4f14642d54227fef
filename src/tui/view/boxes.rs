//! Frames around panes and overlays. The focused one has heavier lines, not only another colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::widgets::{Block, Widget};

use super::header::PANES;
use super::paint::{put, put_right};
use crate::tui::app::{Model, Pane};
use crate::tui::look::{Glyph, Look, Role};
use crate::tui::text::width;

/// A frame with a title, and a note at its right end. Returns what is inside.
pub fn frame(area: Rect, title: &str, note: &str, focused: bool, look: &Look, buf: &mut Buffer) -> Rect {
    let style = look.style(if focused { Role::BorderFocused } else { Role::Border });
    let block = Block::bordered().border_set(lines(focused, look)).border_style(style);
    let inner = block.inner(area);
    block.render(area, buf);
    heading(area, title, note, look.style(if focused { Role::Header } else { Role::Dim }), look, buf);
    inner
}

/// The signs of a frame.
fn lines(focused: bool, look: &Look) -> border::Set<'static> {
    let set = |across, down, [top_left, top_right, bottom_left, bottom_right]: [Glyph; 4]| border::Set {
        top_left: look.glyph(top_left),
        top_right: look.glyph(top_right),
        bottom_left: look.glyph(bottom_left),
        bottom_right: look.glyph(bottom_right),
        vertical_left: look.glyph(down),
        vertical_right: look.glyph(down),
        horizontal_top: look.glyph(across),
        horizontal_bottom: look.glyph(across),
    };
    if focused {
        let corners = [Glyph::FocusTopLeft, Glyph::FocusTopRight, Glyph::FocusBottomLeft, Glyph::FocusBottomRight];
        set(Glyph::FocusHorizontal, Glyph::FocusVertical, corners)
    } else {
        let corners = [Glyph::TopLeft, Glyph::TopRight, Glyph::BottomLeft, Glyph::BottomRight];
        set(Glyph::Horizontal, Glyph::Vertical, corners)
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
