//! A store that was moved is retired at its old place, so that no two engines rotate the same apps from two copies.
//!
//! Nothing happens at Okta. A retired store is read and nothing else; whatever would act says since when, and where its
//! rotations run. Taking that back goes by way of the quarantine: what the other host did since is not known here.

use crate::core::cause::StoreCause;
use crate::core::remedy::{Automatic, InRequest, OnStore};
use serde::{Deserialize, Serialize};

use super::engine::engine_view;
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::protocol::plan::Plan;
use crate::core::protocol::plan::step::PlanStep;
use crate::core::rotation::Rotation;
use crate::engine::act::{Asks, Mode, On, Opt, Spec, Terms};
use crate::engine::body::Reply;
use crate::engine::events::notice::Notice;
use crate::engine::patience::Takes;
use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::{self, Decided};
use crate::engine::state::notices::About;
use crate::engine::work::scheduler;
use crate::store::{self, Change, Quarantine, Retired};
use crate::text::sentence::{Sentence, say};

/// On what terms: exactly one of `to` and `undo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RetireStoreTerms {
    /// The host where the store's rotations run from now on.
    pub to: Option<String>,
    /// The store acts again.
    pub undo: bool,
}

impl Terms for RetireStoreTerms {
    const SPEC: Spec = Spec {
        command: "retire-store",
        on: On::Store,
        paths: &["/api/v1/engine/retire"],
        asks: Asks::Engine,
        options: &[
            Opt::text("--to", "to", "HOST", "The host where its rotations run from now on"),
            Opt::flag("--undo", "undo", "Have the store act again"),
        ],
        one_of: true,
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::AtHand
    }

    fn changes(&self, _: &str, mode: Mode) -> bool {
        mode == Mode::Agreed
    }

    fn title(&self, _: &str) -> String {
        if self.undo { "Is this store to act again?" } else { "Is this store to be retired?" }.into()
    }

    fn doing(&self) -> &'static str {
        if self.undo { "Taking back" } else { "Retiring" }
    }

    fn done(&self, _: &Reply) -> Sentence {
        if self.undo { say!("the store acts again") } else { say!("the store is retired") }
    }
}
use crate::text::when::instant;

/// The longest name of a host.
const LONGEST: usize = 253;

/// Retires the store, or takes that back; both only where someone agrees to what is shown.
pub async fn retire_store(
    engine: &Engine,
    _: &str,
    terms: RetireStoreTerms,
    mode: Mode,
    actor: Actor,
) -> Result<Reply, Refusal> {
    if let Some(trouble) = engine.model.borrow().poison() {
        return Err(Refusal::of(Kind::Store, trouble.clone()));
    }
    let known = engine.model.borrow().retired.clone();
    let agreed_to = mode == Mode::Agreed;
    match (terms.undo, terms.to.as_deref().map(str::trim), known) {
        (true, None, Some(retired)) => undo(engine, &retired, agreed_to, &actor).await?,
        (false, Some(to), None) => retire(engine, to, agreed_to, &actor).await?,
        (true, None, None) => {
            let refusal = Refusal::because(Kind::Conflict, StoreCause::NotRetired);
            return Err(refusal.and(Automatic::NothingChanged).and(OnStore::RetireStore));
        }
        (false, Some(_), Some(retired)) => {
            let Retired { at, to, by } = retired;
            let refusal = Refusal::because(Kind::Conflict, StoreCause::Retired { at, to, by });
            return Err(refusal.and(Automatic::NothingChanged).and(OnStore::UndoFirst));
        }
        (true, Some(_), _) | (false, None, _) => {
            return Err(fault("say where its rotations run from now on, or that it is to be undone: one of the two"));
        }
    }
    Ok(Reply::Engine { engine: Box::new(engine_view(engine)) })
}

fn fault(message: &str) -> Refusal {
    Refusal::invalid(vec![FieldFault { field: "to".into(), message: message.into() }])
}

