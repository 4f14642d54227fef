//! What Secrets Manager is sent and answers, and a JSON object in which others have keys as well.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use zeroize::Zeroize;

use crate::core::secret::{SecretValue, exposed};
use crate::core::target::Document;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Read {
    pub version_id: String,
    #[serde(default, with = "exposed::option")]
    pub secret_string: Option<SecretValue>,
    /// In base64: never ours.
    #[serde(default, with = "exposed::option")]
    pub secret_binary: Option<SecretValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Described {
    #[serde(default)]
    pub tags: Option<Vec<Tag>>,
    #[serde(default)]
    pub deleted_date: Option<Value>,
    #[serde(default)]
    pub version_ids_to_stages: Option<BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: String,
    #[serde(default)]
    pub value: String,
}

/// A new value.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Put<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_id: Option<&'a str>,
    pub client_request_token: String,
    #[serde(with = "exposed")]
    pub secret_string: SecretValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub version_stages: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// The keys of a JSON object; what they hold is kept letter by letter, and wiped when dropped.
pub struct Object(pub BTreeMap<String, Box<RawValue>>);

impl Drop for Object {
    fn drop(&mut self) {
        for raw in std::mem::take(&mut self.0).into_values() {
            String::from(Box::<str>::from(raw)).zeroize();
        }
    }
}

impl Object {
    pub fn read(value: &SecretValue) -> Option<Self> {
        serde_json::from_str(value.expose()).ok().map(Self)
    }

    fn get(&self, key: &str) -> Option<SecretValue> {
        let raw = self.0.get(key)?.get();
        if raw.starts_with('"') {
            return serde_json::from_str::<String>(raw).ok().map(SecretValue::new);
        }
        // What is no text was never ours.
        Some(raw).filter(|raw| *raw != "null").map(SecretValue::new)
    }

    pub fn values<'a>(&self, keys: impl IntoIterator<Item = &'a String>) -> Document {
        keys.into_iter().filter_map(|key| Some((key.clone(), self.get(key)?))).collect()
    }

    pub fn set(&mut self, key: &str, value: &SecretValue) {
        // A text is always one in JSON.
        if let Ok(raw) = to_raw_value(value.expose()) {
            self.0.insert(key.to_owned(), raw);
        }
    }

    pub fn written(&self) -> SecretValue {
        SecretValue::new(serde_json::to_string(&self.0).unwrap_or_default())
    }
}

pub fn tags(described: Described) -> BTreeMap<String, String> {
    described.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// The day of a date as AWS gives it: in seconds since 1970, or as a text.
pub fn day(date: &Value) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "seconds, of which the fraction does not matter")]
    let seconds = date.as_f64().map(|seconds| seconds as i64);
    let day =
        seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).map(|at| at.format("%Y-%m-%d").to_string());
    day.or_else(|| date.as_str().map(|text| text.chars().take(10).collect())).unwrap_or_else(|| "unknown".into())
}
