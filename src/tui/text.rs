//! Widths.
use unicode_width::UnicodeWidthStr;
/// Width.
pub fn width(text: &str) -> usize { text.width() }
/// Fit.
pub fn cut(text: &str, wide: usize, _ellipsis: &str) -> String {
    if width(text) <= wide { return text.to_owned(); }
    let mut out = String::new();
    for c in text.chars() { let mut l = out.clone(); l.push(c); if width(&l) + 1 > wide { break; } out.push(c); }
    out.push('…'); out
}
