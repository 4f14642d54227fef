//! The targets of a rotation as they are drawn: a table, or all that is known of one of them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{KEYS, Targets};
use crate::core::secret::Credential;
use crate::core::target::Drift;
use crate::engine::view::TargetView;
use crate::text::columns::width;
use crate::text::when::{relative, span};
use crate::tui::obstacle::acting;
use crate::tui::panes::detail::facts::targets::{role, stands};
use crate::tui::scene::Scene;
use crate::tui::theme::Role;
use crate::tui::widgets::boxes::{CLOSE, WIDE, text, window};
use crate::tui::widgets::paint::{put_line, wrap};
use crate::tui::widgets::table::{Cell, Column, Table};

const COLUMNS: [Column; 5] = [
    Column::new("NAME", 0, 10, 24),
    Column::new("KIND", 3, 7, 12),
    Column::new("PLACE", 2, 14, 40),
    Column::new("STANDS", 0, 13, 13),
    Column::new("VERSION", 1, 7, 7),
];

/// Where the facts about one begin.
const INDENT: usize = 19;

/// Draws it.
pub fn draw(shown: &Targets, scene: &Scene<'_>, buf: &mut Buffer) {
    let (list, at) = shown.list(scene.session);
    let wide = (WIDE + 4).min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let keys = keys(scene, room);
    let Some(target) = list.get(at) else {
        let what = "Nothing is delivered for it yet: programs on this machine fetch it themselves. A target is a file, a \
                    command, units of systemd, or a secret of a server; it gets each new version, and the old secret waits \
                    until it has it.";
        let mut lines = said(scene, what, Role::Text, room);
        lines.push(Line::default());
        let row = scene.session.rows.rotations.get(&shown.rotation);
        lines.extend(said(scene, "n  a new target", Role::Key, room));
        let title = row.map_or_else(|| "Targets".to_owned(), |row| format!("Targets of {}", row.name));
        return text(&title, &lines, 0, scene.look, buf);
    };
    if shown.open {
        let mut lines = one(target, scene, room);
        lines.push(Line::default());
        lines.extend(keys);
        let title = format!("Target {}/{}", target.rotation_name, target.name);
        return text(&title, &lines, shown.scroll, scene.look, buf);
    }
    let mut below = vec![Line::default()];
    if let Some(fault) = &target.fault {
        below.extend(said(scene, &scene.words(&fault.problem.what()), role(target), room));
        below.extend(said(scene, &scene.words(&fault.problem.todo()), Role::Text, room));
        below.push(Line::default());
    }
    below.extend(keys);
    let most = usize::from(buf.area.height.saturating_sub(4));
    // The rows are never pushed out by what is said about one of them.
    let high = (list.len() + 1 + below.len()).min(most);
    let rows = list.len().min(high.saturating_sub(1 + below.len()).max(3)).min(high.saturating_sub(1)).max(1);
    let first = (at + 1).saturating_sub(rows);
    let place = format!("{} of {}  {CLOSE}", at + 1, list.len());
    let title = format!("Targets of {}", target.rotation_name);
    let inner = window(&title, &place, wide, u16::try_from(high).unwrap_or(u16::MAX), scene.look, buf);
    let table = Table::new(&COLUMNS, inner, 0);
    let mut lines = inner.rows();
    if let Some(line) = lines.next() {
        table.head(line.y, scene.look, buf);
    }
    for (index, target) in list.iter().enumerate().skip(first).take(rows) {
        let Some(line) = lines.next() else { return };
        table.row(line.y, cells(scene, target), buf);
        if index == at {
            buf.set_style(Rect { height: 1, ..line }, scene.look.style(Role::Selected));
        }
    }
    let room_below = usize::from(inner.height).saturating_sub(1 + rows);
    if below.len() > room_below && room_below > 1 {
        // What does not fit here stands with the target, where it scrolls.
        below.truncate(room_below - 1);
        below.extend(said(scene, "Enter  the rest", Role::Key, room).into_iter().take(1));
    }
    for (line, said) in lines.zip(&below) {
        put_line(buf, line.x, line.y, line.right(), said);
    }
}

fn cells<'a>(scene: &Scene<'_>, target: &'a TargetView) -> [Cell<'a>; 5] {
    let dim = scene.look.style(Role::Dim);
    [
        (scene.look.style(Role::Text), target.name.as_str().into()),
        (dim, target.destination.as_str().into()),
        (dim, target.place.as_str().into()),
        (scene.look.style(role(target)), target.stands().into()),
        (dim, target.confirmed_version.map(|version| version.to_string()).unwrap_or_default().into()),
    ]
}

