//! Acts with effects at Okta: their plan is shown first, and the focus is on Cancel.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::batch::{Target, Verb};
use super::key::{Code, Key};
use super::msg::{Effect, Purpose};
use super::overlay::{Overlay, Step, Then, scroll};
use super::{Model, act};
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::Refusal;
use crate::engine::request::{ConfirmTerms, Request, ResolveTerms, RetireTerms, RollbackTerms, RotateTerms};

/// What is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planned {
    /// What rotating would do; nothing is asked.
    DryRun,
    /// A rotation.
    Rotate,
    /// A rotation after a leak: the secret that is current until then goes at once.
    Replace,
    /// The old secret off now.
    RetireNow,
    /// The old secret off at an instant.
    RetireAt(DateTime<Utc>),
    /// The previous secret published again.
    RollBack,
    /// It is confirmed as it is at Okta.
    Confirm,
    /// A new secret published though it could not be tested.
    Untested,
}

impl Planned {
    /// The request that tells the plan, and does nothing.
    fn request(self, id: Uuid) -> Request {
        let id = id.to_string();
        let retire = RetireTerms { dry_run: true, ..RetireTerms::default() };
        match self {
            Self::DryRun | Self::Rotate => Request::Plan { id, terms: RotateTerms::default() },
            Self::Replace => Request::Plan { id, terms: RotateTerms { retire_now: true, ..RotateTerms::default() } },
            Self::RetireNow => Request::Retire { id, terms: RetireTerms { now: true, ..retire } },
            Self::RetireAt(at) => Request::Retire { id, terms: RetireTerms { at: Some(at), ..retire } },
            // Without agreement it only asks, and the question comes with its plan.
            Self::Untested => {
                Request::Resolve { id, terms: ResolveTerms { publish_unverified: true, ..ResolveTerms::default() } }
            }
            Self::Confirm => Request::Confirm(ConfirmTerms { rotation: Some(id), yes: false }),
            Self::RollBack => {
                Request::Rollback { id, terms: RollbackTerms { dry_run: true, ..RollbackTerms::default() } }
            }
        }
    }

    /// The act, with the consent that its plan asks for.
    fn verb(self, yes: bool) -> Option<Verb> {
        match self {
            Self::DryRun => None,
            Self::Rotate => Some(Verb::Rotate { yes }),
            Self::Replace => Some(Verb::Replace),
            Self::RetireNow => Some(Verb::Retire { at: None, yes }),
            Self::RetireAt(at) => Some(Verb::Retire { at: Some(at), yes }),
            Self::RollBack => Some(Verb::RollBack),
            Self::Confirm => Some(Verb::Confirm),
            Self::Untested => Some(Verb::Resolve { publish: true }),
        }
    }

    /// The heading of its box.
    pub fn title(self, name: &str) -> String {
        match self {
            Self::DryRun => format!("What rotating {name} now would do"),
            Self::Rotate => format!("Rotate {name} now?"),
            Self::Replace => format!("Rotate {name}, and switch its secret off at once?"),
            Self::RetireNow => format!("Switch the old secret of {name} off now?"),
            Self::RetireAt(_) => format!("Set a date for the old secret of {name}?"),
            Self::Untested => format!("Publish the new secret of {name} untested?"),
            Self::Confirm => format!("Is this how {name} is to go on?"),
            Self::RollBack => format!("Go back to the old secret of {name}?"),
        }
    }

    /// What is said first where it asks for agreement: what it puts at risk.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Self::Untested => Some("It may not work: nobody could test it."),
            // Nothing is changed at Okta by that.
            Self::Confirm => None,
            _ => Some("This cuts a secret short that may still be in use."),
        }
    }

    /// What its button says.
    pub fn button(self) -> &'static str {
        match self {
            Self::DryRun | Self::Rotate | Self::Replace => "Rotate",
            Self::RetireNow => "Switch off",
            Self::RetireAt(_) => "Set",
            Self::RollBack => "Go back",
            Self::Confirm => "Confirm",
            Self::Untested => "Publish",
        }
    }
}

/// The plans of one or more rotations.
#[derive(Clone, Debug)]
pub struct PlanBox {
    /// Its number: answers for another are late.
    pub number: u64,
    /// What is planned.
    pub what: Planned,
    /// Whose plans.
    pub targets: Vec<Target>,
    /// What came so far.
    pub plans: BTreeMap<Uuid, Result<Plan, Refusal>>,
    /// Whether the focus is on the act; it begins on Cancel.
    pub on_act: bool,
    /// The first line that is shown.
    pub scroll: usize,
}

impl PlanBox {
    /// Whether every plan is here.
    pub fn is_complete(&self) -> bool {
        self.plans.len() == self.targets.len()
    }

    /// Whether it asks: something can be done, and all is known.
    pub fn asks(&self) -> bool {
        self.is_complete() && !self.acts().is_empty()
    }

    /// The acts that the plans allow, with the consent that each asks for.
    pub fn acts(&self) -> Vec<(Target, Verb)> {
        let act = |target: &Target| {
            let plan = self.plans.get(&target.id)?.as_ref().ok()?;
            let verb = self.what.verb(plan.asks)?;
            plan.blockers.is_empty().then(|| (target.clone(), verb))
        };
        self.targets.iter().filter_map(act).collect()
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        let can = self.asks();
        match (key.code, key.typed()) {
            (Code::Enter, _) if can && self.on_act => Step::Then(Then::Act(self.acts())),
            (_, Some('y')) if can => Step::Then(Then::Act(self.acts())),
            (Code::Enter, _) | (_, Some('n' | 'q')) => Step::Close,
            (Code::Left | Code::Right | Code::Tab | Code::BackTab, _) if can => {
                self.on_act = !self.on_act;
                Step::Stay
            }
            _ => {
                scroll(&mut self.scroll, key);
                Step::Stay
            }
        }
    }
}

/// Asks for the plans of the rows that an act is for.
pub fn plan(model: &mut Model, what: Planned) -> Vec<Effect> {
    let targets = act::targets(model);
    plan_for(model, what, targets)
}

/// Asks for the plans of these rows.
pub fn plan_for(model: &mut Model, what: Planned, targets: Vec<Target>) -> Vec<Effect> {
    let number = model.number();
    let call = |target: &Target| Effect::call(Purpose::Plan { number, id: target.id }, what.request(target.id));
    let effects = targets.iter().map(call).collect();
    let plans = BTreeMap::new();
    model.overlays.push(Overlay::Plan(PlanBox { number, what, targets, plans, on_act: false, scroll: 0 }));
    effects
}
