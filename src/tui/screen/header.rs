//! The first row, and the names of the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::core::state::State;
use crate::text::columns::width;
use crate::tui::keys::action::Action;
use crate::tui::model::Model;
use crate::tui::panes::detail::view::title as title_of;
use crate::tui::panes::list_pane::List;
use crate::tui::panes::{Pane, Tab};
use crate::tui::scene::Scene;
use crate::tui::session::Link;
use crate::tui::theme::Role;
use crate::tui::widgets::boxes::frame;
use crate::tui::widgets::paint::{put, put_line};

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
    if model.session.preferences.read_only || model.session.who.as_ref().is_some_and(|who| who.read_only) {
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

/// How much of the names of the panes stands in their row, from all of it to what always has room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    /// Names, and how many there are and are marked.
    Counts,
    /// Names.
    Names,
    /// Short names; that of the pane that is shown is whole.
    Short,
    /// Keys, and the short name of the pane that is shown.
    Keys,
}

/// The names of the panes with their keys, and how the list is ordered. As much of them as has room.
pub fn tabs(model: &Model, scene: &Scene<'_>, area: Rect, buf: &mut Buffer) {
    let all = |room| Pane::tabs().map(move |(pane, tab)| (pane, self::tab(model, pane, tab, room)));
    let wide = |room| all(room).map(|(_, text)| width(&text)).sum::<usize>();
    let rooms = [Room::Counts, Room::Names, Room::Short];
    let room = rooms.into_iter().find(|room| wide(*room) <= usize::from(area.width)).unwrap_or(Room::Keys);
    // Where not even the keys have room, the pane that is shown stands there, with as many before it as fit.
    let shown: Vec<_> = all(room).collect();
    let here = shown.iter().position(|(pane, _)| is_shown(model, *pane)).unwrap_or_default();
    let from = |first: &usize| shown[*first..=here].iter().map(|(_, text)| width(text)).sum::<usize>();
    let first = (0..here).find(|first| from(first) <= usize::from(area.width)).unwrap_or(here);
    let mut x = area.x;
    for (pane, text) in shown.into_iter().skip(first) {
        let style = scene.look.style(if is_shown(model, pane) { Role::Heading } else { Role::Dim });
        x = put(buf, x, area.y, area.right(), &text, style);
    }
    let note = model.content(model.focus).note(&model.session);
    let wide = u16::try_from(width(&note)).unwrap_or(u16::MAX);
    if area.right().saturating_sub(x) > wide + 2 {
        put(buf, area.right() - wide - 1, area.y, area.right(), &note, scene.look.style(Role::Dim));
    }
}

/// Whether a tab is the one of what is shown.
fn is_shown(model: &Model, pane: Pane) -> bool {
    model.focus == pane || model.focus == Pane::Detail && model.list == pane
}

/// A tab.
fn tab(model: &Model, pane: Pane, tab: Tab, room: Room) -> String {
    let content = model.content(pane);
    let here = is_shown(model, pane);
    let key = key(model, pane);
    let marks = content.list().map_or(0, |list| list.marks.len());
    let count = content.count(&model.session).map(|count| format!("({count})")).unwrap_or_default();
    let text = match content.list().and_then(List::marked) {
        Some(marked) if room == Room::Counts => format!("{}{count} {marked}", tab.name),
        // What the next key acts on stands there at any size.
        Some(_) if here => format!("{} {marks} marked", tab.short),
        _ if room == Room::Counts => format!("{}{count}", tab.name),
        _ if room == Room::Names || here && room == Room::Short => tab.name.to_owned(),
        _ if room == Room::Short || here => tab.short.to_owned(),
        _ => String::new(),
    };
    let text = format!("{key}{text}");
    // A terminal without colours shows the place by the brackets.
    if here { format!("[{}]", text.trim_end()) } else { format!(" {} ", text.trim_end()) }
}

/// The key that leads to a pane, as it stands before its name.
fn key(model: &Model, pane: Pane) -> String {
    model.session.preferences.bindings.shown(Action::Show(pane)).map(|key| format!("{key} ")).unwrap_or_default()
}

/// The frame of a pane, with its key. Returns what is inside.
pub fn boxed(model: &Model, pane: Pane, area: Rect, scene: &Scene<'_>, buf: &mut Buffer) -> Rect {
    let content = model.content(pane);
    let title = pane.tab().map(|tab| format!("{}{}", key(model, pane), tab.name));
    let title = title.unwrap_or_else(|| title_of(&scene.selection).to_owned());
    // Before everything else that stands there: what the next key acts on.
    let marked = content.list().and_then(List::marked);
    let title = marked.map(|marked| format!("{title}: {marked}")).unwrap_or(title);
    frame(area, &title, &content.corner(&model.session), scene.focused, scene.look, buf)
}

#[cfg(test)]
mod tests;
