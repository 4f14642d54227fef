use std::process::Command;

use proptest::prelude::*;

use super::*;

/// What every format is tried with, alone and beside others.
const NASTY: [&str; 34] = [
    "",
    "plain",
    "Ab-_9",
    " ",
    " both ends ",
    "\t",
    "a=b",
    "=",
    "#",
    "a #b",
    "'",
    "\"",
    "it's",
    "'quoted'",
    "\"quoted\"",
    "`id`",
    "$HOME",
    "${HOME}",
    "$(id)",
    "\\",
    "a\\b",
    "a\\\\b",
    "ends\\",
    "\\n",
    "a\nb",
    "\n",
    "a\r\nb",
    "a\rb",
    "Zürich 🚀",
    "it's\nlong",
    "\u{85}\u{2028}\u{feff}",
    "\u{1}\u{7f}",
    "\u{ffff}\u{fdd0}",
    "a'b\"c$HOME`id`\\n\\\n\r\ttail 🚀 #x = ${y} !",
];

/// What a format's reader gets back of two values, or that the first one was refused.
fn back(format: Format, value: &str, read: impl Fn(&str) -> Vec<(String, String)>) -> Option<String> {
    match format.write(&[("NAME", value), ("_b1", "behind")]) {
        Ok(text) => {
            let mut read = read(&text);
            let last = read.pop();
            assert_eq!(last, Some(("_b1".into(), "behind".into())), "{format:?} {value:?} spills over");
            assert_eq!((read.len(), read[0].0.as_str()), (1, "NAME"), "{format:?} {value:?}");
            Some(read.remove(0).1)
        }
        Err(refused) => {
            assert_eq!((refused.len(), refused[0].0), (1, "NAME"));
            None
        }
    }
}

/// As docker reads it, without quotes or with those at both ends taken off, which depends on its release.
fn docker(text: &str, unquotes: bool) -> Vec<(String, String)> {
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).trim_start());
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.split_once('=').expect("a sign");
            assert!(!name.is_empty() && !name.contains([' ', '\t']), "{name:?}");
            let inner = ['"', '\'']
                .iter()
                .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote).filter(|_| unquotes));
            (name.to_owned(), inner.unwrap_or(value).to_owned())
        })
        .collect()
}

/// As systemd reads it: new releases keep a backslash before what needs none, old ones drop it, in single quotes too.
fn systemd(text: &str, old: bool) -> Vec<(String, String)> {
    let (mut read, mut chars) = (Vec::new(), text.chars().peekable());
    while chars.peek().is_some() {
        let name: String = chars.by_ref().take_while(|c| *c != '=').collect();
        let (mut value, mut kept, mut quote) = (String::new(), 0, None);
        while let Some(c) = chars.next() {
            match (c, quote) {
                ('\n' | '\r', None) => break,
                ('"' | '\'', None) if value.is_empty() => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                ('\\', Some('\'')) if !old => value.push('\\'),
                ('\\', _) => match chars.next().expect("an escape") {
                    '\n' => {}
                    c => {
                        value.extend((!old && quote.is_some() && !"\"\\`$".contains(c)).then_some('\\'));
                        value.push(c);
                    }
                },
                (c, None) if value.is_empty() && c.is_whitespace() => {}
                (c, _) => value.push(c),
            }
            if quote.is_some() || !c.is_whitespace() {
                kept = value.len();
            }
        }
        value.truncate(kept);
        assert!(value.chars().all(|c| !is_no_character(c) && (!c.is_control() || c == '\n' || c == '\t')), "dropped");
        read.push((name, value));
    }
    read
}

/// How a dotenv library reads what is in quotes.
#[derive(Clone, Copy, Debug)]
enum Library {
    /// Node's own, and the packages for it: in double quotes `\n` is a line break, and that is all.
    Node,
    /// Python's: escapes in both kinds of quotes, and `${name}` is replaced everywhere.
    Python,
    /// A shell, Ruby's and compose: in single quotes everything is as it is, in double quotes there are escapes and variables.
    Shell,
}

fn dotenv(text: &str, library: Library) -> Vec<(String, String)> {
    let lines = text.strip_suffix('\n').expect("an end").split('\n');
    lines
        .map(|line| {
            assert!(!line.contains('\r'), "read as a line break");
            let (name, value) = line.split_once('=').expect("a sign");
            let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
            let value = match (quote, library) {
                (None, _) => value.to_owned(),
                (Some(quote), library) => {
                    let inner = value[1..].strip_suffix(quote).expect("closed");
                    assert!(!inner.contains(quote) && !inner.ends_with('\\'), "closed too early");
                    match (quote, library) {
                        ('"', Library::Node) => inner.replace("\\n", "\n"),
                        ('"', _) => {
                            assert!(!inner.contains(['$', '`']), "a variable");
                            unescaped(inner, "\\'\"abfnrtv")
                        }
                        (_, Library::Python) => unescaped(inner, "\\'"),
                        _ => inner.to_owned(),
                    }
                }
            };
            assert!(!matches!(library, Library::Python) || !value.contains("${"), "replaced");
            (name.to_owned(), value)
        })
        .collect()
}

/// A backslash before one of these is an escape, and stays before anything else.
fn unescaped(text: &str, escapes: &str) -> String {
    let (mut back, mut chars) = (String::new(), text.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.next_if(|next| c == '\\' && escapes.contains(*next))) {
            (_, Some('n')) => back.push('\n'),
            (_, Some(c)) | (c, None) => back.push(c),
        }
    }
    back
}

