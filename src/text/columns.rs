//! Text in columns: measured as a terminal measures it, cut and filled to a width, and made harmless on the way.
//!
//! Everything here goes by clusters, what a reader takes for one character, and never splits one. The width of a text is
//! the sum of its clusters', because that is how the screen's cells are filled. Text in means harmless text out: these
//! functions are where a view takes text from outside, so none of them may be passed by.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{is_harmless, sanitize};

/// The longest text of one field, in characters.
const LONGEST: usize = 4_000;

/// Sound marks of halfwidth katakana: clusters with their letter, which the screen's cells and Unicode give other widths.
/// Their own letters, in full width, are the same everywhere.
const MARKS: [(char, &str); 2] = [('\u{ff9e}', "\u{309b}"), ('\u{ff9f}', "\u{309c}")];

/// Text without characters that a terminal would take for something else, or whose width is not agreed on. Borrowed where
/// there were none.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Every character takes a byte at least.
    let harmless = text.len() <= LONGEST && is_harmless(text);
    if harmless && !text.contains(MARKS.map(|(mark, _)| mark)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(MARKS.iter().fold(sanitize(text, LONGEST), |text, (mark, letter)| text.replace(*mark, letter)))
}

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// A text in at most so many columns; what is too long ends in `ellipsis`.
pub fn cut<'a>(text: &'a str, columns: usize, ellipsis: &str) -> Cow<'a, str> {
    let text = clean(text);
    if width(&text) <= columns {
        return text;
    }
    let room = columns.saturating_sub(width(ellipsis));
    let kept = &text[..bytes_in(&text, room).0];
    // Without room for both, the sign alone says that there was more.
    let ellipsis = if width(ellipsis) <= columns { ellipsis } else { "" };
    Cow::Owned(format!("{kept}{ellipsis}"))
}

/// A text in exactly so many columns: cut, or filled with spaces at its end.
pub fn fit(text: &str, columns: usize, ellipsis: &str) -> String {
    let mut text = cut(text, columns, ellipsis).into_owned();
    let gap = columns.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', gap));
    text
}

/// A text in exactly so many columns, at their right end: for numbers.
pub fn fit_right(text: &str, columns: usize, ellipsis: &str) -> String {
    let text = cut(text, columns, ellipsis);
    let gap = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(gap))
}

/// What is left of a text after its first columns. A cluster that the edge goes through is gone, and a space stands for
/// the rest of it.
pub fn skip(text: &str, columns: usize) -> Cow<'_, str> {
    let (bytes, taken) = bytes_in(text, columns);
    let rest = &text[bytes..];
    let Some(first) = rest.graphemes(true).next().filter(|_| taken < columns) else { return Cow::Borrowed(rest) };
    let over = (taken + first.width()).saturating_sub(columns);
    Cow::Owned(format!("{}{}", " ".repeat(over), &rest[first.len()..]))
}

/// A text in lines of at most so many columns, broken at spaces where there are any, else behind a slash, a colon or an equals
/// sign, of which paths and addresses have some. Never empty; a cluster that is wider than that has a line by itself.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let text = clean(text);
    let mut lines = Vec::new();
    let mut rest = text.as_ref();
    while width(rest) > columns {
        let (hard, _) = bytes_in(rest, columns);
        let fits = |at: usize| rest[at..].starts_with(' ');
        let soft = (1..=hard).rev().find(|at| rest.is_char_boundary(*at) && fits(*at));
        // A line that is nearly empty is no better than a word that is parted.
        let joint =
            || (hard / 2..=hard).rev().find(|at| rest.is_char_boundary(*at) && rest[..*at].ends_with(['/', ':', '=']));
        let soft = soft.or_else(|| joint().filter(|at| *at > 0));
        let at = soft.unwrap_or_else(|| hard.max(rest.graphemes(true).next().map_or(rest.len(), str::len)));
        lines.push(rest[..at].trim_end_matches(' ').to_owned());
        rest = rest[at..].trim_start_matches(' ');
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// How many lines [`wrap`] makes; without making them where one will do.
pub fn lines(text: &str, columns: usize) -> usize {
    if text.len() <= columns && is_harmless(text) { 1 } else { wrap(text, columns).len() }
}

/// How many bytes of a text, in whole clusters, go into so many columns, and how many columns they take.
fn bytes_in(text: &str, columns: usize) -> (usize, usize) {
    let mut taken = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        let width = cluster.width();
        if taken + width > columns {
            return (at, taken);
        }
        taken += width;
    }
    (text.len(), taken)
}

#[cfg(test)]
mod tests;
