//! Names and values that people type, and the rules for them (docs/concepts.md, "Rules for names and values").
//!
//! Every type here can only be made through its check, so the rest of the program never meets a bad one. This module
//! knows nothing of forms: a frontend collects the faults of all fields and shows each beside its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod reserved;
mod url;

pub use reserved::{refused, reserved};
pub use url::{Origin, OriginFault};

/// A value that breaks a rule: what is wrong, in one sentence, with the fix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(pub String);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text as it was accepted.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                let check: fn(&str) -> Result<String, BadName> = $check;
                check(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

name!(
    /// The name of a connection or a rotation: 1–64 of `a-z0-9-`, no hyphen at either end, unique in the store.
    Slug,
    |text| slug(text, "name")
);
name!(
    /// An environment's slug, as [`Slug`]; `prod` by default.
    Environment,
    |text| slug(text, "environment")
);
name!(
    /// A folder of secrets: `/` or `/a/b`. A trailing slash is cut.
    SecretPath,
    path
);
name!(
    /// The name that a consumer reads a credential under: 1–255 characters without `:` `/` `=` NUL or white space.
    SecretName,
    secret_name
);
name!(
    /// Free text, at most 256 characters, no control characters.
    Description,
    description
);

impl SecretName {
    /// Whether the name can be an environment variable (`[A-Za-z_][A-Za-z0-9_]*`).
    pub fn is_variable(&self) -> bool {
        let mut bytes = self.0.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self("prod".into())
    }
}

impl Default for SecretPath {
    fn default() -> Self {
        Self("/".into())
    }
}

#[expect(clippy::derivable_impls, reason = "the macro makes all names alike, and only this one may be empty")]
impl Default for Description {
    fn default() -> Self {
        Self(String::new())
    }
}

fn bad(message: String) -> BadName {
    BadName(message)
}

fn slug(text: &str, what: &str) -> Result<String, BadName> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty()
        && text.len() <= 64
        && text.chars().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
    {
        return Ok(text.to_owned());
    }
    let near = slugify(text);
    let rule = format!("{what} must be 1 to 64 of a-z, 0-9 and hyphen, with no hyphen at either end");
    Err(bad(if near.is_empty() || near == text { rule } else { format!("{rule}; {near:?} would do") }))
}

/// The nearest valid slug, or an empty string: lower case, runs of anything else become one hyphen.
pub fn slugify(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(64);
    slug.trim_end_matches('-').to_owned()
}

fn path(text: &str) -> Result<String, BadName> {
    let trimmed = text.trim_end_matches('/');
    let folder_ok = |folder: &str| {
        !folder.is_empty()
            && folder != "."
            && folder != ".."
            && folder.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    if text.starts_with('/') && trimmed.is_empty() {
        return Ok("/".into());
    }
    if text.len() <= 255 && trimmed.strip_prefix('/').is_some_and(|rest| rest.split('/').all(folder_ok)) {
        return Ok(trimmed.to_owned());
    }
    Err(bad("path must be / or folders such as /team/app, of letters, digits, '-', '_' and '.'".into()))
}

fn secret_name(text: &str) -> Result<String, BadName> {
    let length = text.chars().count();
    if length == 0 || length > 255 {
        return Err(bad("a secret name has 1 to 255 characters".into()));
    }
    match text.chars().find(|c| matches!(c, ':' | '/' | '=') || c.is_whitespace() || c.is_control()) {
        None => Ok(text.to_owned()),
        Some(c) => Err(bad(format!("a secret name cannot contain {c:?} (nor any of : / = or white space)"))),
    }
}

fn description(text: &str) -> Result<String, BadName> {
    if text.chars().count() > 256 {
        return Err(bad(format!("a description has at most 256 characters, this one has {}", text.chars().count())));
    }
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(bad(format!("a description is one line of text; it contains {c:?}")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
