//! Acts with effects at Okta: their plan is shown first, and the focus is on Cancel.
//!
//! What would take a secret from consumers that cannot have its successor yet wants more than a `y`: the rotation's name, or
//! of many what is done to how many. The way that cuts nobody off is offered before that ([`PlanBox::safe`]).

pub mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::core::protocol::plan::{Cut, Plan};
use crate::core::rotation::Status;
use crate::engine::refusal::Refusal;
use crate::engine::request::{ConfirmTerms, Request, ResolveTerms, RetireTerms, RollbackTerms, RotateTerms};
use crate::tui::actions;
use crate::tui::acts::batch::{Target, Verb};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose};
use crate::tui::overlays::{Overlay, Step, Then, scroll};
use crate::tui::widgets::text_input::TextInput;

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
            Self::Untested => Some("It may not work: it could not be tested."),
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
    /// Its end was on the screen, as it is now. What was not read to its end is not agreed to.
    pub read: bool,
    /// What is typed, where it wants more than a `y`.
    pub typed: TextInput,
    /// That is something else than what is wanted, and Enter was pressed.
    pub mistyped: bool,
}

/// The way that cuts nobody off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safe {
    /// Its key: no letter that what is wanted begins with.
    pub key: char,
    /// What it is.
    pub what: SafeWay,
    /// Why it is not to be had.
    pub obstacle: Option<&'static str>,
}

/// A way that cuts nobody off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeWay {
    /// It rotates once the old secret has gone by itself, at this instant.
    Later(Option<DateTime<Utc>>),
    /// Of many, so many rotate now and the others later.
    SomeLater {
        /// Now.
        now: usize,
        /// Later.
        later: usize,
    },
    /// The old secret goes once the version that takes its place is fetched.
    OnceFetched,
    /// It rotates, and the old secret goes on its date.
    KeepsDates,
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
        self.possible().filter_map(|(target, plan)| Some((target.clone(), self.what.verb(plan.asks)?))).collect()
    }

    /// The plans in whose way nothing stands.
    fn possible(&self) -> impl Iterator<Item = (&Target, &Plan)> {
        self.targets
            .iter()
            .filter_map(|target| Some((target, self.plans.get(&target.id)?.as_ref().ok()?)))
            .filter(|(_, plan)| plan.blockers.is_empty())
    }

    /// What would be taken from consumers that cannot have its successor yet; nothing where only a dry run is shown.
    pub fn unread(&self) -> Vec<(&Target, &Cut)> {
        let asks = self.what.verb(false).is_some();
        self.possible().filter(|_| asks).filter_map(|(target, plan)| Some((target, plan.unread()?))).collect()
    }

    /// What has to be typed for that.
    pub fn wanted(&self) -> Option<String> {
        let unread = self.unread();
        match (self.targets.as_slice(), unread.as_slice()) {
            (_, []) => None,
            ([only], _) => Some(only.name.clone()),
            (_, many) if many.iter().any(|(_, cut)| cut.deletes) => Some(format!("delete {}", many.len())),
            (_, many) => Some(format!("off {}", many.len())),
        }
    }

    /// Whether that stands there.
    pub fn matches(&self) -> bool {
        self.wanted().is_none_or(|wanted| self.typed.text().trim() == wanted)
    }

    /// The way that cuts nobody off, where something would be cut off.
    pub fn safe(&self) -> Option<Safe> {
        let unread = self.unread();
        let key = if self.wanted()?.starts_with('s') { 'w' } else { 's' };
        let held = "it is held, and does not go by itself: give it a date first";
        let (what, obstacle) = match (self.what, self.targets.as_slice()) {
            (Planned::Rotate, [_]) => {
                let at = unread.first().and_then(|(_, cut)| cut.rotates_at);
                (SafeWay::Later(at), at.is_none().then_some(held))
            }
            (Planned::Rotate, _) => {
                let later = unread.iter().filter(|(_, cut)| cut.rotates_at.is_some()).count();
                let now = self.possible().count() - unread.len();
                (SafeWay::SomeLater { now, later }, (now + later == 0).then_some(held))
            }
            (Planned::Replace, _) => (SafeWay::KeepsDates, None),
            _ => (SafeWay::OnceFetched, None),
        };
        Some(Safe { key, what, obstacle })
    }

    /// Each act, and whether it would cut somebody off.
    fn marked(&self) -> Vec<(Target, Verb, bool)> {
        let unread: Vec<Uuid> = self.unread().iter().map(|(target, _)| target.id).collect();
        self.acts().into_iter().map(|(target, verb)| (target.clone(), verb, unread.contains(&target.id))).collect()
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        let can = self.asks();
        if can && let Some(wanted) = self.wanted() {
            return self.typing(key, &wanted);
        }
        match (key.code, key.typed()) {
            (Code::Enter, _) if can && self.on_act => self.agreed(),
            (_, Some('y')) if can => self.agreed(),
            (Code::Enter, _) | (_, Some('n' | 'q')) => Step::Close,
            (Code::Left | Code::Right | Code::Tab | Code::BackTab, _) if can => {
                self.on_act = !self.on_act;
                if self.on_act && !self.read {
                    // The button is not to be had without the end of what it agrees to.
                    self.scroll = usize::MAX / 2;
                }
                Step::Stay
            }
            _ => {
                scroll(&mut self.scroll, key);
                Step::Stay
            }
        }
    }

    fn agreed(&self) -> Step {
        if self.read { Step::Then(Then::Act(self.acts())) } else { Step::Stay }
    }

    /// Where words are wanted: letters are typed, and the safe way has a key of its own as long as none is.
    fn typing(&mut self, key: Key, wanted: &str) -> Step {
        let nothing = self.typed.text().is_empty();
        let safe = self.safe().filter(|safe| nothing && key.typed() == Some(safe.key));
        if let Some(safe) = safe {
            return match (safe.obstacle, safe.what) {
                (Some(_), _) => Step::Stay,
                (None, SafeWay::KeepsDates) => Step::Then(Then::Plan(Planned::Rotate, self.targets.clone())),
                (None, _) => Step::Then(Then::Safely(self.what, self.marked())),
            };
        }
        match key.code {
            Code::Enter if nothing => Step::Close,
            Code::Enter if self.typed.text().trim() == wanted => self.agreed(),
            Code::Enter => {
                self.mistyped = true;
                Step::Stay
            }
            Code::Up | Code::Down | Code::PageUp | Code::PageDown => {
                scroll(&mut self.scroll, key);
                Step::Stay
            }
            _ => {
                self.mistyped = false;
                self.typed.key(key);
                Step::Stay
            }
        }
    }
}

