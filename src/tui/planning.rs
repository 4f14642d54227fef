//! Plans that are asked for before an act, and asked for anew where what they rest on has changed.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::core::rotation::Status;
use crate::engine::request::{Act, Mode, Request};
use crate::tui::acts::plan_box::PlanBox;
use crate::tui::acts::task::Target;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::widgets::text_input::TextInput;

/// Asks for the plans of these rows.
pub fn plan_for(model: &mut Model, act: Act, only: bool, targets: Vec<Target>) -> Vec<Effect> {
    let number = model.session.number();
    let effects = targets.iter().map(|target| call(number, &act, target.id)).collect();
    let (plans, typed) = (BTreeMap::new(), TextInput::default());
    let shown =
        PlanBox { number, act, only, targets, plans, on_act: false, scroll: 0, read: false, typed, mistyped: false };
    model.overlays.push(Overlay::Plan(shown));
    effects
}

fn call(number: u64, act: &Act, id: Uuid) -> Effect {
    // The question that an act asks without agreement comes with its plan.
    let mode = if act.kind().spec().plans { Mode::Plan } else { Mode::Ask };
    Effect::call(Purpose::Plan { number, id }, Request::act(id.to_string(), act.clone(), mode))
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
    let row = model.session.rows.rotations.get(&id)?;
    let current = row.current.as_ref();
    Some((
        current.and_then(|current| current.secret_id.clone()),
        row.is_reached(),
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
                effects.push(call(shown.number, &shown.act, *id));
            }
        }
    }
    effects
}
