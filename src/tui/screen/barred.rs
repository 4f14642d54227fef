//! The screens without panes: no engine may be opened, and a terminal that is too small.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::engine::refusal::Refusal;
use crate::tui::keys::action::Action;
use crate::tui::model::Model;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::question::Question;
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::paint::{put, wrap};

/// What keeps the engine from being opened, and what to do.
pub fn draw(refusal: &Refusal, look: &Look, buf: &mut Buffer) {
    let area = buf.area;
    let wide = area.width.saturating_sub(6).min(76);
    let x = area.x + (area.width - wide) / 2;
    let mut lines = vec![(Role::Header, "windlass".to_owned()), (Role::Text, String::new())];
    let mut say = |role: Role, text: &str| {
        lines.extend(wrap(text, usize::from(wide)).into_iter().map(|line| (role, line)));
        lines.push((Role::Text, String::new()));
    };
    say(Role::Heading, "The engine cannot be opened.");
    say(Role::Danger, &refusal.problem.what().to_string());
    say(Role::Text, &refusal.problem.todo().to_string());
    say(Role::Dim, "No changes made. Nothing rotates until this is fixed. Secrets that consumers hold keep working.");
    // On a low terminal the air goes first, and what is left of the text is cut; the keys stay.
    let room = usize::from(area.height.saturating_sub(1));
    if lines.len() > room {
        lines.retain(|(_, line)| !line.is_empty());
        lines.truncate(room);
    }
    lines.push((Role::Key, "r try again   q quit".into()));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 3;
    for (y, (role, line)) in (top..area.bottom()).zip(lines) {
        put(buf, x, y, area.right(), &line, look.style(role));
    }
}

/// A notice, or the one question that is asked on any terminal.
pub fn too_small(model: &Model, look: &Look, buf: &mut Buffer) -> Option<Position> {
    let area = buf.area;
    let mut lines: Vec<(Role, String)> = Vec::new();
    if let Some(question) = question(model).filter(|_| model.asks_to_quit()) {
        lines.push((Role::Heading, question.title.clone()));
        // The answers first: without them there is no way out.
        lines.extend(question.choices.iter().map(|it| (Role::Key, format!("{} {}", it.key, it.label))));
        lines.extend(question.text.first().map(|(_, text)| (Role::Text, text.to_string())));
    } else {
        lines.push((Role::Heading, "windlass needs 40x10".into()));
        let quit = model.session.preferences.bindings.shown(Action::Quit).unwrap_or_else(|| "q".into());
        lines.push((Role::Dim, format!("this is {}x{}; {quit} quits, no other key works", area.width, area.height)));
    }
    let wide = usize::from(area.width);
    let lines = lines.into_iter().flat_map(|(role, text)| wrap(&text, wide).into_iter().map(move |line| (role, line)));
    for (y, (role, line)) in (area.y..area.bottom()).zip(lines) {
        put(buf, area.x, y, area.right(), &line, look.style(role));
    }
    None
}

/// What is asked: the only overlay that is shown on the smallest terminals.
fn question(model: &Model) -> Option<&Question> {
    match model.overlays.last() {
        Some(Overlay::Ask(question)) => Some(question),
        _ => None,
    }
}
