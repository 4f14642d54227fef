//! Which attempts are shown, and how that is typed: `rotation:hr-sync outcome:failed by:mira since:7d`.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::core::history::{Entry, Outcome};
use crate::core::schedule::typed::When;
use crate::engine::request::HistoryQuery;

const OUTCOMES: [(&str, Outcome); 4] = [
    ("success", Outcome::Success),
    ("failed", Outcome::Failed),
    ("running", Outcome::Running),
    ("attention", Outcome::Attention),
];

/// An outcome in a word.
pub fn word(outcome: Outcome) -> &'static str {
    OUTCOMES.iter().find(|(_, known)| *known == outcome).map_or("", |(word, _)| word)
}

/// Which attempts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this rotation, by name.
    pub rotation: Option<String>,
    /// Only those with this outcome.
    pub outcome: Option<Outcome>,
    /// Only this user's.
    pub actor: Option<String>,
    /// Started at or after.
    pub since: Option<DateTime<Utc>>,
    /// Started before.
    pub until: Option<DateTime<Utc>>,
}

impl Filter {
    /// Reads what was typed. A word without a colon is the name of a rotation.
    pub fn parse(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in text.split_whitespace() {
            let (key, value) = word.split_once(':').unwrap_or(("rotation", word));
            if value.is_empty() {
                return Err(format!("{key}: needs a value"));
            }
            match key {
                "rotation" => filter.rotation = Some(value.to_owned()),
                "outcome" => filter.outcome = Some(outcome(value)?),
                "by" | "actor" => filter.actor = Some(value.to_owned()),
                "since" => filter.since = Some(instant(value, now, zone)?),
                "until" => filter.until = Some(instant(value, now, zone)?),
                _ => return Err(format!("{key:?} is none of rotation: outcome: by: since: until:")),
            }
        }
        Ok(filter)
    }

    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The page of these attempts before one, or the newest.
    pub fn query(&self, before: Option<uuid::Uuid>, limit: usize) -> HistoryQuery {
        HistoryQuery {
            rotation: self.rotation.clone(),
            since: self.since,
            until: self.until,
            before,
            outcome: self.outcome,
            actor: self.actor.clone(),
            limit: Some(limit),
        }
    }

    /// Whether an attempt that was shown as running may be shown as it is now. What the engine left to the query (names,
    /// times, actors) does not change while an attempt runs; how it stands does.
    pub fn keeps(&self, entry: &Entry) -> bool {
        self.outcome.is_none_or(|outcome| outcome == entry.outcome)
    }

    /// In words, as it could be typed.
    pub fn words(&self, zone: Tz) -> String {
        let mut words = String::new();
        let mut word = |key: &str, value: &str| {
            let gap = if words.is_empty() { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(words, "{gap}{key}:{value}");
        };
        let date = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string();
        self.rotation.iter().for_each(|name| word("rotation", name));
        self.outcome.iter().for_each(|outcome| word("outcome", self::word(*outcome)));
        self.actor.iter().for_each(|actor| word("by", actor));
        self.since.iter().for_each(|since| word("since", &date(*since)));
        self.until.iter().for_each(|until| word("until", &date(*until)));
        words
    }
}

fn outcome(text: &str) -> Result<Outcome, String> {
    let known = OUTCOMES.iter().find(|(word, _)| *word == text).map(|(_, outcome)| *outcome);
    known.ok_or_else(|| format!("{text:?} is none of success, failed, running, attention"))
}

/// A span ago, a date, or a date and a time of day, in the reader's zone.
fn instant(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>, String> {
    text.parse::<When>().map(|when| when.back(now, zone))
}

#[cfg(test)]
mod tests;
