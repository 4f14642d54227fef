//! Frames around panes, and boxes over them. The focused one has heavier lines, not only another colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, Widget};

use crate::text::columns::width;
use crate::tui::theme::{Glyph, Look, Role};
use crate::tui::widgets::paint::{put, put_line, put_right};

/// The width of a box of prose.
pub const WIDE: u16 = 76;

/// What closes a box that has no answers.
pub const CLOSE: &str = "Esc closes";

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

/// A title and a note on a line that is drawn already. Where there is no room for both the note is left out, but for a
/// place in something that continues: that there is more is worth a part of the title.
pub fn heading(area: Rect, title: &str, note: &str, style: Style, look: &Look, buf: &mut Buffer) {
    let mut end = area.right().saturating_sub(2);
    let room = usize::from(area.width).saturating_sub(8);
    let place = note.split("  ").next().filter(|place| place.starts_with(|c: char| c.is_ascii_digit()));
    let note = if width(title) + width(note) <= room { Some(note) } else { place };
    if let Some(note) = note.filter(|note| !note.is_empty() && width(note) + 8 <= room) {
        end = put_right(buf, area.x, area.y, end, &format!(" {note} "), look.style(Role::Dim));
    }
    if !title.is_empty() {
        put(buf, area.x + 2, area.y, end, &format!(" {title} "), style);
    }
}

/// An empty box with a frame. Returns what is inside, with a margin.
pub fn window(title: &str, note: &str, wide: u16, high: u16, look: &Look, buf: &mut Buffer) -> Rect {
    let area = middle(buf.area, wide, high.saturating_add(2));
    let blank = " ".repeat(usize::from(area.width));
    for y in area.top()..area.bottom() {
        buf.set_string(area.x, y, &blank, Style::reset().patch(look.style(Role::Text)));
        // A wide character that the box cuts in half would shift the row.
        if area.x > 0 && width(buf[(area.x - 1, y)].symbol()) > 1 {
            buf[(area.x - 1, y)].set_symbol(" ");
        }
    }
    let inner = frame(area, title, note, true, look, buf);
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}

/// A text that may be longer than its box.
pub fn text(title: &str, lines: &[Line<'_>], scroll: usize, look: &Look, buf: &mut Buffer) {
    let high = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let room = usize::from(high.min(buf.area.height.saturating_sub(4))).max(1);
    let first = scroll.min(lines.len().saturating_sub(room));
    let more = lines.len() > room;
    let note = if more { format!("{}-{} of {}  {CLOSE}", first + 1, first + room, lines.len()) } else { CLOSE.into() };
    let inner = window(title, &note, WIDE + 4, high, look, buf);
    for (y, line) in (inner.top()..inner.bottom()).zip(&lines[first.min(lines.len())..]) {
        put_line(buf, inner.x, y, inner.right(), line);
    }
}

/// Answers in a row at the right end: what they say, where the focus is, and whether they can be taken.
pub fn buttons(answers: &[(String, bool, bool)], inner: Rect, y: u16, look: &Look, buf: &mut Buffer) {
    let all: usize = answers.iter().map(|(text, ..)| width(text) + 6).sum();
    let mut x = inner.right().saturating_sub(u16::try_from(all).unwrap_or(0).saturating_sub(2)).max(inner.x);
    for (text, here, can) in answers {
        let style = match (here, can) {
            (true, _) => look.style(Role::Selected),
            (false, true) => look.style(Role::Text),
            (false, false) => look.style(Role::Dim),
        };
        let brackets = if *here { format!("[ {text} ]") } else { format!("  {text}  ") };
        x = put(buf, x, y, inner.right(), &brackets, style) + 2;
    }
}

/// A box in the middle, as high as it needs to be where there is room.
fn middle(area: Rect, wide: u16, high: u16) -> Rect {
    let wide = wide.min(area.width.saturating_sub(2));
    let high = high.min(area.height.saturating_sub(2));
    Rect {
        x: area.x + (area.width - wide) / 2,
        // A little above the middle, where the eye looks for it.
        y: area.y + (area.height - high) * 2 / 5,
        width: wide,
        height: high,
    }
}
