//! The row that keys act on.

use uuid::Uuid;

use crate::engine::view::{ConnectionView, RotationView};

/// The row under the cursor of the list that was used last.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// A rotation.
    Rotation(&'a RotationView),
    /// A connection.
    Connection(&'a ConnectionView),
}

/// What keys act on.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The row; none where the list is empty.
    pub row: Option<Row<'a>>,
    /// The list that was used last is that of the connections.
    pub in_connections: bool,
    /// Acts are for what is marked: in the list itself, where the marks are seen.
    pub on_marks: bool,
}

impl<'a> Selection<'a> {
    /// The rotation, where it is one.
    pub fn rotation(&self) -> Option<&'a RotationView> {
        match self.row? {
            Row::Rotation(row) => Some(row),
            Row::Connection(_) => None,
        }
    }

    /// The connection, where it is one.
    pub fn connection(&self) -> Option<&'a ConnectionView> {
        match self.row? {
            Row::Connection(row) => Some(row),
            Row::Rotation(_) => None,
        }
    }

    /// Its id.
    pub fn id(&self) -> Option<Uuid> {
        match self.row? {
            Row::Rotation(row) => Some(row.id),
            Row::Connection(row) => Some(row.id),
        }
    }

    /// Its name.
    pub fn name(&self) -> Option<&'a str> {
        match self.row? {
            Row::Rotation(row) => Some(&row.name),
            Row::Connection(row) => Some(&row.name),
        }
    }
}
