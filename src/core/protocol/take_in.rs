//! Secrets that were not made here are known from when they are agreed to.

use super::call::SeenSecret;
use super::identify::{Sight, derived_key};
use super::turn::Turn;
use crate::core::history::Trigger;
use crate::core::rotation::{OktaSecret, Origin, Status};

/// At creation whatever is there is the app's original: noted with its value where the role shows it, so that its
/// consumers can be helped and so that it can serve as a control.
pub fn take_in_originals(turn: &mut Turn, seen: &[SeenSecret], sight: &Sight) {
    let operation = turn.operation();
    if operation.trigger != Trigger::Create || operation.journaled {
        return; // What appeared since the first step was not among what was shown and agreed to: it is foreign.
    }
    let replace = turn.operation().consent.replace.clone();
    for seen in seen.iter().filter(|seen| sight.foreign.contains(&seen.id)) {
        let origin = if replace.as_ref() == Some(&seen.id) { Origin::Replaced } else { Origin::Original };
        take_in(turn, seen, origin);
    }
}

/// A secret that is none of ours, and was named to be replaced, is known from then on.
pub fn take_in_named(turn: &mut Turn, seen: &[SeenSecret], sight: &Sight) {
    let Some(named) = turn.operation().consent.replace.clone() else { return };
    if let Some(seen) = seen.iter().find(|seen| seen.id == named && sight.foreign.contains(&seen.id)) {
        take_in(turn, seen, Origin::Replaced);
    }
}

fn take_in(turn: &mut Turn, seen: &SeenSecret, origin: Origin) {
    turn.rotation.secrets.push(OktaSecret {
        key: derived_key(turn.rotation.id, &seen.id),
        value: seen.value.clone(),
        hash: seen.hash.clone(),
        okta_id: Some(seen.id.clone()),
        origin,
        status: if seen.active { Status::Active } else { Status::Inactive },
        created_at: seen.created.unwrap_or(turn.now),
        published: None,
        deactivated_at: (!seen.active).then_some(turn.now),
        deleted_at: None,
        retired_by: None,
        request_ids: Vec::new(),
        cut_out: None,
    });
}
