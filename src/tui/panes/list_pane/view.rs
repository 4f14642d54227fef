//! A list of rows with its cursor, its marks and its filter. What stands in a row is its caller's.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use uuid::Uuid;

use crate::text::columns::width;
use crate::tui::panes::list_pane::List;
use crate::tui::scene::Scene;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::paint::put;
use crate::tui::widgets::pane::{PaneMemory, Window, cursor};
use crate::tui::widgets::table::{Cell, Column, Table};

/// The cursor's and the mark's own columns.
pub const MARGIN: u16 = 3;

/// Which of the cells is the row's name.
const NAME: usize = 1;

/// Draws the rows in sight below their heading.
pub fn rows<'a, const N: usize>(
    list: &List,
    columns: &[Column; N],
    scene: &Scene<'_>,
    memory: &mut PaneMemory,
    area: Rect,
    buf: &mut Buffer,
    cells: impl Fn(&Uuid) -> Option<[Cell<'a>; N]>,
) {
    let table = Table::new(columns, area, MARGIN);
    let mut lines = area.rows();
    if let Some(line) = lines.next() {
        table.head(line.y, scene.look, buf);
    }
    let room = usize::from(area.height.saturating_sub(1));
    let top = usize::try_from(memory.top).unwrap_or(0);
    let window = Window { first: top, skip: 0 }.holding(list.cursor.index(), list.order.len(), room, |_| 1);
    memory.top = window.first as u64;
    for (line, (index, id)) in lines.zip(list.order.iter().enumerate().skip(window.first)) {
        let Some(mut cells) = cells(id) else { continue };
        let here = index == list.cursor.index();
        if here && !scene.focused {
            cells[NAME].0 = scene.look.style(Role::SelectedAway);
        }
        if list.marks.contains(id) {
            put(buf, line.x + 1, line.y, line.right(), scene.look.glyph(Glyph::Mark), scene.look.style(Role::Marked));
        }
        // Up to its name: the rest keeps its colours, and a move of the cursor sends less than half over the line.
        let name = table.end(NAME, width(&cells[NAME].1));
        table.row(line.y, cells, buf);
        if here {
            let ground = Rect { width: name.min(line.right()) - line.x, ..line };
            cursor(buf, ground, scene.focused, scene.look);
        }
    }
}

/// The line that a filter is typed and shown on, where there is one. Returns what is left of the area, and where it is
/// typed.
pub fn filter(list: &List, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) -> (Rect, Option<Position>) {
    if !list.typing && list.filter.text().is_empty() {
        return (area, None);
    }
    let look = scene.look;
    let x = put(buf, area.x + 1, area.y, area.right(), "/", look.style(Role::Key));
    let end = put(buf, x, area.y, area.right(), list.filter.text(), look.style(Role::Heading));
    let count = match list.order.len() {
        0 => "   nothing matches".into(),
        1 => "   1 matches".into(),
        many => format!("   {many} match"),
    };
    let hint =
        if list.typing { format!("{count}  Enter keeps it, Esc clears it") } else { format!("{count}  Esc clears it") };
    put(buf, end, area.y, area.right(), &hint, look.style(Role::Dim));
    let typed = u16::try_from(width(list.filter.before())).unwrap_or(0);
    let cursor = (list.typing && scene.focused).then(|| Position::new((x + typed).min(area.right() - 1), area.y));
    (Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }, cursor)
}
