//! What is asked of the engine about a change while it is typed: when it would rotate then.

use crate::engine::refusal::Refusal;
use crate::engine::request::{Reply, RotationPatch};
use crate::engine::view::RotationView;

/// What is asked of the engine while it is typed: when it would rotate then. A change is asked about once.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    /// Which question it answers.
    pub number: u64,
    /// The change that was asked about.
    pub patch: RotationPatch,
    /// The rotation as it would be.
    pub row: Option<Result<Box<RotationView>, Refusal>>,
}

impl Ahead {
    /// An answer; one to an earlier question is late.
    pub fn answered(&mut self, number: u64, result: Result<Reply, Refusal>) {
        if number == self.number {
            self.row = match result {
                Ok(Reply::Rotation { secret_rotation, .. }) => Some(Ok(secret_rotation)),
                Ok(_) => None,
                Err(refusal) => Some(Err(refusal)),
            };
        }
    }
}
