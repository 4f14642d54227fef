//! Hostile input, bred from sound input: what the fuzz targets of all rings share. Tests only.
//!
//! A target is an entry function with its promises, and a property that feeds it: [`crate::okta`] (bodies, refusals, headers,
//! whole answers), [`crate::api`] (bodies, paths, queries, events), the config file, theme files, and keys into the UI. All of
//! them promise: no panic, bounded output, harmless texts, no value in an error, and what parses writes back the same.
//!
//! `cargo test --lib fuzz` runs 256 cases of each; `PROPTEST_CASES=1000000 cargo test --release --lib fuzz` runs for longer.
//! A failure prints the smallest case that fails: it becomes a test of its own, and no file of seeds is kept.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// A value that must not turn up in an error text.
pub const CANARY: &str = "canary-4711-value";

/// As many cases as `PROPTEST_CASES` says.
pub fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// JSON that may be none: what JSON can say, and what it must not.
#[derive(Clone, Debug)]
enum Node {
    /// Bytes as they are written.
    Raw(String),
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
}

impl Node {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(fields) => {
                Self::Object(fields.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
            Value::Array(items) => Self::Array(items.iter().map(Self::of).collect()),
            other => Self::Raw(other.to_string()),
        }
    }

    fn count(&self) -> usize {
        1 + match self {
            Self::Raw(_) => 0,
            Self::Object(fields) => fields.iter().map(|(_, node)| node.count()).sum(),
            Self::Array(items) => items.iter().map(Self::count).sum(),
        }
    }

    /// The node of that number, counted from the top.
    fn at(&mut self, mut number: usize) -> &mut Self {
        if number == 0 {
            return self;
        }
        number -= 1;
        let children: Vec<&mut Self> = match self {
            Self::Raw(_) => Vec::new(),
            Self::Object(fields) => fields.iter_mut().map(|(_, node)| node).collect(),
            Self::Array(items) => items.iter_mut().collect(),
        };
        for child in children {
            let count = child.count();
            if number < count {
                return child.at(number);
            }
            number -= count;
        }
        unreachable!("numbers are below the count")
    }

    /// Every text below here is this one from now on.
    fn fill(&mut self, text: &str) {
        match self {
            Self::Raw(raw) if raw.starts_with('"') => text.clone_into(raw),
            Self::Raw(_) => {}
            Self::Object(fields) => fields.iter_mut().for_each(|(_, node)| node.fill(text)),
            Self::Array(items) => items.iter_mut().for_each(|node| node.fill(text)),
        }
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Raw(raw) => text.push_str(raw),
            Self::Object(fields) => {
                text.push('{');
                for (index, (name, node)) in fields.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { "," });
                    text.push_str(&Value::from(name.as_str()).to_string());
                    text.push(':');
                    node.write(text);
                }
                text.push('}');
            }
            Self::Array(items) => {
                text.push('[');
                for (index, node) in items.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { "," });
                    node.write(text);
                }
                text.push(']');
            }
        }
    }
}

/// One thing that goes wrong with a document, at some place of it.
#[derive(Clone, Debug)]
enum Change {
    Replace(Index, String),
    Drop(Index, Index),
    Twice(Index, Index),
    Rename(Index, Index, String),
    Fill(Index, String),
    Wrap(Index, usize),
    Many(Index, usize),
}

impl Change {
    fn apply(self, document: &mut Node) {
        let (Self::Replace(place, _)
        | Self::Drop(place, _)
        | Self::Twice(place, _)
        | Self::Rename(place, ..)
        | Self::Fill(place, _)
        | Self::Wrap(place, _)
        | Self::Many(place, _)) = &self;
        let count = document.count();
        let node = document.at(place.index(count));
        match (self, node) {
            (Self::Replace(_, raw), node) => *node = Node::Raw(raw),
            (Self::Fill(_, text), node) => node.fill(&Value::from(text).to_string()),
            (Self::Drop(_, which), Node::Object(fields)) if !fields.is_empty() => {
                drop(fields.remove(which.index(fields.len())));
            }
            (Self::Twice(_, which), Node::Object(fields)) if !fields.is_empty() => {
                fields.push(fields[which.index(fields.len())].clone());
            }
            (Self::Rename(_, which, name), Node::Object(fields)) if !fields.is_empty() => {
                let index = which.index(fields.len());
                fields[index].0 = name;
            }
            (Self::Wrap(_, depth), node) => {
                let mut text = "[".repeat(depth);
                node.write(&mut text);
                text.push_str(&"]".repeat(depth));
                *node = Node::Raw(text);
            }
            (Self::Many(_, count), Node::Array(items)) if !items.is_empty() => {
                items.extend(std::iter::repeat_n(items[0].clone(), count));
            }
            _ => {}
        }
    }
}

