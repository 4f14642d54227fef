//! What the machine learns, and what it wants done. Data only.

use uuid::Uuid;

use super::call::{Answer, Call};
use crate::core::fault::Fault;
use crate::core::history::Entry;
use crate::core::rotation::Rotation;
use crate::core::secret::SecretValue;

/// Something that happened to an open operation.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come: it was just opened, its wake-up is due, its connection is back, or it was asked for.
    Wake,
    /// A fresh value, drawn because [`Effect::Draw`] asked for it.
    Drawn {
        /// Identity for the secret to be.
        key: Uuid,
        /// 64 characters of `A-Za-z0-9_-` from the system's CSPRNG.
        value: SecretValue,
    },
    /// The answer to the call with this number. Another number than the operation's is late and has no transition.
    Answered {
        /// [`crate::core::rotation::Operation::call`] when the call was issued.
        call: u32,
        /// What came back.
        answer: Answer,
    },
    /// The step at hand could not be taken, for a reason of this machine's own.
    Failed(Fault),
}

/// Something to be done, in the order given.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Write the record, with these, in one transaction. What follows waits until it is on disk.
    Journal(Vec<Write>),
    /// Draw a fresh value and come back with [`Event::Drawn`].
    Draw,
    /// Make this call and come back with [`Event::Answered`]. At most one in a step, always the last.
    Call(u32, Call),
    /// The operation ended before anything was changed, because of this. Whoever asked learns it; a rotation that
    /// was being created does not come to exist.
    Abandon(Fault),
}

/// What goes to disk together with the record.
#[derive(Clone, Debug)]
pub enum Write {
    /// A new version of both mapped secrets, from this secret of the rotation.
    Publish(Uuid),
    /// The values of versions that came from this secret are erased: Okta's list came without it.
    Erase(Uuid),
    /// The attempt has ended.
    Close(Box<Entry>),
    /// The rotation is over: the record goes instead of being written.
    Remove,
}

/// A step of the machine: the record as it is now, and what is to be done.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The record after the event.
    pub rotation: Rotation,
    /// What is to be done, in order. Empty where the event has no transition.
    pub effects: Vec<Effect>,
}
