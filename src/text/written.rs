//! Sentences that were written down whole, by a version of windlass that did not keep the data beside them.
//!
//! Only what comes from a record, or from a process of such a version, is read here: its commands, options and instants are found
//! again, so that it reads like a new one. Nothing is decided by what is found.

use chrono::{DateTime, Utc};

use super::sentence::Sentence;

/// A sentence as it was written. Never for text from outside windlass.
pub fn read(text: &str) -> Sentence {
    if text.matches('`').count() % 2 == 1 {
        // A quote that does not end: nothing in it is taken for a command.
        return Sentence::text(text);
    }
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => prose(part),
        _ if part.starts_with("windlass ") => Sentence::command(part),
        _ => Sentence::text(format!("`{part}`")),
    };
    Sentence::join(text.split('`').enumerate().map(part), "")
}

/// Options, instants and what is to be done again, in words.
fn prose(text: &str) -> Sentence {
    const AGAIN: &str = "giving the command again";
    let (mut parts, mut rest) = (Vec::new(), text);
    loop {
        let boundary = |at: usize| rest[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let option = rest
            .match_indices("--")
            .map(|(at, _)| at)
            .find(|at| boundary(*at) && rest[at + 2..].starts_with(|c: char| c.is_ascii_lowercase()));
        let dated =
            rest.match_indices('T').filter_map(|(at, _)| at.checked_sub(10)).find(|at| instant(rest, *at).is_some());
        let Some(at) = [option, dated, rest.find(AGAIN)].into_iter().flatten().min() else { break };
        parts.push(Sentence::text(&rest[..at]));
        rest = &rest[at..];
        if let Some((found, after)) = instant(rest, 0) {
            parts.push(Sentence::at(found));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(AGAIN) {
            parts.push(Sentence::again());
            rest = after;
        } else {
            let end = rest.find(|c: char| !(c == '-' || c.is_ascii_lowercase())).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let value = after.strip_prefix(' ').unwrap_or_default();
            let end = value.find(|c: char| c.is_whitespace() || ",;.)".contains(c)).unwrap_or(value.len());
            // A placeholder, a path or one of the ways to test: else the word continues with the sentence.
            let value = Some(&value[..end]).filter(|value| {
                let placeholder = value.len() > 1 && value.chars().all(|c| c.is_ascii_uppercase() || "_-".contains(c));
                placeholder || value.starts_with('/') || VERIFY.contains(value)
            });
            parts.push(Sentence::option(name, value));
            rest = value.map_or(after, |value| &after[1 + value.len()..]);
        }
    }
    parts.push(Sentence::text(rest));
    Sentence::join(parts, "")
}

/// The ways to test a secret, which stand after their option.
const VERIFY: [&str; 3] = ["introspect", "token", "listed"];

/// An instant of UTC at that place, `2026-11-25T01:30:00Z`, and what comes after it.
fn instant(text: &str, from: usize) -> Option<(DateTime<Utc>, &str)> {
    const LENGTH: usize = 20;
    let instant = text.get(from..from + LENGTH).filter(|instant| instant.ends_with('Z'))?;
    Some((instant.parse().ok()?, &text[from + LENGTH..]))
}

#[cfg(test)]
mod tests {
    use super::super::voice::Page;
    use super::*;

    #[test]
    fn a_sentence_of_an_older_version_is_read_with_its_instants_in_the_readers_zone() {
        let page = |text: &str| read(text).by(&Page(chrono_tz::Europe::Berlin));
        assert_eq!(page("off at 2026-12-01T01:30:00Z, then gone"), "off at 2026-12-01 02:30 CET, then gone");
        assert_eq!(page("until 2026-07-01T01:30:00Z"), "until 2026-07-01 03:30 CEST");
        for as_it_is in [
            "",
            "The token of THE org",
            "東京T京東京東京東京",
            "2026-13-01T00:00:00Z",
            "2026-11-25T01:30:0",
            "--yes, or `windlass rotation retire NAME --at WHEN`; --verify listed --",
            "an odd ` stays, with --yes",
        ] {
            assert_eq!(page(as_it_is), as_it_is);
        }
    }
}