/// A text that someone could mean harm with, or by accident.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(CANARY.to_owned()),
        Just(format!("{CANARY}, expected {CANARY}")),
        Just(format!("`{CANARY}` expected one of `{CANARY}`, `{CANARY}` at line 1 column 2")),
        Just(format!("{CANARY}\u{0}\u{1b}[2J\u{202e}\u{200b}")),
        Just(CANARY.repeat(2_000)),
        Just(String::new()),
        select(vec![
            "2026-01-31T02:30:00Z",
            "+262142-12-31T23:59:60.999999999Z",
            "-262143-01-01T00:00:00-23:59",
            "0000-00-00"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
        any::<String>(),
    ]
}

/// One value as JSON writes it, or as it must not.
fn raw() -> impl Strategy<Value = String> {
    let odd = vec![
        "null",
        "true",
        "false",
        "0",
        "-1",
        "-0",
        "1.5",
        "1e400",
        "-1E-400",
        "18446744073709551616",
        "9223372036854775807",
        "4294967296",
        "00",
        "+1",
        "0x10",
        "NaN",
        "Infinity",
        "{}",
        "[]",
        "[[]]",
        "{\"\":null}",
        "\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"\\q\"",
        "'x'",
        "",
        ",",
        "//",
        "\u{feff}1",
        "\"ACTIVE\"",
        "\"client_secret_basic\"",
    ];
    prop_oneof![
        3 => select(odd).prop_map(str::to_owned),
        3 => text().prop_map(|text| Value::from(text).to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        // Few digits: the last of many is read only roughly (serde_json without `float_roundtrip`), and no field needs it.
        1 => any::<i32>().prop_map(|number| (f64::from(number) / 8.0).to_string()),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let (place, which) = (any::<Index>, any::<Index>);
    let names =
        vec!["", "id", "status", "name", "Name", "error", "errorCode", "__proto__", "a.b", "\u{202e}", "x\ny", "`"];
    prop_oneof![
        6 => (place(), raw()).prop_map(|(place, raw)| Change::Replace(place, raw)),
        3 => (place(), text()).prop_map(|(place, text)| Change::Fill(place, text)),
        2 => (place(), which()).prop_map(|(place, which)| Change::Drop(place, which)),
        2 => (place(), which()).prop_map(|(place, which)| Change::Twice(place, which)),
        2 => (place(), which(), select(names)).prop_map(|(place, which, name)| Change::Rename(place, which, name.into())),
        1 => (place(), select(vec![1_usize, 100, 130, 3_000])).prop_map(|(place, depth)| Change::Wrap(place, depth)),
        1 => (place(), 1_usize..300).prop_map(|(place, count)| Change::Many(place, count)),
    ]
}

/// One thing that goes wrong with bytes.
fn slip() -> impl Strategy<Value = (Index, u8, u8)> {
    (any::<Index>(), any::<u8>(), 0_u8..4)
}

/// Bytes with so many slips in them: one changed, put in, or taken out, or all that follows cut off.
fn slipped(mut bytes: Vec<u8>, slips: Vec<(Index, u8, u8)>) -> Vec<u8> {
    for (place, byte, kind) in slips {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match kind {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            2 => drop(bytes.remove(at)),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// What becomes of one of these documents.
pub fn json(seeds: Vec<Value>) -> impl Strategy<Value = Vec<u8>> {
    let slips = prop_oneof![3 => vec(slip(), 0), 1 => vec(slip(), 1..4)];
    (select(seeds), vec(change(), 0..5), slips).prop_map(|(seed, changes, slips)| {
        let mut document = Node::of(&seed);
        for change in changes {
            change.apply(&mut document);
        }
        let mut text = String::new();
        document.write(&mut text);
        slipped(text.into_bytes(), slips)
    })
}

/// What becomes of one of these texts: lines of them in any order, with foreign words in between and slips everywhere.
pub fn lines(seeds: &[&'static str]) -> impl Strategy<Value = String> {
    let all: Vec<&str> = seeds.iter().flat_map(|seed| seed.lines()).collect();
    let line = prop_oneof![
        6 => select(all).prop_map(str::to_owned),
        1 => (select(vec!["a = ", "key = ", "[roles]\nok = ", "[network]\ncall_timeout = "]), raw()).prop_map(|(key, raw)| key.to_owned() + &raw),
        1 => (1_usize..2_000).prop_map(|depth| format!("a = {}", "[".repeat(depth))),
        1 => (1_usize..2_000).prop_map(|depth| format!("[{}]", vec!["a"; depth].join("."))),
        1 => text(),
    ];
    (vec(line, 0..12), vec(slip(), 0..3))
        .prop_map(|(lines, slips)| String::from_utf8_lossy(&slipped(lines.join("\n").into_bytes(), slips)).into_owned())
}
