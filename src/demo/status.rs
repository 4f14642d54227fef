//! What the demo shows of itself: nothing in here is a secret value.

use chrono::{DateTime, Utc};

use super::script::Scene;

/// How the demo stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// The demo's time.
    pub now: DateTime<Utc>,
    /// Whether time stands still.
    pub paused: bool,
    /// Logins of the consumer that the orgs took.
    pub logins: u64,
    /// Logins that an org refused. The argument is that this stays zero.
    pub refused: u64,
    /// Logins that got no answer, which says nothing about the secret.
    pub unanswered: u64,
    /// The apps that are rotated, with their secrets as their org holds them.
    pub apps: Vec<Slots>,
    /// What happened last on stage, in a sentence.
    pub said: String,
    /// What of the script was seen so far, and when.
    pub seen: Vec<(Scene, DateTime<Utc>)>,
    /// How the engine's process stands.
    pub engine: EngineState,
    /// How often it was killed.
    pub kills: u32,
}

/// How the engine's process stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineState {
    /// It is not there yet, or not again.
    Starting,
    /// It serves.
    Running,
    /// It does not start any more, and why.
    Down(String),
}

/// An app and its secrets, at most two, as its org holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The rotation's name.
    pub rotation: String,
    /// The app's id.
    pub app_id: String,
    /// The app's label.
    pub label: String,
    /// Its secrets, oldest first.
    pub secrets: Vec<Slot>,
}

/// A secret as its org holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Okta's id.
    pub id: String,
    /// Whether it is ACTIVE.
    pub active: bool,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last switched on or off.
    pub switched: DateTime<Utc>,
}

impl Status {
    /// Before anything happened.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            paused: false,
            logins: 0,
            refused: 0,
            unanswered: 0,
            apps: Vec::new(),
            said: "the stage is being set".into(),
            seen: Vec::new(),
            engine: EngineState::Starting,
            kills: 0,
        }
    }

    /// An app by its rotation's name.
    pub fn app(&self, rotation: &str) -> Option<&Slots> {
        self.apps.iter().find(|app| app.rotation == rotation)
    }

    /// Whether the whole script was seen.
    pub fn is_over(&self) -> bool {
        self.seen.len() == Scene::ALL.len()
    }
}
