//! Whether a request, an answer or a piece of JSON is as the table says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::description::{Description, Operation};
use super::tap::Exchange;

/// Whether a value is of a kind; what is wrong otherwise, by its place.
pub fn fit(table: &Description, kind: &str, value: &Value, at: &str) -> Result<(), String> {
    let kind = kind.trim_end_matches('!');
    let wrong = || Err(format!("{at} is {value}, not {kind}"));
    if let Some(inner) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        let Some(list) = value.as_array() else { return wrong() };
        return list
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| fit(table, inner, item, &format!("{at}[{index}]")));
    }
    if let Some(name) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) {
        // The org's own description has no schema: it is only known to tell its id.
        let Some(schema) = table.schema.get(name) else {
            return if value["id"].is_string() { Ok(()) } else { wrong() };
        };
        return fields(table, schema, value, at);
    }
    let Some(text) = value.as_str() else {
        return if kind == "boolean" && value.is_boolean() { Ok(()) } else { wrong() };
    };
    let fine = match kind {
        "string" => true,
        "boolean" => false,
        "instant" => is_instant(text),
        words => words.split('|').any(|word| word == text),
    };
    if fine { Ok(()) } else { wrong() }
}

fn fields(table: &Description, schema: &BTreeMap<String, String>, value: &Value, at: &str) -> Result<(), String> {
    let Some(object) = value.as_object() else { return Err(format!("{at} is {value}, not an object")) };
    for (name, value) in object {
        let kind = schema.get(name).ok_or_else(|| format!("{at}.{name} is no field of Okta's"))?;
        fit(table, kind, value, &format!("{at}.{name}"))?;
    }
    let missing = schema.iter().find(|(name, kind)| kind.ends_with('!') && !object.contains_key(*name));
    missing.map_or(Ok(()), |(name, _)| Err(format!("{at}.{name} is missing")))
}

/// `YYYY-MM-DDTHH:mm:ss.SSSZ`, as in every recorded answer.
fn is_instant(text: &str) -> bool {
    let shape = "0000-00-00T00:00:00.000Z";
    let same = |(found, wanted): (u8, u8)| if wanted == b'0' { found.is_ascii_digit() } else { found == wanted };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(same)
}

/// Checks one exchange in both directions.
pub fn check<'a>(table: &'a Description, exchange: &Exchange) -> Result<&'a Operation, String> {
    let place = format!("{} {}", exchange.method, exchange.path);
    let operation =
        table.asked(&exchange.method, &exchange.path).ok_or_else(|| format!("{place} is no call of Okta's"))?;
    request(table, operation, exchange).map_err(|wrong| format!("{place}, request: {wrong}"))?;
    answer(table, operation, exchange).map_err(|wrong| format!("{place}, {}: {wrong}", exchange.status))?;
    Ok(operation)
}

fn request(table: &Description, operation: &Operation, exchange: &Exchange) -> Result<(), String> {
    for (name, value) in form(exchange.query.as_deref().unwrap_or_default()) {
        if !operation.query.contains(&name) {
            return Err(format!("there is no parameter {name}"));
        }
        if name == "limit" && !value.parse::<u32>().is_ok_and(|limit| (1..=200).contains(&limit)) {
            return Err(format!("limit is {value}"));
        }
    }
    let header = |name: &str| exchange.request_header(name);
    if header("accept") != Some("application/json") {
        return Err("it does not ask for JSON".into());
    }
    if let Some(encodings) = header("accept-encoding") {
        return Err(format!("it asks for {encodings}, and a compressed body has no bound"));
    }
    match (header("authorization"), operation.path.split('/').nth(1)) {
        (Some(given), Some("api")) if given.starts_with("SSWS ") || given.starts_with("Bearer ") => {}
        (Some(given), Some("oauth2")) if given.starts_with("Basic ") => {}
        (None, Some("oauth2" | ".well-known")) => {}
        (given, _) => return Err(format!("the authorization is {given:?}")),
    }
    if operation.method == "POST" && header("content-length").is_none() {
        // Front ends answer 411 to a POST that does not say how long it is.
        return Err("no content-length".into());
    }
    let Some(media) = &operation.media else {
        return if exchange.asked.is_empty() { Ok(()) } else { Err("it has a body".into()) };
    };
    if header("content-type") != Some(media) {
        return Err(format!("the content type is {:?}", header("content-type")));
    }
    let body = match media.as_str() {
        "application/json" => serde_json::from_slice(&exchange.asked).map_err(|error| error.to_string())?,
        _ => asked_of_the_form(&exchange.asked),
    };
    operation.body.as_ref().map_or(Ok(()), |kind| fit(table, kind, &body, "body"))
}

/// A form without the client's credentials, which the description keeps apart.
fn asked_of_the_form(body: &[u8]) -> Value {
    const CREDENTIALS: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];
    let fields = form(&String::from_utf8_lossy(body)).into_iter();
    fields
        .filter(|(name, _)| !CREDENTIALS.contains(&name.as_str()))
        .map(|(name, value)| (name, Value::from(value)))
        .collect()
}

fn answer(table: &Description, operation: &Operation, exchange: &Exchange) -> Result<(), String> {
    for name in &table.recorded.headers {
        exchange.header(name).ok_or_else(|| format!("there is no {name}"))?;
    }
    for name in ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"] {
        let number = exchange.header(name).unwrap_or_default();
        number.parse::<u64>().map_err(|_| format!("{name} is {number}"))?;
    }
    if exchange.status == 204 && operation.success == 204 {
        return if exchange.reported.is_empty() { Ok(()) } else { Err("a 204 has a body".into()) };
    }
    if exchange.header("content-type") != Some("application/json") {
        return Err(format!("the content type is {:?}", exchange.header("content-type")));
    }
    let body: Value = serde_json::from_slice(&exchange.reported).map_err(|error| error.to_string())?;
    if exchange.status == operation.success {
        return operation.answer.as_ref().map_or(Ok(()), |kind| fit(table, kind, &body, "body"));
    }
    if !operation.refusals.contains(&exchange.status) && !operation.recorded.contains(&exchange.status) {
        return Err("no status of this call".into());
    }
    // An unknown client is refused in the Management API's envelope at the OAuth endpoints too (recorded); limits are as well.
    let management = fit(table, "{Error}", &body, "body");
    if operation.path.starts_with("/oauth2/") && body.get("error").is_some() {
        return fit(table, "{OAuthError}", &body, "body");
    }
    management
}

/// Decodes `a=b&c=d`.
pub fn form(text: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://x/?{text}")).expect("a query");
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}
