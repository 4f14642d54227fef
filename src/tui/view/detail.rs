//! What is known about the row: a strip of five lines, or a pane with everything.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::boxes::heading;
use super::connections::host;
use super::header::title;
use super::paint::{Line, put, put_line, rule, wrap};
use super::timeline;
use crate::core::history::Outcome;
use crate::core::protocol::plan::span;
use crate::core::protocol::retire::Hold;
use crate::core::rotation::Status;
use crate::engine::view::{ConnectionView, OktaSecretView, RotationView};
use crate::text::columns::width;
use crate::text::when::{self, localized};
use crate::tui::app::rows::state;
use crate::tui::app::{Model, Pane};
use crate::tui::look::{Glyph, Look, Role};

/// The strip below a list.
pub fn strip(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    rule(buf, Rect { height: 1, ..area }, look.glyph(Glyph::Horizontal), look.style(Role::Border));
    let list = if model.list == Pane::Connections { &model.connections } else { &model.rotations };
    if list.order.is_empty() {
        return;
    }
    let note = match list.marks.len() {
        0 => format!("{} of {}", list.cursor.index() + 1, list.order.len()),
        marks => format!("{marks} marked  {} of {}", list.cursor.index() + 1, list.order.len()),
    };
    heading(area, &title(model), &note, look.style(Role::Header), look, buf);
    let mut lines = match (model.rotation(), model.connection()) {
        (Some(row), _) => rotation(model, look, row, true),
        (_, Some(row)) => connection(model, look, row),
        _ => return,
    };
    lines.truncate(usize::from(area.height - 1));
    write(&lines, look, Rect { y: area.y + 1, height: area.height - 1, ..area }, buf);
}

/// The pane: everything.
pub fn draw(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    let Some(row) = model.rotation() else {
        if let Some(row) = model.connection() {
            let mut lines = connection(model, look, row);
            if let Some(fault) = &row.fault {
                let told = |text| localized(text, model.zone, model.now).into_owned();
                lines.push(("fault", vec![(look.style(Role::Danger), told(&fault.message))]));
                lines.push(("to do", vec![(look.style(Role::Text), told(&fault.hint))]));
            }
            lines.extend(through(model, look, row));
            write(&lines, look, area, buf);
        }
        return;
    };
    let used = write(&rotation(model, look, row, false), look, area, buf);
    let left = Rect { y: area.y + used + 1, height: area.height.saturating_sub(used + 1), ..area };
    let used = timeline::draw(model, look, row, left, buf);
    let left = Rect { y: left.y + used + 1, height: left.height.saturating_sub(used + 1), ..left };
    if let Some((_, secrets)) = model.secrets.as_ref().filter(|(id, _)| *id == row.id) {
        okta_secrets(model, look, secrets, left, buf);
    }
}

