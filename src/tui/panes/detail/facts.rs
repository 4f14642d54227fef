//! What there is to say about a row, fact by fact. Nothing here knows where it stands.

pub mod targets;

use ratatui::text::{Line, Span};

use crate::core::history::Outcome;
use crate::core::rotation::Status;
use crate::core::rotation::hold::Hold;
use crate::engine::view::{ConnectionView, RotationView};
use crate::text::when;
use crate::text::when::span;
use crate::tui::keys::action::Action;
use crate::tui::obstacle::obstacle;
use crate::tui::panes::connections::host;
use crate::tui::panes::rotations::old;
use crate::tui::rows::{state, tried_again};
use crate::tui::scene::Scene;
use crate::tui::theme::Role;
use targets::targets;

/// A label and what is to be said.
pub type Fact = (&'static str, Line<'static>);

/// What is known of a rotation; in a strip, only what is not in its row, what is wrong first.
pub fn rotation(scene: &Scene<'_>, row: &RotationView, short: bool) -> Vec<Fact> {
    let (text, dim, strong) =
        (scene.look.style(Role::Text), scene.look.style(Role::Dim), scene.look.style(Role::Heading));
    let day = |at| scene.session.day_time(at);
    let wrong = || {
        trouble(scene, row)
            .into_iter()
            .map(|(label, role, text)| (label, Line::from(Span::styled(text, scene.look.style(role)))))
    };
    let mut facts: Vec<Fact> = Vec::new();
    if short {
        // What is wrong comes before everything else; the rest is in the pane.
        facts.extend(wrong());
    } else {
        let shown = state(row, scene.session.now);
        let (style, sign) = (scene.look.state(shown), scene.look.sign(shown));
        let mut line = Line::from(Span::styled(format!("{sign} {}", shown.word()), style));
        if row.phase != "idle" {
            line.push_span(Span::styled(format!("  {}", row.phase), dim));
        }
        if let Some(until) = row.paused_until {
            line.push_span(Span::styled(format!("  until {}", day(until)), dim));
        }
        facts.push(("state", line));
        facts.extend(wrong());
        if !row.description.is_empty() {
            facts.push(("about", Line::from(Span::styled(row.description.clone(), text))));
        }
    }
    let app = &row.parameters;
    let mut names =
        Line::from(vec![Span::styled(app.app_label.clone(), text), Span::styled(format!("  {}", app.app_id), dim)]);
    let mut org = Line::from(Span::styled(row.connection.name.clone(), text));
    if let Some(known) = scene.session.rows.connections.get(&row.connection_id) {
        let role = if known.fault.is_some() { Role::Danger } else { Role::Ok };
        org.push_span(Span::styled(format!("  {}", known.status), scene.look.style(role)));
        org.push_span(Span::styled(format!("  {}", host(known)), dim));
    }
    if short {
        // On one line, where what is less than the rest stands last.
        names.push_span(Span::styled("  on ", dim));
        names.extend(org.spans);
        facts.push(("app", names));
    } else {
        if app.client_id_hidden {
            names.push_span(Span::styled(format!("  client id {} (not shown by Okta)", app.client_id), dim));
        } else if app.client_id != app.app_id {
            names.push_span(Span::styled(format!("  client id {}", app.client_id), dim));
        }
        facts.push(("app", names));
        facts.push(("connection", org));
    }
    facts.push(("secret", current(scene, row)));
    let version = row.current.as_ref().map_or(0, |current| current.version);
    let consumers = row.consumers.say(version, scene.session.now);
    if !(consumers.is_empty() || short && row.is_reached()) {
        let style = if row.consumers.missing.is_empty() { dim } else { scene.look.style(Role::Warning) };
        let mut said = scene.words(&consumers);
        if !short && obstacle(Action::Consumers, scene.session, &scene.selection).is_none() {
            let key = scene.session.preferences.bindings.way_to(Action::Consumers);
            said = format!("{said}; {key} dismisses one that is gone");
        }
        facts.push(("consumers", Line::from(Span::styled(said, style))));
    }
    facts.extend(targets(scene, row, short));
    if let Some(previous) = row.previous.as_ref().filter(|_| !short) {
        let mut line = Line::from(Span::styled(previous.secret_id.clone().unwrap_or_default(), text));
        line.push_span(Span::styled(format!("  {}", old(previous, scene.session.now)), dim));
        if let Some(hold) = previous.holds() {
            line.push_span(Span::styled(format!("  {}", held(hold)), scene.look.style(Role::Warning)));
        }
        facts.push(("old secret", line));
    }
    facts.push(("schedule", schedule(scene, row)));
    let mapping = &row.secrets_mapping;
    let place = format!("{}:{}", row.environment.slug, row.secret_path);
    let version = row.current.as_ref().map(|current| format!("  version {}", current.version)).unwrap_or_default();
    let names = format!("{}, {}", mapping.client_id, mapping.client_secret);
    facts.push((
        "maps to",
        Line::from(vec![Span::styled(place + &version, dim), Span::styled(format!("  {names}"), text)]),
    ));
    if let Some(ending) = row.last_rotation() {
        let well = row.rotation_status == Some(Outcome::Success);
        let by = if row.is_last_rotation_manual { "asked for" } else { "by schedule" };
        let at = row.last_rotation_attempted_at.map(day).unwrap_or_default();
        let style = if well { scene.look.style(Role::Ok) } else { scene.look.style(Role::Danger) };
        let word = if well { "success" } else { "failed" };
        let mut line =
            Line::from(vec![Span::styled(word.to_owned(), style), Span::styled(format!("  {at}  {by}"), dim)]);
        if !well {
            line.push_span(Span::styled(format!("  {}", scene.words(&ending)), strong));
        }
        facts.push(("last", line));
    }
    if !short {
        let terms = format!("on for {}, then off for {}", span(row.overlap_seconds), span(row.soak_seconds));
        let unread = if row.retire_unread { ", even where consumers lack the new one" } else { "" };
        facts.push(("keeps", Line::from(Span::styled(format!("an old secret {terms}{unread}"), dim))));
    }
    facts
}

