//! Path segments: names with slashes, spaces, percent signs and any script survive the way.

use std::fmt::Write as _;

/// The words that stand where an id could stand too: a name that is such a word travels with its first letter escaped.
const WORDS: [&str; 2] = ["connection-name", "rotation-name"];

/// One segment of a path.
pub fn segment(text: &str) -> String {
    if WORDS.contains(&text) {
        // Words are compared before segments are decoded, so this is the name and not the word.
        return format!("%{:02X}{}", text.as_bytes()[0], &text[1..]);
    }
    escaped(text)
}

/// Everything but RFC 3986's unreserved characters is escaped.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// The text of a segment; `None` where an escape is broken, or it is not UTF-8.
pub fn unescaped(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            bytes.push(high << 4 | low);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_and_words_are_no_names() {
        for text in ["payments", "a/b c%20d", "..", "", "Zürich 東京 🚀", "?#&=+", "rotation-name", "connection-name"]
        {
            let segment = segment(text);
            assert!(!segment.contains(['/', ' ', '?', '#']), "{segment}");
            assert!(!WORDS.contains(&segment.as_str()), "{segment}");
            assert_eq!(unescaped(&segment).as_deref(), Some(text));
        }
        for broken in ["%", "%2", "%zz", "%+1", "%ff"] {
            assert_eq!(unescaped(broken), None, "{broken}");
        }
    }
}
