//! What follows by itself once an act is done: the forecast of the record as it will be then.

use super::Plan;
use super::step::{Deletion, PlanStep, Wait, Whose};
use crate::core::protocol::forecast::{Ahead, Forecast};
use crate::core::protocol::open::opening;
use crate::core::rotation::{OktaSecret, Origin, Rotation, Status};

/// Adds what becomes of the secret that is on its way out then, and when the next rotation starts. `before` is the record
/// as it is before the act is done.
pub fn follows(plan: &mut Plan, before: &Rotation, mut forecast: Forecast) {
    let after = forecast.done().clone();
    let ahead = forecast.ahead();
    let at_once = before.operation.as_ref().is_some_and(|operation| operation.consent.retire_now);
    if let Some(old) = after.previous_secret() {
        let is_current = before.current == Some(old.key);
        let (secret_id, deletion) = (id(Some(old)), deletion(&after, &ahead));
        let step = if old.status != Status::Active {
            PlanStep::Delete { secret_id, deletion }
        } else if at_once && is_current {
            plan.asks = true;
            plan.cut(&secret_id, false);
            PlanStep::DeactivateOnPublish { secret_id, targets: awaited(before), deletion: Some(deletion) }
        } else {
            let whose = match old.origin {
                _ if is_current => Whose::Current,
                Origin::Ours => Whose::Previous,
                Origin::Original | Origin::Replaced => Whose::Original,
            };
            let (off_at, if_fetched, held_by) = (ahead.off_at, !after.retire_unread, ahead.held);
            PlanStep::StaysActive { secret_id, whose, off_at, if_fetched, held_by, deletion }
        };
        plan.steps.push(step);
    }
    next(plan, &after, &ahead, false);
}

/// The targets that an old secret waits for.
pub fn awaited(rotation: &Rotation) -> Vec<String> {
    rotation.targets.iter().filter(|target| rotation.holds(target)).map(|target| target.name.to_string()).collect()
}

/// When an old secret is deleted.
pub fn deletion(after: &Rotation, ahead: &Ahead) -> Deletion {
    // What holds it where it is on is said of that.
    let held_by = ahead.held.filter(|_| ahead.gone_at.is_none() && ahead.off_at.is_some());
    Deletion { at: ahead.gone_at, soak_seconds: after.soak, held_by }
}

/// When the next rotation starts, where it starts by itself.
pub fn next(plan: &mut Plan, after: &Rotation, ahead: &Ahead, first: bool) {
    plan.next_rotation_at = ahead.starts.map(|(at, _)| at);
    if !after.auto || after.leaving.is_some() {
        return;
    }
    plan.steps.push(match (ahead.starts, ahead.held) {
        (Some((at, due)), _) => {
            let pauses = after.paused_until.is_some_and(|until| until > due);
            let waits_for = match (at > due, pauses, at > opening(after)) {
                (false, ..) => Vec::new(),
                (true, true, false) => vec![Wait::Pause],
                (true, true, true) => vec![Wait::Pause, Wait::OldSecret],
                (true, false, _) => vec![Wait::OldSecret],
            };
            PlanStep::RotateNext { first, at, due, waits_for }
        }
        (None, Some(held_by)) => PlanStep::RotateOnceGone { first, held_by },
        (None, None) => return,
    });
}

/// The id of a secret at Okta; empty where there is none.
pub fn id(secret: Option<&OktaSecret>) -> String {
    secret.and_then(|secret| secret.okta_id.clone()).unwrap_or_default()
}