/// All that is known of one.
fn one(target: &TargetView, scene: &Scene<'_>, room: usize) -> Vec<Line<'static>> {
    let at = |at| format!("{} ({})", scene.session.day_time(at), relative(at, scene.session.now));
    let mut facts: Vec<(&str, Role, String)> = vec![
        ("place", Role::Text, format!("{} {}", target.destination, target.place)),
        ("stands", role(target), stands(scene, target)),
    ];
    if let Some(fault) = &target.fault {
        facts.push(("why", role(target), scene.words(&fault.problem.what())));
        facts.push(("to do", Role::Text, scene.words(&fault.problem.todo())));
        let since = target.since.map(|since| format!(", since {}", at(since))).unwrap_or_default();
        let next = target.next_try_at.map(|next| format!("; tried again {}", at(next))).unwrap_or_default();
        let times = if target.tries == 1 { "once".to_owned() } else { format!("{} times", target.tries) };
        facts.push(("tried", Role::Dim, format!("{times}{since}{next}")));
    }
    if let (Some(version), Some(since)) = (target.confirmed_version, target.last_synced_at) {
        let remote = target.remote_version.as_ref().map(|remote| format!(", there as {remote}")).unwrap_or_default();
        facts.push(("has", Role::Text, format!("version {version}{remote}, since {}", at(since))));
    }
    if let (Some(found), Some(looked)) = (&target.found, target.looked_at) {
        facts.push(("last look", Role::Text, format!("{}: {}", at(looked), scene.words(&found.say()))));
    }
    let holds = |holds: &Credential| match holds {
        Credential::ClientId => "client id",
        Credential::ClientSecret => "client secret",
    };
    let keys: Vec<String> = target.keys.iter().map(|(name, it)| format!("{name} ({})", holds(it))).collect();
    facts.push(("keys", Role::Text, keys.join(", ")));
    let waits = match (target.gates, target.settle_seconds) {
        (false, _) => "does not wait for it".to_owned(),
        (true, 0) => "waits for it".to_owned(),
        (true, settle) => format!("waits for it, and {} longer", span(settle)),
    };
    facts.push(("old secret", Role::Text, waits));
    let drift = match target.drift {
        Drift::Restore => "is delivered again, once a day at most",
        Drift::Attend => "is left, and needs attention",
    };
    facts.push(("if changed there", Role::Dim, drift.to_owned()));
    if !target.after.is_empty() {
        facts.push(("after a delivery", Role::Text, target.after.join(" ")));
    }
    let socket = scene.session.who.as_ref().map_or("", |engine| engine.credential_socket.as_str());
    if target.destination_config.units().is_some() && !socket.is_empty() {
        facts.extend(target.unit_lines(socket).into_iter().map(|line| ("in the unit", Role::Text, line)));
    }
    facts.into_iter().flat_map(|fact| lines(scene, fact, room)).collect()
}

/// A fact, broken where it is long.
fn lines(scene: &Scene<'_>, (label, role, said): (&str, Role, String), room: usize) -> Vec<Line<'static>> {
    let indent = if room < 50 { 0 } else { INDENT };
    let (dim, style) = (scene.look.style(Role::Dim), scene.look.style(role));
    let mut lines: Vec<Line<'static>> = Vec::new();
    if indent == 0 {
        lines.push(Line::from(Span::styled(label.to_owned(), dim)));
    }
    for (index, line) in wrap(&said, room.saturating_sub(indent.max(2))).into_iter().enumerate() {
        let label = if index == 0 && indent > 0 { label } else { "" };
        let label = format!("{label:<indent$}", indent = indent.max(2));
        lines.push(Line::from(vec![Span::styled(label, dim), Span::styled(line, style)]));
    }
    lines
}

fn said(scene: &Scene<'_>, text: &str, role: Role, room: usize) -> Vec<Line<'static>> {
    wrap(text, room).into_iter().map(|line| Line::from(Span::styled(line, scene.look.style(role)))).collect()
}

/// The keys, broken between them; dim where they do nothing, and why.
fn keys(scene: &Scene<'_>, room: usize) -> Vec<Line<'static>> {
    let why = acting(scene.session);
    let (key, plain, dim) = (scene.look.style(Role::Key), scene.look.style(Role::Text), scene.look.style(Role::Dim));
    let (mut lines, mut used) = (vec![Line::default()], 0);
    for (name, does, changes) in KEYS {
        let wide = width(name) + width(does) + 3;
        if used > 0 && used + wide - 2 > room {
            lines.push(Line::default());
            used = 0;
        }
        used += wide;
        let can = !changes || why.is_none();
        let (key, plain) = if can { (key, plain) } else { (dim, dim) };
        if let Some(line) = lines.last_mut() {
            line.push_span(Span::styled(name, key));
            line.push_span(Span::styled(format!(" {does}  "), plain));
        }
    }
    lines.extend(why.iter().flat_map(|why| said(scene, &format!("not now: {why}"), Role::Dim, room)));
    lines
}
