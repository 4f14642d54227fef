//! The apps of a connection, as the engine listed them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::core::pages::Pages;
use crate::engine::view::AppRow;

/// The apps of a connection, as they were reported.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Them.
    pub rows: Vec<AppRow>,
    /// As of when.
    pub at: DateTime<Utc>,
    /// All of them came.
    pub whole: bool,
    /// The pages that came.
    pub read: Pages,
}

/// The lists of apps that this session has seen, by connection.
pub type Catalogs = BTreeMap<Uuid, Catalog>;
