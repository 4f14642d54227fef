//! Tables for people: aligned by display width, headed in upper case, never wrapped.
//!
//! Text is sanitised here, so that no cell can reach the terminal as anything but text.

use unicode_width::UnicodeWidthStr;

use super::{Ink, painted};
use crate::text::sanitize;

/// The longest text of a cell, in characters; descriptions and messages are cut there.
const CELL: usize = 200;

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
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text.as_ref(), Ink::Plain)
    }
}

/// Rows under a heading.
#[derive(Clone, Debug)]
pub struct Table {
    head: Vec<&'static str>,
    headless: bool,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// No rows yet.
    pub fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), headless: false, rows: Vec::new() }
    }

    /// No rows yet, and the heading is not printed: it goes on from a table that was.
    pub fn headless(head: &[&'static str]) -> Self {
        Self { headless: true, ..Self::new(head) }
    }

    /// Adds a row, as wide as the heading.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().map(|cell| if cell.text.is_empty() { "-".into() } else { cell }).collect());
    }

    /// The text, each line ended.
    pub fn draw(&self, colored: bool) -> String {
        let head: Vec<Cell> = self.head.iter().map(|title| Cell::new(&title.to_uppercase(), Ink::Bold)).collect();
        let lines = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| lines().filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max();
        let widths: Vec<usize> = (0..self.head.len()).map(|column| width(column).unwrap_or(0)).collect();
        let mut text = String::new();
        for row in lines().skip(usize::from(self.headless)) {
            for (column, cell) in row.iter().enumerate() {
                let last = column + 1 == row.len();
                text.push_str(&if colored { painted(cell.ink, &cell.text) } else { cell.text.clone() });
                if !last {
                    let gap = widths[column] - cell.text.width() + 2;
                    text.extend(std::iter::repeat_n(' ', gap));
                }
            }
            text.push('\n');
        }
        text
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
        let width = self.lines.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        let each = |(name, value): &(&str, String)| {
            let gap = " ".repeat(width - name.width() + 2);
            format!("{name}{gap}{}\n", sanitize(value, 1024))
        };
        self.lines.iter().map(each).collect()
    }
}
