//! Why nothing of a rotation moves by itself. The words for it are in `words`.

use chrono::{DateTime, Utc};

use super::{PreviousView, RotationView, TargetView};
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Status, WhyKept};
use crate::core::state::State;
use crate::core::target::Stand;

impl PreviousView {
    /// When its next step comes, by the forecast: deactivated, or deleted where it is off. `None` where it is held.
    pub fn goes_at(&self) -> Option<DateTime<Utc>> {
        match self.status {
            _ if self.held_by == Some(Hold::Attention) => None,
            Status::Inactive | Status::Gone => self.gone_at,
            Status::Intended | Status::Active => self.goes_off_at,
        }
    }

    /// What holds it, where its next step has no date.
    pub fn holds(&self) -> Option<Hold> {
        if self.goes_at().is_some() {
            return None;
        }
        // A secret that is not held yet will be, where nothing that was published was ever fetched.
        let attention = self.held_by.filter(|hold| *hold == Hold::Attention);
        Some(attention.or(self.stays_by).or(self.held_by).unwrap_or(Hold::Unread))
    }

    /// Whether it was never given a date on which it goes, or that was taken away.
    pub fn is_undated(&self) -> bool {
        self.held_by == Some(Hold::NoDate)
    }

    /// Whether its date was taken away without a request.
    pub fn lost_its_date(&self) -> bool {
        self.is_undated() && self.kept.is_some_and(|kept| kept.why == WhyKept::Restored)
    }
}

impl RotationView {
    /// Whether it waits for nothing but its consumers: it is not due, and its old secret stays beyond its date for them.
    pub fn waits_for_consumers(&self, now: DateTime<Utc>) -> bool {
        let held = self.previous.as_ref().is_some_and(|previous| previous.held_by == Some(Hold::Unread));
        held && self.state == State::Waiting && self.fault.is_none() && self.due_at.is_none_or(|due| due > now)
    }

    /// Whether it is a target that needs attention, and not the rotation itself.
    pub fn is_needy_by_a_target(&self) -> bool {
        let cause = self.attention.as_ref().map(|attention| &attention.problem.cause);
        let of = |target: &TargetView| {
            target.stands == Stand::Attention && target.fault.as_ref().map(|it| &it.problem.cause) == cause
        };
        cause.is_some() && self.targets.list.iter().any(of)
    }

    /// Whether it is paused since a rollback, and so until someone resumes it.
    pub fn is_rolled_back(&self) -> bool {
        self.paused.as_ref().is_some_and(|pause| pause.rolled_back)
    }
}
