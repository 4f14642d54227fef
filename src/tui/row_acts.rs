//! Acts on the rows that are chosen: which those are, and what is asked of the engine for them.

use uuid::Uuid;

use crate::core::protocol::plan::Cut;
use crate::core::state::State;
use crate::engine::patience::Takes;
use crate::engine::request::{Act, CheckTerms, RotateTerms, TestTerms};
use crate::engine::view::RotationView;
use crate::tui::acts::batch::Batch;
use crate::tui::acts::task::{Target, Task};
use crate::tui::keys::action::Action;
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::navigation::push;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::delete::DeleteForm;
use crate::tui::panes::Pane;
use crate::tui::planning::plan_for;
use crate::tui::theme::Tone;

/// The rows that an act is for, by name.
pub fn targets(model: &mut Model) -> Vec<Target> {
    let connections = model.list == Pane::Connections;
    // What was opened stands for itself, whatever is marked in the list behind it.
    let opened = model.focus == Pane::Detail;
    let list = model.the_list();
    let chosen = if opened { list.cursor.id().into_iter().collect() } else { list.chosen() };
    let rows = &model.session.rows;
    let name = |id: &Uuid| {
        if connections {
            rows.connections.get(id).map(|row| row.name.clone())
        } else {
            rows.rotations.get(id).map(|row| row.name.clone())
        }
    };
    chosen.into_iter().filter_map(|id| Some(Target { id, name: name(&id)? })).collect()
}

/// Asks for the plans of the rows that an act is for.
pub fn plan(model: &mut Model, act: impl Into<Act>) -> Vec<Effect> {
    let targets = targets(model);
    plan_for(model, act.into(), false, targets)
}

/// Asks for acts.
pub fn act(model: &mut Model, tasks: Vec<Task>) -> Vec<Effect> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let many = tasks.len() > 1;
    // Whoever asked wants to hear that it has begun.
    let slow = tasks.iter().any(|task| task.act.takes() != Takes::AtHand);
    let batch = Batch::new(model.session.number(), tasks);
    let mut effects = batch.calls();
    if many {
        model.overlays.push(Overlay::Batch { number: batch.number, scroll: 0 });
    } else if let Some(item) = batch.items.first().filter(|_| slow) {
        let text = format!("{} {} …", item.task.act.doing().to_lowercase(), item.task.target.name);
        effects.push(model.session.toast(Tone::Dim, text));
    }
    if model.selection().on_marks {
        model.the_list().unmark_shown();
    }
    model.batches.insert(batch.number, batch);
    effects
}

/// Re-checks drift; retries failing rotations; tests the connection of waiting ones. Those that need attention are planned
/// anew: what is in the way stands in the plan.
pub fn retry(model: &mut Model) -> Vec<Effect> {
    let targets = targets(model);
    if model.list == Pane::Connections {
        return act(model, Task::each(&targets, TestTerms::default()));
    }
    let drift = |row: &RotationView| row.attention.as_ref().is_some_and(|attention| attention.drift);
    if targets.iter().all(|target| model.session.rows.rotations.get(&target.id).is_some_and(drift)) {
        return act(model, Task::each(&targets, CheckTerms {}));
    }
    if !model.selection().on_marks && model.rotation().is_some_and(|row| row.attention.is_some()) {
        return plan(model, RotateTerms::default());
    }
    let mut acts: Vec<Task> = Vec::new();
    for target in targets {
        let Some(row) = model.session.rows.rotations.get(&target.id) else { continue };
        let refused =
            model.session.rows.connections.get(&row.connection_id).filter(|connection| connection.fault.is_some());
        match refused.filter(|_| row.state == State::Waiting) {
            Some(connection) => {
                let target = Target { id: connection.id, name: connection.name.clone() };
                if !acts.iter().any(|known| known.target.id == target.id) {
                    acts.push(Task::new(target, TestTerms::default()));
                }
            }
            None => acts.push(Task::new(target, RotateTerms::default())),
        }
    }
    act(model, acts)
}

/// Asks whether to delete the row.
pub fn delete(model: &mut Model) -> Vec<Effect> {
    let connection = model.list == Pane::Connections;
    if model.selection().on_marks && model.the_list().marks.len() > 1 {
        return vec![model.session.toast(Tone::Warn, "deleting is done one by one: clear the marks with Esc")];
    }
    let target = targets(model).into_iter().next();
    let users = target
        .as_ref()
        .map_or(0, |target| model.session.rows.connections.get(&target.id).map_or(0, |row| row.rotations));
    if connection && users > 0 {
        let many = if users == 1 {
            "1 rotation uses it: that goes".into()
        } else {
            format!("{users} rotations use it: those go")
        };
        let key = model.session.preferences.bindings.way_to(Action::Delete);
        return vec![model.session.toast(Tone::Warn, format!("{many} first, with {key} in their list"))];
    }
    let stuck = |target: &Target| {
        let row = model.session.rows.rotations.get(&target.id).filter(|row| row.deleting_since.is_some());
        row.is_some_and(|row| row.fault.is_some() || row.attention.is_some())
    };
    let form = target.map(|target| {
        let stuck = stuck(&target);
        let row = model.session.rows.rotations.get(&target.id);
        let unread = row.and_then(|row| {
            let current = row.current.as_ref().filter(|_| !row.is_reached())?;
            let secret_id = row.previous.as_ref()?.secret_id.clone()?;
            let missing = row.consumers.missing.iter().map(|it| it.consumer.clone()).collect();
            Some(Cut { secret_id, deletes: true, unread: Some(current.version), missing, ..Cut::default() })
        });
        Overlay::Delete(DeleteForm { unread, ..DeleteForm::new(target, connection, stuck) })
    });
    push(model, form)
}
