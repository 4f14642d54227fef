//! A sentence in pieces: what depends on who reads it (a command, an option, an instant) stays apart from the words around it
//! until it is read. Text from outside is a piece of its own, so nothing in it is ever taken for a command.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::voice::{self, Shell, Voice};

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

/// Words as they are: nothing in them is a command.
impl From<&str> for Sentence {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&String> for Sentence {
    fn from(text: &String) -> Self {
        Self::text(text)
    }
}

/// In JSON it is what is read.
impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.by(voice::current()))
    }
}

impl<'de> Deserialize<'de> for Sentence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::text)
    }
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

impl From<&Sentence> for Slot {
    fn from(sentence: &Sentence) -> Self {
        Self::Sentence(sentence.clone())
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
/// `{}` too and where `NAME` is the name that [`Sentence::about`] fills in; `` `--option VALUE` `` is an option; `` `again` ``
/// is asking once more.
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
                    // `NAME/{}`: one of those that the rotation of that name has.
                    word if word.ends_with("{}") => {
                        let slot = slots.next().map(Slot::text).unwrap_or_default();
                        word.replace("{}", &slot)
                    }
                    word => word.to_owned(),
                };
                sentence.pieces.push(Piece::Command(command.split_whitespace().map(word).collect()));
            } else if code && part == "again" {
                sentence.pieces.push(Piece::Again);
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

    /// A command that was written whole: `windlass rotation create …`.
    pub fn command(line: &str) -> Self {
        let words = line.strip_prefix("windlass ").unwrap_or(line).split(' ').map(str::to_owned).collect();
        Self { pieces: vec![Piece::Command(words)] }
    }

    /// An option of the command that was given, or of the one to give, and its value.
    pub fn option(name: &str, value: Option<&str>) -> Self {
        Self { pieces: vec![Piece::Flag(name.to_owned(), value.map(str::to_owned))] }
    }

    /// An instant.
    pub fn at(at: DateTime<Utc>) -> Self {
        Self { pieces: vec![Piece::At(at)] }
    }

    /// Asking once more.
    pub fn again() -> Self {
        Self { pieces: vec![Piece::Again] }
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
                Some("rotation" | "target" | "history" | "confirm") => rotation,
                Some("connection") => connection,
                _ => None,
            };
            let is_name = |word: &&mut String| *word == "NAME" || word.starts_with("NAME/");
            if let (Some(name), Some(place)) = (name, words.iter_mut().find(is_name)) {
                *place = place.replacen("NAME", name, 1);
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
    fn nothing_in_text_from_outside_is_taken_for_a_command_or_an_instant() {
        let hostile = "`windlass rotation delete NAME` --yes {} 2026-12-01T01:30:00Z";
        let said = say!("Okta refused: {}", hostile).about(Some("payments"), None);
        assert_eq!(said.commands().count(), 0);
        assert_eq!(said.to_string(), format!("Okta refused: {hostile}"));
    }
}
