//! Agreeing that what stands at a target may be overwritten, though it is not from this rotation.

use serde::{Deserialize, Serialize};

use super::deliver::rests;
use super::targets::{find, look, put, show};
use crate::core::cause::TargetCause;
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::remedy::{Automatic, OnTarget};
use crate::core::target::found::Found;
use crate::engine::act::{Asks, Mode, On, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::{Takes, wait};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::work::deliver as work;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AdoptTerms {
    /// What the plan showed, as its `seen` has it: it is refused where something else is there by now.
    pub seen: Option<String>,
}

impl Terms for AdoptTerms {
    const SPEC: Spec = Spec {
        command: "target adopt",
        on: On::Target,
        help: "Agree that what is at the place is overwritten, though it is not from this rotation",
        examples: &["windlass target adopt payments/file"],
        paths: &["/api/v1/targets/{id}/adopt", "/api/v1/secret-syncs/{destination}/{id}/adopt"],
        options: &[Opt::text("--seen", "seen", "MARK", "Only what `target plan` showed, by its mark")],
        asks: Asks::Face,
        doing: "Adopting",
        button: "Overwrite",
        ways: &[Way::by("", &["targets"], "a", "adopt it")],
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Attempt(wait(None))
    }

    fn risk(&self) -> Option<&'static str> {
        Some("This overwrites a value that windlass did not write, and does not know.")
    }

    fn done(&self, _: &Reply) -> Sentence {
        say!("what was there may be overwritten, and is delivered over")
    }
}

/// Looks at the place, keeps the hash of what is there as what was agreed to, and delivers. What comes there in between is
/// not overwritten.
pub async fn adopt(engine: &Engine, id: &str, terms: AdoptTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let (rotation, target) = {
        let model = engine.model.borrow();
        let (rotation, target) = find(&model, id)?;
        (rotation.clone(), target.clone())
    };
    let (plan, hashes) = look(engine, &rotation, &target).await;
    let Some(consent) = hashes else {
        return match plan.fault {
            Some(fault) => Err(Refusal::from_fault(&fault)),
            None => Err(Refusal::because(Kind::Conflict, TargetCause::NotYetPublished).of_rotation(&rotation.name)),
        };
    };
    if terms.seen.is_some() && terms.seen != plan.seen {
        let refusal =
            Refusal::because(Kind::Conflict, TargetCause::SeenOther { place: target.destination.to_string() });
        let see = OnTarget::SeePlan { target: target.name.to_string() };
        return Err(refusal.and(see).and(Automatic::NothingChanged).of_rotation(&rotation.name));
    }
    // Where nothing else is there, there is nothing to agree to.
    if matches!(plan.found, Some(Found::Foreign { .. } | Found::Clash { .. } | Found::Drifted { .. })) {
        let deed = Deed::TargetAdopted { target: target.name.to_string(), place: target.destination.to_string() };
        put(engine, rotation.id, deed, &actor, |rotation| {
            if let Some(known) = rotation.targets.iter_mut().find(|it| it.id == target.id) {
                let state = &mut known.state;
                (state.consent, state.fault, state.wake_at) = (Some(consent), None, None);
            }
        })
        .await?;
    }
    engine.named.borrow_mut().insert(rotation.id);
    work::drive(engine, rotation.id, target.id);
    rests(engine, target.id, wait(None)).await;
    show(engine, &target.id.to_string())
}
