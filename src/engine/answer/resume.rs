//! Resumed.

use serde::{Deserialize, Serialize};

use super::rotate;
use super::rotations::show;
use super::settings::{next, save};
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::engine::act::{Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::{self, Takes};
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResumeTerms {
    /// Run a due time that passed meanwhile now, instead of at the next opening.
    pub now: bool,
}

impl Terms for ResumeTerms {
    const SPEC: Spec = Spec {
        command: "rotation resume",
        help: "End a pause; an overdue rotation runs at the next scheduled time",
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/resume"],
        strict: false,
        options: &[Opt::flag("--now", "now", "Run a due time that passed meanwhile now")],
        ways: &[Way::by("--now", &["pause"], "m", "resume, and run it now"), Way::by("", &["pause"], "r", "resume")],
        doing: "Resuming",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(patience::wait(None))
    }

    fn done(&self, reply: &Reply) -> Sentence {
        let Some(row) = reply.rotation() else { return say!("resumed") };
        match row.next_rotation_at {
            Some(at) => say!("resumed, next {}; to pause again: `windlass rotation pause NAME`", at),
            None => say!("resumed; the next rotation is {}", row.undated()),
        }
    }
}

/// Resumes. A due time that passed meanwhile becomes the next opening, or runs now where asked.
pub async fn resume(engine: &Engine, id: &str, terms: ResumeTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    rotation.auto = true;
    rotation.paused_until = None;
    rotation.pause = None;
    if !terms.now {
        rotation.schedule = rotation.schedule.settled(engine.clock.now());
    }
    let row = rotation.id;
    let deed = Deed::Resumed { next: next(engine, &rotation) };
    engine.named.borrow_mut().insert(row);
    save(engine, rotation.clone(), Vec::new(), Decided { deed, actor: &actor }).await?;
    // Where an engine schedules it has begun by itself.
    let due = rotation.schedule.due() <= engine.clock.now() && rotation.previous.is_none();
    if terms.now && due && !engine.schedules() && rotation.operation.is_none() {
        return rotate::overdue(engine, row, actor).await;
    }
    show(engine, &row.to_string())
}
