//! A cursor on a list of ids: it stays on its row across refresh, sort and filter.

use uuid::Uuid;

/// How far a cursor is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// So many rows down; up where negative.
    By(isize),
    /// To the first.
    Top,
    /// To the last.
    Bottom,
}

/// The row that keys act on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    id: Option<Uuid>,
    index: usize,
    /// Its row went away, and the one in its place was not shown yet.
    slid: bool,
}

impl Cursor {
    /// The row's id.
    pub fn id(self) -> Option<Uuid> {
        self.id
    }

    /// Its place in the list that it was last kept in.
    pub fn index(self) -> usize {
        self.index
    }

    /// Finds its row again in a list that changed; where the row is gone, the one in its place is taken.
    pub fn keep(&mut self, ids: &[Uuid]) {
        let found = self.id.and_then(|id| ids.iter().position(|known| *known == id));
        self.slid |= self.id.is_some() && found.is_none();
        self.index = found.unwrap_or(self.index.min(ids.len().saturating_sub(1)));
        self.id = ids.get(self.index).copied();
    }

    /// Moves within a list.
    pub fn go(&mut self, ids: &[Uuid], to: Move) {
        let last = ids.len().saturating_sub(1);
        self.index = match to {
            Move::By(rows) => self.index.saturating_add_signed(rows).min(last),
            Move::Top => 0,
            Move::Bottom => last,
        };
        self.id = ids.get(self.index).copied();
        self.slid = false;
    }

    /// Whether its row was not shown yet, because the one before went away.
    pub fn slid(self) -> bool {
        self.slid
    }

    /// It was shown where it is.
    pub fn seen(&mut self) {
        self.slid = false;
    }

    /// Goes to a row.
    pub fn jump(&mut self, ids: &[Uuid], id: Uuid) {
        self.id = Some(id);
        self.keep(ids);
        self.slid = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_on_its_row_and_takes_the_next_where_that_is_gone() {
        let id = |n| Uuid::from_u128(n);
        let mut cursor = Cursor::default();
        cursor.keep(&[id(1), id(2), id(3)]);
        cursor.go(&[id(1), id(2), id(3)], Move::By(1));
        cursor.keep(&[id(3), id(1), id(2)]);
        assert_eq!((cursor.id(), cursor.index()), (Some(id(2)), 2));
        assert!(!cursor.slid());
        cursor.keep(&[id(3), id(1)]);
        assert_eq!((cursor.id(), cursor.index(), cursor.slid()), (Some(id(1)), 1, true));
        cursor.keep(&[]);
        assert_eq!(cursor.id(), None);
    }
}
