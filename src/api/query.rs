//! Queries: written from the serde types that they are read into.

use axum::extract::Query;
use hyper::Uri;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::path::escaped;
use crate::engine::refusal::{FieldFault, Refusal};
use crate::text::sanitize;

/// Reads a query. Parameters that mean nothing here are ignored: the peer's clients send `projectId` everywhere.
pub fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    match Query::try_from_uri(uri) {
        Ok(Query(query)) => Ok(query),
        Err(rejection) => {
            let text = std::error::Error::source(&rejection).map_or_else(|| rejection.body_text(), ToString::to_string);
            let (field, message) = text.split_once(": ").unwrap_or(("query", &text));
            let message = match field {
                "since" | "until" | "from" => "instants are written like 2026-01-31T02:30:00Z".to_owned(),
                _ if message.contains("digit found in") => "must be a whole number".to_owned(),
                _ => sanitize(message, 200),
            };
            let field = FieldFault { field: sanitize(field, 64), message };
            Err(Refusal::invalid(vec![field]))
        }
    }
}

/// Writes a query, with its question mark; nothing where nothing is asked for.
pub fn written(query: &impl Serialize) -> String {
    let Ok(Value::Object(fields)) = serde_json::to_value(query) else { return String::new() };
    let pairs = fields.into_iter().filter_map(|(name, value)| {
        let value = match value {
            Value::Null => return None,
            Value::String(text) => text,
            other => other.to_string(),
        };
        Some(format!("{}={}", escaped(&name), escaped(&value)))
    });
    let pairs: Vec<String> = pairs.collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::request::{DeleteTerms, HistoryQuery};

    fn reading<T: DeserializeOwned>(query: &str) -> Result<T, Refusal> {
        read(&format!("/x{query}").parse().expect("a URI"))
    }

    #[test]
    fn a_query_survives_and_unknown_parameters_are_ignored() {
        let query = HistoryQuery {
            rotation: Some("a&b=c d%+é".into()),
            since: Some(chrono::DateTime::UNIX_EPOCH),
            outcome: Some(crate::core::history::Outcome::Failed),
            limit: Some(7),
            ..HistoryQuery::default()
        };
        let read: HistoryQuery = reading(&written(&query)).expect("own writing");
        assert_eq!(format!("{read:?}"), format!("{query:?}"));
        assert!(reading::<HistoryQuery>("?projectId=1&limit=5").is_ok());
        assert_eq!(written(&HistoryQuery::default()), "");
    }

    #[test]
    fn a_value_that_cannot_be_read_is_named() {
        let refusal = reading::<HistoryQuery>("?limit=many").expect_err("no number");
        assert_eq!((refusal.status_code, refusal.fields[0].field.as_str()), (400, "limit"), "{refusal:?}");
        assert_eq!(refusal.fields[0].message, "must be a whole number");
        let refusal = reading::<HistoryQuery>("?since=yesterday").expect_err("no instant");
        assert!(refusal.message.contains("2026-01-31T02:30:00Z"), "{refusal}");
        let refusal = reading::<HistoryQuery>("?outcome=splendid").expect_err("no outcome");
        assert!(refusal.message.contains("splendid") && refusal.message.contains("attention"), "{refusal}");
        // A flag without a value could mean either, and this one destroys things.
        reading::<DeleteTerms>("?deleteSecrets").expect_err("no value");
    }
}