async fn retire(engine: &Engine, to: &str, yes: bool, actor: &Actor) -> Result<(), Refusal> {
    if to.is_empty() || to.chars().count() > LONGEST || to.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(fault("name the host: 1 to 253 characters without white space"));
    }
    let driven = {
        let (model, driven, delivering) = (engine.model.borrow(), engine.driven.borrow(), engine.delivering.borrow());
        // A write that is out could arrive after one of the other host's.
        let out =
            |it: &&Rotation| driven.contains(&it.id) || it.targets.iter().any(|target| delivering.contains(&target.id));
        model.rotations.values().find(out).map(|rotation| rotation.name.to_string())
    };
    if let Some(name) = driven {
        let refusal = Refusal::because(Kind::Conflict, StoreCause::CallsInProgress { rotation: name });
        return Err(refusal.and(Automatic::NothingChanged).and(OnStore::CopyAgain));
    }
    if !yes {
        let asks = Refusal::asks(StoreCause::RetiresStore { to: to.to_owned() }, plan(engine, to));
        return Err(asks.and(InRequest::AgreeRetire { to: to.to_owned() }));
    }
    let retired = Retired { at: engine.clock.now(), to: to.to_owned(), by: actor.to_string() };
    // First here, so that nothing begins while it is written.
    engine.model.borrow_mut().retire(Some(retired.clone()));
    if let Err(refusal) = keep(engine, Some(retired)).await {
        engine.model.borrow_mut().retire(None);
        scheduler::begin(engine);
        return Err(refusal);
    }
    let trouble = engine.model.borrow().trouble.clone();
    if let Some(trouble) = trouble {
        engine.stand_still(&trouble);
    }
    note(engine, actor, Deed::StoreRetired { host: to.to_owned() }).await;
    Ok(())
}

fn plan(engine: &Engine, to: &str) -> Plan {
    let model = engine.model.borrow();
    let host = || to.to_owned();
    let mut steps = vec![PlanStep::StandStill { host: host() }];
    let last = model.saved().map(|it| it.last_rotated_at.map_or(it.updated_at, |at| at.max(it.updated_at))).max();
    steps.extend(last.map(|at| PlanStep::CopyAsNewAs { host: host(), at }));
    let open = model.saved().filter(|rotation| rotation.operation.is_some());
    steps.extend(open.map(|open| PlanStep::ContinueThere { host: host(), rotation: open.name.to_string() }));
    Plan { steps, asks: true, ..Plan::default() }
}

async fn undo(engine: &Engine, retired: &Retired, yes: bool, actor: &Actor) -> Result<(), Refusal> {
    if !yes {
        let host = || retired.to.clone();
        let steps = vec![PlanStep::CheckHost { host: host() }, PlanStep::Quarantine { host: host() }];
        let plan = Plan { steps, asks: true, ..Plan::default() };
        return Err(Refusal::asks(StoreCause::ActsAgain, plan).and(InRequest::AgreeUndo));
    }
    engine.model.borrow_mut().retire(None);
    let quarantined = quarantine(engine, retired).await;
    let done = match quarantined {
        Ok(()) => keep(engine, None).await,
        Err(refusal) => Err(refusal),
    };
    if let Err(refusal) = done {
        engine.model.borrow_mut().retire(Some(retired.clone()));
        return Err(refusal);
    }
    note(engine, actor, Deed::StoreBack { host: retired.to.clone() }).await;
    Ok(())
}

/// Into the history. It is done all the same where that cannot be written.
async fn note(engine: &Engine, actor: &Actor, deed: Deed) {
    let decided = Decided { deed: deed.clone(), actor };
    if let Err(error) = decisions::write(engine, Vec::new(), decided, None, About::default()).await {
        let (actor, error) = (actor.clone(), error.to_string());
        engine.announce(Notice::NotRecorded { deed, actor, error });
    }
}

/// What the other host did is not known: nothing acts before each rotation was compared with Okta.
async fn quarantine(engine: &Engine, retired: &Retired) -> Result<(), Refusal> {
    if engine.model.borrow().quarantine.is_some() || engine.model.borrow().saved().next().is_none() {
        return Ok(());
    }
    let quarantine = Quarantine {
        since: engine.clock.now(),
        reason: format!("it was retired for {} on {} and taken back", retired.to, instant(retired.at)),
        next: "nothing is rotated or retired until `windlass confirm` has compared each rotation with Okta; secrets can be read"
            .into(),
        confirmed: Vec::new(),
    };
    engine.write(vec![Change::Quarantine(Some(Box::new(quarantine)))]).await
}

async fn keep(engine: &Engine, retired: Option<Retired>) -> Result<(), Refusal> {
    let keep = engine.keep_retired.clone();
    let kept = tokio::task::spawn_blocking(move || keep(retired.as_ref())).await;
    Ok(kept.unwrap_or_else(|_| Err(store::gone()))?)
}
