//! What the engine knows: all records except history, in memory.
//!
//! It is what was handed to the store, which is on disk a moment later; [`crate::engine::state`] sees to it that
//! nothing leaves the engine in that moment, and that what could not be written is taken back. A rotation that is being
//! created stands in `drafts` until its first commit.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::standing::{quarantined, standing};
use crate::clock::Clock;
use crate::core::cause::{RequestCause, Thing};
use crate::core::connection::Connection;
use crate::core::fault::Problem;
use crate::core::protocol::forecast::Forecast;
use crate::core::protocol::resume;
use crate::core::reach::Reach;
use crate::core::remedy::InRequest;
use crate::core::rotation::Rotation;
use crate::core::secret::{Secret, SecretKey, SecretVersion};
use crate::core::target::machine;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::view::{ConnectionView, RotationView};
use crate::store::{Change, Loaded, Quarantine, Retired};

/// All records, by their keys.
#[derive(Debug, Default)]
pub struct Model {
    /// Connections.
    pub connections: BTreeMap<Uuid, Connection>,
    /// Rotations, those being created included.
    pub rotations: BTreeMap<Uuid, Rotation>,
    /// Those of them that the store does not know yet.
    pub drafts: HashSet<Uuid>,
    /// Rotations that were deleted by force: kept for their values, and otherwise not there.
    pub remains: BTreeMap<Uuid, Rotation>,
    /// Named secrets.
    pub secrets: BTreeMap<SecretKey, Secret>,
    /// When rotations begin that are overdue together with many others; see [`crate::engine::work::overdue`].
    pub put_off: BTreeMap<Uuid, DateTime<Utc>>,
    /// What keeps the engine from acting.
    pub trouble: Option<Problem>,
    /// Set where the store was retired: it is for reading only.
    pub retired: Option<Retired>,
    /// Set where the store may have lost something, until every rotation is confirmed.
    pub quarantine: Option<Quarantine>,
}

impl Model {
    /// Takes in what the store holds.
    pub fn new(loaded: Loaded) -> Self {
        let (remains, rotations): (Vec<_>, Vec<_>) = loaded.rotations.into_iter().partition(Rotation::is_remains);
        let by_id = |all: Vec<Rotation>| all.into_iter().map(|rotation| (rotation.id, rotation)).collect();
        Self {
            connections: loaded.connections.into_iter().map(|connection| (connection.id, connection)).collect(),
            rotations: by_id(rotations),
            remains: by_id(remains),
            drafts: HashSet::new(),
            put_off: BTreeMap::new(),
            secrets: loaded.secrets.into_iter().map(|secret| (secret.key.clone(), secret)).collect(),
            trouble: standing(loaded.retired.as_ref(), loaded.quarantine.as_ref()),
            retired: loaded.retired,
            quarantine: loaded.quarantine,
        }
    }

    /// Retires the store, or takes that back.
    pub fn retire(&mut self, retired: Option<Retired>) {
        self.retired = retired;
        self.trouble = standing(self.retired.as_ref(), self.quarantine.as_ref());
    }

    /// What went wrong with the store since it was opened.
    pub fn poison(&self) -> Option<&Problem> {
        let known = standing(self.retired.as_ref(), self.quarantine.as_ref());
        self.trouble.as_ref().filter(|trouble| known.as_ref() != Some(trouble))
    }

    /// The quarantine, where that is all that keeps the engine from acting.
    pub fn only_quarantined(&self) -> Option<&Quarantine> {
        self.quarantine.as_ref().filter(|quarantine| self.trouble.as_ref() == Some(&quarantined(quarantine)))
    }

    /// Takes changes over, and returns those that take them back.
    pub fn apply(&mut self, changes: Vec<Change>) -> Vec<Change> {
        let mut undo: Vec<Change> = changes.into_iter().filter_map(|change| self.take_over(change)).collect();
        undo.reverse();
        undo
    }

    fn take_over(&mut self, change: Change) -> Option<Change> {
        match change {
            Change::PutConnection(connection) => {
                let id = connection.id;
                let before = self.connections.insert(id, *connection);
                Some(before.map_or(Change::DropConnection(id), |before| Change::PutConnection(Box::new(before))))
            }
            Change::DropConnection(id) => {
                self.connections.remove(&id).map(|before| Change::PutConnection(Box::new(before)))
            }
            Change::PutRotation(rotation) => {
                let id = rotation.id;
                let draft = self.drafts.remove(&id);
                let before = self.rotations.remove(&id).or_else(|| self.remains.remove(&id)).filter(|_| !draft);
                let place = if rotation.is_remains() { &mut self.remains } else { &mut self.rotations };
                place.insert(id, *rotation);
                Some(before.map_or(Change::DropRotation(id), |before| Change::PutRotation(Box::new(before))))
            }
            Change::DropRotation(id) => {
                self.drafts.remove(&id);
                let before = self.rotations.remove(&id).or_else(|| self.remains.remove(&id));
                before.map(|before| Change::PutRotation(Box::new(before)))
            }
            Change::PutSecret(secret) => {
                let key = secret.key.clone();
                let before = self.secrets.insert(key.clone(), *secret);
                Some(before.map_or(Change::DropSecret(key), |before| Change::PutSecret(Box::new(before))))
            }
            Change::DropSecret(key) => self.secrets.remove(&key).map(|before| Change::PutSecret(Box::new(before))),
            Change::Append(_) | Change::Acknowledge => None,
            Change::Quarantine(quarantine) => {
                let before = std::mem::replace(&mut self.quarantine, quarantine.map(|it| *it));
                self.trouble = standing(self.retired.as_ref(), self.quarantine.as_ref());
                Some(Change::Quarantine(before.map(Box::new)))
            }
        }
    }

