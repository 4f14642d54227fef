//! Queries: written from the serde types that they are read into.

use hyper::Uri;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::refusal::{FieldFault, Refusal};
use crate::text::sanitize;

/// Reads a query. Parameters that mean nothing here are ignored: the peer's clients send `projectId` everywhere.
pub fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
        let (path, text) = (error.path().to_string(), error.inner().to_string());
        let message = match path.as_str() {
            "since" | "until" | "from" => "instants are written like 2026-01-31T02:30:00Z".to_owned(),
            _ if text.contains("digit found in") => "must be a whole number".to_owned(),
            _ => sanitize(&text, 200),
        };
        let field = if error.path().iter().len() == 0 { "query".into() } else { sanitize(&path, 64) };
        Refusal::invalid(vec![FieldFault { field, message }])
    })
}

/// Writes a query, with its question mark; nothing where nothing is asked for.
pub fn written(query: &impl Serialize) -> String {
    match serde_urlencoded::to_string(query) {
        Ok(pairs) if !pairs.is_empty() => format!("?{pairs}"),
        _ => String::new(),
    }
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
        assert!(refusal.message().contains("2026-01-31T02:30:00Z"), "{refusal}");
        let refusal = reading::<HistoryQuery>("?outcome=splendid").expect_err("no outcome");
        assert!(refusal.message().contains("splendid") && refusal.message().contains("attention"), "{refusal}");
        // A flag without a value could mean either, and this one destroys things.
        reading::<DeleteTerms>("?deleteSecrets").expect_err("no value");
    }
}
