//! The first row, and the names of the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Line, put, put_line};
use crate::tui::app::{Link, Model, Pane};
use crate::tui::look::{Look, Role};
use crate::tui::text::width;

/// The panes in the order of their keys.
pub const PANES: [(char, Pane, &str); 4] = [
    ('1', Pane::Rotations, "Rotations"),
    ('2', Pane::Connections, "Connections"),
    ('3', Pane::History, "History"),
    ('4', Pane::Log, "Log"),
];

/// Who this is, where, which engine, and how it stands.
pub fn draw(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    let (dim, strong) = (look.style(Role::Dim), look.style(Role::Heading));
    let mut left: Line = vec![(look.style(Role::Header), " windlass".into())];
    if let Some(demo) = &model.demo {
        left.push((look.style(Role::Warning), "  DEMO".into()));
        left.push((strong, format!("  {}", demo.header)));
    }
    if let Some(who) = model.who.as_ref().filter(|_| model.demo.is_none()) {
        left.push((strong, format!("  {}", who.host)));
    }
    let (style, engine) = engine(model, look);
    left.push((dim, "  engine: ".into()));
    left.push((style, engine));
    if model.read_only {
        left.push((look.style(Role::Warning), "  read-only".into()));
    }
    let counts = model.rows.counts;
    let mut right: Line = Vec::new();
    if counts.attention > 0 {
        right.push((look.style(Role::Danger), format!("{} attention", counts.attention)));
        right.push((dim, "  ".into()));
    }
    if counts.due > 0 {
        right.push((look.style(Role::Warning), format!("{} due<7d", counts.due)));
        right.push((dim, "  ".into()));
    }
    right.push((dim, format!("{} ", counts.total)));
    let length = |line: &Line| line.iter().map(|(_, text)| width(text)).sum::<usize>();
    let wide = u16::try_from(length(&right)).unwrap_or(u16::MAX).min(area.width);
    let start = area.right() - wide;
    put_line(buf, area.x, area.y, start.saturating_sub(1), &left);
    put_line(buf, start, area.y, area.right(), &right);
}

fn engine(model: &Model, look: &Look) -> (ratatui::style::Style, String) {
    match (&model.link, &model.who) {
        (Link::Looking | Link::Barred(_), _) | (_, None) => (look.style(Role::Dim), "…".into()),
        (Link::Lost { .. }, _) => (look.style(Role::Danger), "lost".into()),
        (Link::Up, Some(_)) if model.own => (look.style(Role::Text), "this session".into()),
        (Link::Up, Some(who)) if who.role == "serve" => (look.style(Role::Text), format!("service, pid {}", who.pid)),
        (Link::Up, Some(who)) => (look.style(Role::Text), format!("pid {} {}", who.pid, who.user)),
    }
}

/// The names of the panes with their keys, and how the list is ordered.
pub fn tabs(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    let mut x = area.x;
    // The whole row takes some 60 columns; below that only the pane that is shown has its name in full.
    let short = area.width < 64;
    for (key, pane, name) in PANES {
        let here = model.focus == pane || model.focus == Pane::Detail && model.list == pane;
        let style = look.style(if here { Role::Heading } else { Role::Dim });
        let name = if short && !here { &name[..3] } else { name };
        let count = match pane {
            _ if short => String::new(),
            Pane::Rotations => format!("({})", model.rows.rotations.len()),
            Pane::Connections => format!("({})", model.rows.connections.len()),
            _ => String::new(),
        };
        // A terminal without colours shows the place by the brackets.
        let text = if here { format!("[{key} {name}{count}]") } else { format!(" {key} {name}{count} ") };
        x = put(buf, x, area.y, area.right(), &text, style);
    }
    let note = note(model);
    let wide = u16::try_from(width(&note)).unwrap_or(u16::MAX);
    if area.right().saturating_sub(x) > wide + 2 {
        put(buf, area.right() - wide - 1, area.y, area.right(), &note, look.style(Role::Dim));
    }
}

/// What narrows and orders the list.
pub fn note(model: &Model) -> String {
    match model.focus {
        Pane::Rotations => format!("sort: {}", model.rotations.sort.word()),
        _ => String::new(),
    }
}
