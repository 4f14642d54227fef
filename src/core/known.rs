//! Data that a program of another version may have written.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// What this version knows, or something newer.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Known<T> {
    /// It is known.
    Here(T),
    /// It is not; whoever reads it has something else to show.
    Newer(IgnoredAny),
}

impl<T> Known<T> {
    /// It, where it is known.
    pub fn here(self) -> Option<T> {
        match self {
            Self::Here(known) => Some(known),
            Self::Newer(_) => None,
        }
    }
}

/// Reads a field that may hold something newer: `None` where it does.
pub fn known<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::<Known<T>>::deserialize(from).map(|known| known.and_then(Known::here))
}
