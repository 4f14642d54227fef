//! What requests and views have in common.

use serde::{Deserialize, Serialize};

use crate::core::rotation::Mapping;

/// A time of day. Numbers, so that each can be refused by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeOfDay {
    /// 0–23.
    pub hours: i64,
    /// 0–59.
    pub minutes: i64,
}

/// A time of day in a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotateAt {
    /// 0–23.
    pub hours: i64,
    /// 0–59.
    pub minutes: i64,
    /// IANA name; the engine's own zone where absent.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// The two names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingBody {
    /// The client id's.
    pub client_id: String,
    /// The client secret's.
    pub client_secret: String,
}

impl MappingBody {
    /// As they are kept.
    pub fn of(mapping: &Mapping) -> Self {
        Self { client_id: mapping.client_id.to_string(), client_secret: mapping.client_secret.to_string() }
    }
}
