//! Putting text onto the buffer, cell by cell as wide as it is shown, and breaking it into lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::text::columns::{cut, width};

/// Ends what was cut. [`Look::finish`] knows what it is where only ASCII is shown.
pub const ELLIPSIS: &str = "…";

/// Writes text into a row, cut where the area ends. Returns the column after it.
pub fn put(buf: &mut Buffer, x: u16, y: u16, right: u16, text: &str, style: Style) -> u16 {
    if x >= right || y >= buf.area.bottom() {
        return x;
    }
    let fitted = cut(text, usize::from(right - x), ELLIPSIS);
    buf.set_stringn(x, y, &fitted, usize::from(right - x), style).0
}

/// Writes text so that it ends where the area does. Returns the column that it begins at.
pub fn put_right(buf: &mut Buffer, left: u16, y: u16, right: u16, text: &str, style: Style) -> u16 {
    let wide = u16::try_from(width(text)).unwrap_or(u16::MAX).min(right.saturating_sub(left));
    put(buf, right - wide, y, right, text, style);
    right - wide
}

/// Writes a line. Returns the column after them.
pub fn put_line(buf: &mut Buffer, x: u16, y: u16, right: u16, line: &Line<'_>) -> u16 {
    line.spans.iter().fold(x, |x, span| put(buf, x, y, right, &span.content, span.style))
}

/// Fills a row with one glyph.
pub fn rule(buf: &mut Buffer, area: Rect, glyph: &str, style: Style) {
    for x in area.left()..area.right() {
        buf.set_string(x, area.y, glyph, style);
    }
}

/// Breaks text into lines of a width, at spaces where it can; its own lines stay apart.
pub fn wrap(text: &str, wide: usize) -> Vec<String> {
    text.lines().flat_map(|line| crate::text::columns::wrap(line, wide)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("the old secret still works", 10), ["the old", "secret", "still", "works"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("東京都 x", 4), ["東京", "都 x"]);
        assert_eq!(
            wrap("Load=KEY:/run/windlass/credentials.sock", 28),
            ["Load=KEY:/run/windlass/", "credentials.sock"]
        );
        assert_eq!(wrap("", 4), Vec::<String>::new());
    }
}
