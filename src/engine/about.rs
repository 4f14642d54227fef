//! Whose rows an event of the live log carries.

use uuid::Uuid;

/// What an event is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The rotation whose row changed.
    pub rotation: Option<Uuid>,
    /// The connection whose row changed.
    pub connection: Option<Uuid>,
    /// A row that is gone.
    pub gone: Option<Uuid>,
    /// The rotation's name, where its record is gone.
    pub name: Option<String>,
    /// The attempt.
    pub attempt: Option<Uuid>,
}

impl About {
    /// A rotation.
    pub fn rotation(id: Uuid) -> Self {
        Self { rotation: Some(id), ..Self::default() }
    }

    /// A connection.
    pub fn connection(id: Uuid) -> Self {
        Self { connection: Some(id), ..Self::default() }
    }
}
