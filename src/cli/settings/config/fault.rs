//! What is wrong with a config file, with its line.

use crate::text::sanitize;

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
