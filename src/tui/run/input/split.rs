//! Keys that came in two pieces, put together again.
//!
//! What a terminal sends for an arrow is three bytes, and the first one alone is Esc. Where that byte is the last of what
//! there is to read, crossterm says Esc, and the other two come as letters a moment later. Nobody types `[` so soon after
//! Esc.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// So long an Esc waits for what it may be the beginning of.
const A_MOMENT: Duration = Duration::from_millis(25);

/// As many letters belong to one key at the most.
const LONGEST: usize = 16;

/// The events that an event stands for, given a way to wait for the next one.
pub fn mend(event: Event, next: &mut impl FnMut(Duration) -> Option<Event>) -> Vec<Event> {
    if event != press(KeyCode::Esc) {
        return vec![event];
    }
    let mut came = vec![event];
    let mut sequence = String::new();
    loop {
        let Some(event) = next(A_MOMENT) else { return came };
        let letter = letter(&event);
        came.push(event);
        let Some(letter) = letter else { break };
        sequence.push(letter);
        match (sequence.len(), letter) {
            (2.., '~' | '@'..='Z' | 'a'..='z') => match key(&sequence) {
                Some(Sequence::Key(code)) => return vec![press(code)],
                Some(Sequence::Paste) => return vec![pasted(next)],
                None => break,
            },
            (1, '[' | 'O') | (2..LONGEST, '0'..='9' | ';') => {}
            _ => break,
        }
    }
    // Another Esc may begin the next one.
    match came.pop() {
        Some(last) if last == press(KeyCode::Esc) => {
            came.extend(mend(last, next));
            came
        }
        last => came.into_iter().chain(last).collect(),
    }
}

/// What a sequence behind an Esc is.
enum Sequence {
    Key(KeyCode),
    Paste,
}

fn key(sequence: &str) -> Option<Sequence> {
    let code = match sequence {
        "[A" | "OA" => KeyCode::Up,
        "[B" | "OB" => KeyCode::Down,
        "[C" | "OC" => KeyCode::Right,
        "[D" | "OD" => KeyCode::Left,
        "[H" | "OH" | "[1~" | "[7~" => KeyCode::Home,
        "[F" | "OF" | "[4~" | "[8~" => KeyCode::End,
        "[Z" => KeyCode::BackTab,
        "[3~" => KeyCode::Delete,
        "[5~" => KeyCode::PageUp,
        "[6~" => KeyCode::PageDown,
        "[200~" => return Some(Sequence::Paste),
        _ => return None,
    };
    Some(Sequence::Key(code))
}

/// A paste whose beginning was torn off: all that comes without a pause. None of it may act as a key.
fn pasted(next: &mut impl FnMut(Duration) -> Option<Event>) -> Event {
    let mut text = String::new();
    while let Some(event) = next(A_MOMENT) {
        match event {
            Event::Key(KeyEvent { code: KeyCode::Char(c), .. }) => text.push(c),
            Event::Key(KeyEvent { code: KeyCode::Enter, .. }) => text.push('\n'),
            Event::Key(KeyEvent { code: KeyCode::Tab, .. }) => text.push('\t'),
            _ => {}
        }
    }
    Event::Paste(text)
}

fn press(code: KeyCode) -> Event {
    let modifiers = if code == KeyCode::BackTab { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    Event::Key(KeyEvent::new(code, modifiers))
}

/// A letter as it is typed, with nothing but Shift held.
fn letter(event: &Event) -> Option<char> {
    match event {
        Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, .. })
            if (*modifiers - KeyModifiers::SHIFT).is_empty() =>
        {
            Some(*c)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// What comes of these: `⎋` is Esc, `·` a pause, `↓` an arrow that came in one piece.
    fn mended(script: &str) -> String {
        let mut script: VecDeque<Option<Event>> = script
            .chars()
            .map(|c| match c {
                '·' => None,
                '⎋' => Some(press(KeyCode::Esc)),
                '↓' => Some(press(KeyCode::Down)),
                c => Some(press(KeyCode::Char(c))),
            })
            .collect();
        let mut all = Vec::new();
        while let Some(event) = script.pop_front() {
            let Some(event) = event else { continue };
            for event in mend(event, &mut |_| script.pop_front().flatten()) {
                all.push(match event {
                    Event::Key(KeyEvent { code: KeyCode::Char(c), .. }) => c.to_string(),
                    Event::Key(KeyEvent { code: KeyCode::Esc, .. }) => "⎋".into(),
                    Event::Key(KeyEvent { code, .. }) => format!("<{code}>"),
                    Event::Paste(text) => format!("<paste {text}>"),
                    other => format!("{other:?}"),
                });
            }
        }
        all.concat()
    }

    #[test]
    fn a_key_in_two_pieces_is_one_key_and_esc_stays_esc() {
        let cases = [
            ("⎋[B", "<Down>"),
            ("x⎋[A⎋[5~y", "x<Up><Page Up>y"),
            ("⎋OD", "<Left>"),
            ("⎋[Z", "<Back Tab>"),
            ("⎋", "⎋"),
            ("⎋·[B", "⎋[B"),
            ("⎋x", "⎋x"),
            ("⎋⎋", "⎋⎋"),
            ("⎋⎋[B", "⎋<Down>"),
            ("⎋↓", "⎋<Down>"),
            ("⎋[99x", "⎋[99x"),
            ("⎋[·q", "⎋[q"),
        ];
        for (script, expected) in cases {
            assert_eq!(mended(script), expected, "{script}");
        }
    }

    #[test]
    fn nothing_of_a_torn_paste_acts_as_a_key() {
        assert_eq!(mended("⎋[200~rm -rf qq·q"), "<paste rm -rf qq>q");
    }
}
