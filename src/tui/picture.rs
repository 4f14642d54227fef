//! A frame as text, with its styles: what a snapshot keeps, so that a lost colour is a difference like a lost word.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::model::Model;
use super::screen::{Memory, draw};
use super::theme::{Depth, Glyphs, Look, TerminalCaps, Themes};

mod readme;
mod svg;

/// The theme that fits a terminal of these means.
pub fn look(depth: Depth, glyphs: Glyphs) -> Look {
    let caps = TerminalCaps { depth, glyphs };
    Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps)
}

/// The whole screen.
pub fn drawn(model: &Model, look: &Look) -> Buffer {
    let (columns, lines) = model.size;
    let mut frame = Buffer::empty(Rect::new(0, 0, columns, lines));
    draw(model, look, &mut Memory::default(), &mut frame);
    frame
}

/// The whole screen, with sixteen colours.
pub fn picture(model: &Model) -> String {
    styled_snapshot(&drawn(model, &look(Depth::Sixteen, Glyphs::Unicode)))
}

/// The rows as they are read, then for each row the stretches that are not plain.
pub fn styled_snapshot(frame: &Buffer) -> String {
    let mut text = String::new();
    let mut styles = String::new();
    let area = frame.area;
    for y in area.top()..area.bottom() {
        let mut row = String::new();
        let mut skip = 0;
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in area.left()..area.right() {
            let cell = &frame[(x, y)];
            if skip == 0 {
                row.push_str(cell.symbol());
                skip = cell.symbol().width().max(1);
            }
            skip -= 1;
            let style = words(cell.style());
            match runs.last_mut() {
                Some((_, end, known)) if *known == style => *end = x,
                _ => runs.push((x, x, style)),
            }
        }
        let _ = writeln!(text, "{}", row.trim_end());
        let marked = runs.iter().filter(|(.., style)| !style.is_empty());
        let marked: Vec<String> = marked.map(|(from, to, style)| format!("{from}-{to} {style}")).collect();
        if !marked.is_empty() {
            let _ = writeln!(styles, "{y:>3}: {}", marked.join(", "));
        }
    }
    format!("{text}\n{styles}")
}

fn words(style: Style) -> String {
    let mut words = Vec::new();
    let colour = |colour: Option<Color>| colour.filter(|colour| *colour != Color::Reset);
    words.extend(colour(style.fg).map(|colour| colour.to_string().to_lowercase()));
    words.extend(colour(style.bg).map(|colour| format!("on {}", colour.to_string().to_lowercase())));
    let modifiers = [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::REVERSED, "reversed"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::ITALIC, "italic"),
    ];
    let has = |modifier| style.add_modifier.contains(modifier);
    words.extend(modifiers.iter().filter(|(modifier, _)| has(*modifier)).map(|(_, word)| (*word).to_owned()));
    words.join(" ")
}
