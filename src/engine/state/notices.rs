//! What is said in the live log, and whose rows go with it.

use uuid::Uuid;

use super::Shared;
use crate::engine::events::notice::Notice;
use crate::engine::events::{News, Rows};

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

impl Shared {
    /// Says something in the live log that is about no row.
    pub fn announce(&self, notice: Notice) {
        self.report(notice, About::default());
    }

    /// Says something in the live log, with the rows as they are now.
    pub fn report(&self, notice: Notice, about: About) {
        let now = self.clock.now();
        let model = self.model.borrow();
        let rotation = about.rotation.and_then(|id| model.rotations.get(&id));
        let connection = about.connection.or(rotation.map(|rotation| rotation.connection_id));
        let connection = connection.and_then(|id| model.connections.get(&id));
        let saved = rotation.filter(|rotation| !model.drafts.contains(&rotation.id));
        let rows = Rows {
            secret_rotations: saved.and_then(|rotation| model.rotation_view(rotation, now)).into_iter().collect(),
            app_connections: about
                .connection
                .and_then(|id| model.connections.get(&id))
                .map(|connection| model.connection_view(connection))
                .into_iter()
                .collect(),
            gone: about.gone.into_iter().collect(),
        };
        let news = News {
            rotation: about.name.or_else(|| rotation.map(|rotation| rotation.name.to_string())),
            connection: connection.map(|connection| connection.name.to_string()),
            attempt: about.attempt,
            notice,
            rows,
        };
        drop(model);
        self.events.tell(now, news);
    }
}
