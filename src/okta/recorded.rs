//! Apps as real orgs have them, for tests: 106 shapes, of which no two are alike.
//!
//! Cut down to the fields that are read, from answers of Okta that others have recorded and published: the acceptance tests
//! of okta/terraform-provider-okta (Mozilla Public License 2.0) and of okta/okta-sdk-python (Apache License 2.0). Ids, hosts
//! and names in them are made up.

use serde_json::Value;

use super::wire;
use crate::core::protocol::call::SeenApp;

/// A body on each line.
const LINES: &str = include_str!("recorded/apps.jsonl");

/// The bodies.
pub fn bodies() -> Vec<Value> {
    LINES.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The apps as they are read.
pub fn seen() -> Vec<SeenApp> {
    LINES.lines().map(|line| serde_json::from_str::<wire::App>(line).expect("an app").into()).collect()
}

#[cfg(test)]
mod tests;
