//! A command in one line: its words as a shell would part them, and nothing else that a shell does.

/// The words of a line: parted by spaces, but not within `'…'` or `"…"`, nor behind a backslash.
pub fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut quote): (Option<String>, Option<char>) = (None, None);
    let mut letters = line.chars();
    while let Some(c) = letters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => {
                word.get_or_insert_default().push(letters.next().ok_or("ends with a backslash")?);
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err("has a quote that is not closed") } else { Ok(words) }
}

/// The line that parts into these words.
pub fn join(words: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    let quoted = |word: &String| {
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_parted_as_a_shell_would() {
        let words = |line: &str| split(line).expect("a line");
        assert_eq!(
            words(r#" systemctl  restart 'a b' "c 'd'" e\ f g"h"i "" "#),
            ["systemctl", "restart", "a b", "c 'd'", "e f", "ghi", ""]
        );
        assert_eq!(words("$HOME *"), ["$HOME", "*"], "nothing is expanded");
        assert_eq!(
            (split("it's"), split("a\\")),
            (Err("has a quote that is not closed"), Err("ends with a backslash"))
        );
    }

    proptest! {
        #[test]
        fn what_was_joined_parts_into_the_same_words(words in proptest::collection::vec(".{0,12}", 0..5)) {
            prop_assert_eq!(split(&join(&words)), Ok(words));
        }
    }
}
