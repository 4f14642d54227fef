//! The entry of something that was done at once.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ending::Ending;
use super::{Actor, Entry, Outcome, Trigger};
use crate::core::rotation::Rotation;

impl Entry {
    /// Something done without a call to Okta, to a rotation or to none: over as soon as it is on disk.
    pub fn act(
        id: Uuid,
        rotation: Option<&Rotation>,
        trigger: Trigger,
        actor: Actor,
        now: DateTime<Utc>,
        ending: impl Into<Ending>,
    ) -> Self {
        Self {
            id,
            rotation_id: rotation.map(|rotation| rotation.id),
            rotation_name: rotation.map(|rotation| rotation.name.clone()),
            connection_id: rotation.map(|rotation| rotation.connection_id),
            app_id: rotation.map(|rotation| rotation.app.id.clone()).unwrap_or_default(),
            trigger,
            actor,
            started_at: now,
            ended_at: Some(now),
            outcome: Outcome::Success,
            ending: ending.into(),
            new_secret_id: None,
            previous_secret_id: None,
            steps: Vec::new(),
        }
    }
}
