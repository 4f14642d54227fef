//! What panes of text share: under which conditions they are drawn, what they remember, and which rows are in sight.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::tui::theme::{Glyph, Look, Role};

/// What a pane remembers from one frame to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaneMemory {
    /// The row at the top: a place in a list, or a line's number in the log.
    pub top: u64,
    /// Rows of the line at the top that are above the pane.
    pub skip: usize,
    /// Rows that the last frame had room for: how far a page goes.
    pub rows: usize,
}

/// Which rows are in sight: the place of the first, and how many rows of it are above the edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The place of the first.
    pub first: usize,
    /// Rows of it above the edge.
    pub skip: usize,
}

impl Window {
    /// The last rows that fit.
    pub fn at_end(count: usize, room: usize, tall: impl Fn(usize) -> usize) -> Self {
        let mut rows = 0;
        for place in (0..count).rev() {
            rows += tall(place);
            if rows >= room {
                return Self { first: place, skip: rows - room };
            }
        }
        Self::default()
    }

    /// As before, moved as little as shows the whole of `here` and leaves no room unused. Looks only at places in sight.
    #[must_use]
    pub fn holding(self, here: usize, count: usize, room: usize, tall: impl Fn(usize) -> usize) -> Self {
        if count == 0 || room == 0 {
            return Self::default();
        }
        let here = here.min(count - 1);
        let end = Self::at_end(count, room, &tall);
        let before = Self { first: self.first.min(count - 1), ..self };
        // Nothing is drawn below the end as long as there is something to draw above it.
        let before = if (before.first, before.skip) > (end.first, end.skip) { end } else { before };
        if here < before.first || (here == before.first && before.skip > 0) || tall(here) >= room {
            return Self { first: here, skip: 0 };
        }
        let mut rows = 0;
        for place in before.first..=here {
            rows += tall(place);
            if rows > room + before.skip {
                return Self::at_end(here + 1, room, &tall);
            }
        }
        before
    }
}

/// Marks the row under the cursor: a sign at its start, and in the pane that hears the keys a ground along the whole of it.
pub fn cursor(buf: &mut Buffer, row: Rect, focused: bool, look: &Look) {
    if focused {
        // Of one piece: dim on a ground of its own cannot be read, and a colour would become a ground of its own.
        let plain = Style::new().fg(Color::Reset).bg(Color::Reset).remove_modifier(Modifier::DIM | Modifier::BOLD);
        buf.set_style(row, plain);
        buf.set_style(row, look.style(Role::Selected));
    }
    if row.height > 0 {
        buf.set_stringn(row.x, row.y, look.glyph(Glyph::Cursor), usize::from(row.width), look.style(Role::Key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_moves_as_little_as_it_has_to() {
        let one = |_| 1;
        let window = Window { first: 10, skip: 0 };
        assert_eq!(window.holding(12, 100, 5, one), window);
        assert_eq!(window.holding(15, 100, 5, one).first, 11);
        assert_eq!(window.holding(3, 100, 5, one).first, 3);
        assert_eq!(window.holding(99, 100, 5, one).first, 95);
        assert_eq!(window.holding(2, 3, 5, one), Window::default(), "no room is left unused");
        assert_eq!(window.holding(0, 0, 5, one), Window::default());
    }

    #[test]
    fn a_window_over_lines_of_many_rows_shows_the_whole_of_the_one_that_is_read() {
        let tall = |place: usize| if place.is_multiple_of(2) { 3 } else { 1 };
        assert_eq!(Window::at_end(10, 6, tall), Window { first: 6, skip: 2 });
        let window = Window { first: 0, skip: 0 }.holding(4, 10, 6, tall);
        assert_eq!(window, Window { first: 2, skip: 1 });
        assert_eq!(window.holding(2, 10, 6, tall), Window { first: 2, skip: 0 });
        let huge = |_| 50;
        assert_eq!(Window { first: 3, skip: 7 }.holding(3, 10, 6, huge), Window { first: 3, skip: 0 });
    }

    #[test]
    fn only_what_is_in_sight_is_looked_at() {
        let looked = std::cell::Cell::new(0);
        let tall = |_| {
            looked.set(looked.get() + 1);
            1
        };
        assert_eq!(Window { first: 5_000, skip: 0 }.holding(5_010, 10_000, 20, tall).first, 5_000);
        assert_eq!(Window { first: 0, skip: 0 }.holding(9_000, 10_000, 20, tall).first, 8_981);
        assert!(looked.get() < 200, "{}", looked.get());
    }
}
