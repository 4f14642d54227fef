use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

/// A terminal that understands what is written here, and nothing else.
struct Terminal {
    screen: Buffer,
    at: (u16, u16),
    pen: Pen,
}

impl Terminal {
    fn take(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).expect("text");
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '\x1b' {
                let cell = &mut self.screen[self.at];
                cell.set_char(c);
                (cell.fg, cell.bg, cell.modifier) = (self.pen.text, self.pen.ground, self.pen.modifier);
                self.at.0 += 1;
                continue;
            }
            assert_eq!(chars.next(), Some('['));
            let mut arguments = String::new();
            let end = loop {
                match chars.next().expect("an end") {
                    c if c.is_ascii_alphabetic() => break c,
                    c => arguments.push(c),
                }
            };
            let numbers: Vec<u8> = arguments.split(';').map(|number| number.parse().unwrap_or_default()).collect();
            match end {
                'H' => self.at = (u16::from(numbers[1]) - 1, u16::from(numbers[0]) - 1),
                'G' => self.at.0 = u16::from(numbers[0]) - 1,
                'm' => self.set(&numbers),
                other => panic!("{other}"),
            }
        }
    }

    fn set(&mut self, numbers: &[u8]) {
        let mut numbers = numbers.iter().copied();
        while let Some(number) = numbers.next() {
            let long = |numbers: &mut dyn Iterator<Item = u8>| match numbers.next() {
                Some(5) => Color::Indexed(numbers.next().expect("an index")),
                _ => Color::Rgb(
                    numbers.next().expect("red"),
                    numbers.next().expect("green"),
                    numbers.next().expect("blue"),
                ),
            };
            match number {
                0 => self.pen = Pen::default(),
                38 => self.pen.text = long(&mut numbers),
                48 => self.pen.ground = long(&mut numbers),
                33 => self.pen.text = Color::Yellow,
                39 => self.pen.text = Color::Reset,
                104 => self.pen.ground = Color::LightBlue,
                49 => self.pen.ground = Color::Reset,
                _ => {
                    for (modifier, on, off) in CODES {
                        if number == on {
                            self.pen.modifier |= modifier;
                        } else if number == off {
                            self.pen.modifier -= modifier;
                        }
                    }
                }
            }
        }
    }
}

/// What is seen of a cell.
fn seen(cell: &Cell) -> (String, Pen) {
    let mut pen = Pen::of(cell);
    if cell.symbol() == " " && !pen.modifier.intersects(ON_BLANKS) {
        (pen.text, pen.modifier) = (Color::Reset, Modifier::empty());
    }
    (cell.symbol().to_owned(), pen)
}

fn style() -> impl Strategy<Value = Style> {
    let text = prop::sample::select(vec![Color::Reset, Color::Yellow, Color::Indexed(200), Color::Rgb(1, 2, 3)]);
    let ground = prop::sample::select(vec![Color::Reset, Color::LightBlue, Color::Indexed(7)]);
    (text, ground, 0_u16..512).prop_map(|(text, ground, bits)| {
        // Of the many most cells have few.
        let modifier = Modifier::from_bits_truncate(bits & (bits >> 3));
        Style::new().fg(text).bg(ground).add_modifier(modifier)
    })
}

fn screen() -> impl Strategy<Value = Buffer> {
    let run = (0_usize..3, style());
    prop::collection::vec(run, 12 * 3).prop_map(|cells| {
        let mut screen = Buffer::empty(Rect::new(0, 0, 12, 3));
        for (cell, (symbol, style)) in screen.content.iter_mut().zip(cells) {
            cell.set_symbol([" ", "a", "b"][symbol]).set_style(style);
        }
        screen
    })
}

fn sent(before: &Buffer, after: &Buffer) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(before.diff(after), &mut bytes);
    bytes
}

proptest! {
    #[test]
    fn the_terminal_shows_the_frame_whatever_it_showed_before(before in screen(), after in screen()) {
        let mut terminal = Terminal { screen: Buffer::empty(before.area), at: (0, 0), pen: Pen::default() };
        for (known, next) in [(terminal.screen.clone(), &before), (before.clone(), &after)] {
            terminal.take(&sent(&known, next));
            prop_assert_eq!(terminal.pen, Pen::default(), "nothing stays set");
            let shown: Vec<_> = terminal.screen.content.iter().map(seen).collect();
            prop_assert_eq!(shown, next.content.iter().map(seen).collect::<Vec<_>>());
        }
    }
}

#[test]
fn blanks_between_words_of_another_weight_cost_nothing() {
    let before = Buffer::empty(Rect::new(0, 0, 20, 2));
    let mut after = before.clone();
    let dim = Style::new().add_modifier(Modifier::DIM);
    after.set_string(2, 1, "one", dim);
    after.set_string(9, 1, "two", dim);
    assert_eq!(sent(&before, &after), b"\x1b[2;3H\x1b[2mone\x1b[10Gtwo\x1b[m");
    let reversed = Style::new().add_modifier(Modifier::REVERSED);
    let mut marked = after.clone();
    marked.set_style(Rect::new(2, 1, 10, 1), reversed);
    assert_eq!(sent(&after, &marked), b"\x1b[2;3H\x1b[2;7mone\x1b[22m    \x1b[2mtwo\x1b[m", "but what is seen is sent");
}