/// The acts of the way that cuts nobody off.
pub fn safely(model: &Model, what: Planned, acts: Vec<(Target, Verb, bool)>) -> Vec<(Target, Verb)> {
    let instead = |target: &Target, verb: Verb| match what {
        Planned::Rotate | Planned::DryRun | Planned::Replace => Verb::RotateLater,
        _ => match model.rows.rotations.get(&target.id) {
            // By then it would be switched off though nothing has fetched its successor.
            Some(row) if row.retire_unread => Verb::Hold,
            // A date holds only once the successor was fetched.
            Some(_) => Verb::Retire { at: Some(model.now + Duration::minutes(1)), yes: true },
            None => verb,
        },
    };
    acts.into_iter()
        .map(|(target, verb, unread)| {
            let verb = if unread { instead(&target, verb) } else { verb };
            (target, verb)
        })
        .collect()
}

/// Asks for the plans of the rows that an act is for.
pub fn plan(model: &mut Model, what: Planned) -> Vec<Effect> {
    let targets = actions::targets(model);
    plan_for(model, what, targets)
}

/// Asks for the plans of these rows.
pub fn plan_for(model: &mut Model, what: Planned, targets: Vec<Target>) -> Vec<Effect> {
    let number = model.number();
    let effects = targets.iter().map(|target| call(number, what, target.id)).collect();
    let (plans, typed) = (BTreeMap::new(), TextInput::default());
    let shown = PlanBox { number, what, targets, plans, on_act: false, scroll: 0, read: false, typed, mistyped: false };
    model.overlays.push(Overlay::Plan(shown));
    effects
}

fn call(number: u64, what: Planned, id: Uuid) -> Effect {
    Effect::call(Purpose::Plan { number, id }, what.request(id))
}

/// What a plan of a row rests on: the secrets that there are, and whether the current one was fetched.
pub type Basis = (Option<String>, bool, Option<(Option<String>, Status)>, Option<Uuid>);

/// What the plans on the screen rest on.
pub fn bases(model: &Model) -> Vec<(Uuid, Option<Basis>)> {
    let shown = model.overlays.iter().filter_map(|overlay| match overlay {
        Overlay::Plan(plan) => Some(&plan.targets),
        _ => None,
    });
    shown.flatten().map(|target| (target.id, basis(model, target.id))).collect()
}

fn basis(model: &Model, id: Uuid) -> Option<Basis> {
    let row = model.rows.rotations.get(&id)?;
    let current = row.current.as_ref();
    Some((
        current.and_then(|current| current.secret_id.clone()),
        current.is_some_and(|current| current.fetched_at.is_some()),
        row.previous.as_ref().map(|previous| (previous.secret_id.clone(), previous.status)),
        row.attempt,
    ))
}

/// Plans that rest on what is no more are asked for anew: what was read is not what would be done.
pub fn watch(model: &mut Model, before: Vec<(Uuid, Option<Basis>)>) -> Vec<Effect> {
    let stale: Vec<Uuid> =
        before.into_iter().filter(|(id, known)| basis(model, *id) != *known).map(|(id, _)| id).collect();
    let mut effects = Vec::new();
    for overlay in &mut model.overlays {
        let Overlay::Plan(shown) = overlay else { continue };
        for id in stale.iter().filter(|id| shown.targets.iter().any(|target| target.id == **id)) {
            if shown.plans.remove(id).is_some() {
                (shown.read, shown.typed) = (false, TextInput::default());
                effects.push(call(shown.number, shown.what, *id));
            }
        }
    }
    effects
}
