//! The first row, and the names of the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::core::state::State;
use crate::text::columns::width;
use crate::tui::keys::action::Action;
use crate::tui::model::Model;
use crate::tui::panes::Pane;
use crate::tui::panes::detail::view::title;
use crate::tui::panes::list_pane::List;
use crate::tui::panes::log::TimeMode;
use crate::tui::scene::Scene;
use crate::tui::session::Link;
use crate::tui::theme::Role;
use crate::tui::widgets::boxes::frame;
use crate::tui::widgets::paint::{put, put_line};

/// The panes in the order of their keys, and what leads there.
pub const PANES: [(Action, Pane, &str); 4] = [
    (Action::Rotations, Pane::Rotations, "Rotations"),
    (Action::Connections, Pane::Connections, "Connections"),
    (Action::History, Pane::History, "History"),
    (Action::Log, Pane::Log, "Log"),
];

/// The same where there is no room for them.
const SHORT: [&str; 4] = ["Rot", "Conn", "Hist", "Log"];

/// Who this is, where, which engine, and how it stands. A part that has no room is left out, not cut.
pub fn draw(model: &Model, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let wide = usize::from(area.width);
    // In words where there is room for them beside the rest, and else by the signs of the list.
    let beside = left(model, scene, 0).iter().map(length).sum::<usize>();
    let levels = [State::Paused, State::Waiting, State::Failing].map(Some).into_iter().chain([None]);
    let right = levels
        .map(|words| counts(model, scene, words))
        .reduce(|right, shorter| if beside + length(&right) < wide { right } else { shorter });
    let right = right.unwrap_or_default();
    let start = area.right() - u16::try_from(length(&right)).unwrap_or(u16::MAX).min(area.width);
    put_line(buf, start, area.y, area.right(), &right);
    let mut x = area.x;
    for part in &left(model, scene, usize::from(start)) {
        if usize::from(x) + length(part) < usize::from(start) {
            x = put_line(buf, x, area.y, start, part);
        }
    }
}

fn length(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| width(&span.content)).sum()
}

