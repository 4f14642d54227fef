//! Text from outside, made harmless where it enters: labels, error summaries, header values.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub mod argv;
pub mod columns;
pub mod sentence;
pub mod voice;
pub mod when;
pub mod written;

/// Makes control, bidi and zero-width characters visible and caps the length, so that no terminal, log or file takes
/// them for anything but text.
pub fn sanitize(text: &str, max_chars: usize) -> String {
    let mut clean = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == max_chars {
            clean.push('…');
            break;
        }
        if is_harmful(c) {
            // Writing to a String cannot fail.
            let _ = write!(clean, "\\u{{{:x}}}", u32::from(c));
        } else {
            clean.push(c);
        }
    }
    clean
}

/// Whether [`sanitize`] would change nothing but the length.
pub fn is_harmless(text: &str) -> bool {
    !text.chars().any(is_harmful)
}

/// C0, DEL, C1, soft hyphen, zero-width, bidi controls, line and paragraph separators, BOM, tags.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What is escaped in a URL: everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One segment of a URL's path, or one value of its query.
pub fn url_segment(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A word as a shell takes it for one: quoted where it has to be.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// How a file is removed whose credential is sealed in the store by now; `~/` stays what it is to a shell.
pub fn leftover(what: &str, path: &str) -> String {
    let path = match path.strip_prefix("~/") {
        Some(rest) => format!("~/{}", shell_word(rest)),
        None if path.starts_with('-') => shell_word(&format!("./{path}")),
        None => shell_word(path),
    };
    format!("the {what} is sealed in the store, and its file is still there: `shred -u {path}` removes it")
}

/// The first few of many names.
pub fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] if names.len() <= 4 => format!("{} and {last}", all.join(", ")),
        [first, second, third, others @ ..] => format!("{first}, {second}, {third} and {} others", others.len()),
        [first, others @ ..] => format!("{first} and {} others", others.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_removes_a_file_is_one_that_a_shell_takes() {
        for (path, word) in [("key.pem", "key.pem"), ("~/my key", "~/'my key'"), ("-x", "./-x"), ("a'b", r"'a'\''b'")] {
            assert!(leftover("token", path).contains(&format!("`shred -u {word}`")), "{path}");
        }
    }

    #[test]
    fn escapes_bidi_and_zero_width_become_visible() {
        assert_eq!(sanitize("a\x1b[31mb", 99), "a\\u{1b}[31mb");
        assert_eq!(sanitize("x\u{202e}y\u{200b}z\u{9b}", 99), "x\\u{202e}y\\u{200b}z\\u{9b}");
        assert_eq!(sanitize("Zürich 東京 🚀", 99), "Zürich 東京 🚀");
        assert_eq!(sanitize("abcdef", 3), "abc…");
    }
}
