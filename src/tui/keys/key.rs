//! A key as it was pressed, independent of the terminal library, and the way it is written.

use std::fmt;
use std::str::FromStr;

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "keys are called what is printed on them")]
pub enum Code {
    Char(char),
    F(u8),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// A key, and whether Ctrl or Alt was held. Shift is part of the character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
}

impl Key {
    /// A key by itself.
    pub const fn of(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character.
    pub const fn char(c: char) -> Self {
        Self::of(Code::Char(c))
    }

    /// A character with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// The character that it types into a field.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Esc and its twins: Esc is slow or split on bad lines.
    pub fn leaves(self) -> bool {
        self == Self::of(Code::Esc) || self == Self::ctrl('c') || self == Self::ctrl('g')
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("^")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            Code::Enter => f.write_str("Enter"),
            Code::Esc => f.write_str("Esc"),
            Code::Tab => f.write_str("Tab"),
            Code::BackTab => f.write_str("S-Tab"),
            Code::Backspace => f.write_str("BS"),
            Code::Delete => f.write_str("Del"),
            Code::Up => f.write_str("Up"),
            Code::Down => f.write_str("Down"),
            Code::Left => f.write_str("Left"),
            Code::Right => f.write_str("Right"),
            Code::Home => f.write_str("Home"),
            Code::End => f.write_str("End"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    /// Reads a key as it is written here, or in other programs: `^D`, `Ctrl-d`, `ctrl+d`; names in any case.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = |why: &str| format!("{text:?} is no key: {why}");
        let rule = "write r, R, ^D or Ctrl-d, Alt-x, Space, Tab, S-Tab, PgUp or F1";
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = if text == " " { text } else { text.trim() };
        while let Some((held, after)) = held(rest) {
            match held {
                Held::Ctrl => ctrl = true,
                Held::Alt => alt = true,
                Held::Shift => shift = true,
            }
            rest = after;
        }
        let code = base(rest).ok_or_else(|| bad(rule))?;
        if let Code::Char(c @ ('[' | ']' | 'O' | 'P' | 'X' | '^' | '_')) = code
            && alt
            && !ctrl
        {
            return Err(bad(&format!("with Alt-{c} a terminal begins what it says of itself")));
        }
        let code = match code {
            Code::Tab if shift => Code::BackTab,
            Code::Char(c) if shift && !ctrl && c.is_alphabetic() => Code::Char(c.to_uppercase().next().unwrap_or(c)),
            Code::BackTab => Code::BackTab,
            _ if shift => return Err(bad("Shift is part of a character, and goes with Tab only")),
            Code::Char(c) if ctrl => match c.to_ascii_lowercase() {
                'i' => return Err(bad("a terminal sends Tab for it")),
                'm' => return Err(bad("a terminal sends Enter for it")),
                c if c == ' ' || c.is_ascii_lowercase() => Code::Char(c),
                _ => return Err(bad("a terminal sends Ctrl with letters and Space only")),
            },
            code => code,
        };
        Ok(Self { code, ctrl, alt })
    }
}

/// A key that is held while another is pressed.
enum Held {
    Ctrl,
    Alt,
    Shift,
}

/// What is held, and what comes after it.
fn held(text: &str) -> Option<(Held, &str)> {
    if let Some(after) = text.strip_prefix('^').filter(|after| !after.is_empty()) {
        return Some((Held::Ctrl, after));
    }
    let (word, after) = text.split_once(['-', '+']).filter(|(_, after)| !after.is_empty())?;
    let held = match word.to_ascii_lowercase().as_str() {
        "c" | "ctrl" | "control" => Held::Ctrl,
        "m" | "a" | "alt" | "meta" => Held::Alt,
        "s" | "shift" => Held::Shift,
        _ => return None,
    };
    Some((held, after))
}

/// A key by what is printed on it.
fn base(text: &str) -> Option<Code> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control()).then_some(Code::Char(c));
    }
    let name = text.to_ascii_lowercase();
    Some(match name.as_str() {
        "space" => Code::Char(' '),
        "enter" | "return" => Code::Enter,
        "esc" | "escape" => Code::Esc,
        "tab" => Code::Tab,
        "backtab" => Code::BackTab,
        "bs" | "backspace" => Code::Backspace,
        "del" | "delete" => Code::Delete,
        "up" => Code::Up,
        "down" => Code::Down,
        "left" => Code::Left,
        "right" => Code::Right,
        "home" => Code::Home,
        "end" => Code::End,
        "pgup" | "pageup" => Code::PageUp,
        "pgdn" | "pagedown" => Code::PageDown,
        _ => {
            let number = name.strip_prefix('f').filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?;
            Code::F(number.parse().ok().filter(|number| (1..=24).contains(number))?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::action::TABLE;

    #[test]
    fn every_key_of_the_table_is_read_as_it_is_written() {
        for key in TABLE.iter().flat_map(|row| row.keys) {
            assert_eq!(key.to_string().parse(), Ok(*key), "{key}");
        }
    }

    #[test]
    fn other_ways_to_write_them_are_understood() {
        let alt = |code| Key { alt: true, ..Key::of(code) };
        for (text, key) in [
            ("Ctrl-d", Key::ctrl('d')),
            ("ctrl+D", Key::ctrl('d')),
            ("C-d", Key::ctrl('d')),
            ("Ctrl-Space", Key::ctrl(' ')),
            ("alt+Z", alt(Code::Char('Z'))),
            ("M-F3", alt(Code::F(3))),
            ("Shift-Tab", Key::of(Code::BackTab)),
            ("shift+r", Key::char('R')),
            ("ESCAPE", Key::of(Code::Esc)),
            (" pageup ", Key::of(Code::PageUp)),
            (" ", Key::char(' ')),
            ("-", Key::char('-')),
            ("^", Key::char('^')),
            ("Alt--", alt(Code::Char('-'))),
            ("é", Key::char('é')),
            ("f12", Key::of(Code::F(12))),
        ] {
            assert_eq!(text.parse(), Ok(key), "{text:?}");
        }
    }

    #[test]
    fn what_no_terminal_sends_is_refused_with_the_reason() {
        for (text, why) in [
            ("", "write r, R"),
            ("rr", "write r, R"),
            ("F0", "write r, R"),
            ("F25", "write r, R"),
            ("Hyper-x", "write r, R"),
            ("\u{1b}", "write r, R"),
            ("Ctrl-i", "sends Tab"),
            ("^M", "sends Enter"),
            ("Ctrl-1", "letters and Space"),
            ("Shift-F5", "goes with Tab only"),
            ("Alt-P", "says of itself"),
        ] {
            let reported = text.parse::<Key>().map_or_else(|why| why, |key| panic!("{text:?} was taken as {key}"));
            assert!(reported.contains(why), "{text:?}: {reported}");
        }
    }
}