/// What is wrong with a row and what to do about it, by keys where they do it.
pub fn trouble(scene: &Scene<'_>, row: &RotationView) -> Vec<(&'static str, Role, String)> {
    let mut facts = stands(scene, row);
    let attention = row.attention.as_ref();
    if let Some(attention) = attention {
        facts.push(("cause", Role::Danger, scene.words(&attention.problem.what())));
        facts.push(("to do", Role::Text, scene.words(&attention.problem.todo())));
    }
    if let Some(fault) = &row.fault {
        // What an operator has to look at may be the fault itself.
        if attention.is_none_or(|attention| attention.problem.cause != fault.problem.cause) {
            facts.push(("fault", Role::Danger, scene.words(&fault.problem.what())));
        }
        if attention.is_none_or(|attention| attention.problem.remedies != fault.problem.remedies) {
            facts.push(("to do", Role::Text, scene.words(&fault.problem.todo())));
        }
        if let Some(at) = row.next_try_at {
            let at = when::relative(at, scene.session.now);
            facts.push(("then", Role::Dim, format!("retried automatically {at}")));
        }
    }
    facts
}

/// What was decided, or happened, so that nothing moves by itself, and the key that ends it.
fn stands(scene: &Scene<'_>, row: &RotationView) -> Vec<(&'static str, Role, String)> {
    let since = |at| format!(", since {}", scene.session.day_time(at));
    let mut facts = Vec::new();
    if let Some((why, pause)) = row.why_paused().zip(row.paused.as_ref()) {
        facts.push(("paused", Role::Warning, why + &since(pause.since)));
        let then = if pause.rolled_back { " once its consumers work with a new secret" } else { "" };
        facts.push((
            "to do",
            Role::Text,
            format!("resume it{then}: {}", scene.session.preferences.bindings.way_to(Action::Pause)),
        ));
    }
    let old = row.previous.as_ref().filter(|old| old.kept.is_some());
    if let Some((why, old)) = old.and_then(|old| Some((old.why_undated()?, old))) {
        let at = old.kept.map(|kept| since(kept.since)).unwrap_or_default();
        facts.push(("held", Role::Warning, format!("the old secret has no date: {why}{at}")));
        facts.push((
            "to do",
            Role::Text,
            format!("give it one: {}", scene.session.preferences.bindings.way_to(Action::Old)),
        ));
    }
    facts
}

