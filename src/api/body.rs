//! Reading JSON bodies. What is wrong is said by field and line; nothing that stood in the body is repeated but the names
//! of fields, because bodies carry credentials and answers are logged by whoever gets them.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_json::error::Category;

use crate::engine::refusal::{FieldFault, Kind, Refusal};
use crate::engine::request::RotationBody;
use crate::text::sanitize;

/// What to do about a body of another kind.
const SEND_AN_OBJECT: &str = "nothing was changed; send a JSON object, as docs/api.md shows it";

/// Reads a body: an object.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // Checked apart, because serde would take a list for an object with its fields in order.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|first| *first != b'{') {
        return Err(Refusal::new(Kind::Invalid, "the body is not a JSON object", SEND_AN_OBJECT));
    }
    serde_json::from_slice(body).map_err(|error| refused(body, &error))
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

/// Reads a request to create a rotation. The peer's clients send fields that mean nothing here, so unknown ones pass; but
/// one that is a field of ours but for a slip of the pen must not turn a dry run into a real one.
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

/// The same for a part of a text that was read already: what does not fit is said without a place in it.
pub fn fit<T: DeserializeOwned>(part: &Value) -> Result<T, Refusal> {
    let text = part.to_string();
    serde_json::from_str(&text).map_err(|error| misfit(text.as_bytes(), &error, ""))
}

fn refused(body: &[u8], error: &serde_json::Error) -> Refusal {
    let at = format!(" (line {}, column {})", error.line(), error.column());
    let message = match error.classify() {
        Category::Data => return misfit(body, error, &at),
        Category::Eof if body.iter().all(u8::is_ascii_whitespace) => "the request has no body, and needs one".into(),
        Category::Eof => format!("the body ends in the middle of its JSON{at}"),
        Category::Syntax | Category::Io => format!("the body is not JSON{at}"),
    };
    Refusal::new(Kind::Invalid, message, SEND_AN_OBJECT)
}

/// Well-formed JSON that does not fit.
fn misfit(body: &[u8], error: &serde_json::Error, at: &str) -> Refusal {
    let text = error.to_string();
    let path = path_at(body, error.line(), error.column());
    // serde's sentence is `invalid type: <the value>, expected <what>`. Only the end of it is ours.
    let expected = text.rsplit_once(", expected ").map(|(_, expected)| cut(expected));
    if text.starts_with("unknown field ") {
        return unchangeable(&path, expected);
    }
    let (field, message) = if let Some(rest) = text.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        (if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }, "is missing".into())
    } else if text.starts_with("duplicate field ") {
        (path, format!("is there twice{at}"))
    } else if let Some(expected) = expected {
        (path, format!("must be {}{at}", in_words(expected)))
    } else {
        (path, format!("cannot be read{at}; instants are written like 2026-01-31T02:30:00Z"))
    };
    let field = if field.is_empty() { "body".into() } else { sanitize(&field, 200) };
    Refusal::invalid(vec![FieldFault { field, message }])
}

/// A patch names everything that can be changed, so a field that it does not know is one that cannot be.
fn unchangeable(path: &str, expected: Option<&str>) -> Refusal {
    let names = expected.unwrap_or_default().trim_start_matches("one of ").replace('`', "").replace(" or ", ", ");
    let message = format!("{:?} cannot be changed", sanitize(path, 64));
    Refusal::new(Kind::Conflict, message, format!("nothing was changed; what can be: {names}"))
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

/// One object or array that is open at some point of a text.
struct Open {
    /// The member's name, or the element's number, that is being read.
    at: String,
    array: bool,
    /// A string that comes now is a member's name.
    name_follows: bool,
}

/// The path, such as `rotateAt.hours`, to what stands before a position in well-formed JSON; empty at the top.
fn path_at(body: &[u8], line: usize, column: usize) -> String {
    let mut open: Vec<Open> = Vec::new();
    let line_start: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let end = body.len().min(line_start + column);
    let mut index = 0;
    while index < end {
        match body[index] {
            b'"' => {
                let start = index + 1;
                index = start;
                while index < body.len() && body[index] != b'"' {
                    index += if body[index] == b'\\' { 2 } else { 1 };
                }
                if let Some(innermost) = open.last_mut().filter(|innermost| innermost.name_follows) {
                    innermost.at = String::from_utf8_lossy(&body[start..index.min(body.len())]).into_owned();
                    innermost.name_follows = false;
                }
            }
            b'{' => open.push(Open { at: String::new(), array: false, name_follows: true }),
            b'[' => open.push(Open { at: "0".into(), array: true, name_follows: false }),
            b'}' | b']' => drop(open.pop()),
            b',' => {
                if let Some(innermost) = open.last_mut() {
                    innermost.name_follows = !innermost.array;
                    if innermost.array {
                        innermost.at = innermost.at.parse().map_or(String::new(), |at: usize| (at + 1).to_string());
                    }
                }
            }
            _ => {}
        }
        index += 1;
    }
    let path: Vec<String> = open.into_iter().map(|open| open.at).filter(|at| !at.is_empty()).collect();
    path.join(".")
}

#[cfg(test)]
mod tests;
