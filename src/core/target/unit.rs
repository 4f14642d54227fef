//! Units of systemd: which of them a credential is for, and what it is called there.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::core::name::BadName;

/// The kinds of units that run programs, and can have credentials (systemd.exec(5)).
const KINDS: [&str; 4] = [".service", ".socket", ".mount", ".swap"];

/// The longest name of a unit, and of a credential.
const LONGEST: usize = 255;

/// The name of a unit, in which `*` stands for any text and `?` for one character: `pay.service`, `pay@*.service`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Units(String);

impl Units {
    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a unit is one of them. What is no unit's name is none.
    pub fn have(&self, unit: &str) -> bool {
        is_unit(unit) && meet(self.0.as_bytes(), unit.as_bytes())
    }

    /// Whether a unit can be one of both.
    pub fn meet(&self, other: &Self) -> bool {
        meet(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Units {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = !text.is_empty() && text.len() <= LONGEST && text.chars().all(|c| in_unit(c) || "*?".contains(c));
        // `pay` alone would never be one.
        let typed = text.ends_with('*') || KINDS.iter().any(|kind| text.ends_with(kind));
        if fits && typed {
            return Ok(Self(text.to_owned()));
        }
        let near = format!("{text}.service");
        let near = if fits { format!("; {near:?} would do") } else { String::new() };
        Err(BadName(format!(
            "is a unit's name with its kind, as pay.service; * and ? stand for others, as pay@*.service{near}"
        )))
    }
}

impl TryFrom<String> for Units {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<Units> for String {
    fn from(units: Units) -> Self {
        units.0
    }
}

/// Whether it is the name of a unit that can have credentials, whole: `pay@3.service`.
pub fn is_unit(name: &str) -> bool {
    let kind = KINDS.iter().find_map(|kind| name.strip_suffix(kind));
    name.len() <= LONGEST && name.chars().all(in_unit) && kind.is_some_and(|prefix| !prefix.is_empty())
}

/// What systemd allows in a unit's name (systemd.unit(5)).
fn in_unit(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":-_.\\@".contains(c)
}

/// Whether it can be a credential's name in a unit's file as it stands: without what systemd reads otherwise there (`:`, `%`,
/// quotes), and as the name of the file that it becomes.
pub fn is_credential(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.@+".contains(c);
    !name.is_empty() && name.len() <= LONGEST && !name.starts_with('.') && name.chars().all(plain)
}

/// Whether a text fits both patterns.
fn meet(a: &[u8], b: &[u8]) -> bool {
    // `row[j]`: whether what is left of `a` and `b[j..]` have a text in common; from their ends to their beginnings.
    let mut row: Vec<bool> = (0..=b.len()).map(|j| b[j..].iter().all(|c| *c == b'*')).collect();
    for (i, left) in a.iter().enumerate().rev() {
        let mut next = vec![false; b.len() + 1];
        next[b.len()] = a[i..].iter().all(|c| *c == b'*');
        for (j, right) in b.iter().enumerate().rev() {
            next[j] = if *left == b'*' || *right == b'*' {
                row[j] || next[j + 1]
            } else {
                row[j + 1] && (left == right || *left == b'?' || *right == b'?')
            };
        }
        row = next;
    }
    row[0]
}

#[cfg(test)]
mod tests;