fn current(scene: &Scene<'_>, row: &RotationView) -> Line<'static> {
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let Some(current) = &row.current else { return Line::from(Span::styled("none yet", dim)) };
    let day = |at| scene.session.day(at);
    // As Okta showed it last, and not as it was published.
    let (role, status, made) = match current.status {
        Status::Active => (Role::Ok, "ACTIVE", "since"),
        Status::Intended => (Role::Dim, "not seen at Okta yet,", "made"),
        Status::Inactive => (Role::Danger, "INACTIVE at Okta,", "made"),
        Status::Gone => (Role::Danger, "DELETED at Okta,", "made"),
    };
    let mut line = Line::from(vec![
        Span::styled(current.secret_id.clone().unwrap_or_default(), text),
        Span::styled(format!("  {status}"), scene.look.style(role)),
        Span::styled(format!(" {made} {}", day(current.created_at)), dim),
    ]);
    line.push_span(match current.fetched_at {
        Some(at) => Span::styled(format!(", last fetched {}", when::relative(at, scene.session.now)), dim),
        None => Span::styled(", not fetched yet", scene.look.style(Role::Warning)),
    });
    line
}

fn schedule(scene: &Scene<'_>, row: &RotationView) -> Line<'static> {
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let at = &row.rotate_at;
    let zone = at.time_zone.clone().unwrap_or_default();
    let days =
        if row.rotation_interval == 1 { "every day".into() } else { format!("every {} days", row.rotation_interval) };
    let mut line = Line::from(Span::styled(format!("{days} at {:02}:{:02} {zone}", at.hours, at.minutes), text));
    line.push_span(match row.starts(scene.session.now) {
        Some(next) => {
            // Its schedule is in its own zone.
            let there = when::there(next, scene.session.preferences.zone, at.time_zone.as_deref());
            let said = if there.is_some() { when::weekday_time_zone } else { when::weekday_time };
            let at = (
                said(next, scene.session.preferences.zone, scene.session.now),
                when::relative(next, scene.session.now),
            );
            let condition = if row.depends_on_fetch() { ", if fetched by then" } else { "" };
            let due = row.due_at.filter(|due| *due < next).map(|due| scene.session.local(due));
            let due = due.map(|due| format!(", due {due}")).unwrap_or_default();
            Span::styled(format!("   next {} ({}){due}{condition}", at.0, at.1), dim)
        }
        None if row.waits_undated() => Span::styled(format!("   {}", row.undated()), scene.look.style(Role::Warning)),
        None => Span::styled("   auto-rotation is off", scene.look.style(Role::Warning)),
    });
    line
}

/// What holds an old secret back.
fn held(hold: Hold) -> &'static str {
    match hold {
        Hold::Paused => "held while auto-rotation is paused",
        Hold::Behind => "held until its targets have the new one",
        Hold::Unread => "held until its consumers have the new one",
        Hold::NoDate => "stays until you give it a date",
        Hold::Attention => "held until what needs attention is settled",
    }
}

/// What is known of a connection.
pub fn connection(scene: &Scene<'_>, row: &ConnectionView) -> Vec<Fact> {
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let well = row.fault.is_none();
    let status = Span::styled(row.status.clone(), scene.look.style(if well { Role::Ok } else { Role::Danger }));
    let day = |at| scene.session.day_time(at);
    let mut since = Vec::new();
    since.extend(row.refused_since.map(|at| format!("since {}", day(at))));
    since.extend(row.next_probe_at.map(|at| tried_again(at, scene.session.now)));
    since.extend(row.last_ok_at.map(|at| format!("last worked {}", when::relative(at, scene.session.now))));
    let (waiting, _) = scene.session.rows.waiting(row.id);
    let waits = if waiting > 0 { format!(", {waiting} of them wait") } else { String::new() };
    let mut facts = vec![
        (
            if row.is_okta() { "org" } else { "server" },
            Line::from(Span::styled(row.credentials.instance_url.clone(), text)),
        ),
        ("status", Line::from(vec![status, Span::styled(format!("  {}", since.join(", ")), dim)])),
        (
            "method",
            Line::from(vec![
                Span::styled(
                    if row.is_okta() { row.method.clone() } else { format!("{} of {}", row.method, row.app) },
                    text,
                ),
                Span::styled(format!("  version {}", row.version), dim),
            ]),
        ),
        (
            "rotations",
            Line::from(vec![
                Span::styled(row.rotations.to_string(), text),
                Span::styled(waits, scene.look.style(Role::Warning)),
            ]),
        ),
    ];
    if let Some(client_id) = &row.credentials.client_id {
        facts.insert(3, ("client id", Line::from(Span::styled(client_id.clone(), text))));
    }
    if let Some(key) = &row.key {
        let id = key.key_id.clone().unwrap_or_else(|| "no key id".into());
        let rest = format!("  {}, given {}", key.algorithm.as_str(), when::relative(key.since, scene.session.now));
        facts.insert(4, ("key", Line::from(vec![Span::styled(id, text), Span::styled(rest, dim)])));
        facts.insert(5, ("thumbprint", Line::from(Span::styled(key.thumbprint.clone(), text))));
    }
    if !row.description.is_empty() {
        facts.push(("about", Line::from(Span::styled(row.description.clone(), text))));
    }
    facts
}

/// The rotations of a connection by name, and what is known of itself.
pub fn through(scene: &Scene<'_>, row: &ConnectionView) -> Vec<Fact> {
    let (text, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let through = scene.session.rows.rotations.values().filter(|rotation| rotation.connection_id == row.id);
    let mut names: Vec<&str> = through.map(|rotation| rotation.name.as_str()).collect();
    names.sort_unstable();
    let mut facts = Vec::new();
    if !names.is_empty() {
        facts.push(("for", Line::from(Span::styled(names.join(", "), text))));
    }
    facts.push(("made", Line::from(Span::styled(scene.session.day_time(row.created_at), dim))));
    facts.push(("id", Line::from(Span::styled(row.id.to_string(), dim))));
    facts
}

#[cfg(test)]
mod tests;
