//! What distinguishes the topmost box from another, and from itself with other content.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::{Discriminant, discriminant};

use super::Overlay;

/// The topmost box as a frame showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    depth: usize,
    kind: Discriminant<Overlay>,
    state: u64,
}

impl Mark {
    /// Of what lies on top.
    pub fn of(overlays: &[Overlay]) -> Option<Self> {
        let top = overlays.last()?;
        let mut state = DefaultHasher::new();
        match top {
            Overlay::Ask(question) => (&question.title, question.choices.len()).hash(&mut state),
            Overlay::Plan(plan) => (plan.number, plan.plans.len()).hash(&mut state),
            Overlay::Delete(form) => form.target.id.hash(&mut state),
            Overlay::Batch { number, .. } => number.hash(&mut state),
            Overlay::Reveal(reveal) => reveal.number.hash(&mut state),
            Overlay::Wizard(wizard) => {
                let known = wizard.orders.iter().filter(|order| order.plan.is_some()).count();
                (wizard.number, wizard.form.page, wizard.stage as u8, known).hash(&mut state);
            }
            Overlay::Connect(connect) => (connect.number, connect.stage as u8).hash(&mut state),
            Overlay::TargetForm(form) => (form.number, form.stage as u8).hash(&mut state),
            Overlay::Targets(shown) => (shown.rotation, shown.open).hash(&mut state),
            Overlay::Help { .. }
            | Overlay::Palette(_)
            | Overlay::Date(_)
            | Overlay::Upcoming { .. }
            | Overlay::Leaving
            | Overlay::Themes(_) => {}
        }
        Some(Self { depth: overlays.len(), kind: discriminant(top), state: state.finish() })
    }
}
