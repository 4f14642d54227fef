//! What is to be done to a row.

use uuid::Uuid;

use crate::engine::request::{Act, Mode, Request};

/// A row that an act is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Rows by name, or by number where they are many.
pub fn called(targets: &[Target]) -> String {
    match targets {
        [only] => only.name.clone(),
        many => format!("{} rotations", many.len()),
    }
}

/// An act on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The row.
    pub target: Target,
    /// What is done.
    pub act: Act,
    /// Whether its plan is agreed to.
    pub mode: Mode,
}

impl Task {
    /// An act whose plan nothing agreed to.
    pub fn new(target: Target, act: impl Into<Act>) -> Self {
        Self { target, act: act.into(), mode: Mode::Ask }
    }

    /// The same act on each row.
    pub fn each(targets: &[Target], act: impl Into<Act>) -> Vec<Self> {
        let act = act.into();
        targets.iter().map(|target| Self::new(target.clone(), act.clone())).collect()
    }

    /// The request.
    pub fn request(&self) -> Request {
        Request::act(self.target.id.to_string(), self.act.clone(), self.mode)
    }
}
