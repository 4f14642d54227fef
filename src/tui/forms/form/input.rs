//! The kinds of fields. An input takes keys and gives its value; what the value means is its owner's.

use crate::core::schedule::typed::Span;
use crate::tui::forms::form::pick::Pick;
use crate::tui::forms::form::secret::Secret;
use crate::tui::keys::key::{Code, Key};
use crate::tui::widgets::text_input::TextInput;

/// What can be typed or chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A line of text.
    Text(TextInput),
    /// A secret, in one line or many.
    Secret(Secret),
    /// A whole number within bounds, with `+` and `-`.
    Number {
        /// What is typed.
        field: TextInput,
        /// The least and the most.
        bounds: (i64, i64),
        /// What it counts.
        unit: &'static str,
    },
    /// A time of day, `HH:MM`; `+` and `-` by a quarter of an hour.
    Time(TextInput),
    /// A span such as `7d`; `+` and `-` by one of its unit.
    Span(TextInput),
    /// One of a few.
    Choice {
        /// What each says.
        options: Vec<String>,
        /// The one that holds.
        at: usize,
    },
    /// On or off.
    Toggle(bool),
    /// One of many.
    Pick(Pick),
    /// A file's path.
    Path(TextInput),
}

impl Input {
    /// A line of text with something in it.
    pub fn text(text: &str) -> Self {
        Self::Text(TextInput::of(text))
    }

    /// Some words of which one holds.
    pub fn choice(options: &[&str], at: usize) -> Self {
        Self::Choice { options: options.iter().map(|&option| option.into()).collect(), at }
    }

    /// Whether a value of the one is one of the other, too.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Choice { options: these, .. }, Self::Choice { options: those, .. }) => these == those,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The line that is typed into, where there is one.
    pub fn text_input(&self) -> Option<&TextInput> {
        match self {
            Self::Text(field)
            | Self::Number { field, .. }
            | Self::Time(field)
            | Self::Span(field)
            | Self::Path(field) => Some(field),
            Self::Pick(pick) => Some(&pick.query),
            Self::Secret(_) | Self::Choice { .. } | Self::Toggle(_) => None,
        }
    }

    /// What is typed, without white space around it.
    pub fn typed(&self) -> &str {
        match self {
            Self::Pick(pick) => pick.chosen.as_deref().unwrap_or_default(),
            Self::Choice { options, at } => options.get(*at).map_or("", String::as_str),
            _ => self.text_input().map_or("", |field| field.text().trim()),
        }
    }

    /// The keys that it has of its own, for the line of help.
    pub fn keys(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Path(_) => "",
            Self::Secret(_) => "paste, or type unseen; ^U clears",
            Self::Number { .. } | Self::Time(_) | Self::Span(_) => "+ - step",
            Self::Choice { .. } => "Left Right choose",
            Self::Toggle(_) => "Space switches",
            Self::Pick(pick) if pick.several => "type to search, Space marks several",
            Self::Pick(_) => "type to search, Up Down choose",
        }
    }

    /// Takes a key; `false` where it means nothing to this kind.
    pub fn key(&mut self, key: Key) -> bool {
        match self {
            Self::Text(field) | Self::Path(field) => field.key(key),
            Self::Secret(secret) => secret.key(key),
            Self::Number { field, bounds, .. } => match key.typed() {
                Some('+') => count(field, *bounds, 1),
                Some('-') => count(field, *bounds, -1),
                _ => field.key(key),
            },
            Self::Time(field) => match key.typed() {
                Some('+') => quarter(field, 15),
                Some('-') => quarter(field, -15),
                _ => field.key(key),
            },
            Self::Span(field) => match key.typed() {
                Some('+') => lengthen(field, 1),
                Some('-') => lengthen(field, -1),
                _ => field.key(key),
            },
            Self::Choice { options, at } => match (key.code, key.typed()) {
                (Code::Left, _) => {
                    *at = at.checked_sub(1).unwrap_or(options.len().saturating_sub(1));
                    true
                }
                (Code::Right, _) | (_, Some(' ')) => {
                    *at = if *at + 1 >= options.len() { 0 } else { *at + 1 };
                    true
                }
                _ => false,
            },
            Self::Toggle(on) => match (key.code, key.typed()) {
                (Code::Left | Code::Right, _) | (_, Some(' ')) => {
                    *on = !*on;
                    true
                }
                (_, Some(c @ ('y' | 'n'))) => {
                    *on = c == 'y';
                    true
                }
                _ => false,
            },
            Self::Pick(pick) => pick.key(key),
        }
    }

    /// Takes a paste.
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Text(field)
            | Self::Number { field, .. }
            | Self::Time(field)
            | Self::Span(field)
            | Self::Path(field) => field.paste(text),
            Self::Secret(secret) => secret.paste(text),
            Self::Pick(pick) => pick.paste(text),
            Self::Choice { .. } | Self::Toggle(_) => {}
        }
    }
}

fn count(field: &mut TextInput, (least, most): (i64, i64), by: i64) -> bool {
    let number = field.text().trim().parse::<i64>().unwrap_or(least);
    *field = TextInput::of(&number.saturating_add(by).clamp(least, most).to_string());
    true
}

fn quarter(field: &mut TextInput, by: i64) -> bool {
    let minutes = field.text().trim().split_once(':').and_then(|(hours, minutes)| {
        Some(hours.parse::<i64>().ok()?.checked_mul(60)?.saturating_add(minutes.parse::<i64>().ok()?))
    });
    // To the next quarter in that direction, so that 02:10 becomes 02:15 and not 02:25.
    let from = minutes.unwrap_or(0);
    let to = if by > 0 { (from.div_euclid(by) + 1) * by } else { (from - 1).div_euclid(-by) * -by };
    let to = to.rem_euclid(24 * 60);
    *field = TextInput::of(&format!("{:02}:{:02}", to / 60, to % 60));
    true
}

fn lengthen(field: &mut TextInput, by: i64) -> bool {
    let text = field.text().trim();
    let unit = text.chars().next_back().filter(|unit| "dhms".contains(*unit)).unwrap_or('d');
    let number = text.trim_end_matches(char::is_alphabetic).parse::<i64>().unwrap_or(0);
    let longer = format!("{}{unit}", number.saturating_add(by).max(0));
    if longer.parse::<Span>().is_ok() {
        *field = TextInput::of(&longer);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stepped(mut input: Input, keys: &str) -> String {
        for c in keys.chars() {
            input.key(Key::char(c));
        }
        input.typed().to_owned()
    }

    #[test]
    fn plus_and_minus_step_within_the_bounds() {
        let number = |text: &str| Input::Number { field: TextInput::of(text), bounds: (1, 3650), unit: "days" };
        assert_eq!(stepped(number("30"), "+"), "31");
        assert_eq!(stepped(number("1"), "-"), "1");
        assert_eq!(stepped(number("soon"), "+"), "2");
        assert_eq!(stepped(number("9223372036854775807"), "+"), "3650");
        assert_eq!(stepped(Input::Time(TextInput::of("02:10")), "+"), "02:15");
        assert_eq!(stepped(Input::Time(TextInput::of("00:00")), "-"), "23:45");
        assert_eq!(stepped(Input::Time(TextInput::of("23:50")), "+"), "00:00");
        assert_eq!(stepped(Input::Span(TextInput::of("24h")), "+"), "25h");
        assert_eq!(stepped(Input::Span(TextInput::of("0d")), "-"), "0d");
    }

    #[test]
    fn a_choice_goes_round() {
        assert_eq!(stepped(Input::choice(&["a", "b"], 1), " "), "a");
    }
}
