//! Reading JSON bodies. What is wrong is said by field and line; nothing that stood in the body is repeated but the names
//! of fields, because bodies carry credentials and answers are logged by whoever gets them.

use crate::core::cause::{CallCause, Place};
use crate::core::remedy::{Automatic, InCall};
use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_json::{Error, Value};
use serde_path_to_error::{Path, Segment};

use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::RotationBody;
use crate::text::sanitize;

/// Reads a body: an object.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // Checked apart, because serde would take a list for an object with its fields in order.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| *first != b'{') {
        return Err(no_object(CallCause::NotAnObject));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let read =
        serde_path_to_error::deserialize(&mut json).map_err(|error| refused(body, error.path(), error.inner()))?;
    json.end().map_err(|error| unreadable(body, &error))?;
    Ok(read)
}

/// The fields of a request to create a rotation that are ours, and none of the peer's.
const OURS: [&str; 10] = [
    "rotateAt",
    "firstRotationAt",
    "overlapSeconds",
    "soakSeconds",
    "retireUnread",
    "replaceSecretId",
    "verify",
    "adopt",
    "dryRun",
    "waitSeconds",
];

/// Reads a request to create a rotation. The peer's clients send fields that mean nothing here, so unknown ones pass;
/// but a misspelt field of ours must not turn a dry run into a real one.
pub fn read_rotation(body: &[u8]) -> Result<RotationBody, Refusal> {
    #[expect(clippy::zero_sized_map_values, reason = "an object is read as a map, its values left aside")]
    let fields: BTreeMap<String, IgnoredAny> = read(body)?;
    let slips: Vec<FieldFault> = fields
        .keys()
        .filter_map(|name| {
            let meant = OURS.iter().find(|ours| *ours != name && is_slip(name, ours))?;
            let message = format!("is not known; did you mean {meant}?");
            Some(FieldFault { field: sanitize(name, 200), message })
        })
        .collect();
    if slips.is_empty() { read(body) } else { Err(Refusal::invalid(slips)) }
}

fn is_slip(typed: &str, meant: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let (typed, meant) = (plain(typed), plain(meant));
    let most = if meant.len() < 8 { 1 } else { 2 };
    // Compared letter by letter, a name as long as a body would take a hundred times its bytes.
    typed.len() <= meant.len() + most && strsim::damerau_levenshtein(&typed, &meant) <= most
}

/// Reads a body that may be absent.
pub fn read_or_default<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) { Ok(T::default()) } else { read(body) }
}

/// Refuses a body with another field than these, as one that is typed to have no other does.
pub fn has_only(body: &[u8], known: &[String]) -> Result<(), Refusal> {
    #[expect(clippy::zero_sized_map_values, reason = "an object is read as a map, its values left aside")]
    let fields: BTreeMap<String, IgnoredAny> = read_or_default(body)?;
    match fields.keys().find(|name| !known.contains(name)) {
        Some(name) => Err(unchangeable(name, Some(&known.join(", ")))),
        None => Ok(()),
    }
}

/// The same for a part of a text that was read already: what does not fit is said without a place in it.
pub fn fit<T: DeserializeOwned>(part: &Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(part).map_err(|error| misfit(error.path(), error.inner(), ""))
}

fn refused(body: &[u8], path: &Path, error: &Error) -> Refusal {
    if error.is_data() { misfit(path, error, &place(error)) } else { unreadable(body, error) }
}

/// Bytes that are no JSON.
fn unreadable(body: &[u8], error: &Error) -> Refusal {
    let place = Place { line: error.line(), column: error.column() };
    no_object(match error.classify() {
        Category::Eof if body.iter().all(u8::is_ascii_whitespace) => CallCause::NoBody,
        Category::Eof => CallCause::BodyEnds(place),
        Category::Syntax | Category::Io | Category::Data => CallCause::NotJson(place),
    })
}

fn no_object(cause: CallCause) -> Refusal {
    Refusal::because(Kind::Invalid, cause).and(Automatic::NothingChanged).and(InCall::SendObject)
}

fn place(error: &Error) -> String {
    format!(" (line {}, column {})", error.line(), error.column())
}

/// Well-formed JSON that does not fit. Of serde's sentence only the names of our own types and fields are taken: the rest of
/// it quotes the body.
fn misfit(path: &Path, error: &Error, at: &str) -> Refusal {
    let text = error.to_string();
    let expected = text.rsplit_once(", expected ").map(|(_, expected)| cut(expected));
    let named = |what: &str| text.strip_prefix(what)?.split('`').next();
    let mut path = dotted(path);
    if text.starts_with("unknown field ") {
        return unchangeable(&path.join("."), expected);
    }
    let message = if let Some(name) = named("missing field `") {
        path.push(name.to_owned());
        "is missing".into()
    } else if let Some(name) = named("duplicate field `") {
        path.push(name.to_owned());
        format!("is there twice{at}")
    } else if let Some(expected) = expected {
        format!("must be {}{at}", in_words(expected))
    } else {
        format!("cannot be read{at}; instants are written like 2026-01-31T02:30:00Z")
    };
    let field = if path.is_empty() { "body".into() } else { sanitize(&path.join("."), 200) };
    Refusal::invalid(vec![FieldFault { field, message }])
}

/// The names that lead to a value, the outermost first.
fn dotted(path: &Path) -> Vec<String> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// A patch names everything that can be changed, so a field that it does not know is one that cannot be.
fn unchangeable(path: &str, expected: Option<&str>) -> Refusal {
    let names = expected.unwrap_or_default().split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let refusal = Refusal::because(Kind::Conflict, CallCause::NotChangeable { field: sanitize(path, 64) });
    refusal.and(Automatic::NothingChanged).and(InCall::Changeable(names))
}

/// Without the position, which serde_json appends to every text.
fn cut(expected: &str) -> &str {
    expected.rsplit_once(" at line ").map_or(expected, |(expected, _)| expected)
}

fn in_words(expected: &str) -> &str {
    match expected {
        "i64" | "u64" | "u32" | "usize" => "a whole number",
        "a JSON number" => "a number",
        "a boolean" => "true or false",
        expected if expected.starts_with("struct ") => "an object",
        expected => expected,
    }
}

#[cfg(test)]
mod tests;
