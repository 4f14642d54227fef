//! What a call of the wizard is for.

use uuid::Uuid;

use crate::engine::request::TargetBody;

/// What a call of the wizard is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A page of the apps of a connection.
    Apps(Uuid),
    /// One app with its secrets.
    App(String),
    /// What an order would do, by the review that asks and its place there.
    Plan(u64, usize),
    /// An order, done, and what is to be made once it is.
    Make(usize, Option<Box<TargetBody>>),
    /// The target of what was made.
    Target,
    /// A rotation, changed.
    Save,
    /// How it would be, by the change that is asked about.
    Ahead(u64),
}
