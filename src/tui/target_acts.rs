//! What is done to the targets of a rotation by the keys of their box.

use uuid::Uuid;

use crate::core::target::Stand;
use crate::engine::refusal::Refusal;
use crate::engine::request::{AdoptTerms, DeleteTargetTerms, DeliverTerms, Reply, Request, TargetPatch};
use crate::engine::view::{TargetPlanView, TargetView};
use crate::tui::acts::task::{Target, Task};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose};
use crate::tui::navigation::focus;
use crate::tui::obstacle::{acting, only_reads, unlinked};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::question::{Choice, Question, Then};
use crate::tui::overlays::targets::KEYS;
use crate::tui::panes::Pane;
use crate::tui::row_acts::act;
use crate::tui::session::Session;
use crate::tui::target_filling;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::scroll;
use crate::words::sentence::say;

/// A key was pressed while the box is the topmost.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(Overlay::Targets(shown)) = model.overlays.last_mut() else { return Vec::new() };
    let (list, at) = shown.list(&model.session);
    let chosen = list.get(at).map(|target| TargetView::clone(target));
    let Some(rotation) = model.session.rows.rotations.get(&shown.rotation).map(|row| row.name.clone()) else {
        model.overlays.pop();
        return Vec::new();
    };
    if key.leaves() || key.typed() == Some('q') {
        if !std::mem::take(&mut shown.open) {
            model.overlays.pop();
        }
        return Vec::new();
    }
    if key.typed() == Some('n') {
        return match acting(&model.session) {
            Some(why) => vec![model.session.toast(Tone::Warn, why)],
            None => target_filling::open(model, rotation, None),
        };
    }
    let Some(target) = chosen else { return Vec::new() };
    if key.code == Code::Enter {
        (shown.at, shown.open, shown.scroll) = (Some(target.id), !shown.open, 0);
        return Vec::new();
    }
    if let Some(typed) = key.typed().filter(|typed| KEYS.iter().any(|(known, ..)| **known == *typed.to_string())) {
        // It is this one that is looked at and acted on, wherever it stands by the time of the answer.
        shown.at = Some(target.id);
        return asked(model, typed, &target);
    }
    if shown.open {
        scroll(&mut shown.scroll, key);
    } else {
        let mut to = at;
        scroll(&mut to, key);
        shown.at = list.get(to.min(list.len() - 1)).map(|target| target.id);
    }
    Vec::new()
}

/// What a key asks for, or why not.
fn asked(model: &mut Model, typed: char, target: &TargetView) -> Vec<Effect> {
    let session = &mut model.session;
    let changes = KEYS.iter().any(|(known, _, changes)| *changes && **known == *typed.to_string());
    // What is there is looked at before it is adopted, and that changes nothing.
    let why = if changes && typed != 'a' { acting(session) } else { unlinked(session).filter(|_| typed != 'h') };
    if let Some(why) = why {
        return vec![session.toast(Tone::Warn, why)];
    }
    let named = named(target);
    match typed {
        't' | 'a' => {
            let looks = session.toast(Tone::Dim, format!("looking at {} {} …", target.destination, target.place));
            let request = Request::TargetPlan { id: target.id.to_string() };
            vec![looks, Effect::call(Purpose::TargetPlan(target.id), request)]
        }
        'R' => act(model, vec![Task::new(named, DeliverTerms::default())]),
        'w' => {
            let patch = TargetPatch { gates: Some(!target.gates), ..TargetPatch::default() };
            let request = Request::TargetUpdate { id: target.id.to_string(), patch: Box::new(patch) };
            vec![Effect::call(Purpose::TargetSaved(named.name), request)]
        }
        'e' => target_filling::open(model, target.rotation_name.clone(), Some(target.clone())),
        'd' => {
            model.overlays.push(Overlay::Ask(deletion(target)));
            Vec::new()
        }
        _ => {
            model.overlays.pop();
            let mut effects = focus(model, Pane::History);
            effects.extend(model.history.only(target.rotation_name.clone()));
            effects
        }
    }
}

/// The target as acts name it.
fn named(target: &TargetView) -> Target {
    Target { id: target.id, name: format!("{}/{}", target.rotation_name, target.name) }
}

