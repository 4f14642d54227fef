//! What needs attention, as JSON. `cause` and `next` are its sentences, as they always were; the data stands beside them.

use chrono::{DateTime, Utc};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::problem::{Written, WrittenRemedy};
use super::voice;
use crate::core::fault::Names;
use crate::core::rotation::Attention;

impl Serialize for Attention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("cause", &self.problem.what().by(voice::current()))?;
        map.serialize_entry("next", &self.problem.todo().by(voice::current()))?;
        map.serialize_entry("since", &self.since)?;
        if self.drift {
            map.serialize_entry("drift", &true)?;
        }
        if let Some(attempt) = self.attempt {
            map.serialize_entry("attempt", &attempt)?;
        }
        map.serialize_entry("code", &self.problem.cause.code())?;
        map.serialize_entry("data", &self.problem.cause)?;
        map.serialize_entry("remedies", &self.problem.remedies_json())?;
        if self.problem.names != Names::default() {
            map.serialize_entry("names", &self.problem.names)?;
        }
        map.end()
    }
}

#[derive(Deserialize)]
struct WrittenAttention {
    cause: String,
    next: String,
    since: DateTime<Utc>,
    #[serde(default)]
    drift: bool,
    #[serde(default)]
    attempt: Option<Uuid>,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    remedies: Vec<WrittenRemedy>,
    #[serde(default)]
    names: Names,
}

impl<'de> Deserialize<'de> for Attention {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenAttention { cause, next, since, drift, attempt, data, remedies, names } =
            WrittenAttention::deserialize(deserializer)?;
        let problem = Written { message: cause, hint: next, cause: data, remedies, names }.into();
        Ok(Self { problem, since, drift, attempt })
    }
}
