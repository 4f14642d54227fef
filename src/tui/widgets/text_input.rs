//! A line of text that is being typed. Plain data; nothing here draws or knows what the text is for.

use crate::tui::keys::key::{Code, Key};

/// Longer than any name or filter; a paste that is longer is cut.
const MAX_INPUT_LEN: usize = 512;

/// Text and the place where the next character goes, counted in characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextInput {
    text: String,
    at: usize,
}

impl TextInput {
    /// With a text already in it, and the cursor behind that.
    pub fn of(text: &str) -> Self {
        Self { at: text.chars().count(), text: text.to_owned() }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        &self.text[..self.byte(self.at)]
    }

    /// Takes a key; `false` where it means nothing to a field.
    pub fn key(&mut self, key: Key) -> bool {
        let end = self.text.chars().count();
        if let Some(c) = key.typed() {
            self.insert(c);
            return true;
        }
        match (key.code, key.ctrl) {
            (Code::Backspace, false) | (Code::Char('h'), true) if self.at > 0 => self.remove(self.at - 1),
            (Code::Delete, false) if self.at < end => self.remove(self.at),
            (Code::Left, false) => self.at = self.at.saturating_sub(1),
            (Code::Right, false) => self.at = (self.at + 1).min(end),
            (Code::Home, false) | (Code::Char('a'), true) => self.at = 0,
            (Code::End, false) | (Code::Char('e'), true) => self.at = end,
            (Code::Char('u'), true) => {
                self.text.drain(..self.byte(self.at));
                self.at = 0;
            }
            (Code::Char('w'), true) => self.drop_word(),
            (Code::Backspace | Code::Delete, false) => {}
            _ => return false,
        }
        true
    }

    /// Takes what was pasted: one line, and nothing that is no text.
    pub fn paste(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_control()).take(MAX_INPUT_LEN) {
            self.insert(c);
        }
    }

    fn insert(&mut self, c: char) {
        if self.text.len() < MAX_INPUT_LEN {
            let at = self.byte(self.at);
            self.text.insert(at, c);
            self.at += 1;
        }
    }

    fn remove(&mut self, at: usize) {
        let byte = self.byte(at);
        self.text.remove(byte);
        self.at = at;
    }

    fn drop_word(&mut self) {
        let before = self.before().trim_end();
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let (start, end) = (start, self.byte(self.at));
        self.at = self.text[..start].chars().count();
        self.text.drain(start..end);
    }

    fn byte(&self, at: usize) -> usize {
        self.text.char_indices().nth(at).map_or(self.text.len(), |(byte, _)| byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_counts_characters_not_bytes() {
        let mut field = TextInput::of("東京 abc");
        field.key(Key::ctrl('w'));
        assert_eq!(field.text(), "東京 ");
        field.key(Key::of(Code::Home));
        field.key(Key::of(Code::Right));
        field.key(Key::of(Code::Backspace));
        field.key(Key::char('x'));
        assert_eq!((field.text(), field.before()), ("x京 ", "x"));
        field.paste("a\n\x1b[31mb");
        assert_eq!(field.text(), "xa[31mb京 ");
    }
}
