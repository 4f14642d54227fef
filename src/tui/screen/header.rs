//! The first row, and the names of the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::core::state::State;
use crate::text::columns::width;
use crate::tui::keys::action::Action;
use crate::tui::model::{Link, Model};
use crate::tui::panes::Pane;
use crate::tui::panes::log::TimeMode;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::paint::{Line, put, put_line};

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
pub fn draw(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    let wide = usize::from(area.width);
    // In words where there is room for them beside the rest, and else by the signs of the list.
    let beside = length(&left(model, look, 0).concat());
    let levels = [State::Paused, State::Waiting, State::Failing].map(Some).into_iter().chain([None]);
    let right = levels
        .map(|words| counts(model, look, words))
        .reduce(|right, shorter| if beside + length(&right) < wide { right } else { shorter });
    let right = right.unwrap_or_default();
    let start = area.right() - u16::try_from(length(&right)).unwrap_or(u16::MAX).min(area.width);
    put_line(buf, start, area.y, area.right(), &right);
    let mut x = area.x;
    for part in &left(model, look, usize::from(start)) {
        if usize::from(x) + length(part) < usize::from(start) {
            x = put_line(buf, x, area.y, start, part);
        }
    }
}

fn length(line: &[(Style, String)]) -> usize {
    line.iter().map(|(_, text)| width(text)).sum()
}

/// How many rotations there are in each state that is more than well, and in all: those up to `words` in words, the others by
/// their signs.
fn counts(model: &Model, look: &Look, words: Option<State>) -> Line {
    let counts = model.rows.counts;
    let there = State::ALL.into_iter().filter(|state| *state != State::Ok && counts.of(*state) > 0);
    let mut line: Line = Vec::new();
    for state in there {
        let count = counts.of(state);
        let word = match state {
            State::Due => "due<7d".to_owned(),
            state => state.word().to_lowercase(),
        };
        let said = if words.is_some_and(|last| state <= last) {
            format!("{count} {word}  ")
        } else {
            format!("{}{count} ", look.sign(state))
        };
        line.push((look.state(state), said));
    }
    if words < Some(State::Paused) && !line.is_empty() {
        line.push((look.style(Role::Dim), " ".into()));
    }
    line.push((look.style(Role::Dim), format!("{} in all ", counts.total)));
    line
}

/// The parts that stand before them, in so much room.
fn left(model: &Model, look: &Look, room: usize) -> Vec<Line> {
    let (dim, strong) = (look.style(Role::Dim), look.style(Role::Heading));
    let mut parts: Vec<Line> = vec![vec![(look.style(Role::Header), " windlass".into())]];
    if let Some(demo) = &model.demo {
        parts.push(vec![(look.style(Role::Warning), "  DEMO".into())]);
        // Its end is the point of it.
        let end = demo.header.rsplit('·').next().unwrap_or_default().trim();
        let room = room.saturating_sub(length(&parts.concat()));
        let told = if width(&demo.header) + 3 <= room { demo.header.as_str() } else { end };
        parts.push(vec![(strong, format!("  {told}"))]);
    }
    if let Some(who) = model.who.as_ref().filter(|_| model.demo.is_none()) {
        parts.push(vec![(strong, format!("  {}", who.host))]);
    }
    if model.read_only || model.who.as_ref().is_some_and(|who| who.read_only) {
        parts.push(vec![(look.style(Role::Warning), "  read-only".into())]);
    }
    let (style, engine) = engine(model, look);
    parts.push(vec![(dim, "  engine: ".into()), (style, engine)]);
    parts
}

fn engine(model: &Model, look: &Look) -> (Style, String) {
    match (&model.link, &model.who) {
        (Link::Looking | Link::Barred(_), _) | (_, None) => (look.style(Role::Dim), "…".into()),
        (Link::Lost { .. }, _) => (look.style(Role::Danger), "lost".into()),
        (Link::Up, Some(_)) if model.own => (look.style(Role::Text), "this session".into()),
        (Link::Up, Some(who)) if who.role == "serve" => (look.style(Role::Text), format!("service, pid {}", who.pid)),
        (Link::Up, Some(who)) => (look.style(Role::Text), format!("pid {}, {}", who.pid, who.user)),
    }
}

/// The names of the panes with their keys, and how the list is ordered.
pub fn tabs(model: &Model, look: &Look, area: Rect, buf: &mut Buffer) {
    let mut x = area.x;
    for ((action, pane, name), short) in PANES.into_iter().zip(SHORT) {
        let here = model.focus == pane || model.focus == Pane::Detail && model.list == pane;
        let style = look.style(if here { Role::Heading } else { Role::Dim });
        // With counts it takes some 60 columns, with names 46; below that only the pane that is shown has its name whole.
        let name = if area.width < 48 && !here { short } else { name };
        let count = match pane {
            _ if area.width < 64 => String::new(),
            Pane::Rotations => format!("({})", model.rows.rotations.len()),
            Pane::Connections => format!("({})", model.rows.connections.len()),
            _ => String::new(),
        };
        let key = model.bindings.shown(action).map(|key| format!("{key} ")).unwrap_or_default();
        let list = match pane {
            Pane::Rotations => Some(&model.rotations),
            Pane::Connections => Some(&model.connections),
            _ => None,
        };
        // What the next key acts on stands there at any size.
        let (name, count) = match list.and_then(crate::tui::panes::list_pane::List::marked) {
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
        put(buf, area.right() - wide - 1, area.y, area.right(), &note, look.style(Role::Dim));
    }
}

/// The name of what is shown.
pub fn title(model: &Model) -> String {
    let rotation = model.rotation().map(|row| &row.name);
    rotation.or_else(|| model.connection().map(|row| &row.name)).cloned().unwrap_or_else(|| "Detail".into())
}

/// What orders the list; where instants are shown, the zone that they are in.
pub fn note(model: &Model) -> String {
    match (model.focus, model.log.time()) {
        (Pane::Rotations, _) => format!("sort: {}", model.rotations.sort.word()),
        (Pane::Log, TimeMode::Relative) | (Pane::Connections, _) => String::new(),
        (Pane::Log, TimeMode::Utc) => "times: UTC".into(),
        _ => format!("times: {}", model.zone),
    }
}

#[cfg(test)]
mod tests;