/// How many rotations there are in each state that is more than well, and in all: those up to `words` in words, the others by
/// their signs.
fn counts(model: &Model, scene: &Scene<'_>, words: Option<State>) -> Line<'static> {
    let counts = model.session.rows.counts;
    let there = State::ALL.into_iter().filter(|state| *state != State::Ok && counts.of(*state) > 0);
    let mut line = Line::default();
    for state in there {
        let count = counts.of(state);
        let word = match state {
            State::Due => "due<7d".to_owned(),
            state => state.word().to_lowercase(),
        };
        let said = if words.is_some_and(|last| state <= last) {
            format!("{count} {word}  ")
        } else {
            format!("{}{count} ", scene.look.sign(state))
        };
        line.push_span(Span::styled(said, scene.look.state(state)));
    }
    if words < Some(State::Paused) && !line.spans.is_empty() {
        line.push_span(Span::styled(" ", scene.look.style(Role::Dim)));
    }
    line.push_span(Span::styled(format!("{} in all ", counts.total), scene.look.style(Role::Dim)));
    line
}

/// The parts that stand before them, in so much room.
fn left(model: &Model, scene: &Scene<'_>, room: usize) -> Vec<Line<'static>> {
    let (dim, strong) = (scene.look.style(Role::Dim), scene.look.style(Role::Heading));
    let mut parts: Vec<Line<'static>> = vec![Line::from(Span::styled(" windlass", scene.look.style(Role::Header)))];
    if let Some(demo) = &model.session.demo {
        parts.push(Line::from(Span::styled("  DEMO", scene.look.style(Role::Warning))));
        // Its end is the point of it.
        let end = demo.header.rsplit('·').next().unwrap_or_default().trim();
        let room = room.saturating_sub(parts.iter().map(length).sum::<usize>());
        let reported = if width(&demo.header) + 3 <= room { demo.header.as_str() } else { end };
        parts.push(Line::from(Span::styled(format!("  {reported}"), strong)));
    }
    if let Some(who) = model.session.who.as_ref().filter(|_| model.session.demo.is_none()) {
        parts.push(Line::from(Span::styled(format!("  {}", who.host), strong)));
    }
    if model.session.read_only || model.session.who.as_ref().is_some_and(|who| who.read_only) {
        parts.push(Line::from(Span::styled("  read-only", scene.look.style(Role::Warning))));
    }
    parts.push(Line::from(vec![Span::styled("  engine: ", dim), engine(model, scene)]));
    parts
}

fn engine(model: &Model, scene: &Scene<'_>) -> Span<'static> {
    let (role, said) = match (&model.session.link, &model.session.who) {
        (Link::Looking | Link::Barred(_), _) | (_, None) => (Role::Dim, "…".to_owned()),
        (Link::Lost { .. }, _) => (Role::Danger, "lost".to_owned()),
        (Link::Up, Some(_)) if model.session.own => (Role::Text, "this session".to_owned()),
        (Link::Up, Some(who)) if who.role == "serve" => (Role::Text, format!("service, pid {}", who.pid)),
        (Link::Up, Some(who)) => (Role::Text, format!("pid {}, {}", who.pid, who.user)),
    };
    Span::styled(said, scene.look.style(role))
}

/// The names of the panes with their keys, and how the list is ordered.
pub fn tabs(model: &Model, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let mut x = area.x;
    for ((action, pane, name), short) in PANES.into_iter().zip(SHORT) {
        let here = model.focus == pane || model.focus == Pane::Detail && model.list == pane;
        let style = scene.look.style(if here { Role::Heading } else { Role::Dim });
        // With counts it takes some 60 columns, with names 46; below that only the pane that is shown has its name whole.
        let name = if area.width < 48 && !here { short } else { name };
        let count = match pane {
            _ if area.width < 64 => String::new(),
            Pane::Rotations => format!("({})", model.session.rows.rotations.len()),
            Pane::Connections => format!("({})", model.session.rows.connections.len()),
            _ => String::new(),
        };
        let key = model.session.bindings.shown(action).map(|key| format!("{key} ")).unwrap_or_default();
        let list = match pane {
            Pane::Rotations => Some(&model.rotations),
            Pane::Connections => Some(&model.connections),
            _ => None,
        };
        // What the next key acts on stands there at any size.
        let (name, count) = match list.and_then(List::marked) {
            Some(marked) if area.width >= 64 => (name, format!("{count} {marked}")),
            Some(_) if here => (short, format!(" {} marked", list.map_or(0, |list| list.marks.len()))),
            _ => (name, count),
        };
        // A terminal without colours shows the place by the brackets.
        let text = if here { format!("[{key}{name}{count}]") } else { format!(" {key}{name}{count} ") };
        x = put(buf, x, area.y, area.right(), &text, style);
    }
    let note = note(model);
    let wide = u16::try_from(width(&note)).unwrap_or(u16::MAX);
    if area.right().saturating_sub(x) > wide + 2 {
        put(buf, area.right() - wide - 1, area.y, area.right(), &note, scene.look.style(Role::Dim));
    }
}

/// The frame of a pane, with its key. Returns what is inside.
pub fn boxed(model: &Model, pane: Pane, area: Rect, scene: &Scene<'_>, buf: &mut Buffer) -> Rect {
    let named = PANES.iter().find(|(_, known, _)| *known == pane);
    let title = match (named, pane) {
        (Some((action, _, name)), _) => {
            let key = model.session.bindings.shown(*action).map(|key| format!("{key} ")).unwrap_or_default();
            format!("{key}{name}")
        }
        (None, _) => title(&scene.selection).to_owned(),
    };
    // Before everything else that stands there: what the next key acts on.
    let list = match pane {
        Pane::Rotations => Some(&model.rotations),
        Pane::Connections => Some(&model.connections),
        _ => None,
    };
    let marked = list.and_then(List::marked);
    let title = marked.map(|marked| format!("{title}: {marked}")).unwrap_or(title);
    let note = match pane {
        Pane::Rotations => {
            let list = &model.rotations;
            let at = if list.order.is_empty() { 0 } else { list.cursor.index() + 1 };
            format!("{at} of {}  sort: {}", list.order.len(), list.sort.word())
        }
        Pane::Connections => format!("{}", model.session.rows.connections.len()),
        _ => String::new(),
    };
    frame(area, &title, &note, scene.focused, scene.look, buf)
}

/// What orders the list; where instants are shown, the zone that they are in.
fn note(model: &Model) -> String {
    match (model.focus, model.log.lines.time()) {
        (Pane::Rotations, _) => format!("sort: {}", model.rotations.sort.word()),
        (Pane::Log, TimeMode::Relative) | (Pane::Connections, _) => String::new(),
        (Pane::Log, TimeMode::Utc) => "times: UTC".into(),
        _ => format!("times: {}", model.session.zone),
    }
}

#[cfg(test)]
mod tests;
