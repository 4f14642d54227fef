//! What is to be seen, in order, and how it is known that it was.
//!
//! A scene is over when an org's own log and the engine's view show that it happened: no scene is timed by the clock,
//! so that a slow machine tells the same story more slowly.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::cast::{LATE, ORGS, REGULAR, TARGET, UNLUCKY, WAITING};
use crate::core::state::State;
use crate::engine::view::{RotationView, View};
use crate::sandbox::org::Logged;

/// Something to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A rotation ran on its due time.
    Scheduled,
    /// Okta made a secret, and its answer was lost.
    Lost,
    /// The secret was found and adopted; no second one was made.
    Adopted,
    /// A target cannot be written: the share that its file is on is away.
    Away,
    /// The share is back, and the target has the new secret.
    Back,
    /// An old secret waits for a consumer that still has it.
    Late,
    /// It was deactivated once that one had read the new one …
    Off,
    /// … and deleted.
    Deleted,
    /// A token was refused, and rotations wait for it.
    Refused,
    /// The token works again, and what waited ran.
    Recovered,
}

impl Scene {
    /// All, in order.
    pub const ALL: [Self; 10] = [
        Self::Scheduled,
        Self::Lost,
        Self::Adopted,
        Self::Away,
        Self::Back,
        Self::Late,
        Self::Off,
        Self::Deleted,
        Self::Refused,
        Self::Recovered,
    ];
}

/// What was done to an app, by its org's own log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Creates that made a secret.
    pub creates: u32,
    /// Those of them whose answer was lost.
    pub lost: u32,
    /// Deactivations.
    pub offs: u32,
    /// Deletions.
    pub deletes: u32,
}

impl Tally {
    /// Adds a line of the log.
    pub fn add(&mut self, line: &Logged) {
        if !line.effect {
            return;
        }
        match line.operation.as_str() {
            "create" => {
                self.creates += 1;
                self.lost += u32::from(line.answered == "dropped");
            }
            "deactivate" => self.offs += 1,
            "delete" => self.deletes += 1,
            _ => {}
        }
    }
}

/// What is known at an instant at which the engine rests.
pub struct Sight<'a> {
    /// The engine's view.
    pub view: &'a View,
    /// Since the curtain rose, by rotation.
    pub tallies: &'a HashMap<&'static str, Tally>,
}

impl Sight<'_> {
    fn row(&self, name: &str) -> Option<&RotationView> {
        self.view.secret_rotations.iter().find(|row| row.name == name)
    }

    fn tally(&self, name: &str) -> Tally {
        self.tallies.get(name).copied().unwrap_or_default()
    }

    /// Whether a rotation ran since the curtain rose, and each publication came of one create.
    fn rotated(&self, name: &str) -> bool {
        let version = self.row(name).and_then(|row| row.current.as_ref()).map_or(0, |current| current.version);
        version >= 2 && self.tally(name).creates + 1 == version
    }

    /// Whether the credential of an org is refused.
    pub fn is_refused(&self, org: usize) -> bool {
        self.view.app_connections.iter().any(|connection| connection.name == ORGS[org].0 && connection.status != "ok")
    }
}

/// The script, and how far it came.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// What was seen, and when.
    pub seen: Vec<(Scene, DateTime<Utc>)>,
}

impl Script {
    /// The scene that is on; `None` after the last.
    pub fn scene(&self) -> Option<Scene> {
        Scene::ALL.get(self.seen.len()).copied()
    }

    /// Looks whether the scene that is on is over. Then it is counted as seen, and reported in a sentence.
    pub fn look(&mut self, sight: &Sight, now: DateTime<Utc>) -> Option<(Scene, String)> {
        let scene = self.scene()?;
        let reported = tell(scene, sight)?;
        self.seen.push((scene, now));
        Some((scene, reported))
    }
}

/// Short enough for a line of 80 columns beside the time.
fn tell(scene: Scene, sight: &Sight) -> Option<String> {
    let waits = |name: &&str| sight.row(name).is_some_and(|row| row.state == State::Waiting);
    let lab = ORGS[1].0;
    let behind = |name: &str| sight.row(name).map_or(0, |row| row.targets.behind + row.targets.attention);
    let missing = |name: &str| sight.row(name).is_some_and(|row| !row.consumers.missing.is_empty());
    let (happened, reported) = match scene {
        Scene::Scheduled => (sight.rotated(REGULAR), format!("{REGULAR} was due and rotated; its old secret stays on")),
        Scene::Lost => (sight.tally(UNLUCKY).lost > 0, format!("{UNLUCKY}: Okta made the secret, the answer was lost")),
        Scene::Adopted => (sight.rotated(UNLUCKY), format!("{UNLUCKY}: looked, found it, adopted it; sent only once")),
        Scene::Away => (
            sight.rotated(UNLUCKY) && behind(UNLUCKY) > 0,
            format!("{UNLUCKY}: {TARGET} is away; the old secret waits for it"),
        ),
        Scene::Back => (
            sight.rotated(UNLUCKY) && behind(UNLUCKY) == 0,
            format!("{UNLUCKY}: {TARGET} is back, and has the new secret by itself"),
        ),
        Scene::Late => (
            // It rotates again tomorrow: that the old one waits needs attention at once.
            sight.row(REGULAR).is_some_and(|row| matches!(row.state, State::Waiting | State::Attention))
                && missing(REGULAR),
            format!("{REGULAR}: {LATE} still has the old secret, so it stays on"),
        ),
        Scene::Off => {
            (sight.tally(REGULAR).offs > 0, format!("{REGULAR}: {LATE} read the new one; old secret off, not gone yet"))
        }
        Scene::Deleted => {
            (sight.tally(REGULAR).deletes > 0, format!("{REGULAR}: old secret deleted; everybody has the new one"))
        }
        Scene::Refused => (
            sight.is_refused(1) && WAITING.iter().any(waits),
            format!("{lab}: token refused; one banner, its rotations wait"),
        ),
        Scene::Recovered => (
            !sight.is_refused(1) && WAITING.iter().any(|name| sight.rotated(name)),
            format!("{lab}: works again, and what waited went on by itself"),
        ),
    };
    happened.then_some(reported)
}
