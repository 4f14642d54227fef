//! What an operator does with a rotation, as the engine does it for them.

use super::model::{Way, fault};
use super::world::World;
use super::{leaving, operator};
use crate::core::fault::Code;
use crate::core::history::Trigger;
use crate::core::history::ending::What;
use crate::core::protocol::drift::{Found, compare, refused};
use crate::core::protocol::event::Event;
use crate::core::protocol::give_up;
use crate::core::protocol::retire::{Decision, decide};
use crate::core::rotation::{Consent, Kind, Rotation};

impl World {
    /// An operator asks for a rotation.
    pub fn ask(&mut self, consent: Consent) {
        self.open(Kind::Rotate, Trigger::Manual, operator(), consent);
    }

    /// An operator deletes the rotation; whatever is open is woken.
    pub fn delete(&mut self, revoke: bool) {
        self.rotation_mut().leaving = Some(leaving(revoke));
        if let Some(rotation) = &mut self.disk.rotation {
            rotation.leaving = Some(leaving(revoke));
        }
        if self.queue.is_empty() && self.operation().is_some() {
            self.tell(Event::Wake);
        }
    }

    /// An operator goes back to the previous secret; a retirement that rests makes way.
    pub fn roll_back(&mut self) {
        self.make_way(What::RollsBack { by: operator().to_string() });
        self.open(Kind::Rollback, Trigger::Rollback, operator(), Consent::default());
    }

    /// An operator has the previous secret deactivated now, or kept.
    pub fn retire(&mut self, now: bool) {
        self.decide(if now { Decision::Now } else { Decision::Hold });
    }

    /// An operator decides on the previous secret.
    pub fn decide(&mut self, decision: Decision) {
        self.make_way(What::Overruled { by: operator().to_string(), secret_id: "ocs1".into() });
        let at = self.now;
        self.settings(|rotation| *rotation = decide(rotation, decision, at));
        if decision == Decision::Now && self.rotation().previous.is_some() {
            self.open(Kind::Retire, Trigger::Retire, operator(), Consent::default());
        }
    }

    /// An operator decides what becomes of the pending secret.
    pub fn resolve(&mut self, publish: bool) {
        if let Some(operation) = self.rotation_mut().operation.as_mut() {
            (operation.consent.publish_unverified, operation.consent.withdraw) = (publish, !publish);
        }
        if self.queue.is_empty() {
            self.tell(Event::Wake);
        }
    }

    /// An operator resumes.
    pub fn resume(&mut self) {
        let now = self.now;
        self.settings(|rotation| {
            rotation.auto = true;
            rotation.paused_until = None;
            rotation.schedule = rotation.schedule.settled(now);
        });
    }

    /// An operator changes settings, in memory and on disk; the rest of either stays.
    pub fn settings(&mut self, change: impl Fn(&mut Rotation)) {
        for rotation in [&mut self.memory, &mut self.disk.rotation].into_iter().flatten() {
            change(rotation);
        }
    }

    /// The daily look, as the engine does it while nothing is under way: the record is kept.
    pub fn check(&mut self) {
        let found = if self.okta.app_gone {
            Found { rotation: refused(self.rotation(), &fault(Code::AppGone, Some(404)), self.now), gone: Vec::new() }
        } else {
            self.okta.unseen.clear();
            compare(self.rotation(), &self.okta.list(), self.now)
        };
        for key in &found.gone {
            self.disk.versions.retain(|(from, _)| from != key);
        }
        self.memory = Some(found.rotation.clone());
        self.disk.rotation = Some(found.rotation);
        self.judge_disk();
    }

    fn make_way(&mut self, why: What) {
        let transition = give_up(self.rotation(), why, self.now);
        self.memory = Some(transition.rotation);
        self.queue.extend(transition.effects);
        while !self.queue.is_empty() {
            self.execute(Way::Clear);
        }
    }
}
