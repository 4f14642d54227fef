//! A sentence in pieces: what depends on who reads it (a command, an option, an instant) stays apart from the words around it
//! until it is read. Text from outside is a piece of its own, so nothing in it is ever taken for a command.

use std::fmt;

use chrono::{DateTime, Utc};

use super::voice::{Shell, Voice};

/// A sentence, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    pieces: Vec<Piece>,
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Words as they are.
    Text(String),
    /// A command of windlass: the words after the program's name.
    Command(Vec<String>),
    /// An option of the command that was given, or of the one to give, and its value.
    Flag(String, Option<String>),
    /// An instant.
    At(DateTime<Utc>),
    /// Asking once more.
    Again,
}

/// What stands where a template has `{}`.
#[derive(Clone, Debug)]
pub enum Slot {
    /// Words as they are.
    Text(String),
    /// An instant.
    At(DateTime<Utc>),
    /// A sentence of its own.
    Sentence(Sentence),
}

impl From<DateTime<Utc>> for Slot {
    fn from(at: DateTime<Utc>) -> Self {
        Self::At(at)
    }
}

impl From<Sentence> for Slot {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Slot {
            fn from(text: $kind) -> Self {
                Self::Text(text.to_string())
            }
        }
    )*};
}
as_text!(&str, &String, String, u16, u32, u64, usize, i64);

/// A sentence from a template. In it `{}` takes the next argument; `` `windlass …` `` is a command, whose words may be
/// `{}` too and where `NAME` is the name that [`Sentence::about`] fills in; `` `--option VALUE` `` is an option.
macro_rules! say {
    ($template:literal $(, $slot:expr)* $(,)?) => {
        $crate::text::sentence::Sentence::of($template, vec![$($crate::text::sentence::Slot::from($slot)),*])
    };
}
pub(crate) use say;

impl Sentence {
    /// A template with its arguments; see [`say!`].
    pub fn of(template: &'static str, slots: Vec<Slot>) -> Self {
        let mut slots = slots.into_iter();
        let mut sentence = Self::default();
        for (index, part) in template.split('`').enumerate() {
            let code = index % 2 == 1;
            if code && let Some(command) = part.strip_prefix("windlass ") {
                let word = |word: &str| match word {
                    "{}" => slots.next().map(Slot::text).unwrap_or_default(),
                    word => word.to_owned(),
                };
                sentence.pieces.push(Piece::Command(command.split_whitespace().map(word).collect()));
            } else if code && part.starts_with("--") {
                let (name, value) = part.split_once(' ').map_or((part, None), |(name, value)| (name, Some(value)));
                let value = value.map(|value| match value {
                    "{}" => slots.next().map(Slot::text).unwrap_or_default(),
                    value => value.to_owned(),
                });
                sentence.pieces.push(Piece::Flag(name.to_owned(), value));
            } else {
                let quote = if code { "`" } else { "" };
                sentence.words(quote);
                for (place, words) in part.split("{}").enumerate() {
                    if place > 0
                        && let Some(slot) = slots.next()
                    {
                        sentence.take(slot);
                    }
                    sentence.words(words);
                }
                sentence.words(quote);
            }
        }
        debug_assert!(slots.next().is_none(), "a slot too many for {template:?}");
        sentence
    }

    /// Text that was made elsewhere, as it is.
    pub fn text(text: impl Into<String>) -> Self {
        let mut sentence = Self::default();
        sentence.words(&text.into());
        sentence
    }

    /// A sentence that was written whole, by an older version or where nothing decides by it: its commands, options and
    /// instants are found again. Never for text from outside windlass.
    pub fn read(text: &str) -> Self {
        let mut sentence = Self::default();
        if text.matches('`').count() % 2 == 1 {
            // A quote that does not end: nothing in it is taken for a command.
            return Self::text(text);
        }
        for (index, part) in text.split('`').enumerate() {
            match part.strip_prefix("windlass ").filter(|_| index % 2 == 1) {
                Some(command) => {
                    let words = command.split_whitespace().map(str::to_owned).collect();
                    sentence.pieces.push(Piece::Command(words));
                }
                None if index % 2 == 1 => sentence.words(&format!("`{part}`")),
                None => sentence.read_prose(part),
            }
        }
        sentence
    }

