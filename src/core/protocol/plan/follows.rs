//! What follows by itself once an act is done: the forecast of the record as it will be then, in sentences.

use super::{Plan, instant, span};
use crate::core::protocol::forecast::{Ahead, Forecast};
use crate::core::protocol::open::opening;
use crate::core::protocol::retire::Hold;
use crate::core::rotation::{OktaSecret, Origin, Rotation, Status};

/// Says what becomes of the secret that is on its way out then, and when the next rotation starts. `before` is the record
/// as it is before the act is done.
pub fn follows(plan: &mut Plan, before: &Rotation, mut forecast: Forecast) {
    let after = forecast.done().clone();
    let ahead = forecast.ahead();
    let at_once = before.operation.as_ref().is_some_and(|operation| operation.consent.retire_now);
    if let Some(old) = after.previous_secret() {
        let is_current = before.current == Some(old.key);
        if at_once && is_current && old.status == Status::Active {
            let id = old.okta_id.clone().unwrap_or_default();
            plan.asks = true;
            plan.cut(&id, false);
            plan.steps.push(format!(
                "switch {id}, current until then, off at once: whoever has not fetched the new one by then is refused; delete \
                 it {}",
                deletion(&after, &ahead)
            ));
        } else {
            let whose = match old.origin {
                _ if is_current => "current until then",
                Origin::Ours => "the previous one",
                Origin::Original | Origin::Replaced => "the app's original secret",
            };
            plan.steps.push(goes(&after, old, whose, &ahead));
        }
    }
    next(plan, &after, &ahead, "next");
}

/// What becomes of an old secret.
fn goes(after: &Rotation, old: &OktaSecret, whose: &str, ahead: &Ahead) -> String {
    let id = old.okta_id.as_deref().unwrap_or("the old secret");
    let deletion = deletion(after, ahead);
    if old.status != Status::Active {
        return format!("delete {id}, {whose}, which is off, {deletion}");
    }
    let stays = format!("{id}, {whose}, stays ACTIVE");
    match (ahead.off_at, ahead.held) {
        (Some(at), _) => {
            let reached = if after.retire_unread { "" } else { " if a consumer has fetched the new one" };
            format!("{stays} until {}, is switched off then{reached}, and is deleted {deletion}", instant(at))
        }
        (None, Some(Hold::NoDate)) => format!("{stays} until you give it a date with `rotation retire`"),
        (None, Some(by)) => {
            format!("{stays}, held {}; it is switched off after that, and is deleted {deletion}", until(by))
        }
        (None, None) => stays,
    }
}

/// When an old secret is deleted.
pub fn deletion(after: &Rotation, ahead: &Ahead) -> String {
    match (ahead.gone_at, ahead.held) {
        (Some(at), _) => format!("at {}", instant(at)),
        // What holds it where it is on was said of that.
        (None, Some(by)) if ahead.off_at.is_some() => format!("{} later, held {}", span(after.soak), until(by)),
        (None, _) => format!("{} later", span(after.soak)),
    }
}

/// What a hold waits for.
pub fn until(by: Hold) -> &'static str {
    match by {
        Hold::Paused => "while auto-rotation is off",
        Hold::Unread => "until a consumer has fetched the new one",
        Hold::NoDate => "until you give it a date with `rotation retire`",
        Hold::Attention => "until what needs attention is settled",
    }
}

/// When the next rotation starts, where it starts by itself.
pub fn next(plan: &mut Plan, after: &Rotation, ahead: &Ahead, which: &str) {
    plan.next_rotation_at = ahead.starts.map(|(at, _)| at);
    if !after.auto || after.leaving.is_some() {
        return;
    }
    plan.steps.push(match (ahead.starts, ahead.held) {
        (Some((at, due)), _) if at <= due => format!("rotate {which} at {}", instant(at)),
        (Some((at, due)), _) => {
            let waits = match (after.paused_until.is_some_and(|until| until > due), at > opening(after)) {
                (true, false) => "the pause is over",
                (true, true) => "the pause is over and the old secret is deleted",
                (false, _) => "the old secret is deleted",
            };
            format!("rotate {which} at {}: due {}, it waits until {waits}", instant(at), instant(due))
        }
        (None, Some(by)) => format!("rotate {which} once the old secret has gone, which is held {}", until(by)),
        (None, None) => return,
    });
}
