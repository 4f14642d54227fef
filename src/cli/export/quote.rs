//! Quoting for each format: what the format's reader gets back is the value, byte by byte.

use std::fmt::Write as _;

/// One object, names in their order.
pub fn json(pairs: &[(&str, &str)]) -> String {
    let each = |(name, value): &(&str, &str)| format!("{}:{}", json_text(name), json_text(value));
    format!("{{{}}}\n", pairs.iter().map(each).collect::<Vec<_>>().join(","))
}

fn json_text(text: &str) -> String {
    // A string cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// `export NAME='value'` for a POSIX shell: within single quotes nothing is special but the quote itself.
pub fn shell(pairs: &[(&str, &str)]) -> String {
    let each = |(name, value): &(&str, &str)| format!("export {name}='{}'\n", value.replace('\'', r"'\''"));
    pairs.iter().map(each).collect()
}

/// `NAME=value` where no reader could take it for anything else: `docker run --env-file` and systemd before 246 know no
/// quotes and would keep them. Any other value stands in single quotes, which dotenv readers take literally; one that those
/// cannot hold (with a quote, a backslash or a line break) in double quotes, with the escapes that those readers share.
pub fn dotenv(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&byte)) {
            let _ = writeln!(text, "{name}={value}");
        } else if value.contains(['\'', '\\', '\n', '\r']) {
            let _ = writeln!(text, "{name}=\"{}\"", double_quoted(value));
        } else {
            let _ = writeln!(text, "{name}='{value}'");
        }
    }
    text
}

fn double_quoted(value: &str) -> String {
    let mut text = String::new();
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '"' | '\\' | '$' | '`' => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text
}

/// One mapping of double-quoted scalars, in which every character can be written.
pub fn yaml(pairs: &[(&str, &str)]) -> String {
    let each = |(name, value): &(&str, &str)| format!("{}: {}\n", yaml_text(name), yaml_text(value));
    pairs.iter().map(each).collect()
}

fn yaml_text(value: &str) -> String {
    let mut text = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // What YAML calls not printable, and the line breaks that its two versions disagree about.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}
