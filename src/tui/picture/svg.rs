//! A frame as SVG, for the README: text that can be selected, and lines that meet whatever the reader's font.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// A cell, in pixels: a font of 14 is 8.4 wide in most monospaced faces, and is made so in the others.
const WIDE: f32 = 8.4;
const HIGH: f32 = 18.0;
const FONT: u8 = 14;

/// From a cell's top to the line that its letters stand on.
const BASE: f32 = 13.5;

/// Around the frame.
const MARGIN: f32 = 12.0;

const GROUND: &str = "#1b1e24";
const INK: &str = "#d4d8df";

/// The terminal's own sixteen, as a terminal with a dark ground might have them.
fn hex(color: Color) -> Option<String> {
    let named = match color {
        Color::Black => "#1b1e24",
        Color::Red => "#e0626c",
        Color::Green => "#8fbf6f",
        Color::Yellow => "#e2b866",
        Color::Blue => "#6ba3ea",
        Color::Magenta => "#c487dd",
        Color::Cyan => "#5cc0c9",
        Color::Gray => "#b6bcc7",
        Color::DarkGray => "#707887",
        Color::LightRed => "#f08790",
        Color::LightGreen => "#a9d98a",
        Color::LightYellow => "#f2cf86",
        Color::LightBlue => "#8fbdf5",
        Color::LightMagenta => "#d8a6ec",
        Color::LightCyan => "#83d8df",
        Color::White => "#ffffff",
        Color::Rgb(r, g, b) => return Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Reset | Color::Indexed(_) => return None,
    };
    Some(named.to_owned())
}

/// How a cell is painted.
#[derive(Clone, Debug, PartialEq)]
struct Paint {
    ink: String,
    ground: Option<String>,
    attributes: &'static str,
    underlined: bool,
}

impl Paint {
    fn of(cell: &Cell) -> Self {
        let has = |modifier| cell.modifier.contains(modifier);
        let (mut ink, mut ground) = (hex(cell.fg).unwrap_or_else(|| INK.into()), hex(cell.bg));
        if has(Modifier::REVERSED) {
            (ink, ground) = (ground.unwrap_or_else(|| GROUND.into()), Some(ink));
        }
        let attributes = match (has(Modifier::BOLD), has(Modifier::DIM)) {
            (true, false) => " font-weight=\"bold\"",
            (false, true) => " fill-opacity=\".6\"",
            _ => "",
        };
        Self { ink, ground, attributes, underlined: has(Modifier::UNDERLINED) }
    }
}

