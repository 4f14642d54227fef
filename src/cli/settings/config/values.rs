//! The types of settings: how one is read, within its bounds, and how it is shown.

use std::path::PathBuf;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::cli::values::Span;

/// How a setting is shown where all are listed.
pub trait Shown {
    /// In a word or two.
    fn shown(&self) -> String;
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "-".to_owned(), T::shown)
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for PathBuf {
    fn shown(&self) -> String {
        self.display().to_string()
    }
}

impl Shown for Duration {
    fn shown(&self) -> String {
        format!("{}s", self.as_secs())
    }
}

impl Shown for Vec<String> {
    /// A command: its arguments may be confidential.
    fn shown(&self) -> String {
        self.first().cloned().unwrap_or_default()
    }
}

/// From one drift check of a rotation to the next; `None` is written `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub Option<Duration>);

impl Shown for Every {
    fn shown(&self) -> String {
        self.0.as_ref().map_or_else(|| "off".to_owned(), Shown::shown)
    }
}

impl<'de> Deserialize<'de> for Every {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim() == "off" {
            return Ok(Self(None));
        }
        // An API token that no one uses for thirty days is dead.
        let every = within(&text, 3_600..=29 * 86_400, "`every` is 1h to 29d, or \"off\"")?;
        Ok(Self(Some(every)))
    }
}

/// The signs that lines, marks and timelines are drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GlyphSet {
    /// By the locale.
    #[default]
    Auto,
    /// Lines, blocks and arrows, whatever the locale.
    Unicode,
    /// ASCII, whatever the locale.
    Ascii,
}

impl Shown for GlyphSet {
    fn shown(&self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// A timeout. None at all would let one dead connection hold a rotation for ever; an hour is as good as none.
pub fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    within(&String::deserialize(deserializer)?, 1..=3600, "a timeout is 1s to 1h")
}

fn within<E: Error>(text: &str, seconds: std::ops::RangeInclusive<u64>, bounds: &str) -> Result<Duration, E> {
    let span: Span = text.parse().map_err(E::custom)?;
    if seconds.contains(&span.0) { Ok(Duration::from_secs(span.0)) } else { Err(E::custom(bounds)) }
}

/// A user, by name or number.
pub fn owner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let owner = String::deserialize(deserializer)?;
    if owner.trim().is_empty() || owner.contains('\0') {
        return Err(Error::custom("a user is a name or a number, as a string; or take the key out"));
    }
    Ok(Some(owner))
}

/// A program and its arguments.
pub fn command<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let command = Vec::<String>::deserialize(deserializer)?;
    let wrong = |what: &str| Err(Error::custom(what));
    match command.first() {
        None => wrong("the list names no program; write [\"page\", \"--team\", \"identity\"], or take the key out"),
        Some(program) if program.trim().is_empty() => wrong("the program's name is empty"),
        Some(_) if command.iter().any(|word| word.contains('\0')) => wrong("a NUL cannot be part of a command"),
        Some(_) => Ok(Some(command)),
    }
}
