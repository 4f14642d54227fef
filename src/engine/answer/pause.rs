//! Paused.

use crate::core::remedy::InRequest;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::rotations::show;
use super::settings::save;
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::rotation::Pause;
use crate::engine::act::{Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::state::decisions::Decided;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PauseTerms {
    /// Until when; until resumed where absent.
    pub until: Option<DateTime<Utc>>,
}

impl Terms for PauseTerms {
    const SPEC: Spec = Spec {
        command: "rotation pause",
        help: "Pause the schedule and retirements, until resumed or until a date",
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/pause"],
        strict: false,
        options: &[Opt::when("--until", "until", "Until when: an instant, a date, or a span such as 7d")],
        ways: &[Way::plain(&["pause"], "pause")],
        doing: "Pausing",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::AtHand
    }

    fn done(&self, reply: &Reply) -> Sentence {
        let previous = reply.rotation().and_then(|row| row.previous.as_ref()?.secret_id.clone());
        let keeps = previous.map(|id| say!("; {}, its old secret, stays as it is until then", id)).unwrap_or_default();
        match self.until {
            Some(until) => say!("paused until {}{}; to resume: `windlass rotation resume NAME`", until, keeps),
            None => say!("paused until resumed{}: `windlass rotation resume NAME`", keeps),
        }
    }
}

/// Pauses: no start, no deactivation, no deletion, until resumed or until a date.
pub async fn pause(engine: &Engine, id: &str, terms: PauseTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let now = engine.clock.now();
    let mut rotation = engine.model.borrow().rotation(id)?.clone();
    let until = terms.until;
    match until {
        Some(until) if until <= now => {
            return Err(Refusal::in_past(until, InRequest::GiveLaterOrNone));
        }
        Some(until) => {
            rotation.paused_until = Some(until);
        }
        None => {
            rotation.auto = false;
            rotation.paused_until = None;
        }
    }
    // What a rollback has paused stays so beyond the date, and for its reason.
    if rotation.auto || until.is_none() {
        rotation.pause = Some(Pause { since: now, by: actor.to_string(), rolled_back: false });
    }
    let keeps = rotation.previous_secret().and_then(|secret| secret.okta_id.clone());
    let row = rotation.id;
    save(engine, rotation, Vec::new(), Decided { deed: Deed::Paused { until, keeps }, actor: &actor }).await?;
    show(engine, &row.to_string())
}