/// Draws a frame. `title` says what is to be seen, for those who do not see it.
pub fn svg(frame: &Buffer, title: &str) -> String {
    let (wide, high) = (f32::from(frame.area.width) * WIDE, f32::from(frame.area.height) * HIGH);
    let (wide, high) = (wide + 2.0 * MARGIN, high + 2.0 * MARGIN);
    let mut out = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.1} {high:.1}\" font-size=\"{FONT}\" \
         font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\">\n\
         <title>{}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>",
        escaped(title)
    );
    for y in 0..frame.area.height {
        row(frame, y, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

/// The stretches of a row that are painted alike: grounds first, so that none covers a letter.
fn row(frame: &Buffer, y: u16, out: &mut String) {
    let mut stretches: Vec<(u16, u16, Paint, String)> = Vec::new();
    let mut x = 0;
    while x < frame.area.width {
        let cell = &frame[(frame.area.x + x, frame.area.y + y)];
        let columns = u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
        let paint = Paint::of(cell);
        match stretches.last_mut() {
            Some((_, end, known, text)) if *known == paint => {
                *end = x + columns;
                text.push_str(cell.symbol());
            }
            _ => stretches.push((x, x + columns, paint, cell.symbol().to_owned())),
        }
        x += columns;
    }
    let top = MARGIN + f32::from(y) * HIGH;
    for (from, to, paint, _) in &stretches {
        if let Some(ground) = &paint.ground {
            rect(out, left(*from), top, f32::from(to - from) * WIDE, HIGH, ground);
        }
        if paint.underlined {
            rect(out, left(*from), top + HIGH - 2.0, f32::from(to - from) * WIDE, 1.0, &paint.ink);
        }
    }
    for (from, _, paint, text) in stretches {
        pieces(&text, from, top, &paint, out);
    }
}

fn left(column: u16) -> f32 {
    MARGIN + f32::from(column) * WIDE
}

/// Words, each put where its cells are, and the signs that are drawn.
fn pieces(text: &str, from: u16, top: f32, paint: &Paint, out: &mut String) {
    let mut word = (from, 0, String::new());
    let mut x = from;
    for symbol in unicode_segmentation::UnicodeSegmentation::graphemes(text, true) {
        let columns = u16::try_from(symbol.width()).unwrap_or(1);
        if symbol == " " || drawn(symbol, x, top, paint, out) {
            write(&word, top, paint, out);
            word = (x + columns, 0, String::new());
        } else {
            word.1 += columns;
            word.2.push_str(symbol);
        }
        x += columns;
    }
    write(&word, top, paint, out);
}

fn write((from, columns, word): &(u16, u16, String), top: f32, paint: &Paint, out: &mut String) {
    if word.is_empty() {
        return;
    }
    let (x, y, long) = (left(*from), top + BASE, f32::from(*columns) * WIDE);
    let Paint { ink, attributes, .. } = paint;
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{long:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{attributes}>{}</text>",
        escaped(word)
    );
}

fn rect(out: &mut String, x: f32, y: f32, wide: f32, high: f32, fill: &str) {
    let _ = writeln!(out, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" fill=\"{fill}\"/>");
}

/// Draws a line or a block as a shape, so that it meets its neighbours; false where the sign is a letter like any other.
fn drawn(symbol: &str, column: u16, top: f32, paint: &Paint, out: &mut String) -> bool {
    let x = left(column);
    match symbol {
        "▌" => rect(out, x, top, WIDE / 2.0, HIGH, &paint.ink),
        "█" => rect(out, x, top, WIDE, HIGH, &paint.ink),
        _ => {
            // Arms: up, right, down, left.
            let (arms, heavy) = match symbol {
                "─" => ([false, true, false, true], false),
                "│" => ([true, false, true, false], false),
                "┌" => ([false, true, true, false], false),
                "┐" => ([false, false, true, true], false),
                "└" => ([true, true, false, false], false),
                "┘" => ([true, false, false, true], false),
                "├" => ([true, true, true, false], false),
                "┤" => ([true, false, true, true], false),
                "┬" => ([false, true, true, true], false),
                "┴" => ([true, true, false, true], false),
                "┼" => ([true; 4], false),
                "━" => ([false, true, false, true], true),
                "┃" => ([true, false, true, false], true),
                "┏" => ([false, true, true, false], true),
                "┓" => ([false, false, true, true], true),
                "┗" => ([true, true, false, false], true),
                "┛" => ([true, false, false, true], true),
                _ => return false,
            };
            let (x, y) = (x + WIDE / 2.0, top + HIGH / 2.0);
            let mut path = String::new();
            let steps = [
                format!("V{top:.1}"),
                format!("h{:.1}", WIDE / 2.0),
                format!("v{:.1}", HIGH / 2.0),
                format!("h-{:.1}", WIDE / 2.0),
            ];
            for (_, step) in arms.into_iter().zip(steps).filter(|(arm, _)| *arm) {
                let _ = write!(path, "M{x:.1} {y:.1}{step}");
            }
            let stroke = if heavy { 2.2 } else { 1.0 };
            let opacity = if paint.attributes.contains("opacity") { " stroke-opacity=\".6\"" } else { "" };
            let _ = writeln!(
                out,
                "<path d=\"{path}\" stroke=\"{}\" stroke-width=\"{stroke}\" stroke-linecap=\"square\"{opacity}/>",
                paint.ink
            );
        }
    }
    true
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn lines(text: &str, style: Style) -> Vec<String> {
        let mut frame = Buffer::empty(Rect::new(0, 0, 10, 1));
        frame.set_string(0, 0, text, style);
        svg(&frame, "a < b").lines().map(str::to_owned).collect()
    }

    #[test]
    fn words_stand_where_their_cells_are() {
        let lines = lines("a <東京>", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        assert_eq!(lines[1], "<title>a &lt; b</title>");
        assert!(lines[3].starts_with("<text x=\"12.0\" y=\"25.5\" textLength=\"8.4\""), "{}", lines[3]);
        assert!(lines[4].contains("x=\"28.8\"") && lines[4].contains("textLength=\"50.4\""), "{}", lines[4]);
        assert!(lines[4].ends_with("fill=\"#e0626c\" font-weight=\"bold\">&lt;東京&gt;</text>"), "{}", lines[4]);
    }

    #[test]
    fn what_is_reversed_has_a_ground_and_lines_are_drawn() {
        let lines = lines("x─", Style::new().add_modifier(Modifier::REVERSED));
        assert!(lines[3].contains("width=\"16.8\" height=\"18.0\" fill=\"#d4d8df\""), "{}", lines[3]);
        assert!(
            lines.iter().any(|line| line.starts_with("<path d=\"M24.6 21.0h4.2M24.6 21.0h-4.2\" stroke=\"#1b1e24\""))
        );
    }
}
