//! Tables for people: aligned by display width, headed in upper case. A table that is too wide for its terminal gives
//! way column by column; into a pipe it goes whole, a line for each row.
//!
//! Text is sanitised here, so that no cell can reach the terminal as anything but text.

use super::{Ink, painted};
use crate::text::columns::{cut, width, wrap};
use crate::text::sanitize;

/// The longest text of a cell, in characters; descriptions and messages are cut there.
const CELL: usize = 200;

/// The longest text of a cell that says what to do.
const REMEDY: usize = 2_000;

/// A cell: its text and its colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    ink: Ink,
}

impl Cell {
    /// A cell in a colour.
    pub fn new(text: &str, ink: Ink) -> Self {
        Self { text: sanitize(text, CELL), ink }
    }

    /// A cell that says what is wrong and what to do: cut short it would say neither.
    pub fn remedy(text: &str) -> Self {
        Self { text: sanitize(text, REMEDY), ink: Ink::Plain }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text.as_ref(), Ink::Plain)
    }
}

/// How a column gives way on a terminal that the table is too wide for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is cut, down to so many columns.
    Cut(usize),
    /// It stands below its row, after this word; it is left out where it repeats the first column.
    Below(&'static str),
    /// It is left out: other columns show it, or a command does.
    Out,
}

/// Rows under a heading.
#[derive(Clone, Debug)]
pub struct Table {
    head: Vec<&'static str>,
    headless: bool,
    rows: Vec<Vec<Cell>>,
    /// The least width of each column.
    least: Vec<usize>,
    ways: &'static [(&'static str, Way)],
}

/// Between two columns.
const GAP: usize = 2;

/// The least that the last column is broken into lines at; below that the terminal breaks it.
const LAST: usize = 16;

/// What of a table is shown, and how wide.
struct Places {
    /// Columns in the row, with their widths.
    shown: Vec<(usize, usize)>,
    /// Columns below the row, with the words before them.
    below: Vec<(usize, &'static str)>,
}

impl Table {
    /// No rows yet.
    pub fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), headless: false, rows: Vec::new(), least: Vec::new(), ways: &[] }
    }

    /// Its columns are at least so wide.
    #[must_use]
    pub fn at_least(self, widths: Vec<usize>) -> Self {
        Self { least: widths, ..self }
    }

    /// Its heading is not printed: it continues a table that had these [`Self::widths`].
    #[must_use]
    pub fn continuing(self, widths: Vec<usize>) -> Self {
        Self { headless: true, ..self.at_least(widths) }
    }

    /// The width of each column, in terminal columns.
    pub fn widths(&self) -> Vec<usize> {
        let column = |(at, title): (usize, &&str)| {
            let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| width(&cell.text)).max();
            width(title).max(cells.unwrap_or(0)).max(self.least.get(at).copied().unwrap_or(0))
        };
        self.head.iter().enumerate().map(column).collect()
    }

    /// Which columns give way on a narrow terminal, the first first.
    #[must_use]
    pub fn narrowed(self, ways: &'static [(&'static str, Way)]) -> Self {
        Self { ways, ..self }
    }

    /// Adds a row, as wide as the heading.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().map(|cell| if cell.text.is_empty() { "-".into() } else { cell }).collect());
    }

    /// The text, each line ended. On a terminal of so many columns it gives way; into a pipe all of it goes.
    pub fn draw(&self, colored: bool, columns: Option<usize>) -> String {
        let head: Vec<Cell> = self.head.iter().map(|title| Cell::new(&title.to_uppercase(), Ink::Bold)).collect();
        let places = self.places(columns);
        let mut text = String::new();
        if !self.headless {
            line(&mut text, &head, &places, colored);
        }
        for row in &self.rows {
            line(&mut text, row, &places, colored);
            below(&mut text, row, &places, colored, columns.unwrap_or(usize::MAX));
        }
        text
    }

    fn places(&self, columns: Option<usize>) -> Places {
        let shown = self.widths().into_iter().enumerate().collect();
        let mut places = Places { shown, below: Vec::new() };
        let Some(columns) = columns else { return places };
        for (title, way) in self.ways {
            let over = places.wide().saturating_sub(columns);
            let Some(at) = places.shown.iter().position(|(column, _)| self.head[*column] == *title) else { continue };
            match (over, way) {
                (0, _) => break,
                (_, Way::Cut(least)) => {
                    let wide = &mut places.shown[at].1;
                    *wide = wide.saturating_sub(over).max((*wide).min(*least));
                }
                (_, Way::Below(word)) => places.below.push((places.shown.remove(at).0, word)),
                (_, Way::Out) => drop(places.shown.remove(at)),
            }
        }
        places.below.sort_unstable();
        // What is left of it is the last column's to bear.
        let over = places.wide().saturating_sub(columns);
        if let Some((_, wide)) = places.shown.last_mut() {
            *wide = wide.saturating_sub(over).max((*wide).min(LAST));
        }
        places
    }
}

impl Places {
    fn wide(&self) -> usize {
        let widths: usize = self.shown.iter().map(|(_, wide)| wide + GAP).sum();
        widths.saturating_sub(GAP)
    }
}

/// Writes a row. What is too long is cut; in the last column it is broken instead.
fn line(text: &mut String, row: &[Cell], places: &Places, colored: bool) {
    let paint = |cell: &Cell, text: &str| if colored { painted(cell.ink, text) } else { text.to_owned() };
    let mut at = 0;
    for (place, (column, wide)) in places.shown.iter().enumerate() {
        let Some(cell) = row.get(*column) else { continue };
        if place + 1 == places.shown.len() {
            let lines = wrap(&cell.text, *wide);
            let lines: Vec<String> = lines.iter().map(|line| paint(cell, line)).collect();
            text.push_str(&lines.join(&format!("\n{:at$}", "")));
        } else {
            let said = cut(&cell.text, *wide, "…");
            text.push_str(&paint(cell, &said));
            text.extend(std::iter::repeat_n(' ', wide - width(&said) + GAP));
        }
        at += wide + GAP;
    }
    text.push('\n');
}

/// Writes what stands below a row.
fn below(text: &mut String, row: &[Cell], places: &Places, colored: bool, columns: usize) {
    let first = row.first().map_or("", |cell| cell.text.as_str());
    let reported = |cell: &&Cell| cell.text != "-" && cell.text != first;
    let parts = places.below.iter().filter_map(|(column, word)| Some((row.get(*column).filter(reported)?, word)));
    let parts: Vec<String> =
        parts.map(|(cell, word)| format!("{word} {}", cell.text).trim_start().to_owned()).collect();
    if parts.is_empty() {
        return;
    }
    for line in wrap(&parts.join(", "), columns.saturating_sub(GAP)) {
        let line = if colored { painted(Ink::Dim, &line) } else { line };
        text.extend(std::iter::repeat_n(' ', GAP));
        text.push_str(&line);
        text.push('\n');
    }
}

/// One thing, a line for each of its properties.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    lines: Vec<(&'static str, String)>,
}

impl Sheet {
    /// Adds a property; one without a value is left out.
    pub fn line(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.lines.push((name, value));
        }
    }

    /// The text, each line ended.
    pub fn draw(&self) -> String {
        let widest = self.lines.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
        let each = |(name, value): &(&str, String)| {
            let gap = " ".repeat(widest - width(name) + 2);
            format!("{name}{gap}{}\n", sanitize(value, 1024))
        };
        self.lines.iter().map(each).collect()
    }
}
