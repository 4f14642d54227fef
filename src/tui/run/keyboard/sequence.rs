//! What the sequences are called that a terminal sends for its keys. What is none of them is an answer that no one asked for.

use crate::tui::keys::key::{Code, Key};

/// What a control sequence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// A key.
    Key(Key),
    /// The beginning of a paste.
    Paste,
    /// A mouse's report of the old kind: so many characters follow.
    Mouse(usize),
    /// An answer, a report, or nothing that is known.
    Other,
}

/// A control sequence by its parameters and its last letter.
pub fn csi(params: &str, last: char) -> Sequence {
    // An answer to a question: a device's attributes, a mode, a mouse.
    if params.starts_with(['?', '>', '<', '=']) {
        return Sequence::Other;
    }
    let mut numbers = params.split(';').map(|part| part.split(':').next().and_then(|part| part.parse::<u32>().ok()));
    let first = numbers.next().flatten();
    let held = numbers.next().flatten().unwrap_or(1);
    // A key that is let go says nothing.
    if params.rsplit(';').next().is_some_and(|part| part.ends_with(":3")) {
        return Sequence::Other;
    }
    let code = match last {
        'A' => Code::Up,
        'B' => Code::Down,
        'C' => Code::Right,
        'D' => Code::Left,
        'H' => Code::Home,
        'F' => Code::End,
        'Z' => Code::BackTab,
        'P' => Code::F(1),
        'Q' => Code::F(2),
        'S' => Code::F(4),
        'M' if params.is_empty() => return Sequence::Mouse(3),
        '~' => match first {
            Some(200) => return Sequence::Paste,
            Some(27) => return numbers.next().flatten().map_or(Sequence::Other, |code| coded(code, held)),
            Some(number) => match numbered(number) {
                Some(code) => code,
                None => return Sequence::Other,
            },
            None => return Sequence::Other,
        },
        'u' => return first.map_or(Sequence::Other, |code| coded(code, held)),
        // The cursor's place, the focus, a size, a status.
        _ => return Sequence::Other,
    };
    Sequence::Key(with(code, held))
}

/// A key behind `ESC O`.
pub fn ss3(last: char) -> Option<Key> {
    let code = match last {
        'A' => Code::Up,
        'B' => Code::Down,
        'C' => Code::Right,
        'D' => Code::Left,
        'H' => Code::Home,
        'F' => Code::End,
        'P'..='S' => Code::F(u8::try_from(u32::from(last) - u32::from('P') + 1).ok()?),
        _ => return None,
    };
    Some(Key::of(code))
}

/// A key of the Linux console, behind `ESC [ [`.
pub fn console(last: char) -> Option<Key> {
    let number = u32::from(last).checked_sub(u32::from('A')).filter(|number| *number < 5)?;
    Some(Key::of(Code::F(u8::try_from(number + 1).ok()?)))
}

fn numbered(number: u32) -> Option<Code> {
    let f = |first: u32, from: u8| u8::try_from(number - first).ok().map(|place| Code::F(from + place));
    match number {
        1 | 7 => Some(Code::Home),
        3 => Some(Code::Delete),
        4 | 8 => Some(Code::End),
        5 => Some(Code::PageUp),
        6 => Some(Code::PageDown),
        11..=15 => f(11, 1),
        17..=21 => f(17, 6),
        23..=26 => f(23, 11),
        28..=29 => f(28, 15),
        31..=34 => f(31, 17),
        _ => None,
    }
}

/// A key by the number of its character.
fn coded(code: u32, held: u32) -> Sequence {
    let code = match code {
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        code => match char::from_u32(code).filter(|c| !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(c)) {
            Some(c) => Code::Char(c),
            None => return Sequence::Other,
        },
    };
    let shift = held.saturating_sub(1) & 1 != 0;
    let code = match code {
        Code::Tab if shift => Code::BackTab,
        Code::Char(c) if shift => Code::Char(c.to_uppercase().next().unwrap_or(c)),
        code => code,
    };
    Sequence::Key(with(code, held))
}

/// With what is held: Shift is a bit of its own that no key here has.
fn with(code: Code, held: u32) -> Key {
    let bits = held.saturating_sub(1);
    Key { code, alt: bits & 2 != 0, ctrl: bits & 4 != 0 }
}