/// YAML's double quotes, by its specification, as far as they are written here.
fn yaml(text: &str) -> Vec<(String, String)> {
    let scalar = |text: &str| {
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).expect("quotes");
        let (mut back, mut chars) = (String::new(), text.chars());
        while let Some(c) = chars.next() {
            assert!(!c.is_control() && c != '"', "{c:?} is not written as it is");
            back.push(match c {
                '\\' => match chars.next().expect("an escape") {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let digits: String = chars.by_ref().take(4).collect();
                        char::from_u32(u32::from_str_radix(&digits, 16).expect("hex")).expect("a character")
                    }
                    c => c,
                },
                c => c,
            });
        }
        back
    };
    let pairs = text.strip_suffix('\n').expect("an end").split('\n').map(|line| line.split_once(": ").expect("a pair"));
    pairs.map(|(name, value)| (scalar(name), scalar(value))).collect()
}

fn json(text: &str) -> Vec<(String, String)> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).expect("JSON");
    let pair = |(name, value): (String, serde_json::Value)| (name, value.as_str().expect("text").to_owned());
    object.into_iter().map(pair).collect()
}

/// Each format with each of its readers.
fn tried(value: &str) {
    use Format::{Docker, Dotenv, Json, Shell, Systemd, Yaml};
    for read in [Library::Node, Library::Python, Library::Shell] {
        let back = back(Dotenv, value, |text| dotenv(text, read));
        assert!(back.as_deref().is_none_or(|back| back == value), "{read:?}: {value:?} → {back:?}");
    }
    for new in [false, true] {
        let (from_docker, from_systemd) =
            (back(Docker, value, |text| docker(text, new)), back(Systemd, value, |text| systemd(text, !new)));
        assert!(from_docker.as_deref().is_none_or(|back| back == value), "{value:?} → {from_docker:?}");
        assert!(from_systemd.as_deref().is_none_or(|back| back == value), "{value:?} → {from_systemd:?}");
    }
    assert_eq!(back(Json, value, json).as_deref(), Some(value));
    assert_eq!(back(Yaml, value, yaml).as_deref(), Some(value));
    assert_eq!(Shell.write(&[("NAME", value)]).is_err(), value.contains('\0'));
}

#[test]
fn a_value_comes_back_from_every_format_or_is_refused() {
    for value in NASTY {
        tried(value);
    }
}

proptest! {
    #[test]
    fn any_value_comes_back_from_every_format_or_is_refused(
        value in "\\PC*|[\\x00-\\x7f\u{85}\u{2028}\u{feff}\u{fffe}]*|[ab'\"\\\\$`{}n\n\r\t #=;]*",
    ) {
        tried(&value);
    }
}

#[test]
fn a_shell_gets_the_value_back() {
    for value in NASTY {
        let script = format!("{}printf '%s|' \"$NAME\"", *Format::Shell.write(&[("NAME", value)]).expect("written"));
        let ran =
            Command::new("sh").arg("-c").arg(script).env_clear().env("PATH", "/usr/bin:/bin").output().expect("ran");
        assert_eq!(String::from_utf8(ran.stdout).expect("text"), format!("{value}|"));
    }
}

#[test]
fn what_needs_no_quotes_has_none() {
    for format in [Format::Dotenv, Format::Docker, Format::Systemd] {
        let text = format.write(&[("A", "Ab-_9"), ("B", "")]).expect("written");
        assert_eq!(*text, "A=Ab-_9\nB=\n", "{format:?}");
    }
    let written = |format: Format| format.write(&[("A", "x$y\"z"), ("B", "it's")]).expect("written").to_string();
    assert_eq!(written(Format::Dotenv), "A='x$y\"z'\nB=\"it's\"\n");
    assert_eq!(written(Format::Docker), "A=x$y\"z\nB=it's\n");
    assert_eq!(written(Format::Systemd), "A=\"x\\$y\\\"z\"\nB=\"it's\"\n");
    assert_eq!(*Format::Json.write(&[]).expect("written"), "{}\n");
}

#[test]
fn what_a_format_cannot_hold_is_named_all_at_once() {
    let refused = |format: Format, value: &str| format.write(&[("A", "1"), ("B", value)]).map(drop);
    let because = |obstacle| Err(vec![("B", obstacle)]);
    for line_break in ["a\nb", "a\r", "\r\n"] {
        assert_eq!(refused(Format::Docker, line_break), because(Obstacle::LineBreak));
    }
    assert_eq!(refused(Format::Docker, "'a"), because(Obstacle::Quote));
    assert_eq!(refused(Format::Systemd, "a\u{1b}"), because(Obstacle::Control));
    assert_eq!(refused(Format::Systemd, "\u{1fffe}"), because(Obstacle::NoCharacter));
    assert_eq!(refused(Format::Systemd, "a\n\tb"), Ok(()));
    for mixed in ["it's \"one\"", "a\r", "${a}", "a\\", "\\\\", "a\n$b"] {
        assert_eq!(refused(Format::Dotenv, mixed), because(Obstacle::Quoting), "{mixed:?}");
    }
    for format in Format::ALL {
        let nul = if format.is_environment() { because(Obstacle::Nul) } else { Ok(()) };
        assert_eq!(refused(format, "a\0b"), nul, "{format:?}");
        let most = if format == Format::Docker { LINE } else { VARIABLE };
        assert_eq!(refused(format, &"x".repeat(most - 3)), Ok(()), "{format:?}");
        let long = if format.is_environment() { because(Obstacle::Long(most)) } else { Ok(()) };
        assert_eq!(refused(format, &"x".repeat(most - 2)), long, "{format:?}");
    }
    let both = [("A", "\n"), ("B", "\"")];
    let refused = Format::Docker.write(&both).map(drop);
    assert_eq!(refused, Err(vec![("A", Obstacle::LineBreak), ("B", Obstacle::Quote)]));
}
