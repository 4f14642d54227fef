//! The config file: every key optional, an unknown one reported with its line and the nearest name. What holds where something
//! is wrong stands in [`super::sound`].
//!
//! A key stands here only while something reads it. No secrets: a token has no business in a config file.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::keys::KeysConfig;
use crate::cli::values::Span;
use crate::okta::Network;
use crate::text::sanitize;

/// What the config file can say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How Okta is reached.
    pub network: NetworkConfig,
    /// What a command means where it says nothing.
    pub defaults: Defaults,
    /// How often the engine checks for drift. The table was called `[look]` before.
    #[serde(alias = "look")]
    pub drift: Drift,
    /// How the terminal UI looks.
    pub ui: UiConfig,
    /// Other keys for actions of the terminal UI.
    pub keys: KeysConfig,
    /// Who is informed when something needs attention.
    pub notify: NotifyConfig,
    /// Whose engine is believed.
    pub engine: EngineConfig,
}

/// How often the engine checks each rotation for drift: whether its secrets were changed at Okta outside windlass. It also keeps
/// the token in use. A check is one read of an app's secrets, which Okta's system log records.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Drift {
    /// From one check of a rotation to the next; `None` is written `off`.
    #[serde(deserialize_with = "drift_every")]
    pub every: Option<Duration>,
}

impl Default for Drift {
    fn default() -> Self {
        Self { every: Some(Duration::from_hours(24)) }
    }
}

fn drift_every<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim() == "off" {
        return Ok(None);
    }
    let span: Span = text.parse().map_err(serde::de::Error::custom)?;
    // An API token that no one uses for thirty days is dead.
    if !(3_600..=29 * 86_400).contains(&span.0) {
        return Err(serde::de::Error::custom("`every` is 1h to 29d, or \"off\""));
    }
    Ok(Some(Duration::from_secs(span.0)))
}

/// How Okta is reached.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// PEM certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Until a connection stands.
    #[serde(deserialize_with = "timeout")]
    pub connect_timeout: Duration,
    /// From the first byte sent to the last byte read.
    #[serde(deserialize_with = "timeout")]
    pub call_timeout: Duration,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        let Network { ca_file, connect_timeout, call_timeout } = Network::default();
        Self { ca_file, connect_timeout, call_timeout }
    }
}

/// What a command means where it says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// The time zone of a new rotation; the machine's where absent.
    pub time_zone: Option<String>,
    /// The environment.
    pub environment: String,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { time_zone: None, environment: "prod".into() }
    }
}

/// How the terminal UI looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UiConfig {
    /// The theme's name. Whether there is one is looked up where the themes are.
    pub theme: Option<Spanned<String>>,
    /// The line of the theme, from 1 …
    #[serde(skip)]
    pub theme_line: usize,
    /// … of this file.
    #[serde(skip)]
    pub theme_file: Option<PathBuf>,
    /// The signs.
    pub glyphs: GlyphSet,
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

/// Who is informed when something needs attention.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotifyConfig {
    /// The program, found on PATH or by its path, and its arguments; no one is informed where absent.
    #[serde(deserialize_with = "command")]
    pub command: Option<Vec<String>>,
}

/// Whose engine is believed, besides the user's own and root's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngineConfig {
    /// A user, by name or number.
    #[serde(deserialize_with = "owner")]
    pub owner: Option<String>,
}

fn owner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let owner = String::deserialize(deserializer)?;
    if owner.trim().is_empty() || owner.contains('\0') {
        return Err(serde::de::Error::custom("a user is a name or a number, as a string; or take the key out"));
    }
    Ok(Some(owner))
}

fn command<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let command = Vec::<String>::deserialize(deserializer)?;
    let wrong = |what: &str| Err(serde::de::Error::custom(what));
    match command.first() {
        None => wrong("the list names no program; write [\"page\", \"--team\", \"identity\"], or take the key out"),
        Some(program) if program.trim().is_empty() => wrong("the program's name is empty"),
        Some(_) if command.iter().any(|word| word.contains('\0')) => wrong("a NUL cannot be part of a command"),
        Some(_) => Ok(Some(command)),
    }
}

fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let span: Span = text.parse().map_err(serde::de::Error::custom)?;
    // None at all would let one dead connection hold a rotation for ever; an hour is as good as none.
    if !(1..=3600).contains(&span.0) {
        return Err(serde::de::Error::custom("a timeout is 1s to 1h"));
    }
    Ok(Duration::from_secs(span.0))
}

impl Config {
    /// Reads the text of one.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let of =
            |error: toml::de::Error| ConfigFault::of(text, error.span().map_or(0, |span| span.start), error.message());
        let mut config: Self = toml::from_str(text).map_err(of)?;
        config.keys.read(text)?;
        config.ui.theme_line = config.ui.theme.as_ref().map_or(0, |theme| line(text, theme.span().start));
        Ok(config)
    }

    /// The part that the client of Okta needs.
    pub fn network(&self) -> Network {
        let NetworkConfig { ca_file, connect_timeout, call_timeout } = self.network.clone();
        Network { ca_file, connect_timeout, call_timeout }
    }
}

/// The largest config file: far more than all keys with their comments.
pub const LARGEST: u64 = 256 << 10;

/// The line, from 1, that this byte is in.
pub fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// What is wrong with a config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// The part of the file that it concerns, by its name; empty where it concerns none.
    pub section: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Where it stands, in bytes.
    pub at: usize,
}

impl ConfigFault {
    /// A fault at a byte of a text.
    pub fn new(text: &str, at: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let section = String::new();
        Self { section, line: line(text, at), message: message.into(), hint: hint.into(), at }
    }

    /// What the reader of TOML says about that place.
    pub fn of(text: &str, at: usize, said: &str) -> Self {
        let message = sanitize(said.trim(), 300).replace("\\u{a}", "; ");
        // serde says: unknown field `x`, expected one of `a`, `b`; and the same of a variant.
        let mut quoted = message.split('`').skip(1).step_by(2);
        let hint = match quoted.next() {
            Some(unknown) if message.starts_with("unknown field") || message.starts_with("unknown variant") => {
                let known: Vec<&str> = quoted.collect();
                let near = known
                    .iter()
                    .max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b)));
                near.map_or_else(|| "take the key out".into(), |near| format!("did you mean `{near}`?"))
            }
            _ => "correct the line".into(),
        };
        Self::new(text, at, message, hint)
    }
}
