//! A secret that is being typed or pasted: never shown, its length neither, wiped when it goes.

use std::fmt;

use zeroize::Zeroizing;

use crate::core::secret::SecretValue;
use crate::tui::keys::key::{Code, Key};

/// The longest that is taken: a private key of 8192 bits has about 6,500 characters.
const MAX_SECRET_LEN: usize = 16_384;

/// What was typed. It is edited at its end only: a cursor cannot be moved in what cannot be seen.
#[derive(PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Clone for Secret {
    fn clone(&self) -> Self {
        // A copy has all its room, too.
        let mut copy = Self::default();
        copy.0.push_str(&self.0);
        copy
    }
}

impl Default for Secret {
    fn default() -> Self {
        // With all its room from the start: a text that grows leaves copies of itself behind.
        Self(Zeroizing::new(String::with_capacity(MAX_SECRET_LEN)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Secret(empty)" } else { "Secret(…)" })
    }
}

impl Secret {
    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.0.lines().count()
    }

    /// Whether it began as a key that has not come to its end: what follows belongs to it, line ends and all.
    pub fn is_open(&self) -> bool {
        let text = self.0.trim_start();
        if text.starts_with("-----BEGIN") {
            let ends = |line: &str| {
                line.len() > "-----END".len() + 5 && line.starts_with("-----END") && line.ends_with("-----")
            };
            return !text.lines().any(|line| ends(line.trim()));
        }
        text.starts_with('{') && text.matches('{').count() > text.matches('}').count()
    }

    /// The value, into custody; `None` where nothing was typed.
    pub fn value(&self) -> Option<SecretValue> {
        (!self.is_empty()).then(|| SecretValue::new(self.0.as_str()))
    }

    /// Forgets it.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a key; `false` where it means nothing to a secret.
    pub fn key(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.typed()) {
            (_, _, Some(c)) => {
                self.push(c);
                true
            }
            (Code::Backspace, false, _) | (Code::Char('h'), true, _) => {
                self.0.pop();
                true
            }
            (Code::Char('u' | 'w'), true, _) => {
                self.clear();
                true
            }
            _ => false,
        }
    }

    /// Takes a paste with its lines: a key has many. What a terminal adds to their ends goes.
    pub fn paste(&mut self, text: &str) {
        let mut before = ' ';
        for c in text.chars() {
            match c {
                '\n' if before == '\r' => {}
                '\r' | '\n' => self.push('\n'),
                '\t' => self.push(c),
                c if c.is_control() => {}
                c => self.push(c),
            }
            before = c;
        }
    }

    fn push(&mut self, c: char) {
        if self.0.len() + c.len_utf8() <= MAX_SECRET_LEN {
            self.0.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_many_lines_survives_the_paste_and_debug_shows_nothing() {
        let mut secret = Secret::default();
        secret.paste("-----BEGIN\r\nabc\rdef\n");
        assert_eq!(secret.value().expect("typed").expose(), "-----BEGIN\nabc\ndef\n");
        assert_eq!((secret.lines(), format!("{secret:?}")), (3, "Secret(…)".into()));
        secret.key(Key::ctrl('u'));
        assert_eq!(secret.value(), None);
    }

    #[test]
    fn a_key_is_open_up_to_its_end_line() {
        let open = |text: &str| {
            let mut secret = Secret::default();
            secret.paste(text);
            secret.is_open()
        };
        assert!(open("-----BEGIN PRIVATE KEY-----\r") && open("-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PR"));
        assert!(!open("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"));
        assert!(open("{\"kty\":") && !open("{\"kty\":\"RSA\"}") && !open("00token") && !open(""));
    }

    #[test]
    fn it_never_grows_beyond_its_first_room() {
        let mut secret = Secret::default();
        let room = secret.0.capacity();
        secret.paste("abc");
        assert_eq!(secret.clone().0.capacity(), room, "nor does a copy of it");
        secret.paste(&"é".repeat(MAX_SECRET_LEN));
        assert_eq!((secret.0.len() <= MAX_SECRET_LEN, secret.0.capacity()), (true, room));
    }
}
