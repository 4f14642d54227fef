//! What a look at a place found. The history keeps it.

use serde::{Deserialize, Serialize};

/// What a place holds, without values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "is")]
pub enum Found {
    /// Nothing under our keys.
    Absent,
    /// The current credentials.
    Current {
        /// As they should be in all else.
        tidy: bool,
    },
    /// Those of an older version, put there by us.
    Behind {
        /// The version, where it is known.
        version: Option<u32>,
    },
    /// A value that this rotation published, put there by others.
    Adoptable {
        /// The version, where it is known.
        version: Option<u32>,
    },
    /// Something else, where we had delivered.
    Drifted {
        /// The keys that were changed; all of them are gone where it is empty.
        keys: Vec<String>,
    },
    /// Something that is not ours, where we have never delivered.
    Foreign {
        /// The keys that hold it.
        keys: Vec<String>,
    },
    /// It belongs to another target.
    Clash {
        /// The id in its marker.
        target: String,
    },
    /// It cannot be read: what we know is what we wrote.
    Unknown,
}
