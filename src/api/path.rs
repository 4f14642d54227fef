//! Path segments: names with slashes, spaces, percent signs and any script survive the way.

use percent_encoding::percent_decode_str;

use crate::text::url_segment;

/// The words that stand where an id could stand too: a name that is such a word travels with its first letter escaped.
const WORDS: [&str; 2] = ["connection-name", "rotation-name"];

/// One segment of a path.
pub fn segment(text: &str) -> String {
    if WORDS.contains(&text) {
        // Words are compared before segments are decoded, so this is the name and not the word.
        return format!("%{:02X}{}", text.as_bytes()[0], &text[1..]);
    }
    url_segment(text)
}

/// The text of a segment; `None` where an escape is broken, or it is not UTF-8.
pub fn unescaped(segment: &str) -> Option<String> {
    let whole =
        |escape: &str| escape.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    // The crate leaves broken escapes as they are.
    if !segment.split('%').skip(1).all(whole) {
        return None;
    }
    percent_decode_str(segment).decode_utf8().ok().map(Into::into)
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