/// A label and what is to be said.
type Fact = (&'static str, Line);

/// Where the labels and the facts begin.
fn indents(area: Rect) -> (u16, u16) {
    if area.width < 60 { (1, 12) } else { (3, 15) }
}

/// Writes facts below each other, broken where they are long. Returns the rows that it took.
fn write(facts: &[Fact], look: &Look, area: Rect, buf: &mut Buffer) -> u16 {
    let mut y = area.y;
    let right = area.right().saturating_sub(1);
    let (margin, indent) = indents(area);
    let roomy = area.height > 8;
    for (label, line) in facts {
        if y >= area.bottom() {
            break;
        }
        put(buf, area.x + margin, y, area.x + indent - 1, label, look.style(Role::Dim));
        let x = area.x + indent;
        if let [(style, text)] = line.as_slice() {
            // One sentence may go over several lines, where there are several.
            let lines = if roomy { wrap(text, usize::from(right.saturating_sub(x))) } else { vec![text.clone()] };
            for text in &lines {
                if y < area.bottom() {
                    put(buf, x, y, right, text, *style);
                    y += 1;
                }
            }
            y += u16::from(lines.is_empty());
        } else {
            let mut at = x;
            for (style, text) in line {
                let wide = u16::try_from(width(text)).unwrap_or(u16::MAX);
                let mut text = text.as_str();
                // A piece that has no room goes to the next line, without what parted it from the one before.
                if roomy && at > x && at.saturating_add(wide) > right {
                    (at, y) = (x, y + 1);
                    text = text.trim_start_matches([' ', ',']);
                }
                if y < area.bottom() {
                    at = put(buf, at, y, right, text, *style);
                }
            }
            y += 1;
        }
    }
    y.min(area.bottom()) - area.y
}

fn rotation(model: &Model, look: &Look, row: &RotationView, short: bool) -> Vec<Fact> {
    let (text, dim, strong) = (look.style(Role::Text), look.style(Role::Dim), look.style(Role::Heading));
    let day = |at| when::day_time(at, model.zone, model.now);
    let mut facts: Vec<Fact> = Vec::new();
    if !short {
        let shown = state(row, model.now);
        let (style, sign) = (look.state(shown), look.sign(shown));
        let mut line = vec![(style, format!("{sign} {}", shown.word()))];
        if row.phase != "idle" {
            line.push((dim, format!("  {}", row.phase)));
        }
        if let Some(until) = row.paused_until {
            line.push((dim, format!("  until {}", day(until))));
        }
        facts.push(("state", line));
        facts.extend(trouble(model, look, row));
        if !row.description.is_empty() {
            facts.push(("about", vec![(text, row.description.clone())]));
        }
    }
    let app = &row.parameters;
    let mut names = vec![(text, app.app_label.clone()), (dim, format!("  {}", app.app_id))];
    let mut org = vec![(text, row.connection.name.clone())];
    if let Some(known) = model.rows.connections.get(&row.connection_id) {
        let role = if known.fault.is_some() { Role::Danger } else { Role::Ok };
        org.push((look.style(role), format!("  {}", known.status)));
        org.push((dim, format!("  {}", host(known))));
    }
    if short {
        // On one line, where what is less than the rest stands last.
        names.push((dim, "  on ".into()));
        names.extend(org);
        facts.push(("app", names));
    } else {
        if app.client_id != app.app_id {
            names.push((dim, format!("  client id {}", app.client_id)));
        }
        facts.push(("app", names));
        facts.push(("connection", org));
    }
    facts.push(("secret", current(model, look, row)));
    if let Some(previous) = row.previous.as_ref().filter(|_| !short) {
        let mut line = vec![(text, previous.secret_id.clone().unwrap_or_default())];
        line.push((dim, format!("  {}", super::rotations::old(previous, model.now))));
        if let Some(hold) = previous.held_by {
            line.push((look.style(Role::Warning), format!("  {}", held(hold))));
        }
        facts.push(("old secret", line));
    }
    facts.push(("schedule", schedule(model, look, row)));
    let mapping = &row.secrets_mapping;
    let place = format!("{}:{}", row.environment.slug, row.secret_path);
    let version = row.current.as_ref().map(|current| format!("  version {}", current.version)).unwrap_or_default();
    let names = format!("{}, {}", mapping.client_id, mapping.client_secret);
    facts.push(("maps to", vec![(dim, place + &version), (text, format!("  {names}"))]));
    if let Some(message) = &row.last_rotation_message {
        let well = row.rotation_status == Some(Outcome::Success);
        let by = if row.is_last_rotation_manual { "asked for" } else { "by schedule" };
        let at = row.last_rotation_attempted_at.map(day).unwrap_or_default();
        let style = if well { look.style(Role::Ok) } else { look.style(Role::Danger) };
        let word = if well { "success" } else { "failed" };
        let mut line = vec![(style, word.to_owned()), (dim, format!("  {at}  {by}"))];
        if !well {
            line.push((strong, format!("  {message}")));
        }
        facts.push(("last", line));
    }
    if !short {
        let terms = format!("on for {}, then off for {}", span(row.overlap_seconds), span(row.soak_seconds));
        let unread = if row.retire_unread { ", even where nobody fetched the new one" } else { "" };
        facts.push(("keeps", vec![(dim, format!("an old secret {terms}{unread}"))]));
    }
    facts
}

fn trouble(model: &Model, look: &Look, row: &RotationView) -> Vec<Fact> {
    let mut facts = Vec::new();
    let told = |text| localized(text, model.zone, model.now).into_owned();
    if let Some(attention) = &row.attention {
        facts.push(("cause", vec![(look.style(Role::Danger), told(&attention.cause))]));
        facts.push(("to do", vec![(look.style(Role::Text), told(&attention.next))]));
    }
    if let Some(fault) = &row.fault {
        facts.push(("fault", vec![(look.style(Role::Danger), told(&fault.message))]));
        facts.push(("to do", vec![(look.style(Role::Text), told(&fault.hint))]));
        if let Some(at) = row.next_try_at {
            let at = when::relative(at, model.now);
            facts.push(("then", vec![(look.style(Role::Dim), format!("tried again by itself {at}"))]));
        }
    }
    facts
}

fn current(model: &Model, look: &Look, row: &RotationView) -> Line {
    let (text, dim) = (look.style(Role::Text), look.style(Role::Dim));
    let Some(current) = &row.current else { return vec![(dim, "none yet".into())] };
    let day = |at| when::day(at, model.zone, model.now);
    let mut line = vec![
        (text, current.secret_id.clone().unwrap_or_default()),
        (look.style(Role::Ok), "  ACTIVE".into()),
        (dim, format!(" since {}", day(current.created_at))),
    ];
    line.push(match current.fetched_at {
        Some(at) => (dim, format!(", last fetched {}", when::relative(at, model.now))),
        None => (look.style(Role::Warning), ", not fetched yet".into()),
    });
    line
}

fn schedule(model: &Model, look: &Look, row: &RotationView) -> Line {
    let (text, dim) = (look.style(Role::Text), look.style(Role::Dim));
    let at = &row.rotate_at;
    let zone = at.time_zone.clone().unwrap_or_default();
    let days =
        if row.rotation_interval == 1 { "every day".into() } else { format!("every {} days", row.rotation_interval) };
    let mut line = vec![(text, format!("{days} at {:02}:{:02} {zone}", at.hours, at.minutes))];
    line.push(match row.next_rotation_at {
        Some(next) => {
            let next = (when::weekday_time(next, model.zone, model.now), when::relative(next, model.now));
            (dim, format!("   next {} ({})", next.0, next.1))
        }
        None => (look.style(Role::Warning), "   auto-rotation is off".into()),
    });
    line
}

/// What holds an old secret back.
fn held(hold: Hold) -> &'static str {
    match hold {
        Hold::Paused => "held while auto-rotation is paused",
        Hold::Unread => "held until somebody fetches the new one",
        Hold::NoDate => "stays until somebody says otherwise",
        Hold::Attention => "held until a person has looked",
    }
}

