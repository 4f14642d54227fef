//! Tables: which columns fit, how wide they are, and how their cells are written. By rank, so that the least important
//! columns go first. Nothing here knows what a row is.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::theme::{Look, Role};
use crate::tui::widgets::paint::put;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// 0 is never left out.
    pub rank: u8,
    /// The least that it is of use with.
    pub least: u16,
    /// The most that it can use.
    pub most: u16,
}

impl Column {
    /// A column.
    pub const fn new(title: &'static str, rank: u8, least: u16, most: u16) -> Self {
        Self { title, rank, least, most }
    }
}

/// A cell: how it is written, and what it says.
pub type Cell<'a> = (Style, Cow<'a, str>);

/// Columns in their places.
pub struct Table<'a> {
    columns: &'a [Column],
    places: Vec<Option<(u16, u16)>>,
    x: u16,
}

impl<'a> Table<'a> {
    /// As many of the columns as an area has room for, to the right of a margin.
    pub fn new(columns: &'a [Column], area: Rect, margin: u16) -> Self {
        let places = places(columns, area.width.saturating_sub(margin + 1));
        Self { columns, places, x: area.x + margin }
    }

    /// How wide a column is; 0 where it is left out.
    pub fn wide(&self, column: usize) -> u16 {
        self.places.get(column).copied().flatten().map_or(0, |(_, wide)| wide)
    }

    /// Where a text of so many columns ends in a column, and a space behind it.
    pub fn end(&self, column: usize, wide: usize) -> u16 {
        let (at, most) = self.places.get(column).copied().flatten().unwrap_or_default();
        self.x + at + most.min(u16::try_from(wide).unwrap_or(u16::MAX)) + GAP
    }

    /// Writes the headings.
    pub fn head(&self, y: u16, look: &Look, buf: &mut Buffer) {
        let heading = look.style(Role::Heading);
        self.row(y, self.columns.iter().map(|column| (heading, column.title.into())), buf);
    }

    /// Writes a row.
    pub fn row<'b>(&self, y: u16, cells: impl IntoIterator<Item = Cell<'b>>, buf: &mut Buffer) {
        for ((style, text), place) in cells.into_iter().zip(&self.places) {
            if let Some((at, wide)) = place {
                put(buf, self.x + at, y, self.x + at + wide, &text, style);
            }
        }
    }
}

/// The space between two columns.
const GAP: u16 = 1;

/// For each column its offset and width; `None` where it is left out.
fn places(columns: &[Column], wide: u16) -> Vec<Option<(u16, u16)>> {
    let mut taken: Vec<bool> = columns.iter().map(|column| column.rank == 0).collect();
    let need = |taken: &[bool]| -> u16 {
        let each = columns.iter().zip(taken).filter(|(_, taken)| **taken);
        each.map(|(column, _)| column.least + GAP).sum::<u16>().saturating_sub(GAP)
    };
    let mut ranks: Vec<(u8, usize)> = columns.iter().enumerate().map(|(index, column)| (column.rank, index)).collect();
    ranks.sort_unstable();
    for (_, index) in ranks {
        if !taken[index] {
            taken[index] = true;
            if need(&taken) > wide {
                taken[index] = false;
                // A column of less use never stands where one of more use had no room.
                break;
            }
        }
    }
    let mut widths: Vec<u16> = columns.iter().map(|column| column.least).collect();
    let mut left = wide.saturating_sub(need(&taken));
    // A cell each, in turn, until all have enough.
    while left > 0 {
        let mut given = false;
        for (index, column) in columns.iter().enumerate() {
            if taken[index] && widths[index] < column.most && left > 0 {
                // Prose can use more than a name.
                let more = if column.most == u16::MAX { left.min(4) } else { 1 };
                widths[index] += more;
                left -= more;
                given = true;
            }
        }
        if !given {
            break;
        }
    }
    let mut at = 0;
    let mut places = Vec::new();
    for (index, width) in widths.into_iter().enumerate() {
        places.push(taken[index].then_some((at, width)));
        if taken[index] {
            at += width + GAP;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fold_by_rank_and_share_what_is_left() {
        let columns = [Column::new("A", 0, 4, 10), Column::new("B", 2, 5, 5), Column::new("C", 1, 3, 6)];
        assert_eq!(places(&columns, 14), [Some((0, 4)), Some((5, 5)), Some((11, 3))]);
        assert_eq!(places(&columns, 10), [Some((0, 5)), None, Some((6, 4))]);
        assert_eq!(places(&columns, 5), [Some((0, 5)), None, None]);
        assert_eq!(places(&columns, 40), [Some((0, 10)), Some((11, 5)), Some((17, 6))]);
    }
}
