//! Problems in words, and as JSON: the data for programs beside the sentences for people.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::sentence::Sentence;
use super::voice;
use crate::core::cause::Cause;
#[cfg(test)]
use crate::core::fault::Fault;
use crate::core::fault::{Names, Problem};
use crate::core::remedy::{AtOkta, OnRotation, Remedy};
use crate::engine::refusal::Refusal;

impl Problem {
    /// What happened.
    pub fn what(&self) -> Sentence {
        self.cause.say()
    }

    /// What still works, and what to do.
    pub fn todo(&self) -> Sentence {
        self.about(joined(&self.remedies))
    }

    /// What happened, for a shell: tests read it, and nothing else does.
    #[cfg(test)]
    pub fn message(&self) -> String {
        self.what().to_string()
    }

    /// What still works and what to do, for a shell: for tests alone.
    #[cfg(test)]
    pub fn hint(&self) -> String {
        self.todo().to_string()
    }

    /// Both, for a shell.
    pub fn whole(&self) -> Sentence {
        Sentence::join([self.what(), self.todo()], "; ")
    }

    fn about(&self, sentence: Sentence) -> Sentence {
        sentence.about(self.names.rotation.as_deref(), self.names.connection.as_deref())
    }

    /// The remedies as JSON: `{"code", "data", "text", "commands"}`.
    pub fn remedies_json(&self) -> Vec<Value> {
        self.remedies.iter().map(|remedy| self.remedy_json(remedy)).collect()
    }

    fn remedy_json(&self, remedy: &Remedy) -> Value {
        let said = self.about(remedy.say());
        let mut object = Map::new();
        let (code, data) = match remedy {
            Remedy::Words(text) | Remedy::Written(text) => (SAID.to_owned(), Some(text.as_str().into())),
            remedy => tagged(remedy),
        };
        object.insert("code".into(), code.into());
        if let Some(data) = data {
            object.insert("data".into(), data);
        }
        let commands: Vec<Value> = said.commands().map(Value::from).collect();
        if !commands.is_empty() {
            object.insert("commands".into(), commands.into());
        }
        object.insert("text".into(), said.by(voice::current()).into());
        object.into()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.problem.what())
    }
}

#[cfg(test)]
impl Fault {
    /// What happened, for a shell: tests read it, and nothing else does.
    pub fn message(&self) -> String {
        self.problem.message()
    }

    /// What still works and what to do, for a shell: for tests alone.
    pub fn hint(&self) -> String {
        self.problem.hint()
    }
}

#[cfg(test)]
impl Refusal {
    /// What happened, for a shell: tests read it, and nothing else does.
    pub fn message(&self) -> String {
        self.problem.message()
    }

    /// What still works and what to do, for a shell: for tests alone.
    pub fn hint(&self) -> String {
        self.problem.hint()
    }
}

impl Cause {
    /// Its name for programs: `publishedOff`. Of what Okta answered it is the answer's: `tokenRefused`.
    pub fn code(&self) -> String {
        match self {
            Self::Okta(answered) => tagged(&answered.answer).0,
            cause => tagged(cause).0,
        }
    }
}

/// The name of a variant, and what it holds.
fn tagged<T: Serialize>(variant: &T) -> (String, Option<Value>) {
    match serde_json::to_value(variant) {
        Ok(Value::Object(object)) if object.len() == 1 => {
            object.into_iter().next().map(|(name, data)| (name, Some(data))).unwrap_or_default()
        }
        Ok(Value::String(name)) => (name, None),
        Ok(_) | Err(_) => (SAID.into(), None),
    }
}

/// Remedies as one sentence.
fn joined(remedies: &[Remedy]) -> Sentence {
    let ways_out = |it: &&Remedy| {
        let at_okta = matches!(it, Remedy::AtOkta(AtOkta::ActivatePublished | AtOkta::PublishedGone));
        at_okta || matches!(it, Remedy::OnRotation(OnRotation::GoBack | OnRotation::MakeNew))
    };
    // One of these is enough.
    let parts = remedies.chunk_by(|one, next| ways_out(&one) && ways_out(&next));
    Sentence::join(parts.map(|part| Sentence::join(part.iter().map(Remedy::say), ", or ")), "; ")
}

/// The code of what is said in words alone.
const SAID: &str = "said";

/// A remedy by its name and what it holds; what this version of windlass does not know is read by its sentence.
fn untagged(WrittenRemedy { code, data, text }: WrittenRemedy) -> Remedy {
    let value = match data {
        Some(data) => Map::from_iter([(code, data)]).into(),
        None => code.into(),
    };
    let known = serde_json::from_value(value).ok().filter(|remedy| !matches!(remedy, Remedy::Written(_)));
    known.unwrap_or(Remedy::Written(text))
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message", &self.what().by(voice::current()))?;
        map.serialize_entry("hint", &self.todo().by(voice::current()))?;
        map.serialize_entry("cause", &self.cause)?;
        map.serialize_entry("remedies", &self.remedies_json())?;
        if self.names != Names::default() {
            map.serialize_entry("names", &self.names)?;
        }
        map.end()
    }
}

/// A problem as it is written: by this version, or by one that had the sentences alone, or another cause.
#[derive(Deserialize)]
pub struct Written {
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub hint: String,
    #[serde(default)]
    pub cause: Value,
    #[serde(default)]
    pub remedies: Vec<WrittenRemedy>,
    #[serde(default)]
    pub names: Names,
}

/// A remedy as it is written.
#[derive(Deserialize)]
pub struct WrittenRemedy {
    code: String,
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    text: String,
}

impl From<Written> for Problem {
    fn from(written: Written) -> Self {
        let Written { message, hint, cause, remedies, names } = written;
        // A cause of another version is read by its sentence.
        let known = if cause.is_null() { None } else { serde_json::from_value(cause).ok() };
        let known = known.filter(|cause| !matches!(cause, Cause::Written(_)));
        let remedies = if remedies.is_empty() && !hint.is_empty() {
            vec![Remedy::Written(hint)]
        } else {
            remedies.into_iter().map(untagged).collect()
        };
        Self { cause: known.unwrap_or(Cause::Written(message)), remedies, names }
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer).map(Into::into)
    }
}
