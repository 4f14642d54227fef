//! The targets of a rotation: their list, and one of them alone.
//!
//! The box keeps ids alone: what it shows is the rotation's row as it is by now. What its keys do stands in
//! [`crate::tui::target_acts`].

use uuid::Uuid;

use crate::engine::view::TargetView;
use crate::tui::session::Session;

pub mod view;

/// The keys of the box: each with what it does, and whether it changes something.
pub const KEYS: [(&str, &str, bool); 9] = [
    ("Enter", "open", false),
    ("n", "new", true),
    ("e", "edit", true),
    ("t", "plan", false),
    ("R", "deliver now", true),
    ("a", "adopt", true),
    ("w", "wait or not", true),
    ("d", "delete", true),
    ("h", "history", false),
];

/// The targets of a rotation, or one of them.
#[derive(Clone, Copy, Debug)]
pub struct Targets {
    /// The rotation.
    pub rotation: Uuid,
    /// The target under the cursor; the first where it is not there.
    pub at: Option<Uuid>,
    /// That one is shown alone.
    pub open: bool,
    /// The first line of it that is shown.
    pub scroll: usize,
}

impl Targets {
    /// Those of a rotation.
    pub fn of(rotation: Uuid) -> Self {
        Self { rotation, at: None, open: false, scroll: 0 }
    }

    /// What it lists, in the order in which that stands there, and the place of the cursor.
    pub fn list<'a>(&self, session: &'a Session) -> (Vec<&'a TargetView>, usize) {
        let row = session.rows.rotations.get(&self.rotation);
        let list = row.map(|row| row.targets.worst_first()).unwrap_or_default();
        let at = list.iter().position(|target| Some(target.id) == self.at).unwrap_or(0);
        (list, at)
    }
}
