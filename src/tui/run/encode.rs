//! A frame as bytes for the terminal: what differs from the frame before, in as few bytes as that takes.
//!
//! It begins and ends with nothing set. What is not seen is not sent: a blank keeps whatever weight and colour of text is
//! set, and a colour of the sixteen goes by its short name, which terminals without a palette know, too.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What is seen on a blank.
const ON_BLANKS: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

/// How each is set and taken back.
const CODES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// What is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Pen {
    text: Color,
    ground: Color,
    modifier: Modifier,
}

impl Pen {
    /// Whether a cell looks right when it is written with this.
    fn shows(self, cell: &Cell) -> bool {
        let wanted = Self::of(cell);
        let plain = !(self.modifier | wanted.modifier).intersects(ON_BLANKS);
        self == wanted || (cell.symbol() == " " && plain && self.ground == wanted.ground)
    }

    fn of(cell: &Cell) -> Self {
        Self { text: cell.fg, ground: cell.bg, modifier: cell.modifier }
    }

    /// Sets it where another was set: by what differs, or from nothing, whichever is shorter.
    fn set(self, before: Self, out: &mut Vec<u8>) {
        let (mut change, mut anew) = (Vec::new(), vec![0]);
        let off = before.modifier - self.modifier;
        let mut taken = Vec::new();
        for (modifier, _, code) in CODES {
            if off.contains(modifier) && !taken.contains(&code) {
                taken.push(code);
            }
        }
        change.extend(&taken);
        for (modifier, code, end) in CODES {
            if self.modifier.contains(modifier) {
                anew.push(code);
                // One code takes back both of two.
                if !before.modifier.contains(modifier) || taken.contains(&end) {
                    change.push(code);
                }
            }
        }
        for (color, known, base) in [(self.text, before.text, 30), (self.ground, before.ground, 40)] {
            if color != known {
                name(color, base, &mut change);
            }
            if color != Color::Reset {
                name(color, base, &mut anew);
            }
        }
        let (change, anew) = (text(&change), if anew.len() == 1 { String::new() } else { text(&anew) });
        let shorter = if anew.len() < change.len() { anew } else { change };
        out.extend(b"\x1b[");
        out.extend(shorter.as_bytes());
        out.push(b'm');
    }
}

/// A colour's codes, of text (30) or of the ground (40).
fn name(color: Color, base: u8, to: &mut Vec<u8>) {
    let sixteen = |number: u8| if number < 8 { base + number } else { base + 60 + number - 8 };
    match color {
        Color::Reset => to.push(base + 9),
        Color::Black => to.push(sixteen(0)),
        Color::Red => to.push(sixteen(1)),
        Color::Green => to.push(sixteen(2)),
        Color::Yellow => to.push(sixteen(3)),
        Color::Blue => to.push(sixteen(4)),
        Color::Magenta => to.push(sixteen(5)),
        Color::Cyan => to.push(sixteen(6)),
        Color::Gray => to.push(sixteen(7)),
        Color::DarkGray => to.push(sixteen(8)),
        Color::LightRed => to.push(sixteen(9)),
        Color::LightGreen => to.push(sixteen(10)),
        Color::LightYellow => to.push(sixteen(11)),
        Color::LightBlue => to.push(sixteen(12)),
        Color::LightMagenta => to.push(sixteen(13)),
        Color::LightCyan => to.push(sixteen(14)),
        Color::White => to.push(sixteen(15)),
        Color::Indexed(index) => to.extend([base + 8, 5, index]),
        Color::Rgb(r, g, b) => to.extend([base + 8, 2, r, g, b]),
    }
}

fn text(codes: &[u8]) -> String {
    codes.iter().map(u8::to_string).collect::<Vec<_>>().join(";")
}

/// Writes cells: column, row, and what is there.
pub fn write<'a>(cells: impl IntoIterator<Item = (u16, u16, &'a Cell)>, out: &mut Vec<u8>) {
    let mut pen = Pen::default();
    let mut last = None;
    for (x, y, cell) in cells {
        match last {
            // A wide one is followed by a gap: not all terminals agree on where it ends.
            Some((before, row)) if row == y && before + 1 == x => {}
            Some((_, row)) if row == y => out.extend(format!("\x1b[{}G", x + 1).as_bytes()),
            _ => out.extend(format!("\x1b[{};{}H", y + 1, x + 1).as_bytes()),
        }
        last = Some((x, y));
        if !pen.shows(cell) {
            Pen::of(cell).set(pen, out);
            pen = Pen::of(cell);
        }
        out.extend(cell.symbol().as_bytes());
    }
    if pen != Pen::default() {
        out.extend(b"\x1b[m");
    }
}

#[cfg(test)]
mod tests;
