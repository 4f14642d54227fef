//! Parts that know nothing of windlass: text on a buffer, boxes, tables, a line that is typed, a cursor.

pub mod boxes;
pub mod cursor;
pub mod fuzzy;
pub mod paint;
pub mod pane;
pub mod scroll;
pub mod table;
pub mod text_input;
