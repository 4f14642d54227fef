//! Acts with effects at Okta: their plan is shown first, and the focus is on Cancel.
//!
//! What would take a secret from consumers that cannot have its successor yet wants more than a `y`: the rotation's name, or
//! of many what is done to how many. The way that cuts no one off is offered before that ([`PlanBox::safe`]).

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::task::{Target, Task};
use crate::core::protocol::plan::{Cut, Plan};
use crate::engine::refusal::Refusal;
use crate::engine::request::{Act, Mode, RetireTerms, RotateTerms};
use crate::tui::keys::key::{Code, Key};
use crate::tui::overlays::question::{Step, Then};
use crate::tui::session::Session;
use crate::tui::widgets::scroll::scroll;
use crate::tui::widgets::text_input::TextInput;

pub mod view;

/// The plans of one or more rotations.
#[derive(Clone, Debug)]
pub struct PlanBox {
    /// Its number: answers for another are late.
    pub number: u64,
    /// What is planned.
    pub act: Act,
    /// It is only shown, and nothing is asked.
    pub only: bool,
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

/// The way that cuts no one off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safe {
    /// Its key: no letter that what is wanted begins with.
    pub key: char,
    /// What it is.
    pub what: SafeWay,
    /// Why it is not to be had.
    pub obstacle: Option<&'static str>,
}

/// A way that cuts no one off.
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
    /// It rotates, and the old secret is retired on its date.
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
    pub fn acts(&self) -> Vec<Task> {
        let task = |(target, plan): (&Target, &Plan)| Task {
            mode: Mode::with(plan.asks),
            ..Task::new(target.clone(), self.act.clone())
        };
        self.possible().filter(|_| !self.only).map(task).collect()
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
        self.possible().filter(|_| !self.only).filter_map(|(target, plan)| Some((target, plan.unread()?))).collect()
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

    /// The way that cuts no one off, where something would be cut off.
    pub fn safe(&self) -> Option<Safe> {
        let unread = self.unread();
        let key = if self.wanted()?.starts_with('s') { 'w' } else { 's' };
        let held = "it is held, and does not go by itself: give it a date first";
        let (what, obstacle) = match (&self.act, self.targets.as_slice()) {
            (Act::Rotate(RotateTerms { retire_now: true, .. }), _) => (SafeWay::KeepsDates, None),
            (Act::Rotate(_), [_]) => {
                let at = unread.first().and_then(|(_, cut)| cut.rotates_at);
                (SafeWay::Later(at), at.is_none().then_some(held))
            }
            (Act::Rotate(_), _) => {
                let later = unread.iter().filter(|(_, cut)| cut.rotates_at.is_some()).count();
                let now = self.possible().count() - unread.len();
                (SafeWay::SomeLater { now, later }, (now + later == 0).then_some(held))
            }
            _ => (SafeWay::OnceFetched, None),
        };
        Some(Safe { key, what, obstacle })
    }

    /// Each act, and whether it would cut someone off.
    fn marked(&self) -> Vec<(Task, bool)> {
        let unread: Vec<Uuid> = self.unread().iter().map(|(target, _)| target.id).collect();
        self.acts()
            .into_iter()
            .map(|task| (unread.contains(&task.target.id), task))
            .map(|(unread, task)| (task, unread))
            .collect()
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
                (None, SafeWay::KeepsDates) => {
                    Step::Then(Then::Plan(RotateTerms::default().into(), self.targets.clone()))
                }
                (None, _) => Step::Then(Then::Safely(self.marked())),
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

/// The acts of the way that cuts no one off.
pub fn safely(session: &Session, tasks: Vec<(Task, bool)>) -> Vec<Task> {
    let instead = |task: Task| {
        let act: Act = match (&task.act, session.rows.rotations.get(&task.target.id)) {
            (Act::Rotate(_), _) => RotateTerms { after_previous: true, ..RotateTerms::default() }.into(),
            // By then it would be deactivated though nothing has fetched its successor.
            (_, Some(row)) if row.retire_unread => RetireTerms { hold: true, ..RetireTerms::default() }.into(),
            // A date holds only once the successor was fetched.
            (_, Some(_)) => {
                let at = Some(session.now + Duration::minutes(1));
                let act = RetireTerms { at, ..RetireTerms::default() }.into();
                return Task { act, mode: Mode::Agreed, ..task };
            }
            (_, None) => return task,
        };
        Task { act, mode: Mode::Ask, ..task }
    };
    tasks.into_iter().map(|(task, unread)| if unread { instead(task) } else { task }).collect()
}
