//! What comes of opening.

use std::path::PathBuf;

use super::inspect::Readable;
use crate::store::Loaded;
use crate::store::backend::Sled;

/// What comes of opening.
pub enum Done<T> {
    /// A store that can be written.
    Whole(T),
    /// A damaged one, for whoever only reads.
    Left(Box<Left>),
}

/// A damaged store that was left as it lies.
pub struct Left {
    /// What can be put together of its records.
    pub records: Loaded,
    /// What of its files can be read.
    pub damaged: Option<Readable>,
    /// What is wrong with it.
    pub found: String,
}

/// A store that was found whole, or made so.
pub struct Sound {
    /// The store, still known for what it is.
    pub sled: Sled,
    /// Its records.
    pub loaded: Loaded,
    /// The sealing key's file, where it was made just now.
    pub key_made: Option<PathBuf>,
    /// What an operator should know.
    pub notes: Vec<String>,
}
