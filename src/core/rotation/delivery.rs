//! How far a rotation's current secret has come among its targets.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Attention, Leaving, Rotation};
use crate::core::target::{Stand, Target};

impl Rotation {
    /// Whether a target that goes with its rotation is delivered to until then: the old secret, which may be what stands there, is
    /// still on its way out.
    pub fn keeps(&self, target: &Target) -> bool {
        let with = |leaving: &Leaving| !leaving.revoke && target.leaving.is_some_and(|it| it.since == leaving.since);
        self.leaving.as_ref().is_some_and(with) && self.previous.is_some_and(|previous| previous.dated())
    }

    /// Whether the old secret waits for a target.
    pub fn holds(&self, target: &Target) -> bool {
        target.gates && (target.leaving.is_none() || self.keeps(target))
    }

    /// The targets that the old secret waits for: they gate, and have not had the current one for long enough.
    pub fn behind(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Target> {
        let current = self.current;
        self.targets
            .iter()
            .filter(move |it| self.holds(it) && it.settled_at(current).is_none_or(|settled_at| settled_at > now))
    }

    /// When the last of them lets the old secret go; `None` while one has not confirmed the current one.
    pub fn settled_at(&self) -> Option<DateTime<Utc>> {
        let gating = self.targets.iter().filter(|it| self.holds(it));
        gating.map(|it| it.settled_at(self.current)).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Whether a target that gates has the current secret: as good as a fetch of it. What units fetch is known by their
    /// fetches.
    pub fn delivered(&self) -> bool {
        let brought = |it: &&Target| it.destination.units().is_none();
        self.targets.iter().filter(brought).any(|it| self.holds(it) && it.settled_at(self.current).is_some())
    }

    /// What needs attention: of the rotation itself, or else of the first target that does.
    pub fn attention(&self) -> Option<Attention> {
        let of = |target: &Target| {
            let fault = target.state.fault.as_ref().filter(|_| target.stand(self.current) == Stand::Attention)?;
            let problem = fault.problem.clone().of_rotation(&self.name);
            Some(Attention { problem, since: target.state.since?, drift: false, attempt: None })
        };
        self.attention.clone().or_else(|| self.targets.iter().find_map(of))
    }

    /// Whether it is rotated, or delivered, through a connection.
    pub fn goes_through(&self, connection: Uuid) -> bool {
        self.connection_id == connection || self.targets.iter().any(|it| it.connection_id == Some(connection))
    }

    /// A target by id or name.
    pub fn target(&self, named: &str) -> Option<&Target> {
        let id = named.parse().ok();
        self.targets.iter().find(|it| it.name.as_str() == named || Some(it.id) == id)
    }
}
