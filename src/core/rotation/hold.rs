//! What an old secret waits for. Names only: [`crate::core::protocol::retire`] decides what holds it.

use serde::{Deserialize, Serialize};

/// What keeps a previous secret from being retired on its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hold {
    /// Auto-rotation is off, or paused until a date.
    Paused,
    /// No consumer fetched its successor.
    Unread,
    /// A target that it waits for has not had its successor for long enough.
    Behind,
    /// No date was set for it, or it was taken away.
    NoDate,
    /// Something needs attention first.
    Attention,
}