/// A look at the place of a target came back: it is shown where that target is still looked at.
pub fn planned(model: &mut Model, id: Uuid, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let Some(Overlay::Targets(shown)) = model.overlays.last() else { return Vec::new() };
    let (list, at) = shown.list(&model.session);
    let Some(target) = list.get(at).filter(|target| target.id == id) else { return Vec::new() };
    match result {
        Ok(Reply::TargetPlan { target_plan }) => {
            let question = plan(&model.session, named(target), &target_plan);
            model.overlays.push(Overlay::Ask(question));
            Vec::new()
        }
        Ok(_) => Vec::new(),
        Err(refusal) => {
            let name = named(target).name;
            vec![model.session.refused(&name, &refusal.problem)]
        }
    }
}

/// What is there and what would be written, and what can be done about it. What is agreed to is what was seen, and no more.
fn plan(session: &Session, target: Target, plan: &TargetPlanView) -> Question {
    let mut text: Vec<_> = plan.steps().into_iter().map(|step| (Tone::Plain, step)).collect();
    let mut choices = vec![Choice::new('q', "Close", Then::Nothing)];
    let title = format!("What a delivery to {} would do", target.name);
    match (&plan.fault, &plan.seen) {
        (Some(fault), Some(seen)) => {
            // It says what is there.
            text.drain(..usize::from(plan.found.is_some()));
            text.insert(0, (Tone::Bad, fault.problem.what()));
            text.push((Tone::Warn, "Overwrite it only where nothing else needs what is there: it is not kept.".into()));
            let terms = AdoptTerms { seen: Some(seen.clone()) };
            let overwrite = Then::Act(vec![Task::new(target, terms)]);
            choices.push(Choice::new('a', "Overwrite it", overwrite).unless(only_reads(session)));
        }
        (Some(fault), None) => {
            text.insert(0, (Tone::Bad, fault.problem.what()));
            text.insert(1, (Tone::Plain, fault.problem.todo()));
        }
        (None, _) if plan.version.is_some() => {
            let deliver = Then::Act(vec![Task::new(target, DeliverTerms::default())]);
            choices.push(Choice::new('R', "Deliver now", deliver).unless(only_reads(session)));
        }
        (None, _) => {}
    }
    Question { title, text, choices, at: 0, menu: false }
}

/// Whether to delete one, and what becomes of what is there.
fn deletion(target: &TargetView) -> Question {
    let named = named(target);
    let delete = |terms: DeleteTargetTerms| Then::Act(vec![Task::new(named.clone(), terms)]);
    let keeps = "What is there stays, and is not kept current any more.";
    let waits = if target.gates { " The old secret does not wait for it any more." } else { "" };
    let place = format!("{} {}", target.destination, target.place);
    let config = &target.destination_config;
    let blind = config.is_blind().then(|| "a command takes nothing back".to_owned());
    let blind = blind.or_else(|| config.units().map(|_| "what a unit has goes with its end".to_owned()));
    let mut choices = vec![
        Choice::new('n', "Cancel", Then::Nothing),
        Choice::new('d', "Delete the target; what is there stays", delete(DeleteTargetTerms::default())),
        Choice::new(
            'p',
            "Delete it, and what is ours there",
            delete(DeleteTargetTerms { purge: true, ..DeleteTargetTerms::default() }),
        )
        .unless(blind),
    ];
    if target.stands == Stand::Leaving {
        let force = DeleteTargetTerms { force: true, ..DeleteTargetTerms::default() };
        choices.push(Choice::new('f', "Delete it now, though its place cannot be reached", delete(force)));
    }
    Question {
        title: format!("Delete the target {}?", named.name),
        text: vec![(Tone::Plain, place.into()), (Tone::Dim, format!("{keeps}{waits}").into())],
        choices,
        at: 0,
        menu: true,
    }
}

/// One was changed.
pub fn saved(session: &mut Session, name: &str, reply: &Reply) -> Vec<Effect> {
    let waits = reply.target().is_some_and(|target| target.gates);
    let text = if waits {
        say!("{}: the old secret waits for it; w takes that back", name)
    } else {
        say!("{}: the old secret does not wait for it any more; w takes that back", name)
    };
    vec![session.toast(Tone::Good, text)]
}

#[cfg(test)]
mod tests;