    /// Rotations that exist: those being created do not yet.
    pub fn saved(&self) -> impl Iterator<Item = &Rotation> {
        self.rotations.values().filter(|rotation| !self.drafts.contains(&rotation.id))
    }

    /// A connection by id or name.
    pub fn connection(&self, id: &str) -> Result<&Connection, Refusal> {
        let uuid = id.parse().ok();
        let found = self.connections.values().find(|it| it.name.as_str() == id || Some(it.id) == uuid);
        found.ok_or_else(|| {
            let names: Vec<&str> = self.connections.values().map(|it| it.name.as_str()).collect();
            unknown(Thing::Connection, id, &names)
        })
    }

    /// A rotation by id or name.
    pub fn rotation(&self, id: &str) -> Result<&Rotation, Refusal> {
        let uuid = id.parse().ok();
        let found = self.saved().find(|it| it.name.as_str() == id || Some(it.id) == uuid);
        found.ok_or_else(|| {
            let names: Vec<&str> = self.saved().map(|it| it.name.as_str()).collect();
            unknown(Thing::Rotation, id, &names)
        })
    }

    /// A rotation by id or name; where there is none, what is kept of one that was deleted by force.
    pub fn rotation_or_remains(&self, id: &str) -> Result<&Rotation, Refusal> {
        let uuid = id.parse().ok();
        let kept = || self.remains.values().find(|it| Some(it.id) == uuid || it.name.as_str() == id);
        self.rotation(id).or_else(|refusal| kept().ok_or(refusal))
    }

    /// The current version of a rotation's client secret.
    pub fn published(&self, rotation: &Rotation) -> Option<&SecretVersion> {
        let secret = self.secrets.get(&rotation.client_secret_key())?;
        secret.current().filter(|_| secret.rotation == Some(rotation.id))
    }

    /// Who has the current client secret of a rotation, and who has not.
    pub fn reach(&self, rotation: &Rotation) -> Reach<'_> {
        let secret = self.secrets.get(&rotation.client_secret_key());
        secret.filter(|it| it.rotation == Some(rotation.id)).map(|it| Reach::of(rotation, it)).unwrap_or_default()
    }

    /// Whether the consumers of a rotation have its current secret, so that the old one need not wait for them.
    pub fn reached(&self, rotation: &Rotation) -> bool {
        self.reach(rotation).reached()
    }

    /// Whether a rotation's consumers read what is published, as far as one can tell: a version of its client secret was
    /// fetched, or there has been only one so far. Nothing was to be read before that one, so that who is to read it has not
    /// failed to.
    pub fn has_readers(&self, rotation: &Rotation) -> bool {
        self.was_read(rotation) || self.versions(rotation).len() < 2
    }

    /// Whether a version of a rotation's client secret was ever fetched, or none was published so far, or it is delivered: what
    /// holds of its consumers once there is one more.
    pub fn was_read(&self, rotation: &Rotation) -> bool {
        let versions = self.versions(rotation);
        let delivered = rotation.targets.iter().any(|target| rotation.holds(target));
        delivered || versions.is_empty() || versions.iter().any(|version| version.fetched_at.is_some())
    }

    fn versions(&self, rotation: &Rotation) -> &[SecretVersion] {
        let secret = self.secrets.get(&rotation.client_secret_key());
        secret.filter(|secret| secret.rotation == Some(rotation.id)).map_or(&[], |secret| &secret.versions)
    }

    /// What is coming for a rotation.
    pub fn forecast(&self, rotation: &Rotation, now: DateTime<Utc>) -> Forecast {
        Forecast::new(rotation, self.reached(rotation), self.has_readers(rotation), now)
    }

    /// Shows a connection.
    pub fn connection_view(&self, connection: &Connection) -> ConnectionView {
        let rotations = self.saved().filter(|rotation| rotation.goes_through(connection.id)).count();
        ConnectionView::of(connection, rotations)
    }

    /// Shows a rotation; `None` where its connection is gone, which a deletion refuses to let happen.
    pub fn rotation_view(&self, rotation: &Rotation, now: DateTime<Utc>) -> Option<RotationView> {
        let connection = self.connections.get(&rotation.connection_id)?;
        let ahead = self.forecast(rotation, now).ahead();
        let view = RotationView::of(rotation, connection, self.published(rotation), &self.reach(rotation), &ahead, now);
        let put_off = self.put_off.get(&rotation.id).copied().filter(|at| rotation.operation.is_none() && *at > now);
        Some(RotationView { next_try_at: view.next_try_at.or(put_off), ..view })
    }
}

/// The records as they continue after a start: whatever call was out, its answer is lost, so it looks before it acts.
pub fn taken_up(loaded: Loaded, clock: Clock) -> Model {
    let now = clock.now();
    let mut model = Model::new(loaded);
    for rotation in model.rotations.values_mut() {
        *rotation = resume(rotation, now);
        for target in &mut rotation.targets {
            *target = machine::resume(target);
        }
    }
    model
}

/// There is nothing of that name; the nearest is offered.
pub fn unknown(what: Thing, typed: &str, names: &[&str]) -> Refusal {
    let cause = RequestCause::Unknown { what, name: typed.to_owned() };
    Refusal::because(Kind::Unknown, cause).and(nearest(what, typed, names))
}

/// The nearest name, or the list of all.
pub fn nearest(what: Thing, typed: &str, names: &[&str]) -> InRequest {
    let best = names.iter().map(|name| (strsim::jaro_winkler(typed, name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((score, name)) if score > 0.75 => InRequest::Nearest { what, name: (*name).to_owned() },
        _ => InRequest::ListAll(what),
    }
}
