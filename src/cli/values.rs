//! Values as people type them in options: times of day, numbers of days; spans and instants as everywhere.
//!
//! Only the form is checked here. Whether a value is allowed is the engine's to say, by the field's name.

use std::str::FromStr;

pub use crate::core::schedule::typed::{Span, When};

/// A number of days as it was typed: whether it is a good one is the engine's to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Every(pub serde_json::Number);

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(days) = text.parse::<u64>() {
            return Ok(Self(days.into()));
        }
        let number = serde_json::from_str(text).map(Self);
        number.map_err(|_| "the interval is a whole number of days from 1 to 3650, such as 30".into())
    }
}

/// A time of day, `HH:MM`, not yet checked for being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Hours as typed.
    pub hours: i64,
    /// Minutes as typed.
    pub minutes: i64,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2).map(i64::from);
        let parts = text.trim().split_once(':').and_then(|(hours, minutes)| Some((part(hours)?, part(minutes)?)));
        let (hours, minutes) = parts.ok_or("a time of day is HH:MM in 24 hours, such as 02:30")?;
        Ok(Self { hours, minutes })
    }
}

#[cfg(test)]
mod tests;
