//! The consumers of a rotation, as they are shown: no values.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::core::reach::{Consumer, Reach, Stands};

/// How far the current secret has come among those that had the old one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReachView {
    /// So many have the current secret,
    pub have: usize,
    /// of so many that had the old one or have this one. Those that were dismissed do not count.
    pub of: usize,
    /// The old secret waits for no one.
    pub reached: bool,
    /// Who fetched the old secret, and not the current one.
    pub missing: Vec<ConsumerView>,
}

/// A consumer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the API's own names")]
pub struct ConsumerView {
    pub consumer: String,
    /// It gave its name itself; else the name comes from its unit, or from its user and the program that started it.
    pub claimed: bool,
    /// The process that was the last to fetch, by the kernel's word.
    pub uid: u32,
    pub user: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The version that it fetched last.
    pub version: u32,
    /// Of that version, as the number of fetches is.
    pub first_fetched_at: DateTime<Utc>,
    pub last_fetched_at: DateTime<Utc>,
    /// How often, by the minute.
    pub fetches: u64,
    pub stands: Stands,
}

impl ConsumerView {
    /// Shows a consumer.
    pub fn of(consumer: &Consumer<'_>) -> Self {
        let fetches = consumer.fetches;
        Self {
            consumer: fetches.consumer.clone(),
            claimed: fetches.claimed,
            uid: fetches.caller.uid,
            user: fetches.caller.user.clone(),
            unit: fetches.caller.unit(),
            parent: fetches.caller.parent(),
            version: consumer.version,
            first_fetched_at: fetches.first,
            last_fetched_at: fetches.last,
            fetches: fetches.count,
            stands: consumer.stands,
        }
    }
}

impl ReachView {
    /// Shows how far a secret has come.
    pub fn of(reach: &Reach<'_>) -> Self {
        let (have, of) = reach.count();
        Self { have, of, reached: reach.reached(), missing: reach.missing().map(ConsumerView::of).collect() }
    }
}
