//! How well a few typed letters match a name. Knows nothing of what is named.

/// All of the letters, in order; beginnings of words and neighbours count more. Both in lower case; white space in what is
/// typed means nothing. `None` where it does not match.
pub fn score(typed: &str, name: &str) -> Option<i32> {
    let mut score = 0;
    let mut letters = typed.chars().filter(|c| !c.is_whitespace()).peekable();
    let (mut before, mut matched_before) = (' ', false);
    for c in name.chars() {
        let Some(letter) = letters.peek() else { break };
        let hit = *letter == c;
        if hit {
            letters.next();
            let start = !before.is_alphanumeric();
            score += 1 + if start { 3 } else { 0 } + if matched_before { 2 } else { 0 };
        }
        matched_before = hit;
        before = c;
    }
    if letters.peek().is_some() {
        return None;
    }
    // What is typed as it stands beats letters from here and there; at the beginning most of all.
    let whole = match name.find(typed.trim()) {
        Some(0) => 60,
        Some(_) => 20,
        None => 0,
    };
    // The shorter of two equally good names is nearer to what was meant.
    let length = i32::try_from(name.chars().count().min(99)).unwrap_or(99);
    Some((score + whole) * 100 - length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_match_and_beginnings_win() {
        assert!(score("rn", "rotate now").is_some());
        assert!(score("nr", "rotate now").is_none());
        assert!(score("ro", "rotations") > score("ro", "retry or not"));
        assert!(score("pau", "pause, pause until a date, resume") > score("pau", "a page up"));
        assert!(score("hr", "hr-sync") > score("hr", "threads"));
    }
}
