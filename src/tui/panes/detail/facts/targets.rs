//! What there is to say about the targets of a rotation: how many have its current secret, and what the others lack.

use ratatui::text::{Line, Span};

use super::Fact;
use crate::core::target::Stand;
use crate::engine::view::{RotationView, TargetView};
use crate::text::when::relative;
use crate::tui::keys::action::Action;
use crate::tui::scene::Scene;
use crate::tui::theme::Role;
use crate::words::sentence::say;

/// So many have a line of their own; the others are in their list.
const MOST: usize = 6;

/// Those of a rotation; in a strip how many have the current secret, where not all of them do.
pub fn targets(scene: &Scene<'_>, row: &RotationView, short: bool) -> Vec<Fact> {
    let well = row.targets.confirmed == row.targets.total;
    if row.targets.total == 0 || short && well {
        return Vec::new();
    }
    let said = match row.current.as_ref().map(|current| current.version) {
        None => say!("nothing is published yet that could be delivered"),
        // Elsewhere each of them has a line of its own.
        Some(version) if short => row.targets.say(version),
        Some(version) => row.targets.have(version),
    };
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let mut said = scene.words(&said);
    if !short {
        said = format!("{said}; {} lists them", scene.session.preferences.bindings.way_to(Action::Targets));
    }
    let style = if well { dim } else { scene.look.style(Role::Warning) };
    let mut facts: Vec<Fact> = vec![("targets", Line::from(Span::styled(said, style)))];
    for target in row.targets.worst_first().into_iter().take(if short { 0 } else { MOST }) {
        let place = format!("  {} {}", target.destination, target.place);
        facts.push((
            "",
            Line::from(vec![
                Span::styled(target.name.clone(), text),
                Span::styled(format!("  {}", stands(scene, target)), scene.look.style(role(target))),
                Span::styled(place, dim),
            ]),
        ));
        if let Some(fault) = &target.fault {
            facts.push((
                "why",
                Line::from(Span::styled(scene.words(&fault.problem.what()), scene.look.style(role(target)))),
            ));
            facts.push(("to do", Line::from(Span::styled(scene.words(&fault.problem.todo()), text))));
        }
    }
    facts
}

/// How it looks.
pub fn role(target: &TargetView) -> Role {
    match target.stands {
        Stand::Confirmed => Role::Ok,
        Stand::Attention => Role::Attention,
        _ if target.fault.is_some() => Role::Failing,
        Stand::Behind => Role::Warning,
        Stand::Leaving => Role::Dim,
    }
}

/// How it stands, with the version that it has, or when it is tried again.
pub fn stands(scene: &Scene<'_>, target: &TargetView) -> String {
    match (target.stands, target.confirmed_version, target.next_try_at) {
        (Stand::Confirmed, Some(version), _) => format!("has version {version}"),
        (_, _, Some(at)) if at > scene.session.now => {
            format!("{}, tried again {}", target.stands(), relative(at, scene.session.now))
        }
        _ => target.stands().to_owned(),
    }
}