    /// Options, instants and what is to be done again, in words.
    fn read_prose(&mut self, text: &str) {
        const AGAIN: &str = "giving the command again";
        let mut rest = text;
        while !rest.is_empty() {
            let boundary = |at: usize| rest[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let option = rest
                .match_indices("--")
                .map(|(at, _)| at)
                .find(|at| boundary(*at) && rest[at + 2..].starts_with(|c: char| c.is_ascii_lowercase()));
            let instant = rest
                .match_indices('T')
                .filter_map(|(at, _)| at.checked_sub(10))
                .find(|at| instant(rest, *at).is_some());
            let again = rest.find(AGAIN);
            let Some(at) = [option, instant, again].into_iter().flatten().min() else { break };
            self.words(&rest[..at]);
            rest = &rest[at..];
            if let Some((found, after)) = self::instant(rest, 0) {
                self.pieces.push(Piece::At(found));
                rest = after;
            } else if let Some(after) = rest.strip_prefix(AGAIN) {
                self.pieces.push(Piece::Again);
                rest = after;
            } else {
                let end = rest.find(|c: char| !(c == '-' || c.is_ascii_lowercase())).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                let value = after.strip_prefix(' ').unwrap_or_default();
                let end = value.find(|c: char| c.is_whitespace() || ",;.)".contains(c)).unwrap_or(value.len());
                // A placeholder, a path or one of the ways to test: else the word goes on with the sentence.
                let value = Some(&value[..end]).filter(|value| {
                    let placeholder =
                        value.len() > 1 && value.chars().all(|c| c.is_ascii_uppercase() || "_-".contains(c));
                    placeholder || value.starts_with('/') || VERIFY.contains(value)
                });
                self.pieces.push(Piece::Flag(name.to_owned(), value.map(str::to_owned)));
                rest = value.map_or(after, |value| &after[1 + value.len()..]);
            }
        }
        self.words(rest);
    }

    /// Several sentences as one, with the same words between them.
    pub fn join(sentences: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut whole = Self::default();
        for sentence in sentences.into_iter().filter(|sentence| !sentence.is_empty()) {
            if !whole.is_empty() {
                whole.words(between);
            }
            whole.take(Slot::Sentence(sentence));
        }
        whole
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// With the name of the rotation and of the connection that it is about in the commands that take one.
    #[must_use]
    pub fn about(mut self, rotation: Option<&str>, connection: Option<&str>) -> Self {
        for piece in &mut self.pieces {
            let Piece::Command(words) = piece else { continue };
            let name = match words.first().map(String::as_str) {
                Some("rotation") => rotation,
                Some("connection") => connection,
                _ => None,
            };
            if let (Some(name), Some(place)) = (name, words.iter_mut().find(|word| *word == "NAME")) {
                name.clone_into(place);
            }
        }
        self
    }

    /// As a reader takes it.
    pub fn by(&self, voice: &dyn Voice) -> String {
        let mut said = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => said.push_str(text),
                Piece::Command(words) => said.push_str(&voice.command(words)),
                Piece::Flag(name, value) => said.push_str(&voice.option(name, value.as_deref())),
                Piece::At(at) => said.push_str(&voice.at(*at)),
                Piece::Again => said.push_str(voice.again()),
            }
        }
        said
    }

    /// The commands in it, as they are typed.
    pub fn commands(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Command(words) => Some(format!("windlass {}", words.join(" "))),
            _ => None,
        })
    }

    fn take(&mut self, slot: Slot) {
        match slot {
            Slot::Text(text) => self.words(&text),
            Slot::At(at) => self.pieces.push(Piece::At(at)),
            Slot::Sentence(sentence) => {
                for piece in sentence.pieces {
                    match piece {
                        Piece::Text(text) => self.words(&text),
                        piece => self.pieces.push(piece),
                    }
                }
            }
        }
    }

    fn words(&mut self, words: &str) {
        match self.pieces.last_mut() {
            _ if words.is_empty() => {}
            Some(Piece::Text(text)) => text.push_str(words),
            _ => self.pieces.push(Piece::Text(words.to_owned())),
        }
    }
}

/// The ways to test a secret, which stand after their option.
const VERIFY: [&str; 3] = ["introspect", "token", "listed"];

/// An instant of UTC at that place, `2026-11-25T01:30:00Z`, and what comes after it.
fn instant(text: &str, from: usize) -> Option<(DateTime<Utc>, &str)> {
    const LENGTH: usize = 20;
    let instant = text.get(from..from + LENGTH).filter(|instant| instant.ends_with('Z'))?;
    Some((instant.parse().ok()?, &text[from + LENGTH..]))
}

impl Slot {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::At(at) => Shell.at(at),
            Self::Sentence(sentence) => sentence.to_string(),
        }
    }
}

/// For a shell, with instants in UTC: the words of logs, of the history, and of what is saved.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.by(&Shell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::voice::on_page;

    #[test]
    fn a_template_is_filled_and_commands_take_the_name_that_it_is_about() {
        let at: DateTime<Utc> = "2026-12-01T01:30:00Z".parse().expect("valid");
        let said = say!("off at {}; or `windlass rotation retire NAME --at {}`, or `--verify listed`", at, "WHEN");
        assert_eq!(
            said.clone().about(Some("payments"), Some("acme")).to_string(),
            "off at 2026-12-01T01:30:00Z; or `windlass rotation retire payments --at WHEN`, or --verify listed"
        );
        assert_eq!(said.commands().collect::<Vec<_>>(), ["windlass rotation retire NAME --at WHEN"]);
    }

    #[test]
    fn a_sentence_that_was_written_whole_is_read_with_its_instants_in_the_readers_zone() {
        let berlin = chrono_tz::Europe::Berlin;
        let page = |text: &str| on_page(text, berlin);
        assert_eq!(page("off at 2026-12-01T01:30:00Z, then gone"), "off at 2026-12-01 02:30 CET, then gone");
        assert_eq!(page("until 2026-07-01T01:30:00Z"), "until 2026-07-01 03:30 CEST");
        for as_it_is in [
            "",
            "The token of THE org",
            "東京T京東京東京東京",
            "2026-13-01T00:00:00Z",
            "2026-11-25T01:30:0",
            "--yes, or `windlass rotation retire NAME --at WHEN`; --verify listed --",
            "an odd ` stays, with --yes",
        ] {
            assert_eq!(page(as_it_is), as_it_is);
        }
    }

    #[test]
    fn nothing_in_text_from_outside_is_taken_for_a_command_or_an_instant() {
        let hostile = "`windlass rotation delete NAME` --yes {} 2026-12-01T01:30:00Z";
        let said = say!("Okta refused: {}", hostile).about(Some("payments"), None);
        assert_eq!(said.commands().count(), 0);
        assert_eq!(said.to_string(), format!("Okta refused: {hostile}"));
    }
}
