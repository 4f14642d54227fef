//! Searching a text: plain words; capital letters count where there are some in what is searched for.

use std::ops::Range;

use super::line::Line;

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    text: String,
    /// Lower case, where case does not count.
    folded: Option<String>,
}

impl Search {
    /// Searches for a text.
    pub fn new(text: &str) -> Self {
        let folded = (!text.chars().any(char::is_uppercase)).then(|| text.to_lowercase());
        Self { text: text.to_owned(), folded }
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text, as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a line has it: in its message, its kind or its names.
    pub fn finds(&self, line: &Line) -> bool {
        self.is_in(&line.message) || self.is_in(&line.kind) || self.is_in(line.name())
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        !self.is_empty() && self.next(text, 0).is_some()
    }

    /// Where it stands in a text.
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut from = 0;
        while let Some(range) = self.next(text, from).filter(|_| !self.is_empty()) {
            from = range.end;
            ranges.push(range);
        }
        ranges
    }

    fn next(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let rest = text.get(from..)?;
        let Some(folded) = &self.folded else {
            return rest.find(&self.text).map(|at| from + at..from + at + self.text.len());
        };
        if rest.is_ascii() {
            let (rest, wanted) = (rest.as_bytes(), folded.as_bytes());
            let at = rest.windows(wanted.len().max(1)).position(|window| window.eq_ignore_ascii_case(wanted))?;
            return Some(from + at..from + at + wanted.len());
        }
        // Folding can change how long a letter is, so places are looked for in the text itself.
        rest.char_indices().find_map(|(at, _)| {
            let length = starts_folded(&rest[at..], folded)?;
            Some(from + at..from + at + length)
        })
    }
}

/// How many bytes of `text` fold to `wanted`, if it begins so.
fn starts_folded(text: &str, wanted: &str) -> Option<usize> {
    let mut wanted = wanted.chars();
    let mut next = wanted.next();
    for (at, c) in text.char_indices() {
        if next.is_none() {
            return Some(at);
        }
        for folded in c.to_lowercase() {
            if next != Some(folded) {
                return None;
            }
            next = wanted.next();
        }
    }
    next.is_none().then_some(text.len())
}
