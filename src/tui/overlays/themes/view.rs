//! The list of themes. What is tried on is seen behind it, so the box is no larger than it needs to be.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::core::state::State;
use crate::text::columns::width;
use crate::tui::overlays::themes::{Chooser, Themes};
use crate::tui::theme::{Look, Role};
use crate::tui::widgets::boxes::window;
use crate::tui::widgets::paint::{put, put_right, wrap};

/// The width of its box.
const WIDE: u16 = 68;

/// As many rows the list keeps before what is written below it gives way.
const LEAST: usize = 4;

/// As many refused files are reported.
const REFUSED: usize = 3;

/// In the order in which the list of rotations has them.
const STATES: [State; 7] =
    [State::Attention, State::Failing, State::Waiting, State::Rotating, State::Due, State::Ok, State::Paused];

/// Draws it.
pub fn draw(chooser: &Chooser, themes: &Themes, look: &Look, buf: &mut Buffer) {
    let items = &themes.items;
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let said = said(chooser, themes, look, usize::from(wide.saturating_sub(4)));
    let high = u16::try_from(items.len() + said.len() + 2).unwrap_or(u16::MAX);
    let place = format!("{} of {}", chooser.at + 1, items.len());
    let inner = window("Theme", &place, wide, high, look, buf);
    let room = usize::from(inner.height);
    let shown = items.len().min(room.saturating_sub(said.len() + 2).max(LEAST.min(room)));
    // Where not even that fits, what a key does is of more use than samples and air.
    let tight = room < shown + said.len() + 2;
    let first = (chooser.at + 1).saturating_sub(shown);
    let mut y = inner.y;
    for (index, item) in items.iter().enumerate().skip(first).take(shown) {
        let here = index == chooser.at;
        let base = look.style(if here { Role::Selected } else { Role::Text });
        if here {
            buf.set_style(Rect { y, height: 1, ..inner }, base);
        }
        let active = item.name == themes.active;
        let note = if active { format!("{}, worn now", item.note) } else { item.note.to_owned() };
        let dim = if here { base } else { look.style(Role::Dim) };
        let start = put_right(buf, inner.x + 16, y, inner.right(), &note, dim);
        put(buf, inner.x, y, start.saturating_sub(1), &item.name, base);
        y += 1;
    }
    if !tight {
        samples(look, Rect { y: y + 1, height: 1, ..inner }, buf);
        y += 2;
    }
    for (y, (role, line)) in (y..inner.bottom()).zip(said) {
        put(buf, inner.x, y, inner.right(), &line, look.style(role));
    }
}

/// The states as this theme has them: the screen behind may show few of them.
fn samples(look: &Look, area: Rect, buf: &mut Buffer) {
    let mut x = area.x;
    for state in STATES {
        let word = format!("{} {}", look.sign(state), state.word());
        if usize::from(area.right().saturating_sub(x)) < width(&word) {
            return;
        }
        x = put(buf, x, area.y, area.right(), &word, look.state(state)) + 1;
    }
}

fn said(chooser: &Chooser, themes: &Themes, look: &Look, room: usize) -> Vec<(Role, String)> {
    let mut lines = Vec::new();
    let mut say = |role: Role, text: &str| lines.extend(wrap(text, room).into_iter().map(|line| (role, line)));
    say(Role::Text, "Enter keeps it, for the next start too; Esc goes back.");
    if let Some(name) = chooser.name() {
        say(Role::Dim, &format!("By hand: {}", themes.keep(name)));
    }
    if !look.has_colours() {
        say(Role::Dim, "No colours: NO_COLOR or --color never says so, or TERM has none.");
    }
    for refused in themes.refused.iter().take(REFUSED) {
        say(Role::Warning, &format!("refused: {refused}"));
    }
    if themes.refused.len() > REFUSED {
        let more = themes.refused.len() - REFUSED;
        say(Role::Warning, &format!("and {more} more {} refused", if more == 1 { "file is" } else { "files are" }));
    }
    lines
}

#[cfg(test)]
mod tests;