fn connection(model: &Model, look: &Look, row: &ConnectionView) -> Vec<Fact> {
    let (text, dim) = (look.style(Role::Text), look.style(Role::Dim));
    let well = row.fault.is_none();
    let status = (look.style(if well { Role::Ok } else { Role::Danger }), row.status.clone());
    let day = |at| when::day_time(at, model.zone, model.now);
    let mut since = Vec::new();
    since.extend(row.refused_since.map(|at| format!("since {}", day(at))));
    since.extend(row.next_probe_at.map(|at| format!("tried again {}", when::relative(at, model.now))));
    since.extend(row.last_ok_at.map(|at| format!("last worked {}", when::relative(at, model.now))));
    let (waiting, _) = model.rows.waiting(row.id);
    let waits = if waiting > 0 { format!(", {waiting} of them wait") } else { String::new() };
    let mut facts = vec![
        ("org", vec![(text, row.credentials.instance_url.clone())]),
        ("status", vec![status, (dim, format!("  {}", since.join(", ")))]),
        ("method", vec![(text, row.method.clone()), (dim, format!("  version {}", row.version))]),
        ("rotations", vec![(text, row.rotations.to_string()), (look.style(Role::Warning), waits)]),
    ];
    if !row.description.is_empty() {
        facts.push(("about", vec![(text, row.description.clone())]));
    }
    facts
}

/// The rotations of a connection by name, and what is known of itself.
fn through(model: &Model, look: &Look, row: &ConnectionView) -> Vec<Fact> {
    let (text, dim) = (look.style(Role::Text), look.style(Role::Dim));
    let through = model.rows.rotations.values().filter(|rotation| rotation.connection_id == row.id);
    let mut names: Vec<&str> = through.map(|rotation| rotation.name.as_str()).collect();
    names.sort_unstable();
    let mut facts = Vec::new();
    if !names.is_empty() {
        facts.push(("for", vec![(text, names.join(", "))]));
    }
    facts.push(("made", vec![(dim, when::day_time(row.created_at, model.zone, model.now))]));
    facts.push(("id", vec![(dim, row.id.to_string())]));
    facts
}

/// Every Okta secret of the rotation, newest first.
fn okta_secrets(model: &Model, look: &Look, secrets: &[OktaSecretView], area: Rect, buf: &mut Buffer) {
    if area.height < 3 {
        return;
    }
    let x = area.x + 3;
    let right = area.right().saturating_sub(1);
    put(buf, x, area.y, right, "SECRETS AT OKTA", look.style(Role::Heading));
    let day = |at| when::day(at, model.zone, model.now);
    for (line, secret) in secrets.iter().rev().take(usize::from(area.height - 1)).enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        let status = format!("{:?}", secret.status).to_uppercase();
        let style: Style = look.style(if secret.status == Status::Active { Role::Ok } else { Role::Dim });
        let mut life = vec![format!("made {}", day(secret.created_at))];
        life.extend(secret.version.map(|version| format!("version {version}")));
        life.extend(secret.deactivated_at.map(|at| format!("off {}", day(at))));
        life.extend(secret.deleted_at.map(|at| format!("deleted {}", day(at))));
        life.extend(secret.retired_by.as_ref().map(|by| format!("by {by}")));
        let id = secret.secret_id.clone().unwrap_or_else(|| "(not known yet)".into());
        let line = vec![
            (look.style(Role::Text), format!("{id:<22}")),
            (style, format!("{status:<9} ")),
            (look.style(Role::Dim), life.join(", ")),
        ];
        put_line(buf, x, y, right, &line);
    }
}
