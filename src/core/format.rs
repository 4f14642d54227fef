//! The formats in which other programs read values. A value comes back from a format's reader byte by byte, or it is not
//! written: no reader gets half of one, or something else under its name.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `NAME=value`, quoted only where it has to be, in the way that dotenv libraries agree on.
    Dotenv,
    /// `NAME=value` as it is: for `docker run --env-file`, which knows no quotes.
    Docker,
    /// `export NAME='value'`, for a POSIX shell.
    Shell,
    /// One object.
    Json,
    /// One mapping.
    Yaml,
    /// `NAME="value"`, for `EnvironmentFile=` of a systemd unit.
    Systemd,
}

/// Why a value cannot be written in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A zero byte: no environment variable has one.
    Nul,
    /// More bytes than a variable can have there, the name and the sign between counted.
    Long(usize),
    /// A line break.
    LineBreak,
    /// A quote at its beginning: newer readers take it off, older ones do not.
    Quote,
    /// A control character: older readers drop the variable.
    Control,
    /// A code point that is no character: the reader drops the variable.
    NoCharacter,
    /// Quotes, backslashes, dollars or line breaks that no way of quoting holds for all readers.
    Quoting,
}

/// What the kernel takes for one variable, with its name, the sign between and the zero at the end.
const VARIABLE: usize = 128 * 1024;

/// What docker's reader takes for one line, with its end.
const LINE: usize = 64 * 1024;

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Dotenv, Self::Docker, Self::Shell, Self::Json, Self::Yaml, Self::Systemd];

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dotenv => "dotenv",
            Self::Docker => "docker",
            Self::Shell => "shell",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Systemd => "systemd",
        }
    }

    /// Whether its names become environment variables.
    pub fn is_environment(self) -> bool {
        !matches!(self, Self::Json | Self::Yaml)
    }

    /// Writes pairs of names and values, in their order; or says which of them it cannot write, all at once. The names are
    /// those of variables where [`Self::is_environment`].
    pub fn write<'a>(self, pairs: &[(&'a str, &str)]) -> Result<Zeroizing<String>, Vec<(&'a str, Obstacle)>> {
        let mut obstacles = Vec::new();
        let mut text = Zeroizing::new(String::new());
        for (number, (name, value)) in pairs.iter().enumerate() {
            if let Some(obstacle) = self.obstacle(name, value) {
                obstacles.push((*name, obstacle));
                continue;
            }
            let value = Zeroizing::new(self.value(value));
            // A string takes whatever is written into it.
            let _ = match self {
                Self::Shell => writeln!(text, "export {name}={}", *value),
                Self::Json => write!(text, "{}{}:{}", if number == 0 { "{" } else { "," }, json(name), *value),
                Self::Yaml => writeln!(text, "{}: {}", yaml(name), *value),
                Self::Dotenv | Self::Docker | Self::Systemd => writeln!(text, "{name}={}", *value),
            };
        }
        match self {
            Self::Json if pairs.is_empty() => text.push_str("{}\n"),
            Self::Json => text.push_str("}\n"),
            _ => {}
        }
        if obstacles.is_empty() { Ok(text) } else { Err(obstacles) }
    }

    fn value(self, value: &str) -> String {
        match self {
            Self::Dotenv => dotenv(value).unwrap_or_default(),
            Self::Docker => value.to_owned(),
            Self::Shell => shell(value),
            Self::Json => json(value),
            Self::Yaml => yaml(value),
            Self::Systemd => systemd(value),
        }
    }

    fn obstacle(self, name: &str, value: &str) -> Option<Obstacle> {
        let long = name.len() + "=".len() + value.len() + "\0".len();
        let most = if self == Self::Docker { LINE } else { VARIABLE };
        match self {
            Self::Json | Self::Yaml => None,
            _ if value.contains('\0') => Some(Obstacle::Nul),
            _ if long > most => Some(Obstacle::Long(most)),
            Self::Docker if value.contains(['\n', '\r']) => Some(Obstacle::LineBreak),
            Self::Docker if value.starts_with(['"', '\'', '`']) => Some(Obstacle::Quote),
            Self::Systemd if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) => {
                Some(Obstacle::Control)
            }
            Self::Systemd if value.chars().any(is_no_character) => Some(Obstacle::NoCharacter),
            Self::Dotenv if dotenv(value).is_none() => Some(Obstacle::Quoting),
            Self::Dotenv | Self::Docker | Self::Shell | Self::Systemd => None,
        }
    }
}

/// What Unicode promises never to be a character.
fn is_no_character(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Nothing in it means anything to any reader; zsh takes `=name` for the path of a program.
fn is_plain(value: &str) -> bool {
    !value.starts_with('=') && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&byte))
}

/// A string of JSON, with its quotes.
pub fn json(text: &str) -> String {
    // A string cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// A word of a POSIX shell: within single quotes nothing is special but the quote itself.
pub fn shell(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// The readers differ in what they unescape, and all of them take off quotes. In single quotes they take everything as it is,
/// but for a backslash before another, before the quote or at the end, and for `${`, which one of them replaces everywhere. In
/// double quotes they agree on `\n` alone. What neither holds is not written.
fn dotenv(value: &str) -> Option<String> {
    if is_plain(value) {
        return Some(value.to_owned());
    }
    if value.contains('\r') || value.contains("${") {
        return None;
    }
    if !value.contains(['\'', '\n']) && !value.contains(r"\\") && !value.ends_with('\\') {
        return Some(format!("'{value}'"));
    }
    (!value.contains(['"', '\\', '$', '`'])).then(|| format!("\"{}\"", value.replace('\n', r"\n")))
}

/// In double quotes a line break stands as it is. Releases before 241 unescape in single quotes too, and drop every backslash
/// in double ones: what is written here is read alike by all.
fn systemd(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    let mut text = String::from('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

/// A double-quoted scalar, in which every character can be written.
fn yaml(value: &str) -> String {
    let mut text = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // What YAML calls not printable, and the line breaks that its two versions disagree about.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests;
