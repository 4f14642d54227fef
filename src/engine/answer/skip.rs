//! A due time skipped.

use crate::core::cause::RotationCause;
use crate::core::remedy::{Automatic, OnRotation};
use serde::{Deserialize, Serialize};

use super::rotations::show;
use super::settings::{next, save};
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::protocol::open::opening;
use crate::engine::act::{Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SkipTerms {
    /// Bring the due time back that was skipped last.
    pub undo: bool,
}

impl Terms for SkipTerms {
    const SPEC: Spec = Spec {
        command: "rotation skip",
        help: "Drop the next due time",
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/skip"],
        options: &[Opt::flag("--undo", "undo", "Bring the due time back that was skipped last")],
        ways: &[Way::by("--undo", &["pause"], "b", "bring it back"), Way::by("", &["pause"], "s", "skip")],
        doing: "Skipping for",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::AtHand
    }

    fn done(&self, reply: &Reply) -> Sentence {
        let Some(row) = reply.rotation() else { return say!("skipped") };
        match row.next_rotation_at {
            Some(at) if self.undo => say!("the skipped due time is back: next {}", at),
            Some(at) => say!("skipped, next {}; to undo: `windlass rotation skip NAME --undo`", at),
            None => say!("skipped; the next rotation is {}", row.undated()),
        }
    }
}

/// Drops the next due time, or brings the one back that was dropped last.
pub async fn skip(engine: &Engine, id: &str, terms: SkipTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let now = engine.clock.now();
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    let name = rotation.name.clone();
    let refused = |cause: RotationCause, next: OnRotation| {
        let refusal = Refusal::because(Kind::Conflict, cause).and(next).and(Automatic::NothingChanged);
        Err(refusal.of_rotation(&name))
    };
    if rotation.leaving.is_some() {
        return refused(RotationCause::BeingDeleted, OnRotation::NoLongerRotates);
    }
    if !rotation.auto {
        return refused(RotationCause::AutoRotationOff { rotation: name.to_string() }, OnRotation::ResumeFirst);
    }
    let dropped = opening(&rotation);
    rotation.schedule = if terms.undo {
        let Some(schedule) = rotation.schedule.unskip(now) else {
            return refused(RotationCause::NothingSkipped { rotation: name.to_string() }, OnRotation::ShowRotation);
        };
        schedule
    } else {
        // What a pause lets pass is not due anyway.
        let paused = rotation.paused_until.filter(|until| rotation.schedule.due() < *until);
        paused.map_or_else(|| rotation.schedule.clone(), |until| rotation.schedule.settled(until)).skip(now)
    };
    let next = next(engine, &rotation);
    let deed = if terms.undo { Deed::Unskipped { next } } else { Deed::Skipped { at: dropped, next } };
    let row = rotation.id;
    save(engine, rotation, Vec::new(), Decided { deed, actor: &actor }).await?;
    show(engine, &row.to_string())
}
